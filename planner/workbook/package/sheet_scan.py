"""Streams the XML of one sheet: its extent, the cells whose content cannot be trusted, and what readers read
differently.

Every element of the cells must stand where the format has it, once and in order; else the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from planner.workbook.package.parts import MAIN, root_prefix
from planner.workbook.package.unreadable import CellsError, DoubtfulError, UnreadableError, doubtful_cell
from planner.workbook.reading.table import CellPosition, cell_name

ROOMY_AREA = 2_000_000  # rows × columns that any sheet may span
MAXIMUM_AREA = 30_000_000  # … and the densest one
SPARSENESS = 20  # a larger sheet may span so many places for each cell that it holds
MOST_MERGED = 20_000  # merged ranges of a sheet
MAXIMUM_ROWS, MAXIMUM_COLUMNS = 1_048_576, 16_384

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_DIGITS = re.compile(r"[0-9]+\Z").match
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z").match
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)\Z", re.IGNORECASE).match
_OTHER_FILE = re.compile(r"(?<![\w\]])'?\[[0-9]+\][^\[\]]*!").search  # [1]Sheet1!A1, '[1]My sheet'!A1
_QUOTED = re.compile(r'"[^"]*"')  # a text inside a formula
_LEAN = frozenset({("r",), ("r", "s"), ("r", "t"), ("r", "s", "t")})  # attributes of an ordinary cell, in order
_CELL_ATTRIBUTES = frozenset({"r", "s", "t", "cm", "vm", "ph"})
_KINDS = frozenset({"", "b", "d", "e", "inlineStr", "n", "s", "str"})
_DATA = frozenset({"sheetData", "row", "c", "v", "f", "is"})
# What a text may hold: plain text once, or runs of formatted text; readings of it (rPh) are no part of it.
_IN_TEXT = {
    "is": {"t", "r", "rPh", "phoneticPr"},
    "si": {"t", "r", "rPh", "phoneticPr"},
    "r": {"rPr", "t"},
    "rPh": {"t"},
    "t": set[str](),
    "v": set[str](),
    "f": set[str](),
}


@dataclass(frozen=True, slots=True)
class CellMark:
    """A cell (or merged range) whose content cannot be trusted; rows and columns of the sheet from 0."""

    row: int
    column: int
    problem: str
    last_row: int
    last_column: int
    merged: bool = False

    @property
    def size(self) -> int:
        """The number of cells."""
        return (self.last_row - self.row + 1) * (self.last_column - self.column + 1)

    @property
    def positions(self) -> Iterator[CellPosition]:
        """(row, column) of each cell, from 0."""
        for row in range(self.row, self.last_row + 1):
            for column in range(self.column, self.last_column + 1):
                yield row, column


class PartScan:
    """What scans of a sheet and of the shared texts have in common: open elements, and where texts may stand."""

    def __init__(self, parser: Any, part: str, root: str) -> None:
        """Handlers of `parser` are set; `root` is the outermost element that the part must have."""
        self.part, self.root = part, root
        self.prefix: str | None = None
        self.open: list[str] = []
        self.value = ""
        self.texts: list[str] = []  # children of the open text that make it up
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._first
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._unusual
        parser.StartCdataSectionHandler = self._unusual
        self._parser = parser

    def start(self, name: str, attributes: list[str]) -> None:
        """An element begins. `attributes`: names and values by turns."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """An element ends."""
        raise NotImplementedError

    def refuse(self, found: str) -> NoReturn:
        """Raise DoubtfulError for what was found in the part."""
        raise DoubtfulError(f"holds {found} (its part {self.part})")

    def guarded(self) -> bool:
        """Is what now comes the content of cells or texts?"""
        return True

    def _first(self, name: str, attributes: list[str]) -> None:
        """The outermost element says which prefix the others have."""
        stated = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self.prefix = root_prefix(self.part, name, stated, self.root)
        self.open.append(self.root)
        if self.prefix:
            self._parser.StartElementHandler = self._with_prefix
            self._parser.EndElementHandler = lambda name: self.end(self._plain(name))
        else:
            self._parser.StartElementHandler = self.start

    def _plain(self, name: str) -> str:
        """Without the prefix of this part; what has none is of some other namespace."""
        assert self.prefix is not None
        return name.removeprefix(self.prefix) if name.startswith(self.prefix) else f":{name}"

    def _with_prefix(self, name: str, attributes: list[str]) -> None:
        self.start(self._plain(name), attributes)

    def _text(self, text: str) -> None:
        self.value += text

    def _unusual(self, *_: object) -> None:
        if self.open and self.guarded():
            self.refuse("a comment, an instruction or raw text among its cells")

    def check_names(self, attributes: list[str]) -> None:
        """No element gives the prefix of this part another meaning."""
        declaration = f"xmlns:{self.prefix[:-1]}" if self.prefix else "xmlns"
        if declaration in attributes[::2] and attributes[attributes.index(declaration) + 1] != MAIN:
            self.refuse("elements of another kind under the names of its own")

    def enter_text(self, parent: str, name: str, attributes: list[str]) -> None:
        """An element inside a text."""
        allowed = _IN_TEXT.get(parent)
        if allowed is not None:
            twice = parent in ("is", "si", "r") and name == "t" and "t" in self.texts[-1:]
            mixed = parent in ("is", "si") and name in ("t", "r") and self.texts and name not in self.texts
            if name not in allowed or twice or mixed:
                self.refuse(f"<{name}> in <{parent}>")
            if parent in ("is", "si") and name in ("t", "r"):
                self.texts.append(name)
        if attributes:
            self.check_names(attributes)


class TextScan(PartScan):
    """Streams the texts that all sheets share, and counts them."""

    def __init__(self, parser: Any, part: str) -> None:
        super().__init__(parser, part, "sst")
        self.count = 0

    def start(self, name: str, attributes: list[str]) -> None:
        """A text, or an element of one, begins."""
        parent = self.open[-1]
        if name == "si":
            if parent != "sst":
                self.refuse("a text in an unusual place")
            self.texts.clear()
        elif parent != "sst":
            self.enter_text(parent, name, attributes)
        self.open.append(name)

    def end(self, name: str) -> None:
        """An element ends; a text must have content."""
        self.open.pop()
        if name == "si":
            self.count += 1
            if not self.texts:
                self.refuse(f"a text without content, number {self.count}")


class SheetScan(PartScan):
    """Streams one sheet. `texts` and `styles`: how many the workbook has, to which cells refer by number."""

    def __init__(self, parser: Any, part: str, sheet: str, texts: int, styles: int) -> None:
        super().__init__(parser, part, "worksheet")
        self.sheet, self.text_count, self.style_count = sheet, texts, styles
        self.marks: list[CellMark] = []
        self.hidden: set[int] = set()  # rows that a spreadsheet program does not show
        self.hidden_columns: list[range] = []
        self.cells = 0
        self.rows = 0  # those filled, as far as they come in order
        self.row = self.column = -1
        self.kind = ""
        self.content: list[str] = []  # what the open cell holds: f, v, is
        self.formula = ""
        self.row_text, self.row_length = "", 0
        self.far_row = (-1, "")
        self.far_column = (-1, "")
        self.columns: dict[str, int] = {}
        self.styles: set[str] = set()
        self.merged = 0
        self.data = 0  # how many times the cells began

    def refuse(self, found: str) -> NoReturn:
        """Raise DoubtfulError for what was found, with the cell where there is one."""
        if self.guarded() and self.row >= 0:
            raise doubtful_cell(self.sheet, cell_name(self.row, max(self.column, 0)), found)
        raise DoubtfulError(f"holds {found} (the sheet {self.sheet}, its part {self.part})")

    def guarded(self) -> bool:
        """Is the scan among the cells?"""
        return len(self.open) > 1 and self.open[1] == "sheetData"

    def start(self, name: str, attributes: list[str]) -> None:
        """One call for each element: the lean path is that of cells, `<c r="B7" s="1" t="s">`, and values."""
        parent = self.open[-1]
        if name == "c" and parent == "row":
            self._cell(attributes)
        elif name == "v" and parent == "c":
            if (
                self.content not in ([], ["f"])
                or self.kind == "inlineStr"
                or (attributes and attributes[0] != "xml:space")
            ):
                self.refuse("two values in one cell")
            self.content.append(name)
            self.value = ""
        elif name == "row" and parent == "sheetData":
            self._row(attributes)
        elif parent in _IN_TEXT or (parent == "c" and name in ("f", "is")):
            self._within(parent, name, attributes)
        elif self.guarded():
            if parent in _DATA:
                self.refuse(f"<{name}> in <{parent}>")
        else:
            self._outside(name, attributes)
        self.open.append(name)

    def _within(self, parent: str, name: str, attributes: list[str]) -> None:
        if parent == "c":
            if self.content or (name == "is" and self.kind != "inlineStr"):
                self.refuse(f"<{name}> after or beside another value" if self.content else "a text of another kind")
            self.content.append(name)
            self.value = ""
            self.texts.clear()
            if attributes:
                self.check_names(attributes)
        elif self.guarded():
            self.enter_text(parent, name, attributes)

    def _outside(self, name: str, attributes: list[str]) -> None:
        """An element that is none of the cells."""
        if name == "sheetData":
            self.data += 1
        if name in _DATA and (name != "sheetData" or len(self.open) > 1 or self.data > 1):
            self.refuse(f"cells in an unusual place (<{name}>)")
        if name == "mergeCell":
            self._merged(dict(zip(attributes[::2], attributes[1::2], strict=True)).get("ref", ""))
        if name == "col":
            self._columns(dict(zip(attributes[::2], attributes[1::2], strict=True)))
        self.check_names(attributes)

    def _columns(self, stated: Mapping[str, str]) -> None:
        """How columns look, from `min` to `max`."""
        first, last = stated.get("min", ""), stated.get("max", "")
        if stated.get("hidden", "0") not in ("0", "false") and _DIGITS(first) and _DIGITS(last):
            self.hidden_columns.append(range(int(first) - 1, int(last)))

    def end(self, name: str) -> None:
        """An element ends: a value or a formula, a cell, a row."""
        self.open.pop()
        if name == "v":
            if self.open[-1] == "c":
                self._valued()
        elif name == "c":
            if self.content or self.kind:
                self._close()
        elif name == "f" and self.open[-1] == "c":
            self.formula, self.value = self.value, ""
        elif name == "is" and self.open[-1] == "c":
            self._filled()

    def _row(self, attributes: list[str]) -> None:
        stated = dict(zip(attributes[::2], attributes[1::2], strict=True))
        number_text = stated.get("r", "")
        if not _DIGITS(number_text) or not self.row + 1 < int(number_text) <= MAXIMUM_ROWS or number_text[0] == "0":
            self.column = -1
            self.refuse(
                f"the row {number_text} after the row {self.row + 1}" if number_text else "a row without its number"
            )
        self.check_names(attributes)
        self.row, self.column = int(number_text) - 1, -1
        self.row_text, self.row_length = number_text, len(number_text)
        if stated.get("hidden", "0") not in ("0", "false"):
            self.hidden.add(self.row)

    def _cell(self, attributes: list[str]) -> None:
        keys = tuple(attributes[::2])
        if keys not in _LEAN:
            attributes = self._unusual_cell(keys, attributes)
        reference = attributes[1]
        cut = len(reference) - self.row_length
        column = self.columns.get(reference[:cut]) if reference[cut:] == self.row_text else None
        if column is None:
            column = self._placed(reference)
        if column <= self.column:
            self.refuse(f"the cell {reference} after it")
        self.column = column
        self.kind = attributes[-1] if attributes[-2] == "t" else ""
        if self.kind not in _KINDS:
            self.refuse(f"a value of the unknown kind {self.kind!r}")
        if len(attributes) > 2 and attributes[2] == "s" and attributes[3] not in self.styles:
            self._styled(attributes[3])

    def _unusual_cell(self, keys: tuple[str, ...], attributes: list[str]) -> list[str]:
        """The attributes in the usual order, without those that say nothing about the value."""
        stated = dict(zip(keys, attributes[1::2], strict=True))
        if "r" not in stated or not _CELL_ATTRIBUTES.issuperset(stated):
            self.column += 1
            self.refuse("a cell without its place" if "r" not in stated else f"a cell with {', '.join(keys)}")
        return [text for key in ("r", "s", "t") if key in stated for text in (key, stated[key])]

    def _placed(self, reference: str) -> int:
        """The column of a cell by its reference; columns met before are remembered."""
        row, column = self._position(reference)
        if row != self.row:
            self.refuse(f"the cell {reference} in the row {self.row + 1}")
        self.columns[reference.rstrip("0123456789")] = column
        return column

    def _position(self, reference: str) -> CellPosition:
        match = _REFERENCE.match(reference)
        column = 0
        for letter in match.group(1) if match else "":
            column = column * 26 + ord(letter) - 64
        if not match or column > MAXIMUM_COLUMNS or int(match.group(2)) > MAXIMUM_ROWS:
            raise DoubtfulError(f"names the cell {reference!r}, which does not exist (the sheet {self.sheet})")
        return int(match.group(2)) - 1, column - 1

    def _styled(self, style: str) -> None:
        if not _DIGITS(style) or int(style) >= self.style_count:
            self.refuse(f"a format of the number {style}, of {self.style_count}")
        self.styles.add(style)

    def _filled(self) -> None:
        """Cells that are only formatted count for nothing."""
        self.cells += 1
        if self.column > self.far_column[0] or self.row > self.far_row[0]:
            self._reach()

    def _reach(self) -> None:
        """Remembers the outermost cells that are filled."""
        if self.column > self.far_column[0]:
            self.far_column = (self.column, cell_name(self.row, self.column))
        if self.row > self.far_row[0]:
            self.far_row = (self.row, cell_name(self.row, self.column))
            self.rows += 1

    def _valued(self) -> None:
        """A stored value has ended: is it one of its kind?"""
        self._filled()
        kind, value = self.kind, self.value
        if kind == "s":
            if not (_DIGITS(value) and int(value) < self.text_count):
                self.refuse(f"the text of the number {value!r}, of {self.text_count} that the workbook holds")
        elif kind in ("", "n"):
            if not _NUMBER(value) and value.strip() and not _NOT_FINITE(value):
                self.refuse(f"{value!r} where a number should be stored")
        elif kind == "b" and value not in ("0", "1"):
            self.refuse(f"{value!r} where yes (1) or no (0) should be stored")

    def _close(self) -> None:
        """The open cell ends: a formula whose value has not come is a fault; an empty text is a value."""
        if self.kind == "e":
            self._mark(f"found the error value {self.value.strip()}, expected a number or text")
        elif not self.content:
            return  # only formatted
        elif self.content[0] == "f" and self.kind != "str" and self.content[-1] != "is" and not self.value.strip():
            self._mark("found a formula without a stored value; open the workbook in a spreadsheet program and save it")
        elif self.content[-1] == "v" and self.kind in ("", "n") and (not self.value.strip() or _NOT_FINITE(self.value)):
            self._mark("found a number cell without a number (perhaps not finite); type the number again")
        elif self.formula and (other := _OTHER_FILE(_QUOTED.sub("", self.formula))):
            self._mark(
                f"found a formula that takes its value from another file ({other.group()}…), which may have changed; "
                "put the value itself here (Paste Special, Values)"
            )
        self.content, self.formula, self.value = [], "", ""

    def _mark(self, problem: str) -> None:
        self._reach()
        self.marks.append(CellMark(self.row, self.column, problem, self.row, self.column))

    def _merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = self._position(first), self._position(last or first)
        problem = f"found the merged cells {reference}; a table needs single cells"
        self.marks.append(CellMark(top, left, problem, bottom, right, True))
        self.merged += 1
        if self.merged > MOST_MERGED:
            raise UnreadableError(f"the sheet {self.sheet} has too many merged cells; a table needs single cells")

    def finish(self) -> None:
        """Raises CellsError where the cells span more than can be held."""
        area = (self.far_row[0] + 1) * (self.far_column[0] + 1)
        if area > MAXIMUM_AREA or (area > ROOMY_AREA and area > SPARSENESS * self.cells):
            problem = "found a cell far outside the table; delete its row and column"
            raise CellsError(self.sheet, self._strays(), problem)

    def _strays(self) -> list[str]:
        """The outermost cells, but not that of a direction in which the cells are dense."""
        cells = set()
        if self.far_row[0] > SPARSENESS * self.rows:
            cells.add(self.far_row[1])
        if self.far_column[0] > SPARSENESS * len(self.columns):
            cells.add(self.far_column[1])
        return sorted(cells or {self.far_row[1], self.far_column[1]})
