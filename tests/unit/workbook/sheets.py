"""A small good input for the tests of reading, as rows of cells, and how to change and read it."""

from __future__ import annotations

import copy
import csv
from pathlib import Path
from typing import Any

import openpyxl

from planner.domain.instance import PlanningInstance
from planner.workbook import Reading, interpret
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.table import is_note_sheet, make_table, tidy

Sheets = dict[str, list[list[Any]]]

# One factory, a depot and a destination; twelve months of 2026.
BASE: Sheets = {
    "Settings": [["key", "value"], ["start", "2026-01"], ["periods", 12], ["objective", "weighted"]],
    "Nations": [["nation", "groups"], ["PL", "EU; NATO"], ["DE", "EU"], ["UA", None]],
    "Items": [["item", "category"], ["shell", "ammo"], ["fuze", None]],
    "Nodes": [["node", "kind", "nation"], ["F", "factory", "PL"], ["D", "depot", "PL"], ["X", "destination", "UA"]],
    "Routes": [["route", "origin", "destination", "mode"], ["R1", "F", "D", "road"], ["R2", "D", "X", "rail"]],
    "Lines": [["line", "factory", "item", "unit_cost"], ["L1", "F", "shell", 10], ["L2", "F", "fuze", 2]],
    "Demand": [["demand", "destination", "item", "period", "quantity"], ["K1", "X", "shell", 3, 5]],
}


def sheets(**changes: list[list[Any]] | None) -> Sheets:
    """The good sheets, with some replaced, added, or (None) left out."""
    made = {**copy.deepcopy(BASE), **changes}
    return {name: rows for name, rows in made.items() if rows is not None}


def with_column(table: str, column: str, *values: Any) -> list[list[Any]]:
    """A sheet of the good input with one more column; missing values are blank."""
    rows = copy.deepcopy(BASE[table])
    for row, value in zip(rows, [column, *values, *[None] * len(rows)], strict=False):
        row.append(value)
    return rows


def raw_input(made: Sheets, textual: bool = False) -> RawInput:
    """The sheets as they would come from a workbook (whole numbers as floats) or, as text, from CSV files."""

    def cell(value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if textual:
            return str(value)
        return float(value) if isinstance(value, int) else tidy(value)

    tables = [make_table(name, [[cell(value) for value in row] for row in rows]) for name, rows in made.items()]
    notes = tuple(table for table in tables if is_note_sheet(table.name))
    return RawInput(Path("test"), "", tuple(t for t in tables if t not in notes), (), textual, notes)


def reading(textual: bool = False, **changes: list[list[Any]] | None) -> Reading:
    return interpret(raw_input(sheets(**changes), textual))


def instance(textual: bool = False, **changes: list[list[Any]] | None) -> PlanningInstance:
    """The planning instance of the good sheets with changes; the faults, if any, fail the test."""
    found = reading(textual, **changes)
    assert found.instance is not None, [str(fault) for fault in found.faults]
    return found.instance


def faults(textual: bool = False, **changes: list[list[Any]] | None) -> dict[str, str]:
    """Message by place."""
    return {fault.place: fault.message for fault in reading(textual, **changes).faults}


def save_workbook(made: Sheets, path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in made.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def save_folder(made: Sheets, path: Path, encoding: str = "utf-8", **dialect: Any) -> Path:
    path.mkdir()
    for name, rows in made.items():
        with (path / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file, **dialect).writerows([["" if v is None else v for v in row] for row in rows])
    return path
