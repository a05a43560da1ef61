"""The same world in other units has the same plan: whatever the orders of magnitude that the contract admits."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import Plan, solve
from planner.verify import verify
from planner.workbook import read
from tests.seeds import seeds
from tests.worlds.agreement import OBJECTIVES, record
from tests.worlds.partners import partner_world
from tests.worlds.scaled import Units, in_units, random_units
from tests.worlds.worlds import World, random_world, write_world

SEEDS = seeds(12, 600)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_in_other_units_has_the_same_optimum(tmp_path: Path, seed: int) -> None:
    """Every level's value is as many times as large as all money; or neither world has a plan."""
    objective = OBJECTIVES[seed % 2]
    world, units = _world(seed, objective)
    before, after = _plan(world, tmp_path / "before"), _plan(in_units(world, units), tmp_path / "after")
    if isinstance(before, str) or isinstance(after, str):
        assert after == before or (after == "beyond the magnitudes" and before != "refused")
        return
    found = verify(tmp_path / "after", after.tables, record(after, objective))
    assert found.passed, found.worst
    values = [level.value for level in after.levels]
    wanted = [level.value * units.money for level in before.levels]
    assert values == pytest.approx(wanted, rel=1e-6, abs=1e-6 + 1e-8 * units.money)


def _world(seed: int, objective: str) -> tuple[World, Units]:
    """A world, with rules among partners in every second pair;
    and units, an own one of each item where no rule adds items up.
    """
    partners = seed % 4 >= 2
    world = (partner_world if partners else random_world)(seed, objective)
    mixed = not partners and seed % 8 < 6
    units = random_units(seed, mixed)
    if mixed and any(target["items"] != "shell" for target in world.get("Targets", ())):
        units = units._replace(items=units.items | {"kit": units.items["shell"]})
    return world, units


def _plan(world: World, folder: Path) -> Plan | str:
    reading = read(write_world(world, folder))
    if reading.instance is None:
        beyond = all("expected 0 or a number from" in str(fault) for fault in reading.faults)
        return "beyond the magnitudes" if beyond else "refused"
    try:
        return solve(reading.instance)
    except NoPlanError as failure:
        return failure.status
