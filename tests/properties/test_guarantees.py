"""Random tiny worlds with contingencies, solved by the plain model: the checker finds its tables right.

And the program finds plans that are worth what the plain model says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plain_tables
import pytest
from guarantee_worlds import guarantee_world
from plain_guarantees import Guarantees
from worlds import write_world

from planner.errors import NoPlanError
from planner.plan import solve
from planner.verify import verify
from planner.workbook import read


def told(answer: dict[str, float]) -> Any:
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
    run = {"objective": told(answer), "model": {"name": "full"}}
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


def compare(seed: int, folder: Path) -> bool:
    """Whether there is a plan; it must be worth what the plain model says, and verified, with all its responses."""
    world = guarantee_world(seed)
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
    verification = verify(folder, plan.tables, {"objective": told(found), "model": {"name": "full"}})
    assert verification.passed, verification.summary()
    return True


# 113: a place without a limit is shut, and there is no plan; 356: goods outlast a response that does not end with the horizon.
@pytest.mark.parametrize("seed", [*range(6), 113, 356])
def test_plan_and_responses(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path / "world")


@pytest.mark.long
def test_many_plans_and_responses(tmp_path: Path) -> None:
    assert sum(compare(seed, tmp_path / f"world {seed}") for seed in range(100, 400)) > 200
