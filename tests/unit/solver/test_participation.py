"""Choosing who takes part: honest bounds, the integer program only where it is needed, and a stop in time."""

from __future__ import annotations

from dataclasses import replace

import pytest

import planner.plan.program as program_module
from planner.domain.instance import Budget, Fund, Nation, PlanningInstance
from planner.errors import SolverStoppedError
from planner.plan import SolveOptions, solve
from planner.plan.again.warm_start import WarmStart
from tests.unit.plan.changes import small_world

THREE = ("PL", "FR", "US")


def joint(amounts: dict[str, float], least: int = 2) -> PlanningInstance:
    """A world that money limits, where two of three nations must give a third each of the only fund."""
    world = small_world()
    budgets = tuple(Budget(nation, year, amount) for nation, amount in amounts.items() for year in range(2025, 2034))
    everything = range(world.horizon.periods)
    fund = Fund("joint", everything, min_nations=least, min_nations_enforced=True, part_min=0.3, budgets=budgets)
    nations = {name: world.nations.get(name, Nation(name)) for name in (*THREE, "UA")}
    return replace(world, nations=nations, funds={"joint": fund})


ALIKE = joint(dict.fromkeys(THREE, 20.0))
UNLIKE = joint({"PL": 60.0, "FR": 3.0, "US": 5.0})


def test_a_plan_that_keeps_the_rule_anyway_needs_no_integer_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("there was nothing to choose")

    monkeypatch.setattr(program_module, "choose", never)
    plan = solve(ALIKE)
    assert plan.kind == "MILP"  # it might have been
    assert all(level.gap is not None and abs(level.gap) < 1e-7 for level in plan.levels)


def test_where_there_is_a_choice_the_bound_is_over_all_choices() -> None:
    plan = solve(UNLIKE)
    assert plan.kind == "MILP"
    assert all(level.gap is not None and -1e-9 <= level.gap < 1e-6 for level in plan.levels)
    forced = [
        solve(joint({"PL": 60.0, other: amount})) for other, amount in (("FR", 3.0), ("US", 5.0))
    ]  # both of two take part: linear programs
    assert {plan.kind for plan in forced} == {"LP"}
    best = min(tuple(level.value for level in other.levels) for other in forced)
    assert plan.levels[0].value is not None
    assert plan.levels[0].value <= best[0] + 1e-6


def test_the_workbench_makes_the_same_choice() -> None:
    cold = [level.value for level in solve(UNLIKE).levels]
    warm_start = WarmStart(ALIKE)
    assert [level.value for level in warm_start.solve_changed(UNLIKE).levels] == pytest.approx(cold, rel=1e-6, abs=1e-6)
    assert [level.value for level in warm_start.solve_changed(ALIKE).levels] == pytest.approx(
        [level.value for level in warm_start.base_plan.levels], rel=1e-6, abs=1e-6
    )


def test_no_time_to_choose_is_no_plan() -> None:
    with pytest.raises(SolverStoppedError):
        solve(UNLIKE, SolveOptions(time_limit=0.0))
