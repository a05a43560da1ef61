"""The benchmark's worlds are sound input, hold every kind of rule, and come out the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.workbook import read
from planner.workbook.validate.checks import check_network
from tests.benchmarks.generate import write_world
from tests.benchmarks.run import table
from tests.benchmarks.world import World

PERIODS = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("world")
    write_world(World(size=0.02, seed=7, periods=PERIODS), written)
    return written


def test_a_world_is_sound_input(folder: Path) -> None:
    reading = read(folder)
    assert [str(fault) for fault in (*reading.faults, *reading.warnings)] == []
    assert reading.instance is not None
    assert [str(fault) for fault in check_network(reading.instance, reading.raw)] == []
    assert reading.instance.not_enforced == ()


def test_a_world_has_every_kind_of_rule(folder: Path) -> None:
    world = read(folder).instance
    assert world is not None
    assert {fund.kind for fund in world.funds.values()} == {"loan", "grant", "pledge", "budget"}
    assert {expansion.kind for expansion in world.expansions.values()} == {"line", "node", "route"}
    assert any(line.components for line in world.lines.values())
    assert any(line.min_rate > 0 for line in world.lines.values())
    assert any(line.advance > 0 for line in world.lines.values())
    assert any(item.shelf_life is not None for item in world.items.values())
    assert any(target.days_of_supply for target in world.targets.values())
    assert world.policies
    assert world.money_is_limited


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_world(World(size=0.02, seed=7, periods=PERIODS), tmp_path / "again")
    write_world(World(size=0.02, seed=8, periods=PERIODS), tmp_path / "other")
    files = sorted(path.name for path in folder.glob("*.csv"))
    assert files == sorted(path.name for path in (tmp_path / "again").glob("*.csv"))
    for name in files:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert (folder / "Demand.csv").read_bytes() != (tmp_path / "other" / "Demand.csv").read_bytes()


def test_a_larger_size_is_a_larger_world() -> None:
    small, large = World(size=0.2).tables(), World(size=1.0).tables()
    assert len(large["Items"]) > len(small["Items"])
    assert len(large["Routes"]) > len(small["Routes"])


def test_a_world_can_be_a_workbook(folder: Path, tmp_path: Path) -> None:
    write_world(World(size=0.02, seed=7, periods=PERIODS), tmp_path / "world.xlsx")
    assert read(tmp_path / "world.xlsx").instance == read(folder).instance


def test_figures_are_printed_with_their_median() -> None:
    printed = table([{"seed": 1, "peak MiB": 100.0}, {"seed": 2, "peak MiB": 300.0}, {"seed": 3, "peak MiB": 200.0}])
    assert printed.split("\n")[1].split() == ["peak", "MiB", "100.00", "300.00", "200.00", "200.00", "aim", "3072"]
