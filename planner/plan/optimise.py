"""From an instance to a plan: build, load, optimise level by level, and read the tables off."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import pulp

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.model.problem import problem as named_problem
from planner.plan.conflict.explanation import explained
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.plan.remedy.remedies import what_would_help, with_remedies
from planner.plan.worth.worth import with_worth
from planner.solver.clock import Clock, TimeLeft, without_garbage_collection
from planner.solver.highs import Basis, ProgressListener
from planner.solver.lexicographic import Optimum
from planner.solver.options import SolveOptions
from planner.solver.other_solvers import optimise_with_pulp, pulp_name
from planner.solver.side_by_side import side_by_side


def solve(
    instance: PlanningInstance,
    options: SolveOptions | None = None,
    progress: ProgressListener | None = None,
    *,
    explain: bool = True,
    priced: bool = True,
    worth: bool | None = False,
    remedies: bool = False,
) -> Plan:
    """The optimal plan of an instance.

    The tables of prices and of the attribution stay empty unless the plan is to be `priced`. `worth`: with what its
    guarantee is worth (`Plan.worth`, and table access_value); None: where that takes little. `remedies`: with what
    would help where something is short (`Plan.remedies`).

    Raises NoPlanError (which says why, if that is to be explained), SolverStoppedError (the first level was not
    finished), UsageError (unknown model or solver), KeyboardInterrupt.
    """
    options = options or SolveOptions()
    if options.solver != "highs":
        pulp_name(options.solver)  # before anything is built for a solver that is not there
    clock = Clock(progress)
    with clock.phase("build"), without_garbage_collection():
        model = build(instance, load(options.model), options.prune)
    with clock.phase("load"), without_garbage_collection():
        program = Program.of(model)
    _write(program, options)
    time_left = TimeLeft(options.time_limit)
    optimum, basis = _optimum(program, options, clock, explain)
    options = replace(options, checkpoints=None)  # of the plan alone
    helping = partial(what_would_help, program, optimum, basis, options, TimeLeft(time_left.seconds), clock)
    with side_by_side(helping, apart=remedies and basis is not None and program.lp.is_large) as help_found:
        with clock.phase("tables"), without_garbage_collection():
            plan = program.plan(optimum, clock.seconds, program.size, priced and options.solver == "highs", time_left)
        plan = with_worth(plan, program, optimum, basis, options, time_left, clock, worth)
        return with_remedies(plan, basis, options, remedies, help_found)


def problem(instance: PlanningInstance, options: SolveOptions | None = None) -> pulp.LpProblem:
    """The named linear program (with choices of who takes part: mixed-integer) of an instance, with its first
    objective.

    Its variables and constraints are called `family.name.period` (periods from 1), as in a file that `--write-lp`
    keeps. Raises UsageError (unknown model).
    """
    options = options or SolveOptions()
    return _first_problem(Program.of(build(instance, load(options.model), options.prune)))


def _first_problem(program: Program) -> pulp.LpProblem:
    return named_problem(program.model, program.targets[0][1] if program.targets else {})


def _optimum(program: Program, options: SolveOptions, clock: Clock, explain: bool) -> tuple[Optimum, Basis | None]:
    """The optimum, and where it was proved the basis that it was found at."""
    if options.solver != "highs":
        with clock.phase("solve"), explained(program, options) if explain else nullcontext():
            return _second_opinion(program, options), None
    with clock.phase("load LP"), without_garbage_collection():
        session = program.session(options, clock.progress)
        lazy_funds = program.lazy_funds(options)
    with clock.phase("solve"), explained(program, options) if explain else nullcontext():
        optimum = program.optimum(session, lazy_funds, options)
    with clock.phase("settle"):
        optimum.values = program.tidied(optimum, lazy_funds)
    for names, seconds in optimum.solves:
        clock.seconds[f"solve {names}"] = clock.seconds.get(f"solve {names}", 0.0) + seconds
    return optimum, None if optimum.unfinished else session.basis()


def _second_opinion(program: Program, options: SolveOptions) -> Optimum:
    model = program.model
    tolerance = model.instance.settings.level_tolerance
    optimum = optimise_with_pulp(model, program.targets, options.solver, tolerance, options.time_limit)
    optimum.values = program.tidied(optimum, None)
    return optimum


def _write(program: Program, options: SolveOptions) -> None:
    """Write the problem with its first objective, on request."""
    if not (options.write_lp or options.write_mps):
        return
    written = _first_problem(program)
    if options.write_lp:
        written.writeLP(str(options.write_lp))
    if options.write_mps:
        written.writeMPS(str(options.write_mps))
