"""Consents: nothing moves that a nation has not agreed to."""

from __future__ import annotations

import numpy as np

from planner.verify.input.rule_data import Consent
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Findings, number


def check_consents(arrays: PlanArrays, findings: Findings) -> None:
    """No dispatch before the consent that it needs is given; none at all where it is pending or denied."""
    table = arrays.plan.shipments
    leg, item, period = (table[name].to_numpy(dtype=np.intp) for name in ("leg", "item", "t"))
    quantity = table["quantity"].to_numpy(dtype=float)
    for consent in arrays.case.consents:
        size = np.where(withheld(arrays, consent, leg, item, period), quantity, 0.0)

        def say(row: int, nation: str = consent.nation) -> str:
            route = arrays.case.legs[leg[row]]
            what = f"{number(quantity[row])} units of {arrays.items[item[row]]!r} on route {route.route!r}"
            ends = f"from {route.origin!r} to {route.destination!r} in {arrays.label(int(period[row]))}"
            return f"{what} {ends}, without the consent of {nation!r}"

        findings.check("consent", size, size, say)


def withheld(arrays: PlanArrays, consent: Consent, leg: Codes, item: Codes, period: Codes) -> np.ndarray:
    """[dispatch]: does it need the consent before that is given?"""
    given_from = arrays.case.periods if consent.given is None else consent.given
    items = np.isin(np.array(arrays.items, dtype=object), list(consent.items))
    return np.asarray(_legs(arrays, consent)[leg] & items[item] & (period < given_from))


def _legs(arrays: PlanArrays, consent: Consent) -> np.ndarray:
    """True for the legs on which dispatches need the consent."""
    nodes = arrays.case.nodes
    return np.array(
        [
            (consent.routes is None or leg.route in consent.routes)
            and leg.origin in consent.origins
            and leg.destination in consent.destinations
            and not (consent.abroad and nodes[leg.origin].nation == nodes[leg.destination].nation)
            for leg in arrays.case.legs
        ],
        dtype=bool,
    )
