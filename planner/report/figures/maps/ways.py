"""The way of a leg over the picture: a slight bend; by sea over water, and over as little land as may be at its ends.

The picture, and `BEYOND` on each side of it, is a grid of squares; a step over land costs `OVERLAND` times one over
water, and Dijkstra's algorithm finds the cheapest way. Straits and canals narrower than a square are crossed for the
price of a step or two.
"""

from __future__ import annotations

from functools import cached_property
from math import hypot
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planner.report.figures.maps.geography import Canvas, Point, land_rings

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # takes long to load: only for who draws ways by sea

SQUARE = 9.0  # pixels
BEYOND = 180.0  # pixels
OVERLAND = 25.0
EVERY = 3  # of the squares on the way is a point of the line
MODES = frozenset({"sea", "ship", "ocean", "maritime"})
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


class LegLines:
    """The lines of the legs of one picture."""

    def __init__(self, canvas: Canvas | None) -> None:
        self._sea = _Sea(canvas) if canvas is not None else None

    def way(self, start: Point, end: Point, mode: str) -> list[Point]:
        """Points from start to end, both included, in pixels; what is no sea bends to the right, off the way back."""
        if self._sea is not None and mode.lower() in MODES:
            return self._sea.way(start, end)
        (x1, y1), (x2, y2) = start, end
        length = hypot(x2 - x1, y2 - y1) or 1.0
        bend = min(0.10 * length, 22.0) / length
        along = np.linspace(0.0, 1.0, 9)[:, None]
        middle = ((x1 + x2) / 2 - (y2 - y1) * bend, (y1 + y2) / 2 + (x2 - x1) * bend)
        curve = (
            (1 - along) ** 2 * np.array(start) + 2 * along * (1 - along) * np.array(middle) + along**2 * np.array(end)
        )
        return [(float(x), float(y)) for x, y in curve]


class _Sea:
    """Ways over the water of one map; they may leave its picture and come back."""

    def __init__(self, canvas: Canvas) -> None:
        self._rings = land_rings(canvas, BEYOND)
        self._shape = int((canvas.height + 2 * BEYOND) // SQUARE) + 1, int((canvas.width + 2 * BEYOND) // SQUARE) + 1
        self._before: dict[int, npt.NDArray[np.int32]] = {}

    def way(self, start: Point, end: Point) -> list[Point]:
        """Points from start to end, both included, in pixels."""
        from scipy.sparse.csgraph import dijkstra

        first, last = self._square(start), self._square(end)
        if first not in self._before:
            _, self._before[first] = dijkstra(self._steps, directed=False, indices=first, return_predecessors=True)
        squares, before = [last], self._before[first]
        while squares[-1] != first:
            squares.append(int(before[squares[-1]]))
        middle = squares[::-1][EVERY:-EVERY:EVERY]
        return [start, *(self._centre(square) for square in middle), end]

    def _square(self, point: Point) -> int:
        rows, columns = self._shape
        row, column = (int((pixel + BEYOND) // SQUARE) for pixel in (point[1], point[0]))
        return min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1)

    def _centre(self, square: int) -> Point:
        row, column = divmod(square, self._shape[1])
        return (column + 0.5) * SQUARE - BEYOND, (row + 0.5) * SQUARE - BEYOND

    @cached_property
    def _steps(self) -> csr_matrix:
        """What a step between neighbouring squares costs."""
        from scipy.sparse import csr_matrix

        price = np.where(self._is_land, OVERLAND, 1.0)
        index = np.arange(price.size).reshape(self._shape)
        origins, ends, costs = [], [], []
        for down, right in NEIGHBOURS:
            here = slice(0, self._shape[0] - down), slice(max(-right, 0), self._shape[1] - max(right, 0))
            there = slice(down, self._shape[0]), slice(max(right, 0), self._shape[1] - max(-right, 0))
            origins.append(index[here].ravel())
            ends.append(index[there].ravel())
            costs.append(((price[here] + price[there]) / 2 * hypot(down, right)).ravel())
        entries = np.concatenate(costs), (np.concatenate(origins), np.concatenate(ends))
        return csr_matrix(entries, shape=(price.size, price.size))

    @cached_property
    def _is_land(self) -> npt.NDArray[np.bool_]:
        """[row, column]: the middle of the square lies in an odd number of rings."""
        rows, columns = self._shape
        inside = np.zeros(self._shape, dtype=bool)
        middles = (np.arange(columns) + 0.5) * SQUARE - BEYOND
        if not self._rings:
            return inside
        edges = np.concatenate([np.hstack([np.array(ring[:-1]), np.array(ring[1:])]) for ring in self._rings])
        for row in range(rows):
            y = (row + 0.5) * SQUARE - BEYOND
            crossing = edges[(edges[:, 1] > y) != (edges[:, 3] > y)]
            x = crossing[:, 0] + (y - crossing[:, 1]) / (crossing[:, 3] - crossing[:, 1]) * (
                crossing[:, 2] - crossing[:, 0]
            )
            inside[row] = np.searchsorted(np.sort(x), middles) % 2 == 1
        return inside
