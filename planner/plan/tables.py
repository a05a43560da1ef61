"""The plan as tables: the contract's run folder, read off the columns of the solved model.

Quantities are in the items' units, money in the currency of the settings, periods 1…P.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd

from planner.domain.coverage import demand_by_item, wanted_stock
from planner.formulation.goods.transport import unit_cost
from planner.formulation.model.model import Key, Model
from planner.plan.ledger import burden_sharing, ledger, nations
from planner.plan.payments import Payments
from planner.plan.plan import RESPONSE_TABLES, TABLE_COLUMNS
from planner.solver.highs import Vector

NOTHING = 1e-9  # quantities up to this are arithmetic noise; verification works to 1e-6

Rows = Iterable[tuple[Any, ...]]


class Solution:
    """Values of the model's columns, by family and key; noise around zero left out."""

    def __init__(self, model: Model, values: Vector) -> None:
        self.model = model
        self._values: list[float] = values.tolist()

    def of(self, family: str) -> Iterator[tuple[Key, float]]:
        """(key, value) of each non-zero column of a family, in the order of the model."""
        values = self._values
        for key, variable in self.model.columns[family].items():
            value = values[variable]
            if value > NOTHING:
                yield key, value


def tables(model: Model, values: Vector) -> dict[str, pd.DataFrame]:
    """All result tables, with the columns of TABLE_COLUMNS, one row a non-zero value."""
    solution = Solution(model, values)
    paid = Payments(
        model, *(dict(solution.of(family)) for family in ("spend", "payment", "allocation", "contribution"))
    )
    makers: dict[str, Callable[[Solution], Rows]] = {
        "production": _production,
        "shipments": _shipments,
        "stocks": _stocks,
        "deliveries": _deliveries,
        "shortfalls": _shortfalls,
        "targets": _targets,
        "scrap": _scrap,
        "investments": _investments,
        "payments": lambda _: paid.rows(),
        "allocations": lambda _: paid.allocations(),
        "expiry": _expiry,
    }
    made = {
        name: pd.DataFrame(list(rows(solution)), columns=list(TABLE_COLUMNS[name])) for name, rows in makers.items()
    }
    for name, summed in (("nations", nations), ("ledger", ledger), ("burden_sharing", burden_sharing)):
        made[name] = pd.DataFrame(list(summed(model.instance, made)), columns=list(TABLE_COLUMNS[name]))
    for name in RESPONSE_TABLES:
        made[name] = pd.DataFrame([], columns=list(TABLE_COLUMNS[name]))
    made["prices"] = pd.DataFrame([], columns=list(TABLE_COLUMNS["prices"]))
    return made


def _summed(entries: Iterable[tuple[Key, float]], keep: int) -> dict[Any, float]:
    """Sums over expiry classes: the key without its last entries beyond `keep`."""
    totals: dict[Any, float] = defaultdict(float)
    for key, value in entries:
        totals[key[:keep]] += value
    return totals


def _production(solution: Solution) -> Rows:
    instance = solution.model.instance
    for (name, period), quantity in solution.of("production"):
        line = instance.lines[name]
        nation = instance.nation_of(line.factory)
        ordered = line.orders.get(period)
        cost = quantity * line.unit_cost * (1.0 - ordered.paid if ordered else 1.0)
        yield line.name, line.factory, nation, line.item, period + 1, quantity, cost


def _shipments(solution: Solution) -> Rows:
    model = solution.model
    for (name, leg_name, period), quantity in _summed(solution.of("shipment"), 3).items():
        item, leg = model.instance.items[name], model.instance.legs[leg_name]
        yield (
            leg.route,
            leg.origin,
            leg.destination,
            leg.mode,
            name,
            period + 1,
            period + leg.lead_time + 1,
            quantity,
            quantity * item.weight_t,
            quantity * unit_cost(model, item, leg),
        )


