"""Where a delivery comes from: lines, routes, depots, funds.

Goods of one class are not distinguished in a plan, so where a given unit came from is a convention, not a fact:
**proportional attribution**. Whatever leaves a node in a period (delivered, dispatched or kept in stock) is
made up like everything of its class that came in: in the proportions of what was in stock, arrived, was made
there or was given (opening stock, goods already on order). The goods of an item are one class, unless the plan
distinguishes them by recipient (table recipients) or by their last period of use (table expiry). In the same
way the payments for a line or route in a fiscal year are spread over its cost of that year; where payments and
costs differ by year (advances), over its cost of the whole horizon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from planner.domain.instance import Supply
from planner.run.recorded.load import SavedRun
from planner.tolerances import NOISE, close


class TracedGoods(NamedTuple):
    """Goods of the traced item at a node in a period (1…P)."""

    period: int
    node: str


class GoodsClass(NamedTuple):
    """Goods of an item that a plan does not distinguish: all are for the same recipient and usable for as long."""

    recipient: str
    expires: int | None


class Move(NamedTuple):
    """A shipment of the traced item."""

    dispatched: int
    arrives: int
    origin: str
    destination: str
    route: str


class Make(NamedTuple):
    """A completion of the traced item."""

    period: int
    line: str
    factory: str


@dataclass
class Trace:
    """Units of one demand by where they came from; every quantity by the convention of this module."""

    demand: str
    item: str
    destination: str
    due: int
    delivered: dict[int, float]  # period -> units
    short: float
    made: defaultdict[Make, float] = field(default_factory=lambda: defaultdict(float))
    given: defaultdict[TracedGoods, float] = field(default_factory=lambda: defaultdict(float))
    moved: defaultdict[Move, float] = field(default_factory=lambda: defaultdict(float))
    kept: defaultdict[TracedGoods, float] = field(default_factory=lambda: defaultdict(float))  # at the period's end
    cost: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))  # (kind, object)
    paid: defaultdict[tuple[str, str, str], float] = field(default_factory=lambda: defaultdict(float))
    """Money by (fund, contributor, object)."""


def demand_names(run: SavedRun) -> list[str]:
    """Every demand of which something was delivered or is short."""
    return sorted({str(name) for table in ("deliveries", "shortfalls") for name in run.tables[table]["demand"]})


def due_periods(run: SavedRun, demand: str) -> list[int]:
    """The due periods of a demand (several, where its name comes from a wide table)."""
    tables = (run.tables[name] for name in ("deliveries", "shortfalls"))
    return sorted({int(due) for table in tables for due in table.loc[table["demand"] == demand, "due"]})


def trace(run: SavedRun, demand: str, due: int, supplies: Sequence[Supply] = ()) -> Trace:
    """Follow the deliveries against one demand back to where its goods were made or given.

    `supplies` are the input's opening stocks and goods on order. Without them, what leaves a place and the
    tables do not explain counts as given.
    """
    deliveries, shortfalls = (_of_demand(run.tables[name], demand, due) for name in ("deliveries", "shortfalls"))
    known = deliveries if len(deliveries) else shortfalls
    delivered = {int(period): float(units) for period, units in _rows(deliveries, "period", "quantity")}
    result = Trace(
        demand,
        str(known["item"].iloc[0]),
        str(known["destination"].iloc[0]),
        due,
        delivered,
        float(shortfalls["quantity"].sum()),
    )
    sources = _Sources(run, result.item)
    for flows in _flows_by_class(run, result.item, supplies, sources):
        _follow(result, flows)
    _add_costs(result, sources, run)
    return result


def _of_demand(table: pd.DataFrame, demand: str, due: int) -> pd.DataFrame:
    return table[(table["demand"] == demand) & (table["due"] == due)]


def _rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[column].tolist() for column in columns), strict=True)


class _Sources:
    """The completions and shipments of one item, each with what a unit of it costs."""

    def __init__(self, run: SavedRun, item: str) -> None:
        self.makes: dict[tuple[int, str], Make] = {}  # by period and line
        self.moves: dict[tuple[int, str, str, str], Move] = {}  # by period, route, origin and destination
        self.unit_cost: dict[Make | Move, float] = {}
        production, shipments = (run.tables[name] for name in ("production", "shipments"))
        self.factories = dict(_rows(production, "line", "factory"))  # of all lines
        made = production[production["item"] == item]
        for period, line, factory, units, cost in _rows(made, "period", "line", "factory", "quantity", "cost"):
            make = self.makes[int(period), line] = Make(int(period), line, factory)
            self.unit_cost[make] = cost / units
        columns = ("period", "arrives", "origin", "destination", "route", "quantity", "cost")
        for period, arrives, origin, destination, route, units, cost in _rows(
            shipments[shipments["item"] == item], *columns
        ):
            move = Move(int(period), int(arrives), origin, destination, route)
            self.moves[move.dispatched, route, origin, destination] = move
            self.unit_cost[move] = cost / units


class _Flow(NamedTuple):
    """A row of a table of flows: of recipients, of expiry, or of one of the tables that they sum to."""

    flow: str  # production, shipment, stock, delivery, consumption, scrap, entry
    object: str  # its line, route, node or demand
    origin: str
    destination: str
    due: int
    period: int
    quantity: float


class _Flows:
    """What comes into each place, for one class of goods of an item."""

    def __init__(self, rows: Sequence[_Flow], sources: _Sources) -> None:
        self.made: defaultdict[TracedGoods, dict[Make, float]] = defaultdict(dict)
        self.arrived: defaultdict[TracedGoods, defaultdict[Move, float]] = defaultdict(lambda: defaultdict(float))
        self.stock: dict[TracedGoods, float] = {}
        self.given: defaultdict[TracedGoods, float] = defaultdict(float)
        self.delivered: defaultdict[tuple[str, int], dict[int, float]] = defaultdict(dict)  # demand and due period
        self._left: defaultdict[TracedGoods, float] = defaultdict(float)
        for row in rows:
            self._add(row, sources)

    def _add(self, row: _Flow, sources: _Sources) -> None:
        if row.flow == "production":
            make = sources.makes[row.period, row.object]
            self.made[TracedGoods(row.period, make.factory)][make] = row.quantity
        elif row.flow == "shipment":
            move = sources.moves[row.period, row.object, row.origin, row.destination]
            self.arrived[TracedGoods(move.arrives, move.destination)][move] += row.quantity
            self._left[TracedGoods(row.period, move.origin)] += row.quantity
        elif row.flow == "delivery":
            self.delivered[row.object, row.due][row.period] = row.quantity
            self._left[TracedGoods(row.period, row.destination)] += row.quantity
        elif row.flow == "consumption":
            self._left[TracedGoods(row.period, sources.factories[row.object])] += row.quantity
        elif row.flow == "entry":
            self.given[TracedGoods(row.period, row.object)] += row.quantity
        elif row.flow in ("stock", "scrap"):
            place = TracedGoods(row.period, row.object)
            self._left[place] += row.quantity
            if row.flow == "stock":
                self.stock[place] = row.quantity

    def give_the_unexplained(self) -> None:
        """What leaves a place and did not come in counts as given."""
        for place, units in self._left.items():
            missing = units - self.inflow(place)
            if missing > NOISE * max(1.0, units):
                self.given[place] = missing

    def before(self, place: TracedGoods) -> TracedGoods:
        return TracedGoods(place.period - 1, place.node)

    def inflow(self, place: TracedGoods) -> float:
        made = sum(self.made[place].values()) if place in self.made else 0.0
        arrived = sum(self.arrived[place].values()) if place in self.arrived else 0.0
        return made + arrived + self.stock.get(self.before(place), 0.0) + self.given.get(place, 0.0)


def _flows_by_class(run: SavedRun, item: str, supplies: Sequence[Supply], sources: _Sources) -> Iterator[_Flows]:
    """The flows of each class of an item, from the table that distinguishes most of them."""
    for name in ("recipients", "expiry"):
        table = run.tables.get(name)
        if table is None or not (table["item"] == item).any():
            continue
        by_class: defaultdict[GoodsClass, list[_Flow]] = defaultdict(list)
        for goods_class, flow in _class_rows(table[table["item"] == item]):
            by_class[goods_class].append(flow)
        for rows in by_class.values():
            flows = _Flows(rows, sources)
            if name == "expiry":  # it does not say what enters
                flows.give_the_unexplained()
            yield flows
        return
    flows = _Flows(list(_main_rows(run, item)), sources)
    for supply in supplies:
        if supply.item == item:
            flows.given[TracedGoods(supply.period + 1, supply.node)] += supply.quantity
    if not supplies:
        flows.give_the_unexplained()
    yield flows


def _class_rows(table: pd.DataFrame) -> Iterator[tuple[GoodsClass, _Flow]]:
    table = table if "recipient" in table else table.assign(recipient="")
    columns = ("recipient", "expires", "flow", "object", "origin", "destination", "due", "period", "quantity")
    for recipient, expires, flow, name, origin, destination, due, period, units in _rows(table, *columns):
        goods_class = GoodsClass("" if pd.isna(recipient) else recipient, None if pd.isna(expires) else int(expires))
        due_period = 0 if pd.isna(due) else int(due)
        yield goods_class, _Flow(flow, name, origin, destination, due_period, int(period), units)


def _main_rows(run: SavedRun, item: str) -> Iterator[_Flow]:
    """As the tables of classes have them, all in one class."""
    tables = {name: table[table["item"] == item] for name, table in run.tables.items() if "item" in table}
    for period, line, units in _rows(tables["production"], "period", "line", "quantity"):
        yield _Flow("production", line, "", "", 0, int(period), units)
    columns = ("period", "route", "origin", "destination", "quantity")
    for period, route, origin, destination, units in _rows(tables["shipments"], *columns):
        yield _Flow("shipment", route, origin, destination, 0, int(period), units)
    columns = ("demand", "destination", "due", "period", "quantity")
    for demand, destination, due, period, units in _rows(tables["deliveries"], *columns):
        yield _Flow("delivery", demand, "", destination, int(due), int(period), units)
    for flow, table in (("stock", "stocks"), ("scrap", "scrap")):
        for node, period, units in _rows(tables[table], "node", "period", "quantity"):
            yield _Flow(flow, node, "", "", 0, int(period), units)


def _follow(result: Trace, flows: _Flows) -> None:
    """From the deliveries backward in time; a shipment without lead time stays in its period."""
    waiting: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for period, units in flows.delivered.get((result.demand, result.due), {}).items():
        waiting[period][result.destination] += units
    smallest = NOISE * sum(result.delivered.values())
    for period in range(max(waiting, default=0), 0, -1):
        nodes = waiting[period]
        while nodes:
            node, units = nodes.popitem()
            place = TracedGoods(period, node)
            inflow = flows.inflow(place)
            if units <= smallest:
                continue
            if inflow <= 0:
                result.given[place] += units
                continue
            share = units / inflow
            for make, quantity in flows.made.get(place, {}).items():
                result.made[make] += share * quantity
            if place in flows.given:
                result.given[place] += share * flows.given[place]
            for move, quantity in flows.arrived.get(place, {}).items():
                result.moved[move] += share * quantity
                waiting[move.dispatched][move.origin] += share * quantity
            stored = flows.before(place)
            if stored in flows.stock:
                result.kept[stored] += share * flows.stock[stored]
                waiting[stored.period][stored.node] += share * flows.stock[stored]


def _add_costs(result: Trace, sources: _Sources, run: SavedRun) -> None:
    """The cost of the traced flows by object, and which funds pay it."""
    years = run.record.calendar.fiscal_years
    by_year: defaultdict[tuple[str, str, int], float] = defaultdict(float)
    for make, units in result.made.items():
        by_year["production", make.line, years[make.period - 1]] += units * sources.unit_cost[make]
    for move, units in result.moved.items():
        by_year["shipments", move.route, years[move.dispatched - 1]] += units * sources.unit_cost[move]
    for (kind, name, _), cost in by_year.items():
        result.cost[kind, name] += cost
    for kind, name in result.cost:
        costs = {year: cost for (k, n, year), cost in by_year.items() if (k, n) == (kind, name)}
        _add_payments(result, run, kind, name, costs, years)


def _add_payments(
    result: Trace, run: SavedRun, kind: str, name: str, costs: dict[int, float], years: Sequence[int]
) -> None:
    """Spread the payments for one line or route over its cost, and take the traced part."""
    payments = run.tables["payments"]
    wanted = payments["cost_type"].isin({"transport"} if kind == "shipments" else {"procurement", "works", "training"})
    payments = payments[wanted & (payments["object"] == name)]
    table = run.tables[kind]
    table = table[table["line" if kind == "production" else "route"] == name]
    total: defaultdict[int, float] = defaultdict(float)
    for period, cost in _rows(table, "period", "cost"):
        total[years[int(period) - 1]] += cost
    paid: defaultdict[int, float] = defaultdict(float)
    for year, amount in _rows(payments, "cash_year", "amount"):
        paid[year] += amount
    everything = sum(total.values())
    even = all(close(paid[year], total[year], max(1.0, everything)) for year in {*paid, *total})
    for fund, contributor, year, amount in _rows(payments, "fund", "contributor", "cash_year", "amount"):
        part, whole = (costs.get(year, 0.0), total[year]) if even else (sum(costs.values()), everything)
        if part > 0:
            result.paid[fund, contributor, name] += amount * part / whole
