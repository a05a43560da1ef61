"""The form of a plan that people make by hand: a workbook with the tables that `planner evaluate` reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from openpyxl import Workbook

from planner.workbook.write.plan_tables import PLAN_TABLES, is_followed
from planner.workbook.write.saving import save
from planner.workbook.write.template import fill_headers, fill_notes, finish

NOTES = (
    ("How to use this workbook", ""),
    ("1", "Each sheet is a table of your plan, with the names of your planning workbook. Point at a header to read what belongs there."),
    ("2", "A sheet that you fill says everything about its subject: what it does not list is 0. A sheet without rows is completed at best: mostly stocks, scrap and payments, or all but production."),
    ("3", "In place of period and quantity, one column per period is accepted (2026-01, 2026-02 …)."),
    ("4", "Price it:   planner evaluate MY-WORKBOOK.xlsx MY-PLAN.xlsx -o outputs/my-plan"),
    ("", ""),
    ("Results", "If the plan can be carried out: a run folder of it, its distance from the optimum at every level, and what the optimum does differently. If not: every rule that it breaks, with place, period and amount."),
    ("Rounded figures", "Add --rounding 0.5 if your figures are rounded to whole units: each may then be off by half a unit."),
)  # fmt: skip


def write_plan_template(path: Path) -> None:
    """Write the empty form to `path` (.xlsx, replaced if there)."""
    book = Workbook()
    notes = book.worksheets[0]
    notes.title = "# How to"
    fill_notes(notes, NOTES)
    for table in PLAN_TABLES:
        sheet = book.create_sheet(table.name)
        # Drop-downs would need the sheets of the planning workbook.
        columns = tuple(replace(column, refers=()) for column in table.columns if not is_followed(column))
        shown = replace(table, columns=columns)
        fill_headers(sheet, shown)
        finish(sheet, shown)
    save(book, path)
