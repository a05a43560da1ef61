"""Objective levels: each is optimised, then held while the next is.

A level is held by its optimal face: by duality its optima are exactly the feasible points at which every
column with a non-zero reduced cost and every row with a non-zero dual stays at its bound. Fixing those bounds
and solving afresh is much faster than a row `level ≤ optimum`. Where a tolerance may be given back
(`level_tolerance`) a row is right, and used; a row is also the way out where the face turns out too tight or
too loose for the arithmetic. All levels' values are recomputed from the final plan.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.model import Model
from planner.formulation.objective import Objective
from planner.solve.session import INFINITY, Outcome, Session, Vector

# Reduced costs and duals below this, in the scaled objective, count as zero; HiGHS works to 1e-7.
DUAL_ZERO = 1e-8
# What a held level may lose to arithmetic before its face is replaced by a row.
DRIFT = 1e-8


@dataclass(frozen=True)
class SolvedLevel:
    """One level as it was solved. Duals are those of its own solve, per unit of its objective."""

    name: str
    costs: Vector
    outcome: Outcome
    value: float
    bound: float
    row_duals: Vector


@dataclass
class Optimum:
    """Values of all columns, and the levels that led there; `unfinished` names those not optimised."""

    values: Vector
    levels: list[SolvedLevel] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


def cost_vector(model: Model, objective: Objective) -> Vector:
    """The objective as an array, in the order of the model's columns."""
    position = model.position
    costs = np.zeros(len(model.variables))
    for variable, weight in objective.items():
        costs[position[id(variable)]] = weight
    return costs


class LazyRows(Protocol):
    """Rows of the LP that are left out until a plan breaks them."""

    def settle(self, values: Vector) -> Vector | None: ...

    def enforce(self, session: Session) -> None: ...


def optimise(
    session: Session,
    targets: Sequence[tuple[str, Vector]],
    tolerance: float,
    time_limit: float | None,
    lazy: LazyRows | None = None,
) -> Optimum:
    """Optimise the levels in order.

    `lazy` rows are free in the session; they are enforced from the first level whose plan they would change.
    A level's optimum that keeps them is the optimum with them, so what was held before stays right.

    Raises NoPlanError where the first is infeasible, SolverStoppedError where it is not finished. A later
    level that is not finished leaves the plan of the one before, and the rest not optimised.
    """
    deadline = None if time_limit is None else time.perf_counter() + time_limit
    optimum = Optimum(np.empty(0))
    interior_point = False
    for place, (name, costs) in enumerate(targets):
        left = None if deadline is None else deadline - time.perf_counter()
        if not costs.any() and place + 1 < len(targets):
            optimum.levels.append(_nothing_to_lose(session, name, costs))
            continue
        solved = _solve_level(session, optimum.levels, name, costs, tolerance, left, interior_point)
        if lazy is not None and solved.outcome.status == "optimal" and lazy.settle(solved.outcome.values) is None:
            lazy.enforce(session)
            lazy, interior_point = None, session.is_large
            left = None if deadline is None else deadline - time.perf_counter()
            solved = _solve_level(session, optimum.levels, name, costs, tolerance, left, interior_point)
        if not optimum.values.size:
            _require_plan(solved.outcome)
        elif solved.outcome.status != "optimal":
            optimum.unfinished = [later for later, _ in targets[place:]]
            break
        optimum.values = solved.outcome.values
        optimum.levels.append(solved)
        if place + 1 < len(targets):
            _hold(session, solved, tolerance)
    return optimum


def _nothing_to_lose(session: Session, name: str, costs: Vector) -> SolvedLevel:
    """A level that no column bears on is at its optimum, 0, in every plan."""
    nothing = np.zeros(session.lp.rows)
    return SolvedLevel(name, costs, Outcome("optimal", 0.0, np.empty(0), costs, nothing, 0, 0.0), 0.0, 0.0, nothing)


def _require_plan(outcome: Outcome) -> None:
    if outcome.status in {"infeasible", "unbounded or infeasible"}:
        raise NoPlanError("no plan keeps all rules", status="infeasible")
    if outcome.status == "unbounded":
        raise NoPlanError("the objective has no bound", status="unbounded")
    if outcome.status == "interrupted":
        raise KeyboardInterrupt
    if outcome.status != "optimal":
        raise SolverStoppedError(f"the solver stopped before it had a plan ({outcome.status})")


