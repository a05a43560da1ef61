"""Streams the XML of one sheet: its extent, and the cells whose content cannot be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.workbook.table import Position, cell_name

ROOMY_AREA = 2_000_000  # rows × columns that any sheet may span
MAXIMUM_AREA = 30_000_000  # … and the densest one
SPARSENESS = 20  # a larger sheet may span so many places for each cell that it holds

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")


class UnreadableError(Exception):
    """The file is not a workbook that can be read; the message says why, in the user's words."""


class StrayCellError(UnreadableError):
    """Cells so far from the others that the sheet cannot be held; `cells` names the outermost."""

    def __init__(self, sheet: str, cells: list[str]) -> None:
        self.sheet = sheet
        self.cells = cells
        super().__init__(f"the sheet {sheet} reaches out to {' and '.join(cells)}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell (or merged range) whose content cannot be trusted; rows and columns of the sheet from 0."""

    row: int
    column: int
    problem: str
    last_row: int
    last_column: int
    merged: bool = False

    @property
    def size(self) -> int:
        return (self.last_row - self.row + 1) * (self.last_column - self.column + 1)

    @property
    def positions(self) -> Iterator[Position]:
        for row in range(self.row, self.last_row + 1):
            for column in range(self.column, self.last_column + 1):
                yield row, column


def _position(reference: str) -> Position:
    found = _REFERENCE.match(reference)
    if not found:
        raise UnreadableError(f"is damaged: {reference!r} is not a cell")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)) - 1, column - 1


class SheetScan:
    """Streams one sheet. Only starts of elements are handled, and text only inside formula and error cells."""

    def __init__(self, parser: Any, every_value: bool = False) -> None:
        """With `every_value`, every cell's stored value is read: slower, and finds numbers without one."""
        self.parser = parser
        self.every_value = every_value
        self.marks: list[Mark] = []
        self.cells = 0
        self.rows = 0  # those filled, as far as they come in order
        self.row = -1
        self.column = -1
        self.kind = ""
        self.formula = False  # the open cell holds a formula
        self.valued = False  # … has a stored value, perhaps an empty one
        self.watched = False  # … or an error value: its stored value is read
        self.row_text, self.row_length = "", 0
        self.value = ""  # the stored value of an open formula or error cell
        self.far_row = (-1, "")
        self.far_column = (-1, "")
        self.columns: dict[str, int] = {}

    def start(self, name: str, attributes: list[str]) -> None:
        """One call for each element: the lean path is that of cells, `<c r="B7" s="1" t="s">`, and values."""
        if name == "v" or name == "is":  # cells that are only formatted have neither and count for nothing
            self.cells += 1
            if self.column > self.far_column[0] or self.row > self.far_row[0]:
                self._reach()
            self.valued = name == "v"
            if self.watched or self.every_value:
                self.parser.CharacterDataHandler = self._text
        elif name == "c":
            if self.watched or self.every_value:
                self._close()
            if attributes and attributes[0] == "r" and (len(attributes) <= 4 or attributes[-2] == "t"):
                reference = attributes[1]
                cut = len(reference) - self.row_length
                column = self.columns.get(reference[:cut]) if reference[cut:] == self.row_text else None
                if column is None:
                    self._placed(reference)
                else:
                    self.column = column
                if attributes[-2] == "t":
                    self.kind = attributes[-1]
                    self.watched = self.kind == "e"
                else:
                    self.kind = ""
            else:
                self._unusual(attributes)
        elif name == "f":
            self.formula = self.watched = True
        elif name == "row":
            self._row(attributes)
        elif name == "mergeCell":
            self._merged(dict(zip(attributes[::2], attributes[1::2], strict=True)).get("ref", ""))
        elif ":" in name:
            self.start(name.rpartition(":")[2], attributes)

    def _row(self, attributes: list[str]) -> None:
        self._close()
        self.column = -1
        given = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("r")
        self._enter(self.row + 1 if given is None else int(given) - 1)

    def _enter(self, row: int) -> None:
        self.row = row
        self.row_text = str(row + 1)
        self.row_length = len(self.row_text)

    def _unusual(self, attributes: list[str]) -> None:
        """A cell whose attributes come in another order than spreadsheet programs write them, or without its place."""
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self.column += 1
        if "r" in given:
            self._placed(given["r"])
        self.kind = given.get("t", "")
        self.watched = self.kind == "e"

    def _placed(self, reference: str) -> None:
        """Takes the place of a cell from its reference; columns met before are remembered."""
        row, column = _position(reference)
        self.columns[reference.rstrip("0123456789")] = self.column = column
        if row != self.row:
            self._enter(row)

    def _reach(self) -> None:
        """Remembers the outermost cells that are filled."""
        if self.column > self.far_column[0]:
            self.far_column = (self.column, cell_name(self.row, self.column))
        if self.row > self.far_row[0]:
            self.far_row = (self.row, cell_name(self.row, self.column))
            self.rows += 1

    def _text(self, text: str) -> None:
        self.value += text

    def _close(self) -> None:
        """The open cell ends: a formula whose value has not come is a fault; an empty text is a value."""
        if self.kind == "e":
            self._mark(f"found the error value {self.value.strip()}, expected a number or text")
        elif self.formula and self.kind != "str" and not self.value.strip():
            self._mark("found a formula without a stored value; open the workbook in a spreadsheet program and save it")
        elif self.every_value and self.valued and self.kind in ("", "n") and not self.value.strip():
            self._mark("found a number cell without a number (perhaps not finite); type the number again")
        self.parser.CharacterDataHandler = None
        self.value = ""
        self.formula = self.watched = self.valued = False
        self.kind = ""

    def _mark(self, problem: str) -> None:
        self._reach()
        self.marks.append(Mark(self.row, self.column, problem, self.row, self.column))

    def _merged(self, reference: str) -> None:
        self._close()
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        problem = f"found the merged cells {reference}; every cell of a table stands by itself"
        self.marks.append(Mark(top, left, problem, bottom, right, True))

    def finish(self, sheet: str) -> None:
        self._close()
        area = (self.far_row[0] + 1) * (self.far_column[0] + 1)
        if area > MAXIMUM_AREA or (area > ROOMY_AREA and area > SPARSENESS * self.cells):
            raise StrayCellError(sheet, self._strays())

    def _strays(self) -> list[str]:
        """The outermost cells, but not that of a direction in which the cells are dense."""
        cells = set()
        if self.far_row[0] > SPARSENESS * self.rows:
            cells.add(self.far_row[1])
        if self.far_column[0] > SPARSENESS * len(self.columns):
            cells.add(self.far_column[1])
        return sorted(cells or {self.far_row[1], self.far_column[1]})
