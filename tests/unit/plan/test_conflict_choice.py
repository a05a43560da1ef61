"""Where no choice of the nations that take part has a plan, what is said holds for every choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from planner.workbook import read_instance
from tests.properties.worlds import World, write_world

# Two nations must bear 20 % each of the 200 that Joint must pay: PL can, but DE has 10 and FR 30 in place of 40.
WORLD: World = {
    "Settings": [
        {"key": "start", "value": "2026-01"},
        {"key": "periods", "value": 1},
        {"key": "objective", "value": "weighted"},
    ],
    "Nations": [{"nation": name} for name in ("PL", "DE", "FR")],
    "Items": [{"item": "gun"}],
    "Nodes": [{"node": "Works", "kind": "factory", "nation": "PL"}],
    "Lines": [{"line": "Guns", "factory": "Works", "item": "gun", "unit_cost": 10}],
    "Demand": [{"destination": "Works", "item": "gun", "period": 1, "quantity": 20, "shortage_cost": 100}],
    "Funds": [{"fund": "Joint", "min_nations": 2, "min_nations_enforced": "yes", "part_min": 0.2}],
    "Budgets": [
        {"fund": "Joint", "contributor": name, "year": 2026, "amount": amount}
        for name, amount in (("PL", 1000), ("DE", 10), ("FR", 30))
    ],
    "Locks": [{"lock": "Spend it", "kind": "pay", "fund": "Joint", "quantity": 200}],
}


def test_a_conflict_of_every_choice_names_the_rule_and_all_who_could_have_taken_part(tmp_path: Path) -> None:
    with pytest.raises(NoPlanError) as caught:
        solve(read_instance(write_world(WORLD, tmp_path / "in")))
    assert set(caught.value.conflict) == {
        "Contributor at Joint: DE in 2026-01: at most 10 EUR (Budgets.csv:D3)",
        "Contributor at Joint: FR in 2026-01: at most 30 EUR (Budgets.csv:D4)",
        "Lock of payments at Spend it in 2026-01: exactly 200 EUR (Locks.csv:D2)",
        "Taking part at Joint: a nation that takes part pays its least part of the fund (20 %) (Funds.csv:D2)",
        "Common procurement at Joint: at least 2 nations (Funds.csv:B2)",
        "These cannot hold together; without any one of them the others can.",
        "Lacking: 10 EUR in the budget of Joint: FR in 2026-01.",
        "With every limit as it is, lacking: 50 EUR for the lock Spend it in 2026-01.",
        "A plan is possible with Budgets.csv:D4 (amount) 40 in place of 30.",
        "Or with Locks.csv:D2 (quantity) 150 in place of 200.",
    }
