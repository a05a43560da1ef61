"""Duals of a basis without what rounding makes of those that are 0.

A reduced cost or dual that is 0 comes out as some 1e-16 of the terms that cancel out in it, times what the basis makes
of that: on a large linear program up to 1e-9, where true ones may be smaller. No single threshold tells the two apart.
So first the duals are refined by their residuals,

    y ← y + B⁻ᵀ (c_B − Bᵀ y)

which leaves such errors only as come from rounding single coefficients (N. J. Higham, "Accuracy and Stability of
Numerical Algorithms", 2nd edition, 2002, section 12.2). Then these are estimated: the cost of each basic column is
changed at random by what rounding does to its own reduced cost, and the basis tells how all others move (F. Chatelin
and V. Frayssé, "Lectures on Finite Precision Computations", 1996):

    δy = B⁻ᵀ e_B,  δd = e − Aᵀ δy,  e_j = ε · u_j · (|c_j| + Σ_i |a_ij · y_i|),  u_j uniform in [−1, 1]

where ε is the spacing of floating-point numbers at 1. `python -m tests.benchmarks.cases` says by how many
times its error the largest one that is taken for 0 and the smallest other one differ from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.tolerances import BEYOND_ROUNDING, DUAL_ZERO

Vector = NDArray[np.float64]
Positions = NDArray[np.integer[Any]]

EPSILON = float(np.finfo(np.float64).eps)
REFINEMENTS = 2
DRAWS, SEED = 3, 1  # of several draws the largest: that all are small by chance is next to impossible


class Entries(NamedTuple):
    """A, the coefficients of a linear program, one by one."""

    rows: Positions
    columns: Positions
    values: Vector

    def transposed_times(self, duals: Vector, columns: int) -> Vector:
        """The product Aᵀ y, by column."""
        return np.bincount(self.columns, self.values * duals[self.rows], columns).astype(np.float64, copy=False)

    @property
    def sizes(self) -> Entries:
        """The entries with their absolute values."""
        return self._replace(values=np.abs(self.values))


class CertainDuals(NamedTuple):
    """Reduced costs by column and duals by row, 0 what is nothing or may be rounding; and up to where that is so."""

    reduced_costs: Vector
    duals: Vector
    zero_reduced_costs: Vector
    zero_duals: Vector


@dataclass(frozen=True)
class BasisSystem:
    """Bᵀ y = c_B: the duals of a basis of a linear program min c x.

    `basic`: the column (−1 − the row, where its activity is basic) at each place of the basis.
    `solve`: B⁻ᵀ times a vector by place, of order 1: HiGHS takes what is below 1e-14 for 0.
    """

    costs: Vector
    entries: Entries
    basic: Positions
    solve: Callable[[Vector], Vector]

    def duals(self, near: Vector) -> CertainDuals:
        """The solution, refined from one `near` it."""
        places = np.flatnonzero(self.basic >= 0)
        columns, rows = self.basic[places], -1 - self.basic[self.basic < 0]
        duals = near.copy()
        for _ in range(REFINEMENTS):
            duals[rows] = 0.0
            duals += self._moved(places, self._reduced_costs(duals)[columns])
        reduced_costs = self._reduced_costs(duals)
        reduced_costs[columns], duals[rows] = 0.0, 0.0
        errors = self._errors(duals, places)
        zero_reduced_costs, zero_duals = (np.maximum(BEYOND_ROUNDING * error, DUAL_ZERO) for error in errors)
        reduced_costs[np.abs(reduced_costs) <= zero_reduced_costs] = 0.0
        duals[np.abs(duals) <= zero_duals] = 0.0
        return CertainDuals(reduced_costs, duals, zero_reduced_costs, zero_duals)

    def _errors(self, duals: Vector, places: Positions) -> tuple[Vector, Vector]:
        """(errors of the reduced costs by column, of the duals by row), estimated.

        `places`: of columns in the basis.
        """
        size = EPSILON * (np.abs(self.costs) + self.entries.sizes.transposed_times(np.abs(duals), len(self.costs)))
        of_columns, of_rows = size.copy(), np.zeros(len(duals))
        random = np.random.default_rng(SEED)
        for _ in range(DRAWS):
            change = size * random.uniform(-1.0, 1.0, len(size))
            moved = self._moved(places, change[self.basic[places]])
            np.maximum(of_columns, np.abs(change - self.entries.transposed_times(moved, len(change))), out=of_columns)
            np.maximum(of_rows, np.abs(moved), out=of_rows)
        return of_columns, of_rows

    def _reduced_costs(self, duals: Vector) -> Vector:
        return self.costs - self.entries.transposed_times(duals, len(self.costs))

    def _moved(self, places: Positions, costs: Vector) -> Vector:
        """By how much the duals move where the costs at `places` of the basis do."""
        largest = float(np.abs(costs).max(initial=0.0))
        if not largest:
            return np.zeros(len(self.basic))
        right = np.zeros(len(self.basic))
        right[places] = costs / largest
        return self.solve(right) * largest
