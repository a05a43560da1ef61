"""Rows of responses that are made of the same figures of the input as rows of the plan.

A capacity of March holds in the plan and in every response that March is part of; there what disruptions leave of it.
Goods on order for March come in either way, and standing demand is due in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

from planner.domain.contingency.contingencies import Disruption
from planner.domain.instance import PlanningInstance, share_left
from planner.formulation.goods.balance import MATERIAL_BALANCE, supplied_row
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.goods.production import PLACED_ORDER
from planner.formulation.model.family import Family, Kind
from planner.formulation.model.model import Key, Model
from planner.formulation.responses.coverage import PROMISE
from planner.formulation.responses.families import EXPANDED
from planner.formulation.responses.response import Response

LIMITS = tuple(
    family
    for module in EXPANDED
    for family in module.FAMILIES
    if family.kind is Kind.LIMIT and family.origins and family is not PLACED_ORDER
)
Steps = dict[int, float]  # row → by how much its right-hand side moves


class Same(NamedTuple):
    """A row of a response; `index` as the plan would have it; `left`: the share of the figure that counts there."""

    row: int
    family: Family
    index: Any
    left: float


def same_figures(model: Model) -> Iterator[Same]:
    """The limits of all responses that are limits of the plan."""
    for response in model.responses:
        hit = replace(response.instance, certain=tuple(_disruptions(response)))
        for family in LIMITS:
            for key, row in response.rows[family.name].items():
                index = family.index(*key)
                left = _left(family, hit, index) if hit.certain else 1.0
                yield Same(row, family, index._replace(period=index.period + response.case.begin), left)


def steps_of_limits(model: Model) -> dict[tuple[str, Key], Steps]:
    """(family, key of the plan's row) → the rows of responses that one more of it moves too, per unit of the plan's
    right-hand side.
    """
    steps: dict[tuple[str, Key], Steps] = defaultdict(dict)
    for same in same_figures(model):
        whole = _left(same.family, model.instance, same.index)
        if whole > 0 and same.left > 0:
            steps[same.family.name, tuple(same.index)][same.row] = same.left / whole
    return steps


def steps_of_supplies(model: Model) -> dict[tuple[str, Key], Steps]:
    """The same of goods on order, per unit of the input: (family, key of the plan's balance) → rows of responses."""
    steps: dict[tuple[str, Key], Steps] = defaultdict(dict)
    for response in model.responses:
        for supply in response.instance.supplies:
            own, entry = supplied_row(response.reach, supply)
            row = response.rows[own].get(entry)
            if row is None:
                continue
            planned = replace(supply, period=supply.period + response.case.begin)
            left = share_left(response.instance.nodes[supply.node].left, supply.period)
            steps[supplied_row(model.reach, planned)][row] = left if own != MATERIAL_BALANCE.name else -left
    return steps


def steps_of_demand(model: Model) -> dict[Key, Steps]:
    """Demand, due → the rows of responses that a further unit of a standing demand moves too:
    need, and what is promised.
    """
    steps: dict[Key, Steps] = defaultdict(dict)
    for response in model.responses:
        for need in response.needs:
            if need.kind == "demand":
                due = need.wanted.due + response.case.begin
                steps[need.demand, due].update(steps_of_need(model, response, need.wanted.key))
    return steps


def steps_of_need(model: Model, response: Response, key: Key) -> dict[int, float]:
    """The rows that a further unit of a need of a response moves: its balance, and the promise for its item."""
    balance = response.rows[DEMAND_BALANCE.name]
    steps = {balance[key]: 1.0} if key in balance else {}
    promise = model.rows[PROMISE.name].get((*response.case.key, response.need_of[key].wanted.item))
    if promise is not None:
        steps[promise] = response.case.contingency.coverage
    return steps


def _left(family: Family, instance: PlanningInstance, index: Any) -> float:
    return prod(hit.factor for hit in family.hits(instance, index)) if family.hits else 1.0


def _disruptions(response: Response) -> Iterator[Disruption]:
    """Everything that is lost in a response, certain or of its case, by periods from its beginning."""
    case, certain = response.case, response.plan.instance.certain
    held: Sequence[tuple[Disruption, range]] = [
        *((hit, hit.holds(0, case.end)) for hit in certain),
        *((hit, hit.holds(case.strike, case.end)) for hit in case.contingency.disruptions),
    ]
    for hit, periods in held:
        yield replace(hit, first=periods.start - case.begin, last=periods.stop - 1 - case.begin)
