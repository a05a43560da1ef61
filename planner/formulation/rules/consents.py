"""Consents: movements that exist only from the day a nation agrees.

Index sets: consents n, periods t in which n is withheld.
"""

from __future__ import annotations

from collections import defaultdict

from planner.formulation.model.model import Model, Terms


def add_consents(model: Model) -> None:
    """Nothing is dispatched that a nation withholds. The columns stay, so that the consent has a price.

    consent (n, t):  Σ shipment of the items and legs that n is about ≤ 0
        dual ≤ 0: objective per first unit let through.
    """
    by_movement: dict[tuple[str, str, int], Terms] = defaultdict(list)
    if model.instance.consents and model.enabled("consent"):
        for (item, leg, period, _expires), column in model.columns["shipment"].items():
            by_movement[item, leg, period].append((column, 1.0))
    for consent in model.instance.consents:
        items = [item for item in model.instance.items if item in consent.items]
        for period in consent.withheld:
            terms = [
                term for item in items for leg in consent.legs for term in by_movement.get((item, leg, period), ())
            ]
            model.limit("consent", (consent.name, period), terms, 0.0, (consent.name, period))
