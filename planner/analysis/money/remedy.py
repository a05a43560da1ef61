"""The least extra money that makes a commitment whole; and where none can, what stands in the way.

It is the cheapest remedy (`planner.plan.remedy`) of those in which nothing but budgets may rise: nobody else may be
worse off than in the plan. Where money alone does not do, limits are taken away in three steps, and what each brings is
reported: rules of the funds that are sums of money; who may pay for what, and when; and what then remains is physical.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from planner.analysis.money.budget_cells import BudgetCell
from planner.domain.cells import Field
from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Kind
from planner.formulation.model.model import Model
from planner.formulation.money.spending import PAYMENT_BALANCE, SPEND_BALANCE
from planner.plan.places import Places
from planner.plan.prices.limits import DEFINITIONS
from planner.plan.remedy.levers import MONEY, Lever
from planner.plan.remedy.measures import COMMITMENT, Goal
from planner.plan.remedy.search import Search
from planner.solver.highs import Arrays, Vector
from planner.tolerances import NO_LESS, NOISE, matters

PAYERS = (PAYMENT_BALANCE.name,)  # who may pay for what
LEAST_LIMIT = 1e-3  # what a limit of 0 counts as in ranks
LimitPlace = tuple[str, str, str | None, int | None]  # family, object, item, period


@dataclass(frozen=True)
class Obstacles:
    """What keeps a commitment short, in its own weight (value × priority, or units).

    `rules`: what rules of funds keep back, however much money there is; `payers`: what nobody may pay for;
    `limits`: what is missing even if money were free. Beside each the rows that bind there, dearest first.
    """

    rules: float
    payers: float
    limits: float
    binding_rules: tuple[LimitPlace, ...] = ()
    unpaid: tuple[tuple[str, str], ...] = ()  # (cost type, object) that more money would have to pay for
    binding_limits: tuple[LimitPlace, ...] = ()


@dataclass(frozen=True)
class MoneyRemedy:
    """`short` in the plan; `left` with all the money that helps; `money`: currency by budget cell, the least that leave
    `left`.

    `others_stay`: what is done with goods that the commitment does not lack stays as planned, as the program is large.
    """

    commitment: str
    short: float
    left: float
    money: Mapping[str, float]
    obstacles: Obstacles | None = None
    others_stay: bool = False

    @property
    def is_whole(self) -> bool:
        """Does money alone meet the commitment in full?"""
        return self.obstacles is None


def levers(budget_cells: Mapping[BudgetCell, Mapping[int, float]], step: float) -> dict[str, Lever]:
    """`BudgetCell.name` → what may rise, without end, at 1 per unit of money; its entries are per `step` of it."""
    return {
        cell.name: _lever(cell, {row: entry / step for row, entry in rows.items()})
        for cell, rows in budget_cells.items()
    }


def _lever(cell: BudgetCell, entries: Mapping[int, float]) -> Lever:
    key = (("fund", cell.fund), ("contributor", cell.contributors[0]), ("year", cell.year))
    return Lever(
        name=cell.name,
        what=MONEY,
        field=Field("Budgets", key, "amount"),
        value=cell.budget,
        price=1.0,
        most=inf,
        decides="; ".join(cell.contributors),
        cells="",
        entries=entries,
    )


def short_goals(search: Search) -> list[Goal]:
    """The commitments that lack something, and the demands of none."""
    goals = [Goal(COMMITMENT, group) for group in search.groups]
    whole = sum(search.value(goal) for goal in goals)
    return [goal for goal in goals if matters(search.value(goal), whole)]


def remedy_of(search: Search, goal: Goal) -> MoneyRemedy:
    """The least money that makes one commitment whole, or brings it as far as money can;
    `search` among budget cells alone.
    """
    short, part = search.value(goal), search.of(goal)
    best = part.cheapest(goal, slack=0.0)
    left, money = (short, {}) if best is None else (best.left, best.rises)
    obstacles = _obstacles(part, goal, left) if left else None
    return MoneyRemedy(goal.name, short, left, money, obstacles, part.items is not None)


def _obstacles(search: Search, goal: Goal, left: float) -> Obstacles:
    """With unlimited budgets (`left`); without other rules of money; with money that pays for anything."""
    model = search.optimal.program.model
    payers = np.array(sorted(row for name in PAYERS for row in model.rows[name].values()), dtype=np.intp)
    of_money = rows_of(model, model.catalogue.constraints, money=True)
    ruleless = search.least_without(goal, of_money)
    free = search.least_without(goal, np.union1d(of_money, payers))
    small = NO_LESS * max(1.0, left)
    amounts = (left - ruleless.value, ruleless.value - free.value, free.value)
    rules, unpayable, limits = (amount if amount > small else 0.0 for amount in amounts)
    lp = search.optimal.program.lp
    with_rules = search.least_without(goal, of_money[:0]) if rules else ruleless
    return Obstacles(
        rules,
        unpayable,
        limits,
        binding(model, lp, with_rules.row_duals, money=True) if rules else (),
        unpaid(model, ruleless.row_duals) if unpayable else (),
        binding(model, lp, free.row_duals, money=False) if limits else (),
    )


def rows_of(model: Model, families: Iterable[str], money: bool) -> NDArray[np.intp]:
    """Positions of the rows of those families that limit money, or of those that limit anything else."""
    chosen = [name for name in families if name not in DEFINITIONS and _is_money(name) == money]
    return np.array(sorted(row for name in chosen for row in model.rows[name].values()), dtype=np.intp)


def _is_money(family: str) -> bool:
    return FAMILIES[family].unit == "money"


def binding(model: Model, lp: Arrays, row_duals: Vector, money: bool, most: int = 4) -> tuple[LimitPlace, ...]:
    """The limits of money, or all others, that carry the largest rents (|dual · limit|), one place of each;
    tasks are no limits.
    """
    places = Places(model)
    rents: dict[tuple[str, str, str | None], tuple[float, LimitPlace]] = {}
    for name in model.catalogue.constraints:
        if name in DEFINITIONS or FAMILIES[name].kind == Kind.TASK or _is_money(name) != money:
            continue
        for key, row in model.rows[name].items():
            dual = abs(float(row_duals[row]))
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


def unpaid(model: Model, row_duals: Vector, most: int = 4) -> tuple[tuple[str, str], ...]:
    """(cost type, object) that a further unit of money would help most if it paid for it, dearest first."""
    worth: dict[tuple[str, str], float] = {}
    for key, row in model.rows[SPEND_BALANCE.name].items():
        dual = abs(float(row_duals[row]))
        if dual > NOISE:
            spend = SPEND_BALANCE.index(*key)
            what = (spend.cost_type, spend.object)
            worth[what] = max(dual, worth.get(what, 0.0))
    return tuple(sorted(worth, key=lambda what: (-worth[what], what))[:most])
