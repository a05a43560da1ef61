"""How the optimal values of all levels change along a path of right-hand sides: the parametric simplex method.

At the plan the derivative is found as in `planner.solver.parametric.derivatives`. It holds until a basic variable comes
to a bound. There the dual simplex method goes on, at the new vertex: the variable leaves the basis, another one enters
(lexicographic ratio test over all levels), and the next derivative holds from there (Gass and Saaty 1955). So each
level's optimum is followed piece by piece, each piece linear, and every vertex on the way is optimal for all levels in
order. The change of a level is known twice: by the duals, as the sum of slope × length over the pieces, and by the
columns, as costs · shift. That the two agree is strong duality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np

from planner.solver.highs import Vector
from planner.solver.parametric.derivatives import UNSURE, Parametric, Question
from planner.tolerances import FEASIBLE, NO_LESS, SAME


@dataclass(frozen=True)
class Path:
    """`slopes`: change of each level per step, for the first `extent` steps at least (inf: however many).

    `length`: the steps that a plan was followed for, fewer than asked where none is left beyond. There each level has
    changed by `changes` (by the duals), and the columns by `shift`. `proved`: the reduced costs of the basis there,
    level by level in order, prove that no plan is better.
    """

    slopes: Vector
    extent: float
    length: float
    changes: Vector
    shift: Vector
    proved: bool


def followed(of: Parametric, rows: Mapping[int, float], length: float, pivots: int, noise: Vector) -> Path | None:
    """The levels as right-hand sides of `rows` move by so much per step, for `length` steps; None where so many pivots
    do not do.
    """
    walk = _ParametricWalk(of, of.in_units(rows), noise)
    try:
        return walk.follow(length, pivots)
    finally:
        walk.forget(of.start)


class Piece(NamedTuple):
    """Levels change by `slopes` per step from step `at` to step `end`, or further."""

    at: float
    end: float
    slopes: Vector


class _ParametricWalk(Question):
    """One run of the parametric simplex method from the plan's basis."""

    def __init__(self, of: Parametric, rows: Mapping[int, float], noise: Vector) -> None:
        super().__init__(of, rows)
        self._noise = noise
        self.rises, self.falls = of.rises.copy(), of.falls.copy()
        self.below, self.above = of.below.copy(), of.above.copy()
        self._shift = np.zeros(of.columns + of.lp.rows)

    def follow(self, length: float, pivots: int) -> Path | None:
        of, moves, at = self._of, self._of.moves(self._rows), 0.0
        pieces: list[Piece] = []
        changes = np.zeros(of.levels)
        while at < length:
            direction = self._optimal_from_here(moves, pivots)
            if direction is None:
                return None
            moves, is_possible = direction
            if not is_possible:
                break
            slopes, room = self._slopes(), self._extent(moves)
            pieces.append(Piece(at, at + room, slopes))
            step = min(room, length - at)
            self._advance(moves, step)
            at, changes = at + step, changes + slopes * step
        return self._path(pieces, at, changes)

    def _optimal_from_here(self, moves: Vector, pivots: int) -> tuple[Vector, bool] | None:
        """The direction of the basis that is optimal next; False: there is none that keeps all limits.

        None: not found.
        """
        places, speeds = self._broken(moves)
        while len(places):
            index = int(places[np.argmax(speeds)])
            if len(self._exchanges) >= pivots:
                return None
            entering = self._entering(index, moves[index] < 0)
            if entering is UNSURE:
                return None
            if entering is None:
                return moves, False
            moves = self._exchange(index, entering, moves)
            places, speeds = self._broken(moves)
        return moves, True

    def _advance(self, moves: Vector, step: float) -> None:
        """Go as far as that along `moves`, and see which bounds the basic variables rest on there."""
        self._shift[self._basic] += moves * step
        places = self._moving(moves)
        variables, by = self._basic[places], moves[places] * step
        self.below[variables] = np.maximum(self.below[variables] + by, 0.0)
        self.above[variables] = np.maximum(self.above[variables] - by, 0.0)
        self.rises[variables] = self.below[variables] <= self._of.near_lower[variables]
        self.falls[variables] = self.above[variables] <= self._of.near_upper[variables]

    def _path(self, pieces: Sequence[Piece], length: float, changes: Vector) -> Path:
        """The slopes of the first piece that is more than arithmetic, and for how many steps the levels keep to
        them.
        """
        of = self._of
        shift = self._shift[: of.columns] * of.units.columns
        lasting = [piece for piece in pieces if piece.end > SAME * length]
        if not lasting:
            return Path(np.full(of.levels, inf), 0.0, 0.0, np.zeros(of.levels), np.zeros(of.columns), True)
        slopes, missed, extent = lasting[0].slopes, np.zeros(of.levels), lasting[0].end
        for piece in lasting[1:]:
            end = min(piece.end, length)
            missed += np.abs(piece.slopes - slopes) * (end - piece.at)
            if (missed > self._noise + NO_LESS * np.abs(slopes) * end).any():
                break
            extent = piece.end
        return Path(slopes, extent, length, changes, shift, self._is_optimal())

    def _is_optimal(self) -> bool:
        """Can no column or slack that is not basic make a level better, unless it makes one before it worse?"""
        of = self._of
        undecided = np.flatnonzero(~of.is_basic & ~(self.rises & self.falls))
        for reduced in of.reduced[: of.levels]:
            costs = np.where(self.rises[undecided], reduced[undecided], -reduced[undecided])
            if (costs < -FEASIBLE).any():
                return False
            undecided = undecided[costs <= 0]
        return True
