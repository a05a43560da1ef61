"""What holds back all that a place lacks, of several items together: parts of what is missing by worth, whatever aims
make of it.

The yard wants 10 lamps of value 10, of which 4 are in stock, and 10 pumps of value 30, of which the shop can make 5:
lamps worth 60 and pumps worth 150 are missing, 29 % and 71 % of 210.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.report.data.report_data import ReportData, read_report_data
from planner.report.words.short_words import short_sentences
from planner.report.words.wording import headline
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
    data = planned(WORLD, tmp_path)
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
    data = planned(world, tmp_path)
    sentence = "Yard gets nothing of 1 of the 3 items that it wants: rope."
    assert data.unserved_in_short[0] == sentence
    assert data.unserved_sentences[0] == (
        f"{sentence} Of all that it lacks, by value, the capacity of Shop holds back 71\u00a0% and the limited stock of lamp at Yard holds back 28\u00a0%."
    )


def wanting(lamp: dict[str, Any], *others: dict[str, Any], **tables: list[dict[str, Any]]) -> World:
    """The world, its demand for lamps changed, with further demands and tables."""
    lamps, pumps = WORLD["Demand"]
    return WORLD | {"Demand": [{**lamps, **lamp}, pumps, *others]} | tables


def planned(world: World, folder: Path) -> ReportData:
    result = solve_workbook(write_world(world, folder / "in"), folder / "out")
    return read_report_data(result.plan, result.record)


@pytest.mark.usefixtures("without_reports")
def test_priorities_decide_what_is_delivered_not_what_is_missing(tmp_path: Path) -> None:
    """By value and priority lamps are 1,200 of 1,350; by value 60 of 210, and pumps 150."""
    data = planned(wanting({"priority": 20}), tmp_path)
    assert headline(data) == (
        "48\u00a0% of what is wanted is delivered. The largest part of what is missing, 71\u00a0% of its value, is held back by the "
        "capacity of Shop (Lines.csv:E2)."
    )
    ((_, why),) = short_sentences(data)
    assert why.startswith(
        "It is held back by the capacity of Shop (71\u00a0%; Lines.csv:E2) and the limited stock of lamp"
    )
    (view,) = data.lacking_places
    assert str(view.rows[0][-1]).startswith("The capacity of Shop holds back 71\u00a0% and the limited stock")


@pytest.mark.usefixtures("without_reports")
def test_what_counts_for_nothing_is_missing_for_no_limit(tmp_path: Path) -> None:
    """Ten lamps of priority 0, worth 100, are not delivered for want of an aim;
    five pumps, worth 150 of 250, for want of capacity.
    """
    data = planned(wanting({"priority": 0}), tmp_path)
    assert "60\u00a0% of its value, is held back by the capacity of Shop" in headline(data)
    assert {gap.item: gap.reason for gap in data.gaps}["lamp"] == "its priority is 0"


@pytest.mark.usefixtures("without_reports")
def test_what_cannot_be_there_is_held_back_by_no_limit(tmp_path: Path) -> None:
    """Rope worth 300, which nothing makes, beside lamps worth 60 and pumps worth 150: 59 % of 510."""
    data = planned(wanting({}, {**ROPE, "quantity": 300}), tmp_path)
    assert headline(data) == (
        "27\u00a0% of what is wanted is delivered. Most of what is missing, 59\u00a0% of its value, cannot arrive in time. Of what is missing, "
        "29\u00a0% of its value is held back by the capacity of Shop (Lines.csv:E2)."
    )
    more = planned(wanting({}, {**ROPE, "quantity": 30_000}), tmp_path / "more")
    assert headline(more).endswith("% of its value, cannot arrive in time."), "no limit has a material part"
    alone = planned(WORLD | {"Demand": [WORLD["Demand"][0] | {"quantity": 4}, ROPE]}, tmp_path / "alone")
    assert headline(alone).endswith("Nothing of what is missing can arrive in time.")
