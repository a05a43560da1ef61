"""The cells in which the figures of an instance stand, found by what the figures are about,
and ranges of cells in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from planner.domain.cells import Cell, Field, TypedRow
from planner.domain.contingency.contingencies import Moment
from planner.domain.instance import PlanningInstance
from planner.workbook.instance.context import Context
from planner.workbook.instance.contingencies import moment
from planner.workbook.instance.money import available_from
from planner.workbook.reading.periods import FAR, period_number
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.reader import TypedWorkbook, read_tables
from planner.workbook.reading.table import RawTable, cell_name, normalise, number_text
from planner.workbook.reading.typed import TypedTable

RecordsByKey = dict[tuple[Hashable, ...], list[int]]  # key -> records
OVERDUE = ", due "  # in the name of an overdue demand, before its date
MOST_RANGES = 4  # of cells in a sentence


class InputCells:
    """The cells of an input as typed. The tables are read again when first asked: only messages need them."""

    as_typed = True

    def __init__(self, raw: RawInput) -> None:
        self._raw = raw
        self._rows: dict[tuple[str, tuple[str, ...]], RecordsByKey] = {}

    def __getstate__(self) -> RawInput:
        """What another process needs."""
        return self._raw

    def __setstate__(self, raw: RawInput) -> None:
        self.__init__(raw)  # type: ignore[misc]

    @cached_property
    def _book(self) -> TypedWorkbook:
        return read_tables(self._raw)

    def of(self, field: Field) -> tuple[Cell, ...]:
        """See `planner.domain.cells.Cells`."""
        table = self._book[field.table]
        return tuple(self._cell(table, record, field.column) for record in self._records(field))

    def typed(self, field: Field) -> object:
        """See `planner.domain.cells.Cells`."""
        records = self._records(field)
        return self._book[field.table][field.column][records[0]] if records else None

    def rows(self, field: Field) -> tuple[TypedRow, ...]:
        """See `planner.domain.cells.Cells`."""
        table, records = self._book[field.table], self._records(field)
        key = dict(field.key)
        others = {column: value for column, value in key.items() if column != "from"}
        if len(self._records(field._replace(key=tuple(others.items())))) == len(records):
            key = others  # no other row differs from these by when its money comes
        return tuple(
            TypedRow(
                tuple((column, self._said(table, record, column, value)) for column, value in key.items()),
                self._rate(table, field.column, record),
            )
            for record in records
        )

    def _said(self, table: TypedTable, record: int, column: str, value: object) -> str:
        """What a key column says of a row: a date that means several periods as it is typed."""
        if table.schema.column(column).kind != "period":
            return str(value)
        cell, typed = table.cell(record, column), table[column][record]
        first = typed[0] if isinstance(typed, range) and len(typed) == 1 else typed
        if isinstance(first, int):
            return self._context.horizon.label(first)
        return "" if cell is None else str(period_number(cell) or cell)

    def changed(self, values: Mapping[Field, float | str]) -> PlanningInstance | None:
        """See `planner.domain.cells.Cells`."""
        from planner.workbook import interpret

        edits: dict[str, dict[tuple[int, str | int], float | str]] = defaultdict(dict)
        for field, value in values.items():
            records = self._records(field)
            if not records:
                return None
            self._edit(edits[field.table], field, records, value)
        tables = [self._edited(table, edits) for table in self._raw.tables]
        return interpret(replace(self._raw, tables=tuple(tables))).instance

    def _edit(
        self, edits: dict[tuple[int, str | int], float | str], field: Field, records: list[int], value: float | str
    ) -> None:
        """What is to stand in the cells of a figure: of several rows that add up, the first takes up the difference."""
        table = self._book[field.table]
        first, rate = records[0], self._rate(table, field.column, records[0])
        if isinstance(value, str):
            index = table.place_of(first, field.column)
            edits[table.rows[first], field.column if index is None else index] = value
            return
        others = sum(float(table[field.column][record]) * self._rate(table, field.column, record)
                     for record in records[1:])  # fmt: skip
        index = table.place_of(first, field.column)
        edits[table.rows[first], field.column if index is None else index] = float((value - others) / rate)

    def _edited(self, table: RawTable, edits: Mapping[str, Mapping[tuple[int, str | int], float | str]]) -> RawTable:
        edited = next((cells for name, cells in edits.items() if self._book[name].raw is table), None)
        if edited is None:
            return table
        new = list(dict.fromkeys(place for _, place in edited if isinstance(place, str)))
        header = (*table.header, *new)
        rows = [[*row, *[None] * len(new)] for row in table.rows]
        for (row, place), value in edited.items():
            at = place if isinstance(place, int) else len(table.header) + new.index(place)
            rows[row][at] = value if isinstance(value, str) else number_text(value) if self._raw.textual else value
        return replace(table, header=header, rows=tuple(map(tuple, rows)))

    def _rate(self, table: TypedTable, column: str, record: int) -> float:
        """What a unit of the row's currency is worth in that of Settings; 1 for what is no money."""
        if not table.schema.column(column).money or not table.has("currency"):
            return 1.0
        return self._context.rates[table["currency"][record]]

    @cached_property
    def _context(self) -> Context:
        assert self._book.horizon is not None
        return Context(self._book, self._book.horizon)

    def _cell(self, table: TypedTable, record: int, column: str) -> Cell:
        assert table.raw is not None
        index = table.place_of(record, column)
        if index is None:
            index = min(table.header.at.values(), default=0)
        return Cell(table.raw.file or table.raw.name, table.rows[record] + 1, index)

    def _records(self, field: Field) -> list[int]:
        columns = tuple(column for column, _ in field.key)
        if (field.table, columns) not in self._rows:
            self._rows[field.table, columns] = self._index(field.table, columns)
        return self._rows[field.table, columns].get(tuple(value for _, value in field.key), [])

    def _index(self, name: str, columns: tuple[str, ...]) -> RecordsByKey:
        records_of: RecordsByKey = defaultdict(list)
        table = self._book[name]
        if name == "Capacity":  # a row may name many periods
            for record, (thing, span) in enumerate(table.records("object", "period")):
                for period in span if isinstance(span, range) else ():
                    records_of[thing, period] = [record]
            return dict(records_of)
        reads = [_READ.get((name, column), _as_typed) for column in columns]
        for record in range(len(table)):
            key = tuple(read(self._context, table, record, column) for read, column in zip(reads, columns, strict=True))
            records_of[key].append(record)
        return dict(records_of)


