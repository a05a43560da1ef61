"""A budget slid on random worlds: what is proved from three plans holds for plans made from nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.budget.curve import Bound
from planner.analysis.budget.study import BudgetRows, BudgetStudy, scaled
from planner.errors import NoPlanError, UsageError
from planner.plan import solve
from planner.tolerances import SAME
from planner.workbook import interpret, read
from planner.workbook.reading.raw import RawInput
from tests.seeds import seeds
from tests.worlds.worlds import random_world, write_world


def _holds(bound: Bound, value: float) -> bool:
    slack = 1e-6 * max(1.0, abs(value))
    return (bound.low is None or bound.low <= value + slack) and (bound.high is None or value <= bound.high + slack)


def _levels(raw: RawInput) -> list[float]:
    """The levels of a plan made from nothing. Raises NoPlanError."""
    instance = interpret(raw).instance
    assert instance is not None
    return [level.value or 0.0 for level in solve(instance, priced=False).levels]


@pytest.mark.parametrize("seed", seeds(10, 400))
def test_bounds_hold_for_plans_made_from_nothing(seed: int, tmp_path: Path) -> None:
    source = write_world(random_world(seed, "lexicographic"), tmp_path / "world")
    reading = read(source)
    funds = [name for name, fund in reading.instance.funds.items() if fund.budgets] if reading.instance else []
    if not funds:
        return
    budget = BudgetRows(funds[0])
    try:
        study = BudgetStudy(source, budget)
    except (NoPlanError, UsageError):
        return
    curve = study.curve()
    for factor in (0.4, 0.9, 1.3):
        point = study.point(factor)
        try:
            levels = _levels(scaled(reading.raw, budget, factor))
        except NoPlanError:
            assert point is None
            continue
        assert point is not None
        assert point.values == pytest.approx(levels[: len(point.values)], rel=SAME, abs=1e-4)
        for bound, value in zip(curve.bounds(factor), levels, strict=False):
            assert _holds(bound, value), (factor, bound, value)
