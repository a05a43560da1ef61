"""The aims of an option by the values that the base gives goods.

A lexicographic plan weighs goods by their value, which follows from costs where the workbook gives none. An option
that makes goods cheaper would thus seem to miss less of them; to compare, one yardstick is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.solve.plan import Plan


def revalued_levels(plan: Plan, worth: Mapping[str, float], demands: pd.DataFrame) -> dict[str, float]:
    """Level name → value with `worth` in place of the option's own values; empty where these are the same.

    `demands` are those of `read_service`: item, priority, binding and short of each. Units as those of the levels:
    Σ priority × value × (short, units × periods late, below).
    """
    instance = plan.instance
    if all(isclose(instance.unit_values.get(item, value), value, rel_tol=1e-12) for item, value in worth.items()):
        return {}
    short = demands["short"] * demands["priority"] * demands["item"].map(worth).astype(float).fillna(0.0)
    return {
        "binding_shortfall": float(short[demands["binding"]].sum()),
        "other_shortfall": float(short[~demands["binding"]].sum()),
        "lateness": _lateness(plan, worth),
        "target_shortfall": _below(instance, plan.tables["targets"], worth),
    }


def _lateness(plan: Plan, worth: Mapping[str, float]) -> float:
    priority = {(demand.name, demand.due + 1): demand.priority for demand in plan.instance.demands}
    total = 0.0
    table = plan.tables["deliveries"][["demand", "item", "due", "period", "quantity"]]
    for name, item, due, period, quantity in table.itertuples(index=False):
        total += priority[name, due] * worth.get(item, 0.0) * quantity * (period - due)
    return total


def _below(instance: PlanningInstance, targets: pd.DataFrame, worth: Mapping[str, float]) -> float:
    """A target over several items counts at their mean value."""
    total = 0.0
    for name, below, item in targets[["target", "below", "item"]].itertuples(index=False):
        target = instance.targets[name]
        items = [item] if isinstance(item, str) and item else list(target.items)
        total += target.priority * below * sum(worth.get(one, 0.0) for one in items) / len(items)
    return total
