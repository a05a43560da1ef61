"""One LP with a row for each objective level, solved again and again: frontiers, prices, alternatives.

The rows stand in the LP from the start, free until they are held. So a basis covers them, and every further solve
starts warm, whatever is held. Further rows and columns (a measure of the plan, a million more in a fund) join them.

Levels are held by their optimal faces (see `levels`) where they are to stay at their optimum, by their rows where
they may give something back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solver.endings import require_optimum
from planner.solver.highs import (
    AT_LOWER,
    BASIC,
    CONCLUSIVE,
    EITHER_SIMPLEX,
    INFINITY,
    Arrays,
    Basis,
    HighsSession,
    SolveOutcome,
    Vector,
)
from planner.solver.lexicographic import hold_by_face, inner
from planner.solver.parametric.implied_bounds import implied_upper, least_sum
from planner.solver.scaling import objective_scale
from planner.tolerances import FEASIBLE, NO_LESS, NOISE, STILL_HELD

# Pivots that a start is given before the LP is solved afresh, with presolve: at least, and per row. Most solves near
# the start take a tenth of that; those that take more mostly take ten times as many.
AGAIN_PIVOTS, AGAIN_SHARE = 1000, 0.15
AFRESH_SHARE = 0.6  # pivots per row that simplex is given, where it begins afresh, before interior point takes over
# Columns of an LP that is solved to the end whatever is asked; of a larger one an analysis that asks much is content
# with what is found in so many pivots per row.
MOST_TO_THE_END, APPROACH_SHARE = 30_000, 0.05
PIVOTS_AT_ONCE = 200  # between two looks whether a level has fallen
# Interior point comes nearer to the optimum, and crossover to a basis, where costs are large beside its tolerances:
# with costs of about 1 it stopped short of the optimum on one of four such solves of the coalition sample.
INTERIOR_SCALE = 2.0**10
# Primal simplex begins at a plan at which many limits bind: perturbed bounds let it take up to twice as many pivots.
FROM_A_PLAN = {"simplex_strategy": EITHER_SIMPLEX, "primal_simplex_bound_perturbation_multiplier": 0.0}
NONE, NO_DUALS = np.empty(0, dtype=np.intp), np.empty(0)


@dataclass(frozen=True)
class Point:
    """An optimum: the value of what was minimised, all columns, and duals per unit of it (as in `HighsSession`)."""

    value: float
    values: Vector
    reduced_costs: Vector
    row_duals: Vector
    basis: Basis
    pivots: int = 0


class Reached(NamedTuple):
    """The best point that was found, without duals where pivots did not lead to the optimum; `bound`: what no point is
    below, the point's own value where it is proved to be the best.
    """

    point: Point
    bound: float

    @property
    def is_proved(self) -> bool:
        """Is the point optimal, and no more than a bound?"""
        return self.bound == self.point.value


@dataclass(frozen=True)
class Extension:
    """What joins the LP: `rows`, sums of its columns; `columns`, entries by row (position), fixed at 0 until freed."""

    rows: Mapping[str, Vector] = field(default_factory=dict)
    columns: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


class ParametricStudy:
    """The LP of a base with its levels and an extension as rows.

    `levels`: name → costs by column, in order. Raises NoPlanError, SolverStoppedError from every solve.
    """

    def __init__(
        self,
        lp: Arrays,
        levels: Mapping[str, Vector],
        settings: Mapping[str, Any],
        extension: Extension | None = None,
    ) -> None:
        extension = extension or Extension()
        sums = {**levels, **extension.rows}
        self.base = lp
        self._sums = {name: np.concatenate([costs, np.zeros(len(extension.columns))]) for name, costs in sums.items()}
        self._scale = {name: objective_scale(costs) for name, costs in sums.items()}
        self._row = {name: lp.rows + index for index, name in enumerate(sums)}
        self.columns = extension.columns
        self.column = {name: lp.columns + index for index, name in enumerate(extension.columns)}
        whole = extended(lp, self._sums, self._scale, extension.columns)
        self._settings = settings
        self._session = HighsSession(whole, {**settings, **FROM_A_PLAN})
        # Upper bounds that the rows imply, once asked for; None again with every change of the LP but held levels,
        # which only tighten it.
        self._implied: Vector | None = None
        self._lower, self._upper = np.zeros(whole.columns), np.full(whole.columns, INFINITY)
        added = np.arange(lp.columns, lp.columns + len(extension.columns))
        self._session.change_model(added, NONE, (np.zeros(len(added)), np.zeros(len(added))))

    def fix(self, columns: NDArray[np.intp], values: Vector) -> None:
        """Columns of the LP that stay where they are in every solve: choices that were made for the plan."""
        self._change_columns(columns, values, values)
        self._lower[columns] = self._upper[columns] = values

    def at_least(self, columns: NDArray[np.intp], values: Vector) -> None:
        """Columns of the LP that in no solve go below these values."""
        self._change_columns(columns, values, np.full(len(columns), INFINITY))
        self._lower[columns] = values

    def start(self, basis: Basis) -> Basis:
        """A basis of the LP without what joined it, as one of the whole."""
        columns = np.full(len(self.column), AT_LOWER, dtype=np.int8)
        rows = np.full(len(self._row), BASIC, dtype=np.int8)
        return Basis(np.concatenate([basis.columns, columns]), np.concatenate([basis.rows, rows]))

    def without_what_joined(self, basis: Basis) -> Basis:
        """The reverse of `start`: right but for rows and columns that joined and are part of the basis."""
        return Basis(basis.columns[: self.base.columns], basis.rows[: self.base.rows])

    def costs(self, weights: Mapping[str, float]) -> Vector:
        """The cost of each column: Σ weight × sum."""
        total = np.zeros(self._session.lp.columns)
        for name, weight in weights.items():
            total += weight * self._sums[name]
        return total

    def column_costs(self, names: Sequence[str]) -> Vector:
        """1 for each of these further columns."""
        total = np.zeros(self._session.lp.columns)
        total[[self.column[name] for name in names]] = 1.0
        return total

    def value(self, name: str, values: Vector) -> float:
        """A level or a further row in a plan; `values` with or without the columns that joined the LP."""
        return inner(self._sums[name][: len(values)], values)

    def bound(self, name: str, lower: float = -INFINITY, upper: float = INFINITY) -> None:
        """Bounds of a level or a further row, in its own unit; without any it is free."""
        scale = self._scale[name]
        self._change_rows(np.array([self._row[name]]), np.array([lower * scale]), np.array([upper * scale]))

    def hold(self, name: str, value: float, slack: float = STILL_HELD) -> None:
        """Let a level reach `value`, and what arithmetic needs, at most."""
        self.bound(name, upper=value + slack * max(1.0, abs(value)))

    def bound_column(self, name: str, lower: float, upper: float) -> None:
        """New bounds of a column by name."""
        column = np.array([self.column[name]])
        self._change_columns(column, np.array([lower]), np.array([upper]))

    def let_rise(self, most: Mapping[str, float]) -> None:
        """Let further columns rise from 0 to these values at most."""
        columns = np.array([self.column[name] for name in most], dtype=np.intp)
        self._change_columns(columns, np.zeros(len(most)), np.array(list(most.values())))

    def free_rows(self, rows: NDArray[np.intp]) -> None:
        """Take limits away; `put_back` brings them back."""
        nothing = np.full(len(rows), INFINITY)
        self._change_rows(rows, -nothing, nothing)

    def keeps(self, values: Vector) -> bool:
        """Does a plan of the base's columns, none of those that joined above its lower bound, keep all bounds as they
        are now? To `NO_LESS` of the terms of a row.
        """
        lp, (column_lower, column_upper, lower, upper) = self._session.lp, self._session.model_bounds
        whole = np.concatenate([values, column_lower[len(values) :]])
        terms = lp.value * whole[lp.index]
        activity, size = (
            np.bincount(lp.row_of_entry, part, lp.rows).astype(np.float64) for part in (terms, np.abs(terms))
        )
        breach = max(_breach(activity, lower, upper, size), _breach(whole, column_lower, column_upper, np.abs(whole)))
        return breach <= NO_LESS

    def put_back(self, rows: NDArray[np.intp]) -> None:
        """Give rows the base's bounds again, after `free_rows`."""
        self._change_rows(rows, self.base.row_lower[rows], self.base.row_upper[rows])

    def _change_rows(self, rows: NDArray[np.intp], lower: Vector, upper: Vector) -> None:
        self._session.change_model(NONE, rows, (lower, upper))
        self._implied = None

    def _change_columns(self, columns: NDArray[np.intp], lower: Vector, upper: Vector) -> None:
        self._session.change_model(columns, NONE, (lower, upper))
        self._implied = None

    def minimise(
        self, costs: Vector, start: Basis | None = None, afresh: bool = False, interior_point: bool = False
    ) -> Point:
        """From `start`, or from where the last solve ended, or `afresh`, with presolve; or by interior point from the
        outset.
        """
        if interior_point:
            return self._by_interior_point(costs)
        if afresh:
            self._session.forget_basis()
        elif start is not None:
            self._session.forget_basis()
            self._session.start_from(start)
        scale = objective_scale(costs)
        self._session.set_costs(costs * scale)
        pivots = AGAIN_PIVOTS + int((AFRESH_SHARE if afresh else AGAIN_SHARE) * self._session.lp.rows)
        outcome = self._session.solve("solve again", pivots=pivots)
        if outcome.status == "iteration limit" and self._session.is_large:  # the start was far from the optimum
            return self._by_interior_point(costs)
        return self._concluded(outcome, costs, scale)

    def _by_interior_point(self, costs: Vector) -> Point:
        scale = objective_scale(costs) * INTERIOR_SCALE
        self._session.set_costs(costs * scale)
        self._session.forget_basis()
        return self._concluded(self._session.solve("solve again", interior_point=True), costs, scale)

    def _concluded(self, outcome: SolveOutcome, costs: Vector, scale: float) -> Point:
        if outcome.status not in CONCLUSIVE | {
            "unbounded"
        }:  # simplex ran out of pivots, or interior point lost its way
            self._session.forget_basis()
            outcome = self._session.solve("solve again")
        return self._point(outcome, costs, scale)

    def minimise_within(self, costs: Vector, start: Basis, pivots: int) -> Point | None:
        """The optimum where so many pivots from `start` find it; else None, and where there is no plan."""
        self._session.forget_basis()
        self._session.start_from(start)
        scale = objective_scale(costs)
        self._session.set_costs(costs * scale)
        outcome = self._session.solve("solve again", pivots=pivots)
        return self._point(outcome, costs, scale) if outcome.status == "optimal" else None

    def approach(self, costs: Vector, start: Basis, plan: Vector) -> Reached:
        """The optimum from `start`, the basis of a `plan`; of an LP of more than MOST_TO_THE_END columns as far as a
        limited number of pivots leads, each from a plan to one no worse.
        """
        if not self._approaches:
            point = self.minimise(costs, start)
            return Reached(point, point.value)
        pivots = int(APPROACH_SHARE * self._session.lp.rows)
        optimum = self.minimise_within(costs, start, pivots)
        if optimum is not None:
            return Reached(optimum, optimum.value)
        point_reached, value = self._session.point(), inner(costs, plan)
        point = Point(value, plan, NO_DUALS, NO_DUALS, start, pivots)
        if point_reached is not None and inner(costs, point_reached) < value:
            point = Point(inner(costs, point_reached), point_reached, NO_DUALS, NO_DUALS, self._session.basis(), pivots)
        if self._implied is None:
            self._implied = implied_upper(self._session)
        bound = least_sum(self._session, costs, self._implied, self._settings)
        near = point.value - bound <= NO_LESS * max(1.0, abs(point.value))
        return Reached(point, point.value if near else bound)

    def approach_in_order(self, names: Sequence[str], start: Basis, plan: Vector) -> list[Reached]:
        """As `in_order`, each as far as `approach` comes; a level that is not at its optimum is held where it has come
        to.
        """
        if not self._approaches:
            return [Reached(point, point.value) for point in self.in_order(names, start=start)]
        reached: list[Reached] = []
        for name in names:
            reached.append(self.approach(self._sums[name], start, plan))
            point = reached[-1].point
            start, plan = point.basis, point.values
            if name != names[-1]:
                self._keep(name, point, 0.0 if point.row_duals.size else STILL_HELD)
        return reached

    @property
    def _approaches(self) -> bool:
        return self._session.lp.columns > MOST_TO_THE_END

    def falls(self, name: str, below: float, start: Basis | None = None) -> Point | None:
        """Can a level fall below that value?

        None if so, else its optimum; solved no further than tells it, from `start`, where a plan is.

        Primal simplex keeps to plans, each no worse than the one before.
        """
        if start is not None:
            self._session.forget_basis()
            self._session.start_from(start)
        costs, pivots = self._sums[name], AGAIN_PIVOTS + int(AGAIN_SHARE * self._session.lp.rows)
        scale = objective_scale(costs)
        self._session.set_costs(costs * scale)
        for _ in range(0, pivots, PIVOTS_AT_ONCE):
            outcome = self._session.prove("solve again", PIVOTS_AT_ONCE)
            if outcome.status == "optimal":
                point = self._point(outcome, costs, scale)
                return None if point.value < below else point
            reached = self._session.point()
            if reached is not None and inner(costs, reached) < below:
                return None
            if outcome.status != "iteration limit":
                break
        point = self.minimise(costs)
        return None if point.value < below else point

    def _point(self, outcome: SolveOutcome, costs: Vector, scale: float) -> Point:
        require_optimum(outcome.status)
        return Point(
            value=inner(costs, outcome.values),
            values=outcome.values,
            reduced_costs=outcome.reduced_costs / scale,
            row_duals=outcome.row_duals / scale,
            basis=self._session.basis(),
            pivots=outcome.iterations,
        )

    def in_order(
        self,
        names: Sequence[str],
        tolerance: float = 0.0,
        start: Basis | None = None,
        held: bool = False,
        afresh: bool = False,
    ) -> list[Point]:
        """The optimum of each of `names`, those before it held at theirs, which may give `tolerance` back.

        They stay held, all but the last (`held`: the last too), until `let_go`. `afresh`: each is solved so (see
        `minimise`).
        """
        points: list[Point] = []
        for index, name in enumerate(names):
            points.append(self.minimise(self._sums[name], None if index else start, afresh))
            if held or index + 1 < len(names):
                self._keep(name, points[-1], tolerance)
        return points

    def _keep(self, name: str, point: Point, tolerance: float) -> None:
        if tolerance > 0:
            row, scale = self._row[name], self._scale[name]
            most = point.value + tolerance * max(1.0, abs(point.value))
            self._session.set_row_bounds(np.array([row]), np.array([-INFINITY]), np.array([most * scale]))
        else:
            scale = self._scale[name]  # the thresholds of a face are meant for the scaled objective
            duals = (point.reduced_costs * scale, point.row_duals * scale)
            factor = self._session.cost_factor
            hold_by_face(self._session, SolveOutcome("optimal", point.value, point.values, *duals, 0, 0.0, factor))

    def slopes(self, column: str, names: Sequence[str], points: Sequence[Point], tolerance: float = 0.0) -> Vector:
        """By how much the optimum of each of `names` (as `in_order` found `points`) changes per unit of a fixed column.

        Reduced costs; where levels are held by rows, with what their limits then change by.
        """
        slopes: list[float] = []
        for point in points:
            slope = float(point.reduced_costs[self.column[column]])
            if tolerance > 0:
                for held, change, before in zip(names, slopes, points, strict=False):
                    grows = 1.0 + tolerance * (abs(before.value) > 1.0)
                    slope += float(point.row_duals[self._row[held]]) * self._scale[held] * change * grows
            slopes.append(slope)
        return np.array(slopes)

    def bind(self, rows: Sequence[int], points: Sequence[Point]) -> bool:
        """Has any of the rows a dual at any of the levels (as `in_order` found `points`)?

        Without those that have none all stays.
        """
        chosen = np.array(rows, dtype=np.intp)
        return any(bool(point.row_duals[chosen].any()) for point in points)

    def signs(self, column: str, names: Sequence[str], points: Sequence[Point]) -> list[int]:
        """Of a fixed column at each of `names` (as `in_order` found `points`): 1 where more of it makes the level
        worse, −1 where it might make it better, 0 where neither; by the sign of its reduced cost, up to the solver's
        tolerances.
        """
        costs = [
            point.reduced_costs[self.column[column]] * self._scale[name]
            for name, point in zip(names, points, strict=True)
        ]
        return [1 if cost > 0 else -1 if cost < -FEASIBLE else 0 for cost in costs]

    def reach(self, column: str, values: Vector, sign: float) -> float:
        """How much further (`sign` 1: up, −1: down) a fixed column can go until the basis of the last solve breaks a
        bound.

        The basic columns then move by −B⁻¹ a per unit (a: the column's entries), all rows by A times that, plus a.
        """
        column_index = self.column[column]
        basic, solved = self._session.basic_moves(-self.entries(column))
        moves = np.zeros(self._session.lp.columns)
        structural = basic >= 0
        moves[basic[structural]] = solved[structural]
        moves[column_index] = 1.0
        shifts = self._activity(moves * sign)
        moves[column_index] = 0.0
        room = [
            _room(values, moves * sign, self._lower, self._upper),
            _room(self._activity(values), shifts, self.base.row_lower, self.base.row_upper),
        ]
        return max(min(room), 0.0)

    def slack(self, column: str, values: Vector, sign: float) -> float:
        """How much further (`sign` 1: up, −1: down) a fixed column can go while all others stay where they are."""
        shifts = self.entries(column)[: self.base.rows] * sign
        return max(_room(self._activity(values), shifts, self.base.row_lower, self.base.row_upper), 0.0)

    def breach(self, column: str, amount: float, values: Vector) -> float:
        """By how much a plan of the base's columns with so much of `column` breaks a limit at most: relative to the
        terms of the row, or to the column's bound, at least to 1.
        """
        lp = self._session.lp
        whole = np.concatenate([values, np.zeros(len(self.column))])
        whole[self.column[column]] = amount
        size = np.bincount(lp.row_of_entry, np.abs(lp.value * whole[lp.index]), lp.rows)[: self.base.rows].astype(
            np.float64
        )
        rows = _breach(self._activity(whole), self.base.row_lower, self.base.row_upper, size)
        lower, upper = self._lower[: len(values)], self._upper[: len(values)]
        return max(rows, _breach(values, lower, upper, np.abs(values)))

    def entries(self, column: str) -> Vector:
        """A column's coefficients, by row."""
        entries = np.zeros(self._session.lp.rows)
        entries[list(self.columns[column])] = list(self.columns[column].values())
        return entries

    def _activity(self, values: Vector) -> Vector:
        """What the LP's own rows add up to."""
        lp = self._session.lp
        return np.bincount(lp.row_of_entry, lp.value * values[lp.index], lp.rows)[: self.base.rows].astype(np.float64)

    def let_go(self) -> None:
        """Hold no level any more but by `bound` and `hold`."""
        self._session.restore()
        self._implied = None


