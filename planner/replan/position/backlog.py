"""What is still wanted: demand less deliveries, backlog with its original due period, and what is lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from planner.domain.instance import Demand, PlanningInstance
from planner.replan.position.actuals import Actuals
from planner.replan.position.conflict import ReportConflict
from planner.tolerances import matters


@dataclass
class Backlog:
    """`open_` is what is still wanted of each demand (name, due); `lost` what was due too long ago to count."""

    open_: dict[tuple[str, int], float] = field(default_factory=dict)
    lost: dict[tuple[str, int], float] = field(default_factory=dict)
    conflicts: list[ReportConflict] = field(default_factory=list)
    ended: dict[tuple[str, int], int] = field(default_factory=dict)  # of what is lost: the last period it could come in


def follow(instance: PlanningInstance, actuals: Actuals) -> Backlog:
    """Deliveries serve the oldest due period of their demand that may still be served, in the order of periods."""
    backlog = Backlog()
    by_name: dict[str, list[Demand]] = defaultdict(list)
    for demand in sorted(instance.demands, key=lambda demand: demand.due):
        by_name[demand.name].append(demand)
    left = {demand.key: demand.quantity for demand in instance.demands}
    for (name, due, period), quantity in sorted(actuals.delivered.items(), key=lambda entry: entry[0][2]):
        meant = [demand for demand in by_name[name] if due is None or demand.due == due]
        surplus = _serve(meant, left, period, quantity)
        if matters(surplus, quantity):
            where = f"{name}, {instance.horizon.label(period)}"
            unit = instance.items[by_name[name][0].item].unit if by_name[name] else ""
            conflict = ReportConflict("delivery", where, "more was delivered than was wanted", quantity, quantity - surplus,
                                unit, "what was wanted counts as delivered", period)  # fmt: skip
            backlog.conflicts.append(conflict)
    for demand in instance.demands:
        remaining = left[demand.key]
        if not matters(remaining):
            continue
        is_lost = demand.due + demand.max_delay < actuals.now
        (backlog.lost if is_lost else backlog.open_)[demand.key] = remaining
        if is_lost:
            backlog.ended[demand.key] = demand.due + demand.max_delay
    return backlog


def _serve(demands: list[Demand], left: dict[tuple[str, int], float], period: int, quantity: float) -> float:
    """Take a delivery off the demands of its name; returns what nobody wanted.

    First those whose window holds the period, then later ones (it came early), never those lost before.
    """
    current = [demand for demand in demands if demand.due <= period <= demand.due + demand.max_delay]
    early = [demand for demand in demands if demand.due > period]
    for demand in (*current, *early):
        used = min(left[demand.key], quantity)
        left[demand.key] -= used
        quantity -= used
    return quantity
