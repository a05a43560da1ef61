"""By how much a plan misses the stock targets of an input that need not be its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from planner.domain.coverage import demand_by_item, wanted_stock
from planner.domain.instance import PlanningInstance, Target
from planner.plan.plan import Plan
from planner.tolerances import SAME


@dataclass(frozen=True, slots=True)
class Missed:
    """`below` units of one item, or of all items of the target together, are lacking at the end of a period."""

    target: Target
    items: tuple[str, ...]
    period: int
    below: float


def missed(plan: Plan, instance: PlanningInstance) -> list[Missed]:
    """What the plan's stocks lack to the targets of `instance`, in quantity and in days of its supply."""
    held: defaultdict[tuple[str, str, int], float] = defaultdict(float)
    for node, item, period, units in plan.tables["stocks"][["node", "item", "period", "quantity"]].itertuples(
        index=False
    ):
        held[str(item), str(node), int(period) - 1] += float(units)
    return [
        Missed(target, items, period, wanted - there)
        for target, items, period, wanted in _wanted(instance)
        if (there := sum(held[item, node, period] for item in items for node in target.nodes))
        < wanted - SAME * max(1.0, wanted)
    ]


def value_below(below: list[Missed], instance: PlanningInstance) -> float:
    """Σ priority × value × units below; several items count at their mean value."""
    worth = instance.unit_values
    return sum(one.target.priority * one.below * fmean(worth.get(item, 0.0) for item in one.items) for one in below)


def cost_below(below: list[Missed], instance: PlanningInstance) -> float | None:
    """Σ shortage_cost × units below, discounted; None where a target is missed that must be met."""
    if any(one.target.shortage_cost is None for one in below):
        return None
    return sum((one.target.shortage_cost or 0.0) * one.below * instance.discount[one.period] for one in below)


def _wanted(instance: PlanningInstance) -> Iterator[tuple[Target, tuple[str, ...], int, float]]:
    demand, length = demand_by_item(instance), instance.horizon.days_per_period
    for target in instance.targets.values():
        for period in target.periods:
            if target.quantity:
                yield target, target.items, period, target.quantity
            for item in target.items if target.days_of_supply is not None else ():
                wanted = wanted_stock(demand[item], period, target.days_of_supply or 0.0, length)
                if wanted > 0:
                    yield target, (item,), period, wanted
