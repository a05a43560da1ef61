"""The same levels through another PuLP solver: slower, without bounds and prices, but a second opinion."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence

import numpy as np
import pulp

from planner.errors import NoPlanError, SolverStoppedError, UsageError
from planner.formulation.model.model import Model
from planner.formulation.objective import Objective
from planner.solver.highs import Outcome, Vector
from planner.solver.lexicographic import Optimum, SolvedLevel, cost_vector, inner
from planner.solver.scaling import objective_scale

NO_VECTOR = np.empty(0)
# What a held level may give, relative to it: CBC may need more than none to find again what it has just found.
SLACKS = (1e-10, 1e-9, 1e-8, 1e-7, 1e-6)


def optimise_with_pulp(
    model: Model, targets: Sequence[tuple[str, Objective]], solver: str, tolerance: float, time_limit: float | None
) -> Optimum:
    """Optimise the levels in order; each is held by a row. Raises as `planner.solver.lexicographic.optimise`."""
    if solver != "cbc":
        raise UsageError(f"solver {solver!r} is not known; use 'highs' or 'cbc'")
    deadline = None if time_limit is None else time.perf_counter() + time_limit
    optimum, has_plan = Optimum(np.zeros(len(model.variables))), False
    for place, (name, objective) in enumerate(targets):
        costs = cost_vector(model, objective)
        value = 0.0
        if costs.any() or name == targets[-1][0]:  # CBC fails on rows without entries
            left = None if deadline is None else max(deadline - time.perf_counter(), 0.0)
            status = _minimise(model, _cbc(left), costs, optimum.levels, tolerance)
            if status != "optimal" and has_plan:
                optimum.unfinished = [later for later, _ in targets[place:]]
                break
            _require_plan(status)
            has_plan = True
            optimum.values = np.array([variable.varValue or 0.0 for variable in model.variables])
            value = inner(costs, optimum.values)
        outcome = Outcome("optimal", value, optimum.values, NO_VECTOR, NO_VECTOR, 0, 0.0)
        optimum.levels.append(SolvedLevel(name, costs, outcome, value, float("nan"), NO_VECTOR))
    return optimum


def _require_plan(status: str) -> None:
    if status == "infeasible":
        raise NoPlanError("no plan keeps all rules", status="infeasible")
    if status == "unbounded":
        raise NoPlanError("the objective has no bound", status="unbounded")
    if status != "optimal":
        raise SolverStoppedError("the solver stopped before it had a plan")


def _cbc(time_limit: float | None) -> pulp.LpSolver:
    with warnings.catch_warnings():
        # PuLP 3 still ships CBC and only announces that PuLP 4 will not.
        warnings.simplefilter("ignore", DeprecationWarning)
        return pulp.PULP_CBC_CMD(
            msg=False, timeLimit=time_limit, options=["primalT 1e-9", "dualT 1e-9", "ratioGap 0", "allowableGap 0"]
        )


def _minimise(model: Model, engine: pulp.LpSolver, costs: Vector, held: Sequence[SolvedLevel], tolerance: float) -> str:
    """Minimise under rows that hold the levels before, with as little slack as CBC manages with.

    Returns optimal, infeasible, unbounded or stopped.
    """
    for slack in SLACKS:
        problem = pulp.LpProblem("plan", pulp.LpMinimize)
        problem.setObjective(_expression(model, costs))
        for row in model.row_list:
            problem += row, row.name
        for level in held:
            if level.costs.any():
                scale = objective_scale(level.costs)
                limit = level.value + max(tolerance, slack) * max(1.0, abs(level.value))
                problem += _expression(model, level.costs) <= limit * scale, f"held.{level.name}"
        status = problem.solve(engine)
        if status != pulp.LpStatusInfeasible or not held:
            break
    # PuLP calls a CBC run that hit its time limit optimal; only the solution status tells.
    if status == pulp.LpStatusOptimal and problem.sol_status == pulp.LpSolutionOptimal:
        return "optimal"
    return {pulp.LpStatusInfeasible: "infeasible", pulp.LpStatusUnbounded: "unbounded"}.get(status, "stopped")


def _expression(model: Model, costs: Vector) -> pulp.LpAffineExpression:
    scale = objective_scale(costs)
    terms = [(model.variables[column], costs[column] * scale) for column in np.flatnonzero(costs).tolist()]
    return pulp.LpAffineExpression(terms)
