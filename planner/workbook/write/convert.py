"""From a folder of CSV files to the same tables as a formatted workbook.

The CSV text of a sample is the source; the workbook is made from it, always the same to the byte:

    python -m planner.workbook.write.convert inputs/coalition inputs/coalition.xlsx    one folder
    python -m planner.workbook.write.convert inputs                                    every folder in inputs
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from math import ceil, isfinite
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.errors import Fault, InputError, UsageError
from planner.workbook.reading.table import is_note_column, normalise
from planner.workbook.schema import TABLES, Table
from planner.workbook.write.saving import content_of

NUMBER_KINDS = ("number", "integer")
HEADER_FILL = PatternFill("solid", fgColor="1F3864")
HEADER_FONT = Font(bold=True, color="FFFFFF")
NOTE_FONT = Font(italic=True, color="595959")
WIDEST_COLUMN = 60  # characters
LINE_HEIGHT = 15  # points
LONGEST_TITLE = 31  # characters that Excel allows in the name of a sheet
FIXED_MOMENT = b"2000-01-01T00:00:00Z"  # openpyxl stamps the moment of writing
FIXED_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)

TextRows = list[list[str]]


def write_workbook(folder: Path, path: Path) -> None:
    """Write the CSV files of `folder` as one workbook at `path`, tables in the order of the contract.

    Raises InputError where the folder or a file cannot be read as CSV.
    """
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        raise InputError([Fault(str(folder), "found no CSV files here; expected a folder with one CSV file per table")])
    write_sheets({file.stem: _read_rows(file) for file in files}, path)


def write_sheets(sheets: Mapping[str, TextRows], path: Path) -> None:
    """Write sheets of CSV text (name → header and rows) as one workbook at `path`, in the order of the contract.

    Number columns (by the schema) become numbers, everything else stays the text it is. The same text
    always gives the same bytes. Raises InputError where a text is none that a workbook can hold.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, table, rows in _in_order(sheets):
        try:
            _fill_sheet(book.create_sheet(title), table, rows)
        except IllegalCharacterError as error:
            fault = Fault(title, f"found {str(error)!r}: a control character that no workbook can hold", sheet=title)
            raise InputError([fault]) from error
    path.write_bytes(_without_moment(content_of(book)))


def _in_order(sheets: Mapping[str, TextRows]) -> Iterator[tuple[str, Table | None, TextRows]]:
    """Sheet title, table of the contract (None: notes) and rows of each sheet, in the order of sheets."""
    order = {normalise(table.name): place for place, table in enumerate(TABLES)}
    for name in sorted(sheets, key=lambda name: (order.get(normalise(name), len(order)), name)):
        place = order.get(normalise(name))
        table = None if place is None else TABLES[place]
        yield (table.name if table else name)[:LONGEST_TITLE], table, sheets[name]


def _read_rows(file: Path) -> TextRows:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        fault = Fault(file.name, f"is not a comma-separated file in UTF-8 ({error})", sheet=file.stem)
        raise InputError([fault]) from error


def _fill_sheet(sheet: Worksheet, table: Table | None, rows: TextRows) -> None:
    headers = rows[0] if rows else []
    numeric = {index for index, header in enumerate(headers) if _holds_numbers(table, header)}
    typed = {index for index, header in enumerate(headers) if table is not None and _is_kept(table, header)}
    for row_number, row in enumerate(rows, start=1):
        for index, text in enumerate(row):
            if text:
                cell = sheet.cell(row_number, index + 1)
                _put(cell, text, row_number > 1 and index in numeric and not (index in typed and _is_padded(text)))
                _format(cell, row_number, headers[index] if index < len(headers) else "", table is None)
    sheet.freeze_panes = "A2"
    if headers:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{max(len(rows), 1)}"
    for index in range(len(headers)):
        widest = max(len(row[index]) for row in rows if index < len(row))
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(widest + 3, WIDEST_COLUMN)
    if table is None:
        _fit_heights(sheet, rows)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _fit_heights(sheet: Worksheet, rows: TextRows) -> None:
    """Rows of notes as high as their longest text, wrapped: not every program works that out by itself."""
    for row_number, row in enumerate(rows, start=1):
        lines = max((ceil(len(text) / (WIDEST_COLUMN - 8)) for text in row), default=1)
        if lines > 1:
            sheet.row_dimensions[row_number].height = LINE_HEIGHT * lines


