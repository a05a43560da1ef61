"""One more of a figure moves the rows that a price says it does: in the plan, and in every response that it counts in.

The figure is changed in the instance and the model built anew: its right-hand sides move as the steps of the limits
say, and no other one does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.goods.balance import supplied_row
from planner.formulation.responses.figures import LIMITS
from planner.plan.prices.limits import PricedLimit, limits
from planner.plan.program import Program
from planner.workbook import read_instance
from tests.seeds import seeds
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.worlds import write_world

SEEDS = seeds(4, 300)
MORE = 0.25
Change = Callable[[PlanningInstance], PlanningInstance]


def program_of(instance: PlanningInstance) -> Program:
    return Program.of(build(instance, load("full"), prune=False))


def moved(before: Program, after: Program) -> dict[int, float]:
    """Row → by how much its right-hand side is another."""
    old, new = before.lp, after.lp
    assert (old.rows, old.columns) == (new.rows, new.columns)
    bounds = [np.where(np.isfinite(lp.row_upper), lp.row_upper, lp.row_lower) for lp in (old, new)]
    gain = bounds[1] - bounds[0]
    return {int(row): float(gain[row]) for row in np.flatnonzero(np.abs(gain) > 1e-9)}


def changed(collection: str, name: Any, field: str, period: int | None) -> Change:
    """One figure, in one period where it is told by period."""

    def change(instance: PlanningInstance) -> PlanningInstance:
        things = dict(getattr(instance, collection))
        value = getattr(things[name], field)
        if isinstance(value, tuple):
            value = tuple(each + MORE * (place == period) for place, each in enumerate(value))
        else:
            value += MORE
        things[name] = replace(things[name], **{field: value})
        return replace(instance, **{collection: things})

    return change


def figures(found: Iterable[PricedLimit], instance: PlanningInstance) -> Iterator[tuple[Change, list[PricedLimit]]]:
    """Each figure of a limit, with the limits that it is the figure of: all periods of one that holds throughout."""
    declared = {family.name: family for family in LIMITS}
    own: dict[tuple[str, Any, str, int | None], list[PricedLimit]] = defaultdict(list)
    for limit in found:
        family = declared.get(limit.family)
        if family is None or limit.rhs == 0:
            continue
        index = family.index(*limit.key)
        for collection, names in family.figures.items():
            name = index[:-1] if len(index) > 2 else index[0]
            for field in names:
                value = getattr(getattr(instance, collection)[name], field)
                if field != "start_rate":
                    period = index.period if isinstance(value, tuple) else None
                    own[collection, name, field, period].append(limit)
    for key, own_limits in own.items():
        yield changed(*key), own_limits


def wanted(found: Iterable[PricedLimit], instance: PlanningInstance) -> Iterator[tuple[Change, list[PricedLimit]]]:
    """Each demand."""
    for limit in found:
        if limit.family == "demand_balance":
            for place, demand in enumerate(instance.demands):
                if demand.key == limit.key and demand.quantity:
                    yield more_wanted(place), [limit]


def more_wanted(place: int) -> Change:
    def change(instance: PlanningInstance) -> PlanningInstance:
        demands = list(instance.demands)
        demands[place] = replace(demands[place], quantity=demands[place].quantity + MORE)
        return replace(instance, demands=tuple(demands))

    return change


def ordered(
    found: Iterable[PricedLimit], instance: PlanningInstance, base: Program
) -> Iterator[tuple[Change, list[PricedLimit]]]:
    """Goods in stock and on order, each row of Stocks."""
    own = {limit.row: limit for limit in found if limit.family == "material_balance"}
    for place, supply in enumerate(instance.supplies):
        family, key = supplied_row(base.model.reach, supply)
        limit = own.get(base.model.rows[family][key])
        if limit is not None and limit.step[limit.row]:  # nothing is left where it lies: nothing moves
            yield more_ordered(place), [limit]


def more_ordered(place: int) -> Change:
    def change(instance: PlanningInstance) -> PlanningInstance:
        supplies = list(instance.supplies)
        supplies[place] = replace(supplies[place], quantity=supplies[place].quantity + MORE)
        return replace(instance, supplies=tuple(supplies))

    return change


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_are_what_a_changed_figure_moves(seed: int, tmp_path: Path) -> None:
    instance = read_instance(write_world(guarantee_world(seed), tmp_path))
    before = program_of(instance)
    found = limits(before.model)
    least_rates = set(
        before.model.rows["minimum_rate"].values()
    )  # one that a capacity cuts stays, by our reading of prices
    for change, own in (*figures(found, instance), *wanted(found, instance), *ordered(found, instance, before)):
        gains = moved(before, program_of(change(instance)))
        gains = {row: gain for row, gain in gains.items() if row not in least_rates}
        steps: dict[int, float] = {}
        for limit in own:
            unit = gains.get(limit.row, 0.0) / limit.step[limit.row]
            steps |= {row: by * unit for row, by in limit.step.items() if abs(by * unit) > 1e-9}
        assert steps == pytest.approx(gains), own[0]


def test_enough_figures_move_rows_of_responses(tmp_path: Path) -> None:
    """Limits, demand and goods on order that count in a response, some of them less there."""
    shared, less = set(), 0
    for seed in range(12):
        instance = read_instance(write_world(guarantee_world(seed), tmp_path / str(seed)))
        for limit in limits(program_of(instance).model):
            if len(limit.step) > 1:
                shared.add(limit.family)
                first, *others = map(abs, limit.step.values())
                less += any(other < first for other in others)
    assert shared >= {"line_capacity", "route_capacity", "throughput", "demand_balance", "material_balance"}
    assert less
