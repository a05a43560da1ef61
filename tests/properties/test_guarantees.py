"""Random tiny worlds with contingencies, solved by the plain model: the checker finds its tables right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plain_tables
import pytest
from guarantee_worlds import guarantee_world
from plain_guarantees import Guarantees
from worlds import write_world

from planner.verify import verify


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
