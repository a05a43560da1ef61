"""Contributors whose money in a fund is used up, gathered by fund: who they are, how much each had, how much in all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

import pandas as pd

from planner.domain.instance import Fund, PlanningInstance
from planner.formulation.money.contributions import CONTRIBUTION_LIMIT
from planner.report.data.money import fund_money

FAMILY = CONTRIBUTION_LIMIT.name


@dataclass(frozen=True)
class UsedUp:
    """The prices of one fund's contributors at one level: `rows` are those of the prices table, with `contributor`
    and `amount`, the money (currency) that a row's limit is on.
    """

    level: str
    fund: Fund
    rows: pd.DataFrame

    @property
    def totals(self) -> dict[str, float]:
        """What each contributor had in the years in which more of it would count, largest first."""
        had = self.rows.groupby("contributor", sort=False)["amount"].sum()
        return {str(name): float(amount) for name, amount in had.sort_values(ascending=False, kind="stable").items()}

    @property
    def rent(self) -> float:
        """Σ what a unit is worth × money, by which limits of different kinds are ranked."""
        return float((self.rows["weight"] * self.rows["amount"]).sum())


def used_up(prices: pd.DataFrame, instance: PlanningInstance) -> Iterator[UsedUp]:
    """By level and fund, the contributors' limits among the limit prices (see limits.limit_prices)."""
    known = {
        f"{fund.name}: {name}": (fund.name, name)
        for fund in instance.funds.values()
        for name in dict.fromkeys(budget.contributor for budget in fund.budgets)
    }
    rows = prices[(prices["family"] == FAMILY) & prices["object"].isin(list(known))]
    if not len(rows):
        return
    named = rows.assign(
        fund=rows["object"].map(lambda name: known[name][0]),
        contributor=rows["object"].map(lambda name: known[name][1]),
    )
    named["amount"] = [
        _available(instance, instance.funds[fund], name, period)
        for fund, name, period in zip(named["fund"], named["contributor"], named["period"], strict=True)
    ]
    for (level, fund), group in named.groupby(["level", "fund"], sort=False):
        yield UsedUp(str(level), instance.funds[str(fund)], group)


def _available(instance: PlanningInstance, fund: Fund, contributor: str, period: float) -> float:
    """What the contributor gives in the fiscal year of a period (1-based)."""
    budgets = tuple(budget for budget in fund.budgets if budget.contributor == contributor)
    return fund_money(replace(fund, budgets=budgets, ceiling=inf), instance, int(period) - 1)
