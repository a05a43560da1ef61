from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Case
from python_calamine import CalamineWorkbook
from report_worlds import MARKING, table

from planner.report.data.report_data import read_digest
from planner.report.excel.sheets import MOST_ROWS
from planner.report.excel.workbook import MOST_PRINTED, write_workbook

VIEWS = ["missing", "who pays", "who produces", "ledger by year", "programmes"]
SHEETS = ["Summary", *VIEWS, "full", "production", "shipments", "stocks", "deliveries", "shortfalls", "targets", "scrap", "investments",
          "payments", "nations", "ledger", "burden_sharing", "prices"]  # fmt: skip


def book_of(case: Case, folder: Path) -> Any:
    write_workbook(read_digest(*case), folder / "plan.xlsx")
    return openpyxl.load_workbook(folder / "plan.xlsx")


@pytest.fixture(scope="module")
def written(coalition: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(read_digest(*coalition), path)
    return path


@pytest.fixture(scope="module")
def book(written: Path) -> Any:
    return openpyxl.load_workbook(written)


def headings(page: Any) -> list[str]:
    return [cell.value for cell in page[2]]


def test_sheets(book: Any, small: Case, tmp_path: Path) -> None:
    assert book.sheetnames == SHEETS
    without = book_of(small, tmp_path).sheetnames
    assert without == [
        name for name in SHEETS if name not in (*VIEWS, "full", "targets", "scrap", "ledger", "burden_sharing")
    ]


@pytest.mark.parametrize("name", SHEETS[2 + len(VIEWS) :])
def test_every_row_of_a_table_is_there(name: str, book: Any, coalition: Case) -> None:
    page, source = book[name], coalition[0].tables[name]
    assert page.max_row == 2 + len(source)
    assert page.freeze_panes == "A3"
    assert page.auto_filter.ref.startswith("A2:")
    assert page.auto_filter.ref.endswith(str(2 + len(source)))


def test_numbers_keep_their_precision_and_have_units(book: Any, coalition: Case) -> None:
    page, source = book["production"], coalition[0].tables["production"]
    assert headings(page) == ["Line", "Factory", "Nation", "Item", "Period", "Quantity", "Unit", "Cost"]
    last = [cell.value for cell in page[page.max_row]]
    expected = source.iloc[-1]
    assert last == [
        expected["line"], expected["factory"], expected["nation"], expected["item"], "2028-12",
        pytest.approx(expected["quantity"], rel=1e-15), coalition[0].instance.items[expected["item"]].unit,
        pytest.approx(expected["cost"], rel=1e-15),
    ]  # fmt: skip
    assert page.cell(5, 8).number_format == '#,##0"\u00a0EUR"'
    assert book["shipments"].cell(5, 10).number_format.endswith('" t"')


def test_the_caveat_is_on_every_sheet_and_every_printed_page(book: Any) -> None:
    for page in book.worksheets:
        assert MARKING in str(page["A1"].value)
        assert page.oddHeader.center.text == MARKING
        assert page.page_setup.fitToWidth == 1
        assert page.sheet_properties.pageSetUpPr.fitToPage


def test_widths_fit_what_they_hold(book: Any) -> None:
    page = book["shipments"]
    longest = max(len(str(row[0].value)) for row in page.iter_rows(min_row=3, max_row=200))
    assert page.column_dimensions["A"].width >= longest


def test_summary_says_the_state_and_has_charts(book: Any, coalition: Case) -> None:
    page = book["Summary"]
    said = " ".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None)
    assert "80\u00a0% of what is wanted is delivered" in said
    assert "verified; 3 rules not enforced" in said
    for rule in coalition[1].not_enforced:
        assert rule in said
    assert len(page._charts) == 4
    assert "Who pays and who produces" in said


def test_another_reader_reads_the_same(written: Path, coalition: Case) -> None:
    rows = CalamineWorkbook.from_path(str(written)).get_sheet_by_name("shipments").to_python()
    source = coalition[0].tables["shipments"]
    assert len(rows) == 2 + len(source)
    assert sum(row[9] for row in rows[2:]) == pytest.approx(source["tonnes"].sum())


@pytest.mark.parametrize("name", ["=1+1", "+49", "-x", "@sum(A1)", "=cmd|' /C calc'!A0", '<&">', "a\x01b", " spaced "])
def test_names_like_formulas_stay_text(name: str, small: Case, tmp_path: Path) -> None:
    plan, run = small
    rows = [(name, name, name, name, 1, 2.0, 3.0)]
    instance = replace(plan.instance, settings=replace(plan.instance.settings, title=name, marking=name), notes=(name,))
    changed = run.but(title=name, marking=name, not_enforced=(name,), warnings=(name,))
    book = book_of(
        (replace(plan, instance=instance, tables={**plan.tables, "production": table("production", rows)}), changed),
        tmp_path,
    )
    cell = book["production"]["A3"]
    assert cell.value == name.replace("\x01", "")
    for page in book.worksheets:
        for row in page.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    assert cell.quotePrefix == (name[0] in "=+-@")


def test_long_tables_are_cut_and_the_workbook_says_so(big: Case, tmp_path: Path) -> None:
    started = time.process_time()
    write_workbook(read_digest(*big), tmp_path / "plan.xlsx")
    assert time.process_time() - started < 6.0  # about 2 s; room for a busy machine
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True)
    page = book["shipments"]
    assert page.max_row == 2 + MOST_ROWS
    note = "The first 50,000 of 300,000 rows; all of them are in tables/shipments.csv."
    assert note in next(page.iter_rows(max_row=1, values_only=True))[0]
    assert any(note in str(value) for row in book["Summary"].iter_rows(values_only=True) for value in row)


def test_a_long_table_prints_its_first_rows_and_says_so(book: Any) -> None:
    page = book["production"]
    assert page.max_row > 2 + MOST_PRINTED
    assert page.print_area == f"'production'!$A$1:$H${2 + MOST_PRINTED}"
    assert f"The first {MOST_PRINTED} rows" in page.oddFooter.left.text
    assert not book["investments"].print_area
