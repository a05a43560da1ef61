"""Is there room, and does the room that can be bought matter?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import inf

from planner.domain.coverage import demand_by_item, wanted_stock
from planner.domain.instance import Expansion, Leg, PlanningInstance, Target
from planner.workbook.names.places import Finding
from planner.workbook.validate.checking.view import InstanceView, listed


def targets_without_storage(view: InstanceView) -> Iterator[Finding]:
    """A stock target at a node that may not hold any of its items while it holds."""
    for target in view.instance.targets.values():
        holders = {
            node: any(_may_hold(view, item, node, target.periods) for item in target.items) for node in target.nodes
        }
        barred = [node for node, allowed in holders.items() if not allowed]
        if barred and target.periods:
            yield Finding(
                "Targets",
                {"target": target.name},
                f"{listed(barred)} may hold no stock of {listed(target.items)} while the target holds",
                "nodes",
            )


def targets_that_cannot_hold(view: InstanceView) -> Iterator[Finding]:
    """A target that must hold, in a period in which none of its nodes may hold what it wants."""
    coming = demand_by_item(view.instance)
    for target in view.instance.targets.values():
        if not view.must_be_met(target.shortage_cost):
            continue
        for column, items, periods in _wanted(view.instance, target, coming):
            empty = next((period for period in periods if not _any_may_hold(view, items, target, period)), None)
            if empty is not None:
                yield Finding(
                    "Targets",
                    {"target": target.name},
                    f"in {view.label(empty)} no node of the target may hold stock of {listed(items)}; with a blank "
                    "shortage_cost it must hold, so that no plan exists",
                    column,
                )
                break


def _wanted(
    instance: PlanningInstance, target: Target, coming: Mapping[str, Sequence[float]]
) -> Iterator[tuple[str, Sequence[str], Sequence[int]]]:
    """(column, items, periods) in which the target wants some of those items."""
    if target.quantity:
        yield "quantity", target.items, target.periods
    if target.days_of_supply:
        days = instance.horizon.days_per_period
        for item in target.items:
            wanted = [wanted_stock(coming[item], period, target.days_of_supply, days) for period in target.periods]
            yield "days_of_supply", [item], [t for t, stock in zip(target.periods, wanted, strict=True) if stock > 0]


def _any_may_hold(view: InstanceView, items: Sequence[str], target: Target, period: int) -> bool:
    return any(_may_hold(view, item, node, range(period, period + 1)) for item in items for node in target.nodes)


def _may_hold(view: InstanceView, item: str, node: str, periods: range) -> bool:
    allowed = view.storable(item)[view.reach.node_index[node]]
    return bool(allowed[periods.start : periods.stop].any())


def routes_without_capacity(view: InstanceView) -> Iterator[Finding]:
    """A route on which nothing can ever be dispatched."""
    seen: set[str] = set()
    for leg in view.instance.legs.values():
        problem = None if leg.route in seen else _route_problem(view, leg)
        if problem:
            seen.add(leg.route)
            column, why = problem
            yield Finding("Routes", {"route": leg.route}, f"route {leg.route!r} carries nothing: {why}", column)


def routes_for_nobody(view: InstanceView) -> Iterator[Finding]:
    """A route whose `nations` admit none of those who receive what could go on it, in either direction."""
    directions: dict[str, list[Leg]] = defaultdict(list)
    for leg in view.instance.legs.values():
        if leg.nations and view.is_dispatchable(leg):
            directions[leg.route].append(leg)
    for route, legs in directions.items():
        needy = {one for leg in legs for one in _receiving(view, leg)}
        if needy and not any(leg.nations & needy for leg in legs):
            whom = listed(sorted(one or "nodes without a nation" for one in needy))
            why = f"its nations admit none of those who receive what could go on it: {whom}"
            yield Finding("Routes", {"route": route}, f"route {route!r} carries nothing: {why}", "nations")


def _receiving(view: InstanceView, leg: Leg) -> Iterator[str]:
    """The nations that need what can be where the leg begins, or what is made of it; reserve is for none."""
    for item in view.held_at.get(leg.origin, ()):
        if item not in leg.excluded:
            yield from (one for one in view.reach.recipients.wanted_by(item) if one is not None)


def _route_problem(view: InstanceView, leg: Leg) -> tuple[str, str] | None:
    """(column, why) where nothing can leave on the leg."""
    horizon = view.instance.horizon
    if not leg.open:
        return "route", "it is never open within the horizon"
    if leg.lead_time >= horizon.periods:
        why = f"its lead time of {leg.lead_time} periods is longer than the horizon of {horizon.periods}"
        return "lead_time", why
    if not view.leg_is_usable(leg):
        return "route", f"{leg.origin} and {leg.destination} are never open at dispatch and arrival"
    if leg.capacity_m3 == 0:
        return "capacity_m3", "its capacity_m3 is 0"
    if _all_zero(leg.capacity_t, leg.open) and not _widened(view.instance, "route", leg.route):
        return "capacity_t", "its capacity_t is 0 whenever it is open"
    return None


def lines_without_capacity(view: InstanceView) -> Iterator[Finding]:
    """A line that can never make anything."""
    for line in view.instance.lines.values():
        if not line.open:
            problem = "is never open within the horizon"
            if line.order_lead_time >= view.instance.horizon.periods:
                problem = f"completes nothing within the horizon: its order_lead_time is {line.order_lead_time} periods"
            yield Finding("Lines", {"line": line.name}, f"line {line.name!r} {problem}")
        elif _all_zero(line.capacity, line.open) and not _widened(view.instance, "line", line.name):
            yield Finding(
                "Lines", {"line": line.name}, f"line {line.name!r} has a capacity of 0 whenever it is open", "capacity"
            )


def _all_zero(capacity: Sequence[float], periods: range) -> bool:
    return bool(capacity) and all(capacity[period] == 0 for period in periods)


def _widened(instance: PlanningInstance, kind: str, name: str) -> bool:
    return any(e.kind == kind and e.object == name and e.limit > 0 and e.buy for e in instance.expansions.values())


def expansions_of_unlimited_capacity(view: InstanceView) -> Iterator[Finding]:
    """An expansion of something that has no limit: nothing would ever be bought."""
    for expansion in view.instance.expansions.values():
        capacity = _capacity(view.instance, expansion)
        if capacity and all(value == inf for value in capacity):
            yield Finding(
                "Expansions",
                {"expansion": expansion.name},
                f"widens {expansion.kind} {expansion.object!r}, whose capacity is unlimited already",
                expansion.kind,
            )


def _capacity(instance: PlanningInstance, expansion: Expansion) -> Sequence[float]:
    if expansion.kind == "line":
        return instance.lines[expansion.object].capacity
    if expansion.kind == "resource":
        return instance.resources[expansion.object].capacity
    if expansion.kind == "node":
        return instance.nodes[expansion.object].storage_t
    return next((leg.capacity_t for leg in instance.legs.values() if leg.route == expansion.object), ())
