"""A part of the LP by itself: some columns free, all others as a plan has them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from planner.formulation.model.model import Model
from planner.solver.highs import Arrays, Vector
from planner.tolerances import ROW_ROUNDING


def positions(model: Model, families: Iterable[str]) -> NDArray[np.intp]:
    """The columns of these families, by position in the model."""
    return np.array([column for family in families for column in model.columns[family].values()], dtype=np.intp)


class Subproblem:
    """All `rows` in which some of the columns stand, as an LP of these columns beside fixed values of the others."""

    def __init__(self, lp: Arrays, columns: NDArray[np.intp]) -> None:
        renumbered = np.full(lp.columns, -1, dtype=np.int32)
        renumbered[columns] = np.arange(len(columns), dtype=np.int32)
        row_of_entry = np.repeat(np.arange(lp.rows), np.diff(lp.start))
        self.rows = np.unique(row_of_entry[renumbered[lp.index] >= 0])
        new_index = np.full(lp.rows, -1, dtype=np.intp)
        new_index[self.rows] = np.arange(len(self.rows))
        entries = np.flatnonzero(new_index[row_of_entry] >= 0)
        inside = renumbered[lp.index[entries]] >= 0
        inner_entries, others = entries[inside], entries[~inside]
        self._lp, self.columns = lp, columns
        self._start = np.concatenate(
            [[0], np.cumsum(np.bincount(new_index[row_of_entry[inner_entries]], minlength=len(self.rows)))]
        )
        self._own, self._index = inner_entries, renumbered[lp.index[inner_entries]]
        self._own_row, self._others, self._other_row = (
            new_index[row_of_entry[inner_entries]],
            others,
            new_index[row_of_entry[others]],
        )

    def beside(self, values: Vector, relative: float = ROW_ROUNDING) -> Arrays:
        """The LP, with what the other columns use up taken off the bounds.

        Where the plan itself misses a limit by no more than rounding (`relative` to the row's terms), the limit is
        its own activity.
        """
        lp, count = self._lp, len(self.rows)
        others = lp.value[self._others] * values[lp.index[self._others]]
        inner_values = lp.value[self._own] * values[lp.index[self._own]]
        outside = np.bincount(self._other_row, others, count)
        activity = np.bincount(self._own_row, inner_values, count)
        size = np.bincount(self._other_row, np.abs(others), count) + np.bincount(
            self._own_row, np.abs(inner_values), count
        )
        rounding = relative * np.maximum(1.0, size)
        lower, upper = lp.row_lower[self.rows] - outside, lp.row_upper[self.rows] - outside
        limits = lower < upper
        lower = np.where(limits & (lower > activity) & (lower - activity <= rounding), activity, lower)
        upper = np.where(limits & (upper < activity) & (activity - upper <= rounding), activity, upper)
        return Arrays(
            columns=len(self.columns),
            row_lower=lower,
            row_upper=upper,
            start=self._start.astype(np.int32),
            index=self._index,
            value=lp.value[self._own],
        )
