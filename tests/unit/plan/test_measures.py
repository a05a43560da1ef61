"""What a target misses is told by the stocks, also where a miss may be given back or costs nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf

import pytest

from planner.catalogue import load
from planner.domain.coverage import wanted_stock
from planner.domain.horizon import Horizon
from planner.domain.instance import Demand, Item, Line, Node, PlanningInstance, Settings, Target
from planner.formulation.build import build
from planner.plan import solve
from planner.plan.settle.measures import with_least_measures
from planner.solver.highs import HighsSession, arrays

PERIODS = 3


def world(tolerance: float = 0.0) -> PlanningInstance:
    """Four a period, kept for a reserve of 9, and for 2.5 periods of the coming demand of 6 in the third."""
    whole = range(PERIODS)
    return PlanningInstance(
        settings=Settings(level_tolerance=tolerance),
        horizon=Horizon(date(2026, 1, 1), PERIODS),
        items={"shell": Item("shell")},
        nodes={"F": Node("F", "factory", whole, storage_t=(inf,) * PERIODS)},
        lines={"L": Line("L", "F", "shell", whole, unit_cost=5, capacity=(4.0,) * PERIODS)},
        demands=(Demand("due", "F", "shell", 2, 6, range(2, 3)),),
        targets={"reserve": Target("reserve", ("F",), ("shell",), whole, quantity=9, days_of_supply=75)},
        unit_values={"shell": 5.0},
    )


def test_a_miss_that_says_too_much_is_what_is_missing() -> None:
    model = build(world(), load("full"))
    session = HighsSession(arrays(model), {})
    values = session.solve("any").values.copy()
    held = [4.0, 8.0, 6.0]
    for (_, _, period, *_), column in model.columns["stock"].items():
        values[column] = held[period]
    missing = {("reserve", 0): 5, ("reserve", 1): 1, ("reserve", 2): 3}
    # Coming demand: 0 + 6 + half the mean of 2; 6 + 2 + 1; 2 + 2 + 1.
    of_supply = {("reserve", "shell", 0): 3, ("reserve", "shell", 1): 1, ("reserve", "shell", 2): 0}
    for family in ("target_shortage", "supply_shortage"):
        for column in model.columns[family].values():
            values[column] = 20.0
    found = with_least_measures(model, values)
    for family, wanted in (("target_shortage", missing), ("supply_shortage", of_supply)):
        misses = {key: found[column] for key, column in model.columns[family].items()}
        assert misses == pytest.approx(wanted)


def test_what_a_tolerance_gives_back_is_no_larger_miss() -> None:
    for tolerance, priority in ((0.3, 1.0), (0.0, 0.0), (0.3, 0.0)):
        instance = world(tolerance)
        targets = {name: replace(target, priority=priority) for name, target in instance.targets.items()}
        rows = solve(replace(instance, targets=targets)).tables["targets"]
        assert len(rows) == 2 * PERIODS
        assert list(rows["below"]) == pytest.approx(list((rows["wanted"] - rows["held"]).clip(lower=0)))


@pytest.mark.parametrize("days", [10.0, 30.0, 45.0, 75.0, 90.0, 135.0, 99_999_999_999.0])
def test_days_of_supply_are_counted_alike_and_however_many(days: float) -> None:
    demand = [3.0, 0.0, 6.0]
    # Each coming period whole or in part, the mean of 3 beyond the horizon.
    for period in range(PERIODS):
        span, wanted = days / 30, 0.0
        for coming in demand[period + 1 :]:
            wanted, span = wanted + min(span, 1.0) * coming, max(span - 1.0, 0.0)
        assert wanted_stock(demand, period, days, 30) == pytest.approx(wanted + span * 3.0)
