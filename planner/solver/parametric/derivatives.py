"""How the optimal values of all levels change as right-hand sides move: one-sided derivatives, exact at a degenerate
optimum.

At an optimal vertex x of levels in order, the change per unit that right-hand sides move by r is itself a linear
program, over the directions d that keep every limit that is tight at x:

    minimise, level by level, c·d   subject to   tight limits of A d ≤ r (or ≥, =),  d_j ≥ 0 where x_j = 0

(the tangent cone; limits with slack drop out). It is solved by the dual simplex method from an optimal basis of the
plan: that basis is dual feasible for every r. Reduced costs are vectors, one entry a level, compared entry by entry
(lexicographic ratio test), so that the levels are optimised in order without weights. A last entry, a perturbation,
breaks ties and makes the method finite. Mostly no pivot is needed: the basis stays optimal as r grows. Else each pivot
exchanges two columns at the same vertex. From the basis that it ends with the derivative is read, and how far it holds
(ratio test along d).

The basis of the plan is factorised by HiGHS; the few exchanges of one question are kept as eta vectors and forgotten
after it. So answers depend on the basis alone, not on what was asked before. What a row and a pivot come to after the
same exchanges is kept for the next questions: it is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solver.highs import HighsSession, Vector
from planner.solver.rounding import BasisSystem, Entries
from planner.tolerances import FEASIBLE, NO_PIVOT, NOISE, SAME_RATIO, SMALLEST_PIVOT, TIGHT

Positions = NDArray[np.intp]
Exchanges = tuple[tuple[int, int], ...]  # leaving and entering variables
SEED = 1
MOST_KEPT = 2e7  # numbers that are kept of pivots, as the same ones come up in many answers
NONE = np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class Derivative:
    """`slopes`: change of each level per step; they hold for `extent` steps at least. inf where no step leaves a plan.

    Not `exact` where the pivots granted did not suffice: then the true slopes are not less, compared level by level.
    `exchanges`: (leaving, entering) variables on the way from the plan's basis to the one that tells; a row i counts as
    column n + i. `blocking`: rows (not asked about) that the plan's own basis would break, and by how much per step.
    """

    slopes: Vector
    extent: float
    exact: bool
    exchanges: Exchanges
    blocking: Mapping[int, float]
    duals: DualChange


class DualChange(NamedTuple):
    """An optimal dual of the plan beside that of its own basis: `rows` whose dual is another, and by how much at each
    level (levels × rows).
    """

    rows: Positions
    change: Vector


class Parametric:
    """The derivatives of an LP's levels at the vertex that `session` ended with, by its basis.

    `costs`: of each level, by column; `values`: its vertex. `optimal`: for so many levels, in order, the basis is
    optimal within the bounds of the session's model (those set since then only served to find it; at a level with
    several optimal duals another basis than that of the vertex may be needed to prove it by reduced costs). The session
    must not be solved again as long as this is used. `solves` counts systems solved with the basis: what answers cost.
    """

    def __init__(self, session: HighsSession, costs: Sequence[Vector], values: Vector) -> None:
        self._highs, self.lp, self.solves = session.highs, session.lp, 0
        lp = self.lp
        self.levels, self.columns = len(costs), lp.columns
        self.units = session.units  # all that is kept here is in HiGHS's units
        self.row_of = lp.row_of_entry
        self.value = lp.value * self.units.rows[self.row_of] * self.units.columns[lp.index]
        self._by_column = np.argsort(lp.index, kind="stable")
        self._column_start = np.concatenate([[0], np.cumsum(np.bincount(lp.index, minlength=lp.columns))])
        _, basic = self._highs.getBasicVariables()
        numbers = np.array(basic, dtype=np.intp)
        self.basic = np.where(numbers >= 0, numbers, lp.columns - 1 - numbers)  # a row −1 − i counts as column n + i
        self.is_basic = np.zeros(lp.columns + lp.rows, dtype=bool)
        self.is_basic[self.basic] = True
        self._place = np.zeros(lp.columns + lp.rows, dtype=np.intp)  # of a basic variable, in the basis
        self._place[self.basic] = np.arange(lp.rows)
        self._last: tuple[Mapping[int, float], Vector] | None = None
        self.kept = Kept()
        self._find_room(session, values)
        self._price_out(costs)

    def _find_room(self, session: HighsSession, values: Vector) -> None:
        """`below`, `above`: room of each variable; of a row, of its slack −(activity).

        A tight one can only rise, or fall.
        """
        column_lower, column_upper, row_lower, row_upper = session.model_bounds
        values = values / self.units.columns
        activity = np.bincount(self.row_of, self.value * values[self.lp.index], self.lp.rows)
        units = np.concatenate([self.units.columns, 1.0 / self.units.rows])
        lower = np.concatenate([column_lower, -row_upper]) / units
        upper = np.concatenate([column_upper, -row_lower]) / units
        at = np.concatenate([values, -activity])
        self.below, self.above = np.maximum(at - lower, 0.0), np.maximum(upper - at, 0.0)
        fixed, low = lower == upper, self.below <= self.above
        self.near_lower, self.near_upper = _near(lower), _near(upper)
        self.rises = (self.below <= self.near_lower) | (~self.is_basic & (low | fixed))
        self.falls = (self.above <= self.near_upper) | (~self.is_basic & (~low | fixed))

    def _price_out(self, costs: Sequence[Vector]) -> None:
        """Reduced costs of all variables, level by level, and a perturbation that is dual feasible too."""
        lp, total = self.lp, self.columns + self.lp.rows
        self.reduced, self.nothing = np.zeros((self.levels + 1, total)), np.zeros((self.levels + 1, total))
        basic = np.where(self.basic < self.columns, self.basic, self.columns - 1 - self.basic)
        entries = Entries(self.row_of, lp.index, self.value)
        for level, level_costs in enumerate(costs):
            scaled = level_costs * self.units.columns
            system = BasisSystem(scaled, entries, basic, self._solve_transposed)
            duals = system.duals(system.solve(np.concatenate([scaled, np.zeros(lp.rows)])[self.basic]))
            self.reduced[level] = np.concatenate([duals.reduced_costs, -duals.duals])
            self.nothing[level] = np.concatenate([duals.zero_reduced_costs, duals.zero_duals])
        self.reduced[:, self.is_basic] = 0.0
        self.optimal = self._mend_signs()
        noise = np.random.default_rng(SEED).uniform(1.0, 2.0, total)
        self.reduced[-1] = np.where(self.is_basic, 0.0, np.where(self.rises, noise, -noise))
        self.start = self.reduced.copy()

    def _mend_signs(self) -> int:
        """Make reduced costs 0 that are wrong by no more than HiGHS admits.

        For how many levels is the basis optimal?
        """
        undecided = ~self.is_basic & ~(self.rises & self.falls)
        for level, reduced in enumerate(self.reduced[: self.levels]):
            wrong = undecided & np.where(self.rises, reduced < 0, reduced > 0)
            if (np.abs(reduced[wrong]) > FEASIBLE).any():
                return level
            reduced[wrong] = 0.0
            undecided &= reduced == 0
        return self.levels

    def duals(self, rows: Mapping[int, float]) -> Vector:
        """By the plan's own basis: the change of each level per step, in which right-hand sides of `rows` move by so
        much.

        The true change upwards is not less, compared level by level, that downwards not more.
        """
        total = np.zeros(self.levels)
        for row, by in self.in_units(rows).items():
            total -= self.start[: self.levels, self.columns + row] * by
        return total

    @property
    def row_duals(self) -> Vector:
        """Levels × rows, by the plan's own basis: the change of each level per unit of a right-hand side."""
        duals: Vector = -self.start[: self.levels, self.columns :] * self.units.rows
        return duals

    @property
    def reduced_costs(self) -> Vector:
        """Levels × columns, by the plan's own basis."""
        costs: Vector = self.start[: self.levels, : self.columns] / self.units.columns
        return costs

    @property
    def movable(self) -> NDArray[np.bool_]:
        """By column: whether it is basic, or not fixed at both bounds."""
        of_columns = slice(0, self.columns)
        movable: NDArray[np.bool_] = self.is_basic[of_columns] | ~(self.rises[of_columns] & self.falls[of_columns])
        return movable

    @property
    def tight(self) -> NDArray[np.bool_]:
        """Which rows rest on a bound: no optimal dual gives one to the others."""
        tight: NDArray[np.bool_] = self.rises[self.columns :] | self.falls[self.columns :]
        return tight

    def derivative(self, rows: Mapping[int, float], pivots: int) -> Derivative:
        """What happens per step, in which right-hand sides of `rows` move by so much; by at most so many pivots."""
        question = Question(self, self.in_units(rows))
        try:
            derivative = question.answer(pivots)
            blocking = {row: by / float(self.units.rows[row]) for row, by in derivative.blocking.items()}
            change = derivative.duals.change * self.units.rows[derivative.duals.rows]
            return replace(derivative, blocking=blocking, duals=derivative.duals._replace(change=change))
        finally:
            question.forget(self.start)

    def in_units(self, rows: Mapping[int, float]) -> dict[int, float]:
        """Changes of right-hand sides by row, in the solver's units."""
        return {row: by * float(self.units.rows[row]) for row, by in rows.items()}

    def is_tight(self, row: int) -> bool:
        """Whether the row's activity is at one of its bounds."""
        return bool(self.rises[self.columns + row] or self.falls[self.columns + row])

    # ── Linear algebra ───────────────────────────────────────────────────────────────────────────

    def moves(self, rows: Mapping[int, float]) -> Vector:
        """How the basic variables move where right-hand sides do: B⁻¹ r.

        The last answer serves the other direction too.
        """
        if self._last is not None and self._last[0] == {row: -by for row, by in rows.items()}:
            return -self._last[1]
        if len(rows) == 1 and (alone := self._alone(*rows)) is not None:
            index, entry = alone
            steps = np.zeros(self.lp.rows)
            steps[index] = next(iter(rows.values())) / entry
        else:
            right = np.zeros(self.lp.rows)
            right[list(rows)] = list(rows.values())
            steps = self.forward(right)
        self._last = (dict(rows), steps)
        return steps.copy()

    def _alone(self, row: int) -> tuple[int, float] | None:
        """(place in the basis, entry) of a basic variable that stands in this row alone: then no other one moves with
        it.
        """
        if self.is_basic[self.columns + row]:
            return int(self._place[self.columns + row]), 1.0
        for at in range(self.lp.start[row], self.lp.start[row + 1]):
            column = int(self.lp.index[at])
            if self.is_basic[column] and self._column_start[column + 1] - self._column_start[column] == 1:
                return int(self._place[column]), float(self.value[at])
        return None

    def forward(self, right: Vector) -> Vector:
        """[position in the basis]: B⁻¹ `right`."""
        self.solves += 1
        return np.array(self._highs.getBasisSolve(right)[1])

    def backward(self, left: Vector) -> Vector:
        """[row]: B⁻ᵀ `left`."""
        self.solves += 1
        return self._solve_transposed(left)

    def _solve_transposed(self, left: Vector) -> Vector:
        return np.array(self._highs.getBasisTransposeSolve(left)[1])

    def column(self, variable: int) -> Vector:
        """[row]: the column of a variable, in the solver's units; a slack's is a unit vector."""
        entries = np.zeros(self.lp.rows)
        if variable >= self.columns:
            entries[variable - self.columns] = 1.0
        else:
            here = self._by_column[self._column_start[variable] : self._column_start[variable + 1]]
            entries[self.row_of[here]] = self.value[here]
        return entries

    def row_entries(self, row: Vector) -> tuple[Positions, Vector]:
        """row · [A I]: which variables that are not basic stand in it, and their entries."""
        lp, places = self.lp, np.flatnonzero(row)
        counts = lp.start[places + 1] - lp.start[places]
        here = np.arange(counts.sum()) + np.repeat(lp.start[places] - np.cumsum(counts) + counts, counts)
        entries = np.bincount(lp.index[here], self.value[here] * np.repeat(row[places], counts), self.columns)
        columns = np.flatnonzero(entries)
        variables = np.concatenate([columns, places + self.columns])
        entries = np.concatenate([entries[columns], row[places]])
        matters_here = ~self.is_basic[variables] & (np.abs(entries) > NO_PIVOT * np.abs(entries).max(initial=0.0))
        return variables[matters_here], entries[matters_here]