def _holds_numbers(table: Table | None, header: str) -> bool:
    """Whether cells under this header are numbers where they look like one: also values kept `as typed`,
    and the periods of a wide table."""
    if table is None or is_note_column(header):
        return False
    kinds = {normalise(column.name): column.kind for column in table.columns}
    kind = kinds.get(normalise(header))
    return kind in (*NUMBER_KINDS, "any") or (kind is None and table.wide)


def _is_kept(table: Table, header: str) -> bool:
    """Whether cells under this header may hold anything, and are kept as typed."""
    return any(column.kind == "any" and normalise(column.name) == normalise(header) for column in table.columns)


def _is_padded(text: str) -> bool:
    """`007` is a name, not 7."""
    return re.match(r"0\d", text) is not None


def _put(cell: Cell | MergedCell, text: str, numeric: bool) -> None:
    number = _number(text) if numeric else None
    if number is not None:
        cell.value = number
    else:
        cell.value = text
        cell.data_type = "s"  # a text that begins with = is no formula


def _number(text: str) -> int | float | None:
    """The number that a cell means; None where it is none (then the text is kept, for the reader to judge)."""
    if re.fullmatch(r"[+-]?\d{1,15}", text):
        return int(text)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text):
        number = float(text)
        return number if isfinite(number) else None
    return None


def _format(cell: Cell | MergedCell, row_number: int, header: str, is_note_sheet: bool) -> None:
    if row_number == 1:
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
        cell.alignment = Alignment(vertical="center")
        return
    if isinstance(cell.value, int) and abs(cell.value) >= 10_000:
        cell.number_format = "#,##0"
    elif isinstance(cell.value, float):
        cell.number_format = "#,##0.######"
    if is_note_sheet:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif is_note_column(header):
        cell.font = NOTE_FONT  # not wrapped: rows of figures stay one line high


def _without_moment(content: bytes) -> bytes:
    """The same workbook with the moment of writing replaced by a fixed one, inside and in the archive."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:\w+ [^>]*>)[^<]*(</dcterms:)", rb"\g<1>" + FIXED_MOMENT + rb"\g<2>", data)
            entry = zipfile.ZipInfo(name, FIXED_ZIP_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return target.getvalue()


def jobs(arguments: Sequence[str]) -> list[tuple[Path, Path]]:
    """Folder and workbook of each conversion that the arguments ask for.

    Two arguments: a folder and the workbook. One: a folder of tables (the workbook goes beside it), or a
    folder of such folders. Raises UsageError for anything else.
    """
    if len(arguments) == 2:
        return [(Path(arguments[0]), Path(arguments[1]))]
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        raise UsageError("expected: python -m planner.workbook.write.convert FOLDER [WORKBOOK.xlsx]")
    folder = Path(arguments[0])
    if any(folder.glob("*.csv")):
        folders = [folder]
    else:
        folders = [inner for inner in sorted(folder.iterdir()) if inner.is_dir() and any(inner.glob("*.csv"))]
    return [(inner, inner.with_name(inner.name + ".xlsx")) for inner in folders]


def main(arguments: Sequence[str]) -> int:
    """Write a workbook for each folder of CSV files. Returns the exit code: 0, 2 or 64."""
    try:
        for folder, path in jobs(arguments):
            write_workbook(folder, path)
            print(f"{folder} -> {path}")
    except (InputError, UsageError) as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
