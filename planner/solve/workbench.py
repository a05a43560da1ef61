"""One planning model, solved once, and solved again from there after changes to its input.

Each further solve starts at the base's optimal basis, never at another change's: so results depend neither on
the order of the changes nor on who solves them. Where a change leaves the columns and rows as they are (limits,
amounts, costs), the basis fits as it is; where it does not, it is carried over by the keys of columns and rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.model import Model
from planner.formulation.recorded import record
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
        assert optimum.basis is not None
        self.base = Base(column_places(program.model), row_places(program.model), optimum.basis)
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
            start = self.base.carried_to(program.model)
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

    def _program(self, instance: PlanningInstance, clock: Clock) -> Program:
        with clock.phase("build"), without_garbage_collection():
            return Program.of(record(instance, load(self.options.model), self.options.prune))
