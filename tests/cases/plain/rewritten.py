"""The same world as other people would type it: dates and events for numbers, other currencies, wide tables, lists for
groups, sums in parts, names left blank, windows that reach beyond the horizon, and rows that an event which never comes
takes away.

The plain LP reads the rows as they were; the program must read these alike.
"""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

from plain.calendar_of_world import AFTER, BEFORE, PlainCalendar
from plain.world import Cell, Tables, World

Row = dict[str, Any]

OPENING = {
    "Nodes": ["opens"],
    "Routes": ["opens"],
    "Lines": ["opens"],
    "Funds": ["opens"],
    "Expansions": ["first"],
    "Targets": ["from"],
    "Policies": ["from"],
    "Locks": ["from"],
    "Budgets": ["from"],
    "Consents": ["from"],
    "Disruptions": ["from"],
}
CLOSING = {
    "Nodes": ["closes"],
    "Routes": ["closes"],
    "Lines": ["closes"],
    "Funds": ["closes"],
    "Expansions": ["last"],
    "Targets": ["to"],
    "Policies": ["to"],
    "Locks": ["to"],
    "Disruptions": ["to"],
}
EXACT = {
    "Capacity": ["period"],
    "Stocks": ["period"],
    "Demand": ["period"],
    "Tranches": ["period"],
    "Orders": ["period"],
    "Previous": ["period"],
}
MONEY = {
    "Items": ["holding_cost", "scrap_cost", "value"],
    "Nodes": ["holding_cost"],
    "NodeItems": ["holding_cost"],
    "Routes": ["cost"],
    "RouteItems": ["cost"],
    "Lines": ["unit_cost"],
    "Expansions": ["cost"],
    "Demand": ["shortage_cost", "delay_cost"],
    "Targets": ["shortage_cost"],
    "Funds": ["ceiling"],
    "Budgets": ["amount"],
    "Tranches": ["amount"],
}
RATES = {"USD": 0.5, "GBP": 4.0}
DEFAULTS = {"objective": "lexicographic", "fiscal_year_start": 1, "discount_rate": 0, "period_length": "month"}
YES = {"yes": ["YES", "true", "1"], "no": ["No", "false", "0"]}
NATIONS_LISTED = (("Eligibility", "producers"), ("Eligibility", "beneficiaries"), ("Funds", "content_group"))


