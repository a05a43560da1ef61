"""What an option is: a name and the changes of cells that it stands for."""

from __future__ import annotations

from dataclasses import dataclass

from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.periods import PeriodReader
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.table import Cell, normalise
from planner.workbook.reading.typed import TypedTable, read_table
from planner.workbook.schema import BY_NAME, Table

BASE = "base"
MOST_TITLE = 120  # characters


@dataclass(frozen=True, slots=True)
class CellChange:
    """One row of the Options table: in `table`, where `where` holds, `column` is set, scaled or raised to `value`.

    `record` is its place in the Options table; None where it comes from elsewhere.
    """

    table: str
    where: str
    column: str
    kind: str  # set, scale, add
    value: Cell
    record: int | None = None

    @property
    def schema(self) -> Table:
        """The table of the contract that it changes, however its name is spelled."""
        wanted = normalise(self.table)
        return next(table for table in BY_NAME.values() if normalise(table.name) == wanted)


def retitling(title: str) -> CellChange:
    """The change that gives an input another title."""
    return CellChange("Settings", "key=title", "value", "set", title)


@dataclass(frozen=True, slots=True)
class Option:
    """A named set of changes, applied in order. `factor` is its place in a sweep, None elsewhere."""

    name: str
    changes: tuple[CellChange, ...]
    description: str = ""
    factor: float | None = None


def option_title(name: str, description: str) -> str:
    """What people call an option: its description; without one, or with one too long for a title, its name."""
    return description if 0 < len(description) <= MOST_TITLE else name


def options_table(raw: RawInput) -> TypedTable | None:
    """The Options table as typed values; None where the input has none."""
    sheet = raw.table("Options")
    if sheet is None:
        return None
    return read_table(BY_NAME["Options"], sheet, raw.textual, None, PeriodReader(None), FaultList())


def read_options(raw: RawInput) -> dict[str, Option]:
    """The options of an input that has passed its checks, by name, in the order in which they first appear."""
    table = options_table(raw)
    if table is None:
        return {}
    changes: dict[str, list[CellChange]] = {}
    descriptions: dict[str, list[str]] = {}
    columns = ("option", "table", "where", "column", "change", "value", "description")
    for record, (name, changed, where, column, kind, value, description) in enumerate(table.records(*columns)):
        changes.setdefault(name, []).append(CellChange(changed, where or "", column, kind, value, record))
        if description:
            descriptions.setdefault(name, []).append(description)
    return {name: Option(name, tuple(rows), " ".join(descriptions.get(name, ()))) for name, rows in changes.items()}
