"""What people read of a comparison: sentences, signs, and pictures."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from small_world import options, sheets, write

from planner.options.pages import tables, wording, workbook
from planner.options.pipeline import ComparisonResult, compare_workbook
from planner.report.words.numbers import Money

pytestmark = pytest.mark.usefixtures("without_option_reports")
EUR, MILLIONS = Money("EUR", 1.0), Money("EUR", 1e6)


def compared(tmp_path: Path, *rows: tuple[object, ...]) -> ComparisonResult:
    return compare_workbook(write(sheets(Options=options(*rows)), tmp_path / "in.xlsx"), tmp_path / "out")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("X", "Budgets", "contributor=PL", "amount", "add", 300), "X does best: 55 % of what is wanted is delivered instead of 45 %, for EUR 300 more."),
        (("X", "Budgets", "contributor=PL", "amount", "add", -100), "No option does better than the workbook without changes."),
        (("X", "Routes", "origin=Bravo", "capacity_t", "add", 5), "X does as well as the workbook without changes; no option does better."),
        (("X", "Settings", "", "discount_rate", "set", 0), "X does as well as the workbook without changes; no option does better."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("without_option_pages")
def test_the_headline_says_who_does_best_and_at_what_cost(
    tmp_path: Path, row: tuple[object, ...], sentence: str
) -> None:
    result = compared(tmp_path, row)
    assert wording.headline(result.comparison, EUR).replace("\u00a0", " ") == sentence


@pytest.mark.usefixtures("without_option_pages")
def test_an_option_that_only_costs_less_is_said_to(tmp_path: Path) -> None:
    """With money for all 200 crates, 120 come from Alpha: at 9 instead of 10 each they cost 120 less."""
    made = sheets(Options=options(("CHEAP", "Lines", "line=A", "unit_cost", "set", 9)))
    made["Budgets"][1][3] = made["Budgets"][2][3] = 5000
    made["Items"] = [["item", "weight", "value"], ["crate", 1, 10]]
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    assert wording.headline(result.comparison, EUR).replace("\u00a0", " ") == (
        "CHEAP does best: it delivers what the base delivers, 100 % of what is wanted, "
        "and the discounted cost is EUR 120 less."
    )


# Money for everything; all 60 of Alpha and what the road from Bravo takes, 20 a month: 80 of 100 crates in each month.
ROAD = {
    "Budgets": [["fund", "contributor", "year", "amount"], ["Joint", "PL", 2026, 5000], ["Joint", "CZ", 2026, 5000]],
    "Capacity": [["object", "period", "quantity"], ["Bravo>Hub:road", 1, 20], ["Bravo>Hub:road", 2, 20]],
}


@pytest.mark.parametrize(
    ("january", "february", "sentence"),
    [
        # 5 more binding crates, worth 10 each; 20 fewer of the others, and 15 fewer of Bravo's at 20 in all.
        (5, -20, "X does best: the shortfall of binding commitments is EUR 50 less, though in all 72 % of what is wanted is "
         "delivered instead of 80 %, for EUR 300 less."),
        (5, -5, "X does best: it delivers what the base delivers, 80 % of what is wanted, and the shortfall of binding "
         "commitments is EUR 50 less, at the same cost."),
        (0.2, -0.1, "X does best: it delivers about what the base delivers, 80 % of what is wanted, and the shortfall of "
         "binding commitments is EUR 2 less, for EUR 2 more."),
        (0.1, -0.2, "X does best: it delivers about what the base delivers, 80 % of what is wanted, and the shortfall of "
         "binding commitments is EUR 1 less, for EUR 2 less."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("without_option_pages")
def test_the_headline_says_at_which_aim_an_option_is_best(
    tmp_path: Path, january: float, february: float, sentence: str
) -> None:
    rows = [("X", "Capacity", f"period={p}", "quantity", "add", by) for p, by in ((1, january), (2, february)) if by]
    made = sheets(**ROAD, Options=options(*rows))
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    assert wording.headline(result.comparison, EUR).replace("\u00a0", " ") == sentence


def test_differences_carry_signs_and_marks() -> None:
    assert wording.difference(-1.5e6, "EUR", MILLIONS) == "−1.50"
    assert wording.difference(240.0, "EUR", MILLIONS) == "+0.00024"
    assert wording.difference(0.125, "share", EUR) == "+12.5\u00a0points"
    assert wording.difference(-0.000222, "share", EUR) == "−0.02\u00a0points"
    assert wording.difference(0.0000191, "share", EUR) == "under 0.01\u00a0points"
    assert wording.difference(1e-7, "EUR", EUR, 5.0) == "="
    assert wording.difference(None, "EUR", EUR) == "–"
    assert [wording.better(v, "less") for v in (-1.0, 1.0, 0.0)] == ["better", "worse", ""]
    assert wording.better(1.0, "") == ""


def test_what_costs_less_because_it_delivers_less_is_not_called_best(tmp_path: Path) -> None:
    """LESS takes PL's 100: ten crates and 100 EUR less.

    CHEAP makes Alpha's 60 crates at 9, with the rest three more.
    """
    less = ("LESS", "Budgets", "contributor=PL", "amount", "add", -100)
    result = compared(tmp_path, less)
    entry = next(entry for entry in result.record.best if entry.figure == "cost")
    assert (entry.options, entry.among, entry.value) == (("base",), ("base",), pytest.approx(1200))
    (tile,) = wording.tiles(result.comparison, result.record.best, EUR)
    assert (tile.name, tile.value) == ("Shortfall of binding commitments", "The workbook without changes")
    assert tile.note.replace("\u00a0", " ") == (
        "EUR 100 of goods weighted by priority. Also at discounted cost and fill rate. "
        "At less cost, but worse at an aim before: LESS"
    )
    ranks = result.comparison.tables["ranks"].set_index(["option", "figure"])["rank"]
    assert (ranks["LESS", "cost"], ranks["base", "cost"]) == (1, 2)
    assert (ranks["LESS", "fill_rate"], ranks["base", "fill_rate"]) == (2, 1)
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    assert "Who ranks where, figure by figure" in page


def test_what_counts_as_equal_without_being_so_is_marked(tmp_path: Path) -> None:
    """0.0025 EUR of 100 that are lacking: 0.0025 %, and up to 0.01 % counts as equal."""
    result = compared(tmp_path, ("X", "Budgets", "contributor=PL", "amount", "add", 0.005))
    aims = tables.aims(result.comparison, result.record, [("binding_shortfall", "Lacking", "EUR")], EUR)
    (own,) = [row for row in aims.rows if row[0].value == "X"]
    assert own[2].note == "≈"


def test_options_are_called_by_what_describes_them(tmp_path: Path) -> None:
    rows = [[*row, text] for row, text in zip(
        options(("X", "Budgets", "contributor=PL", "amount", "add", 300), ("Y", "Budgets", "contributor=PL", "amount", "add", 30)),
        ("description", "More money of Poland", "x" * 120), strict=True,
    )]  # fmt: skip
    result = compare_workbook(write(sheets(Options=rows), tmp_path / "in.xlsx"), tmp_path / "out")
    assert wording.headline(result.comparison, EUR).startswith("More money of Poland (X) does best: ")
    assert [wording.called(result.comparison, name) for name in ("X", "Y")] == ["More money of Poland", "Y"]
    tiles = wording.tiles(result.comparison, result.record.best, EUR)
    assert "no difference" not in [tile.value for tile in tiles]
    assert "More money of Poland" in [tile.value for tile in tiles]


def test_nations_are_named_with_their_code(tmp_path: Path) -> None:
    made = sheets(Options=options(("X", "Budgets", "contributor=PL", "amount", "add", 300)))
    made["Nations"] = [["nation", "name"], ["PL", "Poland"], ["CZ", None]]
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    assert wording.moved(result.comparison, "contributed", EUR) == {"X": "Poland +300"}
    assert page.count("Poland +300<") == 1, "who pays is on the first screen"
    assert page.count(">Poland (PL)<") == 3, "two tables, and what moves"
    assert page.count(">X: Poland (PL)<") == 2, "two charts"
    assert ">PL<" not in page.split('id="changes"')[0]
    assert set(result.comparison.tables["nations"]["nation"]) == {"PL", "CZ", "Extra"}, "tables for programs keep codes"


def test_without_funds_nobody_is_said_to_pay(tmp_path: Path) -> None:
    made = sheets(Options=options(("X", "Lines", "line=A", "capacity", "set", 70)), Funds=None, Budgets=None)
    made["Nations"], made["Nodes"] = (
        [["nation"]],
        [[*row[:2], None, row[3]] if row[0] != "node" else row for row in made["Nodes"]],
    )
    made["Commitments"] = [["commitment"], ["one"], ["two"]]
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    assert "Who pays" not in page
    assert "What each option buys and costs</h2>" in page


def test_every_heading_is_said_once_and_every_count_says_of_what(tmp_path: Path) -> None:
    """More money in PL changes the sums of PL; those of CZ, and what more road from Bravo brings,
    are as in the base.
    """
    rows = (
        ("X", "Budgets", "contributor=PL", "amount", "add", 300),
        ("Y", "Routes", "origin=Bravo", "capacity_t", "add", 5),
    )
    result = compared(tmp_path, *rows)
    page = (result.folder / "compare.html").read_text(encoding="utf-8").replace("<wbr>", "").replace("\u00a0", " ")
    best_first = page.split("<caption>The options, best first</caption>")[1].split("</thead>")[0]
    headings = re.findall(r"<th [^>]*>([^<]+)", best_first)
    assert len(headings) == len(set(headings)) > 4
    assert "1 of 2 options as in the base" in page
    assert "differ by no more than 0.01 % of the larger" in page
    assert "Limits only: the model stays" in page
    sheet = openpyxl.load_workbook(result.folder / "compare.xlsx").worksheets[0]
    assert [cell.value for row in sheet.iter_rows() for cell in row if cell.value == "compared with the base"] == []


def test_names_of_options_cannot_break_the_page(tmp_path: Path) -> None:
    result = compared(tmp_path, ("<b>&", "Budgets", "contributor=PL", "amount", "add", 300))
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    assert "<b>&" not in page
    assert (result.folder / "runs" / "b" / "run.json").is_file()


def test_of_what_changes_compare_xlsx_has_the_largest_of_each_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More money in PL: crates are made, brought and delivered otherwise in two months, of which the sheet has one."""
    monkeypatch.setattr(workbook, "MOST_CHANGES", 1)
    monkeypatch.setattr(workbook, "LEAST_CHANGES", 1)
    made = sheets(Options=options(("X", "Lines", "line=A", "capacity", "set", 50)))
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    table = result.comparison.tables["changes_shipments"]
    assert len(table) > 1
    page = openpyxl.load_workbook(result.folder / "compare.xlsx")["changes_shipments"]
    (listed,) = page.tables.values()
    assert (listed.displayName, listed.ref[-1]) == ("changes_shipments", "3")
    row = dict(zip((cell.value for cell in page[2]), (cell.value for cell in page[3]), strict=True))
    assert abs(row["Change"]) == table["change"].abs().max()
    assert row["Period"] == datetime(2026, int(table["period"].iloc[0]), 1)
    assert f"1 of {len(table)} rows; all of them are in tables/changes_shipments.csv" in page["A1"].value


