"""Random tiny worlds with contingencies, solved by the plain model: the checker finds its tables right.

And the program finds plans that are worth what the plain model says.
"""

from __future__ import annotations

from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalogue import load
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.formulation.model.origins import origins_of
from planner.plan import SolveOptions, solve
from planner.plan import program as program_module
from planner.plan.program import Program
from planner.solver.lexicographic import Optimum, Recourse, optimise
from planner.verify import verify
from planner.workbook import read, read_instance
from tests.seeds import only_long, seeds
from tests.worlds import plain_tables
from tests.worlds.full_worlds import full_world
from tests.worlds.guarantee_worlds import World, guarantee_world
from tests.worlds.plain_guarantees import Guarantees
from tests.worlds.worlds import write_world


def levels_of(answer: dict[str, float]) -> Any:
    """The objective as run.json has it."""
    if "weighted" in answer:
        return answer["weighted"]
    return [{"name": name, "value": value} for name, value in answer.items()]


def check(seed: int, folder: Path) -> bool:
    """Whether there is a plan; the checker must find its tables and levels right."""
    world = guarantee_world(seed)
    model = Guarantees(world)
    answer = model.answer()
    if answer is None:
        return False
    run = {"objective": levels_of(answer), "model": {"name": "full"}}
    found = verify(write_world(world, folder), plain_tables.tables(model), run)
    assert found.passed, found.summary()
    return True


@pytest.mark.parametrize("seed", range(6))
def test_the_checker_accepts_the_plain_answer(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path / "world")


@pytest.mark.long
def test_the_checker_accepts_many_plain_answers(tmp_path: Path) -> None:
    planned = [check(seed, tmp_path / f"world {seed}") for seed in range(100, 300)]
    assert sum(planned) > 120


def compare(world: World, folder: Path) -> bool:
    """Whether there is a plan; it must be worth what the plain model says, and verified, with all its responses."""
    answer = Guarantees(world).answer()
    reading = read(write_world(world, folder))
    assert reading.instance is not None, [str(fault) for fault in reading.faults]
    try:
        plan = solve(reading.instance, priced=False)
    except NoPlanError:
        assert answer is None
        return False
    assert answer is not None
    found = {level.name: level.value for level in plan.levels}
    if "weighted" in answer:
        found = {"weighted": plan.levels[0].value}
    # A level without data is skipped; in the plain model it is 0.
    assert {**dict.fromkeys(answer, 0.0), **found} == pytest.approx(answer, rel=1e-6, abs=1e-6)
    verification = verify(folder, plan.tables, {"objective": levels_of(found), "model": {"name": "full"}})
    assert verification.passed, verification.summary()
    return True


# 113: a place without a limit is shut, and there is no plan; 356: goods outlast a response that does not end with the
# horizon.
@pytest.mark.parametrize("seed", [*range(6), 113, 356])
def test_plan_and_responses(seed: int, tmp_path: Path) -> None:
    compare(guarantee_world(seed), tmp_path / "world")


@pytest.mark.long
def test_many_plans_and_responses(tmp_path: Path) -> None:
    assert sum(compare(guarantee_world(seed), tmp_path / f"world {seed}") for seed in range(100, 400)) > 200


@pytest.mark.parametrize("seed", range(5))
def test_with_all_rules_of_the_plan(seed: int, tmp_path: Path) -> None:
    compare(full_world(seed), tmp_path / "world")


@pytest.mark.long
def test_with_all_rules_of_many_plans(tmp_path: Path) -> None:
    planned = 0
    for seed in range(100, 400):
        with suppress(ArithmeticError):  # of the plain model, now and then
            planned += compare(full_world(seed), tmp_path / f"world {seed}")
    assert planned > 150


