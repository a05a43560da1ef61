"""The least extra money that makes a commitment whole; and where none can, what stands in the way.

Nobody else may be worse off than in the plan: neither the other commitments' shortfall and lateness, nor the stock
targets, nor what rules lack from the past, nor the frozen plan. Cost is free. Where money alone does not do, limits are
taken away in three steps, and what each brings is told: rules of the funds that are sums of money; who may pay for
what, and when; and what then remains is physical.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.formulation.families import FAMILIES
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.model.model import Model
from planner.formulation.money.spending import PAYMENT_BALANCE, SPEND_BALANCE
from planner.plan.places import Places
from planner.plan.prices.limits import DEFINITIONS
from planner.plan.remedy.measures import commitment_rows
from planner.solver.highs import INFINITY, Basis, Vector
from planner.solver.parametric_study import Extension, ParametricStudy, Point
from planner.tolerances import NO_LESS, NOISE, SAME

PAYERS = (PAYMENT_BALANCE.name,)  # who may pay for what
LEAST_LIMIT = 1e-3  # what a limit of 0 counts as in ranks
Place = tuple[str, str, str | None, int | None]  # family, object, item, period


@dataclass(frozen=True)
class Obstacles:
    """What keeps a commitment short, in its own weight (value × priority, or units).

    `rules`: what rules of funds keep back, however much money there is; `payers`: what nobody may pay for;
    `limits`: what is missing even if money were free. Beside each the rows that bind there, dearest first.
    """

    rules: float
    payers: float
    limits: float
    binding_rules: tuple[Place, ...] = ()
    unpaid: tuple[tuple[str, str], ...] = ()  # (cost type, object) that more money would have to pay for
    binding_limits: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Remedy:
    """`short` in the plan; `left` with all the money that helps; `money`: steps by budget cell, the least that leave `left`."""

    commitment: str
    short: float
    left: float
    money: Mapping[str, float]
    obstacles: Obstacles | None = None

    @property
    def is_whole(self) -> bool:
        return self.obstacles is None


@dataclass
class Remedies:
    """The LP of remedies of one plan: budget cells as columns, each commitment's shortfall and lateness as rows."""

    model: Model
    study: ParametricStudy
    start: Basis
    values: Vector
    budget_cells: Sequence[str]
    groups: Sequence[str]
    held: Sequence[str]  # levels that may not become worse
    _money_rows: NDArray[np.intp] = field(init=False)
    _payer_rows: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        self._money_rows = rows_of(self.model, self.model.catalogue.constraints, money=True)
        payers = (row for name in PAYERS for row in self.model.rows[name].values())
        self._payer_rows = np.array(sorted(payers), dtype=np.intp)

    def short(self, group: str) -> float:
        return self.study.value(f"short {group}", self.values)

    def find(self, group: str) -> Remedy:
        """The remedy of one commitment (NO_COMMITMENT: of the demands that belong to none)."""
        self._hold_others(group)
        for name in self.budget_cells:
            self.study.bound_column(name, 0.0, INFINITY)
        try:
            costs = self.study.costs({f"short {group}": 1.0})
            best = self.study.minimise(costs, self.start)
            small = NO_LESS * max(1.0, self.short(group))
            left = best.value if best.value > small else 0.0
            money = self._least_money(group, left + small, best.basis)
            obstacles = self._obstacles(costs, best) if left else None
        finally:
            for name in self.budget_cells:
                self.study.bound_column(name, 0.0, 0.0)
        return Remedy(group, self.short(group), left, money, obstacles)

    def _hold_others(self, group: str) -> None:
        for other in self.groups:
            for measure in ("short", "late"):
                name = f"{measure} {other}"
                if other == group:
                    self.study.bound(name)
                else:
                    self.study.hold(name, self.study.value(name, self.values))
        for name in self.held:
            self.study.hold(name, self.study.value(name, self.values))

    def _least_money(self, group: str, left: float, basis: Basis) -> dict[str, float]:
        """Steps by budget cell: the least in all that leaves no more short than `left`."""
        if not self.budget_cells:
            return {}
        self.study.bound(f"short {group}", upper=left)
        try:
            point = self.study.minimise(self.study.column_costs(self.budget_cells), basis)
        finally:
            self.study.bound(f"short {group}")
        found = {name: float(point.values[self.study.column[name]]) for name in self.budget_cells}
        return {name: steps for name, steps in found.items() if steps > SAME}

    def _obstacles(self, costs: Vector, best: Point) -> Obstacles:
        """With unlimited budgets (`best`); without other rules of money; with money that pays for anything."""
        try:
            self.study.free_rows(self._money_rows)
            ruleless = self.study.minimise(costs, best.basis)
            self.study.free_rows(self._payer_rows)
            free = self.study.minimise(costs, ruleless.basis)
        finally:
            self.study.put_back(self._money_rows)
            self.study.put_back(self._payer_rows)
        small = NO_LESS * max(1.0, best.value)
        amounts = (best.value - ruleless.value, ruleless.value - free.value, free.value)
        rules, payers, limits = (amount if amount > small else 0.0 for amount in amounts)
        return Obstacles(
            rules,
            payers,
            limits,
            binding(self.model, self.study, best, money=True) if rules else (),
            unpaid(self.model, ruleless) if payers else (),
            binding(self.model, self.study, free, money=False) if limits else (),
        )