def _room(values: Vector, moves: Vector, lower: Vector, upper: Vector) -> float:
    """The largest step along `moves` that keeps all values within their bounds."""
    up, down = moves > NOISE, moves < -NOISE
    steps = np.concatenate([(upper[up] - values[up]) / moves[up], (lower[down] - values[down]) / moves[down]])
    return float(steps.min(initial=INFINITY))


def _breach(values: Vector, lower: Vector, upper: Vector, size: Vector) -> float:
    """The largest amount by which a value is outside its bounds, relative to its size, at least to 1."""
    return float((np.abs(values - np.clip(values, lower, upper)) / np.maximum(1.0, size)).max(initial=0.0))


def extended(
    lp: Arrays, sums: Mapping[str, Vector], scale: Mapping[str, float], columns: Mapping[str, Mapping[int, float]]
) -> Arrays:
    """The LP with further columns, after its own, and then the sums as free rows."""
    own_rows = np.repeat(np.arange(lp.rows), np.diff(lp.start))
    entries: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = [(own_rows, lp.index, lp.value)]
    for position, column in enumerate(columns.values()):
        at = np.array(list(column), dtype=np.intp)
        entries.append((at, np.full(len(at), lp.columns + position), np.array(list(column.values()))))
    for position, (name, costs) in enumerate(sums.items()):
        present = np.flatnonzero(costs)
        entries.append((np.full(len(present), lp.rows + position), present, costs[present] * scale[name]))
    rows, index, value = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    order = np.argsort(rows, kind="stable")
    free = np.full(len(sums), INFINITY)
    return Arrays(
        columns=lp.columns + len(columns),
        row_lower=np.concatenate([lp.row_lower, -free]),
        row_upper=np.concatenate([lp.row_upper, free]),
        start=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=lp.rows + len(sums)))]).astype(np.int32),
        index=index[order].astype(np.int32),
        value=value[order],
    )
