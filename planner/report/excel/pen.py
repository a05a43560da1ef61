"""Writing downwards on a sheet for people: lines of text, headings that keep together, small tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from planner.report.excel.stream import FORMULA_STARTS

WIDTHS = (46, 19, 19, 19, 19, 19, 19)
LAST_COLUMN = "G"
FONT = "Calibri"
CHART_ROWS = 18  # how many rows a chart covers
ROW_POINTS = 15.0
PAGE_POINTS = 530.0  # rows on a printed page: A4 across, shrunk to the width of the columns
PERCENT = "0.0%"
DARK = "1B2733"


def cell_at(page: Worksheet, row: int, column: int) -> Cell:
    """A cell that can be written to. Raises TypeError for the inside of a merged range."""
    cell = page.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"{page.title}!{cell.coordinate} lies inside a merged range")
    return cell


def clean(content: str) -> str:
    """A text without what a workbook cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", content)[:32_767]


def put_text(cell: Cell, content: str) -> None:
    """Text as text, also where it looks like a formula."""
    cell.value = clean(content)
    if content.startswith(FORMULA_STARTS):
        cell.data_type = "s"
        cell.quotePrefix = True


@dataclass
class Pen:
    """Writes downwards; `row` is the next free row."""

    page: Worksheet
    row: int = 1
    page_top: int = 1  # the first row of the printed page

    def line(self, content: str, *, size: int = 11, bold: bool = False, height: float | None = None) -> None:
        """One text over all columns, wrapped."""
        cell = cell_at(self.page, self.row, 1)
        put_text(cell, content)
        cell.font = Font(FONT, bold=bold, size=size, color=DARK)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        self.page.merge_cells(f"A{self.row}:{LAST_COLUMN}{self.row}")
        rows_needed = -(-len(content) * size // (11 * sum(WIDTHS)))
        self.page.row_dimensions[self.row].height = height or 1.45 * size * max(rows_needed, 1)
        self.row += 1

    def heading(self, content: str, *, rows: int = 0, chart: bool = False) -> None:
        """A heading, on a new page where it and the `rows` and chart that follow would not fit on this one."""
        needed = ROW_POINTS * (rows + 3) + (CHART_ROWS * ROW_POINTS if chart else 0)
        used = sum(self.page.row_dimensions[row].height or ROW_POINTS for row in range(self.page_top, self.row))
        if used + needed > PAGE_POINTS and used > PAGE_POINTS / 3:
            self.page.row_breaks.append(Break(id=self.row))
            self.page_top = self.row + 1
        self.row += 1
        self.line(content, size=13, bold=True)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Any]], formats: Sequence[str]) -> tuple[int, int]:
        """A table with headings; `formats` per column, empty for text. Returns its heading's and last row.

        A last column of texts has the room to its right too.
        """
        top, is_open = self.row, not formats[-1] and len(formats) < len(WIDTHS)
        widths = (*WIDTHS[: len(formats) - 1], sum(WIDTHS[len(formats) - 1 :])) if is_open else WIDTHS
        for index, heading in enumerate(headings, start=1):
            cell = cell_at(self.page, top, index)
            put_text(cell, heading)
            cell.font = Font(FONT, 11, bold=True, color="FFFFFF")
            cell.fill = PatternFill("solid", start_color=DARK)
            side = "right" if formats[index - 1] else "left"
            indent = int(index > 1 and side == "left")
            cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True, indent=indent)
        lines = max(-(-len(heading) // (width - 3)) for heading, width in zip(headings, widths, strict=False))
        self.page.row_dimensions[top].height = ROW_POINTS * max(lines, 1)
        if is_open:
            self._widen(len(formats))
        for values in rows:
            self.row += 1
            texts = ((value, width) for value, width in zip(values, widths, strict=False) if isinstance(value, str))
            lines = max((-(-len(text) // width) for text, width in texts), default=1)
            self.page.row_dimensions[self.row].height = 15.5 * max(lines, 1)
            for index, value in enumerate(values, start=1):
                self._put(cell_at(self.page, self.row, index), value, formats[index - 1])
            if is_open:
                self._widen(len(formats))
        self.row += 1
        return top, self.row - 1

    def _widen(self, column: int) -> None:
        """Let a cell of this row reach to the last column."""
        self.page.merge_cells(start_row=self.row, end_row=self.row, start_column=column, end_column=len(WIDTHS))

    def _put(self, cell: Cell, value: Any, number_format: str) -> None:
        cell.border = Border(bottom=Side("thin", color="D9DEE3"))
        if isinstance(value, str):
            put_text(cell, value)
            side, indent = ("right", 0) if number_format else ("left", int(cell.column > 1))
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=side, indent=indent)
        elif value is not None:
            cell.value = value
            cell.number_format = number_format or "General"
            cell.alignment = Alignment(vertical="top")