def _near(bound: Vector) -> Vector:
    """How near to each bound a variable must be to rest on it."""
    near: Vector = FEASIBLE + TIGHT * np.where(np.isfinite(bound), np.abs(bound), 0.0)
    return near


class Question:
    """One run of the dual simplex method from the plan's basis."""

    def __init__(self, of: Parametric, rows: Mapping[int, float]) -> None:
        self._of, self._rows = of, rows
        self.rises, self.falls, self.below, self.above = of.rises, of.falls, of.below, of.above
        self._size = max(map(abs, rows.values()), default=0.0)
        self._basic = of.basic.copy()
        self._etas: list[tuple[int, float, Positions, Vector]] = []  # place, pivot, other entries of B⁻¹ a
        self._touched: list[tuple[Positions, Positions]] = []  # levels and variables with other reduced costs
        self._exchanges: list[tuple[int, int]] = []

    def forget(self, start: Vector) -> None:
        """Put back what the pivots changed."""
        of = self._of
        if sum(len(levels) * len(variables) for levels, variables in self._touched) > start.size:
            of.reduced[:] = start
        else:
            for levels, variables in self._touched:
                there = np.ix_(levels, variables)
                of.reduced[there] = start[there]
        of.kept.make_room()
        for exchange in self._exchanges:
            of.is_basic[list(exchange)] = False
        of.is_basic[of.basic[[index for index, *_ in self._etas]]] = True

    def answer(self, pivots: int) -> Derivative:
        """The derivative, after at most `pivots`; one that is not exact where they do not suffice."""
        of = self._of
        moves = of.moves(self._rows)
        places, speeds = self._broken(moves)
        blocking = self._blocking(places, speeds)
        while len(places):
            index = int(places[np.argmax(speeds)])
            entering = self._entering(index, moves[index] < 0) if len(self._exchanges) < pivots else UNSURE
            if entering is UNSURE:
                return self._derivative(self._slopes(), 0.0, False, blocking)
            if entering is None:
                return self._derivative(np.full(of.levels, inf), 0.0, True, blocking)
            moves = self._exchange(index, entering, moves)
            places, speeds = self._broken(moves)
        return self._derivative(self._slopes(), self._extent(moves), True, blocking)

    def _derivative(self, slopes: Vector, extent: float, exact: bool, blocking: Mapping[int, float]) -> Derivative:
        return Derivative(slopes, extent, exact, tuple(self._exchanges), blocking, self._duals())

    def _duals(self) -> DualChange:
        """The dual of the basis that the pivots ended with: optimal too, as they are exchanges at the same vertex."""
        of = self._of
        touched = np.unique(np.concatenate([NONE, *(variables for _, variables in self._touched)]))
        touched = touched[touched >= of.columns]
        change = of.start[: of.levels, touched] - of.reduced[: of.levels, touched]
        moved = change.any(axis=0)
        return DualChange(touched[moved] - of.columns, change[:, moved])

    def _slopes(self) -> Vector:
        of, total = self._of, np.zeros(self._of.levels)
        for row, by in self._rows.items():
            total -= of.reduced[: of.levels, of.columns + row] * by
        return total

    def _moving(self, moves: Vector) -> Positions:
        """Places of the basic variables that move."""
        least = NOISE * max(float(np.abs(moves).max(initial=0.0)), self._size)
        return np.flatnonzero(np.abs(moves) > least)

    def _broken(self, moves: Vector) -> tuple[Positions, Vector]:
        """Places of the basic variables that leave a bound that they rest on, and how fast."""
        places = self._moving(moves)
        variables, speeds = self._basic[places], moves[places]
        broken = np.where(speeds < 0, self.rises[variables], self.falls[variables])
        return places[broken], np.abs(speeds[broken])

    def _blocking(self, places: Positions, speeds: Vector) -> dict[int, float]:
        blocking = zip((self._basic[places] - self._of.columns).tolist(), speeds.tolist(), strict=True)
        return {row: by for row, by in blocking if row >= 0 and row not in self._rows}

    def _entering(self, index: int, rises: bool) -> Entering | None:
        """The variable whose reduced costs, per unit of its entry in the row of B⁻¹ [A I], are lexicographically least.

        None: nothing can keep the limit. UNSURE: only entries that are too small to tell from none.
        """
        of = self._of
        variables, entries = self._row(index)
        helps = -entries if rises else entries  # the leaving variable changes by −entry per unit of the entering one
        able = np.flatnonzero(np.where(helps > 0, ~self.falls[variables], ~self.rises[variables]))
        candidates = able[np.abs(entries[able]) > SMALLEST_PIVOT * min(1.0, float(np.abs(entries).max(initial=0.0)))]
        if not len(candidates):
            return UNSURE if len(able) else None
        for level in range(of.levels + 1):
            ratio = (
                of.reduced[level, variables[candidates]] / helps[candidates]
            )  # from ≥ 0 at the first level that is not 0
            least = float(ratio.min())
            candidates = candidates[ratio <= least + SAME_RATIO * abs(least)]
        best = candidates[np.argmax(np.abs(entries[candidates]))]
        return Entering(int(variables[best]), float(entries[best]), variables, entries)

    def _row(self, index: int) -> tuple[Positions, Vector]:
        """The row of B⁻¹ [A I] at a place of the basis, of variables that are not basic."""
        of, after = self._of, (tuple(self._exchanges), index)
        if after not in of.kept.rows:
            unit = np.zeros(of.lp.rows)
            unit[index] = 1.0
            of.kept.rows[after] = of.row_entries(of.backward(self._before(unit)))
            of.kept.count(*of.kept.rows[after])
        return of.kept.rows[after]

    def _pivot(self, index: int, entering: Entering) -> Pivot:
        """What an exchange at a place of the basis changes."""
        of, after = self._of, (tuple(self._exchanges), index, entering.variable)
        if after not in of.kept.pivots:
            column = self._updated(of.forward(of.column(entering.variable)))
            others = np.flatnonzero(column)
            others = others[others != index]
            ratio = of.reduced[:, entering.variable] / entering.entry
            levels = np.flatnonzero(ratio)  # mostly the last few
            there = np.ix_(levels, entering.variables)
            changed = of.reduced[there] - ratio[levels, None] * entering.entries
            changed[np.abs(changed) <= of.nothing[there]] = 0.0
            of.kept.pivots[after] = Pivot(float(column[index]), others, column[others], ratio, levels, changed)
            of.kept.count(others, others, changed)
        return of.kept.pivots[after]

    def _before(self, row: Vector) -> Vector:
        """A row vector taken back through the pivots, to be multiplied by the inverse of the plan's own basis."""
        for at, pivot, others, column in reversed(self._etas):
            row[at] = (row[at] - float((row[others] * column).sum())) / pivot
        return row

    def _updated(self, column: Vector) -> Vector:
        """The inverse of the plan's own basis times a column, taken on through the pivots."""
        for at, pivot, others, values in self._etas:
            if column[at]:
                column[at] /= pivot
                column[others] -= values * column[at]
        return column

    def _exchange(self, index: int, entering: Entering, moves: Vector) -> Vector:
        of, leaving, pivot = self._of, int(self._basic[index]), self._pivot(index, entering)
        of.reduced[np.ix_(pivot.levels, entering.variables)] = pivot.reduced
        of.reduced[:, leaving], of.reduced[:, entering.variable] = -pivot.ratio, 0.0
        self._touched += [(pivot.levels, entering.variables), (np.arange(of.levels + 1), np.array([leaving]))]
        self._exchanges.append((leaving, entering.variable))
        of.is_basic[leaving], of.is_basic[entering.variable] = False, True
        self._basic[index] = entering.variable
        self._etas.append((index, pivot.entry, pivot.others, pivot.column))
        step = moves[index] / pivot.entry
        moves[pivot.others] -= step * pivot.column
        moves[index] = step
        return moves

    def _extent(self, moves: Vector) -> float:
        places = self._moving(moves)
        variables, speeds = self._basic[places], moves[places]
        rooms = np.where(speeds < 0, self.below[variables], self.above[variables]) / np.abs(speeds)
        return float(rooms.min(initial=inf))


