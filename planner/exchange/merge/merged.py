"""The merged tables as CSV text, and the place that every cell of them came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planner.exchange.merge.resolve import SettledRow
from planner.exchange.merge.statements import NOTE, PERIOD, Statement
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.table import cell_name, make_table, row_number
from planner.workbook.schema import TABLES, Table

MOST_ROWS = 1_000_000  # of a sheet; Excel has room for a few more
CellPlace = tuple[str, str]  # sheet and cell of the merged input


@dataclass
class MergedTables:
    """Texts of each sheet (header first), and for each filled cell what was said there."""

    texts: dict[str, list[list[str]]] = field(default_factory=dict)
    statements: dict[CellPlace, Statement] = field(default_factory=dict)
    rows: dict[tuple[str, int], SettledRow] = field(default_factory=dict)  # sheet and row number -> row

    def row_of(self, place: CellPlace) -> SettledRow | None:
        """The row of a place; None where it is the header's."""
        return self.rows.get((place[0], row_number(place[1])))


def lay_out(settled: Mapping[str, Sequence[SettledRow]], periods: Sequence[str]) -> MergedTables:
    """Tables and columns in the order of the contract, columns of periods in that of the calendar (`periods`)."""
    merged = MergedTables()
    for table in TABLES:
        if rows := settled.get(table.name):
            _lay_out(merged, table, rows, periods)
    return merged


def _lay_out(merged: MergedTables, table: Table, rows: Sequence[SettledRow], periods: Sequence[str]) -> None:
    columns = _columns(table, rows, periods)
    texts = [[column[1:] if column[0] in (PERIOD, NOTE) else column for column in columns]]
    for number, row in enumerate(rows, start=2):
        merged.rows[table.name, number] = row
        texts.append([row.cells[column].text if column in row.cells else "" for column in columns])
        for index, column in enumerate(columns):
            if column in row.cells:
                merged.statements[table.name, cell_name(number - 1, index)] = row.cells[column]
    merged.texts[table.name] = texts


def _columns(table: Table, rows: Iterable[SettledRow], periods: Sequence[str]) -> list[str]:
    """Those that a row fills, and those that the table must have."""
    filled = dict.fromkeys(column for row in rows for column in row.cells)
    order = {name: index for index, name in enumerate(periods)}
    wide = sorted((c for c in filled if c[0] == PERIOD), key=lambda c: (order.get(c[1:], len(order)), c))
    must = {column.name for column in table.columns if column.required} - ({"period", "quantity"} if wide else set())
    plain = [column.name for column in table.columns if column.name in filled or column.name in must]
    return [*plain, *wide, *(column for column in filled if column[0] == NOTE)]


def as_input(merged: MergedTables, path: Path) -> RawInput:
    """The merged tables as they will be read; nothing is written."""
    tables = [make_table(name, [[text.strip() or None for text in row] for row in rows], f"{name}.csv")
              for name, rows in merged.texts.items()]  # fmt: skip
    return RawInput(path, "", tuple(tables), textual=True)


def provenance(merged: MergedTables) -> dict[str, list[list[str]]]:
    """The sheet `#provenance` (and `#provenance 2` … where one is full): what said every filled cell, and where."""
    rows = [
        [*place, statement.text, statement.file, statement.sheet, statement.cell]
        for place, statement in merged.statements.items()
    ]
    sheets = {}
    for part, first in enumerate(range(0, max(len(rows), 1), MOST_ROWS), start=1):
        name = "#provenance" if part == 1 else f"#provenance {part}"
        header = ["sheet", "cell", "value", "from file", "from sheet", "from cell"]
        sheets[name] = [header, *rows[first : first + MOST_ROWS]]
    return sheets
