"""What is covered if attacked, side by side: the small sample worked by hand, and two options that change it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.options.comparison import Comparison
from planner.options.pages.page import changed_rows
from planner.options.pages.wording import same_as_base
from planner.options.pipeline import compare_workbook
from planner.options.record import best
from tests.places import INPUTS

pytestmark = pytest.mark.usefixtures("without_option_reports")

SAMPLE = INPUTS / "renewed-attack"
OPTIONS = """option,table,where,column,change,value
OPEN,Nodes,node=West,access,set,DE; UA
NO_NEED,Surge,item=missiles,quantity,set,0
CORRIDOR,Disruptions,name=corridor,factor,set,0
SLOW,Routes,route=corridor,days,set,3
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("coverage")
    shutil.copytree(SAMPLE, folder / "world")
    (folder / "world" / "Options.csv").write_text(OPTIONS, encoding="utf-8")
    return compare_workbook(folder / "world", folder / "compare").comparison


def test_the_share_covered_is_a_figure_of_each_option(compared: Comparison) -> None:
    """In thousands, March 660 and May 750 of 840.

    OPEN: 10 × 3 more in March. CORRIDOR: 30 × 3 less in March, 40 × 3 in May.
    """
    shares = {name: compared.figure(name, "expected_coverage") for name in ("base", "OPEN", "CORRIDOR")}
    assert shares["base"] == pytest.approx((660 + 750) / 840 / 2)
    assert shares["OPEN"] == pytest.approx((690 + 750) / 840 / 2)
    assert shares["CORRIDOR"] == pytest.approx((570 + 630) / 840 / 2)
    assert compared.figure("base", "least_coverage") == pytest.approx(660 / 840)
    assert compared.figure("base", "needed_if_attacked") == pytest.approx(840_000)


def test_best_is_who_covers_most_of_as_much(compared: Comparison) -> None:
    """NO_NEED needs less; SLOW only takes more days, an aim after.

    CORRIDOR covers 10 + 50 of 130 in March, less than the 0.6 promised: worse at an aim before.
    """
    (entry,) = [entry for entry in best(compared) if entry.figure == "expected_coverage"]
    assert entry.options == ("OPEN",)
    assert "NO_NEED" not in entry.among
    assert set(entry.among) == {"base", "OPEN", "SLOW"}
    assert entry.value == pytest.approx((690 + 750) / 840 / 2)


def test_a_plan_is_the_bases_if_its_responses_are(compared: Comparison) -> None:
    """OPEN covers more in March. SLOW counts more days for the same moves, and no table says otherwise."""
    changed = changed_rows(compared)
    assert {"cases", "responses", "response_moves", "uncovered"} <= set(changed["OPEN"])
    assert "SLOW" not in changed
    same = "The plan is the base's: nothing is made, moved, stored, delivered or paid differently, nor in a response"
    aims = "the aims differ, as the input is another."
    assert same_as_base(compared, "SLOW", {}) == f"{same}; {aims}"
    assert same_as_base(compared, "SLOW", {"cases": 2}) == f"{same}; {aims}"  # such as what is promised
    assert same_as_base(compared, "SLOW", {"cases": 2, "responses": 1}) == (
        "The plan is the base's, but responses are others."
    )
    assert same_as_base(compared, "SLOW", {"responses": 1, "stocks": 1}) == ""


def test_without_contingencies_there_is_no_such_figure(tmp_path: Path) -> None:
    source = shutil.copytree(SAMPLE.parent / "quickstart", tmp_path / "world")
    (source / "Options.csv").write_text(
        "option,table,where,column,change,value\nDEAR,Lines,,unit_cost,scale,2\n", "utf-8"
    )
    comparison = compare_workbook(source, tmp_path / "compare").comparison
    assert not comparison.tells_coverage
    assert "expected_coverage" not in set(comparison.tables["headline"]["figure"])
    assert "expected_coverage" not in {entry.figure for entry in best(comparison)}
