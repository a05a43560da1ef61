"""Which rows of a fund's budgets may be paid from: by then, in a fiscal year, within the horizon."""

from __future__ import annotations

from datetime import date

import pytest

from planner.domain.horizon import Horizon
from planner.domain.instance import Budget, Fund

# July 2026 to June 2027: fiscal years 2026 (periods 0 to 5) and 2027 (6 to 11).
HORIZON = Horizon(date(2026, 7, 1), 12, "month")
LEFT_OVER = Budget("DE", 2025, 1.0)
EARLY = Budget("DE", 2026, 2.0, 3)
LATE = Budget("DE", 2026, 4.0, 7)  # there only after its fiscal year has ended
NEXT = Budget("PL", 2027, 8.0, 5)
NEVER = Budget("PL", 2027, 16.0, 12)
ROWS = (LEFT_OVER, EARLY, LATE, NEXT, NEVER)


@pytest.mark.parametrize(
    ("carry_over", "period", "year", "expected"),
    [
        (False, 2, 2026, ()),
        (False, 5, 2026, (EARLY,)),
        (False, 6, 2027, (NEXT,)),
        (True, 2, 2026, (LEFT_OVER,)),
        (True, 5, 2026, (LEFT_OVER, EARLY)),
        (True, 11, 2027, (LEFT_OVER, EARLY, LATE, NEXT)),
    ],
)
def test_rows_that_payments_of_a_year_up_to_a_period_may_draw_on(
    carry_over: bool, period: int, year: int, expected: tuple[Budget, ...]
) -> None:
    fund = Fund("pot", range(12), carry_over=carry_over, budgets=ROWS)
    assert fund.usable(period, year) == expected


@pytest.mark.parametrize(("carry_over", "total"), [(False, 10.0), (True, 15.0)])
def test_within_the_horizon_each_row_that_can_be_paid_from_counts_once(carry_over: bool, total: float) -> None:
    fund = Fund("pot", range(12), carry_over=carry_over, budgets=ROWS)
    assert sum(budget.amount for budget in fund.usable_within(HORIZON)) == total
