"""The plan as tables: the contract's run folder, read off the columns of the solved model.

Quantities are in the items' units, money in the currency of the settings, periods 1…P.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import pandas as pd

from planner.domain.contingency.recipients import Recipient
from planner.domain.coverage import demand_by_item, wanted_stock
from planner.domain.instance import share_left
from planner.formulation.goods.transport import unit_cost
from planner.formulation.model.model import Key, Model
from planner.plan.ledger import burden_sharing, ledger, nations
from planner.plan.plan import TABLE_COLUMNS
from planner.plan.response_tables import MAKERS, Answer
from planner.plan.settle.payments import Payments
from planner.solver.highs import Vector
from planner.tolerances import NOISE

TableRows = Iterable[tuple[Any, ...]]


class Solution:
    """Values of the model's columns, by family and key; noise around zero left out."""

    def __init__(self, model: Model, values: Vector) -> None:
        self.model = model
        self.values: list[float] = values.tolist()

    def of(self, family: str) -> Iterator[tuple[Key, float]]:
        """(key, value) of each non-zero column of a family, in the order of the model."""
        values = self.values
        for key, variable in self.model.columns[family].items():
            value = values[variable]
            if value > NOISE:
                yield key, value


def tables(model: Model, values: Vector) -> dict[str, pd.DataFrame]:
    """All result tables, with the columns of TABLE_COLUMNS, one row a non-zero value."""
    solution = Solution(model, values)
    paid = Payments(
        model, *(dict(solution.of(family)) for family in ("spend", "payment", "allocation", "contribution"))
    )
    makers: dict[str, Callable[[Solution], TableRows]] = {
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
        "recipients": _recipients,
    }
    made = {name: _table(name, rows(solution)) for name, rows in makers.items()}
    for name, summed in (("nations", nations), ("ledger", ledger), ("burden_sharing", burden_sharing)):
        made[name] = _table(name, summed(model.instance, made))
    answers = [Answer(response, solution.values) for response in model.responses]
    for name, maker in MAKERS.items():
        made[name] = _table(name, (row for answer in answers for row in maker(answer)))
    for name in ("prices", "attribution", "access_value"):
        made[name] = _table(name, ())
    return made


