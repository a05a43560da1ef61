from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from planner.report.data.report_data import read_report_data
from planner.report.excel.pen import Pen
from planner.report.excel.sheets import MOST_ROWS
from planner.report.excel.workbook import MOST_PRINTED, write_workbook
from tests.unit.report.report_worlds import MARKING, Case, table

VIEWS = ["missing", "who pays", "who produces", "ledger by year", "programmes"]
FIRST = [
    "Summary",
    "destination by item",
    "deliveries",
    "shortfalls",
    "line by period",
    "shipments",
    "stocks",
    "payments",
]
RESULTS = ["production", "targets", "scrap", "investments", "nations", "ledger", "burden_sharing", "prices"]
SHEETS = [*FIRST, *VIEWS, "full", *RESULTS]
TABLES = [name for name in [*FIRST[1:], *RESULTS] if " " not in name]


def book_of(case: Case, folder: Path) -> Any:
    write_workbook(read_report_data(*case), folder / "plan.xlsx")
    return openpyxl.load_workbook(folder / "plan.xlsx")


@pytest.fixture(scope="module")
def written(coalition: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(read_report_data(*coalition), path)
    return path


@pytest.fixture(scope="module")
def book(written: Path) -> Any:
    return openpyxl.load_workbook(written)


def headings(page: Any) -> list[str]:
    return [cell.value for cell in page[2]]


def test_no_text_touches_the_figure_before_it(book: Any) -> None:
    """An indent counts only beside an alignment: without one some programs leave it out."""
    indented = [cell for page in book for row in page.iter_rows() for cell in row if cell.alignment.indent]
    assert {cell.alignment.horizontal for cell in indented} == {"left"}
    assert "Summary" in {cell.parent.title for cell in indented}


def test_columns_that_add_up_begin_at_nothing(book: Any) -> None:
    charts = [chart for chart in book["Summary"]._charts if getattr(chart, "grouping", "") == "stacked"]
    assert charts
    assert all(chart.y_axis.scaling.min == 0 for chart in charts)


def test_aims_are_numbered_as_they_follow(book: Any) -> None:
    rows = [row for row in book["Summary"].iter_rows(max_col=1, values_only=True) if row[0]]
    at = rows.index(("Aim",))
    assert [str(row[0]).split(".")[0] for row in rows[at + 1 : at + 4]] == ["1", "2", "3"]


def test_sheets(book: Any, small: Case, tmp_path: Path) -> None:
    assert book.sheetnames == SHEETS
    without = book_of(small, tmp_path).sheetnames
    assert without == [
        name for name in SHEETS if name not in (*VIEWS, "full", "targets", "scrap", "ledger", "burden_sharing")
    ]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_is_there(name: str, book: Any, coalition: Case) -> None:
    page, source = book[name], coalition[0].tables[name]
    assert page.max_row == 2 + len(source)
    assert page.freeze_panes == "A3"
    (table,) = page.tables.values()
    assert table.displayName == name
    assert table.ref.startswith("A2:")
    assert table.ref.endswith(str(2 + max(len(source), 1)))
    assert table.autoFilter.ref == table.ref
    assert [column.name for column in table.tableColumns] == headings(page)


def test_numbers_keep_their_precision_and_have_units(book: Any, coalition: Case) -> None:
    page, source = book["production"], coalition[0].tables["production"]
    assert headings(page) == [
        "Line",
        "Factory",
        "Nation",
        "Nation name",
        "Item",
        "Item name",
        "Period",
        "Quantity",
        "Unit",
        "Cost",
    ]
    last = dict(zip(headings(page), (cell.value for cell in page[page.max_row]), strict=True))
    expected, instance = source.iloc[-1], coalition[0].instance
    item = instance.items[expected["item"]]
    assert last == {
        "Line": expected["line"], "Factory": expected["factory"], "Nation": expected["nation"],
        "Nation name": instance.nations[expected["nation"]].title or expected["nation"], "Item": item.name, "Item name": item.title,
        "Period": datetime(2028, 12, 1), "Quantity": pytest.approx(expected["quantity"], rel=1e-15), "Unit": item.unit,
        "Cost": pytest.approx(expected["cost"], rel=1e-15),
    }  # fmt: skip
    cost, tonnes = headings(page).index("Cost") + 1, headings(book["shipments"]).index("Tonnes") + 1
    assert page.cell(5, cost).number_format == '#,##0"\u00a0EUR"'
    assert page.cell(5, headings(page).index("Period") + 1).number_format == "yyyy-mm"
    assert book["shipments"].cell(5, tonnes).number_format.endswith('" t"')


def test_money_that_is_not_paid_says_what_it_counts(book: Any) -> None:
    assert headings(book["nations"])[-2:] == ["Received (EUR of goods)", "Balance"]


def test_deliveries_say_what_is_late_and_what_it_is_worth(book: Any, coalition: Case) -> None:
    source, instance = coalition[0].tables["deliveries"], coalition[0].instance
    names = headings(book["deliveries"])
    rows = [dict(zip(names, row, strict=True)) for row in book["deliveries"].iter_rows(min_row=3, values_only=True)]
    late = source["period"] > source["due"]
    assert late.any()
    assert [row["Late"] for row in rows] == ["yes" if one else "no" for one in late]
    assert [row["Periods late"] for row in rows] == list((source["period"] - source["due"]).clip(lower=0))
    values = {name: instance.unit_values.get(name) or item.value for name, item in instance.items.items()}
    assert [row["Value"] for row in rows] == pytest.approx(list(source["quantity"] * source["item"].map(values)))


@pytest.mark.parametrize(("name", "table"), [("line by period", "production"), ("destination by item", "deliveries")])
def test_a_matrix_adds_up_to_its_table(name: str, table: str, book: Any, coalition: Case) -> None:
    rows = list(book[name].iter_rows(min_row=3, values_only=True))
    numbers = [value for row in rows for value in row if isinstance(value, int | float)]
    twice = 2 if name == "line by period" else 1  # the sum of each row is a column
    assert sum(numbers) == pytest.approx(twice * coalition[0].tables[table]["quantity"].sum())


def test_each_sheet_is_linked_from_the_summary_and_holds_a_table(book: Any) -> None:
    page = book["Summary"]
    links = {
        cell.hyperlink.location or cell.hyperlink.target for row in page.iter_rows() for cell in row if cell.hyperlink
    }
    assert {link.lstrip("#") for link in links} == {f"'{name}'!A1" for name in book.sheetnames[1:]}
    tables = [table.displayName for sheet in book.worksheets[1:] for table in sheet.tables.values()]
    assert len(set(tables)) == len(book.sheetnames) - 1


def test_the_caveat_is_on_every_sheet_and_every_printed_page(book: Any) -> None:
    for page in book.worksheets:
        assert MARKING in str(page["A1"].value)
        assert page.oddHeader.center.text == MARKING
        assert page.sheet_properties.pageSetUpPr.fitToPage


def test_a_printed_page_holds_no_more_than_can_be_read(book: Any) -> None:
    """At most 320 letters, which are then half their size;
    each page of a wide sheet has its first column and its headings.
    """
    wide = {page.title: sum(column.width for column in page.column_dimensions.values()) for page in book.worksheets}
    for page in book.worksheets[1:]:
        assert wide[page.title] / page.page_setup.fitToWidth <= 320, page.title
        assert page.print_title_rows == "$1:$2"
        assert page.print_title_cols == ("$A:$A" if page.page_setup.fitToWidth > 1 else None), page.title
    assert any(page.page_setup.fitToWidth > 1 for page in book.worksheets)
    assert book["Summary"].page_setup.fitToWidth == 1


def test_headings_are_written_out(book: Any) -> None:
    """In lines of at most 24 letters or as wide as what stands below, in a row as high as they are."""
    for page in book.worksheets[1:]:
        lines = page.row_dimensions[2].height // 15
        for cell in page[2]:
            assert len(cell.value) <= lines * page.column_dimensions[cell.column_letter].width, (page.title, cell.value)


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
    assert sum(row[rows[1].index("Tonnes")] for row in rows[2:]) == pytest.approx(source["tonnes"].sum())


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
    write_workbook(read_report_data(*big), tmp_path / "plan.xlsx")
    assert time.process_time() - started < 6.0  # about 2 s; room for a busy machine
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True)
    page = book["shipments"]
    assert page.max_row == 2 + MOST_ROWS
    note = "50\u202f000 of 300\u202f000 rows; all of them are in tables/shipments.csv."
    assert note in next(page.iter_rows(max_row=1, values_only=True))[0]
    assert any(note in str(value) for row in book["Summary"].iter_rows(values_only=True) for value in row)


def test_a_long_table_prints_its_first_rows_and_says_so(book: Any) -> None:
    page = book["production"]
    assert page.max_row > 2 + MOST_PRINTED
    assert page.print_area == f"'production'!$A$1:$J${2 + MOST_PRINTED}"
    assert f"The first {MOST_PRINTED} rows" in page.oddFooter.left.text
    assert not book["investments"].print_area


def test_a_last_column_of_texts_reaches_to_the_edge_and_wraps() -> None:
    page = openpyxl.Workbook().worksheets[0]
    long = "Also at discounted cost, " * 12  # 300 characters; the room from C to G is 95 wide
    Pen(page).table(("Aim", "Option", "Value"), [("Cost", "MORE", long), ("Stock", "LESS", "0")], ("", "", ""))
    assert {str(each) for each in page.merged_cells.ranges} == {"C1:G1", "C2:G2", "C3:G3"}
    assert page["C2"].alignment.wrap_text
    assert page.row_dimensions[2].height == 4 * 15.5
    assert page.row_dimensions[3].height == 15.5
    numbers = openpyxl.Workbook().worksheets[0]
    Pen(numbers).table(("Cost", "2026"), [("procurement", 5.0)], ("", "0"))
    assert not numbers.merged_cells.ranges
