"""An option's changes, applied to the cells of the input as they were typed.

The changed input is read and checked like any other, so an option can do nothing that a workbook could not say.
Later changes of an option see what earlier ones did. Money stays in the currency of its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.options.changes.amounts import RefusedChangeError, changed_cell
from planner.options.changes.conditions import Condition, describe_unmet, read_conditions, records_meeting, value_test
from planner.options.changes.option import CellChange, Option
from planner.options.changes.settings_sheet import setting_meant
from planner.workbook.reading.cells import CellError
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.keys import derive_names
from planner.workbook.reading.periods import show
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.reader import NUMBERED, TypedWorkbook, read_tables
from planner.workbook.reading.table import Cell, RawTable, normalise
from planner.workbook.reading.typed import TypedTable, read_table
from planner.workbook.schema import Column, Table

NAMED_BY_ROW = ("Lines", "Routes", "Demand", *NUMBERED)  # a blank name in these follows from the row
READ_BY_OTHERS = ("Settings", "Events")  # the calendar: a change of these changes how periods are read


@dataclass(frozen=True, slots=True)
class Edit:
    """A cell that an option changes: its table, place in the sheet, the key of its row in words, its column.

    `record` is that of the change in the Options table; None where it comes from elsewhere.
    """

    table: str
    cell: str
    row: str
    column: str
    before: Cell
    after: Cell
    record: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A change that cannot be made: `column` is the column of the Options table that is to blame."""

    change: CellChange
    column: str
    message: str


@dataclass(frozen=True)
class Changed:
    """The input as an option changes it, the cells that then differ from the base, and what could not be done."""

    raw: RawInput
    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...] = ()


def apply_option(option: Option, raw: RawInput, book: TypedWorkbook | None = None) -> Changed:
    """The input with an option's changes made, in order. `book` is `read_tables(raw)`, where that is at hand."""
    desk = _EditedInput(raw, book or read_tables(raw))
    edits: dict[tuple[str, str], Edit] = {}
    problems = []
    for change in option.changes:
        try:
            for edit in desk.apply(change):
                first = edits.get((edit.table, edit.cell))
                edits[edit.table, edit.cell] = replace(edit, before=first.before) if first else edit
        except RefusedChangeError as error:
            problems.append(Problem(change, error.column, str(error)))
    return Changed(desk.raw, tuple(edit for edit in edits.values() if edit.before != edit.after), tuple(problems))


def unmet_conditions(table: Table, where: str, raw: RawInput, book: TypedWorkbook) -> str | None:
    """Why no row of a table meets the conditions of a `where` cell that has passed its checks; None where one does."""
    rows, conditions = book[table.name], read_conditions(where, table)
    if table.name in READ_BY_OTHERS or raw.table(table.name) is None or rows.header.wide:
        return None
    try:
        if records_meeting(conditions, rows, book.periods):
            return None
    except CellError as error:
        return str(error)
    return describe_unmet(conditions, rows, book.periods)


