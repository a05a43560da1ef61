"""The same levels through any other solver that PuLP finds: slower, without bounds and prices, but a second opinion."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import pulp

from planner.errors import UsageError
from planner.formulation.model.model import Model
from planner.formulation.model.problem import problem_and_columns
from planner.formulation.objective import Objective
from planner.solver.endings import require_optimum
from planner.solver.highs import SolveOutcome, Vector
from planner.solver.lexicographic import Optimum, SolvedLevel, cost_vector, inner
from planner.solver.scaling import objective_scale

NO_VECTOR = np.empty(0)
PR_SET_PDEATHSIG = 1  # of prctl(2): the signal that a process gets once its parent is gone
# What a held level may give, relative to it: a solver may need more than none to find again what it has just found.
SLACKS = (1e-10, 1e-9, 1e-8, 1e-7, 1e-6)
# PuLP's names of each solver: in the process where that can be had, else as a program.
NAMES = {
    "cbc": ("PULP_CBC_CMD", "COIN_CMD"),
    "glpk": ("GLPK_CMD",),
    "scip": ("SCIP_PY", "SCIP_CMD", "FSCIP_CMD"),
    "gurobi": ("GUROBI", "GUROBI_CMD"),
    "cplex": ("CPLEX_PY", "CPLEX_CMD"),
    "xpress": ("XPRESS_PY", "XPRESS"),
    "copt": ("COPT", "COPT_CMD"),
    "mosek": ("MOSEK",),
}
SETTINGS: dict[str, dict[str, Any]] = {
    "PULP_CBC_CMD": {"options": ["primalT 1e-9", "dualT 1e-9"]},
    "COIN_CMD": {"options": ["primalT 1e-9", "dualT 1e-9"]},
    "GLPK_CMD": {"options": ["--nopresol"]},  # its presolve tells what has no solution apart from nothing else
}
WHOLE_SECONDS = {"GLPK_CMD"}  # solvers that refuse a fraction in a time limit
CUT_AT_SPACES = {"PULP_CBC_CMD", "COIN_CMD"}  # solvers to which PuLP hands the names of files cut at their spaces


def optimise_with_pulp(
    model: Model, targets: Sequence[tuple[str, Objective]], solver: str, tolerance: float, time_limit: float | None
) -> Optimum:
    """Optimise the levels in order; each is held by a row.

    `solver` is a name of `NAMES`, or PuLP's own. Raises UsageError where it is not on this machine, and otherwise as
    `planner.solver.lexicographic.optimise`.
    """
    name = pulp_name(solver)
    deadline = None if time_limit is None else time.perf_counter() + time_limit
    base, variables = problem_and_columns(model)
    optimum, has_plan = Optimum(np.zeros(model.column_count)), False
    for index, (level, objective) in enumerate(targets):
        costs = cost_vector(model, objective)
        value = 0.0
        if costs.any() or level == targets[-1][0]:  # CBC fails on rows without entries
            left = None if deadline is None else max(deadline - time.perf_counter(), 0.0)
            status, values = "time limit", NO_VECTOR
            if left != 0.0:
                with tempfile.TemporaryDirectory() as folder:  # PuLP leaves some files of a solver where it wrote them
                    engine = _engine(name, left, folder)
                    status, values = _minimise(base, variables, engine, costs, optimum.levels, tolerance)
            if status != "optimal" and has_plan:
                optimum.unfinished = [later for later, _ in targets[index:]]
                break
            require_optimum(status)
            has_plan = True
            optimum.values = values
            value = inner(costs, optimum.values)
        outcome = SolveOutcome("optimal", value, optimum.values, NO_VECTOR, NO_VECTOR, 0, 0.0)
        optimum.levels.append(SolvedLevel(level, costs, outcome, value, float("nan"), NO_VECTOR))
    return optimum


def pulp_name(solver: str) -> str:
    """PuLP's name of a solver that is on this machine, however it is spelled. Raises UsageError that says which are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PuLP warns of solvers that PuLP 4 will not have
        known = set(pulp.listSolvers())
        wanted = NAMES.get(solver.lower()) or [name for name in known if name.lower() == solver.lower()]
        known_name = _available(wanted, known)
        if known_name is not None:
            return known_name
        here = ["highs", *(name for name, each in NAMES.items() if _available(each, known))]
    if wanted:
        raise UsageError(f"--solver {solver}: PuLP finds no such solver on this machine; it finds {', '.join(here)}")
    near = get_close_matches(solver.lower(), ["highs", *NAMES], 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UsageError(f"--solver {solver}: not the name of a solver; expected one of {', '.join(here)}{hint}")


def _available(names: Sequence[str], known: set[str]) -> str | None:
    """The first of PuLP's names whose solver is on this machine."""
    return next((name for name in names if name in known and pulp.getSolver(name, msg=False).available()), None)


def _engine(name: str, time_limit: float | None, folder: str) -> pulp.LpSolver:
    """A solver that stops after `time_limit` seconds and writes its files, if any, into `folder`."""
    if time_limit is not None and name in WHOLE_SECONDS:
        time_limit = max(math.ceil(time_limit), 1)
    with warnings.catch_warnings():
        # PuLP 3 still ships CBC and only announces that PuLP 4 will not.
        warnings.simplefilter("ignore", DeprecationWarning)
        settings = SETTINGS.get(name, {})
        try:
            engine = pulp.getSolver(name, msg=False, timeLimit=time_limit, gapRel=0.0, **settings)
        except TypeError:  # not every solver has a gap
            engine = pulp.getSolver(name, msg=False, timeLimit=time_limit, **settings)
    if isinstance(engine, pulp.LpSolver_CMD):
        engine.tmpDir = _without_spaces(folder) if name in CUT_AT_SPACES else folder
    return engine


def _without_spaces(folder: str) -> str:
    """The folder, as seen from the present one where its own name has spaces. Raises UsageError where that has, too."""
    seen = folder
    if " " in folder:
        with contextlib.suppress(ValueError):  # on another drive
            seen = os.path.relpath(folder)
    if " " in seen:
        place = tempfile.gettempdir()
        raise UsageError(
            f"--solver cbc cannot use {place}, as its name has spaces; set TMPDIR to a folder without, or use another solver"
        )
    return seen


def _minimise(
    base: pulp.LpProblem,
    variables: Sequence[pulp.LpVariable],
    engine: pulp.LpSolver,
    costs: Vector,
    held: Sequence[SolvedLevel],
    tolerance: float,
) -> tuple[str, Vector]:
    """Minimise under rows that hold the levels before, with as little slack as the solver manages with.

    Returns optimal, infeasible, unbounded or stopped; and the values of the columns.
    """
    for slack in SLACKS:
        attempt = base.copy()
        attempt.setObjective(_expression(variables, costs))
        for level in held:
            if level.costs.any():
                scale = objective_scale(level.costs)
                limit = level.value + max(tolerance, slack) * max(1.0, abs(level.value))
                attempt += _expression(variables, level.costs) <= limit * scale, f"held.{level.name}"
        try:
            with _killed_with_us(), _ended_with_us():
                status = attempt.solve(engine)
        except pulp.PulpSolverError:  # it ended by itself, or was ended
            status = pulp.LpStatusNotSolved
        if status != pulp.LpStatusInfeasible or not held:
            break
    values = np.array([variable.varValue or 0.0 for variable in variables])
    # PuLP calls a CBC run that hit its time limit optimal; only the solution status tells.
    if status == pulp.LpStatusOptimal and attempt.sol_status == pulp.LpSolutionOptimal:
        return "optimal", values
    return {pulp.LpStatusInfeasible: "infeasible", pulp.LpStatusUnbounded: "unbounded"}.get(
        status, "not solved"
    ), values


@contextlib.contextmanager
def _killed_with_us() -> Iterator[None]:
    """On Linux, a program that is started in the block is killed with this process, should that be killed itself.

    PuLP starts the program of a solver, and lets nobody say how: so it finds another `Popen` meanwhile.
    """
    if not sys.platform.startswith("linux"):
        yield
        return
    control, parent, popen = ctypes.CDLL(None).prctl, os.getpid(), subprocess.Popen

    def bind() -> None:
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it is gone already
            os._exit(1)

    class Bound(popen):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, preexec_fn=bind, **more)

    subprocess.Popen = Bound  # type: ignore[misc]
    try:
        yield
    finally:
        subprocess.Popen = popen  # type: ignore[misc]


@contextlib.contextmanager
def _ended_with_us() -> Iterator[None]:
    """If the block is interrupted, the program of a solver that PuLP waits for ends too; PuLP would leave CBC at
    work.
    """
    try:
        yield
    except KeyboardInterrupt as interrupt:
        for frame, _ in traceback.walk_tb(interrupt.__traceback__):
            for value in list(frame.f_locals.values()):
                if isinstance(value, subprocess.Popen) and value.pid is not None:  # None: it was only being started
                    value.kill()
                    value.wait()
        raise


def _expression(variables: Sequence[pulp.LpVariable], costs: Vector) -> pulp.LpAffineExpression:
    scale = objective_scale(costs)
    terms = [(variables[column], costs[column] * scale) for column in np.flatnonzero(costs).tolist()]
    return pulp.LpAffineExpression(terms)
