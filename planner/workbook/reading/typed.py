"""A table whose cells have become values, column by column, with the way back to the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from planner.workbook.reading.cells import read_column
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.headers import Header, read_header
from planner.workbook.reading.periods import BAD, EACH, PeriodReader, show
from planner.workbook.reading.table import Cell, RawTable
from planner.workbook.schema import Column, Table


@dataclass
class TypedTable:
    """The rows of a table as columns of values; a row of a wide table is as many records as it has quantities.

    `rows[i]` is the row of `raw.rows` that record i stands in; `quantity_at[i]`, in a wide table, the column of
    its quantity. A blank cell holds the default, a faulty one BAD.
    """

    schema: Table
    raw: RawTable | None
    header: Header
    columns: dict[str, list[Any]]
    rows: list[int] = field(default_factory=list)
    quantity_at: list[int] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> list[Any]:
        return self.columns[column]

    def has(self, column: str) -> bool:
        """Does the sheet have this column?"""
        return column in self.header.at

    def records(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """The values of these columns, record by record."""
        return zip(*(self.columns[column] for column in columns), strict=True)

    def sheet_row(self, record: int) -> int:
        """The row number that a spreadsheet program shows."""
        return self.rows[record] + 2

    def cell(self, record: int, column: str) -> Cell:
        """What was typed there; None where the sheet has no such column."""
        if self.raw is None:
            return None
        if self.quantity_at is not None and column == "period":
            return self.raw.header[self.quantity_at[record]]
        index = self.place_of(record, column)
        return None if index is None else self.raw.rows[self.rows[record]][index]

    def place_of(self, record: int, column: str) -> int | None:
        """The sheet column in which a value stands; of a wide table's period, that of its quantity."""
        if self.quantity_at is not None and column in ("period", "quantity"):
            return self.quantity_at[record]
        return self.header.at.get(column)

    def fail(self, faults: FaultList, record: int, column: str, message: str, severity: str = "error") -> None:
        """A fault at the record's cell of that column, or at the row's first cell where the sheet lacks it."""
        assert self.raw is not None
        index = self.place_of(record, column)
        if index is None:
            index = min(self.header.at.values(), default=0)
        faults.at(self.raw, self.rows[record], index, message, severity)

    @cached_property
    def filled(self) -> dict[str, int]:
        """Column → how many rows fill it."""
        if self.raw is None:
            return {}
        rows = sorted(set(self.rows))
        count = {name: sum(self.raw.rows[row][at] is not None for row in rows) for name, at in self.header.at.items()}
        return {name: number for name, number in count.items() if number}


def empty_table(schema: Table) -> TypedTable:
    """The table without rows."""
    return TypedTable(schema, None, Header(), {column.name: [] for column in schema.columns})


def read_table(
    schema: Table, raw: RawTable, textual: bool, currency: str | None, periods: PeriodReader, faults: FaultList
) -> TypedTable:
    """Header and cells of a sheet by the schema; faults are listed, never raised."""
    if schema.name == "Capacity":
        columns = tuple(replace(c, edge=EACH) if c.name == "period" else c for c in schema.columns)
        schema = replace(schema, columns=columns)
    header = read_header(schema, raw, currency, periods, faults)
    places = sorted({*header.at.values(), *header.periods})
    spoilt_rows = {row - 1 for row, column in raw.spoilt if column not in raw.note_columns}
    rows = [
        number
        for number, cells in enumerate(raw.rows)
        if number in spoilt_rows or any(cells[place] is not None for place in places)
    ]
    rows = [number for number in rows if number in spoilt_rows or not _stray(schema, raw, header, number, faults)]
    table = TypedTable(schema, raw, header, {}, rows)
    for column in schema.columns:
        if header.wide and column.name in ("period", "quantity"):
            continue
        table.columns[column.name] = _values(table, column, header.at.get(column.name), textual, periods, faults)
    if header.wide:
        _widen(table, textual, periods, faults)
    return table


def _stray(schema: Table, raw: RawTable, header: Header, number: int, faults: FaultList) -> bool:
    """A single cell in a row that needs several is taken for a slip, and named instead of all that is missing beside
    it, if it stands below a blank row, or is not the first of its key."""
    cells = raw.rows[number]
    filled = [place for place in (*header.at.values(), *header.periods) if cells[place] is not None]
    missing = [c.name for c in schema.columns if c.required and c.name in header.at and header.at[c.name] not in filled]
    if len(filled) != 1 or not missing:
        return False
    detached = number > 0 and all(cell is None for cell in raw.rows[number - 1])
    first_of_key = bool(schema.key) and header.at.get(schema.key[0]) == filled[0]
    if not detached and (len(missing) < 2 or first_of_key):
        return False
    message = f"found {show(cells[filled[0]])} alone in its row; expected a blank row, or {', '.join(missing)} too"
    faults.at(raw, number, filled[0], message)
    return True


def _cells(table: TypedTable, index: int) -> list[Any]:
    """The raw cells of a sheet column, those that cannot be trusted as BAD."""
    assert table.raw is not None
    cells: list[Any] = [table.raw.rows[row][index] for row in table.rows]
    if table.raw.spoilt:
        spoilt = {row - 1 for row, column in table.raw.spoilt if column == index}
        cells = [BAD if row in spoilt else cell for row, cell in zip(table.rows, cells, strict=True)]
    return cells


def _values(
    table: TypedTable, column: Column, place: int | None, textual: bool, periods: PeriodReader, faults: FaultList
) -> list[Any]:
    raw = table.raw
    assert raw is not None
    if place is None:
        missing = BAD if column.name in table.header.doubtful else column.default
        return [missing] * len(table.rows)
    rows = table.rows

    def fail(index: int, message: str) -> None:
        faults.at(raw, rows[index], place, message)

    return read_column(column, _cells(table, place), textual, periods, fail)


def _widen(table: TypedTable, textual: bool, periods: PeriodReader, faults: FaultList) -> None:
    """One record for each filled quantity, row by row; period and quantity come from the column of the period."""
    column = table.schema.column("quantity")
    quantities = {
        place: _values(table, replace(column, required=False, default=None), place, textual, periods, faults)
        for place in table.header.periods
    }
    take: list[int] = []
    at: list[int] = []
    for index in range(len(table.rows)):
        for place, values in quantities.items():
            if values[index] is not None:
                take.append(index)
                at.append(place)
    for name, values in table.columns.items():
        table.columns[name] = _taken(values, take)
    table.columns["period"] = [table.header.periods[place] for place in at]
    table.columns["quantity"] = [quantities[place][index] for index, place in zip(take, at, strict=True)]
    table.rows = _taken(table.rows, take)
    table.quantity_at = at


def _taken(values: Sequence[Any], take: Sequence[int]) -> list[Any]:
    return [values[index] for index in take]
