"""What must be known of an .xlsx file before the fast reader may see it.

The fast reader (calamine) takes a formula without a stored value and an error value for an empty cell, and
one stray cell far out makes it ask for more memory than there is and end the whole process. It goes by the usual
names of parts, where other programs go by relations or content types. So the whole file is streamed first: what two
programs could read differently is refused, and what would not fit into memory, or attacks whoever parses it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import python_calamine

from planner.workbook.package.archive import Archive
from planner.workbook.package.parts import STYLES, read_package
from planner.workbook.package.sheet_scan import CellMark, SheetScan, TextScan
from planner.workbook.package.unreadable import DoubtfulError, NoWorkbookError, UnreadableError
from planner.workbook.package.xml import elements, local, new_parser, parse

MAXIMUM_FILE_BYTES = 400 * 2**20
MOST_SPOILT = 2_000_000  # cells of a table inside merged ranges


@dataclass(slots=True)
class SheetFindings:
    """What the scan of a sheet found: cells that need care, and what is hidden."""

    name: str
    marks: list[CellMark] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()  # rows of the sheet, from 0
    hidden_columns: tuple[range, ...] = ()  # from 0
    is_hidden: bool = False  # the sheet itself

    def touching(self, height: int, width: int, notes: Iterable[int]) -> list[CellMark]:
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
                relevant.append(CellMark(mark.row, mark.column, mark.problem, last_row, last_column, True))
        return relevant


def inspect_workbook(content: bytes) -> list[SheetFindings]:
    """The worksheets of a workbook in order, each with the cells that cannot be trusted.

    Raises UnreadableError where the file is no .xlsx workbook, is damaged, encrypted or too large, or where two
    programs could read it differently.
    """
    _check_kind(content)
    archive = Archive(content)
    package = read_package(archive)
    read = {*package.sheets.values(), package.texts, package.styles}
    for part in archive.members:
        if part not in read and part.lower().endswith((".xml", ".rels")):
            parse(archive, part, new_parser(part))  # nothing in it is read here, but other programs parse it
    texts = 0 if package.texts is None else _count_texts(archive, package.texts)
    styles = 1 if archive.find(STYLES) is None else 0  # what a workbook without formats shows is the format 0
    if package.styles is not None:
        styles = _count_formats(archive, package.styles)
    findings = []
    for name, part in package.sheets.items():
        parser = new_parser(part)
        scan = SheetScan(parser, part, name, texts, styles)
        parse(archive, part, parser)
        scan.finish()
        columns = tuple(scan.hidden_columns)
        findings.append(SheetFindings(name, scan.marks, frozenset(scan.hidden), columns, name in package.hidden))
    return findings


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
        raise NoWorkbookError


def _count_texts(archive: Archive, part: str) -> int:
    parser = new_parser(part)
    scan = TextScan(parser, part)
    parse(archive, part, parser)
    return scan.count


def _count_formats(archive: Archive, part: str) -> int:
    """How many formats cells may refer to; each, and each format of numbers that they name, stands there once."""
    path: list[str] = []
    seen: set[str] = set()
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        what = local(name)
        above = path[-1] if path else ""
        once = {"cellXfs": what, "numFmts": what, "numFmt": f"format {attributes.get('numFmtId')}"}.get(what)
        if once is not None and above != "dxf":
            if once in seen or above != ("numFmts" if what == "numFmt" else "styleSheet"):
                raise DoubtfulError(f"states its formats twice, or in an unusual place ({once} in its part {part})")
            seen.add(once)
        count += what == "xf" and above == "cellXfs"
        path.append(what)

    elements(archive, part, start, lambda _: path.pop())
    return count
