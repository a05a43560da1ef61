"""Keys: names that were left blank, and keys that stand twice."""

from __future__ import annotations

from typing import Any

from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.periods import BAD, show
from planner.workbook.reading.typed import TypedTable


def derive_names(table: TypedTable) -> None:
    """Fills blank names in: `factory:item`, `origin>destination:mode` (no `:` without a mode),
    table and row elsewhere.
    """
    column = table.schema.key[0]
    names = table[column]
    for record, name in enumerate(names):
        if name is None:
            names[record] = _derived(table, record)


def _derived(table: TypedTable, record: int) -> Any:
    kind = table.schema.name
    if kind == "Lines":
        parts = [table["factory"][record], table["item"][record]]
    elif kind == "Routes":
        parts = [table[name][record] for name in ("origin", "destination", "mode")]
    else:
        return f"{kind.removesuffix('s')} {table.sheet_row(record)}"
    if any(part is BAD for part in parts):
        return BAD
    if kind == "Lines":
        return ":".join(parts)
    return f"{parts[0]}>{parts[1]}" + (f":{parts[2]}" if parts[2] else "")


def check_keys(table: TypedTable, faults: FaultList) -> bool:
    """Is every key of the table unique? Each repeated one is a fault at its later row."""
    key = table.schema.key
    if not key or table.schema.adds_up or not len(table):
        return True
    by_row = table.quantity_at is not None and "period" not in key  # a wide row is one row, whatever its quantities
    seen: dict[Any, int] = {}
    unique = True
    for record, values in enumerate(table.records(*key)):
        if any(value is BAD for value in values):
            continue
        first = seen.setdefault(values, record)
        if first == record or (by_row and table.rows[first] == table.rows[record]):
            continue
        unique = False
        table.fail(faults, record, key[0], _repeated(table, key, record, first))
    return unique


def _repeated(table: TypedTable, key: tuple[str, ...], record: int, first: int) -> str:
    typed = [table.cell(record, column) for column in key]
    there = f"row {table.sheet_row(first)} has it already"
    if len(key) == 1:
        if typed[0] is None:
            return f"is blank, which means {table[key[0]][record]!r}; {there}, expected a name of its own"
        return f"found {show(typed[0])} a second time; {there}"
    shown = ", ".join(f"{column} {show(value)}" for column, value in zip(key, typed, strict=True) if value is not None)
    return f"found {shown} a second time; {there}"
