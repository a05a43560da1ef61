"""Perfect information, and planning for the cases: what the expected loss would be with the one, and without the other.

Both are reported at the level contingency, at risk weight 0, coverage left out, the levels before held as in the plan.
In the weighted objective they are of the whole of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from planner.errors import NoPlanError
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.responses.coverage import PROMISE
from planner.formulation.responses.losses import loss
from planner.formulation.responses.response import Response
from planner.plan.places import level_unit
from planner.plan.program import Program
from planner.plan.worth.further import Further
from planner.plan.worth.results import Worth
from planner.solver.highs import INFINITY, Basis, HighsSession, Vector
from planner.solver.lexicographic import Level, Optimum, SolvedLevel, hold_by_face, inner
from planner.tolerances import NOISE, change_of_optimum

NONE = np.empty(0, dtype=np.intp)
OF_RESPONSES = ("coverage", "contingency", "response_days", "response_cost")


def expected_worth(further: Further) -> Worth:
    """The worth of perfect information and of planning. Raises SolverStoppedError where no time is left."""
    base, model = _BaseProgram(further), further.program.model
    level = "weighted" if model.weighted else "contingency"
    expected = base.expected()
    alone, unprepared = base.alone(), base.unprepared()
    planning = None if unprepared is None else change_of_optimum(expected, unprepared)
    return Worth(level, level_unit(model, level), expected, change_of_optimum(alone, expected), planning)


def questions(program: Program) -> int:
    """The number of further solves that it takes."""
    others = 1 if program.model.weighted else len(program.targets)
    return 2 + len(program.model.responses) + others


def plans(program: Program) -> int:
    """How many further plans that are: one of all cases, one of each, and one that puts its other aims before them."""
    return 2 + sum(response.case.weight > 0 for response in program.model.responses)


class _BaseProgram:
    """The base's LP and what is asked of it.

    With π the weight of a case and L its loss: Σ π L is the level, or with f, what the plan itself costs, the weighted
    objective f + Σ π L.
    """

    def __init__(self, further: Further) -> None:
        self._further, self._program, self._model = further, further.program, further.program.model
        self._optimum = further.optimum
        self._values, self._near = further.optimum.values, further.basis  # `_near`: where plans for single cases start
        self._responses = [response for response in self._model.responses if response.case.weight > 0]

    # ── Answers ──────────────────────────────────────────────────────────────────────────────────

    def expected(self) -> float:
        """The least f + Σ π L; Σ π L alone where the objective is lexicographic."""
        self._further.begin()
        optimum = self._optimise(self._session, [("expected", self._own + self._losses)])
        self._values, self._near = optimum.values, self._session.basis()
        return optimum.levels[-1].value

    def alone(self) -> float:
        """What is to be expected if it were known in time which case comes: each is planned for by itself.

        Σ (π ÷ s) min (f + s L) + (1 − Π ÷ s) min f, with Π = Σ π and s = max(1, Π): where the weights add up to less
        than 1 nothing happens in the rest; where to more, they count as shares of one event that comes Π times.
        Without f, a case that loses nothing in the plan of `expected` can do no better.
        """
        session = self._session
        total = sum(response.case.weight for response in self._responses)
        size = max(1.0, total)
        expected = 0.0
        for response in self._responses:
            self._further.begin()
            costs = self._own + size * self._loss(response)
            if not self._model.weighted and inner(costs, self._values) <= NOISE:
                continue
            others = [row for row, row_response in self._must.items() if row_response is not response]
            self._relax(session, others)
            expected += response.case.weight / size * self._least(session, [("alone", costs)], self._near)
            self._put_back(session, others)
        if self._model.weighted and total < size:
            self._relax(session, self._must)
            expected += (1.0 - total / size) * self._least(session, [("nothing", self._own)])
            self._put_back(session, self._must)
        return expected

    def unprepared(self) -> float | None:
        """The expectation where all of the plan's own levels come first;
        None where what must be covered then cannot be.
        """
        self._further.begin()
        if not self._model.weighted:
            return self._least(self._held_session(), [*self._own_levels(), ("contingency", self._losses)])
        session = self._held_session()
        self._relax(session, self._must)
        first = self._optimise(session, [("own", self._own)]).levels[0]
        hold_by_face(session, first.outcome)
        session.keep_bounds()
        self._put_back(session, self._must)
        try:
            return first.value + self._least(session, [("responses", self._losses)])
        except NoPlanError:
            return None

    # ── Solving ──────────────────────────────────────────────────────────────────────────────────

    def _least(self, session: HighsSession, levels: Sequence[Level], start: Basis | None = None) -> float:
        """The optimum of the last level, those before it held;
        from the plan's basis where none is given to `start` from.
        """
        return self._optimise(session, levels, start).levels[-1].value

    def _optimise(self, session: HighsSession, levels: Sequence[Level], start: Basis | None = None) -> Optimum:
        counted = [level for level in levels[:-1] if level[1].any()] + list(levels[-1:])
        return self._further.optimise(session, self._program, counted, start or self._further.basis)

    @cached_property
    def _session(self) -> HighsSession:
        return self._held_session()

    def _held_session(self) -> HighsSession:
        """The LP with the levels before the cases held as in the plan, and no promise."""
        session = self._further.session(self._program)
        promised = np.array(list(self._model.rows[PROMISE.name].values()), dtype=np.intp)
        nothing = np.full(len(promised), INFINITY)
        session.change_model(NONE, promised, (-nothing, nothing))
        self._further.hold(session, self._before())
        return session

    def _before(self) -> list[SolvedLevel]:
        if self._model.weighted:
            return []
        names = [level.name for level in self._optimum.levels]
        return self._optimum.levels[: min(names.index(name) for name in OF_RESPONSES if name in names)]

    def _relax(self, session: HighsSession, rows: Iterable[int]) -> None:
        """Let what must be delivered be less."""
        places = np.array(list(rows), dtype=np.intp)
        session.change_model(NONE, places, (np.full(len(places), -INFINITY), self._program.lp.row_upper[places]))

    def _put_back(self, session: HighsSession, rows: Iterable[int]) -> None:
        places = np.array(list(rows), dtype=np.intp)
        lp = self._program.lp
        session.change_model(NONE, places, (lp.row_lower[places], lp.row_upper[places]))

    # ── What is minimised ────────────────────────────────────────────────────────────────────────

    def _own_levels(self) -> list[Level]:
        """The plan's own levels after those that are held, without what responses add to them."""
        held = {level.name for level in self._before()} | set(OF_RESPONSES)
        return [(name, self._without_responses(costs)) for name, costs in self._program.levels if name not in held]

    @cached_property
    def _own(self) -> Vector:
        """f, by column: what a plan costs by itself; 0 where levels have an order."""
        if not self._model.weighted:
            return np.zeros(self._program.lp.columns)
        return self._without_responses(self._program.levels[0][1])

    def _without_responses(self, costs: Vector) -> Vector:
        return np.where(self._program.of_responses, 0.0, costs)

    @cached_property
    def _losses(self) -> Vector:
        total = np.zeros(self._program.lp.columns)
        for response in self._responses:
            total += response.case.weight * self._loss(response)
        return total

    def _loss(self, response: Response) -> Vector:
        costs = np.zeros(self._program.lp.columns)
        for variable, by in loss(response):
            costs[variable] = by
        return costs

    @cached_property
    def _must(self) -> dict[int, Response]:
        """Rows of needs that must be covered, and whose response they belong to."""
        response_of: dict[int, Response] = {}
        for response in self._model.responses if self._model.weighted else ():
            short = response.columns["shortage"]
            response_of |= {
                row: response for key, row in response.rows[DEMAND_BALANCE.name].items() if key not in short
            }
        return response_of
