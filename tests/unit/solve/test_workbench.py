"""Solving again after a change gives what solving the changed input afresh gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.recorded import record
from planner.solve import solve
from planner.solve.program import Program
from planner.solve.workbench import Workbench
from tests.unit.solve.changes import scaled_budgets, small_world


@pytest.fixture(scope="module")
def world() -> PlanningInstance:
    return small_world()


def test_a_recorded_model_has_the_arrays_of_the_built_one(world: PlanningInstance) -> None:
    catalogue = load("full")
    built, recorded = (Program.of(make(world, catalogue)) for make in (build, record))
    for name in ("row_lower", "row_upper", "start", "index", "value"):
        assert np.array_equal(getattr(built.lp, name), getattr(recorded.lp, name))
    for (one, costs), (other, same) in zip(built.levels, recorded.levels, strict=True):
        assert one == other
        assert np.array_equal(costs, same)


def test_the_base_is_the_plan(world: PlanningInstance) -> None:
    base, plan = Workbench(world).base_plan, solve(world)
    assert [level.value for level in base.levels] == pytest.approx([level.value for level in plan.levels])


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.2])
def test_a_changed_budget_is_solved_as_afresh(world: PlanningInstance, factor: float) -> None:
    changed = scaled_budgets(world, factor)
    again, afresh = Workbench(world).solve_changed(changed), solve(changed)
    assert [level.name for level in again.levels] == [level.name for level in afresh.levels]
    for one, other in zip(again.levels, afresh.levels, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)


def test_a_line_less_changes_columns_and_rows(world: PlanningInstance) -> None:
    name = next(iter(world.lines))
    changed = replace(world, lines={key: line for key, line in world.lines.items() if key != name})
    again, afresh = Workbench(world).solve_changed(changed), solve(changed)
    for one, other in zip(again.levels, afresh.levels, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)


def test_levels_after_the_last_that_matters_are_left_out(world: PlanningInstance) -> None:
    changed = scaled_budgets(world, 0.9)
    bench = Workbench(world)
    whole = bench.solve_changed(changed)
    names = [level.name for level in whole.levels]
    assert len(names) > 2
    part = bench.solve_changed(changed, until=names[1])
    assert [level.name for level in part.levels] == names[:2]
    for one, other in zip(part.levels, whole.levels, strict=False):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)
    assert [level.name for level in bench.solve_changed(changed, until="contingency").levels] == names
