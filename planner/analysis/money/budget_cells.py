"""Purses: the places where a further sum of money can come in, a contributor's budget in a fund and fiscal year.

Contributors of a fund share one limit where no rule tells them apart; then a further sum of either is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.domain.instance import Budget, Fund, PlanningInstance
from planner.formulation.families import FAMILIES
from planner.formulation.model.bounds import finite
from planner.formulation.model.model import Bounds, Frame, Model


@dataclass(frozen=True)
class BudgetCell:
    """`contributors` whose further money does the same; `budget` is what they have in that year."""

    fund: str
    year: int
    contributors: tuple[str, ...]
    available: int  # period from which it is usable; beyond the horizon: never
    budget: float

    @property
    def name(self) -> str:
        """Fund, contributors and year, as a key and for people."""
        return f"{self.fund} · {', '.join(self.contributors)} · {self.year}"


def with_every_budget(instance: PlanningInstance) -> PlanningInstance:
    """The instance with a Budgets row, of 0 where there was none, for each fund, contributor and fiscal year.

    It means the same, but has a row of the LP wherever a further sum might count. Money that is not limited stays so.
    """
    if not instance.money_is_limited:
        return instance
    funds = {}
    for name, fund in instance.funds.items():
        known = {(budget.contributor, budget.year) for budget in fund.budgets}
        added = [
            Budget(contributor, year, 0.0, instance.horizon.fiscal_years.index(year))
            for contributor in _contributors(fund)
            for year in instance.horizon.years
            if (contributor, year) not in known
        ]
        funds[name] = replace(fund, budgets=(*fund.budgets, *added))
    return replace(instance, funds=funds)


def with_more(instance: PlanningInstance, budget_cell: BudgetCell, amount: float) -> PlanningInstance:
    """The instance with `amount` more (less, if negative) in the budget cell, from its first contributor."""
    fund = instance.funds[budget_cell.fund]
    more = Budget(budget_cell.contributors[0], budget_cell.year, amount, budget_cell.available)
    return replace(instance, funds={**instance.funds, budget_cell.fund: replace(fund, budgets=(*fund.budgets, more))})


def budget_cells(model: Model, step: float) -> dict[BudgetCell, dict[int, float]]:
    """Every budget cell of a model whose instance has every budget, in the order of the input, with its `entries`.

    Contributors of a fund and year whose further money raises the same limits are one budget_cell.
    """
    instance, limits = model.instance, _limits(model, model.instance)
    entries_of: dict[BudgetCell, dict[int, float]] = {}
    for fund in instance.funds.values() if instance.money_is_limited else ():
        open_years = {instance.horizon.fiscal_years[period] for period in fund.open}
        for year in (year for year in instance.horizon.years if year in open_years):
            alike: dict[tuple[object, ...], list[BudgetCell]] = {}
            rows: dict[tuple[object, ...], dict[int, float]] = {}
            for contributor in _contributors(fund):
                of_cell = [one for one in fund.budgets if (one.contributor, one.year) == (contributor, year)]
                available, amount = min(one.available for one in of_cell), sum(one.amount for one in of_cell)
                budget_cell = BudgetCell(fund.name, year, (contributor,), available, amount)
                raised = entries(model, budget_cell, step, limits)
                key = (available, *sorted(raised.items()))
                alike.setdefault(key, []).append(budget_cell)
                rows[key] = raised
            for key, same in alike.items():
                names, amount = (
                    tuple(budget_cell.contributors[0] for budget_cell in same),
                    sum(budget_cell.budget for budget_cell in same),
                )
                entries_of[BudgetCell(fund.name, year, names, same[0].available, amount)] = rows[key]
    return entries_of


def entries(model: Model, budget_cell: BudgetCell, step: float, limits: Mapping[str, Bounds]) -> dict[int, float]:
    """Row → coefficient of a column that counts the steps by which the budget cell grows:
    its limits are raised by `step`.
    """
    richer = _limits(model, with_more(model.instance, budget_cell, step))
    rows: dict[int, float] = {}
    for family, before in limits.items():
        for key, row in model.rows[family].items():
            raised = richer[family][key] - before[key]
            if raised:
                rows[row] = -raised
    return rows


def _limits(model: Model, instance: PlanningInstance) -> dict[str, Bounds]:
    """The limits of money, by family."""
    frame = Frame(instance, model.reach, model.money_unit)
    return {
        family.name: finite(family.right_hand_side(frame))
        for family in FAMILIES.values()
        if family.right_hand_side is not None and family.unit == "money"
    }


def _contributors(fund: Fund) -> list[str]:
    return list(dict.fromkeys(budget.contributor for budget in fund.budgets)) or [fund.name]
