"""Units in which HiGHS takes an LP well: exact, the user's own where they are ordinary, and unseen from outside."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solver.highs import INFINITY, Arrays, HighsSession
from planner.solver.lexicographic import dual_bound, hold_by_face, inner
from planner.solver.scaling import LEAST_COST, finer_scale

TIGHT = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}


def two_items(unit: float) -> Arrays:
    """Two items on one route of 0.5 t: one weighs 0.1 t, of 20 of which none need be short; one weighs 1e-9 × unit t.

    Columns: sent and short of each item. Rows: sent + short = wanted, twice; tonnes ≤ 0.5.
    """
    return Arrays(
        columns=4,
        row_lower=np.array([4.0, 1e9 / unit, -INFINITY]),
        row_upper=np.array([4.0, 1e9 / unit, 0.5]),
        start=np.array([0, 2, 4, 6], dtype=np.int32),
        index=np.array([0, 1, 2, 3, 0, 2], dtype=np.int32),
        value=np.array([1.0, 1.0, 1.0, 1.0, 0.1, 1e-9 * unit]),
    )


def test_ordinary_units_are_kept() -> None:
    assert two_items(1e8).scaling() is None


def test_factors_are_powers_of_two_and_bring_coefficients_near_1() -> None:
    lp = two_items(1.0)
    units = lp.scaling()
    assert units is not None
    for factors in (units.rows, units.columns):
        assert np.array_equal(np.exp2(np.round(np.log2(factors))), factors)
    scaled = lp.value * units.rows[lp.row_of_entry] * units.columns[lp.index]
    assert scaled.min() > 1e-4
    assert scaled.max() < 1e4


def test_a_mere_limit_that_is_large_changes_no_unit() -> None:
    lp = two_items(1e8)
    lp.row_upper[2] = 1e15
    assert lp.scaling() is None


@pytest.mark.parametrize("unit", [1.0, 1e8])
def test_values_duals_and_bounds_are_in_the_users_units(unit: float) -> None:
    """4 of the heavy item use 0.4 t; 1e8 ÷ unit of the light one fit beside them, 9e8 ÷ unit are short."""
    session = HighsSession(two_items(unit), TIGHT)
    costs = np.array([0.0, 1e9, 0.0, unit])
    session.set_costs(costs)
    outcome = session.solve("test")
    assert outcome.values == pytest.approx([4.0, 0.0, 1e8 / unit, 9e8 / unit], rel=1e-12)
    assert outcome.objective == pytest.approx(9e8, rel=1e-12)
    # A tonne more carries 1e9 ÷ unit more of the light item, each worth its unit.
    assert outcome.row_duals == pytest.approx([1e8, unit, -1e9], rel=1e-9)
    assert outcome.reduced_costs == pytest.approx([0.0, 9e8, 0.0, 0.0], rel=1e-9, abs=1e-6)
    assert dual_bound(session, outcome) == pytest.approx(9e8, rel=1e-9)


def test_what_is_changed_later_is_in_the_users_units_too() -> None:
    session = HighsSession(two_items(1.0), TIGHT)
    session.set_costs(np.array([0.0, 1e9, 0.0, 1.0]))
    session.set_right_hand_sides(np.array([2]), np.array([0.6]))
    assert session.solve("more").values[3] == pytest.approx(8e8)
    session.add_row(-INFINITY, 7e8, np.array([0.0, 0.0, 0.0, 1.0]))
    held = session.solve("held")
    assert held.values[3] == pytest.approx(7e8)
    assert held.values[1] == pytest.approx(1.0)  # 1e8 more of the light item take the room of one heavy
    # One more that may be short: 1e-8 of a heavy one less is short, for what it costs itself.
    assert held.row_duals[3] == pytest.approx(1.0 - 1e9 * 1e-8, rel=1e-6)
    session.set_column_bounds(np.array([3]), np.array([0.0]), np.array([6e8]))
    assert session.solve("bound").values[3] == pytest.approx(6e8)


def test_the_face_of_a_level_keeps_its_optimum_in_other_units() -> None:
    session = HighsSession(two_items(1.0), TIGHT)
    first = np.array([0.0, 1e9, 0.0, 1.0])
    session.set_costs(first)
    outcome = session.solve("first")
    hold_by_face(session, outcome)
    session.set_costs(np.array([1.0, 0.0, 1.0, 0.0]))  # to send as little as may be
    session.forget_basis()
    assert inner(first, session.solve("second").values) == pytest.approx(9e8, rel=1e-9)


def test_moves_of_basic_columns_are_in_the_users_units() -> None:
    session = HighsSession(two_items(1.0), TIGHT)
    session.set_costs(np.array([0.0, 1e9, 0.0, 1.0]))
    session.solve("test")
    basics, moves = session.basic_moves(np.array([0.0, 0.0, 0.1]))  # a tenth of a tonne of room
    found = dict(zip(basics.tolist(), moves.tolist(), strict=True))
    assert found[2] == pytest.approx(1e8)
    assert found[3] == pytest.approx(-1e8)
    assert found[0] == pytest.approx(0.0)


def test_costs_far_below_the_others_still_count() -> None:
    """A penalty of 1e15 beside costs of 1 and 1.001: the cheaper line makes all it can."""
    lp = Arrays(
        columns=3,
        row_lower=np.array([80.0, -INFINITY, -INFINITY]),
        row_upper=np.array([80.0, 50.0, 50.0]),
        start=np.array([0, 3, 4, 5], dtype=np.int32),
        index=np.array([0, 1, 2, 0, 1], dtype=np.int32),
        value=np.ones(5),
    )
    session = HighsSession(lp, TIGHT)
    costs = np.array([1.001, 1.0, 1e15]) * 2.0**-24
    session.set_costs(costs)
    outcome = session.solve("test")
    assert outcome.values == pytest.approx([30.0, 50.0, 0.0])
    assert outcome.objective == pytest.approx(inner(costs, outcome.values))
    assert outcome.row_duals[2] == pytest.approx(-0.001 * 2.0**-24, rel=1e-6, abs=0)


def test_a_finer_scale_is_asked_for_only_where_costs_are_within_the_tolerance() -> None:
    assert finer_scale(np.array([0.0, LEAST_COST, 1e9])) == 1.0
    assert finer_scale(np.array([LEAST_COST / 4, 1.0])) == 4.0
    assert finer_scale(np.array([1e-9, 1e12])) == 2.0**9  # no further: the largest would count as infinite
    assert finer_scale(np.zeros(3)) == 1.0
