"""Result tables as people read them: headings, names beside codes, months, one scale of money."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from planner.catalogue import FamilyEntry
from planner.domain.instance import PlanningInstance
from planner.domain.titles import Named, named_in_parts, object_title
from planner.plan.attribution.lacks import STANDING, SURGE
from planner.records.parts import Calendar
from planner.report.excel.sheets import (
    COUNTS,
    IN_UNITS,
    MONEY,
    NOTES,
    PERIODS,
    RATIOS,
    SHARES,
    TITLES,
    WORTHS,
    YEARS,
    heading_of,
    money_counts,
)
from planner.report.pages.views import View, ViewColumn
from planner.report.words.limit_words import GROUP_TITLES, NO_FAMILY
from planner.report.words.numbers import spelled_unit

WORDS = ("level", "taken_by", "family", "group")  # codes of the program, which stand in no input
NODES = ("node", "origin", "destination", "factory")  # columns in which nodes stand
# The table of the input that gives the codes of a column their names.
TABLE_OF: Mapping[str, str] = {
    **dict.fromkeys(("nation", "contributor", "recipient"), "Nations"),
    **dict.fromkeys(("item", "of_item"), "Items"),
    **dict.fromkeys(NODES, "Nodes"),
    "commitment": "Commitments",
    "contingency": "Contingencies",
    "fund": "Funds",
}
OTHERS = "_others"  # ends the name of a table in which a nation sees others' sums
_FURTHER = {
    "cases": "Cases: what each attack would need, and what of it is covered",
    "coverage": "Coverage of each case, period by period",
    "uncovered": "What no response delivers",
    "draws": "What responses draw from depots",
    "responses": "Deliveries of responses",
    "response_moves": "Shipments of responses",
    "response_making": "Production for responses",
    "response_stocks": "Stocks while a response lasts",
    "reach": "How soon depots reach destinations",
    "access_value": "What the depots of each nation are worth",
    "expiry": "Goods that expire, by the last period in which they can be used",
    "response_expiry": "Goods of responses that expire",
    "recipients": "Goods distinguished by recipient",
}


def title_of(name: str) -> str:
    """What a result table is called on pages."""
    plain = name.removesuffix(OTHERS)
    title = TITLES.get(plain) or _FURTHER.get(plain) or plain.replace("_", " ").capitalize()
    return f"{title}, other nations together" if plain != name else title


@dataclass(frozen=True)
class Titles:
    """What codes are called, by the columns in which they stand."""

    names: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str] = field(default_factory=dict)  # by item

    @classmethod
    def of(
        cls, instance: PlanningInstance | None, levels: Mapping[str, str], families: Mapping[str, FamilyEntry]
    ) -> Titles:
        """Those of an input; `levels`: name → title of each aim; `families` of limits, by name."""
        ours = {
            "level": levels,
            "taken_by": levels,
            "family": {name: entry.title for name, entry in families.items()} | NO_FAMILY,
            "group": GROUP_TITLES | NO_FAMILY,
        }
        if instance is None:
            return cls(ours)
        tables: Mapping[str, Mapping[str, Named]] = {
            "Nations": instance.nations,
            "Items": instance.items,
            "Nodes": instance.nodes,
            "Commitments": instance.commitments,
            "Contingencies": instance.contingencies,
            "Funds": instance.funds,
        }
        names = {
            table: {code: one.title for code, one in known.items() if one.title} for table, known in tables.items()
        }
        titles = {column: names[table] for column, table in TABLE_OF.items()}
        titles["object"] = {code: object_title(instance, code) for code in (*instance.lines, *instance.legs)}
        return cls({**titles, **ours}, {name: item.unit for name, item in instance.items.items()})

    def of_those(self, codes: Mapping[str, Collection[str]]) -> Titles:
        """The names of these codes alone, by column; what the program itself names stays."""
        names = {
            column: known if column in WORDS else {code: known[code] for code in known.keys() & {*codes[column]}}
            for column, known in self.names.items()
            if column in (*WORDS, *codes)
        }
        return Titles(names, {item: unit for item, unit in self.units.items() if item in codes["item"]})

    def name(self, column: str, code: str) -> str:
        """The name alone; the code where it has none.

        An object may be a line, a route, a node, a fund or a nation, or of two (`SAFE: PL`).
        """
        known = self.names.get(column, {})
        if column != "object" or code in known:
            return known.get(code, code)
        tables = [self.names.get(one, {}) for one in ("node", "fund", "nation")]
        return named_in_parts(code, lambda part: next((known[part] for known in tables if part in known), None))

    def with_code(self, column: str, code: str) -> str:
        """The name, with the code behind it where they differ."""
        title = self.name(column, code)
        return title if title == code or column in WORDS else f"{title} ({code})"


def view_of(name: str, table: pd.DataFrame, calendar: Calendar, titles: Titles, first: int, most: int) -> View:
    """The rows of a table from place `first` (0-based), at most so many, as a view of the report."""
    shown = table.iloc[first : first + most]
    columns, cells = [], []
    for column in (str(each) for each in table.columns if not _is_blank(table[each])):
        columns.append(_column(name.removesuffix(OTHERS), column, table[column]))
        cells.append(_cells(column, shown[column], calendar, titles))
        if column == "name" and "kind" in table.columns:  # of a demand, a target, or the contingency of a need
            cells[-1] = [
                titles.with_code("contingency", name) if kind in (SURGE, STANDING) else name
                for name, kind in zip(cells[-1], shown["kind"], strict=True)
            ]
        if column == "item" and titles.units and _counts_goods(table):
            columns.append(ViewColumn("Unit"))
            cells.append([titles.units.get(str(item), "") for item in shown["item"].tolist()])
    return View(name, title_of(name), "", tuple(columns), list(zip(*cells, strict=True)), most, is_part=True)


def _is_blank(values: pd.Series) -> bool:
    """Is it a column of words in which no row of the table has any?"""
    return (
        len(values) > 0
        and values.dtype.kind not in "iufb"
        and bool(values.isna().all() or values.isin(["", None]).all())
    )


def _counts_goods(table: pd.DataFrame) -> bool:
    """Are there figures in units of the item, and no unit beside them?"""
    return "unit" not in table.columns and any(column in table.columns for column in (*IN_UNITS, *_OF_GOODS))


def _column(table: str, name: str, values: pd.Series) -> ViewColumn:
    heading, note = heading_of(table, name), NOTES.get(name, "")
    if name not in YEARS and values.dtype.kind not in "iuf":
        return ViewColumn(heading, "text", "", note)
    if name in (*MONEY, *COUNTS):
        return ViewColumn(heading, "money", note=note, of=money_counts(table, name))
    if name in SHARES:
        return ViewColumn(heading, "share", "", note)
    if name in RATIOS:
        return ViewColumn(heading, "ratio", "", note)
    if name == "tonnes":
        return ViewColumn(heading, "quantity", "t", note)
    if name in (*IN_UNITS, *WORTHS, *_QUANTITIES):
        return ViewColumn(heading, "quantity", "", note)
    if name in YEARS:
        return ViewColumn(YEARS[name], "year", "", note)
    if name in _PARTS:
        return ViewColumn(heading, "share", "", note)
    return ViewColumn(heading, "text", "", note)


_OF_GOODS = ("covered", "covered_so_far", "wanted_so_far", "at_begin", "under_way", "lost", "used", "left")
_QUANTITIES = (*_OF_GOODS, "worth", "days", "closed", "now", "open", "after")
_PARTS = ("coverage", "promised", "difference")


def _cells(name: str, values: pd.Series, calendar: Calendar, titles: Titles) -> list[Any]:
    if name in (*PERIODS, "begins", "ends", "expires", "ordered"):
        return [_label(calendar, value) for value in values.tolist()]
    if name in YEARS:
        return ["" if pd.isna(value) else str(int(value)) for value in values.tolist()]
    if values.dtype.kind in "iuf":
        return [None if pd.isna(value) else float(value) for value in values.tolist()]
    if name == "unit":
        return [None if pd.isna(value) else spelled_unit(str(value)) for value in values.tolist()]
    return [None if pd.isna(value) else titles.with_code(name, str(value)) for value in values.tolist()]


def _label(calendar: Calendar, value: Any) -> str:
    number = pd.to_numeric(value, errors="coerce")
    if pd.isna(number):
        return ""
    index = int(number) - 1
    return (
        calendar.labels[index] if 0 <= index < len(calendar.labels) else "after the horizon" if index > 0 else "before"
    )
