"""Solving again after a change gives what solving the changed input afresh gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.recorded import record
from planner.solve import solve
from planner.solve.program import Program
from planner.solve.workbench import Workbench
from planner.workbook import read_instance

INPUTS = Path(__file__).resolve().parents[3] / "inputs"


@pytest.fixture(scope="module")
def quickstart() -> PlanningInstance:
    return read_instance(INPUTS / "quickstart.xlsx")


def test_a_recorded_model_has_the_arrays_of_the_built_one(quickstart: PlanningInstance) -> None:
    catalogue = load("full")
    built, recorded = (Program.of(make(quickstart, catalogue)) for make in (build, record))
    for name in ("row_lower", "row_upper", "start", "index", "value"):
        assert np.array_equal(getattr(built.lp, name), getattr(recorded.lp, name))
    for (one, costs), (other, same) in zip(built.levels, recorded.levels, strict=True):
        assert one == other
        assert np.array_equal(costs, same)


def test_the_base_is_the_plan(quickstart: PlanningInstance) -> None:
    base, plan = Workbench(quickstart).base_plan, solve(quickstart)
    assert [level.value for level in base.levels] == pytest.approx([level.value for level in plan.levels])


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.2])
def test_a_changed_budget_is_solved_as_afresh(quickstart: PlanningInstance, factor: float) -> None:
    changed = scaled_budgets(quickstart, factor)
    again, afresh = Workbench(quickstart).solve_changed(changed), solve(changed)
    assert [level.name for level in again.levels] == [level.name for level in afresh.levels]
    for one, other in zip(again.levels, afresh.levels, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)


def test_a_line_less_changes_columns_and_rows(quickstart: PlanningInstance) -> None:
    name = next(iter(quickstart.lines))
    changed = replace(quickstart, lines={key: line for key, line in quickstart.lines.items() if key != name})
    again, afresh = Workbench(quickstart).solve_changed(changed), solve(changed)
    for one, other in zip(again.levels, afresh.levels, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)


def scaled_budgets(instance: PlanningInstance, factor: float) -> PlanningInstance:
    funds = {
        name: replace(fund, budgets=tuple(replace(budget, amount=budget.amount * factor) for budget in fund.budgets))
        for name, fund in instance.funds.items()
    }
    return replace(instance, funds=funds)
