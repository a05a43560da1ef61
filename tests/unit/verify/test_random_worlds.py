"""Formulation and checker are written apart from one contract; on random inputs they must agree."""

from __future__ import annotations

from pathlib import Path

import pytest

import planner
from planner.errors import InputError, NoPlanError
from planner.plan import Plan
from planner.verify import verify
from tests.unit.verify.random_worlds import World


def solved(folder: Path, seed: int, objective: str) -> tuple[Path, Plan] | None:
    """A random input and its plan, without rules among partners where those leave none;
    None where there is none still.
    """
    for terms in (True, False):
        source = World(seed, objective, terms).write(folder / f"{objective}-{seed}-{terms}")
        try:
            return source, planner.solve(planner.read(source))
        except NoPlanError:
            continue
        except InputError as refused:  # a lock asks for what cannot be
            if not all(fault.sheet.startswith("Locks") for fault in refused.faults):
                raise
    return None


def objective_of(plan: Plan) -> object:
    """As run.json has it."""
    if plan.levels[0].level == 0:
        return plan.levels[0].value
    return [
        {"level": level.level, "name": level.name, "unit": level.unit, "value": level.value} for level in plan.levels
    ]


def check_worlds(folder: Path, seeds: range) -> None:
    found = 0
    for seed in seeds:
        for objective in ("weighted", "lexicographic"):
            world = solved(folder, seed, objective)
            if world is not None:
                source, plan = world
                verification = verify(source, plan.tables, {"objective": objective_of(plan)})
                assert verification.passed, f"seed {seed}, {objective}: {verification.summary()}"
                found += 1
    assert found >= len(seeds), "most random inputs have a plan"


def test_plans_of_random_inputs_pass(tmp_path: Path) -> None:
    check_worlds(tmp_path, range(4))


@pytest.mark.long
@pytest.mark.parametrize("tens", range(20))
def test_plans_of_many_random_inputs_pass(tmp_path: Path, tens: int) -> None:
    check_worlds(tmp_path, range(100 + 10 * tens, 110 + 10 * tens))
