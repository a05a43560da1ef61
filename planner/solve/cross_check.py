"""The same levels through another PuLP solver: slower, without bounds and prices, but a second opinion."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pulp

from planner.errors import NoPlanError, SolverStoppedError, UsageError
from planner.formulation.model import Model
from planner.formulation.objective import Objective
from planner.solve.levels import Optimum, SolvedLevel, cost_vector, objective_scale
from planner.solve.session import Outcome, Vector

NO_VECTOR = np.empty(0)
# What a held level may give, relative to it: CBC may need more than none to find again what it has just found.
SLACKS = (1e-8, 1e-7, 1e-6)


def optimise_with_pulp(
    model: Model, targets: Sequence[tuple[str, Objective]], solver: str, tolerance: float, time_limit: float | None
) -> Optimum:
    """Optimise the levels in order; each is held by a row. Raises as `planner.solve.levels.optimise`."""
    engine = _solver(solver, time_limit)
    optimum = Optimum(np.zeros(len(model.variables)))
    for name, objective in targets:
        costs = cost_vector(model, objective)
        value = 0.0
        if costs.any() or name == targets[-1][0]:  # CBC fails on rows without entries
            _minimise(model, engine, costs, optimum.levels, tolerance)
            optimum.values = np.array([variable.varValue or 0.0 for variable in model.variables])
            value = float(costs @ optimum.values)
        outcome = Outcome("optimal", value, optimum.values, NO_VECTOR, NO_VECTOR, 0, 0.0)
        optimum.levels.append(SolvedLevel(name, costs, outcome, value, float("nan"), NO_VECTOR))
    return optimum


def _solver(name: str, time_limit: float | None) -> pulp.LpSolver:
    if name != "cbc":
        raise UsageError(f"solver {name!r} is not known; use 'highs' or 'cbc'")
    with warnings.catch_warnings():
        # PuLP 3 still ships CBC and only announces that PuLP 4 will not.
        warnings.simplefilter("ignore", DeprecationWarning)
        return pulp.PULP_CBC_CMD(msg=False, timeLimit=time_limit)


def _minimise(
    model: Model, engine: pulp.LpSolver, costs: Vector, held: Sequence[SolvedLevel], tolerance: float
) -> None:
    """Minimise under rows that hold the levels before, with as little slack as CBC manages with."""
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
    if status == pulp.LpStatusInfeasible:
        raise NoPlanError("no plan keeps all rules", status="infeasible")
    if status == pulp.LpStatusUnbounded:
        raise NoPlanError("the objective has no bound", status="unbounded")
    # PuLP calls a CBC run that hit its time limit optimal; only the solution status tells.
    if status != pulp.LpStatusOptimal or problem.sol_status != pulp.LpSolutionOptimal:
        raise SolverStoppedError("the solver stopped before it had a plan")


def _expression(model: Model, costs: Vector) -> pulp.LpAffineExpression:
    scale = objective_scale(costs)
    terms = [(model.variables[column], costs[column] * scale) for column in np.flatnonzero(costs).tolist()]
    return pulp.LpAffineExpression(terms)
