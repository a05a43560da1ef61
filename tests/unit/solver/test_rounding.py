"""Reduced costs and duals that are 0 but for rounding hold nothing; small ones that are not, do."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solver.highs import INFINITY, Arrays, HighsSession, SolveOutcome, Vector
from planner.solver.lexicographic import hold_by_face, inner
from planner.solver.scaling import objective_scale
from tests.seeds import seeds

SETTINGS = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}
WANTED = 7.0


def chained(components: Vector, prices: Vector, direct: float) -> tuple[Arrays, Vector]:
    """WANTED of a good, made of components (so much of each, bought at these prices), or bought at the price `direct`.

    Columns: bought of each component, made, bought. Rows: bought of a component = what is made of it; made + bought =
    WANTED. A last column, of a hundredth of that price, is wanted once.
    """
    count = len(components)
    made, bought, penny = count, count + 1, count + 2
    entries = [(row, row, 1.0) for row in range(count)]
    entries += [(row, made, -float(components[row])) for row in range(count)]
    entries += [(count, made, 1.0), (count, bought, 1.0), (count + 1, penny, 1.0)]
    entries.sort()
    sides = np.concatenate([np.zeros(count), [WANTED, 1.0]])
    start = np.searchsorted([row for row, _, _ in entries], np.arange(count + 3)).astype(np.int32)
    lp = Arrays(
        columns=count + 3,
        row_lower=sides,
        row_upper=sides,
        start=start,
        index=np.array([column for _, column, _ in entries], dtype=np.int32),
        value=np.array([value for _, _, value in entries]),
    )
    return lp, np.concatenate([prices, [0.0, direct, direct / 100]])


def optimum(session: HighsSession, costs: Vector) -> SolveOutcome:
    session.set_costs(costs * objective_scale(costs))
    session.forget_basis()
    return session.solve("test")


def least_after(first: Vector, lp: Arrays, column: int) -> float:
    """The least of one column at the optimum of these costs."""
    session = HighsSession(lp, SETTINGS)
    hold_by_face(session, optimum(session, first))
    second = np.zeros(lp.columns)
    second[column] = 1.0
    found = optimum(session, second)
    assert found.status == "optimal"
    return float(found.values[column])


@pytest.mark.parametrize("money", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("seed", seeds(12, 200))
def test_two_ways_that_cost_the_same_are_both_left(seed: int, money: float) -> None:
    """The price of the good is what its components cost, but for rounding: more than 1e-10 of a usual price."""
    rng = np.random.default_rng(seed)
    components = rng.integers(1, 99, 6) * 10.0 ** rng.integers(3, 5, 6) / 7
    prices = rng.integers(1, 99, 6) / 100 * 10.0 ** rng.integers(-4, 5, 6) * money
    lp, costs = chained(components, prices, float(np.add.reduce((components * prices)[::-1])))
    assert [least_after(costs, lp, column) for column in (6, 7)] == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("money", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("dearer", [3e-10, 1e-8, 1e-3])
def test_a_way_that_costs_a_little_more_is_not_left(dearer: float, money: float) -> None:
    """Relative to the price: far above rounding, which is 1e-16, and below any fixed threshold for rounding."""
    components, prices = np.array([3.0, 5.0]), np.array([0.1, 0.2]) * money
    lp, costs = chained(components, prices, 1.3 * money * (1 + dearer))
    session = HighsSession(lp, SETTINGS)
    first = optimum(session, costs)
    hold_by_face(session, first)
    found = optimum(session, np.array([1.0, 1.0, 0.0, 0.0, 0.0]))  # as few components as may be
    assert inner(costs, found.values) == pytest.approx(inner(costs, first.values), rel=1e-12, abs=0)
    assert found.values[3] == pytest.approx(0.0, abs=1e-9)


def test_what_has_the_sign_of_a_side_without_a_bound_is_not_fixed() -> None:
    """HiGHS's tolerance admits reduced costs a little below 0, and duals of a wrong sign:
    the level can but gain by them.
    """
    lp, _ = chained(np.array([1.0]), np.array([1.0]), 1.0)
    session = HighsSession(lp, SETTINGS)
    session.set_row_bounds(np.array([1]), np.array([-INFINITY]), np.array([WANTED]))
    outcome = SolveOutcome(
        "optimal", 0.0, np.zeros(4), np.array([-1e-8, 0.0, 1e-8, 0.0]), np.array([0.0, 1e-8, 0.0]), 0, 0.0
    )
    hold_by_face(session, outcome)
    assert session.column_upper.tolist() == [INFINITY, INFINITY, 0.0, INFINITY]
    assert session.row_lower.tolist() == [0.0, -INFINITY, 1.0]


def test_entries_and_rows_set_later_count_too() -> None:
    """The price of the good is met by a component's changed amount;
    a row added later holds what is made, at no dual.
    """
    lp, costs = chained(np.array([1.0]), np.array([0.3]), 0.9)
    session = HighsSession(lp, SETTINGS)
    session.set_entries(np.array([0]), np.array([1]), np.array([-3.0]))  # 0.3 · 3 = 0.9, but for rounding
    session.add_row(-INFINITY, 5.0, np.array([0.0, 1.0, 0.0, 0.0]))
    outcome = optimum(session, costs)
    assert outcome.reduced_costs.tolist() == [0.0, 0.0, 0.0, 0.0]
    assert outcome.row_duals == pytest.approx(np.array([0.3, 0.9, 0.009, 0.0]) * objective_scale(costs))
    assert outcome.row_duals[3] == 0.0
    assert lp.value.tolist() == chained(np.array([1.0]), np.array([0.3]), 0.9)[0].value.tolist()