def _solve_level(
    session: Session,
    before: Sequence[SolvedLevel],
    name: str,
    costs: Vector,
    tolerance: float,
    time_limit: float | None,
    interior_point: bool,
) -> SolvedLevel:
    """Solve one level under the held ones; where their faces prove wrong, again with rows in their place."""
    solved = _minimise(session, name, costs, time_limit, interior_point)
    if not any(level.costs.any() for level in before) or solved.outcome.status in {"time limit", "interrupted"}:
        return solved
    if solved.outcome.status == "optimal" and not _drifted(before, solved.outcome.values, tolerance):
        return solved
    session.restore()
    for held in before:
        _hold_by_row(session, held, max(tolerance, DRIFT))
    return _minimise(session, name, costs, time_limit, interior_point)


def _drifted(levels: Sequence[SolvedLevel], values: Vector, tolerance: float) -> bool:
    return any(
        float(level.costs @ values) > level.value + (tolerance + DRIFT) * max(1.0, abs(level.value)) for level in levels
    )


def _minimise(
    session: Session, name: str, costs: Vector, time_limit: float | None, interior_point: bool
) -> SolvedLevel:
    scale = objective_scale(costs)
    session.set_costs(costs * scale)
    session.forget_basis()
    outcome = session.solve(name, time_limit, interior_point)
    if outcome.status != "optimal":
        return SolvedLevel(name, costs, outcome, float("nan"), float("nan"), np.empty(0))
    value = float(costs @ outcome.values)
    bound = dual_bound(session, outcome) / scale
    return SolvedLevel(name, costs, outcome, value, bound, outcome.row_duals / scale)


def objective_scale(costs: Vector) -> float:
    """A power of two that brings the geometric mean of the costs near 1, where HiGHS's tolerances belong."""
    present = np.abs(costs[costs != 0])
    return float(2.0 ** -np.round(np.log2(present).mean())) if present.size else 1.0


def dual_bound(session: Session, outcome: Outcome) -> float:
    """The dual objective: Σ dual · bound it rests on, over rows and columns. No plan can be below it.

    A dual within tolerance of zero on a side without a bound adds nothing.
    """

    def rest(duals: Vector, lower: Vector, upper: Vector) -> float:
        bounds = np.where(duals > 0, lower, upper)
        bounds = np.where(np.isfinite(bounds), bounds, 0.0)
        return float(duals @ bounds)

    rows = session.lp.rows
    total = rest(outcome.row_duals[:rows], session.row_lower, session.row_upper)
    for extra, (lower, upper) in enumerate(session.extra_rows):
        dual = float(outcome.row_duals[rows + extra])
        total += dual * (lower if dual > 0 else upper) if dual else 0.0
    return total + rest(outcome.reduced_costs, session.column_lower, session.column_upper)


def _hold(session: Session, solved: SolvedLevel, tolerance: float) -> None:
    if tolerance > 0:
        _hold_by_row(session, solved, tolerance)
    else:
        _hold_by_face(session, solved.outcome)


def _hold_by_face(session: Session, outcome: Outcome) -> None:
    columns = np.flatnonzero(np.abs(outcome.reduced_costs) > DUAL_ZERO)
    at_upper = (outcome.reduced_costs[columns] < 0) & np.isfinite(session.column_upper[columns])
    fixed = np.where(at_upper, session.column_upper[columns], session.column_lower[columns])
    session.set_column_bounds(columns, fixed, fixed)
    duals = outcome.row_duals[: session.lp.rows]
    rows = np.flatnonzero(np.abs(duals) > DUAL_ZERO)
    lower, upper = session.row_lower[rows], session.row_upper[rows]
    active = np.where(duals[rows] > 0, lower, upper)
    active = np.where(np.isfinite(active), active, np.where(np.isfinite(lower), lower, upper))
    session.set_row_bounds(rows, active, active)


def _hold_by_row(session: Session, solved: SolvedLevel, tolerance: float) -> None:
    """level ≤ z + tolerance × max(1, |z|)"""
    limit = solved.value + tolerance * max(1.0, abs(solved.value))
    scale = objective_scale(solved.costs)
    session.add_row(-INFINITY, limit * scale, solved.costs * scale)
