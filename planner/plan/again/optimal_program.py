"""A program at its optimum: what further solves of its LP start from, whatever form the instance was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.domain.instance import PlanningInstance
from planner.formulation.model.model import Model
from planner.plan.again.structure import Structure
from planner.plan.plan import Plan
from planner.plan.program import Program, built_program
from planner.plan.settle.lazy_funds import LazyFunds
from planner.solver.highs import Basis, Outcome, Vector
from planner.solver.lexicographic import Optimum, SolvedLevel
from planner.solver.options import SolveOptions
from planner.solver.parametric_study import Extension, ParametricStudy

if TYPE_CHECKING:
    from planner.plan.again.warm_start import WarmStart

NONE = np.empty(0)


@dataclass(frozen=True)
class OptimalProgram:
    """`values` of all columns at the optimum, who pays settled; `basis` to start from; `choices`: values of binaries."""

    program: Program
    options: SolveOptions
    values: Vector
    basis: Basis
    choices: Vector

    @classmethod
    def of(cls, warm_start: WarmStart) -> OptimalProgram:
        program, values = warm_start.program, warm_start.optimum.values
        choices = np.round(values[_binaries(program.model)])
        return cls(program, warm_start.options, values, warm_start.basis, choices)

    @property
    def levels(self) -> dict[str, Vector]:
        """The objective levels with data, in order: name → costs by column."""
        return dict(self.program.levels)

    @classmethod
    def reshaped(cls, warm_start: WarmStart, instance: PlanningInstance) -> OptimalProgram:
        """The base in another form of the same meaning (rows and columns may join), from its basis, with its choices.

        Its levels are optimised again, so that columns that joined have their values; raises as `ParametricStudy.minimise`.
        """
        options = warm_start.options
        program = built_program(instance, options, warm_start.moving)
        structure = Structure.of(warm_start.program.model)
        basis, _ = structure.carry(warm_start.basis, Structure.of(program.model))
        choices = np.round(warm_start.optimum.values[_binaries(warm_start.program.model)])
        start = cls(program, options, NONE, basis, choices)
        study = start.study(dict(program.levels))
        points = study.in_order(list(dict(program.levels)), instance.settings.level_tolerance, study.start(basis))
        settled = start.settled(points[-1].values)
        return replace(start, values=settled, basis=study.without_what_joined(points[-1].basis))

    def study(self, levels: Mapping[str, Vector], extension: Extension | None = None) -> ParametricStudy:
        """The LP with these levels as rows, its choices fixed."""
        study = ParametricStudy(self.program.lp, levels, self.program.settings(self.options), extension)
        study.fix(_binaries(self.program.model), self.choices)
        return study

    @cached_property
    def _lazy_funds(self) -> LazyFunds | None:
        return self.program.lazy_funds(self.options)

    def settled(self, values: Vector) -> Vector:
        """The same plan with who pays by convention, no level the worse for it."""
        outcome = Outcome("optimal", 0.0, values, NONE, NONE, 0, 0.0)
        levels = [SolvedLevel(name, costs, outcome, 0.0, 0.0, NONE) for name, costs in self.program.levels]
        return self.program.tidied(Optimum(values, levels), self._lazy_funds)

    def plan(self, values: Vector, settled: bool = True) -> Plan:
        """The plan of these columns, without circular shipments; `settled`: with who pays by convention."""
        program = self.program
        optimum = Optimum(self.settled(values) if settled else program.tidied(Optimum(values), None))
        return replace(program.plan(optimum, {}, program.size, priced=False), status="feasible")


def _binaries(model: Model) -> NDArray[np.intp]:
    return np.array(model.binaries, dtype=np.intp)
