"""Where a delivery comes from: lines, routes, depots, funds.

Goods of one item are not distinguished in a plan, so where a given unit came from is a convention, not a fact:
**proportional attribution**. Whatever leaves a node in a period (delivered, dispatched or kept in stock) is
made up like everything that came in: in the proportions of what was in stock, arrived, was made there or was
given (opening stock, goods already on order). In the same way the payments for a line or route in a fiscal
year are spread over its cost of that year; where payments and costs differ by year (advances), over its cost
of the whole horizon.
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
    flows = _Flows(run, result.item, supplies)
    _follow(result, flows)
    _add_costs(result, flows, run)
    return result


def _of_demand(table: pd.DataFrame, demand: str, due: int) -> pd.DataFrame:
    return table[(table["demand"] == demand) & (table["due"] == due)]


def _rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[column].tolist() for column in columns), strict=True)


class _Flows:
    """What comes into each place, and what each flow costs, for one item."""

    def __init__(self, run: SavedRun, item: str, supplies: Sequence[Supply]) -> None:
        self.made: defaultdict[TracedGoods, dict[Make, float]] = defaultdict(dict)
        self.arrived: defaultdict[TracedGoods, defaultdict[Move, float]] = defaultdict(lambda: defaultdict(float))
        self.stock: dict[TracedGoods, float] = {}
        self.given: defaultdict[TracedGoods, float] = defaultdict(float)
        self.unit_cost: dict[Make | Move, float] = {}
        tables = {name: table[table["item"] == item] for name, table in run.tables.items() if "item" in table}
        for period, line, factory, units, cost in _rows(
            tables["production"], "period", "line", "factory", "quantity", "cost"
        ):
            make = Make(int(period), line, factory)
            self.made[TracedGoods(make.period, factory)][make] = units
            self.unit_cost[make] = cost / units
        columns = ("period", "arrives", "origin", "destination", "route", "quantity", "cost")
        for dispatched, arrives, origin, destination, route, units, cost in _rows(tables["shipments"], *columns):
            move = Move(int(dispatched), int(arrives), origin, destination, route)
            self.arrived[TracedGoods(move.arrives, destination)][move] += units
            self.unit_cost[move] = cost / units
        for period, node, units in _rows(tables["stocks"], "period", "node", "quantity"):
            self.stock[TracedGoods(int(period), node)] = units
        if supplies:
            for supply in supplies:
                if supply.item == item:
                    self.given[TracedGoods(supply.period + 1, supply.node)] += supply.quantity
        else:
            self._give_the_unexplained(tables)

    def _give_the_unexplained(self, tables: dict[str, pd.DataFrame]) -> None:
        out: defaultdict[TracedGoods, float] = defaultdict(float)
        for name, node in (
            ("deliveries", "destination"),
            ("shipments", "origin"),
            ("stocks", "node"),
            ("scrap", "node"),
        ):
            for period, place, units in _rows(tables[name], "period", node, "quantity"):
                out[TracedGoods(int(period), place)] += units
        for place, units in out.items():
            missing = units - self.inflow(place)
            if missing > NOISE * max(1.0, units):
                self.given[place] = missing

    def before(self, place: TracedGoods) -> TracedGoods:
        return TracedGoods(place.period - 1, place.node)

    def inflow(self, place: TracedGoods) -> float:
        made = sum(self.made[place].values()) if place in self.made else 0.0
        arrived = sum(self.arrived[place].values()) if place in self.arrived else 0.0
        return made + arrived + self.stock.get(self.before(place), 0.0) + self.given.get(place, 0.0)


def _follow(result: Trace, flows: _Flows) -> None:
    """From the deliveries backward in time; a shipment without lead time stays in its period."""
    waiting: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for period, units in result.delivered.items():
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
            kept = flows.before(place)
            if kept in flows.stock:
                result.kept[kept] += share * flows.stock[kept]
                waiting[kept.period][kept.node] += share * flows.stock[kept]


def _add_costs(result: Trace, flows: _Flows, run: SavedRun) -> None:
    """The cost of the traced flows by object, and which funds pay it."""
    years = run.record.calendar.fiscal_years
    by_year: defaultdict[tuple[str, str, int], float] = defaultdict(float)
    for make, units in result.made.items():
        by_year["production", make.line, years[make.period - 1]] += units * flows.unit_cost[make]
    for move, units in result.moved.items():
        by_year["shipments", move.route, years[move.dispatched - 1]] += units * flows.unit_cost[move]
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
