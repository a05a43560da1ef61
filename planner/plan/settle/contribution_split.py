"""Who pays in whose name, where rules on contributors leave a choice: as near to proportional as they allow."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.domain.budget_periods import BudgetPeriods
from planner.errors import NoPlanError
from planner.formulation.model.model import Model
from planner.formulation.money.contributions import contributors
from planner.plan.settle.payments import contributor_shares
from planner.solver.highs import Arrays, HighsSession, Vector
from planner.solver.lexicographic import optimise
from planner.solver.subproblem import Subproblem, positions
from planner.tolerances import SETTLED


class Splitting:
    """The small LP of contributions beside payments that are settled."""

    def __init__(self, model: Model, lp: Arrays, options: Mapping[str, Any]) -> None:
        self._model, self._options = model, options
        self._budget_periods = BudgetPeriods(model.instance)
        self._split = positions(model, ("contribution",))
        self._part = Subproblem(lp, positions(model, ("contribution", "contributed")))

    def split(self, values: Vector) -> Vector:
        """[column]: the plan with contributions whose distance from the proportional ones, summed, is least."""
        if not self._split.size:
            return values
        wanted, beside = self._proportional(values), self._part.beside(values)
        for room in (0.0, SETTLED):  # payments are settled up to rounding, which contributions may need too
            lp = _with_distance(beside, wanted, room)
            distance = np.zeros(lp.columns)
            distance[lp.columns - 2 * len(wanted) :] = 1.0
            with contextlib.suppress(NoPlanError):
                optimum = optimise(HighsSession(lp, self._options), [("distance", distance)], SETTLED, None)
                split = values.copy()
                split[self._part.columns] = optimum.values[: len(self._part.columns)]
                return split
        return values

    def _proportional(self, values: Vector) -> Vector:
        """What each contribution would be in proportion to what its contributor still has available."""
        model = self._model
        shares: dict[str, dict[int, dict[str, float]]] = {}
        totals: dict[str, dict[int, float]] = defaultdict(dict)
        for (fund, budget_period), terms in model.paid.items():
            if len(contributors(model.instance.funds[fund])) > 1:
                totals[fund][budget_period] = sum(factor * float(values[v]) for v, factor in terms)
        for fund, by_period in totals.items():
            money = {budget_period: amount * model.money_unit for budget_period, amount in by_period.items()}
            shares[fund] = contributor_shares(self._budget_periods, model.instance.funds[fund], money)
        return np.array(
            [
                totals[fund][budget_period] * shares[fund][budget_period].get(contributor, 0.0)
                for fund, contributor, budget_period in model.columns["contribution"]
            ]
        )


def _with_distance(lp: Arrays, wanted: Vector, room: float) -> Arrays:
    """The LP with a row for each of its first columns: column − above + below = wanted; its own rows may be missed
    by `room`, relative to their bound.
    """
    count, rows = len(wanted), len(wanted)
    below, above = np.arange(count, dtype=np.int32), lp.columns + np.arange(count, dtype=np.int32)
    index = np.stack([below, above, above + count], axis=1).ravel()
    value = np.tile([1.0, -1.0, 1.0], rows)
    start = lp.start[-1] + 3 * np.arange(1, rows + 1, dtype=np.int32)
    size = np.maximum(1.0, np.abs(np.where(np.isfinite(lp.row_lower), lp.row_lower, lp.row_upper)))
    return Arrays(
        columns=lp.columns + 2 * count,
        row_lower=np.concatenate([lp.row_lower - room * size, wanted]),
        row_upper=np.concatenate([lp.row_upper + room * size, wanted]),
        start=np.concatenate([lp.start, start]).astype(np.int32),
        index=np.concatenate([lp.index, index]).astype(np.int32),
        value=np.concatenate([lp.value, value]),
    )
