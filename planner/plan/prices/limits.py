"""Limits: the numbers of the input whose price is reported, and which right-hand sides one more of each moves.

Mostly a number is the right-hand side of one row. A fund's money of a year counts in every later limit of the same
pool: in those of the year, with carry-over in those of the rest of the horizon. Goods in stock are a constant of the
material balance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.catalogue import RESPONSE
from planner.domain.budget_periods import BudgetPeriods
from planner.domain.instance import Fund, share_left
from planner.formulation.families import FAMILIES
from planner.formulation.goods.balance import MATERIAL_BALANCE, SETTLED_SUPPLY, supplied_row
from planner.formulation.goods.circulation import CIRCULATION
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.model.family import Kind
from planner.formulation.model.model import LESS, Key, Model
from planner.formulation.responses.figures import (
    Steps,
    steps_of_demand,
    steps_of_limits,
    steps_of_need,
    steps_of_supplies,
)

# Rows that define quantities rather than limit them; their duals are values of goods and money, not of limits.
DEFINITIONS = frozenset(
    name for name, family in FAMILIES.items() if family.kind in (Kind.IDENTITY, Kind.SUPPLY, Kind.CHOICE)
)
POOLS = frozenset(name for name, family in FAMILIES.items() if family.cumulative)
STOCK = MATERIAL_BALANCE.name


@dataclass(frozen=True)
class PricedLimit:
    """`step`: row → by how much its right-hand side moves per unit more. `rhs`: of the row, in the limit's own unit.

    `helps`: it is something to use, as a capacity, money or goods; else a task, as a demand. `relaxes`: more of it
    forbids nothing that was allowed, so that it can only do good; goods can be in the way.
    """

    family: str
    key: Key
    step: Mapping[int, float]
    helps: bool
    relaxes: bool
    rhs: float

    @property
    def row(self) -> int:
        """The first of its rows."""
        return next(iter(self.step))

    @property
    def is_empty(self) -> bool:
        """Goods that are not there: there cannot be less of them."""
        return self.family == STOCK and self.rhs == 0.0

    @property
    def less(self) -> dict[int, float]:
        """Row → rise of its right-hand side for one unit less of the limit."""
        return {row: -by for row, by in self.step.items()}


def limits(model: Model) -> list[PricedLimit]:
    """Every limit, task and stock of the model that has a row."""
    to_price: list[PricedLimit] = []
    beside = _beside(model)
    # What a response needs of standing demand is no figure of its own, but the demand's.
    standing_demand = {
        (*one.case.key, *need.wanted.key) for one in model.responses for need in one.needs if need.kind == "demand"
    }
    for family, rows in model.rows.items():
        if family not in DEFINITIONS and family not in POOLS:
            to_price += [
                _single(model, family, key, row, beside) for key, row in rows.items() if key not in standing_demand
            ]
    return [*to_price, *_pools(model), *_stocks(model)]


def _beside(model: Model) -> Mapping[tuple[str, Key], Steps]:
    """The rows of responses that one more of a limit or a task moves too."""
    steps_of: dict[tuple[str, Key], Steps] = dict(steps_of_limits(model))
    steps_of |= {(DEMAND_BALANCE.name, key): steps for key, steps in steps_of_demand(model).items()}
    for response in model.responses:
        for key in response.rows[DEMAND_BALANCE.name]:
            name = RESPONSE + DEMAND_BALANCE.name, (*response.case.key, *key)
            steps_of[name] = steps_of_need(model, response, key)
    return steps_of


def _single(model: Model, family: str, key: Key, row: int, beside: Mapping[tuple[str, Key], Steps]) -> PricedLimit:
    unit = model.money_unit if FAMILIES[family].unit == "money" else 1.0
    _, sense, bound = model.row_at(row)
    most = sense == LESS
    return PricedLimit(family, key, {row: 1.0 / unit} | beside.get((family, key), {}), most, most, bound * unit)


def _pools(model: Model) -> Iterator[PricedLimit]:
    """Money of a fund (of one of its contributors) that comes in after one row and counts from the next:
    in that first.
    """
    budget_periods = BudgetPeriods(model.instance)
    for family in sorted(POOLS):
        index = FAMILIES[family].index
        pools: dict[Any, list[int]] = {}  # the index of a pool's rows, but for the budget period → their budget periods
        for row in (index(*key) for key in model.rows[family]):
            pools.setdefault(row._replace(budget_period=0), []).append(row.budget_period)
        for pool, rows_of_pool in pools.items():
            fund = model.instance.funds[pool.fund]
            for budget_period in rows_of_pool:
                rows = [
                    model.rows[family][pool._replace(budget_period=later)]
                    for later in rows_of_pool
                    if _counts(budget_periods, fund, budget_period, later)
                ]
                step = dict.fromkeys(rows, 1.0 / model.money_unit)
                bound = model.row_at(rows[0]).bound * model.money_unit
                yield PricedLimit(family, pool._replace(budget_period=budget_period), step, True, True, bound)


def _counts(budget_periods: BudgetPeriods, fund: Fund, budget_period: int, later: int) -> bool:
    return later >= budget_period and (
        fund.carry_over or budget_periods.year(later) == budget_periods.year(budget_period)
    )


def _stocks(model: Model) -> Iterator[PricedLimit]:
    """Goods that lie at a node at the start, or may, and goods on order: of those that are not there, fresh ones."""
    reach, rows = model.reach, model.rows[STOCK]
    keys: dict[Key, float] = {}
    unsettled: dict[Key, float] = {}
    for supply in model.instance.supplies:
        left = share_left(model.instance.nodes[supply.node].left, supply.period)
        family, entry = supplied_row(reach, supply)
        (keys if family == STOCK else unsettled)[entry] = left
    nodes = list(reach.node_index)
    there = {(item, node) for item, node, period, _ in keys if period == 0}
    for name, item in model.instance.items.items():
        item_goods = reach.items[name]
        fresh = reach.expires(item, 0)
        if fresh not in item_goods.classes or reach.recipients.of(name):
            continue
        for index in np.flatnonzero(item_goods.stock[item_goods.classes.index(fresh), :, 0]).tolist():
            node = nodes[index]
            if (name, node) not in there:
                keys[name, node, 0, fresh] = share_left(model.instance.nodes[node].left, 0)
    # Goods that may go round are a constant of other rows too: they get no price.
    rounds = (CIRCULATION.index(*key) for key in model.rows[CIRCULATION.name])
    circling = {(round_.item, round_.period, round_.goods_class) for round_ in rounds}
    beside = steps_of_supplies(model)
    for key, left in keys.items():
        goods = MATERIAL_BALANCE.index(*key)
        if key in rows and (goods.item, goods.period, goods.goods_class) not in circling:
            yield PricedLimit(
                STOCK,
                key,
                {rows[key]: -left} | beside.get((STOCK, key), {}),
                True,
                False,
                -model.row_at(rows[key]).bound,
            )
    for key, left in unsettled.items():
        row = model.rows[SETTLED_SUPPLY.name][key]
        yield PricedLimit(
            STOCK, key, {row: left} | beside.get((SETTLED_SUPPLY.name, key), {}), True, False, model.row_at(row).bound
        )
