"""Why a further sum buys nothing: no demand left, a rule of the fund, nothing it may pay for, or nothing to be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.analysis.money.remedy import PAYERS, LimitPlace, binding, rows_of, unpaid
from planner.formulation.families import FAMILIES
from planner.formulation.model.model import Model
from planner.solver.highs import INFINITY, Basis
from planner.solver.parametric.study import ParametricStudy, Point
from planner.tolerances import NO_LESS

NOT_DELIVERIES = frozenset({"cost", "nervousness", "past_lack", "tier_2", "tier_3"})
# Rules that can stand in the way of a budget_cell's money, one by one, in this order: of its fund, then among the
# partners.
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
    limits: tuple[LimitPlace, ...] = ()


class IdleMoney:
    """Asks, budget cell by budget cell, what keeps its further money from helping the first level that lacks
    something.
    """

    def __init__(
        self, model: Model, study: ParametricStudy, levels: Sequence[str], tolerance: float, base: Sequence[Point]
    ) -> None:
        self._model, self._study, self._tolerance = model, study, tolerance
        lacking = [
            index
            for index, (name, point) in enumerate(zip(levels, base, strict=True))
            if name not in NOT_DELIVERIES and point.value > NO_LESS * max(1.0, abs(point.value))
        ]
        self._levels = list(levels[: lacking[0] + 1]) if lacking else []
        self._base = base[lacking[0]] if lacking else None
        self._basis: Basis = base[-1].basis
        self._free: Point | None = None
        self._points = list(base)
        # By fund and rules: does the level fall without them, and the optima that tell it.
        self._ruleless: dict[tuple[str, tuple[str, ...]], tuple[bool, list[Point]]] = {}

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
            return Idle(
                "limits",
                self._levels[-1],
                limits=binding(self._model, self._study.base, self._free.row_duals, money=False),
            )
        return Idle("payers", self._levels[-1], needs=unpaid(self._model, self._base.row_duals))

    def _held_back_by(self, fund: str, budget_cell: str) -> tuple[str, ...]:
        """The one rule, or all together, without which the budget cell's money would help."""
        present = tuple(name for name in RULES if self._rows_of(fund, (name,)))
        if not present or not self._helps_without(fund, present, budget_cell):
            return ()
        alone = (name for name in present if len(present) > 1 and self._helps_without(fund, (name,), budget_cell))
        first = next(alone, None)
        return (first,) if first else present

    def _rows_of(self, fund: str, rules: Sequence[str]) -> list[int]:
        """The rows of those rules that are of the fund."""
        return [
            row
            for name in rules
            for key, row in self._model.rows[name].items()
            if _is_of(FAMILIES[name].index(*key), fund)
        ]

    def _helps_without(self, fund: str, rules: tuple[str, ...], budget_cell: str) -> bool:
        """Would the budget cell's money help, were there not those rules of the fund?

        Asked once for all budget cells of the fund, without their money. Reduced costs then tell whether money can
        change the answer; only where they leave it open it is asked with the money.
        """
        rows = self._rows_of(fund, rules)
        if self._tolerance > 0:  # then levels before give way to the money too
            return self._falls([budget_cell], rows)[0]
        if (fund, rules) not in self._ruleless:
            self._ruleless[fund, rules] = self._without(rows)
        falls, points = self._ruleless[fund, rules]
        signs = self._study.signs(budget_cell, self._levels[: len(points)], points)
        first = next((index for index, sign in enumerate(signs) if sign), None)
        if first is None or signs[first] > 0:
            return falls  # it stays at nothing, or changes nothing
        return self._falls([budget_cell], rows)[0]

    def _without(self, rows: Sequence[int]) -> tuple[bool, list[Point]]:
        """Does the level fall without those rows, and the optima that tell it:
        where it does, those of the levels before.
        """
        before = self._points[: len(self._levels)]
        if not self._study.bind(rows, before):
            return False, before
        return self._falls([], rows)

    def _falls(self, columns: Sequence[str], freed: Sequence[int]) -> tuple[bool, list[Point]]:
        """Does the level fall with these budget cells open without end, and these rows taken away;
        and the optima that tell it.
        """
        assert self._base is not None
        below = self._base.value - NO_LESS * max(1.0, abs(self._base.value))
        *before, last = self._levels
        with self._changed(columns, freed):
            points = self._study.in_order(before, self._tolerance, self._basis, held=True)
            fallen = self._study.falls(last, below, None if before else self._basis)
        return fallen is None, points if fallen is None else [*points, fallen]

    def _all_rules(self) -> list[int]:
        rows = rows_of(self._model, [*self._model.catalogue.constraints], money=True)
        return sorted({*rows.tolist(), *(row for name in PAYERS for row in self._model.rows[name].values())})

    def _helps(self, point: Point) -> bool:
        assert self._base is not None
        return point.value < self._base.value - NO_LESS * max(1.0, abs(self._base.value))

    def _optimum(self, columns: Sequence[str], freed: Sequence[int]) -> Point:
        """The level with these budget cells open without end, and these rows taken away; levels before at their
        optimum.

        That is far from the plan, and presolve leaves little of a program without limits of money.
        """
        with self._changed(columns, freed):
            return self._study.in_order(self._levels, self._tolerance, afresh=True)[-1]

    @contextmanager
    def _changed(self, columns: Sequence[str], freed: Sequence[int]) -> Iterator[None]:
        rows = np.array(freed, dtype=np.intp)
        for name in columns:
            self._study.bound_column(name, 0.0, INFINITY)
        self._study.free_rows(rows)
        try:
            yield
        finally:
            self._study.let_go()
            self._study.put_back(rows)
            for name in columns:
                self._study.bound_column(name, 0.0, 0.0)


def _is_of(row: Any, fund: str) -> bool:
    """Is a rule of the fund, or among the partners, of every fund?"""
    return getattr(row, "fund", fund) == fund
