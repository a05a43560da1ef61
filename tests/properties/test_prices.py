"""A price is what a further unit brings: duals against finite differences, where the two sides agree."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from worlds import Row, World, random_world, write_world

from planner.errors import NoPlanError
from planner.solve import Plan, solve
from planner.workbook import read

STEP = 1e-3
# Table, what names its rows, the limit, and the family whose prices over all periods are what it is worth.
LIMITS = (
    ("Nodes", "node", "throughput_t", "throughput"),
    ("Routes", "route", "capacity_t", "route_capacity"),
    ("Resources", "resource", "capacity", "resource_capacity"),
    ("Expansions", "expansion", "limit", "expansion_limit"),
    ("Funds", "fund", "ceiling", "fund_ceiling"),
)


def plan_of(world: World, folder: Path) -> Plan:
    instance = read(write_world(world, folder)).instance
    assert instance is not None
    return solve(instance)


def price(plan: Plan, family: str, name: str) -> float:
    """The prices of a limit, over periods and both directions of a route."""
    table = plan.tables["prices"]
    mine = table["object"].isin([name, f"{name}~back"]) & (table["family"] == family)
    return float(table[mine]["price"].sum())


def limits(world: World) -> list[tuple[Row, str, str, str]]:
    """(row, column, family, name) of each limit of the world."""
    return [
        (row, column, family, str(row[key]))
        for table, key, column, family in LIMITS
        for row in world.get(table, [])
        if row.get(column) not in ("", None, 0)
    ]


@pytest.mark.parametrize(
    ("worlds", "least_agreed", "least_priced"), [(10, 30, 1), pytest.param(40, 150, 5, marks=pytest.mark.long)]
)
def test_prices_are_what_a_further_unit_brings(
    tmp_path: Path, worlds: int, least_agreed: int, least_priced: int
) -> None:
    agreed = priced = 0
    for seed in range(100, 100 + worlds):
        world = random_world(seed)
        try:
            plan = plan_of(world, tmp_path / f"{seed}")
        except NoPlanError:
            continue
        for number, (_row, column, family, name) in enumerate(limits(world)):
            gains = []
            for side in (-STEP, STEP):
                moved = copy.deepcopy(world)
                limits(moved)[number][0][column] += side
                other = plan_of(moved, tmp_path / f"{seed} {number} {side}")
                gains.append(((plan.levels[0].value or 0.0) - (other.levels[0].value or 0.0)) / side)
            if gains[0] == pytest.approx(gains[1], rel=1e-4, abs=1e-5):  # else the price is not unique
                assert price(plan, family, name) == pytest.approx(gains[0], rel=1e-4, abs=1e-5), (seed, family, name)
                agreed += 1
                priced += gains[0] > 1e-5
    assert agreed > least_agreed
    assert priced > least_priced
