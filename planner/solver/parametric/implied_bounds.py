"""What the rows of a linear program imply for single columns, and from that for a sum of columns: proved bounds without
a solve.

Upper bounds of columns (Brearley, Mitra and Williams 1975): in a row Σ a·x ≤ b no column with a > 0 is above (b − the
least that the others come to) ÷ a. One column's bound tightens others', so this is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.solver.highs import INFINITY, Arrays, HighsSession, Vector
from planner.solver.scaling import objective_scale

ROUNDS = 200  # of tightening, at most: goods wait and move from period to period, and a bound with them
TIGHTER = 0.01  # relative: a round that tightens no bound by more is the last, once none is infinite that can be finite


def implied_upper(session: HighsSession) -> Vector:
    """Upper bounds of all columns, by column; INFINITY where the rows imply none.

    Lower bounds of columns are to be finite.
    """
    lp = session.lp
    above, below = session.row_upper < INFINITY, session.row_lower > -INFINITY
    limited = [np.flatnonzero(side[lp.row_of_entry]) for side in (above, below)]
    row = np.concatenate([lp.row_of_entry[limited[0]], lp.rows + lp.row_of_entry[limited[1]]])
    column = lp.index[np.concatenate(limited)]
    value = np.concatenate([lp.value[limited[0]], -lp.value[limited[1]]])
    limit = np.concatenate([np.where(above, session.row_upper, 0.0), np.where(below, -session.row_lower, 0.0)])
    up, down = value > 0, value < 0
    least = np.bincount(row[up], value[up] * session.column_lower[column[up]], len(limit))
    upper = session.column_upper.copy()
    for _ in range(ROUNDS):
        known = upper < INFINITY
        has = known[column[down]]
        unknown = np.bincount(row[down][~has], minlength=len(limit))
        rest = least + np.bincount(row[down][has], value[down][has] * upper[column[down][has]], len(limit))
        determined = unknown[row[up]] == 0
        rows, columns, values = row[up][determined], column[up][determined], value[up][determined]
        most = (limit[rows] - rest[rows]) / values + session.column_lower[columns]
        tightened = upper.copy()
        np.minimum.at(tightened, columns, np.maximum(most, session.column_lower[columns]))
        gain = (upper[known] - tightened[known]) / np.maximum(1.0, upper[known])
        same = np.array_equal(tightened < INFINITY, known)
        upper = tightened
        if same and gain.max(initial=0.0) <= TIGHTER:
            break
    return upper


def least_sum(session: HighsSession, costs: Vector, upper: Vector, settings: Mapping[str, Any]) -> float:
    """What no point is below, of Σ costs · x: the optimum over its own columns, within `upper` and the rows that limit
    sums from above.

    All other columns are at their lower bounds, so of rows without a negative entry what is left is a relaxation.
    −INFINITY where nothing is proved.
    """
    lp = session.lp
    summed = np.flatnonzero(costs)
    falling = summed[costs[summed] < 0]
    if (upper[falling] >= INFINITY).any():
        return -INFINITY
    if not falling.size:
        return float((costs[summed] * session.column_lower[summed]).sum())
    limits = session.row_upper < INFINITY
    limits[lp.row_of_entry[lp.value < 0]] = False
    rows_within = _within(lp, limits, summed, session.row_upper, session.column_lower)
    relaxed = HighsSession(rows_within, settings)
    relaxed.set_column_bounds(np.arange(len(summed)), session.column_lower[summed], upper[summed])
    scale = objective_scale(costs[summed])
    relaxed.set_costs(costs[summed] * scale)
    outcome = relaxed.solve("own limits")
    if outcome.status != "optimal":
        return float((costs[falling] * upper[falling]).sum())
    duals = np.minimum(outcome.row_duals / scale, 0.0)  # by weak duality, whatever arithmetic did
    reduced = costs[summed] - np.bincount(
        rows_within.index, rows_within.value * duals[rows_within.row_of_entry], len(summed)
    )
    at = np.where(reduced > 0, session.column_lower[summed], upper[summed])
    return float((duals * rows_within.row_upper).sum() + (reduced * at).sum())


def _within(
    lp: Arrays, limits: NDArray[np.bool_], summed: NDArray[np.intp], row_upper: Vector, lower: Vector
) -> Arrays:
    """The rows `limits` over the columns `summed`, the others at their lower bounds."""
    new_index = np.full(lp.columns, -1, dtype=np.int32)
    new_index[summed] = np.arange(len(summed), dtype=np.int32)
    entries = np.flatnonzero(limits[lp.row_of_entry] & (new_index[lp.index] >= 0))
    others = np.flatnonzero(limits[lp.row_of_entry] & (new_index[lp.index] < 0))
    taken = np.bincount(lp.row_of_entry[others], lp.value[others] * lower[lp.index[others]], lp.rows)
    rows = np.unique(lp.row_of_entry[entries])
    counts = np.bincount(lp.row_of_entry[entries], minlength=lp.rows)[rows]
    return Arrays(
        columns=len(summed),
        row_lower=np.full(len(rows), -INFINITY),
        row_upper=(row_upper - taken)[rows],
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        index=new_index[lp.index[entries]],
        value=lp.value[entries],
    )
