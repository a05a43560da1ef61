"""What one more and one less of each limit changes, level by level in order, at the optimum of a plan.

The exact answers come from `planner.solver.parametric.derivatives`. Where they would take more work than a share of the
solve, the duals of the optimal basis serve: as every level is convex in a right-hand side, one more brings at most, one
less costs at least, what a dual says at the first level where it is not 0.

With `level_tolerance` each level is held by a row that moves with the level's own optimum; then every level has an LP
and a basis of its own, and what one more changes at a level moves the rows of those before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.solver.clock import TimeLeft
from planner.solver.highs import AT_LOWER, AT_UPPER, BASIC, Basis, HighsSession, SolveOutcome, Vector
from planner.solver.lexicographic import Level, hold_by_face, inner
from planner.solver.parametric.derivatives import Derivative, DualChange, Exchanges, Parametric
from planner.solver.parametric.path import Path, followed
from planner.solver.scaling import objective_scale
from planner.tolerances import NO_LESS, NOISE, PRICE_CONFIRMED, SAME

# Work, in systems solved × rows, that exact answers may take; counted, so that it is the same on every run.
MOST_WORK = 6e7
MOST_PIVOTS = 100  # for one side of one limit
# Pivots to come from the basis of the plan to one that is optimal for all levels in order: at least, and per row.
PROOF_PIVOTS, PROOF_SHARE = 1000, 0.5
ROUNDS, PARTNERS = 4, 3  # of widening what blocks a limit; limits named beside it


@dataclass(frozen=True)
class Side:
    """`slopes`: change of each level per unit, for `extent` units at least (0: unproved); inf where there is no plan.

    Not `exact`: bounds, by duals.
    """

    slopes: Vector
    extent: float
    exact: bool
    exchanges: Exchanges = ()  # see `Derivative`


Step = Mapping[int, float]  # row → by how much its right-hand side moves per unit


@dataclass(frozen=True)
class Together:
    """Limits that let one more of another count: `others`, first row of each → by how much it moves;
    `slopes` of all together.
    """

    others: Mapping[int, float]
    slopes: Vector


@dataclass(frozen=True)
class DualBase:
    """The dual of the plan's basis, per unit of each level: levels × rows, levels × columns; which columns can move,
    and which rows rest on a bound."""

    row_duals: Vector
    reduced_costs: Vector
    movable: NDArray[np.bool_]
    tight: NDArray[np.bool_]


class Marginal:
    """Answers about the LP in `session`, from `basis`, for `levels` in order, until `time_left` is over.

    `proved`: could a basis be proved optimal? Where it is so for the first levels only, `levels` counts those, and
    answers are about them.
    """

    def __init__(
        self,
        session: HighsSession,
        levels: Sequence[Level],
        basis: Basis | None,
        values: Sequence[float],
        time_left: TimeLeft | None = None,
    ) -> None:
        self._left = time_left or TimeLeft(None)
        self._session = session
        self._names = [name for name, _ in levels]
        self._costs = [costs for _, costs in levels]
        self._scale = np.array([objective_scale(costs * session.units.columns) for costs in self._costs])
        self._basis = basis
        self._optimal_after: set[Exchanges] = set()  # exchanges after which the basis was proved optimal at each level
        self._parametric = self._at_vertex(values)
        # (row, does it give way?) → another optimal dual, at which it is worth least, or most; and is that exact
        self.duals: dict[tuple[int, bool], tuple[DualChange, bool]] = {}

    @property
    def names(self) -> list[str]:
        """The levels that answers are about."""
        return list(self._names)

    @property
    def base(self) -> DualBase:
        """Duals, reduced costs and what is tight at the plan's own basis, by level."""
        assert self._parametric is not None
        scale, parametric = self._scale[:, None], self._parametric
        return DualBase(
            parametric.row_duals / scale, parametric.reduced_costs / scale, parametric.movable, parametric.tight
        )

    @property
    def proved(self) -> bool:
        """Was a basis proved optimal for all levels in order?"""
        return self._parametric is not None

    @property
    def basis(self) -> Basis:
        """Of the plan, optimal for all levels in order. `proved` only."""
        return self._vertex

    def _at_vertex(self, values: Sequence[float]) -> Parametric | None:
        """The optimum again, level by level, now with all bounds but the faces of earlier levels, and its basis."""
        if self._basis is not None:
            self._session.start_from(self._basis)
        points = self._solve_levels()
        if points is None:
            return None
        self.values = np.array([inner(costs, points[-1].values) for costs in self._costs])
        if (np.abs(self.values - values) > SAME * np.maximum(1.0, np.abs(values))).any():
            return None
        self._vertex, self.point = self._session.basis(), points[-1].values
        scaled = [costs * scale for costs, scale in zip(self._costs, self._scale, strict=True)]
        parametric = Parametric(self._session, scaled, points[-1].values)
        if 0 < parametric.optimal < len(scaled):
            self._only(parametric.optimal)
            parametric = Parametric(self._session, scaled[: self.levels], points[-1].values)
        return parametric if parametric.optimal else None

    def _only(self, levels: int) -> None:
        """Ask of the first levels alone: what later ones come to changes nothing there."""
        self._names, self._costs = self._names[:levels], self._costs[:levels]
        self._scale, self.values = self._scale[:levels], self.values[:levels]

    def _solve_levels(self, is_proved: bool = False) -> list[SolveOutcome] | None:
        """The levels in order from the basis at hand; None where that takes too many pivots.

        `is_proved`: with other right-hand sides that basis was found optimal at each level. So it is with these, where
        the first level takes no pivot; then that is all that is solved.
        """
        session, points = self._session, []
        pivots = PROOF_PIVOTS + int(PROOF_SHARE * session.lp.rows)
        for name, costs in zip(self._names, self._costs, strict=True):
            session.set_costs(costs * objective_scale(costs))
            if self._left.is_over:
                return None
            points.append(session.prove(f"prices at {name}", pivots, self._left.seconds))
            if points[-1].status != "optimal":
                self._left.cut_short |= points[-1].status == "time limit"
                return None
            if is_proved and len(points) == 1 and not points[-1].iterations:
                return points
            if len(points) < len(self._costs):
                hold_by_face(session, points[-1])
        return points

    # ── Answers ──────────────────────────────────────────────────────────────────────────────────

    @property
    def spent(self) -> bool:
        """Has the work for exact answers been done, or is there no time left for it?"""
        if self._parametric is None or self._parametric.solves * self._session.lp.rows > MOST_WORK:
            return True
        return self._left.is_over

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self._costs)

    def rests_on(self, step: Mapping[int, float]) -> bool:
        """Does the plan rest on one of the rows? Else neither more nor less of it, a little, changes anything."""
        assert self._parametric is not None
        return any(self._parametric.is_tight(row) for row in step)

    def bounds(self, step: Mapping[int, float]) -> Vector:
        """By the duals of one basis: the change of each level per unit."""
        assert self._parametric is not None
        slopes: Vector = self._parametric.duals(step) / self._scale
        return slopes

    def side(self, step: Mapping[int, float]) -> Side:
        """What a unit, which moves right-hand sides by `step`, changes."""
        assert self._parametric is not None
        derivative = self._parametric.derivative(step, MOST_PIVOTS)
        change = derivative.duals._replace(change=derivative.duals.change / self._scale[:, None])
        for row, by in step.items():
            self.duals[row, by > 0] = change, derivative.exact
        return self._side(derivative)

    def path(self, step: Step, length: float, pivots: int) -> Path | None:
        """The levels as right-hand sides move by `step` for each unit, for `length` units;
        None where so many pivots do not do.
        """
        assert self._parametric is not None
        noise = NO_LESS * np.maximum(1.0, np.abs(self.values)) * self._scale
        path = followed(self._parametric, step, length, pivots, noise)
        if path is None:
            return None
        return replace(path, slopes=path.slopes / self._scale, changes=path.changes / self._scale)

    def _side(self, derivative: Derivative) -> Side:
        return Side(
            derivative.slopes / self._scale,
            derivative.extent if derivative.exact else 0.0,
            derivative.exact,
            derivative.exchanges,
        )

    def together(self, step: Step, movable: Mapping[int, Step], level: int) -> Together | None:
        """The fewest of the `movable` limits (each row → the step of the limit that it is part of) found that make a
        unit of `step` bring something at the level, or before it.

        Those that block it, then those that block both, and so on; None where that is more than `PARTNERS`, or some
        other thing blocks.
        """
        assert self._parametric is not None
        others: dict[int, tuple[Step, float]] = {}  # first row → the step of a limit, how many units
        for _ in range(ROUNDS):
            derivative = self._parametric.derivative(_moved(step, others), MOST_PIVOTS)
            if not derivative.exact:
                return None
            if others and (derivative.slopes[: level + 1] < -NOISE).any():
                return self._fewest(step, others)
            more = {row: by for row, by in derivative.blocking.items() if row in movable}
            if not more:
                return None
            for row, by in more.items():
                movable_here = movable[row]
                first = next(iter(movable_here))
                others[first] = movable_here, others.get(first, (movable_here, 0.0))[1] + by / abs(movable_here[row])
        return None

    def _fewest(self, step: Step, others: dict[int, tuple[Step, float]]) -> Together | None:
        """Without those that it does as well without."""
        assert self._parametric is not None
        gained = self._parametric.derivative(_moved(step, others), MOST_PIVOTS)
        for row in list(others):
            fewer = {other: entry for other, entry in others.items() if other != row}
            derivative = self._parametric.derivative(_moved(step, fewer), MOST_PIVOTS)
            if fewer and derivative.exact and np.allclose(derivative.slopes, gained.slopes, rtol=SAME, atol=NOISE):
                others = fewer
        if not gained.exact or len(others) > PARTNERS:
            return None
        return Together({row: own[row] * units for row, (own, units) in others.items()}, gained.slopes / self._scale)

    def confirm(self, questions: Iterable[tuple[Mapping[int, float], float, Side]]) -> list[bool]:
        """Does a re-solve with right-hand sides moved by `amount` times `step` change the levels by amount · slopes?

        HiGHS begins at the basis that the slopes were read from, and proves it optimal, or finds a better one. A basis
        is proved at each level once: reduced costs do not depend on right-hand sides. For others it only has to keep
        all bounds. After this nothing else can be asked.
        """
        confirmed = [self._confirmed(step, amount, side) for step, amount, side in questions]
        self._parametric = None
        return confirmed

    def _confirmed(self, step: Mapping[int, float], amount: float, side: Side) -> bool:
        session, rows = self._session, np.array(list(step), dtype=np.intp)
        session.restore()
        _, _, lower, upper = session.model_bounds
        before = np.where(np.isfinite(lower[rows]), lower[rows], upper[rows])
        session.set_right_hand_sides(rows, before + amount * np.array(list(step.values())))
        session.start_from(self._exchanged(side.exchanges))
        points = self._solve_levels(side.exchanges in self._optimal_after)
        session.set_right_hand_sides(rows, before)
        if points is None:
            return False
        if len(points) == self.levels and not any(point.iterations for point in points):
            self._optimal_after.add(side.exchanges)
        changed = np.array([inner(costs, points[-1].values) for costs in self._costs]) - self.values
        noise = NOISE * np.maximum(1.0, np.abs(self.values))
        return bool((np.abs(changed - amount * side.slopes) <= noise + PRICE_CONFIRMED * np.abs(changed)).all())

    def _exchanged(self, exchanges: Iterable[tuple[int, int]]) -> Basis:
        """The basis of the vertex after some exchanges."""
        lp = self._session.lp
        codes = np.concatenate([self._vertex.columns, self._vertex.rows])
        low = np.concatenate([np.ones(lp.columns, dtype=bool), np.isfinite(lp.row_lower)])
        for leaving, entering in exchanges:
            codes[leaving], codes[entering] = AT_LOWER if low[leaving] else AT_UPPER, BASIC
        return Basis(codes[: lp.columns], codes[lp.columns :])


def _moved(step: Step, others: Mapping[int, tuple[Step, float]]) -> dict[int, float]:
    """Row → by how much it moves: a unit of `step`, and the units of the others; where both move it, by `step`."""
    amounts: dict[int, float] = defaultdict(float)
    for own, units in others.values():
        for row, by in own.items():
            amounts[row] += by * units
    return {**amounts, **step}
