"""Units in which the program keeps money, so that large and small amounts meet in one matrix."""

from __future__ import annotations

from math import floor, log2

from planner.domain.instance import PlanningInstance


def money_unit(instance: PlanningInstance) -> float:
    """The power of two nearest the square root of the largest budget (1 for small amounts).

    Halfway, on a log scale, between the largest amounts and single units of money.
    """
    largest = max((b.amount for fund in instance.funds.values() for b in fund.budgets), default=0.0)
    return 2.0 ** floor(log2(largest) / 2) if largest > 1e6 else 1.0
