"""Bounds that rows imply: by hand, and on random programs against what single columns and sums can come to."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solver.highs import INFINITY, Arrays, HighsSession
from planner.solver.parametric.implied_bounds import implied_upper, least_sum
from planner.solver.parametric.study import Extension, ParametricStudy
from tests.seeds import seeds


def program(rows: list[list[float]], lower: list[float], upper: list[float]) -> HighsSession:
    matrix = np.array(rows)
    row, column = np.nonzero(matrix)
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(rows)))]).astype(np.int32)
    lp = Arrays(matrix.shape[1], np.array(lower), np.array(upper), start, column.astype(np.int32), matrix[row, column])
    return HighsSession(lp, {})


def test_a_bound_follows_from_one_row_to_the_next() -> None:
    """x ≤ 4 from 2x ≤ 8; y ≤ 3x gives y ≤ 12; z ≥ 1 + y bounds z from below only; w = y + 5 − x gives w ≤ 17."""
    session = program(
        [[2, 0, 0, 0], [-3, 1, 0, 0], [0, -1, 1, 0], [1, -1, 0, 1]], [-INFINITY, -INFINITY, 1, 5], [8, 0, INFINITY, 5]
    )
    assert implied_upper(session).tolist() == pytest.approx([4, 12, INFINITY, 17])


def test_a_sum_is_bounded_by_the_limits_of_its_own_columns() -> None:
    """x + y ≤ 6 and x ≤ 4: 2x + y is at most 10, though y − z ≤ 0 with z ≤ 1 lets it be at most 9."""
    session = program([[1, 1, 0], [1, 0, 0], [0, 1, -1], [0, 0, 1]], [-INFINITY] * 4, [6, 4, 0, 1])
    upper = implied_upper(session)
    assert upper.tolist() == pytest.approx([4, 1, 1])
    assert least_sum(session, np.array([-2.0, -1.0, 0.0]), upper, {}) == pytest.approx(-9)
    assert least_sum(session, np.array([-2.0, -1.0, 0.0]), np.full(3, 10.0), {}) == pytest.approx(-10)
    assert least_sum(session, np.array([1.0, 0.0, 2.0]), upper, {}) == 0
    assert least_sum(session, np.array([0.0, -1.0, 0.0]), np.full(3, INFINITY), {}) == -INFINITY


def test_bounds_do_not_outlast_what_implies_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """x ≤ 10, of which no pivot is left to find more than 0:
    while x is held to 1 none is above 1, then again none above 10.
    """
    monkeypatch.setattr("planner.solver.parametric.study.MOST_TO_THE_END", 0)
    monkeypatch.setattr("planner.solver.parametric.study.APPROACH_SHARE", 0.0)
    session = program([[1.0, 1.0]], [-INFINITY], [10.0])
    session.set_costs(np.array([1.0, 1.0]))
    assert session.solve("start").status == "optimal"
    study = ParametricStudy(session.lp, {}, {}, Extension(rows={"x": np.array([1.0, 0.0])}))
    start, costs = study.start(session.basis()), study.costs({"x": -1.0})
    for most in (1.0, INFINITY):
        study.bound("x", upper=most)
        reached = study.approach(costs, start, np.zeros(2))
        assert (reached.point.value, reached.bound) == pytest.approx((0.0, -min(most, 10.0)))


@pytest.mark.parametrize("seed", seeds(10, 300))
def test_no_point_is_beyond_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    point = random.integers(0, 4, 5).astype(float)
    matrix = random.integers(-2, 4, (7, 5)) * (random.random((7, 5)) < 0.6)
    activity = matrix @ point
    kind = random.integers(0, 3, 7)
    lower = np.where(kind == 0, -INFINITY, activity - random.integers(0, 3, 7))
    upper = np.where(kind == 1, INFINITY, activity + random.integers(0, 3, 7))
    session = program(matrix.astype(float).tolist(), lower.tolist(), upper.tolist())
    implied = implied_upper(session)
    for costs in (*-np.eye(5), random.integers(-3, 4, 5).astype(float)):
        session.forget_basis()
        session.set_costs(costs)
        outcome = session.solve("check")
        least = outcome.objective if outcome.status == "optimal" else -INFINITY
        assert least_sum(session, costs, implied, {}) <= least + 1e-6
        if np.count_nonzero(costs) == 1 and costs.min() == -1:
            assert implied[int(costs.argmin())] >= -least - 1e-6
