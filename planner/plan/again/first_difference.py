"""The first level at which a plan without some of its things differs, from the optimal faces of the plan's own levels.

Where less is possible than in the plan, no level can be better. So as long as the faces of the first k levels have a point left in
common, these levels keep their values, in order; presolve alone mostly tells where they have none. What follows is solved
level by level until one differs. Levels after that are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import NoPlanError
from planner.plan.again.removal import Removal
from planner.solver.highs import Arrays, HighsSession, Vector
from planner.solver.lexicographic import Level, SolvedLevel, hold_by_face, optimise
from planner.tolerances import FEASIBLE, close

Positions = NDArray[np.intp]
# Pivots for the question whether faces have a point in common: mostly presolve answers it, in none.
SOME_PIVOTS = 2000
IMPOSSIBLE = frozenset({"infeasible", "unbounded or infeasible"})


class Face(NamedTuple):
    """What a level fixes beyond those before it: columns and rows by position, and where."""

    columns: Positions
    column_values: Vector
    rows: Positions
    row_values: Vector


def faces_of(session: HighsSession, levels: Sequence[SolvedLevel]) -> list[Face]:
    """The faces of levels, solved in this order on the LP that is loaded."""
    found = []
    for level in levels:
        columns, rows = session.column_lower < session.column_upper, session.row_lower < session.row_upper
        hold_by_face(session, level.outcome)
        fixed = np.flatnonzero(columns & (session.column_lower == session.column_upper))
        active = np.flatnonzero(rows & (session.row_lower == session.row_upper))
        found.append(Face(fixed, session.column_lower[fixed], active, session.row_lower[active]))
    return found


def narrows(removal: Removal, lp: Arrays) -> bool:
    """Is all that is possible without the things possible with them too?

    So it is where each row that no longer holds has only columns that are fixed, and holds there all the same.
    """
    fixed = np.full(lp.columns, np.nan)
    same = removal.lower == removal.upper
    fixed[removal.columns[same]] = removal.lower[same]
    for row in removal.rows.tolist():
        own = slice(lp.start[row], lp.start[row + 1])
        reached = float((lp.value[own] * fixed[lp.index[own]]).sum())  # NaN where a column is free
        if not lp.row_lower[row] - FEASIBLE <= reached <= lp.row_upper[row] + FEASIBLE:
            return False
    return True


@dataclass(frozen=True)
class FirstDifference:
    """The levels of a plan with their values, faces and whether simplex was the way to each; `spare` as of `optimise`."""

    levels: Sequence[Level]
    base: Mapping[str, float]
    faces: Sequence[Face]
    by_simplex: Mapping[str, bool]
    spare: Positions

    def values(self, session: Callable[[], HighsSession], narrowed: bool) -> dict[str, float]:
        """The levels up to the first that differs, on the LP that each `session` loads anew, without the things.

        `narrowed`: all that is possible in it is so in the plan's. Raises NoPlanError, SolverStoppedError.
        """
        held = self._most_held(session) if narrowed else 0
        while True:
            try:
                return self._climb(session(), held)
            except NoPlanError:
                if not held:
                    raise
                held -= 1

    def _climb(self, session: HighsSession, held: int) -> dict[str, float]:
        """From faces that are held; raises NoPlanError where they have no point in common."""
        if not self._hold(session, held):
            raise NoPlanError("the faces have no point in common", (), "infeasible")
        found = {name: self.base[name] for name, _ in self.levels[:held]}
        for name, costs in self.levels[held:]:
            session.keep_bounds()
            simplex = self.by_simplex[name]
            solved = optimise(
                session, [(name, costs)], 0.0, None, interior_point=not simplex, spare=self.spare, race=False
            ).levels[0]
            found[name] = solved.value
            if not close(solved.value, self.base[name]):
                break
            hold_by_face(session, solved.outcome)
        return found

    def _most_held(self, session: Callable[[], HighsSession]) -> int:
        """How many levels, from the first on, keep their values, as far as that is easily told: at most so many do."""
        low, high = 0, len(self.levels)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._may_hold(session(), middle) else (low, middle - 1)
        return low

    def _may_hold(self, session: HighsSession, held: int) -> bool:
        """May the faces of so many levels have a point in common?"""
        if not self._hold(session, held):
            return False
        session.set_costs(np.zeros(session.lp.columns))
        return session.solve("what stays", pivots=SOME_PIVOTS).status not in IMPOSSIBLE

    def _hold(self, session: HighsSession, held: int) -> bool:
        """Hold the faces of so many levels; False where a bound of what is left forbids it."""
        for face in self.faces[:held]:
            columns, rows = face.columns, face.rows
            within = (face.column_values >= session.column_lower[columns] - FEASIBLE) & (
                face.column_values <= session.column_upper[columns] + FEASIBLE
            )
            loose = (session.row_lower[rows] == -np.inf) & (session.row_upper[rows] == np.inf)  # holds no more
            reached = (face.row_values >= session.row_lower[rows] - FEASIBLE) & (
                face.row_values <= session.row_upper[rows] + FEASIBLE
            )
            if not (within.all() and (reached | loose).all()):
                return False
            session.set_column_bounds(columns, face.column_values, face.column_values)
            session.set_row_bounds(rows[~loose], face.row_values[~loose], face.row_values[~loose])
        return True
