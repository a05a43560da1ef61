"""Days of supply: how much stock covers the coming demand."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from planner.domain.instance import PlanningInstance


def wanted_stock(demand_by_period: Sequence[float], period: int, days: float, days_per_period: int) -> float:
    """Units that cover the next `days` after `period`.

    Σ of demand in the next n = days ÷ days_per_period periods, the last one pro rata; periods beyond the
    horizon count with the mean of the horizon.
    """
    horizon = len(demand_by_period)
    mean = sum(demand_by_period) / horizon
    span = days / days_per_period
    left = horizon - 1 - period
    whole, within = floor(min(span, left)), min(span, left)
    coming = demand_by_period[period + 1 :]
    part = (within - whole) * coming[whole] if whole < left else 0.0
    return sum(coming[:whole]) + part + (span - within) * mean


def demand_by_item(instance: PlanningInstance) -> dict[str, list[float]]:
    """Demand of each item in each period, by original due period, over all destinations."""
    demand = {name: [0.0] * instance.horizon.periods for name in instance.items}
    for wanted in instance.demands:
        if wanted.due >= 0:  # what is overdue is no coming demand
            demand[wanted.item][wanted.due] += wanted.quantity
    return demand
