"""Where a delivery comes from, on a run that can be followed by hand (see small_run)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.analysis.explain.explain import DemandExplanation, Price
from planner.analysis.explain.trace import Make, Move, Trace, TracedGoods, demand_names, due_periods, trace
from planner.cli.lines.explain import demand_lines
from planner.domain.instance import Supply
from planner.run.recorded.load import SavedRun
from tests.unit.run.small_run import ROWS, saved


def lines(found: Trace, run: SavedRun) -> list[str]:
    return demand_lines(DemandExplanation(found, "", [], 0.0, []), run)


@pytest.fixture
def run(tmp_path: Path) -> SavedRun:
    return saved(tmp_path / "run")


def test_what_leaves_a_hub_is_a_mixture_of_what_came_in(run: SavedRun) -> None:
    # 30 of the 120 at Hub: a quarter of each.
    found = trace(run, "First", 1)
    assert found.made == pytest.approx({Make(1, "Alpha line", "Alpha"): 15.0, Make(1, "Bravo line", "Bravo"): 10.0})
    assert found.given == pytest.approx({TracedGoods(1, "Hub"): 5.0})
    assert found.moved == pytest.approx(
        {Move(1, 1, "Alpha", "Hub", "A road"): 15.0, Move(1, 1, "Bravo", "Hub", "B road"): 10.0}
    )
    assert not found.kept


def test_stock_is_followed_into_the_period_before(run: SavedRun) -> None:
    # Half of the 100 at Hub: 5 made by Bravo in period 2, and 45 of the stock, which is 45/120 of period 1.
    found = trace(run, "Second", 2)
    assert found.kept == pytest.approx({TracedGoods(1, "Hub"): 45.0})
    assert found.made == pytest.approx(
        {
            Make(2, "Bravo line", "Bravo"): 5.0,
            Make(1, "Alpha line", "Alpha"): 22.5,
            Make(1, "Bravo line", "Bravo"): 15.0,
        }
    )
    assert found.given == pytest.approx({TracedGoods(1, "Hub"): 7.5})
    assert sum(found.made.values()) + sum(found.given.values()) == pytest.approx(50.0)
    assert found.short == 5.0


def test_money_follows_the_cost_of_what_was_made_and_moved(run: SavedRun) -> None:
    # First: 15 x 10 of Alpha's 600, 10 x 10 of Bravo's 600; 15 x 1 of A road's 60, 10 x 2 of B road's 100.
    found = trace(run, "First", 1)
    assert found.cost == pytest.approx(
        {
            ("production", "Alpha line"): 150.0,
            ("production", "Bravo line"): 100.0,
            ("shipments", "A road"): 15.0,
            ("shipments", "B road"): 20.0,
        }
    )
    assert found.paid == pytest.approx(
        {
            ("SAFE", "PL", "Alpha line"): 150.0,
            ("SAFE", "PL", "Bravo line"): 100 / 6,
            ("Own", "CZ", "Bravo line"): 500 / 6,
            ("Own", "CZ", "A road"): 15.0,
            ("Own", "CZ", "B road"): 20.0,
        }
    )


def test_payments_in_other_years_are_spread_over_the_whole_cost(tmp_path: Path) -> None:
    rows = {**ROWS, "payments": [("SAFE", "PL", "procurement", "Alpha line", "PL", 2025, 600.0, 2025)]}
    found = trace(saved(tmp_path / "run", rows), "First", 1)
    assert found.paid == pytest.approx({("SAFE", "PL", "Alpha line"): 150.0})


def test_opening_stocks_of_the_input_are_used_where_known(tmp_path: Path) -> None:
    # Another 30 were in Hub and consumed as components there, which no table shows: 30 of 150 are delivered.
    supplies = (Supply("Hub", "shell", 50.0), Supply("Hub", "other", 1000.0))
    found = trace(saved(tmp_path / "run"), "First", 1, supplies)
    assert found.given == pytest.approx({TracedGoods(1, "Hub"): 10.0})
    assert found.made[Make(1, "Alpha line", "Alpha")] == pytest.approx(12.0)


MADE = [  # what the works make and send, once more by class: (recipient, expires)
    ("production", "Alpha line", "", "", "shell", None, 1, 60.0),
    ("production", "Bravo line", "", "", "shell", None, 1, 40.0),
    ("production", "Bravo line", "", "", "shell", None, 2, 10.0),
    ("shipment", "A road", "Alpha", "Hub", "shell", None, 1, 60.0),
    ("shipment", "B road", "Bravo", "Hub", "shell", None, 1, 40.0),
    ("shipment", "B road", "Bravo", "Hub", "shell", None, 2, 10.0),
]


def test_goods_of_another_recipient_are_no_source(tmp_path: Path) -> None:
    # The 20 at Hub are for CZ alone and stay there: First is 30 of the 100 made for UA, Second 50 of 70 + 10.
    rows = [(*row[:5], "UA", *row[5:7], None, row[7]) for row in MADE]
    for recipient, period, units in (("CZ", 1, 20.0), ("CZ", 2, 20.0), ("UA", 1, 70.0), ("UA", 2, 30.0)):
        rows.append(("stock", "Hub", "", "", "shell", recipient, None, period, None, units))
    rows.append(("entry", "Hub", "", "", "shell", "CZ", None, 1, None, 20.0))
    rows.append(("delivery", "First", "", "Hub", "shell", "UA", 1, 1, None, 30.0))
    rows.append(("delivery", "Second", "", "Hub", "shell", "UA", 2, 2, None, 50.0))
    run = saved(tmp_path / "run", {**ROWS, "recipients": rows})
    first, second = trace(run, "First", 1, (Supply("Hub", "shell", 20.0, nation="CZ"),)), trace(run, "Second", 2)
    assert not first.given
    assert not second.given
    assert first.made == pytest.approx({Make(1, "Alpha line", "Alpha"): 18.0, Make(1, "Bravo line", "Bravo"): 12.0})
    assert second.kept == pytest.approx({TracedGoods(1, "Hub"): 43.75})
    assert second.made[Make(2, "Bravo line", "Bravo")] == pytest.approx(6.25)


def test_goods_that_have_expired_are_no_source(tmp_path: Path) -> None:
    # The 20 at Hub are good through period 1 and go to First, with 10 of the 100 made; Second is made of what keeps.
    rows = [(*row[:7], 3, row[7]) for row in MADE]
    rows += [("stock", "Hub", "", "", "shell", None, 1, 3, 90.0), ("stock", "Hub", "", "", "shell", None, 2, 3, 50.0)]
    rows.append(("delivery", "First", "", "Hub", "shell", 1, 1, 1, 20.0))
    rows.append(("delivery", "First", "", "Hub", "shell", 1, 1, 3, 10.0))
    rows.append(("delivery", "Second", "", "Hub", "shell", 2, 2, 3, 50.0))
    run = saved(tmp_path / "run", {**ROWS, "expiry": rows})
    first, second = trace(run, "First", 1), trace(run, "Second", 2, (Supply("Hub", "shell", 20.0),))
    assert first.given == pytest.approx({TracedGoods(1, "Hub"): 20.0})
    assert first.made == pytest.approx({Make(1, "Alpha line", "Alpha"): 6.0, Make(1, "Bravo line", "Bravo"): 4.0})
    assert not second.given
    assert second.made == pytest.approx(
        {
            Make(2, "Bravo line", "Bravo"): 5.0,
            Make(1, "Alpha line", "Alpha"): 27.0,
            Make(1, "Bravo line", "Bravo"): 18.0,
        }
    )


def test_shipments_in_a_circle_end(tmp_path: Path) -> None:
    # Hub sends 40 to Side and gets 40 back in the same period: everything still comes from the same sources.
    circle = [
        ("out", "Hub", "Side", "road", "shell", 1, 1, 40.0, 4.0, 0.0),
        ("back", "Side", "Hub", "road", "shell", 1, 1, 40.0, 4.0, 0.0),
    ]
    found = trace(saved(tmp_path / "run", {**ROWS, "shipments": ROWS["shipments"] + circle}), "First", 1)
    assert found.made == pytest.approx({Make(1, "Alpha line", "Alpha"): 15.0, Make(1, "Bravo line", "Bravo"): 10.0})


def test_a_demand_that_got_nothing_is_told_too(tmp_path: Path) -> None:
    rows = {**ROWS, "shortfalls": [("None", "", "Hub", "shell", 2, 7.0)]}
    run = saved(tmp_path / "run", rows)
    assert demand_names(run) == ["First", "None", "Second"]
    assert due_periods(run, "None") == [2]
    found = trace(run, "None", 2)
    assert not found.made
    assert lines(found, run) == ["None: shell for Hub, due 2026-02: nothing delivered, 7 short"]


def test_the_story_names_line_route_depot_and_fund(run: SavedRun) -> None:
    text = "\n".join(lines(trace(run, "Second", 2), run))
    assert text.startswith("Second: shell for Hub, due 2026-02: 50 delivered, 5 short")
    for word in ("Alpha line", "opening stock or on order", "A road", "Alpha → Hub", "SAFE", "22.5", "By convention"):
        assert word in text


def test_of_many_contributors_the_largest_are_named(run: SavedRun) -> None:
    found = trace(run, "First", 1)
    payers = {("Fund", f"P{number}", "Alpha line"): 10.0 * number for number in range(1, 9)}
    said = lines(replace(found, paid=payers), run)
    block = said[said.index("Paid by (EUR)") + 1 :][:7]
    assert [line.split() for line in block] == [
        ["Fund", "for", "Alpha", "line", "360"],
        *([f"P{number}", str(10 * number)] for number in (8, 7, 6, 5, 4)),
        ["3", "others", "60"],
    ]


def test_quantities_and_prices_name_a_unit_that_is_no_piece(run: SavedRun) -> None:
    def said(units: dict[str, str]) -> list[str]:
        record = run.record.model_copy(update={"units": units})
        priced = [Price("cost", "Cost", "EUR", 12.0, 11.0)]
        return demand_lines(DemandExplanation(trace(run, "First", 1), "", [], 0.0, priced), replace(run, record=record))

    thousands = said({"shell": "1000 rounds"})
    assert thousands[0].endswith("30\u202f000 rounds delivered")
    assert thousands[thousands.index("Delivered") + 1].split() == ["Period", "1000", "rounds"]
    assert any(line.startswith("What one more unit (1000 rounds) costs, and what one less saves") for line in thousands)
    pieces = said({})
    assert pieces[0].endswith(": 30 delivered")
    assert pieces[pieces.index("Delivered") + 1].split() == ["Period", "Units"]
    assert any(line.startswith("What one more unit costs, and what one less saves") for line in pieces)
