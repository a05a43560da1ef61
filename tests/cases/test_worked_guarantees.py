"""Contingencies worked by hand: each world of `guarantees/` with the calculation in why.md of its group.

`expected.json` holds final values of levels (`weighted`: of the weighted objective); every plan is verified as well.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import planner
from planner.verify import verify

WORLDS = sorted(path.parent for path in (Path(__file__).parent / "guarantees").rglob("expected.json"))


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: f"{world.parent.name}/{world.name}")
def test_every_level_is_as_worked_by_hand(world: Path) -> None:
    plan = planner.solve(planner.read(world))
    levels = {level.name: level.value for level in plan.levels}
    for name, value in json.loads((world / "expected.json").read_text()).items():
        assert levels[name] == pytest.approx(value, rel=1e-6, abs=1e-6), name
    assert plan.instance.not_enforced == ()
    objective = levels.get("weighted", [{"name": name, "value": value} for name, value in levels.items()])
    verification = verify(world, plan.tables, {"objective": objective})
    assert verification.passed, verification.first_failure
