"""What the rules of funds and partners came to, against tables made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planner.domain.horizon import Horizon
from planner.domain.instance import (
    Budget,
    EligibilityRule,
    Fund,
    Item,
    Leg,
    Line,
    Nation,
    Node,
    PlanningInstance,
    Settings,
)
from planner.domain.rules import Consent, Lock, Policy
from planner.formulation.families import FAMILIES
from planner.plan.plan import LevelResult, Plan
from planner.report.data.report_data import ReportData, read_report_data
from planner.report.pages.report import render
from planner.report.pages.views import View
from planner.report.words.limit_words import GROUP_OF, GROUP_TITLES
from tests.unit.report.report_worlds import all_tables, run_of

EVERY = range(24)
LEVELS = [
    LevelResult(1, "other_shortfall", "Shortfall of other demand", "EUR of value x priority", 0.0, 0.0, 0.0, "optimal"),
    LevelResult(2, "cost", "Discounted cost", "EUR", 1.0, 1.0, 0.0, "optimal"),
]


def world() -> PlanningInstance:
    nodes = {
        "Mill": Node("Mill", "factory", EVERY, "PL"),
        "Usine": Node("Usine", "factory", EVERY, "FR"),
        "Town": Node("Town", "destination", EVERY, "UA"),
    }
    return PlanningInstance(
        settings=Settings(),
        horizon=Horizon(date(2026, 1, 1), 24),
        items={"shell": Item("shell", "Shell", "Ammunition"), "round": Item("round", "Round", "Ammunition"), "tent": Item("tent", "Tent")},
        nodes=nodes,
        nations={"PL": Nation("PL", "Poland"), "FR": Nation("FR", "France"), "UA": Nation("UA", "Ukraine")},
        legs={"North": Leg("North", "North", "Mill", "Town", EVERY), "South": Leg("South", "South", "Usine", "Town", EVERY)},
        lines={"A": Line("A", "Mill", "shell", EVERY, 10.0), "B": Line("B", "Usine", "shell", EVERY, 10.0)},
        policies=(
            Policy("Spread", "largest_share", frozenset({"shell"}), EVERY, {"PL": frozenset({"Mill"}), "FR": frozenset({"Usine"})}, share=0.6),
            Policy("Ways", "largest_share", frozenset({"shell"}), range(12, 24), routes=("North", "South"), share=0.9),
            Policy("Nothing there", "forbid", frozenset({"tent"}), EVERY, {"PL": frozenset({"Mill"})}),
        ),
        consents=(
            Consent("Export", "PL", "export", "pending", frozenset({"shell", "round"}), ("North",), EVERY),
            Consent("Transit", "FR", "transit", "given", frozenset({"shell"}), ("North", "South"), range(3)),
            Consent("Free", "FR", "export", "given", frozenset({"shell", "round", "tent"}), ("South",), range(0)),
        ),
        locks=(
            Lock("Pace", "make", range(12), minimum=5.0, maximum=5.0, line="A"),
            Lock("Cap", "pay", EVERY, total=True, maximum=2e6, fund="Joint", contributor="PL"),
        ),
        funds={
            "Joint": Fund("Joint", EVERY, min_nations=2, min_nations_enforced=True, part_min=0.1, basis="commitment",
                          budgets=(Budget("PL", 2026, 900.0), Budget("FR", 2026, 900.0), Budget("EU", 2026, 900.0))),
            "Idle": Fund("Idle", EVERY, min_nations=3, budgets=(Budget("PL", 2026, 1.0),)),
        },
    )  # fmt: skip


def tables(**changed: list[tuple[Any, ...]]) -> dict[str, Any]:
    filled: dict[str, list[tuple[Any, ...]]] = {
        "production": [("A", "Mill", "PL", "shell", 1, 60.0, 600.0), ("B", "Usine", "FR", "shell", 13, 40.0, 400.0)],
        "shipments": [
            ("North", "Mill", "Town", "", "shell", 1, 1, 50.0, 50.0, 0.0),
            ("North", "Mill", "Town", "", "shell", 13, 13, 10.0, 10.0, 0.0),
            ("South", "Usine", "Town", "", "shell", 13, 13, 30.0, 30.0, 0.0),
        ],
        "deliveries": [("d", None, "Town", "shell", 1, 1, 70.0)],
        "stocks": [("Town", "shell", 23, 8.0), ("Town", "shell", 24, 10.0)],
        "payments": [
            ("Joint", "PL", "procurement", "A", "PL", 2026, 600.0, 2026),
            ("Joint", "PL", "procurement", "A", "PL", 2026, 330.0, 2027),
            ("Joint", "FR", "procurement", "B", "FR", 2027, 50.0, 2027),
            ("Joint", "EU", "procurement", "B", "FR", 2027, 20.0, 2027),
        ],
        "allocations": [("Joint", "A", "shell", "UA", 60.0), ("Other", "B", "shell", "UA", 20.0)],
        "prices": [
            ("largest_share", "Spread: PL", "shell", None, "cost", 2.5, "EUR per unit"),
            ("consent", "Export", None, 3, "other_shortfall", 120.0, ""),
            ("consent", "Export", None, 5, "other_shortfall", 150.0, ""),
            ("consent", "Export", None, 5, "cost", -4.0, ""),
            ("lock", "Pace", "shell", 2, "cost", 7.0, ""),
        ],
    }
    return all_tables(**(filled | changed))


def data_of(instance: PlanningInstance, kind: str = "LP", **changed: list[tuple[Any, ...]]) -> ReportData:
    run = run_of(instance, LEVELS)
    run = run.but(model=run.model.but(kind=kind))
    return read_report_data(Plan(instance, tables(**changed), tuple(LEVELS), "optimal", kind), run)


@pytest.fixture(scope="module")
def data() -> ReportData:
    return data_of(world())


def view(data: ReportData, name: str) -> View:
    return next(view for view in data.views if view.name == name)


def test_shares_of_supply(data: ReportData) -> None:
    """Made: 60 of 100 at the Mill. From 2027 on 40 are dispatched, 30 of them (0.75) on the southern route."""
    rows = [row[:8] for row in view(data, "shares of supply").rows]
    assert rows == [
        ("Spread", "Shell", "Poland", 60.0, 0.6, "at most", 0.6, "at its limit"),
        ("Spread", "Shell", "France", 40.0, 0.4, "at most", 0.6, ""),
        ("Ways", "Shell", "North", 10.0, 0.25, "at most", 0.9, ""),
        ("Ways", "Shell", "South", 30.0, 0.75, "at most", 0.9, ""),
    ]
    assert [row[-1] for row in view(data, "shares of supply").rows] == [
        "Discounted cost: EUR\u00a02.5",
        *["none"] * 3,
    ]


def test_quantities_that_are_no_whole_lots_are_listed_not_forced() -> None:
    """Lots of 20 shells: 60 and 40 made are 3 and 2 lots; what is shipped and delivered is not whole."""
    shell = replace(world().items["shell"], lot=20.0)
    found = data_of(replace(world(), items={**world().items, "shell": shell}))
    assert [(*row[:2], *row[3:]) for row in view(found, "fractions of lots").rows] == [
        ("shipped", "North", "2026-01", 50.0, 2.5, "unit"),
        ("shipped", "North", "2027-01", 10.0, 0.5, "unit"),
        ("shipped", "South", "2027-01", 30.0, 1.5, "unit"),
        ("delivered", "d", "2026-01", 70.0, 3.5, "unit"),
    ]


@pytest.mark.parametrize("lot", [None, 10.0])
def test_whole_lots_and_items_without_lots_are_not_listed(lot: float | None) -> None:
    shell = replace(world().items["shell"], lot=lot)
    found = data_of(replace(world(), items={**world().items, "shell": shell}))
    assert not [view for view in found.views if view.name == "fractions of lots"]


def test_consents_say_what_is_withheld_until_when_and_at_what_price(data: ReportData) -> None:
    export, transit, free = view(data, "consents").rows
    assert export[:7] == ("Export", "Poland", "export", "Ammunition", "North", "pending", "the whole horizon")
    assert export[7] == "Shortfall of other demand: EUR\u00a0150 in 2026-05; Discounted cost: EUR\u00a0−4 in 2026-05"
    assert transit[4:] == ("North and South", "given from 2026-04", "2026-01 to 2026-03", "none")
    assert free[3:] == ("all", "South", "given", "nothing", "none")


def test_locks_with_their_bounds_and_prices(data: ReportData) -> None:
    pace, cap = view(data, "locks").rows
    assert pace == (
        "Pace",
        "make",
        "line A",
        "fixed to 5 a period",
        "2026-01 to 2026-12",
        "Discounted cost: EUR\u00a07 in 2026-02",
    )
    assert cap == (
        "Cap",
        "pay",
        "fund Joint, of Poland",
        "at most EUR\u00a02\u202f000\u202f000 in all",
        "whole horizon",
        "none",
    )


def test_beneficiaries_get_at_least_what_is_paid_for_them(data: ReportData) -> None:
    assert view(data, "beneficiaries").rows == [
        ("Shell", "Ukraine", "units", 80.0, 80.0, "Joint 75\u00a0% and Other 25\u00a0%", "all that reaches it")
    ], "70 delivered and 10 in closing stock"


def test_tiers_are_told_where_only_one_can_have_been_used() -> None:
    """The Polish line is admitted under tier 1 for Ukraine alone and under tier 2 for all, the French under tier 2."""
    rules = (
        EligibilityRule(producers=frozenset({"PL"}), beneficiaries=frozenset({"UA"})),
        EligibilityRule(producers=frozenset({"PL", "FR"}), tier=2),
    )
    tiered = replace(world(), funds={**world().funds, "Joint": replace(world().funds["Joint"], eligibility=rules)})
    assert view(data_of(tiered), "tiers").rows == [
        ("Joint", "1 or 2", 930.0, 0.93, "Poland 100\u00a0%"),
        ("Joint", "2", 70.0, 0.07, "France 100\u00a0%"),
    ]


def test_commitments_are_counted_in_one_year_and_paid_in_another(data: ReportData) -> None:
    assert view(data, "commitments at order").rows == [
        ("Joint", "2026", 930.0, 600.0, 330.0),
        ("Joint", "2027", 70.0, 0.0, 70.0),
    ]


def test_who_takes_part_in_common_procurement(data: ReportData) -> None:
    """Of 1000, Poland pays 930 and France 50 (under a tenth); the EU is no nation. The idle fund pays nothing."""
    assert view(data, "common procurement").rows == [
        ("Joint", 2, 1, 0.1, "Poland 93\u00a0%", "enforced", "too few"),
        ("Idle", 3, 0, 0.001, "", "checked only", "pays nothing"),
    ]


@pytest.mark.parametrize(("kind", "said"), [("LP", "linear program (LP)"), ("MILP", "mixed-integer program (MILP)")])
def test_the_report_says_which_program_it_was(kind: str, said: str) -> None:
    page = render(data_of(world(), kind))
    assert said in page[page.index('id="rules"') :]
    assert ("A mixed-integer program chooses" in page) == (kind == "MILP")


def test_without_rules_there_is_no_section() -> None:
    bare = replace(world(), policies=(), consents=(), locks=(), funds={})
    data = data_of(bare, payments=[], allocations=[], prices=[])
    assert data.rules == ()
    assert 'id="rules"' not in render(data)


def test_every_rule_stands_on_the_page(data: ReportData) -> None:
    page = render(data)
    for shown in data.rules:
        assert f"<h3>{shown.title}" in page
    assert '<span class="flag">pending</span>' in page


def test_prices_of_rules_are_put_into_words(data: ReportData) -> None:
    said = {(limit.family, limit.level): limit.sentence for limit in data.limits if limit.group == "partners"}
    assert said["consent", "other_shortfall"] == (
        "One more unit let through by Export in 2026-05 would deliver EUR\u00a0150 more of the other demand."
    )
    assert said["largest_share", "cost"] == "One more unit allowed by Spread: Poland for Shell would save EUR\u00a02.5."
    assert said["lock", "cost"] == "One unit less bound by lock Pace for Shell in 2026-02 would save EUR\u00a07."


def test_every_group_of_limits_has_its_words() -> None:
    assert list(GROUP_TITLES) == ["money", "production", "transport", "storage", "partners"]
    assert set(GROUP_OF.values()) == set(GROUP_TITLES)
    for family in FAMILIES.values():
        assert bool(family.words.step) == bool(family.words.group), family.name
        assert family.words.group or not family.words.by_year, family.name
