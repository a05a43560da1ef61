"""Solving again after a change gives what solving the changed input afresh gives."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace

import pytest

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.build import build
from planner.plan import SolveOptions, solve
from planner.plan.again.structure import SAME_STRUCTURE
from planner.plan.again.warm_start import AFRESH, LIMITS_ONLY, WarmStart
from planner.plan.plan import Plan
from planner.plan.program import Program
from tests.unit.plan.changes import scaled_budgets, small_world


@pytest.fixture(scope="module")
def world() -> PlanningInstance:
    return small_world()


def test_the_base_is_the_plan(world: PlanningInstance) -> None:
    base, plan = WarmStart(world).base_plan, solve(world)
    assert [level.value for level in base.levels] == pytest.approx([level.value for level in plan.levels])


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.2])
def test_a_changed_budget_is_solved_as_afresh(world: PlanningInstance, factor: float) -> None:
    changed = scaled_budgets(world, factor)
    again, afresh = WarmStart(world).solve_changed(changed), solve(changed)
    assert [level.name for level in again.levels] == [level.name for level in afresh.levels]
    for one, other in zip(again.levels, afresh.levels, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)


def test_a_line_less_changes_columns_and_rows(world: PlanningInstance) -> None:
    name = next(iter(world.lines))
    changed = replace(world, lines={key: line for key, line in world.lines.items() if key != name})
    again, afresh = WarmStart(world).solve_changed(changed), solve(changed)
    for one, other in zip(again.levels, afresh.levels, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)


def test_levels_after_the_last_that_matters_are_left_out(world: PlanningInstance) -> None:
    changed = scaled_budgets(world, 0.9)
    bench = WarmStart(world)
    whole = bench.solve_changed(changed)
    names = [level.name for level in whole.levels]
    assert len(names) > 2
    part = bench.solve_changed(changed, until=names[1])
    assert [level.name for level in part.levels] == names[:2]
    for one, other in zip(part.levels, whole.levels, strict=False):
        assert one.value == pytest.approx(other.value, rel=1e-7, abs=1e-6)
    assert [level.name for level in bench.solve_changed(changed, until="contingency").levels] == names


# ── What it says of itself ───────────────────────────────────────────────────────────────────────


def test_it_says_what_was_built_anew(world: PlanningInstance) -> None:
    warm_start = WarmStart(world)
    assert warm_start.solve_changed(scaled_budgets(world, 0.9)).how == LIMITS_ONLY
    urgent = tuple(replace(demand, priority=3 * demand.priority) for demand in world.demands)
    assert warm_start.solve_changed(replace(world, demands=urgent)).how == SAME_STRUCTURE
    fewer = {name: line for name, line in world.lines.items() if name != "F2:kit"}
    how = warm_start.solve_changed(replace(world, lines=fewer)).how
    found = re.fullmatch(r"rebuilt, (\d+) columns and (\d+) rows differ", how)
    assert found is not None, how
    before, after = (Program.of(build(instance, load("full"))) for instance in (world, replace(world, lines=fewer)))
    assert int(found[1]) >= abs(before.size["columns"] - after.size["columns"]) > 0
    assert warm_start.base_plan.how == ""


def test_every_level_is_proved(world: PlanningInstance) -> None:
    """The duals, which are the prices, give a bound that is the level's value."""
    for instance in (world, small_world(objective="weighted")):
        plan = WarmStart(instance).solve_changed(scaled_budgets(instance, 0.8))
        assert len(plan.tables["prices"]) > 0
        assert all(level.gap is not None and abs(level.gap) < 1e-7 for level in plan.levels)


# ── Where there is no plan, or no way from the base ──────────────────────────────────────────────


def must_be_met(instance: PlanningInstance, factor: float = 1.0) -> PlanningInstance:
    """Demand that has to be met whatever it costs, times a factor."""
    demands = (replace(d, shortage_cost=None, quantity=factor * d.quantity) for d in instance.demands)
    return replace(instance, demands=tuple(demands))


def test_an_option_without_a_plan_says_why_and_spoils_nothing() -> None:
    instance = small_world(seed=18, objective="weighted")
    easy = must_be_met(instance, 0.01)
    warm_start = WarmStart(easy)
    less = scaled_budgets(easy, 0.9)
    before = tables_of(warm_start.solve_changed(less))
    with pytest.raises(NoPlanError) as warm:
        warm_start.solve_changed(must_be_met(instance, 100.0))
    with pytest.raises(NoPlanError) as afresh:
        solve(must_be_met(instance, 100.0))
    assert warm.value.status == afresh.value.status == "infeasible"
    assert warm.value.conflict
    assert any("Demand" in rule for rule in warm.value.conflict)
    assert tables_of(warm_start.solve_changed(less)) == before


def test_a_base_without_a_plan_says_why() -> None:
    with pytest.raises(NoPlanError) as failure:
        WarmStart(must_be_met(small_world(seed=18, objective="weighted"), 100.0))
    assert failure.value.conflict


def test_a_stopped_solver_gives_no_plan(world: PlanningInstance) -> None:
    with pytest.raises(SolverStoppedError):
        WarmStart(world, SolveOptions(time_limit=0.0))
    warm_start = WarmStart(world)
    warm_start.options = SolveOptions(time_limit=0.0)
    with pytest.raises(SolverStoppedError):
        warm_start.solve_changed(scaled_budgets(world, 0.5))
    warm_start.options = SolveOptions()
    plan = warm_start.solve_changed(scaled_budgets(world, 0.5))
    assert tables_of(plan) == tables_of(WarmStart(world).solve_changed(scaled_budgets(world, 0.5)))


def test_a_second_solver_solves_afresh(world: PlanningInstance) -> None:
    warm_start, less = WarmStart(world, SolveOptions(solver="cbc")), scaled_budgets(world, 0.8)
    plan = warm_start.solve_changed(less)
    assert plan.how == AFRESH
    expected = [level.value for level in solve(less).levels]
    assert [level.value for level in plan.levels] == pytest.approx(expected, rel=1e-6, abs=1e-5)
    with pytest.raises(SolverStoppedError):
        _ = warm_start.basis


def test_levels_may_be_held_with_a_tolerance(world: PlanningInstance) -> None:
    tolerant = replace(world, settings=replace(world.settings, level_tolerance=0.02))
    less = scaled_budgets(tolerant, 0.8)
    again, afresh = WarmStart(tolerant).solve_changed(less), solve(less)
    for one, other in zip(again.levels, afresh.levels, strict=True):
        assert one.bound == pytest.approx(other.bound, rel=1e-6, abs=1e-6)
    assert again.levels[-1].value == pytest.approx(afresh.levels[-1].value, rel=1e-6)


def test_another_process_goes_on_from_the_same_base(world: PlanningInstance) -> None:
    warm_start = WarmStart(world)
    sent = pickle.loads(pickle.dumps(warm_start))
    assert len(pickle.dumps(warm_start)) < 2 * len(pickle.dumps(world)) + 10_000
    for factor in (0.6, 0.9):
        less = scaled_budgets(world, factor)
        assert tables_of(sent.solve_changed(less)) == tables_of(warm_start.solve_changed(less))


def tables_of(plan: Plan) -> dict[str, str]:
    return {name: table.to_csv() for name, table in plan.tables.items()}
