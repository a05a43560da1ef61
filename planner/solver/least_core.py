"""The least core of a cooperative game, as a linear program."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np

from planner.errors import SolverStoppedError
from planner.solver.highs import INFINITY
from planner.solver.quiet import QuietHighs

CoalitionRow = tuple[tuple[int, ...], float]  # members of a coalition, and its value


def least_core(coalitions: Sequence[CoalitionRow], total: float, players: int) -> tuple[float, list[float]]:
    """(ε, shares) such that the shares add up to `total` and no coalition lacks more than ε.

        minimise ε  subject to  Σ_i∈S x_i + ε ≥ v(S) for every coalition S given,  Σ_i x_i = total

    Shares may be negative. Of several least-core allocations it returns one. Money is brought to about 1 first.
    """
    scale = max([abs(total), *(abs(value) for _, value in coalitions)], default=1.0) or 1.0
    highs = QuietHighs()
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        highs.setOptionValue(name, 1e-10)
    for _ in range(players + 1):
        highs.addVar(-INFINITY, INFINITY)
    highs.changeColCost(players, 1.0)
    everybody = np.arange(players, dtype=np.int32)
    highs.addRow(total / scale, total / scale, players, everybody, np.ones(players))
    for members, value in coalitions:
        columns = np.array([*members, players], dtype=np.int32)
        highs.addRow(value / scale, INFINITY, len(columns), columns, np.ones(len(columns)))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise SolverStoppedError("the least core could not be found: the solver stopped")
    solution = [value * scale for value in highs.getSolution().col_value]
    return solution[players], solution[:players]