def _stocks(solution: Solution) -> Rows:
    for (item, node, period), quantity in _summed(solution.of("stock"), 3).items():
        yield node, item, period + 1, quantity


def _deliveries(solution: Solution) -> Rows:
    demands = {demand.key: demand for demand in solution.model.instance.demands}
    for (name, due, period), quantity in _summed(solution.of("delivery"), 3).items():
        demand = demands[name, due]
        yield name, demand.commitment, demand.destination, demand.item, due + 1, period + 1, quantity


def _shortfalls(solution: Solution) -> Rows:
    demands = {demand.key: demand for demand in solution.model.instance.demands}
    for key, quantity in solution.of("shortage"):
        demand = demands[key]
        yield demand.name, demand.commitment, demand.destination, demand.item, demand.due + 1, quantity


def _targets(solution: Solution) -> Rows:
    """What each target wanted and got: one row a period, and for days of supply one an item and period."""
    model = solution.model
    instance = model.instance
    held = _summed(solution.of("stock"), 3)
    below = dict(solution.of("target_shortage")) | dict(solution.of("supply_shortage"))
    demand = demand_by_item(instance)
    for target in instance.targets.values():

        def stock(items: Iterable[str], period: int, nodes: tuple[str, ...] = target.nodes) -> float:
            return sum(held.get((item, node, period), 0.0) for item in items for node in nodes)

        for period in target.periods:
            if target.quantity is not None and target.quantity > 0:
                missing = below.get((target.name, period), 0.0)
                yield target.name, period + 1, target.quantity, stock(target.items, period), missing, None
            for item in target.items if target.days_of_supply is not None else ():
                days, length = target.days_of_supply or 0.0, instance.horizon.days_per_period
                wanted = wanted_stock(demand[item], period, days, length)
                if wanted > 0:
                    missing = below.get((target.name, item, period), 0.0)
                    yield target.name, period + 1, wanted, stock((item,), period), missing, item


def _scrap(solution: Solution) -> Rows:
    items = solution.model.instance.items
    for (item, node, period), quantity in _summed(solution.of("scrap"), 3).items():
        yield node, item, period + 1, quantity, quantity * items[item].scrap_cost


def _investments(solution: Solution) -> Rows:
    for (name, period), quantity in solution.of("expansion"):
        expansion = solution.model.instance.expansions[name]
        ready = period + expansion.lead_time + 1
        yield name, expansion.object, period + 1, ready, quantity, quantity * expansion.cost


def _expiry(solution: Solution) -> Rows:
    """Flows of perishable items by the last period of use (P + 1: not within the horizon)."""
    model = solution.model
    reach, instance = model.reach, model.instance
    perishable = {name for name, item in reach.items.items() if len(item.classes) > 1}
    demands = {demand.key: demand for demand in instance.demands}
    for (name, period), quantity in solution.of("production"):
        line = instance.lines[name]
        if line.item in perishable:
            last = reach.expires(instance.items[line.item], period)
            yield "production", name, None, None, line.item, None, period + 1, last + 1, quantity
    for (item, leg_name, period, last), quantity in solution.of("shipment"):
        if item in perishable:
            leg = instance.legs[leg_name]
            place = (leg.route, leg.origin, leg.destination)
            yield "shipment", *place, item, None, period + 1, last + 1, quantity
    for (name, due, period, last), quantity in solution.of("delivery"):
        demand = demands[name, due]
        if demand.item in perishable:
            at = (name, None, demand.destination)
            yield "delivery", *at, demand.item, due + 1, period + 1, last + 1, quantity
    for (item, line_name, period, last), quantity in solution.of("consumption"):
        yield "consumption", line_name, None, None, item, None, period + 1, last + 1, quantity
    for flow in ("stock", "scrap"):
        for (item, node, period, last), quantity in solution.of(flow):
            if item in perishable:
                yield flow, node, None, None, item, None, period + 1, last + 1, quantity
