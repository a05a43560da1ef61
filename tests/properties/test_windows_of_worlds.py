"""Plans made in windows: verified over the whole, and never better than the whole's optimum."""

from __future__ import annotations

from pathlib import Path

import pytest
from worlds import random_world, write_world

from planner.errors import NoPlanError
from planner.replan.long_run import solve_in_windows
from planner.replan.windows import Windows
from planner.verify import verify_run

SEEDS = [*range(12), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(12, 150))]
# What a window cannot promise for the whole: shares over a portfolio, and the age of goods.
LEFT_OUT = {"Funds": ("content_min", "content_group", "content_scope"), "Eligibility": ("beneficiaries",),
            "Items": ("shelf_life",)}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_is_verified_and_the_first_aim_is_no_better_than_the_optimum(tmp_path: Path, seed: int) -> None:
    world = random_world(seed, "lexicographic")
    for table, columns in LEFT_OUT.items():
        for row in world.get(table, []):
            for column in columns:
                row.pop(column, None)
    periods = next(int(row["value"]) for row in world["Settings"] if row["key"] == "periods")
    source = write_world(world, tmp_path / "world")
    try:
        result = solve_in_windows(source, tmp_path / "plan", Windows(periods - 1, min(2, periods - 2)), measure=True)
    except NoPlanError as problem:
        pytest.skip(f"no plan: {problem}")
    assert verify_run(result.folder).passed
    assert result.record["rolling"]["loss"][0]["loss"] >= -1e-6
