"""Which rows a condition such as `fund=SAFE; year=2027` means.

A condition is compared with what the reader understands of a cell, not with its letters: numbers as numbers,
periods as periods, names that were left blank as the names they get, defaults as values. `fund=` is met by a
blank cell, a name by every list that holds it, a coarse date (2026-Q1) by each of its periods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.workbook.names.names import MOST_LISTED, suggestion
from planner.workbook.reading.cells import CellError, read_choice, read_name, read_number, read_text, read_yes_no
from planner.workbook.reading.periods import BAD, FAR, NEVER, PeriodError, PeriodReader
from planner.workbook.reading.table import Cell, normalise
from planner.workbook.reading.typed import TypedTable
from planner.workbook.schema import SETTINGS, Column, Table

Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """`column` = `text`; an empty text is a blank cell."""

    column: Column
    text: str

    def __str__(self) -> str:
        return f"{self.column.name}={self.text}"


def read_conditions(where: str, table: Table) -> list[Condition]:
    """The conditions in a `where` cell that has passed its checks."""
    columns = {normalise(column.name): column for column in table.columns}
    if table.name == "Settings":
        columns |= {normalise(column.name): column for column in SETTINGS}
    conditions = []
    for part in filter(None, (text.strip() for text in where.split(";"))):
        name, _, text = part.partition("=")
        conditions.append(Condition(columns[normalise(name.strip())], text.strip()))
    return conditions


def records_meeting(conditions: Sequence[Condition], table: TypedTable, periods: PeriodReader) -> list[int]:
    """The records of a table that meet all conditions, or may meet them, where a cell has a fault.

    Raises CellError for a text that its column cannot hold.
    """
    met = range(len(table))
    for condition in conditions:
        values = understood(table, condition.column.name)
        if not condition.text:
            met = [r for r in met if table.cell(r, condition.column.name) is None]  # type: ignore[assignment]
            continue
        test = value_test(condition, periods)
        met = [record for record in met if values[record] is BAD or test(values[record])]  # type: ignore[assignment]
    return list(met)


def understood(table: TypedTable, column: str) -> list[Any]:
    """The values of a column; the contributor of a budget is its fund where none is named."""
    values = table[column]
    if (table.schema.name, column) == ("Budgets", "contributor"):
        return [value if value is not None else fund for value, fund in zip(values, table["fund"], strict=True)]
    return values


def value_test(condition: Condition, periods: PeriodReader) -> Test:
    """Whether a value of the column is the one that the condition names. Raises CellError."""
    column, text = condition.column, condition.text
    if column.kind in ("number", "integer"):
        number = read_number(replace(column, minimum=None, maximum=None, positive=False), text, True)
        return lambda value: value is not None and value == number
    if column.kind == "period":
        return _period_test(text, periods)
    if column.kind == "any":
        return lambda value: value is not None and _same_text(value, text)
    if column.kind in ("names", "shares"):
        return lambda value: value is not None and text in value
    wanted = _WANTED[column.kind](column, text)
    if column.kind == "choices":
        return lambda value: value is not None and wanted in value
    return lambda value: bool(value == wanted)


_WANTED: dict[str, Callable[[Column, str], Any]] = {
    "name": lambda _, text: read_name(text),
    "text": lambda _, text: text,
    "yes_no": lambda _, text: read_yes_no(text, True),
    "choice": read_choice,
    "choices": read_choice,
}


def _period_test(text: str, periods: PeriodReader) -> Test:
    try:
        first, last = periods.read(text, "opening", True), periods.read(text, "closing", True)
    except PeriodError as error:
        raise CellError(str(error)) from error
    if first is NEVER:
        return lambda value: value is NEVER or value == FAR

    def meets(value: Any) -> bool:
        if isinstance(value, range):  # a coarse date that means each of its periods
            return len(value) > 0 and first <= value[0] and value[-1] <= last
        return isinstance(value, int) and bool(first <= value <= last)

    return meets


def _same_text(value: Cell, text: str) -> bool:
    if isinstance(value, float | int) and not isinstance(value, bool):
        try:
            return float(text) == value
        except ValueError:
            return False
    return read_text(value) == text


def describe_unmet(conditions: Sequence[Condition], table: TypedTable, periods: PeriodReader) -> str:
    """Why no row of the table meets the conditions, and the nearest value that one would meet."""
    name = table.schema.name
    if not len(table):
        return f"{name} has no rows"
    for condition in conditions:
        if not records_meeting([condition], table, periods):
            return f"no row of {name} has {condition}{_hint(condition, table)}"
    return f"no row of {name} has {' and '.join(str(condition) for condition in conditions)} together"


def _hint(condition: Condition, table: TypedTable) -> str:
    """The nearest name, or the numbers that there are."""
    values = understood(table, condition.column.name)
    if condition.column.kind in ("number", "integer"):
        numbers = sorted({value for value in values if isinstance(value, float | int)})
        return f"; known: {', '.join(f'{number:g}' for number in numbers)}" if 0 < len(numbers) <= MOST_LISTED else ""
    names: dict[str, None] = {}
    for value in values:
        if isinstance(value, str):
            names[value] = None
        elif isinstance(value, tuple | dict):
            names.update(dict.fromkeys(map(str, value)))
    names.pop("", None)
    return suggestion(condition.text, names) if names and condition.text else ""
