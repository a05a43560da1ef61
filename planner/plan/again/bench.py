"""The base's LP, solved as often as wanted with other costs and limits: prices, frontiers, alternatives.

Every solve begins at the base's basis unless told to go on from the last one. So results do not depend on what
was solved before, but for walks along a path, which do so by intent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan.program import Program
from planner.solver.highs import INFINITY, Basis, Outcome, Vector
from planner.solver.lexicographic import SolvedLevel, hold_by_face, inner
from planner.solver.options import SolveOptions
from planner.solver.scaling import objective_scale
from planner.tolerances import DRIFT


class Bounds(NamedTuple):
    """New bounds of some columns or rows, by position: lower ≤ x ≤ upper (`INFINITY`: none)."""

    places: NDArray[np.intp]
    lower: Vector
    upper: Vector


class Bench:
    """A session of the base's LP with some levels held.

    `faces` are levels held at their optimum, all before some level, in order: by the optimal face of each, which is
    fast. A face takes limits that are scarce at its level for used up, so it does not go with other values of them.
    `limits`: (level, the most that it may reach in its own unit): by a row, which is slower but may leave room; it
    gives way by DRIFT × max(1, |limit|) besides, so that the base's own plan keeps it after rounding.
    All rules of the funds are in force. `interior_point`: what to fall back on where the basis is of no use.

    Columns stand as in the model, rows as in
    `program.model.rows[family][key]`; after them one row a limit, in order.
    """

    def __init__(
        self,
        program: Program,
        basis: Basis,
        options: SolveOptions,
        faces: Sequence[SolvedLevel] = (),
        limits: Sequence[tuple[SolvedLevel, float]] = (),
        interior_point: bool = False,
    ) -> None:
        self.program = program
        self._basis, self._interior_point = basis, interior_point
        self._session = program.session(options)
        for level in faces:
            hold_by_face(self._session, level.outcome)
        self._session.keep_bounds()
        scales = []
        for level, limit in limits:
            scales.append(objective_scale(level.costs))
            most = limit + DRIFT * max(1.0, abs(limit))
            self._session.add_row(-INFINITY, most * scales[-1], level.costs * scales[-1])
        self._scales = np.array(scales)
        self._session.start_from(basis)

    def solve(
        self,
        costs: Vector,
        rows: Bounds | None = None,
        columns: Bounds | None = None,
        go_on: bool = False,
        time_limit: float | None = None,
    ) -> Outcome:
        """Minimise `costs` (by column); `rows` and `columns` are bounds for this solve only.

        Begins at the base's basis, or with `go_on` at that of the last solve. The outcome's status says how it
        ended (optimal, infeasible, unbounded, time limit). Its objective and duals are in units of `costs`, the dual of
        a level's limit per unit of that level: `row_duals[program.lp.rows + place]`.
        """
        session = self._session
        scale = objective_scale(costs)
        session.set_costs(costs * scale)
        if rows is not None:
            session.set_row_bounds(*rows)
        if columns is not None:
            session.set_column_bounds(*columns)
        if not go_on:
            session.forget_basis()
            session.start_from(self._basis)
        try:
            outcome = session.solve_again("solve again", time_limit, self._interior_point)
        finally:
            if rows is not None or columns is not None:
                session.restore()
        return self._unscaled(outcome, costs, scale)

    def _unscaled(self, outcome: Outcome, costs: Vector, scale: float) -> Outcome:
        if outcome.status != "optimal":
            return outcome
        duals = outcome.row_duals / scale
        duals[self.program.lp.rows :] *= self._scales
        value = inner(costs, outcome.values)
        return replace(outcome, objective=value, reduced_costs=outcome.reduced_costs / scale, row_duals=duals)
