"""A case answered anew for each draw: one linear program in one session, changed in place, each solve from the plan's
basis.

The levels are those of the contract that concern responses, in their order: what is lacking of what was promised, then
L, and, where they may decide what is covered, lateness, days in transit and cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from planner.analysis.stress.program import CaseProgram, changed_sides
from planner.solver.endings import require_optimum
from planner.solver.highs import EITHER_SIMPLEX, INFINITY, Basis, HighsSession, SolveOutcome, Vector
from planner.solver.lexicographic import hold_by_face, inner
from planner.solver.scaling import objective_scale
from planner.tolerances import NOISE

NONE = np.empty(0, dtype=np.intp)
IMPOSSIBLE = frozenset({"infeasible", "unbounded or infeasible"})


class CaseFigures(NamedTuple):
    """What one draw makes of a case: L, the share of the need that is covered, by value, and the value of what is
    lacking of what was promised (weighted: or must be covered)."""

    loss: float
    coverage: float
    lack: float


class Answering:
    """The session of a case's program, with the plan's own response as the basis that each solve starts from.

    Raises SolverStoppedError where HiGHS comes to no end.
    """

    def __init__(self, program: CaseProgram, settings: Mapping[str, Any]) -> None:
        self._program = program
        self._session = HighsSession(program.lp, {**settings, "simplex_strategy": EITHER_SIMPLEX}, deaf=True)
        self._shut = np.unique(program.closes.columns)
        self._known: dict[bytes, CaseFigures] = {}
        self._lacks = False  # is something lacking even in the plan's own response?
        self._start: Basis | None = None
        self._start = self._optimum()[1]

    def answer(self, drawn: Vector) -> CaseFigures:
        """The response to the numbers of a draw."""
        factors = self._program.cells.factors(drawn)
        known = factors.tobytes()
        if known not in self._known:
            self._set(factors)
            values, _ = self._optimum()
            self._known[known] = self._figures(values, factors)
        return self._known[known]

    def _set(self, factors: Vector) -> None:
        """Right-hand sides, coefficients and bounds of these factors."""
        program, session = self._program, self._session
        rows, sides = changed_sides(program, factors)
        session.set_right_hand_sides(rows, sides)
        divided = program.divided
        by = factors[divided.cells]
        some = by > 0  # else the columns are shut
        session.set_entries(divided.rows[some], divided.columns[some], divided.amounts[some] / by[some])
        shut = np.isin(self._shut, program.closes.columns[factors[program.closes.cells] == 0])
        session.change_model(self._shut, NONE, (np.zeros(len(shut)), np.where(shut, 0.0, INFINITY)))

    def _optimum(self) -> tuple[Vector, Basis]:
        """The values of all columns at the optimum of all levels in order, and the basis there.

        That nothing is lacking is tried first, unless that is so of the plan already: mostly it can be, and then one
        solve has decided two levels.
        """
        session = self._session
        (_, lack), (_, loss), *later = self._program.levels
        session.forget_basis()
        if self._start is not None:
            session.start_from(self._start)
        outcome = self._without_lack(loss) if not self._lacks else None
        if outcome is None:
            self._bound_lacks(INFINITY)
            self._hold(self._minimise(lack))
            outcome = self._minimise(loss)
            if self._start is None:
                self._lacks = True
        for _, costs in later:
            self._hold(outcome)
            outcome = self._minimise(costs)
        require_optimum(outcome.status)
        basis = session.basis() if self._start is None else self._start
        session.restore()
        return outcome.values, basis

    def _without_lack(self, loss: Vector) -> SolveOutcome | None:
        """L where nothing is lacking; None where something must be."""
        self._bound_lacks(0.0)
        outcome = self._minimise(loss)
        return None if outcome.status in IMPOSSIBLE and self._program.lacking.size else outcome

    def _bound_lacks(self, most: float) -> None:
        lacking = self._program.lacking
        self._session.set_column_bounds(lacking, np.zeros(len(lacking)), np.full(len(lacking), most))

    def _hold(self, outcome: SolveOutcome) -> None:
        require_optimum(outcome.status)
        hold_by_face(self._session, outcome)

    def _minimise(self, costs: Vector) -> SolveOutcome:
        """From the basis at hand; afresh where it proves of no use."""
        self._session.set_costs(costs * objective_scale(costs))
        outcome = self._session.solve("response")
        if outcome.status not in IMPOSSIBLE | {"optimal"}:
            self._session.forget_basis()
            outcome = self._session.solve("response")
        return outcome

    def _figures(self, values: Vector, factors: Vector) -> CaseFigures:
        """As the table of cases has them."""
        needs, (_, lack), (_, loss) = self._program.needs, *self._program.levels[:2]
        wanted = needs.quantities * np.append(factors, 1.0)[needs.cells]
        missing = _without_noise(values[needs.missing], wanted)
        need, uncovered = inner(needs.values, wanted), inner(needs.values, missing)
        return CaseFigures(
            loss=inner(loss, values) if self._program.weighted else inner(needs.priorities * needs.values, missing),
            coverage=1.0 - uncovered / need if need else 1.0,
            lack=inner(lack, _without_noise(values, np.ones(len(values)))),
        )


def _without_noise(values: Vector, sizes: Vector) -> Vector:
    return np.where(values > NOISE * np.maximum(1.0, sizes), values, 0.0)