class _EditedInput:
    """The input on its way from the base to an option."""

    def __init__(self, raw: RawInput, book: TypedWorkbook) -> None:
        self.raw, self._book = raw, book

    def apply(self, change: CellChange) -> list[Edit]:
        """Make one change; the cells it touched. Raises RefusedChangeError, having changed nothing."""
        if change.schema.name == "Options":
            raise RefusedChangeError("table", "an option cannot change the options")
        edits = self._change_setting(change) if change.schema.name == "Settings" else self._change_rows(change)
        if change.schema.name in READ_BY_OTHERS:
            self._book = read_tables(self.raw)
        return edits

    def _change_setting(self, change: CellChange) -> list[Edit]:
        column = setting_meant(change, self._book.settings)
        table = self._book["Settings"]
        assert table.raw is not None
        record = self._book.settings.rows.get(column.name)
        row = len(table.raw.rows) if record is None else table.rows[record]
        at = table.header.at["value"]
        before = None if record is None else table.raw.rows[row][at]
        after = changed_cell(change, column, before, f"the setting {column.name}", self.raw.textual)
        cells = {(row, at): after}
        if record is None:
            cells[row, table.header.at["key"]] = column.name
        self._write(table.raw, cells)
        return [Edit("Settings", table.raw.place(row, at)[2], column.name, "value", before, after, change.record)]

    def _change_rows(self, change: CellChange) -> list[Edit]:
        name, sheet = change.schema.name, self.raw.table(change.schema.name)
        if sheet is None:
            raise RefusedChangeError("table", f"the input has no table {name}, so there is nothing to change")
        column = next(c for c in change.schema.columns if normalise(c.name) == normalise(change.column))
        conditions = read_conditions(change.where, change.schema)
        table = self._typed(change, sheet)
        if table.header.wide and column.name == "period":
            raise RefusedChangeError("column", f"{name} has a column for each period; change its quantity")
        try:
            if table.header.wide and change.kind == "set" and column.name == "quantity":
                table = self._with_named_blanks(change, table, conditions)
            records = records_meeting(conditions, table, self._book.periods)
        except CellError as error:
            raise RefusedChangeError("where", str(error)) from error
        if not records:
            unmet = describe_unmet(conditions, table, self._book.periods)
            raise RefusedChangeError("where" if conditions else "table", unmet)
        return self._change_cells(change, sheet, table, column, records)

    def _change_cells(
        self, change: CellChange, sheet: RawTable, table: TypedTable, column: Column, records: Sequence[int]
    ) -> list[Edit]:
        cells: dict[tuple[int, int], Cell] = {}
        edits = []
        for record in records:
            place = table.place_of(record, column.name)
            at = (table.rows[record], len(sheet.header) if place is None else place)
            if at in cells:  # a row of a wide table is several records
                continue
            before = None if place is None else sheet.rows[at[0]][place]
            shown, _, cell = sheet.place(*at)
            cells[at] = changed_cell(change, column, before, shown, self.raw.textual)
            words = _row_words(table, record)
            edits.append(Edit(change.schema.name, cell, words, column.name, before, cells[at], change.record))
        self._write(sheet, cells, column.name)
        return edits

    def _typed(self, change: CellChange, sheet: RawTable) -> TypedTable:
        currency = self._book.settings.currency
        table = read_table(change.schema, sheet, self.raw.textual, currency, self._book.periods, FaultList())
        if change.schema.name in NAMED_BY_ROW:
            derive_names(table)
        return table

    def _with_named_blanks(self, change: CellChange, table: TypedTable, conditions: Iterable[Condition]) -> TypedTable:
        """A wide table in which blank cells of the periods that are named count as filled, so that they can be set."""
        periods = [condition for condition in conditions if condition.column.name == "period" and condition.text]
        if not periods or table.raw is None:
            return table
        tests = [value_test(condition, self._book.periods) for condition in periods]
        named = {at for at, period in table.header.periods.items() if all(test(period) for test in tests)}
        columns = set(table.header.at.values())
        zero: Cell = "0" if self.raw.textual else 0.0

        def filled(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
            if all(row[at] is None for at in columns):
                return row
            return tuple(zero if at in named and cell is None else cell for at, cell in enumerate(row))

        return self._typed(change, replace(table.raw, rows=tuple(map(filled, table.raw.rows))))

    def _write(self, sheet: RawTable, cells: dict[tuple[int, int], Cell], new_column: str = "") -> None:
        """Put cells into a sheet; a column, or a row, just beyond it is added."""
        header = sheet.header
        if any(column == len(header) for _, column in cells):
            header = (*header, new_column)
        rows: list[list[Cell]] = [[*row, *[None] * (len(header) - len(row))] for row in sheet.rows]
        for (row, column), value in cells.items():
            if row == len(rows):
                rows.append([None] * len(header))
            rows[row][column] = value
        written = replace(sheet, header=header, rows=tuple(map(tuple, rows)))
        self.raw = replace(self.raw, tables=tuple(written if t is sheet else t for t in self.raw.tables))


def _row_words(table: TypedTable, record: int) -> str:
    """The key of a row as people would say it; its number where the table has no key."""
    key = [*table.schema.key]
    if table.quantity_at is not None and "period" not in key:
        key.append("period")
    parts: list[Any] = [table.cell(record, column) for column in key]
    if key and parts[0] is None:
        parts[0] = table[key[0]][record]
    words = [part if isinstance(part, str) else show(part) for part in parts if part is not None]
    return "; ".join(words) if words else f"row {table.sheet_row(record)}"
