"""A plain linear program: variables ≥ 0, rows between two bounds, solved by HiGHS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import inf

import highspy
import numpy as np

Terms = list[tuple[int, float]]
TOLERANCE = 1e-10


class PlainLp:
    """Grows by `variable` and `row`; `minimum` may be asked for several objectives, each then held by `hold`."""

    def __init__(self) -> None:
        self.count = 0
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def variable(self) -> int:
        """A new variable, by number."""
        self.count += 1
        return self.count - 1

    def row(self, terms: Iterable[tuple[int, float]], lower: float = -inf, upper: float = inf) -> None:
        """lower ≤ Σ terms ≤ upper; a variable may occur more than once."""
        if lower > -inf or upper < inf:
            self.rows.append((_collected(terms), lower, upper))

    def hold(self, terms: Terms, value: float) -> None:
        """Let an objective be no worse than a value, but for rounding."""
        self.row(terms, upper=value + max(1e-9, 1e-10 * abs(value)))

    def minimum(self, terms: Terms) -> float | None:
        """The least value of an objective; None where no point keeps all rows."""
        highs = self._solved(terms)
        return None if highs is None else float(highs.getInfo().objective_function_value)

    def point(self, terms: Terms) -> list[float] | None:
        """The variables at the least value of an objective; None as of `minimum`."""
        highs = self._solved(terms)
        return None if highs is None else [float(value) for value in highs.getSolution().col_value]

    def _solved(self, terms: Terms) -> highspy.Highs | None:
        if any(not row and not lower - TOLERANCE <= 0 <= upper + TOLERANCE for row, lower, upper in self.rows):
            return None
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
        highs.setOptionValue("dual_feasibility_tolerance", TOLERANCE)
        for variable, cost in enumerate(self._costs(terms)):
            highs.addVar(0, highspy.kHighsInf)
            highs.changeColCost(variable, float(cost))
        for row, lower, upper in self.rows:
            if row:
                highs.addRow(
                    max(lower, -highspy.kHighsInf), min(upper, highspy.kHighsInf), len(row), [*row], [*row.values()]
                )
        highs.run()
        status = highs.getModelStatus()
        if status in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty}:
            return highs
        assert status == highspy.HighsModelStatus.kInfeasible, status
        return None

    def _costs(self, terms: Terms) -> np.ndarray:
        costs = np.zeros(self.count)
        for variable, cost in terms:
            costs[variable] += cost
        return costs


def _collected(terms: Iterable[tuple[int, float]]) -> dict[int, float]:
    row: dict[int, float] = defaultdict(float)
    for variable, factor in terms:
        row[variable] += factor
    return dict(row)
