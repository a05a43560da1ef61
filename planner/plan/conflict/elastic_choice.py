"""The elastic program with choices: which nations take part in a fund is free, and none of the choices has a plan.

A mixed-integer program finds the choice that needs the least stretching. With a choice fixed the elastic program is
linear and has duals. Stretches prove that there is no plan only if they do so for every choice: as long as some choice
keeps all those known, what its own duals rest on is added (constraint generation). Where that would take too long, what
is found holds for one choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.plan.conflict.elastic import Elastic, ElasticPoint, Stretch
from planner.solver.highs import INFINITY, Arrays, HighsSession, Vector
from planner.solver.participation import TO_THE_END
from planner.tolerances import NOISE

MOST_NODES = 100  # of branch and bound, to find the least change


class ElasticChoice(Elastic):
    """The elastic program of an LP with binary columns."""

    def __init__(
        self, lp: Arrays, bounds: tuple[Vector, Vector], stretches: Sequence[Stretch], settings: Mapping[str, Any]
    ) -> None:
        """`bounds`: of the plan's columns; the binary ones may be 0 or 1."""
        super().__init__(lp, bounds, stretches, settings)
        self._choosing = HighsSession(self._session.lp, {**settings, **TO_THE_END})
        self._choosing.set_column_bounds(np.arange(lp.columns), *bounds)
        self._choosing.make_binary(lp.binary)
        self._has_one_choice = False

    def allow(self, allowed: NDArray[np.bool_]) -> None:
        """Let only these stretches be used, in the linear program and in the one with binary columns."""
        super().allow(allowed)
        self._choosing.set_column_bounds(self._own, np.zeros(len(allowed)), np.where(allowed, INFINITY, 0.0))

    def solve(self, prices: Vector, phase: str, pivots: int | None = None) -> ElasticPoint | None:
        """The least total price over all choices; its support and duals are those of the best choice alone.

        None where even so no plan is possible, or none was found within MOST_NODES or within the allowance.
        """
        if not self._has_one_choice and self._choose(prices, phase, MOST_NODES) is None:
            return None
        return super().solve(prices, phase, pivots)

    def prove(self, prices: Vector, phase: str, pivots: int | None = None) -> ElasticPoint | None:
        """A point at these prices; where it costs something, so does every choice,
        by `support` and `duals` (their sizes).
        """
        if self._has_one_choice:
            return super().solve(prices, phase, pivots)
        support, duals = np.zeros(len(prices), dtype=bool), np.zeros(self.lp.rows)
        point: ElasticPoint | None = None
        began = self.pivots
        while pivots is None or self.pivots - began <= pivots:
            stretched = self._choose(np.where(support, prices, 0.0), phase)
            if stretched is None:
                return None
            if point is not None and bool((stretched[support] > NOISE).any()):
                return replace(point, support=support, duals=duals)  # no choice keeps what is known
            point = super().solve(prices, phase, pivots)
            if point is None or point.total <= 0:
                return point
            if not (point.support & ~support).any():
                return None  # arithmetic: this choice keeps what proves that it has no plan
            support, duals = support | point.support, np.maximum(duals, np.abs(point.duals))
        return None

    def take_one_choice(self) -> bool:
        """Settle for the choice that all nations that may take part do."""
        self._fix(np.ones(len(self.lp.binary)))
        self._has_one_choice = True
        return True

    def _choose(self, prices: Vector, phase: str, nodes: int | None = None) -> Vector | None:
        """Fix the choice that is best at these prices; what it stretches."""
        self._choosing.set_costs(np.concatenate([np.zeros(self.lp.columns), prices]))
        outcome = self._choosing.solve(phase, self.allowance.time_limit, nodes=nodes)
        self.pivots, self.solves = self.pivots + outcome.iterations, self.solves + 1
        if outcome.status != "optimal":
            return None
        self._fix(np.round(outcome.values[self.lp.binary]))
        return outcome.values[self.lp.columns :]

    def _fix(self, chosen: Vector) -> None:
        self._session.set_column_bounds(self.lp.binary, chosen, chosen)

    @property
    def chosen(self) -> Vector | None:
        """The one choice that all is about, by binary column; None where it is about every choice."""
        return self._session.column_lower[self.lp.binary].copy() if self._has_one_choice else None