def _as_typed(_: Context, table: TypedTable, record: int, column: str) -> Any:
    return table[column][record]


def _due(_: Context, table: TypedTable, record: int, column: str) -> Any:
    """The period in which a demand was due, perhaps before the horizon."""
    period = table[column][record]
    return period - table["overdue"][record] if isinstance(period, int) else period


def _contributor(_: Context, table: TypedTable, record: int, column: str) -> Any:
    return table[column][record] or table["fund"][record]


def _available(context: Context, table: TypedTable, record: int, column: str) -> Any:
    return available_from(context, table["year"][record], table[column][record])


def _setting(_: Context, table: TypedTable, record: int, column: str) -> Any:
    return normalise(table[column][record])


def _from(_: Context, table: TypedTable, record: int, column: str) -> Any:
    """The first period of a disruption; blank: of the horizon, or of a contingency the strike."""
    return _moment(table, column, record, 0)


def _to(_: Context, table: TypedTable, record: int, column: str) -> Any:
    """The last period of a disruption; blank: it does not end, or of a contingency ends with the response."""
    return _moment(table, column, record, FAR)


def _moment(table: TypedTable, column: str, record: int, blank: int) -> Moment:
    """As the instance has it; `blank` where that is not stated of a certain disruption."""
    if table[column][record] is None and table["contingency"][record] is None:
        return blank
    return moment(table[column][record])


