"""Goods that were never made do not go round: with and without pruning, and for the independent checker."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.plan import SolveOptions, solve
from planner.verify import verify
from planner.workbook import read
from tests.seeds import seeds
from tests.worlds.agreement import OBJECTIVES, record, same, values
from tests.worlds.circling import circling_world
from tests.worlds.worlds import write_world

SEEDS = seeds(8, 400)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pruned_and_the_whole_model_and_the_checker_agree(tmp_path: Path, seed: int) -> None:
    objective = OBJECTIVES[seed % 2]
    folder = tmp_path / "world"
    reading = read(write_world(circling_world(seed, objective), folder))
    if reading.instance is None:
        pytest.skip("a lock asks for what is closed")
    instance = reading.instance
    pruned = values(instance)
    assert same(pruned, values(instance, prune=False))
    for prune in (True, False) if not isinstance(pruned, str) else ():
        plan = solve(instance, SolveOptions(prune=prune))
        found = verify(folder, plan.tables, record(plan, objective))
        assert found.passed, found.worst
