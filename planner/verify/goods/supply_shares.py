"""Shares of supply: no name makes or carries more (or less) of an item than its policy says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import numpy as np

from planner.verify.input.rule_data import SupplyShare
from planner.verify.plan_arrays import PlanArrays
from planner.verify.sum_rules import SumRule
from planner.verify.verification import Floats, number


def supply_rules(arrays: PlanArrays) -> Iterator[SumRule]:
    """What was made or dispatched before the horizon, since the policy holds, counts."""
    for policy in arrays.case.supply_shares:
        window = arrays.case.calendar.mask(policy.first, policy.last)
        made, sent = _made(arrays, window), _sent(arrays, window, policy.carriers)
        factories = np.array([line.factory for line in arrays.case.lines.values()], dtype=object)
        for item in policy.items:
            of_item = made * (arrays.line_item == arrays.item_code[item])
            now = {node: float(of_item[factories == node].sum()) for node in set(factories)}
            before = _made_before(arrays, policy, item)
            for name, nodes in policy.makers.items():
                yield _share(arrays, policy, f"{name!r} makes", item, nodes, now, before)
            carried = {route: float(units[arrays.item_code[item]]) for route, units in sent.items()}
            before = _sent_before(arrays, policy, item)
            for route in policy.carriers:
                yield _share(arrays, policy, f"route {route!r} carries", item, frozenset({route}), carried, before)


def _made_before(arrays: PlanArrays, policy: SupplyShare, item: str) -> dict[str, float]:
    """Good units by node."""
    lines, sums = {**arrays.case.lines, **arrays.case.removed_lines}, dict[str, float]()
    for name, period, units in arrays.case.past.made if policy.last >= 0 else ():
        if period >= policy.first and lines[name].item == item:
            sums[lines[name].factory] = sums.get(lines[name].factory, 0.0) + units
    return sums


def _sent_before(arrays: PlanArrays, policy: SupplyShare, item: str) -> dict[str, float]:
    """Units by route, of those that the policy is about."""
    sums = dict[str, float]()
    for route, what, period, units in arrays.case.past.sent if policy.last >= 0 else ():
        if period >= policy.first and what == item and route in policy.carriers:
            sums[route] = sums.get(route, 0.0) + units
    return sums


def _made(arrays: PlanArrays, window: np.ndarray) -> Floats:
    """Good units by line, completed within the window."""
    return np.asarray(arrays.made[:, window].sum(axis=1))


def _sent(arrays: PlanArrays, window: np.ndarray, routes: tuple[str, ...]) -> dict[str, Floats]:
    """Units by item dispatched within the window on each of the routes, in both directions."""
    table = arrays.plan.shipments[window[arrays.plan.shipments["t"].to_numpy(dtype=np.intp)]]
    route_of = np.array([leg.route for leg in arrays.case.legs], dtype=object)[table["leg"].to_numpy(dtype=np.intp)]
    item, quantity = table["item"].to_numpy(dtype=np.intp), table["quantity"].to_numpy(dtype=float)
    width = len(arrays.items)
    sums = {}
    for route in routes:
        its = route_of == route
        sums[route] = np.asarray(np.bincount(item[its], quantity[its], width), dtype=np.float64)
    return sums


def _share(
    arrays: PlanArrays,
    policy: SupplyShare,
    who: str,
    item: str,
    places: Set[str],
    now: Mapping[str, float],
    before: Mapping[str, float],
) -> SumRule:
    """part ≤ share × total (largest_share), or ≥ (smallest_share); by place, in the horizon and before it."""
    past_part, past_total = sum(units for place, units in before.items() if place in places), sum(before.values())
    part = past_part + sum(units for place, units in now.items() if place in places)
    total = past_total + sum(now.values())
    limit, past_limit = policy.share * total, policy.share * past_total
    family, sign = ("largest_share", 1.0) if policy.largest else ("smallest_share", -1.0)
    amounts = f"{number(part)} of {number(total)} units of {item!r}, {number(limit)} by its share"
    return SumRule(
        family,
        f"policy {policy.name!r}: {who} {amounts}",
        sign * (part - limit),
        max(part, limit),
        sign * (past_part - past_limit),
        max(past_part, past_limit),
        arrays.case.values.get(item, 0.0) or 1.0,
    )
