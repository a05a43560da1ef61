"""Where no choice of the nations that take part has a plan, what is said holds for every choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from planner.plan.conflict import explanation
from planner.plan.conflict.allowance import Allowance
from planner.plan.conflict.elastic_choice import ElasticChoice
from planner.workbook import read_instance
from tests.worlds.worlds import World, write_world

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
        "Contributor at Joint: DE in 2026-01: at most EUR 10 (Budgets.csv:D3)",
        "Contributor at Joint: FR in 2026-01: at most EUR 30 (Budgets.csv:D4)",
        "Lock of payments at Spend it in 2026-01: exactly EUR 200 (Locks.csv:D2)",
        "Taking part at Joint: a nation that takes part pays its least part of the fund (20 %) (Funds.csv:D2)",
        "Common procurement at Joint: at least 2 nations (Funds.csv:B2)",
        "These cannot hold together; without any one of them the others can.",
        "Lacking: EUR 10 in the budget of Joint: FR in 2026-01.",
        "With all limits unchanged, lacking: EUR 50 for the lock Spend it in 2026-01.",
        "A plan is possible with Budgets.csv:D4 (amount) 40 in place of 30.",
        "Or with Locks.csv:D2 (quantity) 150 in place of 200.",
    }


def test_where_the_time_is_up_what_is_said_is_of_one_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three take part: PL can, DE and FR cannot; that other choices have no plan either is known, but not why."""
    monkeypatch.setattr(ElasticChoice, "_choose", lambda *_: None)  # no choice is found within the allowance
    with pytest.raises(NoPlanError) as caught:
        solve(read_instance(write_world(WORLD, tmp_path / "in")))
    said = caught.value.conflict
    assert "Lock of payments at Spend it in 2026-01: exactly EUR 200 (Locks.csv:D2)" in said
    assert (
        "Where PL, DE, FR take part in Joint, these cannot hold together; without any one of them the others can. With any others taking part there is no plan either; why not would have taken too long to find out."
    ) in said
    assert said[-1] == "Or with Locks.csv:D2 (quantity) 50 in place of 200; less may do."  # with PL and FR alone 150
    assert not caught.value.explanation["irreducible"]


def test_where_the_time_is_up_a_change_is_offered_that_need_not_be_the_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 are wanted of a line that makes 12: what proves that there is no plan is known, and where that would end."""
    monkeypatch.setattr(explanation, "SOME_SECONDS", 0.0)
    monkeypatch.setattr(explanation, "SHARE_OF_SOLVE", 0.0)
    monkeypatch.setattr(explanation, "least_change", lambda *_: None)  # nor is a least change
    world: World = {
        **{name: WORLD[name] for name in ("Settings", "Items")},
        "Nodes": [{"node": "Works", "kind": "factory"}],
        "Lines": [{"line": "Guns", "factory": "Works", "item": "gun", "unit_cost": 10, "capacity": 12}],
        "Demand": [{"destination": "Works", "item": "gun", "period": 1, "quantity": 20}],
    }
    with pytest.raises(NoPlanError) as caught:
        solve(read_instance(write_world(world, tmp_path / "in")))
    rule_lines, (unproved, lacking, change) = caught.value.conflict[:-3], caught.value.conflict[-3:]
    assert len(rule_lines) == 2
    assert unproved == "These cannot hold together; fewer of them may do: the smallest set would have taken too long."
    assert lacking == "Lacking: 8 units of gun at Works in 2026-01."
    assert change.startswith("A plan is possible with ")
    assert change.endswith("; less may do.")
    assert [entry["least"] for entry in caught.value.explanation["changes"]] == [False]


def test_an_allowance_is_used_up() -> None:
    allowance = Allowance()
    assert allowance.left is None
    assert allowance.time_limit is None
    allowance.give(100.0)
    assert 99.0 < (allowance.left or 0.0) <= 100.0
    assert (allowance.time_limit or 0.0) >= (allowance.left or 0.0) - 1.0
    allowance.give(0.0)
    assert allowance.left == allowance.time_limit == 0.0
