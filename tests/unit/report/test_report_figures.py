"""The figures of the report against sums made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.domain.horizon import Horizon
from planner.domain.instance import (
    Budget,
    Commitment,
    Demand,
    Fund,
    Item,
    Leg,
    Line,
    Node,
    PlanningInstance,
    Settings,
    Target,
)
from planner.plan import SolveOptions, solve
from planner.plan.plan import LevelResult, Plan
from planner.records.run import RunRecord
from planner.report.data.money import fund_limit
from planner.report.data.report_data import ReportData, read_report_data
from planner.report.words import wording
from planner.report.words.notes import Note, gather_notes
from planner.workbook import read_instance
from tests.unit.report.report_worlds import all_tables, run_of
from tests.worlds.worlds import World, write_world

EVERY = range(4)


def hand_plan(**changes: Any) -> tuple[Plan, RunRecord]:
    """One factory, one destination, two items (values 10 and 100 thousand), four months from 2026-01.

    Wanted: 10 shells in 2026-01, 20 in 2026-03, both under P; 1 gun in 2026-02 without commitment.
    Delivered: 10 shells in time, 5 in time and 10 late, no gun. So of 300 + 100 (thousand) of value 250 are
    delivered, 150 in time, and 150 are missing.
    """
    tables = {
        "deliveries": [("D", "P", "B", "shell", 1, 1, 10.0), ("D", "P", "B", "shell", 3, 3, 5.0), ("D", "P", "B", "shell", 3, 4, 10.0)],
        "shortfalls": [("D", "P", "B", "shell", 3, 5.0), ("G", None, "B", "gun", 2, 1.0)],
        "shipments": [("A>B", "A", "B", "road", "shell", 1, 1, 10.0, 10.0, 1.0), ("A>B", "A", "B", "road", "shell", 3, 3, 15.0, 15.0, 1.5)],
        "prices": [
            ("line_capacity", "L", "shell", 3, "other_shortfall", 9000.0, "u"),
            ("fund_limit", "F", None, 4, "other_shortfall", 0.001, "u"),
            ("throughput", "B", None, 3, "cost", 5.0, "u"),
            ("demand_balance", "D", "shell", 1, "cost", 4000.0, "u"),
            ("material_balance", "A", "shell", 1, "cost", 7.0, "u"),
        ],
    } | changes  # fmt: skip
    instance = PlanningInstance(
        settings=Settings("Hand"),
        horizon=Horizon(date(2026, 1, 1), 4),
        items={"shell": Item("shell", value=1e4), "gun": Item("gun", value=1e5)},
        nodes={"A": Node("A", "factory", EVERY, "X"), "B": Node("B", "destination", EVERY, throughput_t=100.0)},
        legs={"A>B": Leg("A>B", "A>B", "A", "B", EVERY, "road", 0, 0.0, (15.0,) * 4)},
        lines={"L": Line("L", "A", "shell", EVERY, 4000.0, (15.0,) * 4)},
        commitments={"P": Commitment("P", "Package")},
        demands=(
            Demand("D", "B", "shell", 0, 10.0, range(1), "P"),
            Demand("D", "B", "shell", 2, 20.0, range(2, 4), "P"),
            Demand("G", "B", "gun", 1, 1.0, range(1, 2)),
        ),
        funds={"F": Fund("F", EVERY, budgets=(Budget("X", 2026, 1e6),))},
        unit_values={"shell": 1e4, "gun": 1e5},
    )
    levels = (
        LevelResult(1, "other_shortfall", "Shortfall of other demand", "EUR", 1.5e5, 1.5e5, 0.0, "optimal"),
        LevelResult(2, "cost", "Discounted cost", "EUR", 2e5, 2e5, 0.0, "optimal"),
    )
    return Plan(instance, all_tables(**tables), levels, "optimal"), run_of(instance, list(levels))


@pytest.fixture
def data() -> ReportData:
    return read_report_data(*hand_plan())


def test_fill_is_weighed_by_value(data: ReportData) -> None:
    total = data.service.total
    assert data.service.by_value
    assert (total.wanted, total.on_time, total.late, total.short) == (4e5, 1.5e5, 1e5, 1.5e5)
    assert total.delivered_share == pytest.approx(0.625)
    assert total.on_time_share == pytest.approx(0.375)


def test_fill_by_commitment_and_period(data: ReportData) -> None:
    package, rest = data.service.by_commitment(data.instance)
    assert (package.title, package.wanted, package.short) == ("Package", 3e5, 5e4)
    assert (rest.title, rest.wanted, rest.short) == ("Demand without a commitment", 1e5, 1e5)
    headed = data.service.by_period(["a", "b", "c", "d"])
    assert [(label, fill.wanted) for label, fill in headed] == [("a", 1e5), ("b", 1e5), ("c", 2e5), ("d", 0.0)]
    assert [fill.late for _, fill in headed] == [0.0, 0.0, 1e5, 0.0]


def test_what_was_due_before_the_horizon_has_a_column_of_its_own(data: ReportData) -> None:
    demands = data.service.demands
    overdue = data.service.of(demands.assign(due=demands["due"] - 2))  # due −1, 0 and 1
    assert [(label, fill.wanted) for label, fill in overdue.by_period(["a", "b"])] == [
        ("overdue", 2e5),
        ("a", 2e5),
        ("b", 0.0),
    ]


def test_items_without_a_value_are_counted_in_units() -> None:
    plan, run = hand_plan()
    bare = replace(plan.instance, unit_values={}, items={"shell": Item("shell"), "gun": Item("gun")})
    data = read_report_data(replace(plan, instance=bare), run)
    assert not data.service.by_value
    assert data.service.total.wanted == 31.0
    assert data.service.scale.text(31.0) == "31\u00a0units"


FUND_COLUMN = 18  # of the attribution
LINE, FUND = ("line_capacity", "L", "shell", "Lines!E2"), ("fund_limit", "F", None, "Budgets!D2")


def shells(family: str, name: str, item: str | None, cells: str, *share: float, tried: str = "yes") -> tuple[Any, ...]:
    """The row of the attribution of the 5 shells of 10 000 that D lacks, for one limit: share, least, most."""
    lead = ("other_shortfall", "demand", "D", "P", None, "B", "shell", 3, 5.0, 10_000.0, None)
    group = "cost" if family == "cost" else "any"
    return (*lead, group, family, name, item, 3, 3, None, None, None, *share, tried, 50_000.0 * share[0], cells)


def held_by(*rows: tuple[Any, ...]) -> tuple[Plan, RunRecord]:
    return hand_plan(attribution=list(rows))


def test_headline_names_a_limit_only_where_it_holds_back_something_for_certain() -> None:
    delivered = "62\u00a0% of what is wanted is delivered (38\u00a0% in time)."
    assert wording.headline(read_report_data(*hand_plan())) == delivered, "a rent of 135 000 proves nothing"
    sure = held_by(shells(*LINE, 0.7, 0.6, 0.8), shells(*FUND, 0.3, 0.0, 0.4))
    assert wording.headline(read_report_data(*sure)) == (
        f"{delivered} Of what is missing, 20\u00a0% to 27\u00a0% of its value is held back by the capacity of L (Lines!E2)."
    ), "shells worth 50 000 of 150 000; of the gun no cause is known, so this may not be the largest part"
    unsure = held_by(shells(*LINE, 0.5, 0.0, 1.0), shells(*FUND, 0.5, 0.0, 1.0))
    assert wording.headline(read_report_data(*unsure)) == (
        f"{delivered} Several limits together hold deliveries back, such as the capacity of L and the money of F."
    )


def test_headline_of_a_plan_that_delivers_everything() -> None:
    full = [
        ("D", "P", "B", "shell", 1, 1, 10.0),
        ("D", "P", "B", "shell", 3, 3, 20.0),
        ("G", None, "B", "gun", 2, 2, 1.0),
    ]
    data = read_report_data(*hand_plan(deliveries=full, shortfalls=[]))
    assert wording.headline(data) == "Everything that is wanted is delivered, and in time."


def test_prices_become_sentences(data: ReportData) -> None:
    said = {limit.family: limit for limit in data.limits}
    assert set(said) == {"line_capacity", "fund_limit", "throughput"}, "prices of goods are no limits"
    assert said["line_capacity"].sentence == (
        "One more unit of capacity on line L for shell in 2026-03 would deliver EUR\u00a09\u202f000 more of the other demand."
    )
    assert said["fund_limit"].sentence.startswith("One more EUR in F in 2026 would deliver EUR\u00a00.001 more")
    assert said["throughput"].sentence == "One more tonne handled at B in 2026-03 would save EUR\u00a05."
    assert said["line_capacity"].rent == 135_000.0


def test_contributors_that_are_distinguished_are_one_limit_of_their_fund(tmp_path: Path) -> None:
    """A key tells PL and CZ apart; each has 30 a year for crates of 1, and 100 are wanted in each of two years."""
    world: World = {
        "Settings": [
            {"key": "start", "value": "2026-01"},
            {"key": "periods", "value": 2},
            {"key": "period_length", "value": "year"},
            {"key": "key_tolerance", "value": 0.5},
        ],
        "Nations": [{"nation": "PL", "name": "Poland", "key": 1}, {"nation": "CZ", "key": 1}],
        "Items": [{"item": "crate", "value": 10}],
        "Nodes": [{"node": "Works", "kind": "factory"}],
        "Lines": [{"line": "Press", "factory": "Works", "item": "crate", "unit_cost": 1}],
        "Demand": [{"destination": "Works", "item": "crate", "period": t, "quantity": 100} for t in (1, 2)],
        "Funds": [{"fund": "Joint"}],
        "Budgets": [
            {"fund": "Joint", "contributor": name, "year": year, "amount": 30}
            for name in ("PL", "CZ")
            for year in (2026, 2027)
        ],
    }
    plan = solve(read_instance(write_world(world, tmp_path / "in")), SolveOptions())
    assert (plan.tables["prices"]["family"] == "contribution_limit").sum() >= 4, "by contributor and year"
    limits = [
        limit
        for limit in read_report_data(plan, run_of(plan.instance, list(plan.levels))).limits
        if limit.level == "other_shortfall"
    ]
    (limit,) = [limit for limit in limits if limit.family == "contribution_limit"]
    assert (limit.object, limit.group, limit.span) == ("Joint", "money", "2026 to 2027")
    assert limit.rent == pytest.approx(10 * 4 * 30)
    sentence = limit.sentence.replace("\u00a0", " ")
    assert (
        " in Joint in 2026 would deliver EUR 10 more of the other demand (confirmed by a re-solve). Used up: "
        in sentence
    )
    assert "Poland (PL) EUR 60" in sentence
    assert sentence.endswith(", together EUR 120.")


def test_demand_prices_are_marginal_costs(data: ReportData) -> None:
    assert data.marginal_costs.to_dict("records") == [
        {"item": "shell", "low": 4000.0, "high": 4000.0, "demands": 1, "displacing": 0}
    ]


def test_a_reason_has_its_share_and_its_cells() -> None:
    (plan, run) = held_by(shells(*LINE, 0.75, 0.75, 0.75), shells(*FUND, 0.25, 0.25, 0.25))
    assert {gap.item: gap.reason for gap in read_report_data(plan, run).gaps} == {
        "gun": "nothing makes or holds this item",
        "shell": "the capacity of L holds back 75\u00a0% (Lines!E2) and the money of F holds back 25\u00a0% (Budgets!D2)",
    }
    assert (
        _reason_of_shells(*held_by(shells(*LINE, 1.0, 1.0, 1.0))) == "the capacity of L holds back all of it (Lines!E2)"
    )


def test_what_may_hold_back_nothing_is_called_no_reason() -> None:
    series = held_by(shells(*LINE, 0.5, 0.0, 1.0), shells(*FUND, 0.5, 0.0, 1.0))
    assert _reason_of_shells(*series) == (
        "at their limits, though perhaps none is a cause by itself: the capacity of L (Lines!E2) and the money of F (Budgets!D2)"
    )
    untried = held_by(shells(*LINE, 0.6, 0.6, 0.6), shells(*FUND, 0.4, 0.4, 0.4, tried="no"))
    assert _reason_of_shells(*untried) == (
        "the capacity of L holds back 60\u00a0% (Lines!E2); also at its limit, though perhaps not a cause by itself: the money of F (Budgets!D2)"
    )
    little = held_by(shells(*LINE, 0.98, 0.97, 0.99), shells(*FUND, 0.02, 0.01, 0.03))
    assert _reason_of_shells(*little) == "the capacity of L holds back 97\u00a0% to 99\u00a0% (Lines!E2)"
    assert _reason_of_shells(*hand_plan()) == "not found"


def test_many_small_parts_are_said_to_be_that_and_contributors_to_a_fund_are_taken_together() -> None:
    apart = [shells(LINE[0], f"L{number}", *LINE[2:], 0.04, 0.04, 0.04) for number in range(25)]
    assert _reason_of_shells(*held_by(*apart)) == (
        "many limits, each with a small share; the largest: the capacity of L0 holds back 4\u00a0% (Lines!E2)"
    )
    some = held_by(shells(*LINE, 0.8, 0.8, 0.8), *apart[:5])
    assert _reason_of_shells(*some) == (
        "the capacity of L holds back 80\u00a0% (Lines!E2); 20\u00a0% from limits with under 5\u00a0% each"
    )
    paid = [shells("contribution_limit", f"F: N{number}", *FUND[2:], 0.04, 0.04, 0.04) for number in range(25)]
    funded = [(*row[:FUND_COLUMN], "F", *row[FUND_COLUMN + 1 :]) for row in paid]
    assert _reason_of_shells(*held_by(*funded)) == "the money of F holds back all of it (Budgets!D2)"


def _reason_of_shells(plan: Plan, run: RunRecord) -> str:
    return {gap.item: gap.reason for gap in read_report_data(plan, run).gaps}["shell"]


def test_what_cannot_arrive_in_time_is_said_so() -> None:
    plan, run = hand_plan()
    slow = replace(plan.instance.legs["A>B"], lead_time=5)
    data = read_report_data(replace(plan, instance=replace(plan.instance, legs={"A>B": slow})), run)
    assert {gap.reason for gap in data.gaps if gap.item == "shell"} == {"cannot arrive before 2026-06"}


def test_under_the_weighted_objective_a_shortage_may_be_the_cheaper_choice() -> None:
    cost = shells("cost", "", None, "", 1.0, 1.0, 1.0)
    assert _reason_of_shells(*held_by(cost)) == "delivering more would cost at least as much as the shortage"


def test_the_rent_of_money_counts_all_contributors() -> None:
    plan, run = hand_plan(prices=[("fund_limit", "F", None, 4, "other_shortfall", 0.5, "u")])
    budgets = (Budget("X", 2026, 1e6), Budget("Y", 2026, 3e6))
    funds = {"F": replace(plan.instance.funds["F"], budgets=budgets)}
    data = read_report_data(replace(plan, instance=replace(plan.instance, funds=funds)), run)
    assert [limit.rent for limit in data.limits] == [2e6]


def test_a_target_counts_only_in_its_periods() -> None:
    plan, run = hand_plan(targets=[("T", 3, 10.0, 5.0, 5.0, None), ("T", 4, 10.0, 20.0, 0.0, None)])
    targets = {"T": Target("T", ("B",), ("shell",), range(2, 4), 10.0)}
    data = read_report_data(replace(plan, instance=replace(plan.instance, targets=targets)), run)
    (line,) = data.targets
    assert line.reached == pytest.approx(0.75)
    assert [figure.note for figure in wording.figures(data) if figure.name == "Stock targets held"] == [
        "on average 75\u00a0%"
    ]


def test_the_same_note_on_many_rows_is_shown_once() -> None:
    notes = ["notes: what this is", "Budgets.csv:G2: illustrative", "Budgets!G3: illustrative", "Lines!A2: sourced S01"]
    assert gather_notes(notes) == [
        Note("notes: what this is"),
        Note("illustrative", "Budgets", "G2", 2),
        Note("sourced S01", "Lines", "A2"),
    ]


def test_full_legs(data: ReportData) -> None:
    (flow,) = data.traffic.legs
    assert (flow.tonnes, flow.capacity, flow.full_periods) == (25.0, 60.0, (2,))
    assert data.traffic.through == {"A": 25.0, "B": 25.0}


def test_fund_limit_counts_carry_over_and_ceiling() -> None:
    plan, _ = hand_plan()
    budgets = (Budget("X", 2025, 5.0), Budget("X", 2026, 7.0), Budget("Y", 2027, 100.0))
    fund = Fund("F", EVERY, budgets=budgets)
    assert fund_limit(fund, plan.instance) == 7.0
    assert fund_limit(replace(fund, carry_over=True), plan.instance) == 12.0
    assert fund_limit(replace(fund, carry_over=True, ceiling=9.0), plan.instance) == 9.0
    assert fund_limit(fund, plan.instance, 2) == 7.0
    late = Fund("F", EVERY, budgets=(Budget("X", 2026, 7.0), Budget("X", 2026, 5.0, available=2)))
    assert [fund_limit(late, plan.instance, period) for period in EVERY] == [7.0, 7.0, 12.0, 12.0]
