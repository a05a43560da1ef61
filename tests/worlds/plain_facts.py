"""What the tables of a tiny world say, for the plain models of it: nothing is shared with the program.

Periods count from 0.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import inf
from typing import Any

Row = Mapping[str, Any]
World = Mapping[str, list[dict[str, Any]]]
RESERVE = "(reserve)"
NEVER = 10**6
Good = tuple[str, str, int]  # item, recipient, period made in (NEVER: does not expire)
Factor = Callable[[str, str, int], float]  # kind, name, period
PERIODS_A_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}
DAYS = {"week": 7, "month": 30, "quarter": 90, "year": 360}


def number(row: Row, column: str, blank: float = 0.0) -> float:
    cell = row.get(column, "")
    return blank if cell in ("", None) else float(cell)


def text(row: Row, column: str) -> str:
    cell = row.get(column, "")
    return "" if cell is None else str(cell).strip()


def names(row: Row, column: str) -> list[str]:
    return [part.strip() for part in text(row, column).split(";") if part.strip()]


@dataclass(frozen=True)
class Case:
    contingency: str
    strike: int
    begin: int
    end: int
    weight: float
    row: Row


@dataclass(frozen=True)
class Need:
    """Something asked for: a demand of the plan, or a surge."""

    kind: str
    name: str
    node: str
    item: str
    due: int
    quantity: float
    priority: float
    last: int
    shortage_cost: float | None
    delay_cost: float
    binding: bool = False


class Facts:
    """What the tables of a world say."""

    def __init__(self, tables: World) -> None:
        self.tables = tables
        settings = {str(row["key"]): row["value"] for row in tables["Settings"]}
        self.settings = settings
        self.periods = int(settings["periods"])
        self.rate = float(settings.get("discount_rate", 0) or 0)
        self.items = {text(row, "item"): row for row in tables["Items"]}
        self.nodes = {text(row, "node"): row for row in tables["Nodes"]}
        self.nations = [text(row, "nation") for row in self.rows("Nations")]

    def recipients(self, item: str) -> list[str]:
        """Whom an item may be for: nations that need it, or what is made of it, those that Stocks names,
        and nobody yet.
        """
        return [*sorted(self._wanting(item) | self._named(item)), RESERVE]

    def _wanting(self, item: str) -> set[str]:
        rows = [*self.rows("Demand"), *self.rows("Surge")]
        wanting = {self.nation(text(row, "destination")) for row in rows if row["item"] == item}
        made = [
            text(row, "item") for row in self.rows("Lines") if any(part == item for part, _ in self.parts[row["item"]])
        ]
        return wanting.union(*(self._wanting(other) | self._named(other) for other in made))

    def _named(self, item: str) -> set[str]:
        return {text(row, "nation") for row in self.rows("Stocks") if row["item"] == item} - {""}

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.tables.get(table, [])

    def discount(self, period: int) -> float:
        return float((1 + self.rate) ** (-period / PERIODS_A_YEAR[self.length]))

    @property
    def length(self) -> str:
        return str(self.settings.get("period_length", "month"))

    @property
    def days_a_period(self) -> int:
        return DAYS[self.length]

    def fiscal_year(self, period: int) -> int:
        """That of the period's first day, named by the year in which it begins."""
        start = str(self.settings["start"])
        if self.length == "week":
            first = date.fromisoformat(start) + timedelta(days=7 * period)
            year, month = first.year, first.month
        else:
            months = int(start[:4]) * 12 + int(start[5:7]) - 1 + period * (12 // PERIODS_A_YEAR[self.length])
            year, month = months // 12, months % 12 + 1
        return year if month >= int(self.settings.get("fiscal_year_start", 1)) else year - 1

    def capacity(self, name: str, period: int, fixed: float) -> float:
        """The Capacity row of the period, else the fixed capacity."""
        for row in self.rows("Capacity"):
            if row["object"] == name and int(row["period"]) - 1 == period:
                return float(row["quantity"])
        return fixed

    def within(self, row: Row, period: int) -> bool:
        return number(row, "from", 1) - 1 <= period <= number(row, "to", self.periods) - 1

    def items_meant(self, row: Row) -> set[str]:
        """Items listed by name or category; blank: all."""
        listed = names(row, "items")
        return {i for i, own in self.items.items() if not listed or i in listed or text(own, "category") in listed}

    def forbidden(self, item: str, period: int, node: str = "", route: str = "") -> bool:
        """Whether an embargo names the place where the item is made, or the route."""
        for row in self.rows("Policies"):
            if row["kind"] != "forbid" or item not in self.items_meant(row) or not self.within(row, period):
                continue
            if route != "" and route in names(row, "routes"):
                return True
            if node != "" and (node in names(row, "nodes") or self.nation(node) in self.meant(names(row, "nations"))):
                return True
        return False

    def withheld(self, item: str, origin: str, destination: str, period: int) -> bool:
        """Whether a consent that the dispatch needs is not given yet."""
        return any(
            item in self.items_meant(row) and self._needs(row, origin, destination) and not _is_given(row, period)
            for row in self.rows("Consents")
        )

    def _needs(self, consent: Row, origin: str, destination: str) -> bool:
        kind, nation, listed = text(consent, "kind") or "export", text(consent, "nation"), names(consent, "nodes")
        abroad = self.nation(origin) != self.nation(destination)
        if kind == "end use":
            outside = text(self.nodes[destination], "kind") == "destination" and self.nation(destination) != nation
            return destination in listed if listed else outside
        if kind == "transit":
            own = text(self.nodes[origin], "kind") == "transit" and self.nation(origin) == nation
            return origin in listed if listed else own
        return abroad and (origin in listed if listed else self.nation(origin) == nation)

    def parts_of(self, line: Row) -> dict[str, float]:
        """Component → quantity per unit started."""
        found: dict[str, float] = defaultdict(float)
        for row in self.rows("Components"):
            if row["item"] == line["item"] and text(row, "line") in self._lines_meant(line):
                found[text(row, "component")] += number(row, "quantity")
        return found

    def _lines_meant(self, line: Row) -> set[str]:
        at_market = text(self.nodes[text(line, "factory")], "kind") == "market"
        return {text(line, "line")} if at_market else {text(line, "line"), ""}

    def meant(self, listed: Iterable[str]) -> set[str]:
        """Nations, by name or group."""
        listed = list(listed)
        own = {text(row, "nation"): names(row, "groups") for row in self.rows("Nations")}
        return {nation for nation, groups in own.items() if nation in listed or set(groups) & set(listed)}

    def admits(self, row: Row, column: str, recipient: str) -> bool:
        return text(row, column) == "" or recipient in self.meant(names(row, column))

    def value(self, item: str) -> float:
        """Given, or the least cost of making one with its parts."""
        if text(self.items[item], "value"):
            return number(self.items[item], "value")
        lines = [row for row in self.rows("Lines") if row["item"] == item]
        parts = sum(quantity * self.value(part) for part, quantity in self.parts[item])
        return min((number(row, "unit_cost") + parts / number(row, "yield", 1) for row in lines), default=0.0)

    def weight(self, item: str) -> float:
        return number(self.items[item], "weight", 1)

    def life(self, item: str) -> float:
        return number(self.items[item], "shelf_life", inf)

    def made(self, item: str, period: int) -> int:
        return NEVER if self.life(item) == inf else period

    def expires(self, good: Good) -> float:
        return inf if good[2] == NEVER else good[2] + self.life(good[0])

    def nation(self, node: str) -> str:
        return text(self.nodes[node], "nation")

    def open(self, row: Row, period: int) -> bool:
        return number(row, "opens", 1) - 1 <= period <= number(row, "closes", self.periods) - 1

    def when(self, cell: Any) -> int | None:
        """A period's number, or an event's; None where it does not happen in the horizon."""
        for row in self.rows("Events"):
            found = re.fullmatch(re.escape(text(row, "event")) + r"\s*([+-]\s*\d+)?", str(cell).strip())
            if found:
                if text(row, "period") == "":
                    return None
                return int(row["period"]) - 1 + int((found[1] or "0").replace(" ", ""))
        return int(cell) - 1

    @cached_property
    def parts(self) -> dict[str, list[tuple[str, float]]]:
        found: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for row in self.rows("Components"):
            found[text(row, "item")].append((text(row, "component"), number(row, "quantity")))
        return found

    def goods(self, contingency: str) -> set[str]:
        """Surge items and all that they are made of."""
        found = {text(row, "item") for row in self.rows("Surge") if row["contingency"] == contingency}
        while True:
            more = found | {part for item in found for part, _ in self.parts[item]}
            if more == found:
                return found
            found = more

    @cached_property
    def cases(self) -> list[Case]:
        found = []
        for row in self.rows("Contingencies"):
            window, warning = int(number(row, "window", 1)), int(number(row, "warning"))
            strikes: set[int] = set()
            for cell in names(row, "period"):
                if cell == "any":
                    strikes |= {t for t in range(self.periods) if t + window <= self.periods}
                else:
                    period = self.when(cell)
                    strikes |= {period} if period is not None and 0 <= period < self.periods else set()
            for strike in sorted(strikes):
                weight = number(row, "probability", 1) / len(strikes)
                end = min(strike + window - 1, self.periods - 1)
                found.append(Case(text(row, "contingency"), strike, max(strike - warning, 0), end, weight, row))
        return found

    @cached_property
    def demands(self) -> list[Need]:
        found = []
        for row in self.rows("Demand"):
            due = int(row["period"]) - 1
            cost = row.get("shortage_cost", "")
            found.append(
                Need(
                    "demand",
                    text(row, "demand"),
                    text(row, "destination"),
                    text(row, "item"),
                    due,
                    number(row, "quantity"),
                    number(row, "priority", 1),
                    due + int(number(row, "max_delay")),
                    None if cost == "" else float(cost),
                    number(row, "delay_cost"),
                    text(row, "binding") == "yes",
                )
            )
        return found

    def needs(self, case: Case) -> list[Need]:
        found, items = [], set()
        for row in self.rows("Surge"):
            if row["contingency"] != case.contingency:
                continue
            items.add(text(row, "item"))
            due = case.strike + int(number(row, "offset"))
            if due >= self.periods:
                continue
            cost = row.get("shortage_cost", "")
            last = min(due + int(number(row, "max_delay")), case.end)
            found.append(
                Need(
                    "surge",
                    "",
                    text(row, "destination"),
                    text(row, "item"),
                    due,
                    number(row, "quantity"),
                    number(row, "priority", 1),
                    last,
                    None if cost == "" else float(cost),
                    number(row, "delay_cost"),
                )
            )
        standing = text(case.row, "standing") or "all"
        for demand in self.demands:
            counts = standing == "all" or (standing == "binding" and demand.binding)
            if counts and demand.item in items and case.begin <= demand.due <= case.end:
                found.append(Need(**{**demand.__dict__, "last": min(demand.last, case.end)}))
        return found

    def coverage(self, case: Case) -> float:
        return number(case.row, "coverage", 1.0 if text(case.row, "probability") == "" else 0.0)

    def hits(self, case: Case | None, kind: str, name: str, period: int) -> list[float]:
        """Factors of the rows of a case (None: the certain rows) that hit a thing in a period."""
        found = []
        for row in self.rows("Disruptions"):
            if text(row, "contingency") != ("" if case is None else case.contingency):
                continue
            of_node = row["kind"] == "nation" and kind == "node" and self.nation(name) in self.meant([row["name"]])
            if not of_node and (row["kind"], row["name"]) != (kind, name):
                continue
            first, last = self._span(row, case)
            if first <= period <= last:
                found.append(number(row, "factor", 1))
        return found

    def _span(self, row: Row, case: Case | None) -> tuple[int, int]:
        begin, end = (0, self.periods - 1) if case is None else (case.begin, case.end)
        blank = (0, self.periods - 1) if case is None else (case.strike, case.end)
        found = []
        for column, default in zip(("from", "to"), blank, strict=True):
            cell = text(row, column).replace(" ", "")
            strike = re.fullmatch(r"strike([+-]\d+)?", cell)
            if cell == "":
                found.append(default)
            elif strike and case is not None:
                found.append(case.strike + int(strike[1] or 0))
            else:
                found.append(int(cell) - 1)
        return max(found[0], begin), min(found[1], end)

    def certain(self, kind: str, name: str, period: int) -> float:
        return min([1.0, *self.hits(None, kind, name, period)])

    def factor(self, case: Case) -> Factor:
        """The smallest factor of the rows that hit a thing in a case."""

        def left(kind: str, name: str, period: int) -> float:
            both = [*self.hits(None, kind, name, period), *self.hits(case, kind, name, period)]
            return min([1.0, *both])

        return left


def falls(new: float, old: float) -> float:
    return new / old if new < old else 1.0


def times(limit: float, factor: float) -> float:
    return 0.0 if factor == 0 else limit * factor


def _is_given(consent: Row, period: int) -> bool:
    status = text(consent, "status") or ("given" if text(consent, "from") else "pending")
    return status == "given" and period >= number(consent, "from", 1) - 1
