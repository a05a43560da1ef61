"""The price of a guarantee, worked by hand (tests/cases/guarantees/worth/why.md):
its kinks, by the names of the levels.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.frontier.frontier import frontier_of_workbook
from tests.places import CASES

WORLDS = CASES / "guarantees" / "worth"
PRICES = [
    ("price", ("cost", "contingency"), [(30, 125), (60, 20), (80, 0)]),
    ("price", ("cost", "coverage"), [(0, 150), (30, 0)]),
    ("price_weighted", ("cost", "contingency"), [(0, 230), (60, 20), (80, 0)]),
    ("price_other", ("other_shortfall", "contingency"), [(0, 200), (400, 0)]),
]


@pytest.mark.parametrize(("world", "levels", "kinks"), PRICES)
def test_what_each_unit_of_the_guarantee_costs(
    world: str, levels: tuple[str, str], kinks: list[tuple[float, float]], tmp_path: Path
) -> None:
    found = frontier_of_workbook(WORLDS / world, tmp_path / "out", levels)
    assert found.frontier.is_exact
    assert [(kink.first, kink.second) for kink in found.frontier.kinks] == [
        (pytest.approx(first, abs=1e-6), pytest.approx(second, abs=1e-6)) for first, second in kinks
    ]
    assert found.second.name == levels[1]
    page = (tmp_path / "out" / "frontier.html").read_text(encoding="utf-8")
    assert found.second.title in page
