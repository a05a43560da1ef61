"""A workbook small enough to plan by hand, and how to change it.

Two works make one kind of crate for Hub, within the month: Alpha (PL) 10 each, at most 60 a month; Bravo (CZ) 20
each, at most 50. Hub wants 100 in January (package one, binding) and 100 in February (package two). The fund Joint has
500 of PL and 500 of CZ for 2026; Extra has 200 of CZ for 2026. Goods stay where they are needed: nothing is stored.

Base, by hand: a crate of Alpha costs 10, one of Bravo 20; there are 1200. January comes first, as it is binding: all 60
of Alpha (600) and, for the other 600, 30 of Bravo: 90 of 100. Nothing is left for February. The value of a crate is its
least cost, 10: level 1 (binding) is 10 × 10 = 100, level 3 (others) 100 × 10 = 1000, the cost 1200.
"""

from __future__ import annotations

import copy
import csv
from pathlib import Path
from typing import Any

import openpyxl

from planner.workbook.reading.raw import RawInput, read_raw

Sheets = dict[str, list[list[Any]]]

SHEETS: Sheets = {
    "Settings": [["key", "value"], ["title", "Crates"], ["start", "2026-01"], ["periods", 2], ["currency", "EUR"]],
    "Nations": [["nation"], ["PL"], ["CZ"]],
    "Items": [["item", "weight"], ["crate", 1]],
    "Nodes": [
        ["node", "kind", "nation", "storage_t"],
        ["Alpha", "factory", "PL", 0],
        ["Bravo", "factory", "CZ", 0],
        ["Hub", "destination", None, 0],
    ],
    "Routes": [
        ["origin", "destination", "mode", "capacity_t"],
        ["Alpha", "Hub", "road", None],
        ["Bravo", "Hub", "road", 45],
    ],
    "Lines": [
        ["line", "factory", "item", "unit_cost", "capacity"],
        ["A", "Alpha", "crate", 10, 60],
        ["B", "Bravo", "crate", 20, 50],
    ],
    "Commitments": [["commitment", "nations", "binding"], ["one", "PL; CZ", "yes"], ["two", "CZ", "no"]],
    "Demand": [
        ["demand", "commitment", "destination", "item", "2026-01", "2026-02"],
        ["First", "one", "Hub", "crate", 100, None],
        ["Second", "two", "Hub", "crate", None, 100],
    ],
    "Funds": [["fund", "kind"], ["Joint", "budget"], ["Extra", "grant"]],
    "Budgets": [
        ["fund", "contributor", "year", "amount"],
        ["Joint", "PL", 2026, 500],
        ["Joint", "CZ", 2026, 500],
        ["Extra", None, 2026, 200],
    ],
}


def sheets(**changes: list[list[Any]] | None) -> Sheets:
    """The sheets, with some replaced, added, or (None) left out."""
    made = {**copy.deepcopy(SHEETS), **changes}
    return {name: rows for name, rows in made.items() if rows is not None}


def options(*rows: tuple[Any, ...]) -> list[list[Any]]:
    """An Options sheet: (option, table, where, column, change, value)."""
    return [["option", "table", "where", "column", "change", "value"], *[list(row) for row in rows]]


def write(made: Sheets, path: Path) -> Path:
    """The sheets as a workbook (path ends in .xlsx) or a folder of CSV files."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, rows in made.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append(row)
        book.save(path)
        return path
    path.mkdir()
    for name, rows in made.items():
        with (path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path


def raw(tmp_path: Path, textual: bool = False, **changes: list[list[Any]] | None) -> RawInput:
    """The sheets, written and read back."""
    return read_raw(write(sheets(**changes), tmp_path / ("input" if textual else "input.xlsx")))
