"""The first levels of a changed input, known without solving them: where the base's duals prove them.

The duals of a level bound it in the changed LP too, as long as they are feasible there (weak duality): where right-hand sides alone
are others they always are; else reduced costs tell. A plan that is complementary to them reaches the bound. So if the optimal
faces of the first k levels, as those duals have them in the changed LP, have a point in common, these levels are optimal there, in
order, and the face they leave is the same as if they had been solved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from planner.solver.highs import INFINITY, HighsSession, Vector
from planner.solver.lexicographic import SolvedLevel, dual_bound, hold_by_face, inner
from planner.solver.scaling import objective_scale
from planner.tolerances import DRIFT, DUAL_ZERO, FEASIBLE

# Pivots for the question whether faces have a point in common, per row: they take little, as nothing is optimised.
SHARE_OF_PIVOTS = 0.4
NO_VALUES = np.empty(0)


def without_values(level: SolvedLevel) -> SolvedLevel:
    """A level with its duals alone: what has to be known of the base."""
    return replace(level, outcome=replace(level.outcome, values=NO_VALUES))


def kept_levels(
    loaded: Callable[[], HighsSession], before: Sequence[SolvedLevel]
) -> tuple[list[SolvedLevel], HighsSession]:
    """The first levels that the base's duals prove in the changed LP, as if solved, and a session in which they are held.

    `loaded`: the changed LP, loaded anew each time. `before`: the base's levels with duals, on the changed LP's columns and rows, with
    its costs; reduced costs as they were. None kept: an empty list.
    """
    proved = _dual_feasible(loaded(), before)
    best = _common(loaded, proved[:1]) if proved else None
    if best is None:
        return [], loaded()
    low, high = 1, len(proved)
    while low < high:
        middle = high if high == len(proved) else (low + high + 1) // 2  # all of them first
        found = _common(loaded, proved[:middle])
        low, high, best = (middle, high, found) if found is not None else (low, middle - 1, best)
    values, session = best
    return [_solved(level, values) for level in proved[:low]], session


def _dual_feasible(session: HighsSession, before: Sequence[SolvedLevel]) -> list[SolvedLevel]:
    """The first levels whose duals are feasible in the LP that is loaded, with its reduced costs and the bounds that they prove."""
    found: list[SolvedLevel] = []
    for level in before:
        outcome = replace(level.outcome, reduced_costs=_reduced_costs(session, level))
        if not _is_feasible(session, replace(level, outcome=outcome)):
            break
        bound = dual_bound(session, outcome) / objective_scale(level.costs)
        found.append(replace(level, outcome=outcome, bound=bound, value=bound))
        hold_by_face(session, outcome)
    return found


def _reduced_costs(session: HighsSession, level: SolvedLevel) -> Vector:
    """costs − Aᵀ duals in the LP that is loaded; those of the base where the two differ by arithmetic only."""
    lp, outcome = session.lp, level.outcome
    costs = level.costs * objective_scale(level.costs)
    terms = lp.value * outcome.row_duals[: lp.rows][lp.row_of_entry]
    size = np.abs(costs) + np.bincount(lp.index, np.abs(terms), lp.columns)
    found = costs - np.bincount(lp.index, terms, lp.columns)
    same = np.abs(found - outcome.reduced_costs) <= FEASIBLE * (1.0 + size)
    reduced: Vector = np.where(same, outcome.reduced_costs, found)
    return reduced


def _is_feasible(session: HighsSession, level: SolvedLevel) -> bool:
    """Has each dual, and each reduced cost, a bound on its side, or a column or row that is held?"""
    outcome = level.outcome
    reduced, duals = session.as_solved(outcome)
    sides = (
        (reduced, session.column_lower, session.column_upper),
        (duals, session.row_lower, session.row_upper),
    )
    for own, lower, upper in sides:
        wrong = (own > DUAL_ZERO) & (lower == -INFINITY) | (own < -FEASIBLE) & (upper == INFINITY)
        if wrong.any():
            return False
    return True


def _common(loaded: Callable[[], HighsSession], levels: Sequence[SolvedLevel]) -> tuple[Vector, HighsSession] | None:
    """A plan in the faces of all levels, and the session in which they are held for good; None where there is none."""
    session = loaded()
    for level in levels:
        hold_by_face(session, level.outcome)
    if (session.column_lower > session.column_upper).any() or (session.row_lower > session.row_upper).any():
        return None
    session.keep_bounds()
    session.set_costs(np.zeros(session.lp.columns))
    outcome = session.solve("what stays", pivots=1000 + int(SHARE_OF_PIVOTS * session.lp.rows))
    if outcome.status != "optimal":
        return None
    reached = [abs(inner(level.costs, outcome.values) - level.bound) for level in levels]
    if any(gap > DRIFT * max(1.0, abs(level.bound)) for gap, level in zip(reached, levels, strict=True)):
        return None
    return outcome.values, session


def _solved(level: SolvedLevel, values: Vector) -> SolvedLevel:
    outcome = replace(level.outcome, values=values, iterations=0, seconds=0.0)
    return replace(level, value=inner(level.costs, values), outcome=outcome)
