"""BudgetPeriods: fiscal years, cut where a fund's window,
a budget's availability or a tranche begins or ends within one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from planner.domain.instance import Budget, Fund, PlanningInstance


@dataclass(frozen=True)
class BudgetPeriods:
    """The fiscal years of the horizon, cut into budget periods in which the same funds and budgets are usable."""

    instance: PlanningInstance

    @cached_property
    def ranges(self) -> tuple[range, ...]:
        """The periods of each budget period, in order; together the horizon."""
        years = self.instance.horizon.fiscal_years
        periods = len(years)
        cuts = {t for t in range(1, periods) if years[t] != years[t - 1]} | {0, periods}
        for fund in self.instance.funds.values():
            cuts |= {fund.open.start, fund.open.stop, *(budget.available for budget in fund.budgets)}
            cuts |= {tranche.period + 1 for tranche in fund.tranches}
        inside = sorted(cut for cut in cuts if 0 <= cut <= periods)
        return tuple(range(a, b) for a, b in pairwise(inside))

    @cached_property
    def of_period(self) -> tuple[int, ...]:
        """[period]: the position of its budget period."""
        return tuple(index for index, budget_period in enumerate(self.ranges) for _ in budget_period)

    def year(self, budget_period: int) -> int:
        """The fiscal year in which a budget period lies."""
        return self.instance.horizon.fiscal_years[self.ranges[budget_period].start]

    def open_to(self, fund: Fund) -> list[int]:
        """The budget periods that lie in the fund's window."""
        return [index for index, budget_period in enumerate(self.ranges) if budget_period.start in fund.open]

    def pools(self, fund: Fund, contributor: str | None = None) -> Iterator[tuple[range, int]]:
        """(budget periods paid from one pool so far, the last of them) wherever what is available by then is a limit:
        in the last budget period before money (of the contributor) is added, and in the last of a year (with
        carry-over: of the horizon).
        """
        first = 0
        for budget_period in range(len(self.ranges)):
            if budget_period and not fund.carry_over and self.year(budget_period) != self.year(budget_period - 1):
                first = budget_period
            last = budget_period + 1 == len(self.ranges)
            same_pool = not last and (fund.carry_over or self.year(budget_period + 1) == self.year(budget_period))
            if not same_pool or self.adds(fund, budget_period + 1, contributor):
                yield range(first, budget_period + 1), budget_period

    def available(self, fund: Fund, budget_period: int) -> float:
        """Budget that the fund's payments up to the end of a budget period may not exceed.

        Without carry-over: the rows of the budget period's year that are usable by then, against payments of that
        year. With carry-over: all rows of this and earlier years, against all payments so far.
        """
        return sum(self.available_of(fund, budget_period).values())

    def available_of(self, fund: Fund, budget_period: int) -> dict[str, float]:
        """Budget that is available by then, as in `available`, by contributor."""
        amounts = dict.fromkeys((budget.contributor for budget in fund.budgets), 0.0)
        for budget in self.counting(fund, budget_period):
            amounts[budget.contributor] += budget.amount
        return amounts

    def counting(self, fund: Fund, budget_period: int) -> tuple[Budget, ...]:
        """The rows of the fund's budgets that `available` adds up, be they of 0."""
        return fund.usable(self.ranges[budget_period].start, self.year(budget_period))

    def adds(self, fund: Fund, budget_period: int, contributor: str | None = None) -> bool:
        """Does a row of the fund's budgets (of the contributor), be it of 0, count from this budget period on?"""
        before, new_year = (
            self.ranges[budget_period - 1].start,
            self.year(budget_period) != self.year(budget_period - 1),
        )
        return any(
            budget.available > before or (new_year and budget.year == self.year(budget_period))
            for budget in self.counting(fund, budget_period)
            if contributor in (None, budget.contributor)
        )
