"""The input given back with its faults marked: coloured cells, comments, and a sheet that lists them all."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from planner.errors import Fault
from planner.workbook.reading.raw import RawTable, normalise, read_raw
from planner.workbook.schema import BY_NAME
from planner.workbook.write.saving import save

LIST = "# faults"
FILLS: Mapping[str, PatternFill] = {
    "error": PatternFill("solid", fgColor="FF9B9B"),
    "warning": PatternFill("solid", fgColor="FFE08A"),
}
HEADER_FILL = PatternFill("solid", fgColor="1F3864")
AUTHOR = "planner"
LONGEST_COMMENT = 2000  # characters
LONGEST_TITLE = 31  # characters that Excel allows in the name of a sheet


def write_faults(input_path: Path, faults: Sequence[Fault], out: Path) -> None:
    """Write the input to `out` (.xlsx) with the faults marked; a folder of CSV files becomes a workbook.

    Each cell that a fault names is coloured (errors red, warnings yellow) and has the message as a comment; the
    sheet `# faults`, which the reader ignores, lists all. Sheets, formats, drop-downs and comments of the
    input are kept. An input with faults, none of which names a cell, is not opened at all (it may be what
    cannot be read): the workbook then holds the list alone.
    """
    readable = any(fault.cell for fault in faults) or all(fault.severity != "error" for fault in faults)
    book = _opened(input_path) if readable else None
    if book is None:
        book = Workbook()
        book.remove(book.worksheets[0])
    if LIST in book.sheetnames:
        book.remove(book[LIST])
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    for (name, cell), faults_here in _by_cell(faults).items():
        if name[:LONGEST_TITLE] in sheets:
            _mark(sheets[name[:LONGEST_TITLE]], cell, faults_here)
    _fill_list(book.create_sheet(LIST, 0), faults, sheets)
    book.active = 0
    for sheet in sheets.values():
        sheet.sheet_view.tabSelected = False
    save(book, out)


def wrote(path: Path) -> bool:
    """Was this file written by `write_faults`? Its first sheet lists the faults; what cannot be read was not."""
    try:
        book = load_workbook(path, read_only=True)
    except Exception:  # whatever it is, it is somebody else's
        return False
    try:
        return book.sheetnames[:1] == [LIST]
    finally:
        book.close()


def _opened(input_path: Path) -> Workbook | None:
    """The input as a workbook that can be changed; None where it cannot be opened."""
    if input_path.is_dir():
        return _from_folder(input_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it will not keep
        try:
            return load_workbook(input_path)
        except Exception:  # a file that the reader could still make sense of, but openpyxl cannot
            return None


def _from_folder(folder: Path) -> Workbook:
    """The CSV files as sheets, cell by cell where they stand; files that are no CSV are left out."""
    raw = read_raw(folder)
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in (*raw.tables, *raw.notes):
        if table.header:
            _fill_sheet(book.create_sheet(table.name[:LONGEST_TITLE]), table)
    return book


def _fill_sheet(sheet: Worksheet, table: RawTable) -> None:
    numeric = [_holds_numbers(table, name) for name in table.header]
    for row, values in enumerate((table.header, *table.rows), start=1):
        for column, value in enumerate(values, start=1):
            if value is not None:
                number = _number(str(value)) if row > 1 and numeric[column - 1] else None
                cell = sheet.cell(row, column)
                if number is None:
                    _put_text(cell, str(value))
                else:
                    cell.value = number
    for column, name in enumerate(table.header, start=1):
        sheet.cell(1, column).font = Font(name="Calibri", bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = max(12, len(str(name or "")) + 3)
    sheet.freeze_panes = "A2"


def _holds_numbers(table: RawTable, header: object) -> bool:
    """Whether the schema wants numbers under this header; columns of periods hold them too."""
    schema = next((each for each in BY_NAME.values() if normalise(each.name) == table.key), None)
    if schema is None or header is None:
        return False
    kinds = {normalise(column.name): column.kind for column in schema.columns}
    return kinds.get(normalise(header), "number" if schema.wide else "") in ("number", "integer", "any")


def _number(text: str) -> float | int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not isfinite(number) or "_" in text:
        return None
    return int(text) if text.lstrip("+-").isdecimal() else number


def _by_cell(faults: Iterable[Fault]) -> dict[tuple[str, str], list[Fault]]:
    cells: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        if fault.sheet is not None and fault.cell is not None:
            cells.setdefault((fault.sheet, fault.cell), []).append(fault)
    return cells


def _mark(sheet: Worksheet, cell: str, faults: Sequence[Fault]) -> None:
    target = sheet[_top_left(sheet, cell)]
    worst = "error" if any(fault.severity == "error" for fault in faults) else "warning"
    target.fill = FILLS[worst]
    lines = [f"{fault.severity}: {_printable(fault.message)}" for fault in faults]
    if target.comment is not None:
        lines.append(str(target.comment.text))
    text = "\n".join(lines)[:LONGEST_COMMENT]
    height = 30 + 18 * sum(1 + len(line) // 45 for line in text.split("\n"))
    target.comment = Comment(text, AUTHOR, width=320, height=min(height, 400))


def _top_left(sheet: Worksheet, cell: str) -> str:
    """The cell itself, or the one that a merged range shows."""
    if isinstance(sheet[cell], MergedCell):
        for merged in sheet.merged_cells.ranges:
            if cell in merged:
                return f"{get_column_letter(merged.min_col)}{merged.min_row}"
    return cell


def _fill_list(sheet: Worksheet, faults: Sequence[Fault], sheets: Mapping[str, Worksheet]) -> None:
    for column, (name, width) in enumerate((("severity", 12), ("place", 36), ("message", 110)), start=1):
        head = sheet.cell(1, column, name)
        head.font = Font(name="Calibri", bold=True, color="FFFFFF")
        head.fill = HEADER_FILL
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, fault in enumerate(faults, start=2):
        severity, place, message = (sheet.cell(row, column) for column in (1, 2, 3))
        for cell, text in ((severity, fault.severity), (place, fault.where), (message, fault.message)):
            _put_text(cell, text)
        severity.fill = FILLS.get(fault.severity, FILLS["error"])
        if fault.cell is not None and fault.sheet is not None and fault.sheet[:LONGEST_TITLE] in sheets:
            quoted = fault.sheet[:LONGEST_TITLE].replace("'", "''")
            place.hyperlink = Hyperlink(ref=place.coordinate, location=f"'{quoted}'!{fault.cell}")
            place.font = Font(name="Calibri", color="0563C1", underline="single")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:C{len(faults) + 1}"
    sheet.sheet_properties.tabColor = "C00000"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put_text(cell: Cell | MergedCell, text: str) -> None:
    cell.value = _printable(text)
    cell.data_type = "s"  # a message that begins with = is no formula
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _printable(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("?", text)