def rows_of(model: Model, families: Iterable[str], money: bool) -> NDArray[np.intp]:
    """Positions of the rows of those families that limit money, or of those that limit anything else."""
    chosen = [name for name in families if name not in DEFINITIONS and _is_money(name) == money]
    return np.array(sorted(row for name in chosen for row in model.rows[name].values()), dtype=np.intp)


def _is_money(family: str) -> bool:
    return FAMILIES[family].unit == "money"


def binding(model: Model, study: ParametricStudy, point: Point, money: bool, most: int = 4) -> tuple[Place, ...]:
    """The limits of money, or all others, that carry the largest rents (|dual · limit|), one place of each."""
    places, lp = Places(model), study.base
    rents: dict[tuple[str, str, str | None], tuple[float, Place]] = {}
    for name in model.catalogue.constraints:
        if name in DEFINITIONS or name == DEMAND_BALANCE.name or _is_money(name) != money:
            continue
        for key, row in model.rows[name].items():
            dual = abs(float(point.row_duals[row]))
            if dual <= NOISE:
                continue
            bound = lp.row_upper[row] if np.isfinite(lp.row_upper[row]) else lp.row_lower[row]
            object_, item, period = places.of(name, key)
            rent = dual * max(abs(float(bound)), LEAST_LIMIT)
            known = rents.get((name, object_, item))
            if known is None or rent > known[0]:
                rents[name, object_, item] = rent, (name, object_, item, period)
    ranked = sorted(rents.values(), key=lambda entry: (-entry[0], entry[1][:2]))
    return tuple(place for _, place in ranked[:most])


def unpaid(model: Model, point: Point, most: int = 4) -> tuple[tuple[str, str], ...]:
    """(cost type, object) that a further unit of money would help most if it paid for it, dearest first."""
    worth: dict[tuple[str, str], float] = {}
    for key, row in model.rows[SPEND_BALANCE.name].items():
        dual = abs(float(point.row_duals[row]))
        if dual > NOISE:
            spend = SPEND_BALANCE.index(*key)
            what = (spend.cost_type, spend.object)
            worth[what] = max(dual, worth.get(what, 0.0))
    return tuple(sorted(worth, key=lambda what: (-worth[what], what))[:most])


def extension(model: Model, columns: Mapping[str, Mapping[int, float]]) -> tuple[list[str], Extension]:
    """The commitments, and what the LP of remedies needs beside its levels."""
    groups, rows = commitment_rows(model)
    return groups, Extension(rows, columns)
