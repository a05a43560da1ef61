"""The tables of a world as plain rows, and what they say about time, names and defaults."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from math import inf
from pathlib import Path

Cell = str | int | float
Row = Mapping[str, Cell]
Tables = dict[str, list[dict[str, Cell]]]

MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"week": 7, "month": 30, "quarter": 90, "year": 360}
IN_A_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}


def number(row: Row, column: str, blank: float = 0.0) -> float:
    cell = row.get(column, "")
    return blank if cell == "" else float(cell)


def names(row: Row, column: str) -> list[str]:
    return [part.strip() for part in str(row.get(column, "")).split(";") if part.strip()]


def write_world(tables: Tables, folder: Path) -> Path:
    """The world as a folder of CSV files."""
    folder.mkdir()
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return folder


class World:
    """Looks things up in the tables; periods count from 0. Blank is what the contract says it is."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.settings = {str(row["key"]): row["value"] for row in tables["Settings"]}
        self.periods = range(int(self.settings["periods"]))
        self.items = self._keyed("Items", "item")
        self.nodes = self._keyed("Nodes", "node")
        self.lines = self._keyed("Lines", "line")
        self.resources = self._keyed("Resources", "resource")
        self.expansions = self._keyed("Expansions", "expansion")
        self.funds = self._keyed("Funds", "fund")

    def rows(self, table: str) -> Sequence[Row]:
        return self.tables.get(table, [])

    def _keyed(self, table: str, key: str) -> dict[str, Row]:
        return {str(row[key]): row for row in self.rows(table)}

    @cached_property
    def fiscal_years(self) -> list[int]:
        """Of each period: that of its first day, named by the year in which it begins."""
        firsts = [self.first_day(period) for period in self.periods]
        return [day.year - (day.month < int(self.settings["fiscal_year_start"])) for day in firsts]

    def first_day(self, period: int) -> date:
        """Of a period, in the horizon or just after it."""
        start, length = str(self.settings["start"]), str(self.settings["period_length"])
        if length == "week":
            return date.fromisoformat(start) + timedelta(days=7 * period)
        year, month = (int(part) for part in start.split("-"))
        months = year * 12 + month - 1 + period * MONTHS[length]
        return date(months // 12, months % 12 + 1, 1)

    @cached_property
    def discount(self) -> list[float]:
        a_year = IN_A_YEAR[str(self.settings["period_length"])]
        return [(1 + float(self.settings["discount_rate"])) ** (-period / a_year) for period in self.periods]

    @property
    def days_per_period(self) -> int:
        return DAYS[str(self.settings["period_length"])]

    def window(self, row: Row, first: str = "opens", last: str = "closes") -> list[int]:
        """The periods of an inclusive window."""
        opens, closes = number(row, first, 1) - 1, number(row, last, len(self.periods)) - 1
        return [period for period in self.periods if opens <= period <= closes]

    @cached_property
    def node_open(self) -> dict[str, list[int]]:
        """Of each node, but for what certain disruptions close."""
        return {name: self.window(row) for name, row in self.nodes.items()}

    def is_open(self, node: str, period: int) -> bool:
        return period in self.node_open[node] and self.left("node", node, period) > 0

    def capacity(self, name: str, fixed: float) -> list[float]:
        """Per period: the fixed capacity, or the Capacity row's."""
        rows = {(row["object"], int(row["period"]) - 1): float(row["quantity"]) for row in self.rows("Capacity")}
        return [rows.get((name, period), fixed) for period in self.periods]

    def items_meant(self, row: Row, column: str) -> set[str]:
        """Items listed by name or category; blank: all."""
        listed = names(row, column)
        return {item for item, own in self.items.items() if not listed or item in listed or own["category"] in listed}

    def nations_meant(self, row: Row, column: str) -> set[str]:
        listed = names(row, column)
        return {
            str(own["nation"])
            for own in self.rows("Nations")
            if own["nation"] in listed or set(names(own, "groups")) & set(listed)
        }

    def nodes_meant(self, row: Row, column: str) -> list[str]:
        """Nodes listed by name, and the depots of nations and groups that are listed."""
        listed, nations = names(row, column), self.nations_meant(row, column)
        depots = [node for node, own in self.nodes.items() if own["kind"] == "depot" and own["nation"] in nations]
        return list(dict.fromkeys([*(name for name in listed if name in self.nodes), *depots]))

    def places_meant(self, name: str) -> set[str]:
        """The node of this name, or all nodes of the nation or group."""
        nations = self.nations_meant({"nations": name}, "nations")
        return {node for node, own in self.nodes.items() if node == name or own["nation"] in nations}

    def _named(self, row: Row, column: str) -> set[str]:
        """Nations, nodes or routes that a policy lists."""
        if column == "nations":
            return self.nations_meant(row, column)
        listed = names(row, column)
        return set(listed) if column == "routes" else {node for name in listed for node in self.places_meant(name)}

    def left(self, kind: str, name: str, period: int) -> float:
        """The share of a node, route or line that certain disruptions leave in a period."""
        nation = self.nation_of(name) if kind == "node" else ""
        hits = [
            number(row, "factor")
            for row in self.rows("Disruptions")
            if (row["kind"], row["name"]) in ((kind, name), ("nation", nation))
            and period in self.window(row, "from", "to")
        ]
        return min(hits, default=1.0)

    def money_left(self, budget: Row) -> float:
        """The share of an amount that certain disruptions of its fund or contributor leave."""
        year, whose = int(budget["year"]), (("fund", budget["fund"]), ("nation", budget.get("contributor", "")))
        hits = [
            number(row, "factor")
            for row in self.rows("Disruptions")
            if (row["kind"], row["name"]) in whose
            and year in self.fiscal_years
            and self.fiscal_years.index(year) in self.window(row, "from", "to")
        ]
        return min(hits, default=1.0)

    def nation_of(self, node: Cell) -> str:
        return str(self.nodes[str(node)]["nation"])

    def parts(self, line: Row) -> dict[str, float]:
        """Units of each component per unit started."""
        at_market = self.nodes[str(line["factory"])]["kind"] == "market"
        parts: dict[str, float] = defaultdict(float)
        for part in self.rows("Components"):
            if part["item"] == line["item"] and (part["line"] == line["line"] if part["line"] != "" else not at_market):
                parts[str(part["component"])] += number(part, "quantity")
        return parts

    def value(self, item: str) -> float:
        """As written, else the least cost over its lines, with the value of what they use up."""
        if self.items[item]["value"] != "":
            return number(self.items[item], "value")
        lines = [line for line in self.lines.values() if line["item"] == item]
        costs = [
            number(line, "unit_cost")
            + sum(units * self.value(part) for part, units in self.parts(line).items()) / number(line, "yield", 1)
            for line in lines
        ]
        return min(costs, default=0.0)

    def shelf_life(self, item: str) -> float:
        return number(self.items[item], "shelf_life", inf)

    def forbidden(self, column: str, name: str, item: str, period: int) -> bool:
        """Whether a forbid policy names this nation, node or route, for this item and period."""
        return any(
            name in self._named(row, column)
            and item in self.items_meant(row, "items")
            and period in self.window(row, "from", "to")
            for row in self.rows("Policies")
            if row["kind"] == "forbid"
        )
