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
from planner.solve.session import Outcome

NO_VECTOR = np.empty(0)
HELD = 1e-7  # what CBC needs a held level to give, to find the plan that it has just found


def optimise_with_pulp(
    model: Model, targets: Sequence[tuple[str, Objective]], solver: str, tolerance: float, time_limit: float | None
) -> Optimum:
    """Optimise the levels in order; each is held by a row. Raises as `planner.solve.levels.optimise`."""
    engine = _solver(solver, time_limit)
    optimum = Optimum(np.zeros(len(model.variables)))
    for name, objective in targets:
        costs = cost_vector(model, objective)
        if not costs.any() and name != targets[-1][0]:  # CBC fails on rows without entries
            outcome = Outcome("optimal", 0.0, optimum.values, NO_VECTOR, NO_VECTOR, 0, 0.0)
            optimum.levels.append(SolvedLevel(name, costs, outcome, 0.0, float("nan"), NO_VECTOR))
            continue
        scale = objective_scale(costs)
        model.problem.setObjective(pulp.LpAffineExpression([(v, weight * scale) for v, weight in objective.items()]))
        _solve(model, engine)
        values = np.array([variable.varValue or 0.0 for variable in model.variables])
        value = float(costs @ values)
        outcome = Outcome("optimal", value, values, NO_VECTOR, NO_VECTOR, 0, 0.0)
        optimum.values = values
        optimum.levels.append(SolvedLevel(name, costs, outcome, value, float("nan"), NO_VECTOR))
        limit = value + max(tolerance, HELD) * max(1.0, abs(value))
        held = pulp.LpAffineExpression([(v, weight * scale) for v, weight in objective.items()])
        model.problem += held <= limit * scale, f"held.{name}"
    return optimum


def _solver(name: str, time_limit: float | None) -> pulp.LpSolver:
    if name != "cbc":
        raise UsageError(f"solver {name!r} is not known; use 'highs' or 'cbc'")
    with warnings.catch_warnings():
        # PuLP 3 still ships CBC and only announces that PuLP 4 will not.
        warnings.simplefilter("ignore", DeprecationWarning)
        return pulp.PULP_CBC_CMD(msg=False, timeLimit=time_limit)


def _solve(model: Model, engine: pulp.LpSolver) -> None:
    status = model.problem.solve(engine)
    if status == pulp.LpStatusInfeasible:
        raise NoPlanError("no plan keeps all rules", status="infeasible")
    if status == pulp.LpStatusUnbounded:
        raise NoPlanError("the objective has no bound", status="unbounded")
    # PuLP calls a CBC run that hit its time limit optimal; only the solution status tells.
    if status != pulp.LpStatusOptimal or model.problem.sol_status != pulp.LpSolutionOptimal:
        raise SolverStoppedError("the solver stopped before it had a plan")
