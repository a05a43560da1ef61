"""What holds back all that a place lacks, of several items together.

The yard wants 10 lamps of value 10, of which 4 are in stock, and 10 pumps of value 30, of which the shop can make 5: lamps worth 60 and
pumps worth 150 are missing, 29 % and 71 % of 210.
"""

from __future__ import annotations

from pathlib import Path

from planner.report.data.report_data import read_report_data
from planner.run.pipeline import solve_workbook
from tests.worlds.worlds import World, write_world

WORLD: World = {
    "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 1}],
    "Items": [{"item": "lamp", "value": 10}, {"item": "pump", "value": 30}, {"item": "rope", "value": 1}],
    "Nodes": [{"node": "Yard", "kind": "factory"}],
    "Lines": [{"line": "Shop", "factory": "Yard", "item": "pump", "unit_cost": 8, "capacity": 5}],
    "Stocks": [{"node": "Yard", "item": "lamp", "quantity": 4}],
    "Demand": [
        {"destination": "Yard", "item": item, "period": 1, "quantity": quantity}
        for item, quantity in (("lamp", 10), ("pump", 10))
    ],
}
ROPE = {"destination": "Yard", "item": "rope", "period": 1, "quantity": 1}


def test_limits_of_all_items_of_a_place_add_up(tmp_path: Path) -> None:
    result = solve_workbook(write_world(WORLD, tmp_path / "in"), tmp_path / "out")
    data = read_report_data(result.plan, result.record)
    (view,) = data.lacking_places
    (row,) = view.rows
    assert view.columns[-1].heading == "Held back by"
    assert row[-1] == (
        "The capacity of Shop holds back 71\u00a0% and the limited stock of lamp at Yard holds back 29\u00a0%"
    )
    assert data.unserved_sentences == []


def test_who_gets_nothing_of_some_items_is_told_why(tmp_path: Path) -> None:
    """A rope worth 1, which nothing makes or holds, adds less than a twentieth."""
    world = WORLD | {"Demand": [*WORLD["Demand"], ROPE]}
    result = solve_workbook(write_world(world, tmp_path / "in"), tmp_path / "out")
    data = read_report_data(result.plan, result.record)
    told = "Yard gets nothing of 1 of the 3 items that it wants: rope."
    assert data.unserved_in_short[0] == told
    assert data.unserved_sentences[0] == (
        f"{told} Of all that it lacks, by value, the capacity of Shop holds back 71\u00a0% and the limited stock of lamp at Yard holds back 28\u00a0%."
    )
