"""Filled rules that this version reads and checks but does not enforce; nothing is ignored silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.workbook.reading.reader import TypedWorkbook

Test = Callable[[Any], bool]

# Table, column, which values count as filled, and what goes unenforced.
_COLUMNS: tuple[tuple[str, str, Test, str], ...] = (
    ("Nodes", "access", bool, "any nation may draw on the depot"),
    ("Routes", "nations", bool, "any nation may use the route"),
    ("Stocks", "nation", bool, "the goods may go to any nation"),
)
_TABLES = (
    ("Contingencies", "contingencies are read and checked; the plan does not prepare for them"),
    ("Surge", "surge demand is read and checked; the plan does not prepare for it"),
    ("Disruptions", "disruptions are read and checked; the plan does not prepare for them"),
)


def unenforced_rules(book: TypedWorkbook) -> tuple[str, ...]:
    """One sentence for each kind of filled rule that is not enforced: table, column, how many rows."""
    found = []
    for name, column, counts, meaning in _COLUMNS:
        table = book[name]
        rows = {table.rows[record] for record, value in enumerate(table[column]) if counts(value)}
        if rows:
            found.append(f"{name}.{column} ({_rows(len(rows))}): {meaning}")
    for name, meaning in _TABLES:
        rows = set(book[name].rows)
        if rows:
            found.append(f"{name} ({_rows(len(rows))}): {meaning}")
    if len(book["Tranches"]) and not len(book["Budgets"]):
        found.append(f"Tranches ({_rows(len(book['Tranches']))}): without Budgets money is counted, and nobody pays")
    found += _later_actuals(book)
    return tuple(found)


def _later_actuals(book: TypedWorkbook) -> list[str]:
    """What happened before the horizon counts in rules about sums; what happened in it is for re-optimisation."""
    table = book["Actuals"]
    rows = {
        table.rows[record]
        for record, period in enumerate(table["period"])
        if not isinstance(period, int) or period >= 0
    }
    return [f"Actuals ({_rows(len(rows))}): read and checked; used by re-optimisation"] if rows else []


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
