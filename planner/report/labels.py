"""Where names can stand in a picture: beside their point, off each other, and off the lines where possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
TALL = 15.0  # of a line of text
EDGE = 2.0


@dataclass
class Labels:
    """Boxes that are `taken` may never be covered; points of lines may, but the fewer the better."""

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)
    lines: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))

    def free(self, box: Box) -> bool:
        return all(box[2] <= o[0] or o[2] <= box[0] or box[3] <= o[1] or o[3] <= box[1] for o in self.taken)

    def place(self, point: Point, radius: float, wide: float) -> Box | None:
        """The best box for a text `wide` beside a point, now taken; None where there is no free room."""
        boxes = [box for box in _around(point, radius, wide) if self._inside(box) and self.free(box)]
        if not boxes:
            return None
        best = min(boxes, key=self._covered)  # the first of equals: right of the point
        self.taken.append(best)
        return best

    def first_free(self, boxes: Sequence[Box]) -> Box:
        """The first box that is free, else the first; now taken."""
        chosen = next((box for box in boxes if self._inside(box) and self.free(box)), boxes[0])
        self.taken.append(chosen)
        return chosen

    def _inside(self, box: Box) -> bool:
        return box[0] >= EDGE and box[1] >= EDGE and box[2] <= self.width - EDGE and box[3] <= self.height - EDGE

    def _covered(self, box: Box) -> int:
        x, y = self.lines[:, 0], self.lines[:, 1]
        return int(((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).sum())


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
