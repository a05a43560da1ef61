"""What one more and one less of each limit changes where levels may give back a tolerance (see
`planner.plan.prices.marginal`).

Each level has an LP of its own: those before it are held by rows, level ≤ optimum + tolerance. One more of a limit
moves the optima of those levels, and with them their rows. So the levels are asked one after the other, each at its own
optimum, and each question says how the rows before it move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.plan.prices.limits import PricedLimit
from planner.plan.prices.marginal import Marginal, Side
from planner.solver.clock import TimeLeft
from planner.solver.highs import BASIC, Arrays, Basis, HighsSession, Vector
from planner.solver.lexicographic import SolvedLevel
from planner.solver.parametric.study import extended
from planner.solver.scaling import objective_scale


@dataclass
class _SideSoFar:
    """What is known so far of one side of a limit: slopes by level; no later level is asked once one is not exact."""

    step: Mapping[int, float]
    slopes: Vector
    extent: float = float("inf")
    exact: bool = True

    def side(self) -> Side:
        return Side(self.slopes, self.extent if self.exact else 0.0, self.exact)


def tolerant_sides(
    session: HighsSession,
    levels: Sequence[SolvedLevel],
    start: Basis,
    tolerance: float,
    to_price: Sequence[PricedLimit],
    settings: Mapping[str, Any],
    time_left: TimeLeft | None = None,
) -> list[tuple[Side, Side]] | None:
    """(more, less) of each limit; None where a level's own basis cannot be proved optimal.

    `session`, `time_left` as for `Marginal`.
    """
    held = _Held(session, levels, start, settings)
    pairs = [[_SideSoFar(step, np.zeros(len(levels))) for step in (limit.step, limit.less)] for limit in to_price]
    for index, level in enumerate(levels):
        marginal = Marginal(held.session, [(level.name, held.costs(index))], held.start, [level.value], time_left)
        if not marginal.proved:
            return None
        for side in (side for pair in pairs for side in pair if side.exact and np.isfinite(side.slopes).all()):
            _ask(marginal, side, held.moved(side.slopes[:index], tolerance), index)
        held.hold(index, tolerance)
    return [(more.side(), less.side()) for more, less in pairs]


def _ask(marginal: Marginal, side: _SideSoFar, rows: Mapping[int, float], index: int) -> None:
    step = {**side.step, **rows}
    if not marginal.rests_on(step):
        return
    if marginal.spent:
        side.slopes[index], side.exact = marginal.bounds(step)[0], False
        return
    derivative = marginal.side(step)
    if np.isinf(derivative.slopes).all():
        side.slopes[:] = np.inf
    else:
        side.slopes[index] = derivative.slopes[0]
    side.extent, side.exact = min(side.extent, derivative.extent), derivative.exact


class _Held:
    """The LP with a row for each level, free until it is held."""

    def __init__(
        self, session: HighsSession, levels: Sequence[SolvedLevel], start: Basis, settings: Mapping[str, Any]
    ) -> None:
        self._levels, self._base = levels, session.lp
        sums = {level.name: level.costs for level in levels}
        self._scale = {name: objective_scale(costs) for name, costs in sums.items()}
        whole: Arrays = extended(session.lp, sums, self._scale, {})
        self.session = HighsSession(whole, settings)
        lower, upper, _, _ = session.model_bounds
        self.session.change_model(np.arange(whole.columns), np.empty(0, dtype=np.intp), (lower, upper))
        self.start = Basis(start.columns, np.concatenate([start.rows, np.full(len(levels), BASIC, dtype=np.int8)]))

    def costs(self, index: int) -> Vector:
        return self._levels[index].costs

    def moved(self, slopes: Vector, tolerance: float) -> dict[int, float]:
        """How the rows of the levels before move, per unit: as their optima do, and what those may give back."""
        grows = [1.0 + tolerance * (abs(level.value) > 1.0) for level in self._levels]
        return {
            self._base.rows + index: slope * grows[index] * self._scale[self._levels[index].name]
            for index, slope in enumerate(slopes)
            if slope
        }

    def hold(self, index: int, tolerance: float) -> None:
        level = self._levels[index]
        most = (level.value + tolerance * max(1.0, abs(level.value))) * self._scale[level.name]
        row = np.array([self._base.rows + index])
        self.session.restore()
        self.session.change_model(np.empty(0, dtype=np.intp), row, (np.array([-np.inf]), np.array([most])))
        self.start = self.session.basis()
