"""Levels held as in the plan, in another session."""

from __future__ import annotations

from collections.abc import Iterable

from planner.solver.highs import HighsSession
from planner.solver.lexicographic import SolvedLevel, hold_by_face, hold_by_row
from planner.tolerances import HELD


def hold(session: HighsSession, levels: Iterable[SolvedLevel], by_rows: bool, tolerance: float) -> None:
    """Hold the levels, solved in this order, at their optimum: by their faces, or `by_rows`, which give `tolerance` back."""
    for level in levels:
        if not by_rows:
            hold_by_face(session, level.outcome)
        elif level.costs.any():
            hold_by_row(session, level, max(tolerance, HELD))
