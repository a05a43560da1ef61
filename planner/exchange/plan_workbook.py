"""plan.xlsx of an extract: a nation's tables for people, with the policy in front."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from planner.exchange.plan_views import PlanView
from planner.exchange.policy import DisclosurePolicy
from planner.exchange.rights import CELL
from planner.report.excel.pen import cell_at, put_text
from planner.report.excel.sheets import (
    COUNTS,
    FRACTION,
    MONEY,
    NOTES,
    PERIODS,
    PRICE,
    SHARES,
    TITLES,
    YEARS,
    Sheet,
    SheetColumn,
    heading_of,
    money_heading,
    period_column,
)
from planner.report.excel.workbook import save_book, set_up_page
from planner.run.recorded.load import SavedRun

LEVEL_WORDS = {
    "own": "its own rows",
    "all": "its own rows, and all that are no other nation's",
    "aggregate": "its own rows; those of other nations summed by item and period",
    "withhold": "its own rows",
}


@dataclass(frozen=True)
class _About:
    title: str
    marking: str


def write_plan_workbook(plan: PlanView, run: SavedRun, nation: str, policy: DisclosurePolicy, path: Path) -> None:
    """Write the tables of `plan` to `path` (.xlsx), with a first sheet that says whose view it is. Raises OSError."""
    whose = "the coordination cell" if nation == CELL else nation
    about = _About(f"{run.record.title or 'Plan'}: the view of {whose}", run.record.marking)
    sheets = [_sheet(run, name, table) for name, table in (*plan.tables.items(), *plan.sums.items()) if len(table)]
    book = Workbook()
    front = book.worksheets[0]
    front.title = "Extract"
    lines = [(about.marking, ""), (about.title, ""), ("", "")]
    lines += [(sheet.title, LEVEL_WORDS[policy.of_plan(sheet.name.removesuffix("_others"))]) for sheet in sheets]
    far = "its nation" if policy.other_end == "nation" else "abroad"
    lines += [("", ""), ("The far end of a shipment is shown as", far)]
    lines.append(("Nations that must be in a sum of others", f"at least {policy.least_nations}"))
    for row, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            if text:
                put_text(cell_at(front, row, column), text)
    front.column_dimensions["A"].width = front.column_dimensions["B"].width = 64
    set_up_page(front, about)
    save_book(book, sheets, about, path)


def _sheet(run: SavedRun, name: str, table: pd.DataFrame) -> Sheet:
    plain = name.removesuffix("_others")
    title = TITLES.get(plain, plain.replace("_", " ").capitalize())
    title += ", other nations together" if plain != name else ""
    shown = table.reset_index(drop=True)
    return Sheet(name, title, [_column(run, plain, str(column), shown[column]) for column in shown.columns], len(shown))


def _column(run: SavedRun, table: str, name: str, values: pd.Series) -> SheetColumn:
    heading, note = heading_of(table, name), NOTES.get(name, "")
    if name in PERIODS:
        calendar = run.record.calendar
        return period_column(heading, values, date.fromisoformat(str(calendar.start)), calendar.period_length, note)
    if name in YEARS:
        return SheetColumn(YEARS[name], values, "0", note)
    if not pd.api.types.is_numeric_dtype(values):
        return SheetColumn(heading, values, "", note)
    if name in (*MONEY, *COUNTS):
        heading = money_heading(table, name, run.currency)
        return SheetColumn(heading, values, f'{FRACTION}"\u00a0{run.currency}"', note)
    return SheetColumn(heading, values, PRICE if name == "price" else "0.0%" if name in SHARES else FRACTION, note)
