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
# A level below this, per unit of its largest weight, is 0.
ZERO = 1e-9
# How much more a level of a group weighs than the next.
LEVEL_RATIO = 100.0

Group = Sequence[tuple[str, Vector]]  # levels that are first tried together


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
    solves: list[tuple[str, float]] = field(default_factory=list)  # every solve: levels, seconds


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
    groups: Sequence[Group],
    tolerance: float,
    time_limit: float | None,
    lazy: LazyRows | None = None,
) -> Optimum:
    """Optimise the levels in order; those of a group together, where that proves each (see `_solve_group`).

    `lazy` rows are free in the session; they are enforced from the first level whose plan they would change.
    A level's optimum that keeps them is the optimum with them, so what was held before stays right.

    Raises NoPlanError where there is no plan, SolverStoppedError where the first level is not finished. A
    later level that is not finished leaves the plan of the one before, and the rest not optimised.
    """
    deadline = None if time_limit is None else time.perf_counter() + time_limit
    optimum, queue, interior_point = Optimum(np.empty(0)), list(groups), False
    while queue:
        group = queue.pop(0)
        left = None if deadline is None else deadline - time.perf_counter()
        attempt = _solve_under_held(session, optimum.levels, group, tolerance, left, interior_point)
        if lazy is not None and attempt.outcome.status == "optimal" and lazy.settle(attempt.outcome.values) is None:
            lazy.enforce(session)
            lazy, interior_point = None, session.is_large
            left = None if deadline is None else deadline - time.perf_counter()
            attempt = _solve_under_held(session, optimum.levels, group, tolerance, left, interior_point)
        if not optimum.levels:
            _require_plan(attempt.outcome)
        elif attempt.outcome.status != "optimal":
            optimum.unfinished = [name for later in (group, *queue) for name, _ in later]
            break
        optimum.solves.append((" and ".join(name for name, _ in group), attempt.outcome.seconds))
        parts = _split(group, attempt)
        if len(parts) > 1:
            queue = [*parts, *queue]
            continue
        optimum.values = attempt.outcome.values
        optimum.levels += attempt.levels
        if queue:
            _hold(session, attempt, tolerance)
    return optimum


@dataclass(frozen=True)
class Attempt:
    """One solve of a group of levels, minimising the weighted sum of their objectives."""

    outcome: Outcome
    levels: list[SolvedLevel]


def _split(group: Group, attempt: Attempt) -> list[Group]:
    """The group itself where the attempt proves all its levels; else smaller groups to solve in order.

    All levels are sums of non-negative terms. So a level that is 0 at the optimum of the weighted sum is at
    its least; and if all levels but one are, no plan with those at 0 can do better on that one either. With
    more than one level above 0 nothing is proved: the group is cut after each of them and solved again.
    """
    above = [place for place, level in enumerate(attempt.levels) if level.value > ZERO * _size(level.costs)]
    if len(above) <= 1:
        return [group]
    ends = [place + 1 for place in above]
    if ends[-1] < len(group):
        ends.append(len(group))
    return [group[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _size(costs: Vector) -> float:
    return float(np.abs(costs).max(initial=0.0)) or 1.0


def _require_plan(outcome: Outcome) -> None:
    if outcome.status in {"infeasible", "unbounded or infeasible"}:
        raise NoPlanError("no plan keeps all rules", status="infeasible")
    if outcome.status == "unbounded":
        raise NoPlanError("the objective has no bound", status="unbounded")
    if outcome.status == "interrupted":
        raise KeyboardInterrupt
    if outcome.status != "optimal":
        raise SolverStoppedError(f"the solver stopped before it had a plan ({outcome.status})")


def _solve_under_held(
    session: Session,
    held: Sequence[SolvedLevel],
    group: Group,
    tolerance: float,
    time_limit: float | None,
    interior_point: bool,
) -> Attempt:
    """Solve a group under the held levels; where their faces prove wrong, again with rows in their place."""
    attempt = _solve_group(session, group, time_limit, interior_point)
    stopped = attempt.outcome.status in {"time limit", "interrupted"}
    if not held or stopped:
        return attempt
    if attempt.outcome.status == "optimal" and not _drifted(held, attempt.outcome.values, tolerance):
        return attempt
    session.restore()
    for level in held:
        _hold_by_row(session, level, max(tolerance, DRIFT))
    return _solve_group(session, group, time_limit, interior_point)


def _drifted(levels: Sequence[SolvedLevel], values: Vector, tolerance: float) -> bool:
    return any(
        float(level.costs @ values) > level.value + (tolerance + DRIFT) * max(1.0, abs(level.value)) for level in levels
    )


def _solve_group(session: Session, group: Group, time_limit: float | None, interior_point: bool) -> Attempt:
    """Minimise Σ weight · level over the group's levels; the first weighs most, so that few come out above 0."""
    weights = [LEVEL_RATIO**-place / _size(costs) for place, (_, costs) in enumerate(group)]
    if len(group) == 1:
        weights = [1.0]
    joint = np.zeros(session.lp.columns)
    for weight, (_, costs) in zip(weights, group, strict=True):
        joint += weight * costs
    scale = objective_scale(joint)
    session.set_costs(joint * scale)
    session.forget_basis()
    outcome = session.solve(" and ".join(name for name, _ in group), time_limit, interior_point)
    if outcome.status != "optimal":
        return Attempt(outcome, [])
    gap = float(joint @ outcome.values) - dual_bound(session, outcome) / scale
    levels = []
    for weight, (name, costs) in zip(weights, group, strict=True):
        value = float(costs @ outcome.values)
        proved = value <= ZERO * _size(costs)
        duals = np.zeros(len(outcome.row_duals)) if proved and len(group) > 1 else outcome.row_duals / (scale * weight)
        bound = 0.0 if proved and len(group) > 1 else value - gap / weight
        levels.append(SolvedLevel(name, costs, outcome, value, bound, duals))
    return Attempt(outcome, levels)


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


def _hold(session: Session, attempt: Attempt, tolerance: float) -> None:
    if tolerance > 0:
        for level in attempt.levels:
            _hold_by_row(session, level, tolerance)
    else:
        _hold_by_face(session, attempt.outcome)


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
