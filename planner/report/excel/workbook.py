"""plan.xlsx: the result tables for people, with a summary in front."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from io import BytesIO
from math import ceil
from pathlib import Path
from textwrap import wrap
from typing import Protocol

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooter, HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from planner.report.data.report_data import ReportData
from planner.report.excel.matrices import matrix_sheets
from planner.report.excel.pen import FONT, cell_at, clean, put_text
from planner.report.excel.sheets import DATES, FIRST, Sheet, SheetColumn, result_sheets, view_sheets
from planner.report.excel.stream import StreamedColumn, save_with_rows
from planner.report.excel.summary_sheet import write_summary
from planner.report.words.numbers import number

HEADING_ROW = 2
TABLE_STYLE = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[rRcC][0-9]*(?:[cC][0-9]*)?|[0-9].*")
MOST_PRINTED = 100  # rows of a table
WIDEST, NARROWEST, ROWS_MEASURED = 72, 9, 2_000
HEADING_WIDTH, BUTTON, LINE = 24, 5, 15.0  # letters in a line of a heading, room for the button of its filter; points
NUMBER_WIDTH, LONG_HEADING = 16, 48  # letters in a line of a heading above numbers, in one that gets more of them
PAGE_WIDTH = 320.0  # letters that a printed page has room for, at half their size
CAPITAL = 0.25  # by how much a capital is wider than other letters
HEADER_LENGTH = 80  # Excel refuses headers and footers of more than 255 characters in all
DARK = "1B2733"


class Titled(Protocol):
    """What a workbook is about."""

    @property
    def title(self) -> str:
        """The title of the workbook."""

    @property
    def marking(self) -> str:
        """The marking on every sheet; blank: none."""


def write_workbook(data: ReportData, path: Path) -> None:
    """Write plan.xlsx of a plan to `path`.

    Tables longer than `sheets.MOST_ROWS` are cut, and the workbook says so. Names of the input that look like
    formulas stay text. Raises OSError if the file cannot be written, UsageError if the run names an unknown model.
    """
    sheets = read_sheets(data)
    book = Workbook()
    front = book.worksheets[0]
    write_summary(front, data, sheets)
    set_up_page(front, data)
    save_book(book, sheets, data, path)


def read_sheets(data: ReportData) -> list[Sheet]:
    """Those that people use first, then the report's views, then the other result tables."""
    views, results = view_sheets(data), result_sheets(data)
    sheets = {sheet.name: sheet for sheet in (*matrix_sheets(data), *views, *results)}
    return [*(sheets[name] for name in FIRST if name in sheets), *(s for s in sheets.values() if s.name not in FIRST)]


def save_book(book: Workbook, sheets: Sequence[Sheet], about: Titled, path: Path) -> None:
    """Add data sheets behind those that `book` has, and save it to `path`."""
    book.properties.creator = "planner"
    book.properties.title = clean(about.title)
    front = len(book.worksheets)
    rows: dict[str, tuple[int, list[StreamedColumn]]] = {}
    for index, sheet in enumerate(sheets, start=front + 1):
        page = book.create_sheet(sheet.name)
        _write_headings(page, sheet, about)
        set_up_page(page, about, _limited_printing(page, sheet))
        page.print_title_rows = f"1:{HEADING_ROW}"
        _spread(page)
        if sheet.shown:
            wraps = [_overflows(column) for column in sheet.columns]
            columns = [_streamed(page, *each, any(wraps)) for each in zip(sheet.columns, wraps, strict=True)]
            rows[f"xl/worksheets/sheet{index}.xml"] = HEADING_ROW + 1, columns
    saved = BytesIO()
    book.save(saved)
    save_with_rows(saved, path, rows)


def _write_headings(page: Worksheet, sheet: Sheet, about: Titled) -> None:
    """Title, caveat and headings; frozen, with filters, columns as wide as what they hold."""
    put_text(cell_at(page, 1, 1), " – ".join(part for part in (sheet.title, sheet.note, about.marking) if part))
    page["A1"].font = Font(FONT, 13, bold=True, color=DARK)
    page.row_dimensions[1].height = 22
    dressed: dict[str, Cell] = {}  # the first heading of each side, whose style the others share
    headings, lines = _headings(sheet.columns), 1
    for index, column in enumerate(sheet.columns, start=1):
        cell = cell_at(page, HEADING_ROW, index)
        side = "right" if column.number_format else "left"
        if side in dressed:
            # A style of its own costs ten times as much.
            cell._style = copy(dressed[side]._style)  # type: ignore[attr-defined]
        else:
            _dress_heading(cell, side)
            dressed[side] = cell
        put_text(cell, headings[index - 1])
        if column.note:
            cell.comment = Comment(column.note, "planner", width=260, height=70)
        wide = page.column_dimensions[get_column_letter(index)].width = _width(column)
        lines = max(
            lines, ceil((_letters(headings[index - 1]) + BUTTON) / wide), len(wrap(headings[index - 1], int(wide) - 1))
        )
    page.row_dimensions[HEADING_ROW].height = LINE * lines + 3
    page.freeze_panes = f"A{HEADING_ROW + 1}"
    _add_table(page, sheet, headings)


