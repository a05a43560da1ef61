"""Further plans beside the plan: the levels before held as in it, reported as they are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.errors import SolverStoppedError
from planner.plan.program import Program
from planner.plan.settle.spare_scrap import spare_scrap
from planner.solver.clock import Clock, TimeLeft
from planner.solver.highs import Basis, HighsSession
from planner.solver.lexicographic import Level, Optimum, SolvedLevel, hold_by_face, hold_by_row, optimise
from planner.solver.options import SolveOptions
from planner.tolerances import HELD

PHASE = "what the guarantee is worth"


class Further:
    """How further plans are made from the `optimum` of a program, with a `basis` near it.

    `count`: how many there are to be, `begin` tells of each. Raises SolverStoppedError where no time is left.
    """

    def __init__(
        self,
        program: Program,
        optimum: Optimum,
        basis: Basis,
        options: SolveOptions,
        time_left: TimeLeft,
        clock: Clock,
        count: int,
    ) -> None:
        self.program, self.optimum, self.basis = program, optimum, basis
        self.options, self.left = options, time_left
        self._clock, self._count, self._begun = clock, count, 0

    def begin(self) -> None:
        """Tell the progress that the next plan begins."""
        self._begun += 1
        self._clock.tell(f"{PHASE}, plan {self._begun} of {self._count}")

    def session(self, program: Program) -> HighsSession:
        """A session in which the LP of a program is loaded."""
        return program.session(self.options)

    def hold(self, session: HighsSession, levels: Iterable[SolvedLevel]) -> None:
        """Hold the levels, solved in this order, at their optimum for good:
        by their faces, or by rows, as the plan's are.
        """
        for level in levels:
            if not self.optimum.held_by_rows:
                hold_by_face(session, level.outcome)
            elif level.costs.any():
                hold_by_row(session, level, max(self._tolerance, HELD))
        session.keep_bounds()

    def optimise(self, session: HighsSession, program: Program, levels: Sequence[Level], start: Basis) -> Optimum:
        """The levels in order on the LP of a program, from a basis to `start` from.

        Where interior point was the way, most plans are too far from the basis: on the coalition sample 3,000 pivots
        from it, of many more, take three times as long as all 15,000 of a fresh solve, with presolve.
        """
        afresh = self.optimum.by_interior_point and session.is_large
        optimum = optimise(
            session,
            levels,
            self._tolerance,
            self.left.seconds,
            interior_point=afresh,
            start=None if afresh and not program.model.weighted else start,
            spare=spare_scrap(program.model),
            guess_first=True,
        )
        if optimum.unfinished:
            raise SolverStoppedError(f"no time was left for {PHASE}")
        return optimum

    @property
    def _tolerance(self) -> float:
        return self.program.model.instance.settings.level_tolerance
