"""The quickstart's plan against the numbers worked by hand in its notes."""

from __future__ import annotations

import csv

import pytest

from planner.plan import Plan
from tests.places import INPUTS

NOTES = INPUTS / "quickstart" / "notes.csv"


def by_hand(what: str) -> str:
    """What the notes say about a step."""
    with NOTES.open(encoding="utf-8", newline="") as stream:
        return next(row["how it is found"] for row in csv.DictReader(stream) if row["what"].startswith(what))


def last_number(text: str) -> float:
    return float(text.split("=")[-1].strip())


def test_levels_are_the_ones_of_the_notes(quickstart_plan: Plan) -> None:
    found = {level.level: level.value for level in quickstart_plan.levels}
    assert found[1] == pytest.approx(last_number(by_hand("Level 1")), abs=1e-6)
    assert found[3] == pytest.approx(last_number(by_hand("Level 3")))
    assert found[6] == pytest.approx(last_number(by_hand("Level 6")))


def test_the_sums_in_the_notes_are_right() -> None:
    production = last_number(by_hand("Cost of production"))
    transport = 240 * 10 + 90 * 15 + 330 * 20
    holding = (20 + 10) * 2 + (30 + 50) * 5
    assert by_hand("Cost of transport").endswith(f"together {transport}")
    assert by_hand("Cost of holding").endswith(f"together {holding}")
    assert production == 240 * 12000 + 90 * 15000
    assert last_number(by_hand("Level 6")) == production + transport + holding


def test_the_plan_is_the_one_of_the_notes(quickstart_plan: Plan) -> None:
    tables = quickstart_plan.tables
    made = tables["production"].groupby(["line", "period"]).quantity.sum()
    assert dict(made.round(6)) == {
        (line, period): quantity for line, quantity in (("Alpha line", 80), ("Bravo line", 30)) for period in (1, 2, 3)
    }
    trains = tables["shipments"][tables["shipments"].route == "Railway"].set_index("period").quantity
    assert dict(trains.round(6)) == {1: 90, 2: 120, 3: 120}
    stocks = tables["stocks"].set_index(["node", "period"]).quantity
    assert dict(stocks.round(6)) == {("Depot", 1): 20, ("Depot", 2): 10, ("City", 2): 30, ("City", 3): 50}
    short = tables["shortfalls"].set_index("demand").quantity
    assert dict(short.round(6)) == {"April": 30}


def test_a_further_pallet_of_capacity_is_worth_what_the_notes_say(quickstart_plan: Plan) -> None:
    prices = quickstart_plan.tables["prices"]
    shortfall = prices[prices.level == "other_shortfall"]
    lines = shortfall[(shortfall.family == "line_capacity") & (shortfall.price.abs() > 1e-6)]
    assert set(zip(lines.object, lines.period, strict=True)) == {
        (line, period) for line in ("Alpha line", "Bravo line") for period in (1, 2, 3)
    }
    assert lines.price.abs().to_numpy() == pytest.approx(12000)
    assert shortfall[shortfall.family == "route_capacity"].price.abs().sum() == pytest.approx(0, abs=1e-6)
