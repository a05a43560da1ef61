"""What must be known of an .xlsx file before the fast reader may see it.

The fast reader (calamine) takes a formula without a stored value and an error value for an empty cell, and
one stray cell far out makes it ask for more memory than there is and end the whole process. So the sheets' XML
is streamed first, with limits on sizes and extents. This is also the guard against hostile files: zip bombs,
document type declarations (entities), archives that are no workbook.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import python_calamine

from planner.workbook.table import Position, cell_name

MAXIMUM_FILE_BYTES = 400 * 2**20
MAXIMUM_MEMBER_BYTES = 600 * 2**20  # uncompressed
MAXIMUM_TOTAL_BYTES = 1200 * 2**20
SUSPICIOUS_RATIO = 300  # uncompressed ÷ compressed, asked of large members only
SUSPICIOUS_BYTES = 16 * 2**20
MAXIMUM_MEMBERS = 5000
ROOMY_AREA = 2_000_000  # rows × columns that any sheet may span
MOST_SPOILT = 2_000_000  # cells of a table inside merged ranges
MAXIMUM_AREA = 30_000_000  # … and the densest one
SPARSENESS = 20  # a larger sheet may span so many places for each cell that it holds

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_CHUNK = 2**18


class UnreadableError(Exception):
    """The file is not a workbook that can be read; the message says why, in the user's words."""


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


@dataclass(slots=True)
class SheetFindings:
    name: str
    marks: list[Mark] = field(default_factory=list)

    def touching(self, height: int, width: int, notes: Iterable[int]) -> list[Mark]:
        """The marks that matter to a table of this extent: not in its note columns, merged cells only inside it.

        A merged range is cut to the table.
        """
        ignored = set(notes)
        relevant = []
        for mark in self.marks:
            if not mark.merged:
                if mark.column not in ignored:
                    relevant.append(mark)
                continue
            last_row, last_column = min(mark.last_row, height - 1), min(mark.last_column, width - 1)
            if mark.row <= last_row and set(range(mark.column, last_column + 1)) - ignored:
                relevant.append(Mark(mark.row, mark.column, mark.problem, last_row, last_column, True))
        return relevant


def inspect_workbook(content: bytes) -> list[SheetFindings]:
    """The worksheets of a workbook in order, each with the cells that cannot be trusted.

    Raises UnreadableError where the file is no .xlsx workbook, is damaged, encrypted or too large.
    """
    _check_kind(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive, len(content))
            return _inspect_archive(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, KeyError) as error:
        raise UnreadableError(f"is damaged and cannot be read as a workbook ({_first_line(error)})") from error


def load_cells(content: bytes, names: list[str]) -> dict[str, list[list[Any]]]:
    """All cells of the named sheets by name, from row 1 and column A; blank cells are empty text."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except Exception as error:
        raise UnreadableError(f"cannot be read as a workbook ({_first_line(error)})") from error
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError("is damaged and cannot be read as a workbook") from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _check_kind(content: bytes) -> None:
    if not content:
        raise UnreadableError("is empty")
    if len(content) > MAXIMUM_FILE_BYTES:
        raise UnreadableError(f"is larger than {MAXIMUM_FILE_BYTES // 2**20} MiB")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("is password-protected or an old .xls file; save it as .xlsx without a password")
    if not content.startswith(b"PK"):
        raise UnreadableError("is not an Excel workbook (.xlsx); expected a workbook or a folder of CSV files")


def _check_sizes(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    if len(members) > MAXIMUM_MEMBERS or total > MAXIMUM_TOTAL_BYTES:
        raise UnreadableError(f"would unpack to {total // 2**20} MiB in {len(members)} parts, which is too large")
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableError("is password-protected; save it without a password")
        huge = member.file_size > MAXIMUM_MEMBER_BYTES
        dense = member.file_size > SUSPICIOUS_BYTES and member.file_size > SUSPICIOUS_RATIO * max(
            member.compress_size, 1
        )
        if huge or dense:
            raise UnreadableError(
                f"its part {member.filename} would unpack from {member.compress_size // 2**10} KiB "
                f"to {member.file_size // 2**20} MiB, which is refused"
            )
    if sum(member.compress_size for member in members) > size:
        raise UnreadableError("is damaged: its parts overlap")


def _inspect_archive(archive: zipfile.ZipFile) -> list[SheetFindings]:
    members = {name.lower(): name for name in archive.namelist()}
    workbook = members.get("xl/workbook.xml")
    relations = members.get("xl/_rels/workbook.xml.rels")
    if workbook is None or relations is None:
        raise UnreadableError("is a zip archive but not an Excel workbook (.xlsx)")
    for part in ("xl/sharedstrings.xml", "xl/styles.xml"):
        if part in members:
            _parse(archive, members[part], _parser())
    targets = _relations(archive, relations)
    findings = []
    for name, identifier in _sheet_names(archive, workbook):
        kind, target = targets.get(identifier, ("", ""))
        if not kind.endswith("/worksheet"):
            continue  # a chart or macro sheet holds no table
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        sheet_part = members.get(path.lower())
        if sheet_part is None:
            raise UnreadableError(f"is damaged: the sheet {name} is missing from it")
        findings.append(_inspect_sheet(archive, sheet_part, name))
    return findings


def _parser() -> Any:
    """An XML parser that refuses document types, and with them entities; names come without prefix by `_local`."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise UnreadableError("holds a document type declaration, which is refused")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _parse(archive: zipfile.ZipFile, part: str, parser: Any) -> None:
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableError(f"is damaged: its part {part} is not well-formed ({error})") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))

    parser = _parser()
    parser.StartElementHandler = start
    _parse(archive, part, parser)
    return found


def _sheet_names(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            identifier = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            found.append((attributes.get("name", ""), identifier))

    parser = _parser()
    parser.StartElementHandler = start
    _parse(archive, part, parser)
    return found


def _position(reference: str) -> Position:
    found = _REFERENCE.match(reference)
    if not found:
        raise UnreadableError(f"is damaged: {reference!r} is not a cell")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)) - 1, column - 1


class _SheetScan:
    """Streams one sheet. Only starts of elements are handled, and text only inside formula and error cells."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.marks: list[Mark] = []
        self.cells = 0
        self.rows = 0  # those filled, as far as they come in order
        self.row = -1
        self.column = -1
        self.kind = ""
        self.formula = False  # the open cell holds a formula
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
            if self.watched:
                self.parser.CharacterDataHandler = self._text
        elif name == "c":
            if self.watched:
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
            self.start(_local(name), attributes)

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
        self.parser.CharacterDataHandler = None
        self.value = ""
        self.formula = self.watched = False
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


class StrayCellError(UnreadableError):
    """Cells so far from the others that the sheet cannot be held; `cells` names the outermost."""

    def __init__(self, sheet: str, cells: list[str]) -> None:
        self.sheet = sheet
        self.cells = cells
        super().__init__(f"the sheet {sheet} reaches out to {' and '.join(cells)}")


def _inspect_sheet(archive: zipfile.ZipFile, part: str, name: str) -> SheetFindings:
    parser = _parser()
    parser.ordered_attributes = True
    scan = _SheetScan(parser)
    parser.StartElementHandler = scan.start
    try:
        _parse(archive, part, parser)
    except ValueError as error:
        raise UnreadableError(f"is damaged: the sheet {name} names a cell that does not exist") from error
    scan.finish(name)
    return SheetFindings(name, scan.marks)