@pytest.mark.parametrize("seed", [12, 18, *only_long(range(100, 200))])
def test_what_may_be_given_back_is_told_as_the_plan_has_it(seed: int, tmp_path: Path) -> None:
    """Lacks and worst cases count in a level; where it may be given back they are still no more than the plan makes
    them.
    """
    world = guarantee_world(seed)
    world["Settings"].append({"key": "level_tolerance", "value": 0.1})
    answer = Guarantees(world).answer()
    instance = read(write_world(world, tmp_path / "world")).instance
    assert instance is not None
    if answer is None or "weighted" in answer:
        return
    plan = solve(instance, priced=False)
    found = {level.name: level.value for level in plan.levels}
    for name, value in found.items():
        assert value <= answer[name] + 0.1 * max(1.0, answer[name]) + 1e-6 * max(1.0, answer[name])
    last = plan.levels[-1].name  # what stands before it may move by the solver's tolerance
    assert found[last] == pytest.approx(answer[last], rel=1e-5, abs=1e-5)
    verification = verify(tmp_path / "world", plan.tables, {"objective": levels_of(found), "model": {"name": "full"}})
    assert verification.passed, verification.summary()


@pytest.mark.parametrize("seed", [2, 498, 565])
def test_every_row_and_column_has_a_key_of_its_own(seed: int, tmp_path: Path) -> None:
    """498, 565: parts for nodes without a nation, and parts for nobody yet, go into one line."""
    instance = read(write_world(guarantee_world(seed), tmp_path / "world")).instance
    assert instance is not None
    model = build(instance, load("full"))
    assert sum(map(len, model.rows.values())) == model.row_count
    assert sum(map(len, model.columns.values())) == model.column_count


@pytest.mark.parametrize("seed", [0, 74])
def test_what_is_unlimited_is_no_figure(seed: int, tmp_path: Path) -> None:
    """74: of a place without a limit a case leaves nothing. It would take forever to say why there is no plan."""
    instance = read(write_world(full_world(seed), tmp_path / "world")).instance
    assert instance is not None
    found = [origin for own in origins_of(build(instance, load("full"))).values() for origin in own]
    assert found
    assert [origin for origin in found if origin.value is not None and not isfinite(origin.value)] == []


def optimum_of(program: Program, interior_point: bool, recourse: Recourse | None) -> Optimum | None:
    """The optimum, with the recourse left out of the first levels; None where there is no plan."""
    session = program.session(SolveOptions())
    try:
        return optimise(session, program.levels, 0.0, None, interior_point=interior_point, recourse=recourse)
    except NoPlanError:
        return None


@pytest.mark.parametrize("interior_point", [False, True])
@pytest.mark.parametrize("seed", seeds(8, 200))
def test_levels_that_count_no_response_need_none(seed: int, interior_point: bool, tmp_path: Path) -> None:
    """The responses are left out of the first levels: all levels come out as with them, and the plan is whole."""
    instance = read_instance(write_world(guarantee_world(seed), tmp_path / "world"))
    program = Program.of(build(instance, load("full")))
    if program.recourse is None:
        return
    with_all, without = (optimum_of(program, interior_point, recourse) for recourse in (None, program.recourse))
    assert (with_all is None) == (without is None)
    if with_all is None or without is None:
        return
    values = {level.name: level.value for level in without.levels}
    assert values == pytest.approx({level.name: level.value for level in with_all.levels}, rel=1e-6, abs=1e-6)
    lp = program.lp
    activity = np.bincount(lp.row_of_entry, lp.value * without.values[lp.index], lp.rows)
    slack = 1e-6 * np.maximum(1.0, np.abs(activity))
    assert (activity >= lp.row_lower - slack).all()
    assert (activity <= lp.row_upper + slack).all()


def test_a_vast_program_is_planned_as_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_world(guarantee_world(2), tmp_path / "world")
    expected = solve(read_instance(folder), priced=False)
    asked: list[bool] = []

    def watched(*given: Any, **more: Any) -> Optimum:
        asked.append(more["recourse"] is not None)
        return optimise(*given, **more)

    monkeypatch.setattr(program_module, "optimise", watched)
    monkeypatch.setattr(program_module, "VAST_NONZEROS", -1)
    plan = solve(read_instance(folder), priced=False)
    assert asked == [True]
    values, usual = ({level.name: level.value or 0.0 for level in one.levels} for one in (plan, expected))
    assert values == pytest.approx(usual, rel=1e-6, abs=1e-6)
    found = verify(folder, plan.tables, {"objective": levels_of(values), "model": {"name": "full"}})
    assert found.passed, found.summary()
