"""Rules among partners on random worlds: pruning, lazy funds, a second solver and the independent checker agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from partners import partner_world
from test_worlds import OBJECTIVES, instance_of, nearly_same, record, same, values

from planner.solve import solve
from planner.verify import verify

SEEDS = [*range(20), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(20, 300))]


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_checker_a_second_solver_and_the_unpruned_model_agree(tmp_path: Path, seed: int, objective: str) -> None:
    folder = tmp_path / "world"
    instance = instance_of(partner_world(seed, objective), folder)
    found = values(instance)
    assert same(found, values(instance, prune=False))
    assert same(found, values(instance, lazy_funds=False))
    assert nearly_same(found, values(instance, solver="cbc"))
    if not isinstance(found, str):
        plan = solve(instance)
        assert all(level.gap is not None and abs(level.gap) < 1e-6 for level in plan.levels)
        verification = verify(folder, plan.tables, record(plan, objective))
        assert verification.passed, verification.worst


def test_the_worlds_have_what_they_are_about(tmp_path: Path) -> None:
    kinds = set()
    for seed in range(40):
        instance = instance_of(partner_world(seed), tmp_path / f"{seed}")
        if not isinstance(values(instance), str):
            kinds.add(solve(instance).kind)
    assert kinds == {"LP", "MILP"}