def _origin(context: Context, table: TypedTable, record: int, column: str) -> Any:
    """Where a shipment starts; blank: the route's origin."""
    routes = context.book["Routes"]
    typed = table[column][record]
    return typed or next((o for r, o in routes.records("route", "origin") if r == table["route"][record]), None)


# How the instance has what is typed in a key column.
_READ: Mapping[tuple[str, str], Callable[[Context, TypedTable, int, str], Any]] = {
    ("Demand", "period"): _due,
    ("Budgets", "contributor"): _contributor,
    ("Budgets", "from"): _available,
    ("Settings", "key"): _setting,
    ("Previous", "origin"): _origin,
    ("Disruptions", "from"): _from,
    ("Disruptions", "to"): _to,
}


@dataclass(frozen=True)
class LaterCells:
    """The cells of a workbook for an instance that was rolled from it, and starts `by` periods later.

    What was rolled says what stands where now, and is what can be changed; people look into the workbook.
    """

    rolled: InputCells
    workbook: InputCells
    by: int
    as_typed = False

    def of(self, field: Field) -> tuple[Cell, ...]:
        """See `planner.domain.cells.Cells`."""
        if field.table in ("Stocks", "Orders", "Previous", "Actuals"):
            return ()  # written from where things stand, not typed
        key = tuple((column, value + self.by if column == "period" and isinstance(value, int) else value)
                    for column, value in field.key if column != "from")  # fmt: skip
        cells = self.workbook.of(field._replace(key=key))
        if cells or field.table != "Demand":
            return cells
        # One row of a wide table that is overdue has a name of its own.
        named = tuple(
            (column, str(value).rpartition(OVERDUE)[0] if column == "demand" else value) for column, value in key
        )
        return self.workbook.of(field._replace(key=named))

    def typed(self, field: Field) -> object:
        """See `planner.domain.cells.Cells`."""
        return self.rolled.typed(field)

    def rows(self, field: Field) -> tuple[TypedRow, ...]:
        """See `planner.domain.cells.Cells`."""
        return self.rolled.rows(field)

    def changed(self, values: Mapping[Field, float | str]) -> PlanningInstance | None:
        """See `planner.domain.cells.Cells`."""
        return self.rolled.changed(values)


def ranges(cells: Iterable[Cell], most: int = MOST_RANGES) -> str:
    """`Lines!E4, Demand!D2:D37`: cells contracted to ranges; what is beyond `most` is counted.

    >>> ranges([Cell("Demand", 2, 3), Cell("Demand", 1, 3), Cell("Lines.csv", 3, 4)])
    'Demand!D2:D3, Lines.csv:E4'
    """
    texts = [text for sheet, of_sheet in groupby(sorted(set(cells)), key=lambda cell: cell.sheet)
             for text in _ranges(sheet, [(cell.row, cell.column) for cell in of_sheet])]  # fmt: skip
    if len(texts) > most:
        left = len(texts) - most + 1
        return f"{', '.join(texts[: most - 1])} and {left} more ranges"
    return ", ".join(texts)


def _ranges(sheet: str, places: list[tuple[int, int]]) -> Iterator[str]:
    """Blocks of one sheet: runs down a column, those of neighbouring columns put together."""
    separator = ":" if sheet.lower().endswith(".csv") else "!"
    runs: list[tuple[int, int, int]] = []  # first row, last row, column
    for row, column in sorted(places, key=lambda place: (place[1], place[0])):
        if runs and runs[-1][2] == column and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row, column)
        else:
            runs.append((row, row, column))
    blocks: list[tuple[int, int, int, int]] = []  # first row, last row, first column, last column
    for first, last, column in runs:
        wide = next(
            (at for at, block in enumerate(blocks) if block[:2] == (first, last) and block[3] == column - 1), None
        )
        if wide is None:
            blocks.append((first, last, column, column))
        else:
            blocks[wide] = (first, last, blocks[wide][2], column)
    for first, last, left, right in blocks:
        start, end = cell_name(first, left), cell_name(last, right)
        yield f"{sheet}{separator}{start}" + (f":{end}" if end != start else "")
