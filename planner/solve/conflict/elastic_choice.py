"""The elastic program with choices: which nations take part in a fund is free, and none of the choices has a plan.

A mixed-integer program finds the choice that needs the least stretching. With a choice fixed the elastic program is
linear and has duals. Stretches prove that there is no plan only if they do so for every choice: as long as some choice
keeps all those known, what its own duals rest on is added (constraint generation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.solve.choice import TO_THE_END
from planner.solve.conflict.elastic import NOTHING, Elastic, Point, Stretch
from planner.solve.session import INFINITY, Arrays, Session, Vector


class ElasticChoice(Elastic):
    """The elastic program of an LP with binary columns."""

    def __init__(
        self, lp: Arrays, bounds: tuple[Vector, Vector], stretches: Sequence[Stretch], settings: Mapping[str, Any]
    ) -> None:
        """`bounds`: of the plan's columns; the binary ones may be 0 or 1."""
        super().__init__(lp, bounds, stretches, settings)
        self._choosing = Session(self._session.lp, {**settings, **TO_THE_END})
        self._choosing.set_column_bounds(np.arange(lp.columns), *bounds)
        self._choosing.make_binary(lp.binary)

    def allow(self, allowed: NDArray[np.bool_]) -> None:
        super().allow(allowed)
        self._choosing.set_column_bounds(self._own, np.zeros(len(allowed)), np.where(allowed, INFINITY, 0.0))

    def solve(self, prices: Vector, phase: str, pivots: int | None = None) -> Point | None:
        """The least total price over all choices; `support` and `duals` (their sizes) are those of every choice together.

        None where even so no plan is possible, or none was found.
        """
        point = self._at_best(prices, prices, phase, pivots)
        if point is None or point.total <= 0:
            return point
        support, duals = point.support, np.abs(point.duals)
        while True:
            other = self._at_best(np.where(support, prices, 0.0), prices, phase, pivots)
            if other is None:
                return None
            if not (other.support & ~support).any():  # also where what is known cannot hold: then nothing is new
                return replace(point, support=support, duals=duals)
            support, duals = support | other.support, np.maximum(duals, np.abs(other.duals))

    def _at_best(self, choosing: Vector, prices: Vector, phase: str, pivots: int | None) -> Point | None:
        """The optimum at `prices` with the choice fixed that is best at the prices `choosing`.

        Its support is empty where even the best choice cannot keep what `choosing` prices, and `prices` ask for more.
        """
        self._choosing.set_costs(np.concatenate([np.zeros(self.lp.columns), choosing]))
        outcome = self._choosing.solve(phase)
        self.pivots, self.solves = self.pivots + outcome.iterations, self.solves + 1
        if outcome.status != "optimal":
            return None
        chosen = np.round(outcome.values[self.lp.binary])
        self._session.set_column_bounds(self.lp.binary, chosen, chosen)
        point = super().solve(prices, phase, pivots)
        stretched = outcome.values[self.lp.columns :]
        is_proof = choosing is not prices and bool((choosing * stretched)[stretched > NOTHING].sum() > 0)
        return replace(point, support=np.zeros_like(point.support)) if point is not None and is_proof else point
