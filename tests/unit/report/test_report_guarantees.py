"""What the report says of the answers to a renewed attack: sentences and tables, from responses that were worked by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import planner
from planner.report.data.guarantees import Guarantees, read_guarantees
from planner.report.words.numbers import Money

GROUPS = Path(__file__).parents[2] / "cases" / "guarantees"
EURO = Money("EUR", 1.0)


@pytest.fixture(scope="module")
def told() -> Guarantees:
    """One line makes 10 rounds a month for a surge of 40; no stock but what the plan lays up (why.md of the group)."""
    plan = planner.solve(planner.read(GROUPS / "several_strikes" / "any_fits"))
    return read_guarantees(plan, EURO)


def test_a_sentence_for_each_case_the_worst_first(told: Guarantees) -> None:
    assert [sentence.replace("\u00a0", " ") for sentence in told.sentences] == [
        "c, striking in 2026-01: 25 % of what is needed, by value, arrives in time.",
        "c, striking in 2026-02: 50 % of what is needed, by value, arrives in time. "
        "Of what comes from stocks and from goods under way, by value, 100 % is in PL.",
        "c, striking in 2026-03: 75 % of what is needed, by value, arrives in time. "
        "Of what comes from stocks and from goods under way, by value, 100 % is in PL.",
    ]


def test_tables_of_cases_items_and_stocks(told: Guarantees) -> None:
    cases, items, stocks = told.views
    assert [row[:6] for row in cases.rows] == [
        ("c", "2026-01", "2026-01 to 2026-02", pytest.approx(0.2), pytest.approx(0.25), 0.0),
        ("c", "2026-02", "2026-02 to 2026-03", pytest.approx(0.2), pytest.approx(0.50), 0.0),
        ("c", "2026-03", "2026-03 to 2026-04", pytest.approx(0.2), pytest.approx(0.75), 0.0),
    ]
    assert [row[4:] for row in items.rows] == [
        (40.0, pytest.approx(covered), "unit", pytest.approx(covered / 40)) for covered in (10.0, 20.0, 30.0)
    ]
    assert [row[1:] for row in stocks.rows] == [
        ("2026-02", "D", "PL", "round", pytest.approx(10.0), 0.0, 0.0, pytest.approx(10.0), 0.0),
        ("2026-03", "D", "PL", "round", pytest.approx(20.0), 0.0, 0.0, pytest.approx(20.0), 0.0),
    ]


def test_without_a_case_nothing_is_said() -> None:
    instance = replace(planner.read(GROUPS / "several_strikes" / "any_fits"), contingencies={})
    assert read_guarantees(planner.solve(instance), EURO) == Guarantees()