def _add_table(page: Worksheet, sheet: Sheet, headings: Sequence[str]) -> None:
    """Make an Excel table of the headings and of the rows that are put below them later.

    Its columns are named here: openpyxl would look for their names in a cell for each row.
    """
    last = get_column_letter(len(headings))
    ref = f"A{HEADING_ROW}:{last}{HEADING_ROW + max(sheet.shown, 1)}"
    name = re.sub(r"\W", "_", sheet.name)
    table = Table(displayName=f"{name}_" if _LIKE_A_CELL.fullmatch(name) else name, ref=ref)
    table.tableColumns = [TableColumn(id=index, name=heading) for index, heading in enumerate(headings, start=1)]
    table.autoFilter = AutoFilter(ref=ref)
    table.tableStyleInfo = TABLE_STYLE
    page.add_table(table)


def _headings(columns: Sequence[SheetColumn]) -> list[str]:
    """The headings, each once whatever its case, as an Excel table asks."""
    headings: dict[str, str] = {}
    for index, column in enumerate(columns, start=1):
        heading = clean(column.heading).strip() or f"Column {index}"
        while heading.casefold() in headings:
            heading += f" ({index})"
        headings[heading.casefold()] = heading
    return list(headings.values())


def _dress_heading(cell: Cell, side: str) -> None:
    cell.font = Font(FONT, 11, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", start_color=DARK)
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True, indent=int(side == "left"))
    cell.border = Border(right=Side("thin", color="FFFFFF"))


def _limited_printing(page: Worksheet, sheet: Sheet) -> str:
    """Only the first rows of a long table are printed, until its print area is cleared: what the footer says of it."""
    if sheet.shown <= MOST_PRINTED:
        return ""
    page.print_area = f"A1:{get_column_letter(len(sheet.columns))}{HEADING_ROW + MOST_PRINTED}"
    return f"The first {MOST_PRINTED} rows of {number(sheet.shown)}; clear the print area to print all"


def _spread(page: Worksheet) -> None:
    """A sheet too wide to be read on one page is printed on several, each with the first column,
    all parts of its rows before further rows.
    """
    wide = sum(column.width for column in page.column_dimensions.values())
    if wide > PAGE_WIDTH:
        page.page_setup.fitToWidth = ceil(wide / PAGE_WIDTH)
        page.page_setup.pageOrder = "overThenDown"  # the parts of a row follow each other
        page.print_title_cols = "A:A"


def _letters(text: str) -> float:
    """How wide a text is, in letters of codes and words: capitals are wider."""
    return len(text) + CAPITAL * sum(map(str.isupper, text))


def _width(column: SheetColumn) -> float:
    values = column.values.iloc[:ROWS_MEASURED]
    if column.number_format in DATES.values():
        longest = len(column.number_format)
    elif column.number_format:
        largest = float(np.fmax.reduce(np.abs(values.to_numpy(dtype=float)), initial=0.0))
        decimals = sum(one in "0#" for one in column.number_format.partition('"')[0].partition(".")[2])
        spelled = f"{largest:,.{decimals}f}"
        longest = len(spelled) + len(column.number_format.partition('"')[2]) + 1
    else:
        longest = _longest(values)
    most = NUMBER_WIDTH if column.number_format and len(column.heading) <= LONG_HEADING else HEADING_WIDTH
    return float(min(max(longest + 2, min(len(column.heading) + BUTTON, most), NARROWEST), WIDEST))


def _longest(values: pd.Series) -> int:
    """Of texts, in letters of codes and words."""
    return ceil(max((_letters(str(name)) for name in pd.factorize(values)[1]), default=0.0))


def _overflows(column: SheetColumn) -> bool:
    """Has it texts longer than any column is wide?

    They break over lines, else a printed page shrinks to their length.
    """
    return not column.number_format and _longest(column.values.iloc[:ROWS_MEASURED]) > WIDEST


def _streamed(page: Worksheet, column: SheetColumn, wraps: bool, is_tall: bool) -> StreamedColumn:
    """`wraps`: its texts break over lines; `is_tall`: those of some column of the sheet do."""
    plain, quoted = WriteOnlyCell(page), WriteOnlyCell(page)
    vertical = "top" if is_tall else None
    if column.number_format:
        plain.number_format = column.number_format
        plain.alignment = Alignment(vertical=vertical)
    else:
        plain.alignment = quoted.alignment = Alignment(horizontal="left", indent=1, wrap_text=wraps, vertical=vertical)
    quoted.quotePrefix = True
    return StreamedColumn(column.values, plain.style_id, quoted.style_id, is_text=not column.number_format)


def set_up_page(page: Worksheet, about: Titled, said: str = "") -> None:
    """Landscape A4, as wide as the page, the caveat above and below, page numbers; `said` in place of the title."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    caveat = clean(about.marking)[:HEADER_LENGTH].replace("&", "&&")
    title = clean(said or about.title)[:HEADER_LENGTH].replace("&", "&&")
    head = HeaderFooterItem(center=_HeaderFooterPart(text=caveat or None))
    foot = HeaderFooterItem(
        left=_HeaderFooterPart(text=title),
        center=_HeaderFooterPart(text=caveat or None),
        right=_HeaderFooterPart(text="&A, page &P of &N"),
    )
    page.HeaderFooter = HeaderFooter(oddHeader=head, oddFooter=foot)
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top = page.page_margins.bottom = 0.75
    page.page_margins.header = page.page_margins.footer = 0.3
    page.sheet_view.zoomScale = 100