class Rewriter:
    """Writes the tables of a world in another way; the same for one seed."""

    def __init__(self, tables: Tables, seed: int) -> None:
        self.random = Random(f"rewritten {seed}")
        self.tables: dict[str, list[Row]] = deepcopy(tables)
        self.calendar = PlainCalendar(World(tables))
        self.periods = len(self.calendar.world.periods)
        self.event = self.random.randint(1, self.periods)
        for rewrite in (
            self._names,
            self._lists,
            self._commitments,
            self._sums,
            self._removed,
            self._windows,
            self._wide,
            self._dates,
            self._currencies,
            self._settings,
            self._look,
        ):
            rewrite()

    def _often(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def _rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def _names(self) -> None:
        """Lines and routes without a name are called after their factory and item, or their ends."""
        for table, columns, sign in (("Lines", ("factory", "item"), ":"), ("Routes", ("origin", "destination"), ">")):
            key = table.lower().removesuffix("s")
            derived = [sign.join(str(row[column]) for column in columns) for row in self._rows(table)]
            for row, name in zip(self._rows(table), derived, strict=True):
                if derived.count(name) == 1 and self._often():
                    self._rename(str(row[key]), name)
                    row[key] = ""

    def _rename(self, old: str, new: str) -> None:
        for rows in self.tables.values():
            for row in rows:
                row.update({column: new for column, cell in row.items() if cell == old})
                if old in (several := [part.strip() for part in str(row.get("routes", "")).split(";")]):
                    row["routes"] = ";".join(new if part == old else part for part in several)

    def _lists(self) -> None:
        """A group as its nations, a category as its items."""
        groups = {"EU": "PL; DE"}
        for table, column in NATIONS_LISTED:
            for row in self._rows(table):
                if self._often():
                    row[column] = groups.get(row.get(column, ""), row.get(column, ""))
        kinds = sorted({row["category"] for row in self._rows("Items")})
        members = {kind: [row["item"] for row in self._rows("Items") if row["category"] == kind] for kind in kinds}
        for table in ("Eligibility", "Policies", "Consents"):
            for row in self._rows(table):
                if row.get("items") in members and self._often():
                    row["items"] = "; ".join(members[row["items"]])
                elif row.get("items", "") == "" and self._often(0.3):
                    row["items"] = ";".join(kinds)

    def _commitments(self) -> None:
        """What is binding is said by the commitment, or against it."""
        self.tables["Commitments"] = [{"commitment": "firm", "binding": "yes"}, {"commitment": "loose", "binding": ""}]
        for row in self._rows("Demand"):
            if self._often():
                binding = row["binding"] == "yes"
                row["commitment"] = self.random.choice(["firm", "loose"])
                if (row["commitment"] == "firm") == binding:
                    row["binding"] = ""
                else:
                    row["binding"] = "yes" if binding else "no"

    def _sums(self) -> None:
        """Stocks and budgets in two parts, which add up."""
        for table, column in (("Stocks", "quantity"), ("Budgets", "amount")):
            for row in list(self._rows(table)):
                if self._often(0.3):
                    part = {**row, column: row[column] / 4}
                    row[column] = row[column] * 3 / 4
                    self.tables[table].append(part)

    def _removed(self) -> None:
        """Rows that hang on an event which never comes; what they would say is large."""
        self.tables["Events"] = [{"event": "here", "period": self.event}, {"event": "never", "period": ""}]
        last = self.periods + 2
        self.tables["Events"] += [{"event": "after all", "period": last}, {"event": "later", "period": "here+1"}]
        never = self.random.choice(["never", "never+1", "after all", "never-2"])
        added: dict[str, tuple[Row, str]] = {
            "Demand": (
                {"demand": "gone", "quantity": 50, "shortage_cost": 999, "binding": "yes", "overdue": ""},
                "period",
            ),
            "Stocks": ({"quantity": 50}, "period"),
            "Budgets": ({"amount": 1000}, "from"),
            "Expansions": ({"expansion": "gone", "cost": 0}, "first"),
            "Targets": ({"target": "gone", "quantity": 40, "shortage_cost": 99}, "from"),
            "Routes": ({"route": "gone", "lead_time": 0, "cost": 0}, "opens"),
        }
        for table, (change, column) in added.items():
            if self._rows(table) and self._often(0.3):
                row = dict(self.random.choice(self._rows(table)))
                self.tables[table].append({**row, **change, column: never})
        if self._often(0.3):
            line = self.random.choice(self._rows("Lines"))
            self.tables["Lines"].append({**line, "line": "gone too", "unit_cost": 90, "opens": never, "closes": ""})

    def _windows(self) -> None:
        """A window that begins before, or ends after, the horizon; or ends with what never comes."""
        after: list[Cell] = [AFTER, self.periods + 3, "never", "after all"]
        for table, columns in OPENING.items():
            if table not in {"Consents", "Budgets"}:
                self._beyond(table, columns, ("", 1), [BEFORE])
        for table, columns in CLOSING.items():
            self._beyond(table, columns, ("", self.periods), after)

    def _beyond(self, table: str, columns: list[str], same: tuple[Cell, ...], others: list[Cell]) -> None:
        for row in self._rows(table):
            for column in columns:
                if row.get(column, "") in same and self._often(0.2):
                    row[column] = self.random.choice(others)

    def _dates(self) -> None:
        """Period numbers as dates, coarser dates where they mean the same, and events."""
        for table, columns in EXACT.items():
            self._as_dates(table, columns, lambda period: self.calendar.writings(period))
        for table, columns in OPENING.items():
            self._as_dates(table, columns, lambda p: [*self.calendar.writings(p), *self.calendar.coarse(p, "opening")])
        for table, columns in CLOSING.items():
            self._as_dates(table, columns, lambda p: [*self.calendar.writings(p), *self.calendar.coarse(p, "closing")])

    def _as_dates(self, table: str, columns: list[str], writings: Any) -> None:
        for row in self._rows(table):
            for column in columns:
                period = row.get(column, "")
                if isinstance(period, int) and 1 <= period <= self.periods and self._often(0.7):
                    row[column] = self.random.choice([*writings(period), self._from_event(period)])

    def _from_event(self, period: int) -> str:
        return "here" + (f"{period - self.event:+d}" if period != self.event else "")

    def _written(self, period: int) -> Cell:
        return self.random.choice([*self.calendar.writings(period), self._from_event(period)])

    def _currencies(self) -> None:
        for table, columns in MONEY.items():
            for row in self._rows(table):
                if self._often(0.3):
                    row["currency"] = self.random.choice(list(RATES))
                    for column in columns:
                        if row.get(column, "") != "":
                            row[column] = row[column] / RATES[row["currency"]]
        self.tables["Currencies"] = [{"currency": name, "rate": rate} for name, rate in RATES.items()]

    def _wide(self) -> None:
        """One column for each period, where every row says a period of the horizon."""
        for table in ("Demand", "Capacity"):
            rows = self._rows(table)
            if rows and self._often():
                periods = {row["period"] for row in rows}
                heading = {p: self._written(p) if isinstance(p, int) else p for p in sorted(periods, key=str)}
                for row in rows:
                    quantity, period = row.pop("quantity"), row.pop("period")
                    row |= {str(text): quantity if p == period else "" for p, text in heading.items()}

    def _settings(self) -> None:
        rows = self._rows("Settings")
        self.tables["Settings"] = [
            row for row in rows if DEFAULTS.get(str(row["key"]), self) != row["value"] or self._often()
        ]

    def _look(self) -> None:
        """Rows in another order, other spellings of yes and of headings, notes."""
        for table, rows in self.tables.items():
            for row in rows:
                row.update({name: self.random.choice(YES[cell]) for name, cell in row.items() if cell in YES})
            if self._often():
                self.random.shuffle(rows)
            if self._often(0.3):
                for row in rows:
                    row["note"] = "as agreed"
            if self._often(0.3):
                self.tables[table] = [{_titled(name): cell for name, cell in row.items()} for row in rows]


def _titled(heading: Cell) -> str:
    """A heading in another spelling; one that names a period or an event stays."""
    name = str(heading)
    is_column = name.replace("_", "").isalpha() and name not in {"here", "never"}
    return name.replace("_", " ").title() if is_column else name


def rewritten(tables: Tables, seed: int) -> Tables:
    """The tables of the same world, written in another way."""
    return {name: rows for name, rows in Rewriter(tables, seed).tables.items() if rows}
