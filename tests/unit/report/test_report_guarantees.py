"""What the report says of the answers to a renewed attack:
sentences and tables, from responses that were worked by hand.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import planner
from planner.plan.plan import Plan
from planner.report.guarantees.section import Guarantees, read_guarantees
from planner.report.pages.views import View
from planner.report.words.numbers import Money
from tests.places import CASES

GROUPS = CASES / "guarantees"
EURO = Money("EUR", 1.0)


def solved(world: str) -> Plan:
    return planner.solve(planner.read(GROUPS / world))


def guarantees_of(world: str) -> Guarantees:
    return read_guarantees(solved(world), EURO)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def view(guarantees: Guarantees, name: str) -> View:
    return next(one for one in guarantees.views if one.name == name)


@pytest.fixture(scope="module")
def guarantees() -> Guarantees:
    """One line makes 10 rounds a month for a surge of 40; no stock but what the plan lays up (why.md of the group)."""
    return guarantees_of("several_strikes/any_fits")


# ── Sentences ────────────────────────────────────────────────────────────────────────────────────────


def test_the_headline_names_the_worst_case_the_mean_and_the_depots(guarantees: Guarantees) -> None:
    assert plain(guarantees.headline) == (
        "If “c” strikes in 2026-01, 25 % of what is needed, by value, arrives in time: the lowest share of the 3 cases. "
        "On average, cases weighted by probability, it is 50 %. By value, cases weighted by probability, 100 % of what "
        "responses draw from stocks and goods under way comes from depots in PL."
    )
    assert guarantees.figure is not None
    assert [plain(one) for one in guarantees.figure] == ["50 %", "on average; least in 2026-01: 25 %"]


def test_cases_covered_alike_have_no_least_and_no_mean() -> None:
    guarantees = guarantees_of("measures/risk_zero")
    assert guarantees.figure is not None
    assert [plain(one) for one in guarantees.figure] == ["50 %", "in each of 2 cases"]


def test_a_sentence_for_each_case_the_worst_first(guarantees: Guarantees) -> None:
    assert [plain(sentence) for sentence in guarantees.sentences] == [
        "c, striking in 2026-01: 25 % of what is needed, by value, arrives in time.",
        "c, striking in 2026-02: 50 % of what is needed, by value, arrives in time. "
        "By value, 100 % of what it draws from stocks and goods under way is in PL.",
        "c, striking in 2026-03: 75 % of what is needed, by value, arrives in time. "
        "By value, 100 % of what it draws from stocks and goods under way is in PL.",
    ]


@pytest.mark.parametrize(
    ("world", "begins"),
    [
        # All that is needed, and what comes late within the delay that is allowed.
        ("newsvendor/must", "Whatever strikes, all that is needed arrives in time, in each of 3 cases."),
        (
            "measures/w_disc_delay",
            "If “c” strikes in 2026-03, all that is needed arrives in time or within the delay that is allowed.",
        ),
        # The goods come after the window has closed.
        ("warning_and_waste/none", "If “c” strikes in 2026-02, nothing of what is needed, by value, arrives in time."),
        # No case is the least covered: all are covered alike.
        (
            "measures/risk_zero",
            "Whatever strikes, 50 % of what is needed, by value, arrives in time, in each of 2 cases.",
        ),
        # Must hold and probability side by side.
        (
            "coverage/must",
            "If “a” strikes in 2026-02, nothing of what is needed, by value, arrives in time: the lowest share of the 2 cases. "
            "On average, cases weighted as the plan weights them, it is 53 %.",
        ),
    ],
)
def test_the_headline_is_true_in_every_world(world: str, begins: str) -> None:
    headline = plain(guarantees_of(world).headline)
    assert headline.startswith(begins)


def test_cases_of_no_weight_count_alike_and_have_no_mean() -> None:
    instance = planner.read(GROUPS / "several_strikes" / "any_fits")
    never = {name: replace(one, probability=0.0) for name, one in instance.contingencies.items()}
    guarantees = read_guarantees(planner.solve(replace(instance, contingencies=never)), EURO)
    assert "On average" not in guarantees.headline
    assert guarantees.weighting == "all cases counting alike"


def test_a_case_that_needs_nothing_is_told_and_counts_in_no_share() -> None:
    instance = planner.read(GROUPS / "several_strikes" / "any_fits")
    idle = {name: replace(one, surges=()) for name, one in instance.contingencies.items()}
    guarantees = read_guarantees(planner.solve(replace(instance, contingencies=idle)), EURO)
    assert guarantees.headline == ""
    assert guarantees.figure is None
    assert guarantees.sentences[0] == "c, striking in 2026-01: nothing that has a value is needed."


def test_without_a_case_nothing_is_said() -> None:
    assert guarantees_of("several_strikes/never") == Guarantees()
    instance = replace(planner.read(GROUPS / "several_strikes" / "any_fits"), contingencies={})
    assert read_guarantees(planner.solve(instance), EURO) == Guarantees()


def test_what_opening_depots_adds_is_told_where_it_was_worked_out() -> None:
    """40 rounds worth 10 each, priority 2, are needed in each of three cases of 0.2:
    Σ weight × priority × value × need is 480.
    """
    plan = solved("several_strikes/any_fits")
    values = pd.DataFrame(
        [
            ("PL", "contingency", 150.0, 120.0, 108.0),
            ("DE", "contingency", 120.0, 120.0, 120.0),
            ("PL", "coverage", 0.0, 0.0, 0.0),
        ],
        columns=["nation", "level", "closed", "now", "open"],
    )
    guarantees = read_guarantees(replace(plan, tables={**plan.tables, "access_value": values}), EURO)
    assert guarantees.headline.endswith(
        "Opening all places in PL to everybody would raise the expected coverage, by value and priority, by 2.5 points if the plan "
        "is solved again."
    )
    nothing = values.assign(open=values["now"])
    assert (
        "Opening" not in read_guarantees(replace(plan, tables={**plan.tables, "access_value": nothing}), EURO).headline
    )


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_table_of_cases(guarantees: Guarantees) -> None:
    assert [row[:7] for row in view(guarantees, "cases").rows] == [
        ("c", "2026-01", "2026-01 to 2026-02", pytest.approx(0.2), pytest.approx(400), pytest.approx(0.25), 0.0),
        ("c", "2026-02", "2026-02 to 2026-03", pytest.approx(0.2), pytest.approx(400), pytest.approx(0.50), 0.0),
        ("c", "2026-03", "2026-03 to 2026-04", pytest.approx(0.2), pytest.approx(400), pytest.approx(0.75), 0.0),
    ]


def test_money_that_counts_goods_says_so(guarantees: Guarantees) -> None:
    units = {column.heading: column.unit_in(EURO) for column in view(guarantees, "cases").columns if column.is_money}
    of_goods = "EUR of goods"
    assert units == {
        "Needed": of_goods, "Promise missed": of_goods, "Cost of the response": "EUR", "Other goods wait": of_goods,
    }  # fmt: skip
    places = view(guarantees, "depots that answer").columns
    assert {column.unit_in(EURO) for column in places if column.is_money} == {of_goods}


def test_the_table_of_items_has_the_mean_and_the_least_of_the_strikes(guarantees: Guarantees) -> None:
    (row,) = view(guarantees, "coverage by item").rows
    assert row == (
        "c",
        "",
        "round",
        3,
        pytest.approx(40),
        pytest.approx(20),
        "unit",
        pytest.approx(0.5),
        0.25,
        "2026-01",
    )


def test_the_curve_is_the_mean_over_the_strikes(guarantees: Guarantees) -> None:
    """10, 20 and 30 are delivered by the end of the second month; all is due in it, or in the first."""
    rows = view(guarantees, "coverage over time").rows
    assert [row[4] for row in rows] == list(range(len(rows)))
    assert rows[-1][5:] == (pytest.approx(40), pytest.approx(20))


def test_the_table_of_places(guarantees: Guarantees) -> None:
    """D has 0, 10 and 20 rounds when the responses begin, all of which are used: in the mean 10, worth 100."""
    (row,) = view(guarantees, "depots that answer").rows
    assert row[:4] == ("D", "depot", "PL", "")
    assert row[4:] == tuple(pytest.approx(one) for one in (100, 0, 0, 100, 1, 0, 0))


def test_who_may_draw_on_a_place_is_told_by_name() -> None:
    instance = planner.read(GROUPS / "access" / "own")
    nations = {name: replace(nation, title=f"Nation {name}") for name, nation in instance.nations.items()}
    rows = view(read_guarantees(planner.solve(replace(instance, nations=nations)), EURO), "depots that answer").rows
    assert {row[3] for row in rows} == {"Nation DE", ""}


def test_what_lies_unused_says_whether_it_may_be_drawn() -> None:
    """D (PL) gives to DE alone, and UA lacks (why.md of the group access: own)."""
    guarantees = guarantees_of("access/own")
    rows = view(guarantees, "left while lacking").rows
    assert rows
    assert {row[-1] for row in rows} == {"closed"}
    open_to_all = guarantees_of("hits/route")  # what is left there is held back by the way
    assert {row[-1] for row in view(open_to_all, "left while lacking").rows} == {""}


def test_what_is_given_up_is_what_the_plan_would_deliver_then() -> None:
    """The plan serves its own demand of 30 in peace; in the case 20 of it stay open, worth 10 each (standing: all)."""
    (row,) = view(guarantees_of("standing/all"), "given up").rows
    planned, kept, given_up, value = row[4:]
    assert (planned, kept, given_up, value) == tuple(pytest.approx(one) for one in (30, 10, 20, 200))


def test_days_are_those_of_the_fastest_way_from_where_goods_lie() -> None:
    """Goods lie at D alone; from D to Z it takes two and a half days."""
    instance = planner.read(GROUPS / "several_strikes" / "any_fits")
    slow = {name: replace(leg, days=2.5 if leg.origin == "D" else 4.0) for name, leg in instance.legs.items()}
    guarantees = read_guarantees(planner.solve(replace(instance, legs=slow)), EURO)
    assert view(guarantees, "days to reach").rows == [("c", "Z", 2.5, "D", pytest.approx(2.5), 2.5, "D")]
