"""Consents: movements that exist only from the day a nation agrees.

Index sets: consents n, periods t in which n is withheld.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, figure
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


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class ConsentIndex(NamedTuple):
    """A consent in a period of dispatch (0-based)."""

    consent: str
    period: int


def _place(_: Directory, row: ConsentIndex) -> Place:
    return row.consent, None, row.period + 1


def _origins(_: Model, row: ConsentIndex) -> Iterator[Origin]:
    yield Origin(figure("Consents", "status", consent=row.consent))


CONSENT = Family(
    name="consent",
    index=ConsentIndex,
    unit="units",
    dual="per unit let through",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.RULE,
    place=_place,
    origins=_origins,
    needed=lambda instance: any(consent.withheld for consent in instance.consents),
    in_responses=True,
    words=Words(group="partners", limit="consent {object}, withheld", step="{unit} let through by"),
)
FAMILIES = (CONSENT,)