@pytest.mark.parametrize(("materiality", "ranks"), [(None, (1, 1)), (0, (2, 1)), (0.01, (1, 1))])
def test_what_is_not_material_is_no_difference(
    tmp_path: Path, materiality: float | None, ranks: tuple[int, int]
) -> None:
    """All 200 crates are bought, 120 of Alpha at 10 and 80 of Bravo at 20: 2800; with Bravo at 19.999 0.08 less:
    0.003 %.
    """
    made = sheets(Options=options(("X", "Lines", "line=B", "unit_cost", "set", 19.999)))
    made["Budgets"][1][3] = made["Budgets"][2][3] = 5000
    made["Items"] = [["item", "weight", "value"], ["crate", 1, 10]]
    if materiality is not None:
        made["Settings"].append(["materiality", materiality])
    result = compare_workbook(write(made, tmp_path / "in.xlsx"), tmp_path / "out")
    assert (result.comparison.ranks["base"], result.comparison.ranks["X"]) == ranks
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    assert ("Every aim is equal to the base" in page) == (ranks == (1, 1))
    assert "The plan is the base" not in page


def test_the_plan_is_the_bases_only_where_every_table_is(tmp_path: Path) -> None:
    """More road than is used changes nothing; money that comes from another contributor changes payments."""
    rows = [("ROAD", "Routes", "origin=Bravo", "capacity_t", "add", 5)]
    result = compare_workbook(write(sheets(Options=options(*rows)), tmp_path / "in.xlsx"), tmp_path / "out")
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    same = "The plan is the base&#39;s: nothing is made, moved, stored, delivered or paid differently, and every aim is equal."
    assert page.count(same) == 1
