"""Plans made in windows: verified over the whole, and never better than the whole's optimum."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from planner.replan.rolled.supply_time import supply_times
from planner.replan.windows.long_run import solve_in_windows
from planner.replan.windows.windows import Windows
from planner.verify import verify_run
from tests.benchmarks.replay.course import instance_of
from tests.seeds import seeds
from tests.worlds.worlds import random_world, write_world

pytestmark = pytest.mark.usefixtures("without_reports")

SEEDS = seeds(6, 150)
# What a window cannot promise for the whole: who benefits from payments, and the age of goods.
LEFT_OUT = {"Eligibility": ("beneficiaries",),
            "Items": ("shelf_life",)}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_is_verified_and_the_first_aim_is_no_better_than_the_optimum(tmp_path: Path, seed: int) -> None:
    world = random_world(seed, "lexicographic")
    for table, columns in LEFT_OUT.items():
        for row in world.get(table, []):
            for column in columns:
                row.pop(column, None)
    periods = next(int(row["value"]) for row in world["Settings"] if row["key"] == "periods")
    leads = [int(row.get("order_lead_time") or 0) for row in world["Lines"]]
    overlap = max(1, *leads)
    if overlap > periods - 2:
        pytest.skip("the world is too short for two windows")
    source = write_world(world, tmp_path / "world")
    instance = instance_of(source)
    if any(needed >= periods - 1 for _, needed in supply_times(instance)):
        pytest.skip("a window could serve nobody in some place")
    try:
        solve(instance)
    except NoPlanError:
        pytest.skip("this world has no plan")
    result = solve_in_windows(source, tmp_path / "plan", Windows(periods - 1, overlap), measure=True)
    assert verify_run(result.folder).passed
    assert result.record.rolling.loss[0].loss >= -1e-6