class Entering(NamedTuple):
    """A variable to enter the basis, its entry in the row of the one that leaves; and all entries of that row."""

    variable: int
    entry: float
    variables: Positions
    entries: Vector


class Pivot(NamedTuple):
    """One exchange: of the column that enters its `entry` where it enters, its other ones (`column`, at the places
    `others`); by level the `ratio` of its reduced cost to that entry; and at the `levels` where that is not 0 the new
    `reduced` costs of the variables in the row.
    """

    entry: float
    others: Positions
    column: Vector
    ratio: Vector
    levels: Positions
    reduced: Vector


class Kept:
    """Rows and pivots by the exchanges before them and the place in the basis; all are dropped where they are too
    many.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[Exchanges, int], tuple[Positions, Vector]] = {}
        self.pivots: dict[tuple[Exchanges, int, int], Pivot] = {}  # by the variable that enters, too
        self._numbers = 0

    def make_room(self) -> None:
        """Drop all where they are too many."""
        if self._numbers > MOST_KEPT:
            self.rows.clear()
            self.pivots.clear()
            self._numbers = 0

    def count(self, *kept: Vector | Positions) -> None:
        """Count what is kept from now on."""
        self._numbers += sum(one.size for one in kept)


UNSURE = Entering(-1, 0.0, NONE, np.empty(0))
