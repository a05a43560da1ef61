"""Example rows of the template that were left among a planner's own: reported once, whatever faults they bring."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from planner.errors import Fault
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.table import Cell, RawTable, normalise, row_number
from planner.workbook.schema import BY_NAME
from planner.workbook.write.examples import ROWS

SHARED = frozenset({"Nations", "Events", "Currencies"})  # a row of these may well be a planner's own
OWN = frozenset({"Items", "Nodes"})  # whoever fills these in plans a world of their own

Left = Mapping[str, Sequence[int]]  # sheet as typed → row numbers as a spreadsheet program shows them


def with_example_rows(raw: RawInput, faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults and warnings, with all that concern example rows in one. Nothing changes while the input is still the
    template, or holds none of its rows."""
    left = example_rows(raw)
    if not left:
        return tuple(faults)
    in_examples = [fault for fault in faults if not _concerns(fault, left)]
    severity = "error" if any(fault.severity == "error" for fault in faults if fault not in in_examples) else "warning"
    return (_fault_of_rows(raw, left, severity), *in_examples)


def _concerns(fault: Fault, left: Left) -> bool:
    return fault.cell is not None and row_number(fault.cell) in left.get(fault.sheet or "", ())


def _fault_of_rows(raw: RawInput, left: Left, severity: str) -> Fault:
    where = "; ".join(f"{sheet} {_numbers(rows)}" for sheet, rows in left.items())
    message = (
        f"example rows of the template are left: {where}. Delete them (a sheet that you do not need may stay empty)"
    )
    sheet, rows = next(iter(left.items()))
    table = next(table for table in raw.tables if table.name == sheet)
    place, _, cell = table.place(rows[0] - 2, 0)
    return Fault(place, message, severity, sheet, cell)


def _numbers(rows: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    text = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in runs)
    return f"{'row' if len(rows) == 1 else 'rows'} {text}"


def example_rows(raw: RawInput) -> Left:
    """Example rows by sheet, where items or nodes are a planner's own; empty while the world is still the example's."""
    left: dict[str, list[int]] = {}
    is_example = False
    for table in raw.tables:
        name = next((name for name in ROWS if normalise(name) == table.key), None)
        if name is None or name in SHARED:
            continue
        examples = list(_examples_in(table, name))
        if name in OWN:
            is_example |= len(examples) < sum(any(cell is not None for cell in row) for row in table.rows)
        if examples:
            left[table.name] = examples
    return left if is_example else {}


def _examples_in(table: RawTable, name: str) -> Iterator[int]:
    known = {normalise(column.name): column.name for column in BY_NAME[name].columns}
    columns = {at: known[normalise(head)] for at, head in enumerate(table.header) if normalise(head) in known}
    examples = [
        {column: _text(value) for column, value in row.items() if column in columns.values()} for row in ROWS[name]
    ]
    for number, row in enumerate(table.rows, start=2):
        filled = {columns[at]: _text(cell) for at, cell in enumerate(row) if at in columns and cell is not None}
        if len(filled) > 1 and filled in examples:
            yield number


def _text(cell: Cell) -> str:
    """What a cell says, the same for a number and its digits, a month and its first day, yes and TRUE."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return f"{cell:%Y-%m}"
    if isinstance(cell, int | float):
        return f"{float(cell):g}"
    text = str(cell)
    return f"{float(text):g}" if re.fullmatch(r"\d+(\.\d+)?", text) else text
