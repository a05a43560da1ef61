"""The first level at which a plan without some of its things differs, from the optimal faces of the plan's own levels.

As far as duals prove that no level is better (`planner.plan.again.faces`), and as long as the faces of the first k
levels have a point left in common, these levels keep their values, in order; presolve alone mostly tells where they
have none. What follows is solved level by level until one differs. Levels after that are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.errors import NoPlanError
from planner.plan.again.bracket import Bracket
from planner.plan.again.faces import Face, Limits, Positions, Proof
from planner.plan.again.removal import Removal
from planner.solver.endings import require_optimum
from planner.solver.highs import IMPOSSIBLE, INFINITY, Arrays, HighsSession
from planner.solver.lexicographic import Level, hold_by_face, optimise
from planner.tolerances import DRIFT, FEASIBLE, close

# Pivots for the question whether faces have a point in common: mostly presolve answers it, in none.
SOME_PIVOTS = 2000


@dataclass(frozen=True)
class FirstDifference:
    """The levels of a plan with their values, faces, proofs and whether simplex was the way to each; `spare` as of
    `optimise`.
    """

    levels: Sequence[Level]
    base: Mapping[str, float]
    faces: Sequence[Face]
    proofs: Sequence[Proof]
    by_simplex: Mapping[str, bool]
    spare: Positions

    def values(self, session: Callable[[], HighsSession], held: int) -> dict[str, float]:
        """The levels up to the first that differs, on the LP that each `session` loads anew, without the things.

        `held`: as of `most_held`. Raises NoPlanError, SolverStoppedError.
        """
        while True:
            try:
                return self._solve_levels(session(), held)
            except NoPlanError:
                if not held:
                    raise
                held -= 1

    def no_better(self, removal: Removal, limits: Limits, lp: Arrays) -> int:
        """How many levels, from the first on, are proved no better, and neither worse, by their duals alone."""
        for index, (name, _) in enumerate(self.levels):
            if abs(self.proofs[index].change(removal, limits, lp)) > DRIFT * max(1.0, abs(self.base[name])):
                return index
        return len(self.levels)

    def _solve_levels(self, session: HighsSession, held: int) -> dict[str, float]:
        """From faces that are held; raises NoPlanError where they have no point in common."""
        if not self.hold(session, held):
            raise NoPlanError("the faces have no point in common", (), "infeasible")
        values_of = {name: self.base[name] for name, _ in self.levels[:held]}
        if held == len(self.levels):
            session.set_costs(np.zeros(session.lp.columns))
            require_optimum(session.solve("what stays").status)
        for name, costs in self.levels[held:]:
            session.keep_bounds()
            simplex = self.by_simplex[name]
            solved = optimise(
                session, [(name, costs)], 0.0, None, interior_point=not simplex, spare=self.spare, race=False
            ).levels[0]
            values_of[name] = solved.value
            if not close(solved.value, self.base[name]):
                break
            hold_by_face(session, solved.outcome)
        return values_of

    def between(
        self, session: Callable[[], HighsSession], most: int, bracket: Callable[[HighsSession, int], Bracket]
    ) -> tuple[int, Bracket]:
        """(place of the first level that may differ, between what it lies); what levels before keep is proved by
        `at_most`.

        The place is the number of levels where all seem to keep their values. `bracket`: of the level at a place, those
        before held in the session.
        """
        held = self.most_held(session, most)
        while held < len(self.levels):
            loaded = session()
            bracketed = bracket(loaded, held) if self.hold(loaded, held) else Bracket(INFINITY, None)
            if bracketed.at_least < INFINITY or not held:
                return held, bracketed
            held -= 1
        return held, Bracket(-INFINITY, None)

    def most_held(self, session: Callable[[], HighsSession], most: int) -> int:
        """How many of so many levels, from the first on, keep their values, as far as that is easily found: at most so
        many do.

        From the last on: that faces have no point in common is mostly found without a pivot, that they may have one
        takes some.
        """
        loaded = session()
        loaded.set_costs(np.zeros(loaded.lp.columns))
        for held in range(most, 0, -1):
            if self.hold(loaded, held):
                loaded.forget_basis()
                if loaded.solve("what stays", pivots=SOME_PIVOTS).status not in IMPOSSIBLE:
                    return held
            loaded.restore()
        return 0

    def hold(self, session: HighsSession, held: int) -> bool:
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
