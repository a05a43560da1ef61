"""The program finds the published optima, with HiGHS and with CBC."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from published import cases, expected_objective

import planner
from planner.plan import SolveOptions, solve


@cases
def test_the_program_finds_the_optimum(folder: Path) -> None:
    plan = solve(planner.read(folder / "input"))
    (level,) = plan.levels
    assert plan.status == "optimal"
    assert level.value == pytest.approx(expected_objective(folder), rel=1e-6)


# PuLP announces for its version 4 what the optional dependency on CBC will be called.
@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD:DeprecationWarning")
@cases
def test_another_solver_agrees(folder: Path) -> None:
    plan = solve(planner.read(folder / "input"), options=SolveOptions(solver="cbc"))
    assert plan.levels[0].value == pytest.approx(expected_objective(folder), rel=1e-6)


@cases
def test_the_first_level_of_the_lexicographic_plan_is_no_shortfall_where_demand_must_be_met(folder: Path) -> None:
    """What must be met under the weighted objective can be met, so the lexicographic plan leaves nothing short."""
    instance = planner.read(folder / "input")
    if any(demand.shortage_cost is not None for demand in instance.demands):
        pytest.skip("some of its demand may stay short at a price")
    values = dict.fromkeys(instance.items, 1.0)
    lexicographic = replace(
        instance, settings=replace(instance.settings, objective="lexicographic"), unit_values=values
    )
    plan = solve(lexicographic)
    by_name = {level.name: level.value for level in plan.levels}
    assert by_name["other_shortfall"] == pytest.approx(0, abs=1e-6)
