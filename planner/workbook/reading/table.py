"""A table as it was typed: header, cells, and where each cell stands. Nothing is interpreted here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache

from planner.errors import Fault

Cell = str | float | int | bool | date | datetime | time | timedelta | None
CellPosition = tuple[int, int]  # row and column of a sheet, both from 0; row 0 is the header
SEARCHED = 20  # rows in which the header is looked for where row 1 holds none

_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_IGNORED = re.compile(r"[\s_\-]+")


def normalise(text: object) -> str:
    """How names of sheets and columns are compared: without case, blanks, `_`, `-`, and a unit in brackets.

    >>> normalise("Unit cost (EUR)")
    'unitcost'
    """
    return _normalised(str(text))


@lru_cache(maxsize=4096)  # names of sheets and columns come again and again
def _normalised(text: str) -> str:
    return _IGNORED.sub("", _BRACKETS.sub("", text)).casefold()


def bracket_unit(text: object) -> str | None:
    """The unit in brackets at the end of a column's name, or None.

    >>> bracket_unit("Unit cost (kEUR)")
    'kEUR'
    """
    match = _BRACKETS.search(str(text))
    return match.group(1).strip() if match else None


def number_text(number: float) -> str:
    """A number as a CSV cell: whole ones without a point."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def cell_text(cell: Cell, flag: bool = False) -> str:
    """A cell as the reader of CSV files understands it to be the same; `flag` where its column is yes or no."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return ("yes" if cell else "no") if flag else str(cell).upper()
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return number_text(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def column_letters(index: int) -> str:
    """Spreadsheet letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """`D14` for row 13 and column 3, both counted from 0."""
    return f"{column_letters(column)}{row + 1}"


def row_number(cell: str) -> int:
    """14 for `D14`, counted from 1 as people do; 0 where there is none."""
    return int("".join(filter(str.isdigit, cell)) or 0)


def is_hidden(name: str) -> bool:
    """Whether a sheet or column is not even a note that the report shows."""
    return name.lstrip().startswith("#")


def is_note_sheet(name: str) -> bool:
    """Is a sheet of this name notes, and no data?"""
    return is_hidden(name) or normalise(name).startswith("notes")


def is_note_column(header: Cell) -> bool:
    """Is a column under this header notes, and no data?"""
    return isinstance(header, str) and (header.startswith("#") or normalise(header).startswith("note"))


@dataclass(frozen=True)
class RawTable:
    """One sheet or CSV file.

    `name` is as typed, `key` normalised. `header` and each row of `rows` have the same length; blank
    cells are None, text is stripped. `rows[0]` is the sheet's second row. Wholly blank rows inside the table stay, so
    that positions are right; those at its end are dropped. `spoilt` holds the sheet positions whose content
    cannot be trusted (a formula without a value, a merged cell): a fault names each already. `hidden` holds the rows of
    the sheet, from 0, that a spreadsheet program does not show, `hidden_columns` the columns; or it shows not the
    sheet.
    """

    name: str
    key: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    file: str | None = None  # the CSV file's name
    spoilt: frozenset[CellPosition] = field(default_factory=frozenset)
    hidden: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: tuple[range, ...] = ()
    is_hidden: bool = False

    def place(self, row: int, column: int) -> tuple[str, str, str]:
        """(place, sheet, cell) of a cell of `rows`; row −1 is the header. `Routes!D14` or `Routes.csv:D14`."""
        cell = cell_name(row + 1, column)
        return (f"{self.file}:{cell}" if self.file else f"{self.name}!{cell}"), self.name, cell

    def fault(self, row: int, column: int, message: str, severity: str = "error") -> Fault:
        """A fault at a cell of `rows`; row −1 is the header."""
        place, sheet, cell = self.place(row, column)
        name = self.header[column] if row >= 0 and column < len(self.header) else None
        title = None if name is None else " ".join(_BRACKETS.sub("", cell_text(name)).split())
        return Fault(place, message, severity, sheet, cell, title)

    @cached_property
    def note_columns(self) -> frozenset[int]:
        """Columns whose name starts with `#` or `note`."""
        return frozenset(index for index, name in enumerate(self.header) if is_note_column(name))

    def notes(self) -> Iterator[tuple[str, str]]:
        """(place, text) of every filled cell in a note column; what is hidden is left out."""
        for column in sorted(self.note_columns):
            if is_hidden(str(self.header[column])):
                continue
            for row, cells in enumerate(self.rows):
                if cells[column] is not None:
                    yield self.place(row, column)[0], str(cells[column])


def tidy(value: object) -> Cell:
    """A cell's content: text stripped, empty text is None, a date at midnight is a date."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value  # type: ignore[return-value]


def make_table(
    name: str, cells: list[list[Cell]], file: str | None = None, spoilt: frozenset[CellPosition] = frozenset()
) -> RawTable:
    """A table from a sheet's cells, trimmed to what is filled (or spoilt) and made rectangular."""
    height = max((row for row, _ in spoilt), default=-1) + 1
    for row in range(len(cells), height, -1):
        if any(value is not None for value in cells[row - 1]):
            height = row
            break
    width = max((column for _, column in spoilt), default=-1) + 1
    for values in cells[:height]:
        while len(values) > width and values[-1] is None:
            values.pop()
        width = max(width, len(values))
    padded = [tuple(values) + (None,) * (width - len(values)) for values in cells[:height]]
    padded += [(None,) * width] * (height - len(padded))
    return RawTable(name, normalise(name), padded[0] if padded else (), tuple(padded[1:]), file, spoilt)
