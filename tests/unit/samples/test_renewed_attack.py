"""The small sample with a contingency is what its notes work out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.plan import Plan, solve
from planner.workbook import read_instance
from tests.places import INPUTS

SAMPLE = INPUTS / "renewed-attack"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(read_instance(SAMPLE))


def covered(plan: Plan) -> dict[tuple[int, str], float]:
    """(strike, item) → units covered, of 130 thousand rounds and 15 missiles."""
    table = plan.tables["coverage"]
    sums = table.groupby(["strike", "item"])[["wanted", "covered"]].sum()
    assert {item: wanted for (_, item), wanted in sums["wanted"].items()} == {"rounds": 130, "missiles": 15}
    return {(int(strike), str(item)): value for (strike, item), value in sums["covered"].items()}


def test_what_is_covered_in_march_and_in_may(plan: Plan) -> None:
    assert covered(plan) == {
        (3, "rounds"): pytest.approx(90),
        (3, "missiles"): pytest.approx(13),
        (5, "rounds"): pytest.approx(100),
        (5, "missiles"): pytest.approx(15),
    }


def test_the_levels(plan: Plan) -> None:
    """0.1 × (40 × 3000 + 2 × 30000) + 0.1 × 30 × 3000; in January 10 × 3000 are not delivered."""
    levels = {level.name: level.value for level in plan.levels}
    assert levels["contingency"] == pytest.approx(27_000)
    assert levels["coverage"] == pytest.approx(0, abs=1e-6)
    assert levels["binding_shortfall"] == pytest.approx(0, abs=1e-6)
    assert levels["other_shortfall"] == pytest.approx(30_000)
    assert plan.tables["shortfalls"][["demand", "due", "quantity"]].to_numpy().tolist() == [["Guns", 1, 10.0]]


def test_opening_the_german_depot_adds_ten_thousand_rounds_in_march() -> None:
    instance = read_instance(SAMPLE)
    opened = {name: replace(node, access=frozenset()) for name, node in instance.nodes.items()}
    assert covered(solve(replace(instance, nodes=opened)))[3, "rounds"] == pytest.approx(100)
