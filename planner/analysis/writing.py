"""Findings as files: tables, a workbook, one offline page, a record."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from planner.analysis.findings import Findings
from planner.records.reading import write_record
from planner.report.excel.pen import DARK, FONT, cell_at, put_text
from planner.report.excel.workbook import save_book, set_up_page
from planner.report.pages.shell import environment
from planner.run.tables import write_tables

TEMPLATES = Path(__file__).with_name("templates")
WIDE = 110


def write_findings(findings: Findings, folder: Path) -> None:
    """KIND.json, KIND.html, KIND.xlsx and tables/ in `folder`."""
    write_tables({table.name: table.frame for table in findings.tables}, folder / "tables")
    _write_book(findings, folder / f"{findings.kind}.xlsx")
    (folder / f"{findings.kind}.html").write_text(page(findings), encoding="utf-8")
    write_record(findings.record, folder / f"{findings.kind}.json")


def page(findings: Findings) -> str:
    """The page as text."""
    return environment(TEMPLATES).get_template("findings.html.j2").render(findings=findings, marking=findings.marking)


def _write_book(findings: Findings, path: Path) -> None:
    book = Workbook()
    front = book.worksheets[0]
    _write_front(front, findings)
    set_up_page(front, findings)
    save_book(book, [table.sheet(findings.money.currency) for table in findings.tables], findings, path)


def _write_front(front: Worksheet, findings: Findings) -> None:
    """The headline, the facts, and what each section says."""
    front.title = "Summary"
    front.column_dimensions["A"].width = 26
    front.column_dimensions["B"].width = WIDE
    front.sheet_view.showGridLines = False
    row = 1
    for size, text in ((16, f"{findings.subject}: {findings.title}"), (12, findings.headline)):
        put_text(cell_at(front, row, 1), text)
        front.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
        front.cell(row, 1).font = Font(FONT, size, bold=True, color=DARK)
        front.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
        front.row_dimensions[row].height = 18.0 * (1 + len(text) // (WIDE if size > 12 else WIDE + 20)) * size / 12
        row += 1
    lines = [*findings.facts]
    for section in findings.sections:
        lines += [("", ""), (section.title, section.lead), *(("", point) for point in section.points)]
    lines += [("", ""), ("Sheets", "; ".join(f"{table.name}: {table.title}" for table in findings.tables))]
    for name, text in lines:
        row += 1
        put_text(cell_at(front, row, 1), name)
        put_text(cell_at(front, row, 2), text)
        front.cell(row, 1).font = Font(FONT, 11, bold=True, color=DARK)
        for column in (1, 2):
            front.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
        front.row_dimensions[row].height = 15.0 * max(1, -(-len(text) // WIDE), -(-len(name) // 24))
