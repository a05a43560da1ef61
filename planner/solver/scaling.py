"""Units in which HiGHS sees an LP, where the user's own spread wider than its tolerances and limits allow.

HiGHS drops coefficients up to 1e-9, refuses those from 1e15, and measures in absolute numbers by how much a row or a
bound is broken. So a column whose quantities run into billions is counted in thousands of its units, and a row is
multiplied by what brings its coefficients near 1. All factors are powers of two: nothing is rounded.

The factors are those of least squares (A. R. Curtis and J. K. Reid, "On the automatic scaling of matrices for Gaussian
elimination", 1972), with the right-hand side as one more column whose unit is fixed:

    min Σ (log₂|a_ij| + r_i + c_j)² + Σ (log₂|b_i| + r_i)²      over the non-zero a_ij and finite, non-zero b_i

so that c_j is the order of magnitude of column j. A unit is changed only as far as that is out of the ordinary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.tolerances import LEAST_COEFFICIENT

Vector = NDArray[np.float64]
Positions = NDArray[np.integer[Any]]

# An LP whose coefficients, and whose largest right-hand side, are ordinary is handed over as it is.
LARGEST_COEFFICIENT, LARGEST_BOUND = 1e6, 1e8
# Orders of magnitude, as powers of two, in which a column may be counted in the user's own units.
SMALL, BIG = -4.0, 12.0
# HiGHS tells costs apart by its tolerance of 1e-9, and takes those from 1e20 for infinite.
LEAST_COST, LARGEST_COST = 1e-5, 1e15
ITERATIONS, EVEN = 60, 1e-6  # of conjugate gradients, and the residual that ends them: the factors need not be exact
PULL = 1e-6  # towards the user's own unit, for columns that nothing else tells


@dataclass(frozen=True)
class Scaling:
    """Powers of two: a column counts `columns` of the user's units, a row is multiplied by `rows`."""

    rows: Vector
    columns: Vector


def scaling(
    row_of: Positions,
    column_of: Positions,
    value: Vector,
    bounds: tuple[Vector, Vector],
    unscaled: Positions,
    columns: int,
) -> Scaling | None:
    """The units of an LP given by its entries and the bounds of its rows; None where the user's own are ordinary.

    `unscaled`: columns that keep their unit, as those that are 0 or 1.
    """
    entries = np.abs(value)
    present = entries > 0
    if _is_ordinary(entries[present], bounds[0]):
        return None
    row_of, column_of, size = row_of[present], column_of[present], np.log2(entries[present])
    right, limit = _right_hand_sides(*bounds)
    system = _System(row_of, column_of, size, columns)
    magnitudes = system.magnitudes(np.where(limit, np.nan, right))
    # A limit says how much there is only where the rest suggests more.
    telling = limit & (right < system.largest_by_row(magnitudes, len(right)))
    if telling.any():
        magnitudes = system.magnitudes(np.where(limit & ~telling, np.nan, right))
    units: Vector = np.where(magnitudes > BIG, magnitudes - BIG, np.minimum(magnitudes - SMALL, 0.0)).round()
    units[unscaled] = 0.0
    factors = system.row_factors(units, len(right))
    return Scaling(np.exp2(factors), np.exp2(units))


def _is_ordinary(entries: Vector, lower: Vector) -> bool:
    least, largest = entries.min(initial=1.0), entries.max(initial=1.0)
    bound = float(np.abs(lower[np.isfinite(lower)]).max(initial=0.0))  # a mere limit may be as large as it likes
    return bool(least >= LEAST_COEFFICIENT and largest <= LARGEST_COEFFICIENT and bound <= LARGEST_BOUND)


def _right_hand_sides(lower: Vector, upper: Vector) -> tuple[Vector, NDArray[np.bool_]]:
    """By row: log₂|b|, NaN where it is 0 or there is none; and whether it is but an upper limit."""
    stated = np.where(np.isfinite(lower) & (lower != 0), lower, np.where(np.isfinite(upper), upper, 0.0))
    size = np.full(len(stated), np.nan)
    size[stated != 0] = np.log2(np.abs(stated[stated != 0]))
    return size, ~np.isfinite(lower)


