"""Why a further sum buys nothing: no demand left, a rule of the fund, nothing it may pay for, or nothing to be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.analysis.money.remedy import PAYERS, Place, binding, rows_of, unpaid
from planner.formulation.families import FAMILIES
from planner.formulation.model.model import Model
from planner.solver.highs import INFINITY, Basis
from planner.solver.parametric_study import ParametricStudy, Point
from planner.tolerances import NO_LESS

NOT_DELIVERIES = frozenset({"cost", "nervousness", "past_lack", "tier_2", "tier_3"})
# Rules that can stand in the way of a budget_cell's money, one by one, in this order: of its fund, then among the partners.
RULES = {name: family for name, family in FAMILIES.items() if family.words.money}


@dataclass(frozen=True)
class Idle:
    """`kind`: done (nothing is short), never (the money never becomes usable), rules (`families`), payers
    (what is short needs money for `needs`, which the fund may not pay), limits (even free money would not help; what
    binds is in `limits`). `level`: the first with something short.
    """

    kind: str
    level: str = ""
    families: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    limits: tuple[Place, ...] = ()


class IdleMoney:
    """Asks, budget cell by budget cell, what keeps its further money from helping the first level that lacks something."""

    def __init__(
        self, model: Model, study: ParametricStudy, levels: Sequence[str], tolerance: float, base: Sequence[Point]
    ) -> None:
        self._model, self._study, self._tolerance = model, study, tolerance
        lacking = [
            place
            for place, (name, point) in enumerate(zip(levels, base, strict=True))
            if name not in NOT_DELIVERIES and point.value > NO_LESS * max(1.0, abs(point.value))
        ]
        self._levels = list(levels[: lacking[0] + 1]) if lacking else []
        self._base = base[lacking[0]] if lacking else None
        self._basis: Basis = base[-1].basis
        self._free: Point | None = None

    def why(self, fund: str, budget_cell: str, everything: Sequence[str], ever: bool) -> Idle:
        """`budget_cell`: its column; `everything`: those of all; `ever`: is the money ever usable?"""
        if self._base is None:
            return Idle("done")
        if not ever:
            return Idle("never", self._levels[-1])
        if families := self._held_back_by(fund, budget_cell):
            return Idle("rules", self._levels[-1], families)
        if self._free is None:
            self._free = self._optimum(everything, self._all_rules())
        if not self._helps(self._free):
            return Idle("limits", self._levels[-1], limits=binding(self._model, self._study, self._free, money=False))
        return Idle("payers", self._levels[-1], needs=unpaid(self._model, self._base))

    def _held_back_by(self, fund: str, budget_cell: str) -> tuple[str, ...]:
        """The one rule, or all together, without which the budget cell's money would help."""
        rows = {
            name: [row for key, row in self._model.rows[name].items() if _is_of(family.index(*key), fund)]
            for name, family in RULES.items()
        }
        present = [name for name, found in rows.items() if found]
        if not present or not self._helps(
            self._optimum([budget_cell], [row for name in present for row in rows[name]])
        ):
            return ()
        alone = (name for name in present if len(present) > 1 and self._helps(self._optimum([budget_cell], rows[name])))
        first = next(alone, None)
        return (first,) if first else tuple(present)

    def _all_rules(self) -> list[int]:
        rows = rows_of(self._model, [*self._model.catalogue.constraints], money=True)
        return sorted({*rows.tolist(), *(row for name in PAYERS for row in self._model.rows[name].values())})

    def _helps(self, point: Point) -> bool:
        assert self._base is not None
        return point.value < self._base.value - NO_LESS * max(1.0, abs(self._base.value))

    def _optimum(self, columns: Sequence[str], freed: Sequence[int]) -> Point:
        """The level with these budget cells open without end, and these rows taken away; levels before at their optimum."""
        rows = np.array(freed, dtype=np.intp)
        for name in columns:
            self._study.bound_column(name, 0.0, INFINITY)
        self._study.free_rows(rows)
        try:
            return self._study.in_order(self._levels, self._tolerance, self._basis)[-1]
        finally:
            self._study.let_go()
            self._study.put_back(rows)
            for name in columns:
                self._study.bound_column(name, 0.0, 0.0)


def _is_of(row: Any, fund: str) -> bool:
    """Is a rule of the fund, or among the partners, of every fund?"""
    return getattr(row, "fund", fund) == fund
