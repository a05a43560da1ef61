"""What must be known of an .xlsx file before the fast reader may see it.

The fast reader (calamine) takes a formula without a stored value and an error value for an empty cell, and
one stray cell far out makes it ask for more memory than there is and end the whole process. So the sheets' XML
is streamed first, with limits on sizes and extents. This is also the guard against hostile files: zip bombs,
document type declarations (entities), archives that are no workbook.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import python_calamine

from planner.workbook.sheet_scan import Mark, SheetScan, UnreadableError

MAXIMUM_FILE_BYTES = 400 * 2**20
MAXIMUM_MEMBER_BYTES = 600 * 2**20  # uncompressed
MAXIMUM_TOTAL_BYTES = 1200 * 2**20
SUSPICIOUS_RATIO = 300  # uncompressed ÷ compressed, asked of large members only
SUSPICIOUS_BYTES = 16 * 2**20
MAXIMUM_MEMBERS = 5000
MOST_SPOILT = 2_000_000  # cells of a table inside merged ranges

_CHUNK = 2**18


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
        raise UnreadableError("is a zip archive but not an Excel workbook (.xlsx); save it as .xlsx")
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


def _ignore(_: bytes) -> None:
    pass


def _parse(archive: zipfile.ZipFile, part: str, parser: Any, look: Callable[[bytes], None] = _ignore) -> None:
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                look(chunk)
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


def _inspect_sheet(archive: zipfile.ZipFile, part: str, name: str) -> SheetFindings:
    """One pass is enough unless some value is empty, as of a number that is not finite; then every value is read."""
    hollow = _Search((b"<v/>", b"<v />", b"<v></v>"))
    scan = _scan(archive, part, name, False, hollow.look)
    if hollow.found:
        scan = _scan(archive, part, name, True, _ignore)
    scan.finish(name)
    return SheetFindings(name, scan.marks)


def _scan(
    archive: zipfile.ZipFile, part: str, name: str, every_value: bool, look: Callable[[bytes], None]
) -> SheetScan:
    parser = _parser()
    parser.ordered_attributes = True
    scan = SheetScan(parser, every_value)
    parser.StartElementHandler = scan.start
    try:
        _parse(archive, part, parser, look)
    except ValueError as error:
        raise UnreadableError(f"is damaged: the sheet {name} names a cell that does not exist") from error
    return scan


class _Search:
    """Looks for any of some byte strings in a stream of chunks."""

    def __init__(self, wanted: tuple[bytes, ...]) -> None:
        self._wanted = wanted
        self._overlap = max(map(len, wanted)) - 1
        self._tail = b""
        self.found = False

    def look(self, chunk: bytes) -> None:
        if not self.found:
            text = self._tail + chunk
            self.found = any(wanted in text for wanted in self._wanted)
            self._tail = text[-self._overlap :]
