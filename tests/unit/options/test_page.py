"""What people read of a comparison: sentences, signs, and pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_world import options, sheets, write

from planner.options import charts, wording
from planner.options.pipeline import ComparisonResult, compare_workbook
from planner.report import svg
from planner.report.charts import Series
from planner.report.numbers import Money

EUR, MILLIONS = Money("EUR", 1.0), Money("EUR", 1e6)


def compared(tmp_path: Path, *rows: tuple[object, ...]) -> ComparisonResult:
    return compare_workbook(write(sheets(Options=options(*rows)), tmp_path / "in.xlsx"), tmp_path / "out")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("X", "Budgets", "contributor=PL", "amount", "add", 300), "X does best: 55 % of what is wanted is delivered instead of 45 %, for EUR 300 more."),
        (("X", "Budgets", "contributor=PL", "amount", "add", -100), "No option does better than the workbook as it stands."),
        (("X", "Routes", "origin=Bravo", "capacity_t", "add", 5), "X does as well as the workbook as it stands; no option does better."),
        (("X", "Settings", "", "discount_rate", "set", 0), "X does as well as the workbook as it stands; no option does better."),
    ],
)  # fmt: skip
def test_the_headline_says_who_does_best_and_at_what_cost(
    tmp_path: Path, row: tuple[object, ...], sentence: str
) -> None:
    result = compared(tmp_path, row)
    assert wording.headline(result.comparison, EUR).replace("\u00a0", " ") == sentence


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


def test_differences_carry_signs_and_marks() -> None:
    assert wording.difference(-1.5e6, "EUR", MILLIONS) == "−1.50"
    assert wording.difference(240.0, "EUR", MILLIONS) == "+0.00024"
    assert wording.difference(0.125, "share", EUR) == "+12.5\u00a0points"
    assert wording.difference(1e-7, "EUR", EUR, 5.0) == "="
    assert wording.difference(None, "EUR", EUR) == "–"
    assert [wording.better(v, "less") for v in (-1.0, 1.0, 0.0)] == ["▲", "▼", ""]
    assert wording.better(1.0, "") == ""


def test_names_of_options_cannot_break_the_page(tmp_path: Path) -> None:
    result = compared(tmp_path, ("<b>&", "Budgets", "contributor=PL", "amount", "add", 300))
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    assert "<b>&" not in page
    assert (result.folder / "runs" / "b" / "run.json").is_file()


def test_bars_have_a_title_a_unit_and_every_name() -> None:
    series = [Series("Joint", [5.0, 0.0], svg.SERIES[0]), Series("Extra", [1.0, 2.0], svg.SERIES[1])]
    drawn = charts.bars("Who pays", ["base", "MORE"], series, EUR, axis="EUR")
    assert "<title>Who pays</title>" in drawn
    assert all(f">{text}<" in drawn for text in ("base", "MORE", "Joint", "Extra", "EUR"))
    assert len(re.findall("<rect[^>]*><title>", drawn)) == 3  # nothing is drawn for nothing


def test_a_sweep_is_drawn_with_a_gap_where_there_is_no_plan() -> None:
    drawn = charts.curve("Cost", "in EUR", [0.5, 0.75, 1.0, 1.25, 1.5], [3.0, 4.0, None, 5.0, 6.0])
    (path,) = re.findall(r'<path d="([^"]+)"', drawn)
    assert path.count("M") == 2
    assert drawn.count("<circle") == 4


def test_the_base_can_be_seen_among_the_points() -> None:
    drawn = charts.scatter(
        "x", [charts.Point("A", 0.0, 0.0), charts.Point("B", 5.0, 2.0)], across=("EUR", EUR), up=("EUR", EUR)
    )
    circles = re.findall(r"<circle.*?</circle>", drawn)
    assert "base" in circles[-1]  # drawn above what covers it
    assert ">base<" in drawn
    assert ">B<" in drawn


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.2, 17.0), (-0.0002, 0.0), (5.0, 5.0)])
def test_ticks_cover_what_they_measure(low: float, high: float) -> None:
    marks = charts.span_ticks(low, high)
    assert marks[0] <= low <= high <= marks[-1]
    assert marks == sorted(set(marks))
    assert 2 <= len(marks) <= 9
