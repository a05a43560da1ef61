"""A program at its optimum: what further solves of its LP start from, whatever form the instance was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.model.model import Model
from planner.plan.again.structure import Carrier, Structure
from planner.plan.plan import Plan
from planner.plan.program import Program, built_program
from planner.plan.settle.lazy_funds import LazyFunds
from planner.solver.highs import Basis, HighsSession, SolveOutcome, Vector
from planner.solver.lexicographic import Optimum, SolvedLevel, hold_by_face, inner, optimise
from planner.solver.options import SolveOptions
from planner.solver.parametric.study import Extension, ParametricStudy
from planner.tolerances import DRIFT

if TYPE_CHECKING:
    from planner.plan.again.warm_start import WarmStart

NONE, NOWHERE = np.empty(0), np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class OptimalProgram:
    """`values` of all columns at the optimum, who pays settled; `basis` to start from; `choices`: values of
    binaries.
    """

    program: Program
    options: SolveOptions
    values: Vector
    basis: Basis
    choices: Vector

    @classmethod
    def of(cls, warm_start: WarmStart) -> OptimalProgram:
        """The optimum of the base, as `warm_start` ended with it."""
        program, values = warm_start.program, warm_start.optimum.values
        choices = np.round(values[_binaries(program.model)])
        return cls(program, warm_start.options, values, warm_start.last_basis, choices)

    @property
    def levels(self) -> dict[str, Vector]:
        """The objective levels with data, in order: name → costs by column."""
        return dict(self.program.levels)

    @classmethod
    def reshaped(cls, warm_start: WarmStart, instance: PlanningInstance) -> OptimalProgram:
        """The base in another form of the same meaning (rows and columns may join), from its basis, with its choices.

        Its levels are optimised again, so that columns that joined have their values; raises as
        `ParametricStudy.minimise`.
        """
        options, before = warm_start.options, Structure.of(warm_start.program.model)
        program = built_program(instance, options, warm_start.moving)
        carrier = before.onto(Structure.of(program.model))
        basis, _ = carrier.basis(warm_start.last_basis)
        choices = np.round(warm_start.optimum.values[_binaries(warm_start.program.model)])
        start = cls(program, options, NONE, basis, choices)
        optimum = start._on_faces(warm_start.optimum, carrier) or start._in_order()
        return replace(start, values=start.settled(optimum[0]), basis=optimum[1])

    def _on_faces(self, base: Optimum, carrier: Carrier) -> tuple[Vector, Basis] | None:
        """The levels in order, on what the faces of the base's levels leave: presolve takes out most of it.

        None where a level is worse so, as where the base was not held by faces.
        """
        if base.held_by_rows or base.unfinished:
            return None
        session, levels = self.session(), self.program.levels
        costs = dict(levels)
        for level in base.levels:
            hold_by_face(session, carrier.level(level, costs[level.name]).outcome)
        session.keep_bounds()
        try:
            optimum = optimise(session, levels, 0.0, None)
        except (NoPlanError, SolverStoppedError):
            return None
        missed = [
            abs(inner(costs[one.name], optimum.values) - one.value) / max(1.0, abs(one.value)) for one in base.levels
        ]
        return None if optimum.unfinished or max(missed) > DRIFT else (optimum.values, session.basis())

    def _in_order(self) -> tuple[Vector, Basis]:
        """The levels in order, from the base's basis."""
        levels = self.levels
        study = self.study(levels)
        tolerance = self.program.model.instance.settings.level_tolerance
        points = study.in_order(list(levels), tolerance, study.start(self.basis))
        return points[-1].values, study.without_what_joined(points[-1].basis)

    def study(self, levels: Mapping[str, Vector], extension: Extension | None = None) -> ParametricStudy:
        """The LP with these levels as rows, its choices fixed."""
        study = ParametricStudy(self.program.lp, levels, self.program.settings(self.options), extension)
        study.fix(_binaries(self.program.model), self.choices)
        return study

    def session(self) -> HighsSession:
        """The LP loaded anew, its choices fixed."""
        session, binaries = self.program.session(self.options), _binaries(self.program.model)
        session.change_model(binaries, NOWHERE, (self.choices, self.choices))
        return session

    @cached_property
    def _lazy_funds(self) -> LazyFunds | None:
        return self.program.lazy_funds(self.options)

    def settled(self, values: Vector) -> Vector:
        """The same plan with who pays by convention, no level the worse for it."""
        outcome = SolveOutcome("optimal", 0.0, values, NONE, NONE, 0, 0.0)
        levels = [SolvedLevel(name, costs, outcome, 0.0, 0.0, NONE) for name, costs in self.program.levels]
        return self.program.tidied(Optimum(values, levels), self._lazy_funds)

    def plan(self, values: Vector, settled: bool = True) -> Plan:
        """The plan of these columns, without circular shipments; `settled`: with who pays by convention."""
        program = self.program
        optimum = Optimum(self.settled(values) if settled else program.tidied(Optimum(values), None))
        return replace(program.plan(optimum, {}, program.size, priced=False), status="feasible")


def _binaries(model: Model) -> NDArray[np.intp]:
    return np.array(model.binaries, dtype=np.intp)
