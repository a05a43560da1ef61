"""The first levels of a changed input, known without solving them: where the base's plan and duals prove them.

The duals of a level bound it in the changed LP too, as long as they are feasible there (weak duality): where right-hand
sides alone are others they always are; else reduced costs tell. As long as the base's plan is a plan of the changed LP,
and complementary to those duals, it reaches the bound. So for the first levels for which both is so the plan is optimal
there, in order, and the face that they leave is the same as if they had been solved.

Where the base's plan is none of the changed LP, some other may still reach the bounds that have stayed as they were.
Then the faces of these levels are held as well, and the first solve on them tells whether they have a point in common:
any that they have proves these levels.

The levels after them are proved by simplex, from a basis that is optimal for all levels of the base in order, as far as
few pivots lead. Where simplex finds that the faces have no point in common, fewer are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.solver.highs import IMPOSSIBLE, INFINITY, Arrays, Basis, Bounds, HighsSession, Vector
from planner.solver.lexicographic import Level, SolvedLevel, dual_bound, hold_by_face, inner, proved_in_order
from planner.solver.scaling import objective_scale
from planner.tolerances import DRIFT, DUAL_ZERO, FEASIBLE, NO_COST

NO_VALUES = np.empty(0)
# Pivots from the basis of a similar LP, of each level: at least, and per row. A level that takes more, and those after
# it, are solved afresh.
NEAR_PIVOTS, NEAR_SHARE = 1000, 0.04
FEWER = 2  # levels that are let go, one after the other, before all are solved afresh


class FirstLevels(NamedTuple):
    """The first levels of a changed LP, as if solved; the `session` holds them for good, with a `basis` near their
    plan.
    """

    levels: list[SolvedLevel]
    session: HighsSession
    basis: Basis


def first_levels(
    load: Callable[[], HighsSession],
    levels: Sequence[Level],
    before: Sequence[SolvedLevel],
    plan: Vector,
    start: Basis,
    time_limit: float | None = None,
) -> Iterator[FirstLevels]:
    """The first levels of a changed LP that the base proves, and those after them that few pivots from `start` prove.

    Then, in case that there is no plan with them all, fewer. `load`: the changed LP, loaded anew. `start`: a basis that
    is optimal for all levels of the base in order. `before` and `plan` as of `kept_levels`.
    """
    for _ in range(FEWER + 1):
        session = load()
        proved, is_proved = kept_levels(session, before, plan)
        left = levels[len(proved) :]
        pivots = max(NEAR_PIVOTS, int(NEAR_SHARE * session.lp.rows))
        near = proved_in_order(session, left, start, pivots, time_limit, of_each=True)
        session.keep_bounds()
        if near or session.status not in IMPOSSIBLE:
            yield FirstLevels([*proved, *near], session, session.basis() if near else start)
        if is_proved or not proved:
            return
        before = before[: len(proved)]


def without_values(level: SolvedLevel) -> SolvedLevel:
    """A level with its duals alone: what has to be known of the base, beside its plan."""
    return replace(level, outcome=replace(level.outcome, values=NO_VALUES))


def kept_levels(session: HighsSession, before: Sequence[SolvedLevel], plan: Vector) -> tuple[list[SolvedLevel], bool]:
    """The first levels that the base proves in the changed LP, as if solved; they are held in the session for good.

    And are they proved?

    `session`: the changed LP. `before`: the base's levels with their duals, on the changed LP's columns and rows, with
    its costs; `plan`: the base's plan on its columns. If it is none of the changed LP, the levels are proved only once
    a plan is found that keeps the faces; one level at least is left for that.
    """
    kept: list[SolvedLevel] = []
    is_plan = _holds(session, plan)
    for level in before if is_plan else before[:-1]:
        outcome = replace(level.outcome, values=plan, reduced_costs=_reduced_costs(session, level))
        bound = dual_bound(session, outcome) / objective_scale(level.costs)
        value = inner(level.costs, plan) if is_plan else level.value
        if not _is_feasible(session, replace(level, outcome=outcome)):
            break
        if abs(value - bound) > DRIFT * max(1.0, abs(bound)):
            break
        hold_by_face(session, outcome)
        if is_plan and not _holds(session, plan):
            break
        session.keep_bounds()
        kept.append(replace(level, outcome=replace(outcome, iterations=0, seconds=0.0), value=value, bound=bound))
    session.restore()
    return kept, is_plan


def holds(lp: Arrays, bounds: Bounds, plan: Vector) -> bool:
    """Does the plan keep these bounds of the LP's columns and rows, up to arithmetic?"""
    column_lower, column_upper, row_lower, row_upper = bounds
    terms = lp.value * plan[lp.index]
    activity, size = (np.bincount(lp.row_of_entry, each, lp.rows) for each in (terms, np.abs(terms)))
    rows = np.abs(activity - np.clip(activity, row_lower, row_upper)) / np.maximum(1.0, size)
    columns = np.abs(plan - np.clip(plan, column_lower, column_upper)) / np.maximum(1.0, np.abs(plan))
    return bool(max(rows.max(initial=0.0), columns.max(initial=0.0)) <= DRIFT)


def _holds(session: HighsSession, plan: Vector) -> bool:
    """Does the plan keep all bounds of the session, up to arithmetic?"""
    return holds(session.lp, session.bounds, plan)


def _reduced_costs(session: HighsSession, level: SolvedLevel) -> Vector:
    """costs − Aᵀ duals in the LP that is loaded; those of the base where the two differ by arithmetic only, and 0 where
    it makes them.
    """
    lp, outcome = session.lp, level.outcome
    costs = level.costs * objective_scale(level.costs)
    terms = lp.value * outcome.row_duals[: lp.rows][lp.row_of_entry]
    size = np.abs(costs) + np.bincount(lp.index, np.abs(terms), lp.columns)
    computed = costs - np.bincount(lp.index, terms, lp.columns)
    same = np.abs(computed - outcome.reduced_costs) <= FEASIBLE * (1.0 + size)
    reduced: Vector = np.where(same, outcome.reduced_costs, np.where(np.abs(computed) > NO_COST * size, computed, 0.0))
    return reduced


def _is_feasible(session: HighsSession, level: SolvedLevel) -> bool:
    """Has each dual, and each reduced cost, a bound on its side, or a column or row that is held?"""
    outcome = level.outcome
    reduced, duals = session.as_solved(outcome)
    sides = (
        (reduced, session.column_lower, session.column_upper),
        (duals, session.row_lower, session.row_upper),
    )
    for values, lower, upper in sides:
        wrong = (values > DUAL_ZERO) & (lower == -INFINITY) | (values < -FEASIBLE) & (upper == INFINITY)
        if wrong.any():
            return False
    return True
