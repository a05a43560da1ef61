"""Months of re-optimisation with seeded mishaps: every step verified, churn bounded, no better than hindsight."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.replan.rolled.rolling import ReplanTerms
from tests.benchmarks.replay.course import SAME, Replay, replay
from tests.benchmarks.world import World

pytestmark = pytest.mark.usefixtures("without_reports")

CAP = 0.5


def lived(folder: Path, months: int, periods: int, seed: int, scale: float = 0.001) -> Replay:
    tables = World(scale, seed, "lexicographic", periods, 0.9).tables()
    return replay(folder, tables, months, seed, ReplanTerms(2, CAP))[0]


def holds(found: Replay, months: int) -> None:
    assert [step.verified for step in found.steps] == [True] * months
    assert not any(step.cap_lifted for step in found.steps)
    assert all(step.churn <= CAP for step in found.steps)
    assert max(step.unaccounted for step in found.steps) <= SAME  # ordered = made + on order, every month
    assert any(step.churn > 0 for step in found.steps)  # something did happen
    assert found.shortfall[0] >= found.hindsight_shortfall[0] - 1.0


@pytest.mark.long
def test_two_months_of_mishaps(tmp_path: Path) -> None:
    holds(lived(tmp_path, 2, 6, 4, scale=0.0002), 2)


@pytest.mark.long
def test_three_months_of_mishaps(tmp_path: Path) -> None:
    holds(lived(tmp_path, 3, 12, 4), 3)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_two_years_of_mishaps(tmp_path: Path, seed: int) -> None:
    holds(lived(tmp_path, 24, 32, seed), 24)