def _table(name: str, rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    """Rows as a result table. Many tables of a small plan are empty: copies of one."""
    listed = list(rows)
    return pd.DataFrame(listed, columns=list(TABLE_COLUMNS[name])) if listed else _empty(name).copy(deep=False)


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame([], columns=list(TABLE_COLUMNS[name]))


def _summed(entries: Iterable[tuple[Key, float]], keep: int) -> dict[Any, float]:
    """Sums over expiry classes: the key without its last entries beyond `keep`."""
    totals: dict[Any, float] = defaultdict(float)
    for key, value in entries:
        totals[key[:keep]] += value
    return totals


def _production(solution: Solution) -> TableRows:
    instance = solution.model.instance
    for (name, period), quantity in solution.of("production"):
        line = instance.lines[name]
        nation = instance.nation_of(line.factory)
        ordered = line.orders.get(period)
        cost = quantity * line.unit_cost * (1.0 - ordered.paid if ordered else 1.0)
        yield line.name, line.factory, nation, line.item, period + 1, quantity, cost


def _shipments(solution: Solution) -> TableRows:
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


def _stocks(solution: Solution) -> TableRows:
    for (item, node, period), quantity in _summed(solution.of("stock"), 3).items():
        yield node, item, period + 1, quantity


def _deliveries(solution: Solution) -> TableRows:
    demands = {demand.key: demand for demand in solution.model.instance.demands}
    for (name, due, period), quantity in _summed(solution.of("delivery"), 3).items():
        demand = demands[name, due]
        yield name, demand.commitment, demand.destination, demand.item, due + 1, period + 1, quantity


def _shortfalls(solution: Solution) -> TableRows:
    demands = {demand.key: demand for demand in solution.model.instance.demands}
    for key, quantity in solution.of("shortage"):
        demand = demands[key]
        yield demand.name, demand.commitment, demand.destination, demand.item, demand.due + 1, quantity


def _targets(solution: Solution) -> TableRows:
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


def _scrap(solution: Solution) -> TableRows:
    items = solution.model.instance.items
    for (item, node, period), quantity in _summed(solution.of("scrap"), 3).items():
        yield node, item, period + 1, quantity, quantity * items[item].scrap_cost


def _investments(solution: Solution) -> TableRows:
    for (name, period), quantity in solution.of("expansion"):
        expansion = solution.model.instance.expansions[name]
        ready = period + expansion.lead_time + 1
        yield name, expansion.object, period + 1, ready, quantity, quantity * expansion.cost


FlowKey = tuple[str, str, str | None, str | None, str, int | None, int, int]  # its columns up to period, goods class


def _by_class(solution: Solution) -> Iterator[tuple[FlowKey, float]]:
    """Every flow of goods by goods class: flow, object, origin, destination, item, due, period, class."""
    model = solution.model
    reach, instance = model.reach, model.instance
    demands = {demand.key: demand for demand in instance.demands}
    for (name, period), quantity in solution.of("production"):
        item = instance.lines[name].item
        if not reach.recipients.of(item):
            last = reach.expires(instance.items[item], period)
            yield ("production", name, None, None, item, None, period + 1, last), quantity
    for (name, period, goods_class), quantity in solution.of("made_for"):
        yield ("production", name, None, None, instance.lines[name].item, None, period + 1, goods_class), quantity
    for (item, leg_name, period, goods_class), quantity in solution.of("shipment"):
        leg = instance.legs[leg_name]
        yield ("shipment", leg.route, leg.origin, leg.destination, item, None, period + 1, goods_class), quantity
    for (name, due, period, goods_class), quantity in solution.of("delivery"):
        demand = demands[name, due]
        yield ("delivery", name, None, demand.destination, demand.item, due + 1, period + 1, goods_class), quantity
    for (item, line_name, period, goods_class), quantity in solution.of("consumption"):
        yield ("consumption", line_name, None, None, item, None, period + 1, goods_class), quantity
    for flow in ("stock", "scrap"):
        for (item, node, period, goods_class), quantity in solution.of(flow):
            yield (flow, node, None, None, item, None, period + 1, goods_class), quantity


def _expiry(solution: Solution) -> TableRows:
    """Flows of perishable items by the last period of use (P + 1: not within the horizon)."""
    reach = solution.model.reach
    perishable = {name for name, item in reach.items.items() if len({reach.last_use(k) for k in item.classes}) > 1}
    totals: dict[FlowKey, float] = defaultdict(float)
    for (*what, goods_class), quantity in _by_class(solution):
        if what[4] in perishable:
            totals[(*what, reach.last_use(goods_class) + 1)] += quantity  # type: ignore[index]
    for flow, quantity in totals.items():
        yield (*flow, quantity)


def _recipients(solution: Solution) -> TableRows:
    """Flows of items that are distinguished by recipient; and for whom goods of Stocks are when they enter."""
    reach = solution.model.reach
    totals: dict[tuple[Any, ...], float] = defaultdict(float)  # two rows of Stocks may be of one class
    for (*what, goods_class), quantity in (*_by_class(solution), *_entries(solution), *_parts(solution)):
        item = str(what[4])
        if reach.recipients.of(item):
            last = reach.last_use(goods_class)
            expires = None if reach.instance.items[item].shelf_life is None else last + 1
            totals[(*what[:5], _label(reach.recipient(item, goods_class)), *what[5:], expires)] += quantity
    for flow, quantity in totals.items():
        yield (*flow, quantity)


def _label(recipient: Recipient) -> str | None:
    """A recipient in result tables."""
    return "(reserve)" if recipient is None else recipient or None


def _parts(solution: Solution) -> Iterator[tuple[FlowKey, float]]:
    """Components of which a recipient's goods are all of one class: they have no column of their own."""
    reach, instance = solution.model.reach, solution.model.instance
    for family in ("production", "made_for"):
        for (name, period, *goods_class), quantity in solution.of(family):
            line = instance.lines[name]
            apart = bool(reach.recipients.of(line.item))
            if apart != (family == "made_for"):
                continue
            whom = reach.recipient(line.item, goods_class[0]) if apart else reach.recipients.wanted_by(line.item)[0]
            for component, units in line.components.items():
                classes = reach.classes_for(component, whom) if reach.recipients.of(component) and units else []
                if len(classes) == 1:
                    what = ("consumption", name, None, None, component, None, period + 1, classes[0])
                    yield what, quantity * units / line.yield_


def _entries(solution: Solution) -> Iterator[tuple[FlowKey, float]]:
    """Opening stock and goods on order of items distinguished: as the plan settles them, or for whom the row names."""
    reach, instance = solution.model.reach, solution.model.instance
    for (item, node, period, goods_class), quantity in solution.of("settled"):
        yield ("entry", node, None, None, item, None, period + 1, goods_class), quantity
    for supply in instance.supplies:
        classes = reach.entry_classes(supply)
        left = share_left(instance.nodes[supply.node].left, supply.period)
        if reach.recipients.of(supply.item) and len(classes) == 1 and supply.quantity * left > 0:
            what = ("entry", supply.node, None, None, supply.item, None, supply.period + 1, classes[0])
            yield what, supply.quantity * left
