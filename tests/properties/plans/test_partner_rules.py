"""Rules among partners on random worlds: pruning, lazy funds, a second solver and the independent checker agree."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from tests.seeds import seeds
from tests.worlds.agreement import OBJECTIVES, agree, instance_of
from tests.worlds.partners import partner_world

SEEDS = seeds(6, 300)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_checker_a_second_solver_and_the_unpruned_model_agree(tmp_path: Path, seed: int, objective: str) -> None:
    agree(partner_world(seed, objective), objective, tmp_path / "world", gap=1e-6)


def test_the_worlds_have_what_they_are_about(tmp_path: Path) -> None:
    kinds: set[str] = set()
    for seed in range(12):
        with contextlib.suppress(NoPlanError):
            kinds.add(solve(instance_of(partner_world(seed), tmp_path / f"{seed}")).kind)
        if kinds == {"LP", "MILP"}:
            return
    raise AssertionError(f"none but {kinds}")
