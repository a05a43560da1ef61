"""A rule that what happened before has broken says so, where no plan can make up for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from planner.workbook import read_instance
from tests.worlds.worlds import World, write_world

# B paid 300 before; A, of whom half of everything is asked, has 100: 150 are lacking, and 10 a unit buy 3 units at
# most.
WORLD: World = {
    "Settings": [
        {"key": "start", "value": "2026-01"},
        {"key": "periods", "value": 1},
        {"key": "objective", "value": "weighted"},
    ],
    "Nations": [{"nation": "A", "contribution_min": 0.5}, {"nation": "B"}],
    "Items": [{"item": "shell"}],
    "Nodes": [{"node": "Works", "kind": "factory"}],
    "Lines": [{"line": "Press", "factory": "Works", "item": "shell", "unit_cost": 10}],
    "Demand": [{"destination": "Works", "item": "shell", "period": 1, "quantity": 30, "shortage_cost": 100}],
    "Funds": [{"fund": "Pot"}],
    "Budgets": [{"fund": "Pot", "contributor": name, "year": 2026, "amount": 100} for name in "AB"],
    "Actuals": [{"period": "2025-12", "kind": "paid", "fund": "Pot", "contributor": "B", "quantity": 300}],
}


def test_the_conflict_tells_how_a_rule_stands_by_the_past(tmp_path: Path) -> None:
    with pytest.raises(NoPlanError) as caught:
        solve(read_instance(write_world(WORLD, tmp_path / "in")))
    (rule,) = (sentence for sentence in caught.value.conflict if sentence.startswith("Least contribution at A"))
    assert rule.endswith("(50 %); what happened before lacks EUR 150 of it (Nations.csv:B2)")
    assert all("before" not in sentence for sentence in caught.value.conflict if sentence != rule)
