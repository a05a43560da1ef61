from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli.lines.text import columns, number, plan_lines, signed, table
from planner.cli.progress import progress_text
from planner.numerals import THIN_SPACE
from planner.plan import Progress
from planner.records.parts import Level
from planner.records.run import PastLack
from planner.report.words.phases import phase_words
from tests.unit.report.report_worlds import run_of, small


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1e-9, "0"),
        (-1e-9, "0"),
        (30.0, "30"),
        (22.5, "22.5"),
        (1 / 3, "0.333"),
        (4240810.0, "4 240 810"),
        (100.0, "100"),
        (1e6 / 3, "333 333.333"),
        (-1234.5, "−1 234.5"),
        (None, "–"),
    ],
)
def test_numbers_for_reading(value: float | None, text: str) -> None:
    assert number(value) == text


def test_signs() -> None:
    assert [signed(2.0), signed(-2.0), signed(0.0)] == ["+2", "−2", "0"]


def test_columns_are_aligned() -> None:
    assert columns([("a", "1", "x"), ("long", "100", "")], right=[1]) == ["  a       1  x", "  long  100"]
    assert columns([]) == []


def test_progress_says_what_is_known() -> None:
    assert (
        progress_text(Progress("cost", 12345, 0.5, 1e6, 0.0), 75.2)
        == "optimising discounted cost · 12 345 iterations · infeasibility 0.5 · objective 1 000 000 · 1:15"
    )
    assert progress_text(Progress("proof of cost", done=2, levels=3), 5.0) == "proof of cost · 2 of 3 aims done · 0:05"
    assert progress_text(Progress("read", 0, None, None, 0.0), 1.0) == "reading the input · 0:01"


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("settle", "settling who pays"),
        ("cost to nervousness together", "optimising discounted cost to departure from the previous plan together"),
        ("weighted", "optimising the weighted sum"),
        ("frontier, 4 kinks", "tracing the frontier, 4 kinks"),
        ("coalition 3", "planning for group 3"),
        ("solve cost", "optimising discounted cost"),
        ("solve proof of cost", "proof of cost"),
        ("options (1 of 4)", "options (1 of 4)"),
        ("money 1 of 2: SAFE 2026", "money 1 of 2: SAFE 2026"),
    ],
)
def test_phases_are_told_in_plain_words(phase: str, words: str) -> None:
    assert phase_words(phase) == words


def test_a_narrow_terminal_cuts_the_phase_and_not_the_time() -> None:
    phase = "binding_shortfall and other_shortfall and lateness and target_shortfall"
    progress = Progress(phase, 12345, 0.5, 1e6, 0.0)
    assert (
        progress_text(progress, 75.2, 76)
        == "optimising shortfall of bind… · 12 345 iterations · infeasibility 0.5 · 1:15"
    )
    assert progress_text(progress, 75.2, 44) == "optimising short… · 12 345 iterations · 1:15"
    assert progress_text(progress, 75.2, 20) == "optimising s… · 1:15"
    assert progress_text(Progress("read", 0, None, None, 0.0), 1.0, 20) == "reading the… · 0:01"


def test_levels_that_were_not_optimised_are_said() -> None:
    levels = (
        Level(level=1, name="s", title="Shortfall", value=0.0, unit="EUR", status="optimal", bound=0.0, gap=0.0),
        Level(level=6, name="c", title="Cost", value=7.0, unit="EUR", status="not optimised", bound=None, gap=None),
    )
    instance = small()[0].instance
    record = run_of(instance, []).but(
        title="T", status="feasible", objective=levels, not_enforced=("r",), warnings=("w",),
        past_lack=tuple(
            PastLack(family="f", title="Key", object="PL", item=item, amount=1500.0, unit=unit, value=0.0)
            for item, unit in ((None, "EUR"), ("shell", "units"))
        ),
    )  # fmt: skip
    lines = plan_lines(Path("out"), record, instance)
    assert lines[0].startswith("T: feasible")
    assert lines[2].endswith("not optimised")
    assert "not enforced: r" in lines
    thousand = f"1{THIN_SPACE}500"
    assert f"lacking from the past: Key, PL: EUR\u00a0{thousand}" in lines
    assert f"lacking from the past: Key, PL, shell: {thousand} units" in lines
    assert "1 warning (in log.txt, or `planner check`)" in lines


def test_a_long_heading_breaks_over_lines_and_an_empty_column_is_left_out() -> None:
    rows = [("base", "", "0", "4 240 810"), ("half", "", "480 000", "2 165 400")]
    assert table(("Option", "Whose", "Shortfall of binding commitments", "Cost (EUR)"), rows, right=[2, 3]) == [
        "          Shortfall of",
        "               binding",
        "  Option   commitments  Cost (EUR)",
        "  base               0   4 240 810",
        "  half         480 000   2 165 400",
    ]


def test_headings_without_rows_are_not_shown() -> None:
    assert table(("Rank", "Name"), [], right=[0]) == []
