"""What the optimum of each level fixes, and what its duals prove where things are gone.

Duals that are feasible bound a level from below, whatever the bounds of columns and rows (weak duality). What is taken
away changes bounds alone, so what it adds to that bound is known without a solve: where it adds nothing, the level is
no better, and its optima are still those that the face fixes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan.again.removal import Removal
from planner.solver.highs import INFINITY, Arrays, HighsSession, Vector
from planner.solver.lexicographic import SolvedLevel, bound_terms, hold_by_face
from planner.solver.scaling import objective_scale

Positions = NDArray[np.intp]
Limits = tuple[Positions, Vector]  # rows and the most that each allows


class Face(NamedTuple):
    """What a level fixes beyond those before it: columns and rows by position, and where."""

    columns: Positions
    column_values: Vector
    rows: Positions
    row_values: Vector


class Proof(NamedTuple):
    """The duals of a level per unit of it, and what each adds to the bound that they prove; by row, and by column."""

    row_duals: Vector
    row_terms: Vector
    reduced_costs: Vector
    column_terms: Vector

    @classmethod
    def of(cls, session: HighsSession, level: SolvedLevel) -> Proof:
        """`session`: the levels before are held in it."""
        duals = level.row_duals[: session.lp.rows]
        reduced_costs = level.outcome.reduced_costs / objective_scale(level.costs)
        return cls(
            duals,
            bound_terms(duals, session.row_lower, session.row_upper),
            reduced_costs,
            bound_terms(reduced_costs, session.column_lower, session.column_upper),
        )

    def change(self, removal: Removal, limits: Limits, lp: Arrays) -> float:
        """What removal and limits add to the bound: above 0, the level is worse by as much or more; below 0, it may be
        better.

        Of a row that no longer holds the dual becomes 0; −infinity where a column that is not fixed would feel that.
        """
        fixed = np.full(lp.columns, np.nan)
        same = removal.lower == removal.upper
        fixed[removal.columns[same]] = removal.lower[same]
        total = float((bound_terms(self.reduced_costs[removal.columns], removal.lower, removal.upper)).sum())
        total -= float(self.column_terms[removal.columns].sum())
        for row in removal.rows[self.row_duals[removal.rows] != 0].tolist():
            entries = slice(lp.start[row], lp.start[row + 1])
            moved = float((lp.value[entries] * fixed[lp.index[entries]]).sum()) * float(self.row_duals[row])
            if np.isnan(moved):
                return -INFINITY
            total += moved - float(self.row_terms[row])
        rows, most = limits
        now = bound_terms(self.row_duals[rows], lp.row_lower[rows], most)
        return total + float((now - self.row_terms[rows]).sum())


def faces_of(session: HighsSession, levels: Sequence[SolvedLevel]) -> tuple[list[Face], list[Proof]]:
    """The faces of levels, solved in this order on the LP that is loaded, and what proves each."""
    faces, proofs = [], []
    for level in levels:
        proofs.append(Proof.of(session, level))
        columns, rows = session.column_lower < session.column_upper, session.row_lower < session.row_upper
        hold_by_face(session, level.outcome)
        fixed = np.flatnonzero(columns & (session.column_lower == session.column_upper))
        active = np.flatnonzero(rows & (session.row_lower == session.row_upper))
        faces.append(Face(fixed, session.column_lower[fixed], active, session.row_lower[active]))
    return faces, proofs
