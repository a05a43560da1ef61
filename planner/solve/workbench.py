"""One planning model, solved once, and solved again from there after changes to its input.

Each further solve starts at the base's optimal basis, never at another change's: so results depend neither on
the order of the changes nor on who solves them. Where a change leaves the columns and rows as they are (limits,
amounts, costs), the basis fits as it is; where it does not, it is carried over by the keys of columns and rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.model import Model
from planner.formulation.recorded import record
from planner.solve.bench import Bench
from planner.solve.clock import Clock, without_garbage_collection
from planner.solve.conflict import conflicting_rules
from planner.solve.options import SolveOptions
from planner.solve.plan import Plan
from planner.solve.program import Program
from planner.solve.session import AT_LOWER, BASIC, Basis, ProgressListener

Place = tuple[str, Any]  # family, key


@dataclass(frozen=True)
class Base:
    """What later solves start from; small enough to be sent to other machines."""

    columns: dict[Place, int]
    rows: dict[Place, int]
    basis: Basis

    def carried_to(self, model: Model) -> Basis:
        """The basis on the columns and rows of another model: new columns at zero, new rows slack."""
        return Basis(
            _carried(self.columns, self.basis.columns, column_places(model), AT_LOWER),
            _carried(self.rows, self.basis.rows, row_places(model), BASIC),
        )


def column_places(model: Model) -> dict[Place, int]:
    """Position of each column by family and key."""
    position = model.position
    return {(name, key): position[id(v)] for name, found in model.columns.items() for key, v in found.items()}


def row_places(model: Model) -> dict[Place, int]:
    """Position of each row by family and key."""
    return dict(chain.from_iterable((((name, key), row) for key, row in f.items()) for name, f in model.rows.items()))


def _carried(before: dict[Place, int], codes: NDArray[np.int8], now: dict[Place, int], other: int) -> NDArray[np.int8]:
    carried = np.full(len(now), other, dtype=np.int8)
    for place, position in now.items():
        old = before.get(place)
        if old is not None:
            carried[position] = codes[old]
    return carried


class Workbench:
    """The base of an instance, solved on making; `base_plan` is its plan.

    Raises as `planner.solve.solve`.
    """

    def __init__(
        self,
        instance: PlanningInstance,
        options: SolveOptions | None = None,
        progress: ProgressListener | None = None,
    ) -> None:
        self.options = options or SolveOptions()
        self._progress = progress
        clock = Clock(progress)
        program = self._program(instance, clock)
        with clock.phase("load LP"), without_garbage_collection():
            session = program.session(self.options, progress)
            settlement = program.settlement(self.options)
        with clock.phase("solve"):
            optimum = program.optimum(session, settlement, self.options, keep_basis=True)
        self.base: Base | None = None
        if optimum.basis is not None and not optimum.unfinished:
            self.base = Base(column_places(program.model), row_places(program.model), optimum.basis)
            self._last, self._held_by_rows = session.basis(), bool(session.extra_rows)
        optimum.values = program.tidied(optimum, settlement)
        self.program, self.optimum = program, optimum
        self.base_plan = program.plan(optimum, clock.seconds, program.size)

    def solve_changed(self, instance: PlanningInstance) -> Plan:
        """The optimal plan of a changed instance, solved from the base's basis."""
        clock = Clock(self._progress)
        program = self._program(instance, clock)
        with clock.phase("load LP"), without_garbage_collection():
            session = program.session(self.options, self._progress)
            settlement = program.settlement(self.options)
            start = self.base.carried_to(program.model) if self.base else None
        with clock.phase("solve"):
            try:
                optimum = program.optimum_from(session, start, self.options)
            except NoPlanError as failure:
                rules = conflicting_rules(program.model, session) if failure.status == "infeasible" else []
                raise NoPlanError(str(failure), rules, failure.status) from failure
        with clock.phase("settle"):
            optimum.values = program.tidied(optimum, settlement)
        with clock.phase("tables"), without_garbage_collection():
            return program.plan(optimum, clock.seconds, program.size)

    def bench(self, level: str | None = None, limits: Mapping[str, float] | None = None) -> Bench:
        """The base's LP, to be solved with other costs and limits, from the base's basis.

        `level`: the levels before it are held at their optimum (with level_tolerance, within it). `limits`: level
        name → the most that it may reach (its optimum is `optimum.levels[…].value`). See `Bench` for what each means.
        Raises KeyError for a level that the base does not have, SolverStoppedError where the base was not finished.
        """
        if self.base is None:
            raise SolverStoppedError("the solver stopped before the base was solved: there is nothing to start from")
        levels = {solved.name: solved for solved in self.optimum.levels}
        before = list(levels.values())[: list(levels).index(levels[level].name)] if level is not None else []
        held = [(levels[name], limit) for name, limit in (limits or {}).items()]
        if self._held_by_rows:
            tolerance = self.program.model.instance.settings.level_tolerance
            held = [(solved, solved.value + tolerance * max(1.0, abs(solved.value))) for solved in before] + held
            before = []
        basis = self._last if before else self.base.basis
        return Bench(self.program, basis, self.options, before, held, self.optimum.by_interior_point)

    def _program(self, instance: PlanningInstance, clock: Clock) -> Program:
        with clock.phase("build"), without_garbage_collection():
            return Program.of(record(instance, load(self.options.model), self.options.prune))
