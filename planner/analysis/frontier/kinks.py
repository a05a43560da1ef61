"""The efficient frontier of two aims: every kink, exactly, by solves of weighted sums.

Non-inferior set estimation (Cohon, Multiobjective Programming and Planning, 1978, ch. 6): first the two ends, each aim
at its best and the other then as good as can be; then, between neighbouring points, the sum of both aims whose
weights make the two equal. Where nothing beats them, the line between them is the frontier, proved by the
optimum of that sum; where something does, it is a point of the frontier, and the gap is two smaller ones. The
values of both aims over all plans are a convex set, so its lower left edge is found whole.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isinf

from planner.solver.highs import Basis, Vector
from planner.solver.parametric.study import ParametricStudy, Point
from planner.tolerances import KINK, KINK_PRECISION

# Two points are one, and a point lies on a line, within this share of the frontier's extent, or of the values.
FEWEST_POINTS = 2


@dataclass(frozen=True)
class Kink:
    """A plan on the frontier, and the values of the two aims in it."""

    first: float
    second: float
    values: Vector
    basis: Basis


@dataclass(frozen=True)
class Frontier:
    """Kinks from the least of the first aim to the least of the second; one where the aims do not conflict.

    `below[n]`: how far at most the frontier may lie below the line from kink n to n + 1, in the unit of the second
    aim; 0 where that line is proved to be the frontier.
    """

    kinks: tuple[Kink, ...]
    below: tuple[float, ...]

    @property
    def is_exact(self) -> bool:
        """Is it proved that no kink lies below any stretch?"""
        return not any(self.below)

    def slope(self, index: int) -> float:
        """Second aim per unit of the first from kink `index` to the next (negative)."""
        one, other = self.kinks[index], self.kinks[index + 1]
        return (other.second - one.second) / (other.first - one.first)


@dataclass(frozen=True)
class _Gap:
    """Two neighbouring points, with the slopes of lines through them that no plan lies below."""

    left: Kink
    right: Kink
    left_slope: float  # −inf: upright
    right_slope: float

    @property
    def slope(self) -> float:
        return (self.right.second - self.left.second) / (self.right.first - self.left.first)

    @property
    def depth(self) -> float:
        """How far below the line between the points those two lines meet."""
        one, other = self.left, self.right
        if isinf(self.left_slope):
            meeting = one.first
        elif self.left_slope == self.right_slope:
            return 0.0
        else:
            rise = other.second - one.second + self.left_slope * one.first - self.right_slope * other.first
            meeting = rise / (self.left_slope - self.right_slope)
        bottom = other.second + self.right_slope * (meeting - other.first)
        return max(one.second + self.slope * (meeting - one.first) - bottom, 0.0)

    @property
    def area(self) -> float:
        """Twice that of the triangle in which the frontier may run."""
        return self.depth * (self.right.first - self.left.first)


def trace_frontier(
    study: ParametricStudy,
    first: str,
    second: str,
    before: Sequence[str] = (),
    most: int = 25,
    tolerance: float = 0.0,
    start: Basis | None = None,
    on_count: Callable[[int], None] | None = None,
) -> Frontier:
    """The frontier of levels `first` and `second` of the study, those `before` held at their optimum.

    At most `most` points are looked for, the largest gaps first. `on_count` is given how many there are so far. Raises
    as `ParametricStudy.minimise`.
    """
    search = _Search(study, first, second)
    ends = []
    for order in ((first, second), (second, first)):
        ends.append(search.kink(study.in_order([*before, *order], tolerance, start)[-1]))
        study.let_go()
    if before:
        study.in_order([*before, first], tolerance, start)
    try:
        return search.between(ends[0], ends[1], max(most, FEWEST_POINTS), on_count or (lambda _: None))
    finally:
        study.let_go()


class _Search:
    def __init__(self, study: ParametricStudy, first: str, second: str) -> None:
        self._study, self._first, self._second = study, first, second
        self._noise = (0.0, 0.0)

    def kink(self, point: Point) -> Kink:
        value = self._study.value
        return Kink(value(self._first, point.values), value(self._second, point.values), point.values, point.basis)

    def between(self, left: Kink, right: Kink, most: int, on_count: Callable[[int], None]) -> Frontier:
        self._noise = (_noise(left.first, right.first), _noise(left.second, right.second))
        if right.first - left.first <= self._noise[0] or left.second - right.second <= self._noise[1]:
            return Frontier((left,), ())
        kinks, count = [left, right], 0
        waiting = [(0.0, 0, _Gap(left, right, -inf, 0.0))]
        while waiting and len(kinks) < most:
            _, _, gap = heapq.heappop(waiting)
            middle = self._best(gap)
            if middle is None:
                continue
            kinks.append(middle)
            on_count(len(kinks))
            for part in (
                _Gap(gap.left, middle, gap.left_slope, gap.slope),
                _Gap(middle, gap.right, gap.slope, gap.right_slope),
            ):
                count += 1
                heapq.heappush(waiting, (-part.area, count, part))
        kinks.sort(key=lambda kink: kink.first)
        depths = {gap.left.first: gap.depth for _, _, gap in waiting if gap.depth > self._noise[1]}
        return self._straightened(kinks, [depths.get(kink.first, 0.0) for kink in kinks[:-1]])

    def _best(self, gap: _Gap) -> Kink | None:
        """The point furthest below the line of a gap; None where there is none."""
        rise, run = gap.left.second - gap.right.second, gap.right.first - gap.left.first
        weights = {self._first: rise / max(rise, run), self._second: run / max(rise, run)}
        kink = self.kink(self._study.minimise(self._study.costs(weights), gap.left.basis))
        outside = kink.first <= gap.left.first + self._noise[0] or kink.second <= gap.right.second + self._noise[1]
        below = gap.left.second + gap.slope * (kink.first - gap.left.first) - kink.second
        return None if outside or below <= self._noise[1] else kink

    def _straightened(self, kinks: list[Kink], below: list[float]) -> Frontier:
        """Without points in the middle of a straight line: a solve may end at any of a line's points."""
        corners, depths = [kinks[0]], []
        for index in range(1, len(kinks)):
            last = index + 1 == len(kinks)
            depths.append(below[index - 1])
            if not last and not below[index - 1] and not below[index]:
                one, two, three = corners[-1], kinks[index], kinks[index + 1]
                line = one.second + (three.second - one.second) * (two.first - one.first) / (three.first - one.first)
                if line - two.second <= self._noise[1]:
                    depths.pop()
                    continue
            corners.append(kinks[index])
        return Frontier(tuple(corners), tuple(depths))


def _noise(one: float, other: float) -> float:
    return max(KINK * abs(one - other), KINK_PRECISION * max(abs(one), abs(other)))
