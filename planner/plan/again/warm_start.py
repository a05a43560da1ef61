"""One planning model, solved once, and solved again from there after changes to its input.

Each further solve starts from the base alone, never from another change: at its optimal basis or, where interior
point solves several levels, afresh (`planner.solver.lexicographic`). So results depend neither on the order of the
changes nor on who solves them. Where limits and amounts alone change, the LP itself stays and gets other right-hand
sides (`planner.formulation.model.rhs_update`). Else the model is built again, and the basis is carried over by the keys
of columns and rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from planner.domain.instance import PlanningInstance
from planner.errors import SolverStoppedError
from planner.formulation.model.rhs_update import RhsUpdate, rhs_update
from planner.plan.again.kept_levels import FirstLevels, first_levels, holds, without_values
from planner.plan.again.structure import Carrier, Structure
from planner.plan.conflict.explanation import explained
from planner.plan.optimise import solve
from planner.plan.plan import Plan
from planner.plan.program import Program, built_program
from planner.solver.clock import Clock, TimeLeft, without_garbage_collection
from planner.solver.highs import INFINITY, Basis, HighsSession, ProgressListener, Vector
from planner.solver.lexicographic import Optimum, SolvedLevel, proved_in_order
from planner.solver.options import SolveOptions

LIMITS_ONLY = "limits only"
AFRESH = "solved afresh"
NOTHING = np.empty(0, dtype=np.intp)


class WarmStart:
    """The base of an instance, solved on making; `base_plan` is its plan.

    A second solver, and a base whose solve was stopped, give no basis to start from: then changes are solved afresh.
    Pickled, it solves changes in another process, and no more: `base_plan`, `optimum` and the loaded LP stay here.
    `write_lp` and `write_mps` of the options are for single solves and play no part here. `moving`: what is asked of it
    later may want movement or spending for their own sake, for which goods must not go round out of nothing. `priced`:
    the plans have prices.

    Raises as `planner.solve`: an infeasible base has no warm_start.
    """

    def __init__(
        self,
        instance: PlanningInstance,
        options: SolveOptions | None = None,
        progress: ProgressListener | None = None,
        moving: bool = False,
        priced: bool = True,
        recorded: Plan | None = None,
    ) -> None:
        """`recorded`: the optimal plan of this instance, with a basis: where its levels are proved from there it is the
        base.
        """
        self.moving, self.priced = moving, priced
        options = replace(options or SolveOptions(), write_lp=None, write_mps=None)
        self.options = replace(options, checkpoints=None)  # of the base alone
        self._progress = progress
        self._instance = instance
        self._kept_session: HighsSession | None = None
        self._basis: Basis | None = None
        # Are the levels of a change taken from the base's duals, as far as these prove them?
        self.proves_by_duals = False
        if self.options.solver != "highs":
            self.base_plan = solve(instance, self.options, progress, priced=priced)
        else:
            self._solve_base(options, recorded)

    def _solve_base(self, options: SolveOptions, recorded: Plan | None) -> None:
        """The base, and what changes of it start from: its basis, and its levels with their faces."""
        clock = Clock(self._progress)
        with clock.phase("build"), without_garbage_collection():
            program = self._built(self._instance)
        time_left = TimeLeft(self.options.time_limit)
        with clock.phase("load LP"), without_garbage_collection():
            session = program.session(self.options, self._progress)
            lazy_funds = program.lazy_funds(self.options)
        with clock.phase("solve"), explained(program, self.options):
            proved = program.optimum_at(session, recorded, self.options) if recorded is not None else None
            optimum = proved or program.optimum(session, lazy_funds, options, keep_basis=True)
        with clock.phase("settle"):
            optimum.values = program.tidied(optimum, lazy_funds)
        if recorded is not None and proved is not None:
            self.base_plan = recorded
        else:
            with clock.phase("tables"), without_garbage_collection():
                self.base_plan = program.plan(optimum, clock.seconds, program.size, self.priced, time_left)
        self.program, self.optimum = program, optimum
        self._in_order = proved.last_basis if proved is not None else self.base_plan.basis
        if optimum.basis is not None and not optimum.unfinished:
            self._basis, self._by_interior_point = optimum.basis, optimum.by_interior_point
            self._won = optimum.won  # so that of the two methods only one need work for a change
            self._levels = [without_values(level) for level in optimum.levels]
            self._values = _exact_values(program, optimum)
            self.proves_by_duals = optimum.by_interior_point and len(optimum.levels) > 1 and not optimum.held_by_rows

    @property
    def start(self) -> bytes:
        """What each further solve starts from: the columns of the base, and its basis; nothing where it leaves none."""
        if self._basis is None:
            return b""
        return self._values.tobytes() + self._basis.columns.tobytes() + self._basis.rows.tobytes()

    def solve_changed(self, instance: PlanningInstance, until: str | None = None, priced: bool | None = None) -> Plan:
        """The optimal plan of a changed instance, solved from the base; its `how` says what was built anew.
        `until`: the last level that matters; later ones are left out. `priced`: the plan has prices; None: if the base
        has them.

        Where limits and amounts alone are others, the LP stays loaded and only its right-hand sides change. Else
        the model is built again. Raises NoPlanError and SolverStoppedError of the changed instance.
        """
        priced = self.priced if priced is None else priced
        if self._basis is None:
            return replace(solve(instance, self.options, self._progress, priced=priced), how=AFRESH)
        clock = Clock(self._progress)
        with clock.phase("build"), without_garbage_collection():
            update = rhs_update(self.program.model, instance)
            program = self._built(instance) if update is None else self.program.with_rhs(instance, update)
            program = program if until is None else program.until(until)
        time_left = TimeLeft(self.options.time_limit)
        with clock.phase("load LP"), without_garbage_collection():
            carrier = None
            if update is None:
                carrier = self._structure.onto(Structure.of(program.model))
                session = program.session(self.options, self._progress)
                start, how = carrier.basis(self._basis)
            else:
                session, start, how = self._update_rhs(update), self._basis, LIMITS_ONLY
            lazy_funds = program.lazy_funds(self.options)
        with clock.phase("solve"), explained(program, self.options):
            firsts = self._first_levels(program, carrier)
            after = (program.optimum_after(*first, self.options, self._won) for first in firsts)
            optimum = next((found for found in after if found is not None), None)
            if optimum is None:
                optimum = program.optimum_from(session, start, self.options, self._by_interior_point, self._won)
        if update is not None:
            self._put_back(session, update)
        with clock.phase("settle"):
            optimum.values = program.tidied(optimum, lazy_funds)
        with clock.phase("tables"), without_garbage_collection():
            plan = program.plan(optimum, clock.seconds, program.size, priced, time_left)
        # Choices, and levels that are left out, are not part of a basis.
        is_whole = plan.status == "optimal" and until is None and not program.model.binaries
        return replace(plan, how=how, basis=plan.basis or (optimum.last_basis if is_whole else None))

    def _first_levels(self, program: Program, carrier: Carrier | None) -> Iterator[FirstLevels]:
        """The first levels, as far as they are proved from the base; then fewer, in case that there is no plan with
        them all. `carrier`: to where columns and rows stand, if they have moved. Nothing where each level takes simplex
        few pivots.
        """
        if not self.proves_by_duals or program.model.binaries:
            return
        levels = program.levels
        costs, before = dict(levels), list[SolvedLevel]()
        for level in self._levels:
            if level.name not in costs or level.name != levels[len(before)][0]:
                break
            before.append(carrier.level(level, costs[level.name]) if carrier is not None else level)
        plan = self._values if carrier is None else carrier.values(self._values)
        start = self.basis_in_order if carrier is None else carrier.basis(self.basis_in_order)[0]
        load = partial(program.session, self.options, self._progress)
        yield from first_levels(load, levels, before, plan, start, self.options.time_limit)

    def _update_rhs(self, update: RhsUpdate) -> HighsSession:
        """The base's LP, as it stands in HiGHS, with other right-hand sides."""
        session = self._kept_session or self.program.session(self.options, self._progress)
        self._kept_session = None  # until it is put back: a solve that fails leaves it in no known state
        session.set_right_hand_sides(update.rows, update.values)
        return session

    def _put_back(self, session: HighsSession, update: RhsUpdate) -> None:
        if session.extra_rows:
            return
        lp = self.program.lp
        session.change_model(NOTHING, update.rows, (lp.row_lower[update.rows], lp.row_upper[update.rows]))
        session.restore()
        self._kept_session = session

    def _built(self, instance: PlanningInstance) -> Program:
        return built_program(instance, self.options, self.moving)

    @property
    def basis(self) -> Basis:
        """The basis that further solves of the base's LP start from. Raises SolverStoppedError where there is none."""
        if self._basis is None:
            raise SolverStoppedError("the solver stopped before the base was solved: there is nothing to start from")
        return self._basis

    @property
    def last_basis(self) -> Basis:
        """The basis that the last level ended with: nearly optimal for all, where the base itself is asked about.

        Raises as `basis`.
        """
        basis = self.basis
        return self.optimum.last_basis or basis

    @cached_property
    def basis_in_order(self) -> Basis:
        """A basis that is optimal for all levels of the base in order; where that takes too many pivots, the last one.

        Raises as `basis`.
        """
        if self._in_order is not None:
            return self._in_order
        session, levels = self.program.session(self.options), self.program.levels
        proved = proved_in_order(session, levels, self.last_basis, session.pivots_again)
        return session.basis() if len(proved) == len(levels) else self.last_basis

    @cached_property
    def program(self) -> Program:
        """The linear program of the base."""
        return self._built(self._instance)

    @cached_property
    def _structure(self) -> Structure:
        return Structure.of(self.program.model)

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs to solve changes from the base. The LP is sooner built again than sent."""
        left = {
            "program",
            "_structure",
            "optimum",
            "base_plan",
            *(() if self.proves_by_duals else ("_levels", "_values")),
        }
        if self.proves_by_duals:
            _ = self.basis_in_order  # for good
        state = {name: value for name, value in self.__dict__.items() if name not in left}
        return state | {"_kept_session": None, "_progress": None}


def _exact_values(program: Program, optimum: Optimum) -> Vector:
    """The plan as the last level was solved, where it keeps all rows, lazy ones too; else as it is settled.

    Where who pays is settled each level may give way by some digits, and then its face does not hold the plan.
    """
    lp = program.lp
    bounds = np.zeros(lp.columns), np.full(lp.columns, INFINITY), lp.row_lower, lp.row_upper
    values = optimum.levels[-1].outcome.values if optimum.levels else optimum.values
    return values if holds(lp, bounds, values) else optimum.values
