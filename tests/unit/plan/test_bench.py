"""The base's LP with other costs and limits: what a further solve on the bench says."""

from __future__ import annotations

import numpy as np
import pytest

from planner.plan import solve
from planner.plan.again.bench import Bounds
from planner.plan.again.warm_start import Workbench
from tests.unit.plan.changes import scaled_budgets, small_world


@pytest.fixture(scope="module")
def workbench() -> Workbench:
    return Workbench(small_world())


@pytest.mark.parametrize("how", ["faces", "rows"])
def test_the_last_level_under_the_held_ones_is_the_plans(workbench: Workbench, how: str) -> None:
    *before, last = workbench.optimum.levels
    rows = {level.name: level.value for level in before}
    bench = workbench.bench(last.name) if how == "faces" else workbench.bench(limits=rows)
    outcome = bench.solve(last.costs)
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(last.value, rel=1e-6)
    for level in before:
        assert float(level.costs @ outcome.values) <= level.value + (1e-7 + 1e-12) * max(1.0, abs(level.value))


def test_what_was_solved_before_changes_nothing(workbench: Workbench) -> None:
    first, *_, last = workbench.optimum.levels
    bench = workbench.bench()
    once = bench.solve(last.costs)
    bench.solve(-last.costs + first.costs, columns=Bounds(np.array([0]), np.array([0.0]), np.array([0.0])))
    again = bench.solve(last.costs)
    assert np.array_equal(once.values, again.values)
    assert np.array_equal(once.row_duals, again.row_duals)


def test_other_limits_are_for_one_solve(workbench: Workbench) -> None:
    program, level = workbench.program, workbench.optimum.levels[0]
    places = np.array(sorted(program.model.rows["fund_limit"].values()))
    less = Bounds(places, program.lp.row_lower[places], 0.5 * program.lp.row_upper[places])
    bench = workbench.bench()
    poorer = solve(scaled_budgets(program.model.instance, 0.5)).levels[0].value
    assert poorer is not None
    assert poorer > level.value
    assert bench.solve(level.costs, rows=less).objective == pytest.approx(poorer, rel=1e-6)
    assert bench.solve(level.costs, go_on=True).objective == pytest.approx(level.value, rel=1e-6)


def test_a_limit_that_no_plan_keeps_is_told(workbench: Workbench) -> None:
    level = workbench.optimum.levels[-1]
    bench = workbench.bench(limits={level.name: -1.0})
    assert bench.solve(level.costs).status == "infeasible"


def test_the_dual_of_a_limit_is_per_unit_of_its_level(workbench: Workbench) -> None:
    first, *_, last = workbench.optimum.levels
    rows, worth = workbench.program.lp.rows, []
    for more in (0.0, 1.0):
        bench = workbench.bench(limits={first.name: first.value + 10.0 + more})
        worth.append(bench.solve(last.costs))
    assert worth[1].row_duals[rows] == pytest.approx(worth[1].objective - worth[0].objective, rel=1e-6, abs=1e-6)
