"""What money buys: how each objective level changes with a further sum in a budget cell, and how far that price holds.

The plan is made again for each sum, level by level, each at its new optimum before the next. So the levels' values are
piecewise linear in the sum, and duals are the slopes of the pieces. Prices are one-sided: at a degenerate optimum a
further euro and a euro less are not worth the same.

The plan is followed from the sum of nothing to the whole, piece by piece (`planner.solver.parametric.path`): the first
piece has the price, the end the plan with the sum. That plan must keep all limits, and its levels must have changed by
what the duals of all pieces add up to. Where there is no basis that is optimal for all levels in order (as with
`level_tolerance`), or the way is too long, each sum is solved instead: then a piece is found by following tangents
(where the duals of a solve do not explain the change, a kink lies between). It holds at least as long as the basis
does; with `level_tolerance`, as far as was solved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from planner.errors import NoPlanError, VerificationError
from planner.plan.prices.marginal import Marginal
from planner.solver.highs import Vector
from planner.solver.parametric.path import Path
from planner.solver.parametric.study import ParametricStudy, Point
from planner.tolerances import NO_LESS, NOISE, PRICE_CONFIRMED, SAME

# A change that duals explain to this much of the level's value, or of the change, is explained.
MOST_TRIES = 40
MOST_PIVOTS = 1000  # on the way to a sum: beyond that solving takes less


@dataclass(frozen=True)
class Sample:
    """The plan with `steps` more in a budget cell: the levels' changes, and their slopes per step by the duals.

    The basis, and with it the slopes, stay as they are for `further` steps at least (with a tolerance: not known, 0).
    """

    column: str
    steps: float
    changes: Vector
    further: float
    slopes: Vector


@dataclass(frozen=True)
class BudgetSide:
    """One direction from the plan. `slopes`: change of each level per step; they hold for `extent` steps at least.

    With `checked` steps the plan was made again: `changes` is what each level changed by (NaN: no plan).
    """

    slopes: Vector
    extent: float  # inf: however much
    checked: float
    changes: Vector


class Prices:
    """Prices of the study's columns (see `budget_cells.entries`) at the optimum of its levels, in order."""

    def __init__(
        self,
        study: ParametricStudy,
        levels: Sequence[str],
        tolerance: float,
        base: Sequence[Point],
        vertex: Marginal | None = None,
    ) -> None:
        """`vertex`: the same optimum, with a basis that is optimal for all levels in order,
        where there is such a one.
        """
        self._vertex = vertex
        self._study, self._levels, self._tolerance = study, list(levels), tolerance
        self._basis = base[-1].basis
        self.values = np.array([point.value for point in base])
        self._base = base
        self._noise = NO_LESS * np.maximum(1.0, np.abs(self.values))
        self._idle: frozenset[str] = frozenset()

    def find_idle(self, columns: Iterable[str], step: float = 1.0) -> None:
        """Settle, in few solves for many budget cells, of which a step more changes no level.

        More money never hurts: where a step more in all of them together changes nothing, it does in none of them.
        Asked of those whose duals at the plan are 0; those that then move are asked one by one, by `side`.
        """
        if self._vertex is not None:
            return  # each shows when it is followed, in less time
        flat = [name for name in columns if (np.abs(self._own_slopes(name)) * step <= self._noise).all()]
        self._idle = frozenset(self._unmoved(flat, step))

    def _unmoved(self, columns: Sequence[str], step: float) -> list[str]:
        if not columns:
            return []
        tried = self._sample(columns, step)
        if tried is not None and (np.abs(tried.changes) <= self._noise).all():
            return list(columns)
        middle = len(columns) // 2
        return [*self._unmoved(columns[:middle], step), *self._unmoved(columns[middle:], step)] if middle else []

    def side(self, column: str, sign: float, step: float = 1.0) -> BudgetSide | None:
        """What `step` more (`sign` 1) or less (−1) of a budget cell does.

        None where not even the least change leaves a plan. Raises VerificationError where duals and solves disagree.
        """
        if (known := self._known(column, sign, step)) is not None:
            return known
        if self._vertex is not None and (path := self._path(self._vertex, column, sign, step)) is not None:
            return self._side(column, path, sign, step) if path.extent > 0 else None
        tried = self._sample([column], sign * step)
        near = self._first_piece(column, tried, sign * step)
        if near is None:
            return None
        flat = np.abs(near.slopes) * max(abs(near.steps), step) <= self._noise
        slopes = np.where(flat, 0.0, near.slopes) * sign
        # Every level is convex where those before it do not change: once flat, more money leaves all of them flat.
        extent = inf if sign > 0 and flat.all() else abs(near.steps) + near.further
        changes = tried.changes if tried is not None else self._no_plan
        side = BudgetSide(slopes, extent, step, self._without_noise(changes))
        self._compare(column, side, changes)
        return side

    def confirm(self, column: str, side: BudgetSide, sign: float) -> None:
        """Solve the plan again with the sum, and raise VerificationError where it is not what `side` says."""
        tried = self._sample([column], sign * side.checked)
        changes = self._no_plan if tried is None else tried.changes
        self._compare(column, side, changes)
        missed = np.abs(self._without_noise(changes) - side.changes)
        if (missed > self._noise + PRICE_CONFIRMED * np.abs(changes)).any():
            raise VerificationError(f"the plan with more or less of {column} is not what a solve finds")

    def _path(self, vertex: Marginal, column: str, sign: float, step: float) -> Path | None:
        """The levels as the sum grows to `step`; None where they cannot be followed so far,
        or not to a plan that proves it.
        """
        moved = {row: -sign * entry for row, entry in self._study.columns[column].items()}
        path = vertex.path(moved, step, MOST_PIVOTS)
        if path is None or not path.proved:
            return None
        breach = self._study.breach(column, sign * path.length, vertex.point + path.shift)
        return path if breach <= SAME else None

    def _side(self, column: str, path: Path, sign: float, step: float) -> BudgetSide:
        """What a path says. `changes` are of its plan: what is made, moved and paid, priced by the levels' costs."""
        flat = np.abs(path.slopes) * step <= self._noise
        slopes = np.where(flat, 0.0, path.slopes)
        extent = inf if sign > 0 and flat.all() else path.extent
        moved = np.array([self._study.value(name, path.shift) for name in self._levels])
        if (np.abs(moved - path.changes) > self._noise + SAME * np.abs(moved)).any():
            raise VerificationError(f"the prices of {column} do not add up to what a plan with it changes")
        changes = moved if path.length >= step * (1 - NOISE) else self._no_plan
        side = BudgetSide(slopes, extent, step, self._without_noise(changes))
        self._compare(column, side, changes)
        return side

    @property
    def _no_plan(self) -> Vector:
        return np.full(len(self.values), np.nan)

    def _without_noise(self, changes: Vector) -> Vector:
        return np.where(np.abs(changes) <= self._noise, 0.0, changes)

    def _known(self, column: str, sign: float, step: float) -> BudgetSide | None:
        """What needs no solve of its own: idle money (`find_idle`), and money less that the plan does not use.

        Less money never helps, so that a plan which still holds with less is still the best, level by level.
        """
        nothing = np.zeros(len(self.values))
        if sign > 0:
            is_idle = column in self._idle or not self._study.columns[column]  # or it raises no limit
            return BudgetSide(nothing, inf, step, nothing) if is_idle else None
        unused = self._study.slack(column, self._base[-1].values, sign) if self._tolerance == 0 else 0.0
        return BudgetSide(nothing, unused, step, nothing) if unused >= step else None

    def _own_slopes(self, column: str) -> Vector:
        """The levels' slopes by the duals at the plan itself."""
        return self._study.slopes(column, self._levels, self._base, self._tolerance)

    def _sample(self, columns: Sequence[str], steps: float) -> Sample | None:
        """The levels with so many steps in each; None where there is no plan. Slopes are the first column's."""
        study, column = self._study, columns[0]
        for name in columns:
            study.bound_column(name, steps, steps)
        try:
            points = study.in_order(self._levels, self._tolerance, self._basis)
            # With a tolerance each level has a basis of its own, and limits of held levels move: none tells how far.
            by_basis = self._tolerance == 0
            further = study.reach(column, points[-1].values, 1.0 if steps > 0 else -1.0) if by_basis else 0.0
        except NoPlanError:
            return None
        finally:
            study.let_go()
            for name in columns:
                study.bound_column(name, 0.0, 0.0)
        changes = np.array([point.value for point in points]) - self.values
        return Sample(column, steps, changes, further, study.slopes(column, self._levels, points, self._tolerance))

    def _explained(self, sample: Sample) -> Vector:
        """Of each level: do the duals at the sample explain the change from the plan?"""
        missed = np.abs(sample.slopes * sample.steps - sample.changes)
        explained: Vector = missed <= self._noise + NO_LESS * np.abs(sample.changes)
        return explained

    def _first_piece(self, column: str, sample: Sample | None, steps: float) -> Sample | None:
        """A sample on the piece that begins at the plan."""
        for _ in range(MOST_TRIES):
            if sample is not None and self._explained(sample).all():
                return sample
            steps = steps / 2 if sample is None else self._towards_the_plan(sample)
            sample = self._sample([column], steps)
        return None

    def _towards_the_plan(self, sample: Sample) -> float:
        """Where the tangent of the first level that is not explained meets the plan's own, or else half-way."""
        column, level = sample.column, int(np.argmin(self._explained(sample)))
        slope = float(self._own_slopes(column)[level])
        bend = slope - sample.slopes[level]
        meeting = (sample.changes[level] - sample.slopes[level] * sample.steps) / bend if bend else 0.0
        share = meeting / sample.steps
        return float(meeting) if SAME < share < 0.999 else sample.steps / 2

    def _compare(self, column: str, side: BudgetSide, changes: Vector) -> None:
        """Where a price holds for all that was tried, it must be what the plan made again shows."""
        if np.isnan(changes).any() or side.extent < side.checked * (1 - NOISE):
            return
        missed = np.abs(side.slopes * side.checked - changes)
        if (missed > self._noise + SAME * np.abs(changes)).any():
            level = self._levels[int(np.argmax(missed))]
            raise VerificationError(f"the price of {column} at level {level} is not what a plan with it shows")
