"""What is known of the aims as functions of one budget, from the points that were solved: chords and tangents.

The optimum of the first aim is a convex function of the right-hand side of a linear program (Bertsimas and Tsitsiklis,
*Introduction to Linear Optimization*, section 5.2). So it lies above the tangent at every point solved, whose slope the
duals give, and below the chord between two points. Where a budget only loosens limits, more of it makes no first aim
worse. A later aim is such a function only where the aims before it do not change: between two points at which they are
the same (then they are the same between them too, as they are convex and do not rise), and beyond a point at which they
are flat. Elsewhere it is only estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from planner.tolerances import NO_LESS, SAME


@dataclass(frozen=True, slots=True)
class AimCurve:
    """An objective level; smaller is better."""

    name: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The optimum at `factor` times the budget: the values of the first aims in order (others: not known), and the
    slopes of some of these per unit of the factor. The slope of an aim is that of a tangent as long as the aims before
    it are flat.
    """

    factor: float
    values: tuple[float, ...]
    slopes: tuple[float, ...] = ()

    def slope(self, index: int) -> float | None:
        """The slope of the aim at a place in the order, per unit of the factor; None where it is not known."""
        return self.slopes[index] if index < len(self.slopes) else None


@dataclass(frozen=True, slots=True)
class Bound:
    """What is known of an aim at a factor.

    `low` and `high` are proved (None: no bound is known); `estimate` is not. `of_factor`: it is the value of the only
    plan that was made, with that factor, and nothing tells how it changes; None: it is for this factor.
    """

    aim: AimCurve
    low: float | None
    high: float | None
    estimate: float
    of_factor: float | None = None

    @property
    def is_exact(self) -> bool:
        """Is the value known?"""
        return self.low is not None and self.high is not None and _alike(self.low, self.high)


@dataclass(frozen=True)
class Curve:
    """The points solved, by factor. `loosens`: does more of the budget only loosen limits?"""

    aims: tuple[AimCurve, ...]
    points: tuple[CurvePoint, ...]
    loosens: bool

    @classmethod
    def of(cls, aims: Sequence[AimCurve], points: Sequence[CurvePoint], loosens: bool) -> Curve:
        """The points in order; of those at one factor the one that knows most."""
        kept: dict[float, CurvePoint] = {}
        for point in points:
            if point.factor not in kept or _knows(point) >= _knows(kept[point.factor]):
                kept[point.factor] = point
        return cls(tuple(aims), tuple(kept[factor] for factor in sorted(kept)), loosens)

    def bounds(self, factor: float) -> list[Bound]:
        """What is known of every aim at `factor` times the budget. Raises ValueError where no point was solved."""
        if not self.points:
            raise ValueError("no point is known")
        return [self._bound(index, aim, factor) for index, aim in enumerate(self.aims) if self._known(index)]

    def _known(self, index: int) -> list[CurvePoint]:
        """The points at which the aim's value is known."""
        return [point for point in self.points if index < len(point.values)]

    def _bound(self, index: int, aim: AimCurve, factor: float) -> Bound:
        known = self._known(index)
        exact = next((point.values[index] for point in known if abs(point.factor - factor) <= SAME), None)
        if exact is not None:
            return Bound(aim, exact, exact, exact)
        left = max((point for point in known if point.factor < factor), key=_factor, default=None)
        right = min((point for point in known if point.factor > factor), key=_factor, default=None)
        is_convex = all(self._is_flat(before, left, right) for before in range(index))
        low, high = self._proved(index, factor, left, right) if is_convex else (None, None)
        only = left or right if left is None or right is None else None
        of_factor = only.factor if only is not None and only.slope(index) is None else None
        return Bound(aim, low, high, self._estimate(index, factor, left, right, low, high), of_factor)

    def _proved(
        self, index: int, factor: float, left: CurvePoint | None, right: CurvePoint | None
    ) -> tuple[float | None, float | None]:
        near = [point for point in (left, right) if point is not None]
        lows = [
            point.values[index] + slope * (factor - point.factor)
            for point in (self.points if index == 0 else near)
            if (slope := point.slope(index)) is not None and _are_flat(point, index)
        ]
        highs = []
        if left is not None and right is not None:
            part = (factor - left.factor) / (right.factor - left.factor)
            highs.append((1 - part) * left.values[index] + part * right.values[index])
        if self.loosens:
            lows += [right.values[index]] if right is not None else []
            highs += [left.values[index]] if left is not None else []
        low, high = max(lows, default=None), min(highs, default=None)
        if low is not None and high is not None and low > high:  # by rounding: they meet
            low = high
        return low, high

    def _is_flat(self, index: int, left: CurvePoint | None, right: CurvePoint | None) -> bool:
        """Does the aim stay as it is around the factor, so that the next one is convex there?"""
        if left is not None and right is not None:
            return self.loosens and _alike(left.values[index], right.values[index])
        return self.loosens and left is not None and _has_flat(left, index)

    def _estimate(
        self,
        index: int,
        factor: float,
        left: CurvePoint | None,
        right: CurvePoint | None,
        low: float | None,
        high: float | None,
    ) -> float:
        if left is not None and right is not None:
            part = (factor - left.factor) / (right.factor - left.factor)
            guess = (1 - part) * left.values[index] + part * right.values[index]
        else:
            near = left or right
            assert near is not None
            guess = near.values[index] + (near.slope(index) or 0.0) * (factor - near.factor)
        if low is not None and high is not None:
            return (low + high) / 2
        return min(max(guess, low if low is not None else guess), high if high is not None else guess)

    def document(self) -> dict[str, Any]:
        """The curve as a JSON document, which `read` reads back."""
        return {
            "aims": [[aim.name, aim.title, aim.unit] for aim in self.aims],
            "points": [[point.factor, list(point.values), list(point.slopes)] for point in self.points],
            "loosens": self.loosens,
        }

    @classmethod
    def read(cls, document: dict[str, Any]) -> Curve:
        """The curve that `document` wrote."""
        points = [CurvePoint(factor, tuple(values), tuple(slopes)) for factor, values, slopes in document["points"]]
        return cls.of([AimCurve(*aim) for aim in document["aims"]], points, bool(document["loosens"]))

    def joined(self, points: Sequence[CurvePoint]) -> Curve:
        """The curve with further points."""
        return Curve.of(self.aims, [*self.points, *points], self.loosens)


def _knows(point: CurvePoint) -> tuple[int, int]:
    return len(point.values), len(point.slopes)


def _factor(point: CurvePoint) -> float:
    return point.factor


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= NO_LESS * max(1.0, abs(one), abs(other))


def _has_flat(point: CurvePoint, index: int) -> bool:
    slope = point.slope(index)
    return slope is not None and abs(slope) <= NO_LESS * max(1.0, abs(point.values[index]))


def _are_flat(point: CurvePoint, index: int) -> bool:
    """Are all aims before `index` flat at the point?"""
    return all(_has_flat(point, before) for before in range(index))