class _System:
    """The least squares of an LP's entries; `size`: log₂|a_ij|."""

    def __init__(self, row_of: Positions, column_of: Positions, size: Vector, columns: int) -> None:
        self._row_of, self._column_of, self._size, self._columns = row_of, column_of, size, columns

    def magnitudes(self, right: Vector) -> Vector:
        """c for right-hand sides log₂|b|, by conjugate gradients on the normal equations; r is what suits c best."""
        rows = len(right)
        known = ~np.isnan(right)
        entries = np.bincount(self._row_of, minlength=rows).astype(np.float64)
        weight = np.where(known, np.maximum(entries, 1.0), 0.0)  # a right-hand side counts as much as all coefficients
        share = np.maximum(entries + weight, 1.0)
        diagonal = np.bincount(self._column_of, minlength=self._columns).astype(np.float64) + PULL

        def normal(c: Vector) -> Vector:
            spread = c[self._column_of]
            return self._by_column(spread - (self._by_row(spread, rows) / share)[self._row_of]) + PULL * c

        best = (self._by_row(self._size, rows) + weight * np.where(known, right, 0.0)) / share  # −r where c = 0
        return _conjugate_gradients(normal, self._by_column(best[self._row_of] - self._size), diagonal)

    def _by_row(self, sizes: Vector, rows: int) -> Vector:
        return np.bincount(self._row_of, weights=sizes, minlength=rows).astype(np.float64)

    def _by_column(self, sizes: Vector) -> Vector:
        return np.bincount(self._column_of, weights=sizes, minlength=self._columns).astype(np.float64)

    def largest_by_row(self, units: Vector, rows: int) -> Vector:
        """log₂ of each row's largest coefficient, columns counted in these units; 0 for a row without any."""
        return self._largest(self._size + units[self._column_of], rows)

    def _largest(self, sizes: Vector, rows: int) -> Vector:
        largest = np.full(rows, -np.inf)
        np.maximum.at(largest, self._row_of, sizes)
        return np.where(np.isfinite(largest), largest, 0.0)

    def row_factors(self, units: Vector, rows: int) -> Vector:
        """By row, what brings the middle of its least and largest coefficient to 1, as a power of two."""
        least = -self._largest(-self._size - units[self._column_of], rows)
        return -np.round((self.largest_by_row(units, rows) + least) / 2)


def _conjugate_gradients(normal: Callable[[Vector], Vector], right: Vector, diagonal: Vector) -> Vector:
    solution = np.zeros(len(right))
    residual = right.copy()
    direction = residual / diagonal
    strength = float((residual * direction).sum())
    for _ in range(ITERATIONS):
        if strength <= EVEN:
            break
        image = normal(direction)
        step = strength / float((direction * image).sum())
        solution += step * direction
        residual -= step * image
        towards = residual / diagonal
        before, strength = strength, float((residual * towards).sum())
        direction = towards + strength / before * direction
    return solution


def objective_scale(costs: Vector) -> float:
    """A power of two that brings the geometric mean of the costs near 1, where HiGHS's tolerances belong."""
    present = np.abs(costs[costs != 0])
    return float(2.0 ** -np.round(np.log2(present).mean())) if present.size else 1.0


def finer_scale(costs: Vector) -> float:
    """1, or where costs lie too near HiGHS's tolerance the power of two that brings the least of them up to LEAST_COST.

    No cost gets so large by it that HiGHS takes it for infinite.
    """
    present = np.abs(costs[costs != 0])
    if not present.size or present.min() >= LEAST_COST:
        return 1.0
    return float(2.0 ** np.floor(np.log2(min(LEAST_COST / present.min(), LARGEST_COST / present.max()))))


def row_factor(coefficients: Vector) -> float:
    """A power of two that brings the middle of a row's least and largest coefficient near 1."""
    size = np.log2(np.abs(coefficients[coefficients != 0]))
    return float(2.0 ** -np.round((size.min() + size.max()) / 2)) if size.size else 1.0
