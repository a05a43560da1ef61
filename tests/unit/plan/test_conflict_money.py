"""A promise that costs more than the response to it may: what is lacking is said in the currency of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from planner.workbook import read_instance
from tests.worlds.worlds import World, write_world

# 10 lie at D and must come to Z in the response, for 2 each; it may cost 12.
WORLD: World = {
    "Settings": [
        {"key": "start", "value": "2026-01"},
        {"key": "periods", "value": 3},
        {"key": "currency", "value": "PLN"},
        {"key": "objective", "value": "weighted"},
    ],
    "Items": [{"item": "round"}],
    "Nodes": [{"node": "D", "kind": "depot"}, {"node": "Z", "kind": "destination", "storage_t": 0}],
    "Routes": [{"origin": "D", "destination": "Z", "cost": 2}],
    "Stocks": [{"node": "D", "item": "round", "quantity": 10}],
    "Demand": [{"destination": "Z", "item": "round", "period": 1, "quantity": 0, "shortage_cost": 1}],
    "Contingencies": [{"contingency": "attack", "probability": 0.5, "period": 2, "money": 12}],
    "Surge": [{"contingency": "attack", "destination": "Z", "item": "round", "quantity": 10}],
}


def test_what_a_response_lacks_of_money_is_said_in_the_currency(tmp_path: Path) -> None:
    with pytest.raises(NoPlanError) as found:
        solve(read_instance(write_world(WORLD, tmp_path)))
    said = found.value.conflict
    assert "Lacking: PLN 8 of money for the response to attack in 2026-02." in said
    assert not any("{" in line for line in said)
