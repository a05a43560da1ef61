"""A limit of which a certain disruption leaves less:
the conflict names the figure and the factor, each with what would do.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from planner.workbook import read_instance
from tests.worlds.worlds import World, write_world

# A line may make 10 a month, of which a strike leaves a half; 16 must be there after two months.
WORLD: World = {
    "Settings": [
        {"key": "start", "value": "2026-01"},
        {"key": "periods", "value": 2},
        {"key": "objective", "value": "weighted"},
    ],
    "Items": [{"item": "round"}],
    "Nodes": [{"node": "F", "kind": "factory"}, {"node": "Z", "kind": "destination", "storage_t": 0}],
    "Routes": [{"origin": "F", "destination": "Z"}],
    "Lines": [{"line": "L", "factory": "F", "item": "round", "capacity": 10}],
    "Demand": [{"destination": "Z", "item": "round", "period": 2, "quantity": 16}],
    "Disruptions": [{"kind": "line", "name": "L", "factor": 0.5}],
}


def said(world: World, folder: Path) -> list[str]:
    with pytest.raises(NoPlanError) as found:
        solve(read_instance(write_world(world, folder)))
    return list(found.value.conflict)


def test_the_factor_is_named_beside_the_capacity(tmp_path: Path) -> None:
    lines = said(WORLD, tmp_path)
    assert (
        "Line capacity of round at L in 2026-01 to 2026-02: at most 10 units started in all, 5 in each period "
        "(Disruptions.csv:C2, Lines.csv:D2)"
    ) in lines
    assert "Lacking: 6 units of capacity at L over 2026-01 to 2026-02." in lines
    # 16 in two months are 8 a month: 10 × 0.8.
    assert "A plan is possible with Disruptions.csv:C2 (factor) 0.8 in place of 0.5." in lines


def test_a_place_that_is_shut_has_its_factor_named_and_no_limit_that_nobody_typed(tmp_path: Path) -> None:
    world = {**WORLD, "Disruptions": [{"kind": "node", "name": "F", "factor": 0}]}
    world["Items"] = [{"item": "round", "volume": 1}]
    lines = said(world, tmp_path)
    assert lines
    assert not any("inf" in line or "nan" in line for line in lines)


def test_an_amount_of_a_fund_is_told_as_typed(tmp_path: Path) -> None:
    """16 for 2 each are 32; of 40 a withdrawal leaves 20: 64 typed, or a factor of 0.8, would do."""
    world = {key: rows for key, rows in WORLD.items() if key != "Disruptions"}
    world["Lines"] = [{"line": "L", "factory": "F", "item": "round", "capacity": 10, "unit_cost": 2}]
    world["Funds"] = [{"fund": "Aid"}]
    world["Budgets"] = [{"fund": "Aid", "year": 2026, "amount": 40}]
    world["Disruptions"] = [{"kind": "fund", "name": "Aid", "factor": 0.5}]
    lines = said(world, tmp_path)
    assert "Fund at Aid in 2026-02: at most EUR 20 (Budgets.csv:C2, Disruptions.csv:C2)" in lines
    assert "Lacking: EUR 12 in the budget of Aid in 2026-02." in lines
    assert "A plan is possible with Budgets.csv:C2 (amount) 64 in place of 40." in lines


@pytest.mark.parametrize("amounts", [(30, 10), (0, 40), (40, 0)])
def test_the_factor_of_a_fund_of_several_contributors_is_one_figure(
    amounts: tuple[float, float], tmp_path: Path
) -> None:
    """16 for 2 each are 32; of 40 a factor of 0.8 would leave as much."""
    world = {key: rows for key, rows in WORLD.items() if key != "Disruptions"}
    world["Lines"] = [{"line": "L", "factory": "F", "item": "round", "capacity": 10, "unit_cost": 2}]
    world["Nations"] = [{"nation": "PL"}, {"nation": "DE"}]
    world["Funds"] = [{"fund": "Aid"}]
    world["Budgets"] = [
        {"fund": "Aid", "contributor": nation, "year": 2026, "amount": each}
        for nation, each in zip(("PL", "DE"), amounts, strict=True)
    ]
    world["Disruptions"] = [{"kind": "fund", "name": "Aid", "factor": 0}]
    lines = said(world, tmp_path)
    assert "Lacking: EUR 32 in the budget of Aid in 2026-02." in lines
    assert "A plan is possible with Disruptions.csv:C2 (factor) 0.8 in place of 0." in lines


def test_a_destination_that_is_shut_says_so(tmp_path: Path) -> None:
    lines = said({**WORLD, "Disruptions": [{"kind": "node", "name": "Z", "factor": 0}]}, tmp_path)
    assert any("Disruptions leaves nothing of Z then" in line for line in lines)


def test_goods_that_lie_where_the_nation_has_no_access_are_not_said_to_be_missing(tmp_path: Path) -> None:
    world = {key: rows for key, rows in WORLD.items() if key not in ("Disruptions", "Lines")}
    world["Nations"] = [{"nation": "UA"}, {"nation": "PL"}]
    world["Nodes"] = [
        {"node": "F", "kind": "depot", "access": "PL"},
        {"node": "Z", "kind": "destination", "nation": "UA", "storage_t": 0},
    ]
    world["Stocks"] = [{"node": "F", "item": "round", "quantity": 20}]
    lines = said(world, tmp_path)
    assert any("brings round to Z by then that may be had by UA" in line for line in lines)
