"""Who pays and who produces: the views against the tables, on the page and in the workbook."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.domain.instance import Nation
from planner.plan.plan import Plan
from planner.report.data.report_data import ReportData, read_report_data
from planner.report.excel.workbook import write_workbook
from planner.report.pages.report import render
from planner.report.pages.views import View, written
from planner.report.words.numbers import Money
from tests.unit.report.report_worlds import Case

MILLION = Money("EUR", 1e6)


@pytest.fixture(scope="module")
def data(coalition: Case) -> ReportData:
    return read_report_data(*coalition)


def view(data: ReportData, name: str) -> View:
    return next(view for view in data.views if view.name == name)


def rows(data: ReportData, name: str) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row for row in view(data, name).rows}


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (12.34e6, "money", "12.3"),
        (12.34e6, "change", "+12.3"),
        (-0.5e6, "change", "−0.500"),
        (0.0, "change", "0"),
        (0.125, "share", "12.5\u00a0%"),
        (0.0001, "share", "under 0.1\u00a0%"),
        (1.0, "share", "100\u00a0%"),
        (-0.0123, "points", "−1.2"),
        (0.0123, "points", "+1.2"),
        (0.00001, "points", "0.0"),
        (1.5, "ratio", "1.50"),
        (12345.6, "quantity", "12\u202f346"),
        (float("nan"), "share", "–"),
        (None, "money", "–"),
        (None, "text", ""),
        ("", "flag", ""),
    ],
)
def test_how_cells_are_written(value: Any, kind: str, text: str) -> None:
    assert written(value, kind, MILLION) == text


def test_parts_in_the_burden_add_up_to_all(data: ReportData) -> None:
    payers = rows(data, "who pays").values()
    assert sum(row[2] for row in payers) == pytest.approx(1.0)
    assert sum(row[5] for row in payers if row[5] is not None) == pytest.approx(1.0), "shares due"
    assert sum(row[6] for row in payers if row[6] is not None) == pytest.approx(1.0), "shares paid"
    assert sum(row[8] for row in payers if row[8] is not None) == pytest.approx(0.0, abs=1.0), "money beyond the key"
    assert rows(data, "who pays")["Poland"][4] == 0.5, "its bound"
    assert rows(data, "who pays")["EU"][5] is None, "an institution has no key"


def test_work_shares_and_their_goals(data: ReportData) -> None:
    nation, paid, made, balance, work, goal, beyond, state = rows(data, "who produces")["Germany"]
    assert (nation, goal, state) == ("Germany", 1.0, "")
    assert balance == pytest.approx(made - paid)
    assert work == pytest.approx(made / paid)
    assert beyond == pytest.approx(made - goal * paid)
    assert list(rows(data, "who produces"))[:2] == sorted(
        ("Germany", "Poland"), key=lambda n: -rows(data, "who produces")[n][2]
    ), "those with a goal first"


def test_programmes_name_their_payers_and_producers(data: ReportData) -> None:
    table = data.plan.tables["payments"]
    for name, _kind, paid, payers, _makers in view(data, "programmes").rows:
        assert paid == pytest.approx(table[table.fund == name].amount.sum())
        assert payers
    assert rows(data, "programmes")["UA_SUPPORT_LOAN"][3] == "EU 100\u00a0%"


def test_a_nation_at_its_bound_is_said_to_be_there(coalition: Case) -> None:
    plan, run = coalition
    part = rows(read_report_data(plan, run), "who pays")["Poland"][2]
    bound = Nation("PL", "Poland", key=100.0, contribution_max=part, work_share_min=0.0)
    held = replace(plan.instance, nations={**plan.instance.nations, "PL": bound})
    at_bound = read_report_data(Plan(held, plan.tables, plan.levels, plan.status), run)
    assert rows(at_bound, "who pays")["Poland"][-1] == "at its largest part"
    assert "at its largest part" in render(at_bound)


def test_the_page_shows_charts_with_title_unit_and_names(data: ReportData) -> None:
    page = render(data)
    section = page[page.index('id="nations"') : page.index('id="sources"')]
    for title in ("Who pays", "Who produces", "Share of the burden paid", "Work share reached"):
        assert f"<h3>{title}" in section
    assert "per cent of what nations with a key pay together" in section
    assert "value produced ÷ own contribution" in section
    key = section[section.index("Share of the burden paid") :]
    assert re.search(r">Poland</text>", key)
    assert "stroke: share due by the key" in key, "what is due is a stroke across the bar, not told by colour alone"
    shown = view(data, "who pays")
    assert (shown.left_out != "") == (shown.most < len(shown.rows))
    assert shown.left_out in section
    assert shown.on_paper(0).left_out_on_paper in section


def test_without_payments_there_is_no_ledger_of_who_pays(small: Case) -> None:
    assert read_report_data(*small).views == ()
    assert "Share of the burden paid" not in render(read_report_data(*small))


def test_views_are_sheets_with_numbers(data: ReportData, coalition: Case, tmp_path: Path) -> None:
    write_workbook(read_report_data(*coalition), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    for shown in data.views:
        page = book[shown.name]
        assert [cell.value for cell in page[2]] == [column.heading for column in shown.columns]
        assert page.max_row == 2 + len(shown.rows)
    page = book["who pays"]
    assert page["A3"].value == view(data, "who pays").rows[0][0]
    assert page["B3"].value == pytest.approx(view(data, "who pays").rows[0][1])
    assert page["C3"].number_format == "0.0%"
