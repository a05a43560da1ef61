"""The program after a surprise; and the plan after it, written as one of the input that says what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.model.model import Model
from planner.plan.again.faces import Limits
from planner.plan.again.removal import Removal
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.solver.highs import INFINITY, Arrays, HighsSession, ProgressListener, Vector
from planner.solver.lexicographic import Optimum
from planner.solver.options import SolveOptions
from planner.tolerances import NOISE


@dataclass(frozen=True)
class StruckProgram(Program):
    """A program after a surprise: columns of `removal` have other bounds, its rows are free, and rows of money allow
    less than the model says.
    """

    removal: Removal

    @classmethod
    def after(
        cls, program: Program, removal: Removal, limits: Limits, circles: Sequence[tuple[Vector, float]]
    ) -> StruckProgram:
        """The program with less; `limits`: rows of money with what they allow now; `circles`: further rows."""
        lp = _with_rows(program.lp, circles)
        lower, upper = lp.row_lower.copy(), lp.row_upper.copy()
        rows, most = limits
        upper[rows] = most
        lower[removal.rows], upper[removal.rows] = -INFINITY, INFINITY
        return cls(program.model, program.targets, replace(lp, row_lower=lower, row_upper=upper), removal)

    @property
    def is_all_of_model(self) -> bool:
        """No: what was lost is not in it."""
        return False

    def session(
        self, options: SolveOptions, listener: ProgressListener | None = None, deaf: bool = False
    ) -> HighsSession:
        """A session of the LP in which what was lost has no room."""
        session = super().session(options, listener, deaf)
        session.set_column_bounds(self.removal.columns, self.removal.lower, self.removal.upper)
        return session


def _with_rows(lp: Arrays, rows: Sequence[tuple[Vector, float]]) -> Arrays:
    """The LP with further rows, each given by its entries by column and the most that it allows."""
    if not rows:
        return lp
    entries = np.array([row for row, _ in rows])
    at, index = np.nonzero(entries)
    ends = lp.start[-1] + np.cumsum(np.bincount(at, minlength=len(rows)))
    return replace(
        lp,
        row_lower=np.concatenate([lp.row_lower, np.full(len(rows), -INFINITY)]),
        row_upper=np.concatenate([lp.row_upper, [most for _, most in rows]]),
        start=np.concatenate([lp.start, ends]).astype(np.int32),
        index=np.concatenate([lp.index, index]).astype(np.int32),
        value=np.concatenate([lp.value, entries[at, index]]),
    )


def as_plan_of(instance: PlanningInstance, model: Model, values: Vector, options: SolveOptions) -> Plan | None:
    """What `values` of a model's columns say, as a plan of another instance, which may allow less.

    None where they do what that instance has no place for: goods sent to a place that is closed when they arrive.
    """
    other = build(instance, load(options.model), prune=False)
    point = np.zeros(other.column_count)
    for family, columns in model.columns.items():
        for key, column in columns.items():
            there = other.columns[family].get(key)
            if there is not None:
                point[there] = values[column]
            elif values[column] > NOISE:
                return None
    program = Program.of(other)
    plan = program.plan(Optimum(program.tidied(Optimum(point), None)), {}, program.size, priced=False)
    return replace(plan, status="feasible")
