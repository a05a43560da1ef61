"""Where names can stand in a picture: beside their point, off each other, and off the lines where possible.

The picture is looked at pixel by pixel, so that a name takes no longer to place in a large network than in a small one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
TALL = 15.0  # of a line of text
EDGE = 2.0


def points_along(ways: Iterable[Sequence[Point]]) -> npt.NDArray[np.float64]:
    """Points of lines, one row each, near enough to each other that no name slips between them."""
    parts = [np.linspace(one, other, 12) for way in ways for one, other in pairwise(way)]
    return np.concatenate(parts) if parts else np.empty((0, 2))


class Labels:
    """Boxes that are `taken` may never be covered; points of lines, one row each, may, but the fewer the better."""

    def __init__(
        self, width: float, height: float, taken: Sequence[Box] = (), lines: npt.NDArray[np.float64] | None = None
    ) -> None:
        self._width, self._height = width, height
        self._taken = np.zeros((int(height) + 1, int(width) + 1), dtype=bool)
        for box in taken:
            self._take(box)
        points = np.zeros(self._taken.shape, dtype=np.int64)
        x, y = (np.empty((0, 2)) if lines is None else lines).T
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        np.add.at(points, (y[inside].astype(int), x[inside].astype(int)), 1)
        # [y, x]: the points above and to the left, so that those in a box are four look-ups.
        self._points = np.pad(points, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)

    def free(self, box: Box) -> bool:
        """Whether nothing that is taken lies in the box."""
        return not self._taken[_pixels(box)].any()

    def place(self, point: Point, radius: float, wide: float) -> Box | None:
        """The best box for a text `wide` beside a point, now taken; None where there is no free room."""
        boxes = [box for box in _around(point, radius, wide) if self._inside(box) and self.free(box)]
        if not boxes:
            return None
        best = min(boxes, key=self._covered)  # the first of equals: right of the point
        self._take(best)
        return best

    def first_free(self, boxes: Sequence[Box]) -> Box:
        """The first box that is free, else the first; now taken."""
        chosen = next((box for box in boxes if self._inside(box) and self.free(box)), boxes[0])
        self._take(chosen)
        return chosen

    def _take(self, box: Box) -> None:
        self._taken[_pixels(box)] = True

    def _inside(self, box: Box) -> bool:
        return box[0] >= EDGE and box[1] >= EDGE and box[2] <= self._width - EDGE and box[3] <= self._height - EDGE

    def _covered(self, box: Box) -> int:
        """How many points of lines lie in a box of the picture."""
        rows, columns = _pixels(box)
        upper, lower = self._points[rows.start], self._points[rows.stop]
        return int(lower[columns.stop] - lower[columns.start] - upper[columns.stop] + upper[columns.start])


def _pixels(box: Box) -> tuple[slice, slice]:
    """(rows, columns) of the picture that a box covers; what lies outside the picture is cut off."""
    left, top, right, bottom = (max(int(edge), 0) for edge in box)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _around(point: Point, radius: float, wide: float) -> list[Box]:
    """Eight places around a point, the most legible first."""
    (x, y), r = point, radius
    corners = [
        (x + r, y - TALL / 2),
        (x - r - wide - 4, y - TALL / 2),
        (x - wide / 2, y - r - TALL),
        (x - wide / 2, y + r),
        (x + r * 0.7, y - r - TALL * 0.7),
        (x + r * 0.7, y + r * 0.6),
        (x - r * 0.7 - wide - 4, y - r - TALL * 0.7),
        (x - r * 0.7 - wide - 4, y + r * 0.6),
    ]
    return [(left, top, left + wide + 4, top + TALL) for left, top in corners]
