"""Goods that a window throws away because no use of them is in its sight, and that a later window may need.

A window's plan may write off what it cannot use. Where lying on costs nothing and nothing is in the way, these goods
are taken as still there when the next window begins. What must go (expired, at a node that closes, for want of storage)
is gone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import inf

from planner.domain.instance import PlanningInstance
from planner.replan.position.actuals import Actuals


def with_leftovers(course: Actuals, instance: PlanningInstance) -> Actuals:
    """The course of a window's kept periods, 0-based, with what it need not have written off counted at their end."""
    left: dict[tuple[str, str], float] = defaultdict(float)
    for (item, node, _), quantity in course.scrapped.items():
        if _may_lie_on(instance, item, node, course.now):
            left[item, node] += quantity
    counted, end = dict(course.counted), course.now - 1
    for (item, node), quantity in left.items():
        counted[item, node, end] = counted.get((item, node, end), 0.0) + quantity
    scrapped = {key: quantity for key, quantity in course.scrapped.items() if key[:2] not in left}
    return replace(course, counted=counted, scrapped=scrapped)


def _may_lie_on(instance: PlanningInstance, item: str, node: str, until: int) -> bool:
    goods, place, stated = instance.items[item], instance.nodes[node], instance.node_items.get((item, node))
    limits = (
        *place.storage_t,
        place.storage_m3,
        place.storage_neq_kg,
        inf if stated is None or stated.storage is None else 0.0,
    )
    holding = goods.holding_cost + place.holding_cost * goods.weight_t + (stated.holding_cost if stated else 0.0)
    return (
        goods.shelf_life is None
        and until in place.open
        and min(limits) == inf
        and (holding == 0 or not instance.money_is_limited)
    )
