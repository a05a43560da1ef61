"""What is left of locks on sums: their bounds less what has happened already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf

from planner.domain.instance import PlanningInstance
from planner.domain.rules import Lock
from planner.formulation.rules.locks import DecisionWords, names
from planner.replan.position.actuals import Actuals
from planner.replan.position.conflict import ReportConflict
from planner.tolerances import matters


@dataclass
class Locks:
    """`left` are the locks that still have periods to come, with windows from the present on."""

    left: list[Lock] = field(default_factory=list)
    conflicts: list[ReportConflict] = field(default_factory=list)


def follow(instance: PlanningInstance, actuals: Actuals, bought: Mapping[tuple[str, int], float]) -> Locks:
    """The locks from the present on. Bounds on a total, and on payments of the year that has begun, are less what
    happened of it; `bought` is capacity by expansion and period. Totals of stocks are those counted so far."""
    result = Locks()
    done = _done(instance, actuals, bought)
    for lock in instance.locks:
        whole = _whole_years(instance, lock) if lock.kind == "pay" else lock.periods
        rest = range(max(whole.start, actuals.now), whole.stop)
        if not rest:
            continue
        for part, past in _parts(instance, replace(lock, periods=whole), rest):
            counted = sum(
                quantity
                for decision, quantity in done[lock.kind]
                if decision["period"] in past and names(lock, decision)
            )
            result.left.append(_less(result, instance, part, counted))
    return result


def _whole_years(instance: PlanningInstance, lock: Lock) -> range:
    """The fiscal years of the horizon that the lock's window touches: payments are bounded by those."""
    named = instance.horizon.fiscal_years
    years = {named[period] for period in lock.periods}
    inside = [period for period, year in enumerate(named) if year in years]
    return range(inside[0], inside[-1] + 1) if inside else lock.periods


def _parts(instance: PlanningInstance, lock: Lock, rest: range) -> Iterator[tuple[Lock, range]]:
    """The lock from the present on, and the past periods that count towards its bounds. Payments are bounded by
    fiscal year, so that of the year that has begun is a lock of its own."""
    years = instance.horizon.fiscal_years
    past = range(lock.periods.start, rest.start)
    if lock.total or not past:
        yield replace(lock, periods=rest), past
        return
    begun = [period for period in lock.periods if lock.kind == "pay" and years[period] == years[rest.start]]
    ends = begun[-1] + 1 if begun and begun[0] < rest.start else rest.start
    if ends > rest.start:
        yield replace(lock, periods=range(rest.start, ends)), range(begun[0], rest.start)
    if ends < rest.stop:
        name = lock.name if ends == rest.start else f"{lock.name}, from {instance.horizon.label(ends)}"
        yield replace(lock, name=name, periods=range(ends, rest.stop)), range(0)


def _less(result: Locks, instance: PlanningInstance, lock: Lock, counted: float) -> Lock:
    over = counted - (inf if lock.maximum is None else lock.maximum)
    if matters(over, counted):
        unit = instance.settings.currency if lock.kind == "pay" else "units"
        result.conflicts.append(
            ReportConflict(
                "lock",
                lock.name,
                "more has happened than the lock allows",
                counted,
                lock.maximum,
                unit,
                "nothing more may happen",
            )
        )
    return replace(
        lock,
        minimum=None if lock.minimum is None else max(lock.minimum - counted, 0.0),
        maximum=None if lock.maximum is None else max(lock.maximum - counted, 0.0),
    )


def _done(
    instance: PlanningInstance, actuals: Actuals, bought: Mapping[tuple[str, int], float]
) -> dict[str, list[tuple[DecisionWords, float]]]:
    """What happened, by kind of lock, named as locks name it."""
    decisions: dict[str, list[tuple[DecisionWords, float]]] = defaultdict(list)
    for (name, period), quantity in actuals.made.items():
        line = instance.lines[name]
        decisions["make"].append(({"line": name, "node": line.factory, "item": line.item, "period": period}, quantity))
    for (item, leg_name, period), quantity in actuals.shipped.items():
        leg = instance.legs[leg_name]
        decisions["ship"].append(({"route": leg.route, "origin": leg.origin, "item": item, "period": period}, quantity))
    wanted = {demand.name: demand for demand in instance.demands}
    for (name, _due, period), quantity in actuals.delivered.items():
        demand = wanted[name]
        decision: DecisionWords = {"demand": name, "node": demand.destination, "item": demand.item, "period": period}
        decisions["deliver"].append((decision, quantity))
    for (item, node, period), quantity in actuals.counted.items():
        decisions["stock"].append(({"node": node, "item": item, "period": period}, quantity))
    for (name, period), quantity in bought.items():
        decisions["invest"].append(({"expansion": name, "period": period}, quantity))
    for (fund, contributor, _type, _object, period), amount in actuals.paid.items():
        decisions["pay"].append(({"fund": fund, "contributor": contributor, "period": period}, amount))
    return decisions
