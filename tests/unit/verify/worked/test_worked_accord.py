"""Rules of money, supply and consent: the plan worked by hand passes, and with one cell changed it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.errors import InputError
from planner.verify import FAMILIES, Verification, verify
from tests.unit.verify.worked import test_worked_guarantee, test_worked_plan, worked_accord
from tests.unit.verify.worked.mutation import first_of_each_family, mutated

Row = dict[str, Any]

# Table, which row, column, new value, the family that must fail.
MUTATIONS: list[tuple[str, Row, str, object, str]] = [
    ("payments", {"fund": "Pledge", "object": "East", "year": 2028}, "cash_year", 2029, "periods"),
    ("payments", {"fund": "Pledge", "object": "East", "year": 2028}, "cash_year", 2027, "commitment"),
    ("payments", {"fund": "Facility", "amount": 40.0}, "cash_year", 2027, "payment_balance"),
    ("payments", {"fund": "Facility", "amount": 60.0}, "year", 2028, "commitment"),
    ("payments", {"fund": "Facility", "amount": 300.0}, "year", 2027, "commitment"),
    ("payments", {"fund": "Facility", "amount": 40.0}, "amount", 101.0, "commitment"),
    ("payments", {"fund": "Facility", "amount": 60.0}, "amount", 100.1, "fund_window"),
    ("payments", {"fund": "Facility", "amount": 40.0}, "amount", 40.1, "cofinancing"),
    ("payments", {"fund": "Facility", "amount": 40.0}, "amount", 40.1, "fund_limit"),
    ("payments", {"fund": "Pledge", "contributor": "NO", "year": 2028}, "amount", 41.0, "fund_limit"),
    ("allocations", {"fund": "Facility", "nation": "MD"}, "nation", "XX", "names"),
    ("allocations", {"fund": "Facility", "nation": "MD"}, "item", "drone", "names"),
    ("allocations", {"fund": "Facility", "nation": "MD"}, "line", "Casts", "names"),
    ("allocations", {"fund": "Facility", "nation": "MD"}, "nation", "UA", "duplicates"),
    ("allocations", {"fund": "Facility", "nation": "MD"}, "quantity", -18.0, "non_negative"),
    ("allocations", {"fund": "Facility", "nation": "MD"}, "quantity", 17.0, "allocation_balance"),
    ("allocations", {"fund": "Facility", "nation": "UA"}, "quantity", 53.0, "allocation_balance"),
    ("allocations", {"fund": "Facility", "nation": "UA"}, "nation", "PL", "allocation_balance"),
    ("allocations", {"line": "Yard shells"}, "nation", "MD", "beneficiary"),
    ("allocations", {"line": "Yard shells"}, "line", "Bench shells", "allocation_balance"),
    ("allocations", {"fund": "Pledge", "line": "Casting"}, "quantity", 51.0, "allocation_balance"),
    ("deliveries", {"demand": "South one"}, "quantity", 7.0, "beneficiary"),
    ("payments", {"fund": "Facility", "amount": 60.0}, "amount", 59.0, "allocation_balance"),
    ("payments", {"fund": "Pledge", "contributor": "NO", "year": 2028}, "amount", 35.0, "contribution_min"),
    ("payments", {"fund": "Facility", "amount": 300.0}, "amount", 320.0, "contribution_max"),
    ("payments", {"fund": "Facility", "amount": 300.0}, "contributor", "PL", "key_max"),
    ("payments", {"fund": "Facility", "amount": 300.0}, "contributor", "PL", "key_min"),
    ("payments", {"fund": "Pledge", "contributor": "PL", "amount": 100.0}, "contributor", "DE", "key_min"),
    ("payments", {"fund": "Pledge", "contributor": "Bank", "amount": 120.0}, "contributor", "PL", "work_share"),
    ("production", {"line": "Casting", "period": 4}, "quantity", 56.0, "work_share"),
    ("payments", {"fund": "Pledge", "contributor": "NO", "year": 2028}, "amount", 30.0, "common_procurement"),
    ("payments", {"fund": "Pledge", "contributor": "NO", "year": 2027}, "contributor", "Bank", "common_procurement"),
    ("production", {"line": "Casting", "period": 4}, "quantity", 62.0, "largest_share"),
    ("production", {"line": "Yard shells", "period": 4}, "quantity", 5.0, "largest_share"),
    ("shipments", {"route": "East", "period": 3}, "quantity", 33.0, "largest_share"),
    ("production", {"line": "Bench shells", "period": 1}, "quantity", 8.0, "smallest_share"),
    ("shipments", {"route": "Sky"}, "quantity", 48.0, "smallest_share"),
    ("shipments", {"route": "East", "period": 2}, "period", 1, "consent"),
    ("shipments", {"route": "Sea", "period": 2}, "period", 1, "consent"),
    ("shipments", {"route": "South", "period": 3}, "period", 2, "consent"),
    ("shipments", {"route": "Sky"}, "period", 3, "consent"),
    ("shipments", {"route": "Parcel"}, "item", "drone", "consent"),
    ("shipments", {"route": "Sky"}, "item", "drone", "consent"),
    ("shipments", {"route": "South", "period": 4}, "item", "part", "consent"),
    ("production", {"line": "Bench shells", "period": 3}, "quantity", 19.0, "lock"),
    ("production", {"line": "Bench shells", "period": 3}, "quantity", 21.0, "lock"),
    ("shipments", {"route": "East", "period": 3}, "quantity", 31.0, "lock"),
    ("stocks", {"node": "Foundry"}, "quantity", 9.0, "lock"),
    ("stocks", {"node": "Foundry"}, "item", "drone", "lock"),
    ("deliveries", {"demand": "Third"}, "quantity", 49.0, "lock"),
    ("investments", {}, "quantity", 11.0, "lock"),
    ("payments", {"contributor": "Bank", "year": 2028, "object": "East"}, "amount", 11.0, "payment_lock"),
    ("payments", {"contributor": "Bank", "year": 2028, "amount": 240.0}, "amount", 180.0, "payment_lock"),
    ("ledger", {"nation": "PL", "fund": "Pledge"}, "contributed", 81.0, "ledger"),
    ("ledger", {"nation": "PL", "fund": "Pledge"}, "fund", "Facility", "ledger"),
    ("ledger", {"nation": "UA", "year": 2028}, "balance", 341.0, "ledger"),
    ("burden_sharing", {"nation": "PL", "contributed": 400.0}, "difference", 0.01, "burden_sharing"),
    ("burden_sharing", {"nation": "PL", "contributed": 180.0}, "work_goal", None, "burden_sharing"),
    ("burden_sharing", {"nation": "NO", "year": 2027.0}, "year", 2028.0, "burden_sharing"),
    ("allocations", {"fund": "Facility", "nation": "UA"}, "quantity", 51.0, "objective"),
    ("payments", {"fund": "Facility", "amount": 40.0}, "cash_year", 2027, "objective"),
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked_accord.write_input(tmp_path_factory.mktemp("accord") / "input")


def check(source: Path, tables: dict[str, pd.DataFrame], **run: object) -> Verification:
    return verify(source, tables, {"objective": worked_accord.levels(), "model": {"name": "full"}, **run})


def test_the_worked_plan_passes(source: Path) -> None:
    found = check(source, worked_accord.tables())
    assert found.passed, found.summary()
    assert set(found.violations) == set(FAMILIES)
    assert max(found.violations.values()) < 1e-9


@pytest.mark.parametrize(("table", "where", "column", "value", "family"), first_of_each_family(MUTATIONS))
def test_one_changed_cell_fails_in_the_right_family(
    source: Path, table: str, where: Row, column: str, value: object, family: str
) -> None:
    found = check(source, mutated(worked_accord.tables(), table, where, column, value))
    assert family in found.failed, found.summary()
    assert found.worst[family], "a violation is put into words"


def test_every_family_is_hit_by_a_mutation() -> None:
    """Here, where goods and places are, where responses are, or in a test of its own (test_course, test_circulation,
    test_tranches, test_worth)."""
    everywhere = [
        *MUTATIONS,
        *test_worked_plan.MUTATIONS,
        *test_worked_guarantee.MUTATIONS,
        *test_worked_guarantee.OTHER_INPUTS,
    ]
    hit = {family for *_, family in everywhere}
    apart = {"input", "tables", "placed_order", "departure_cap", "frozen_plan", "circulation", "fund_tranche", "worth"}
    assert hit | apart == set(FAMILIES)


@pytest.mark.parametrize(
    ("level", "value"), [("tier_3", 321.0), ("tier_3", 319.0), ("tier_2", 1371.0), ("cost", 2400.0)]
)
def test_a_level_that_says_otherwise_fails(source: Path, level: str, value: float) -> None:
    levels = worked_accord.levels(**{level: value})
    assert check(source, worked_accord.tables(), objective=levels).failed == ("objective",)


def test_a_tier_left_out_is_a_fault(source: Path) -> None:
    levels = [level for level in worked_accord.levels() if level["name"] != "tier_2"]
    found = check(source, worked_accord.tables(), objective=levels)
    assert "'tier_2' is left out" in found.worst["objective"]


def test_no_two_funds_pay_the_same_order(tmp_path: Path) -> None:
    """Two funds that count orders may each pay the 200 of a year that fall in the next, but not both.

    A fund of its own takes half of what the Pledge pays of Casting; each is right by itself.
    """
    extra = "Facility,loan,0.75,0.1,commitment,2027-Q4,,,\nTwin,budget,,,commitment,,,,\n"
    changes = {
        "Funds": ("Facility,loan,0.75,0.1,commitment,2027-Q4,,,\n", extra),
        "Budgets": ("Facility,PL,2027,100\n", "Facility,PL,2027,100\nTwin,Bank,2027,500\nTwin,Bank,2028,500\n"),
        "Locks": ("200,250", "0,"),
    }
    source = worked_accord.write_input(tmp_path, changes)

    def plan(order_year: int) -> dict[str, pd.DataFrame]:
        tables = worked_accord.tables()
        old = "Pledge,DE,procurement,Casting,PL,2028,260,2028"
        assert old in worked_accord.PAYMENTS
        new = f"Pledge,DE,procurement,Casting,PL,2028,160,2028\nTwin,Bank,procurement,Casting,PL,{order_year},100,2028"
        tables["payments"] = worked_accord.typed(worked_accord.PAYMENTS.replace(old, new))
        return tables

    assert "fund_window" not in check(source, plan(2028)).failed
    found = check(source, plan(2027))
    assert "commitment" not in found.failed
    assert found.worst["fund_window"] == (
        "fund_window: funds 'Facility', 'Twin' pay 240 for procurement of 'Casting' in 2028, 200 of it is theirs to pay"
    )


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,Sky,export,2028-Q2,"), True),
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,Sky,export,2028-Q2,Granted"), True),
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,Sky,export,,given"), True),
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,Sky,export,,"), False),
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,Sky,export,2028-Q2,pending"), False),
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,Sky,export,2028-Q2,denied"), False),
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,Sky,export,truce,given"), False),
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,,export,2028-Q2,given"), False),  # East leaves PL earlier
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,Yard,,export,2028-Q2,given"), False),  # from NO into PL
        (("PL,shell,,Sky,export,2028-Q2,given", "NO,shell,Foundry;Hub,,export,2028-Q2,given"), False),
        (("PL,shell,,Sky,export,2028-Q2,given", "NO,shell,Bench,,export,2028-Q2,given"), True),  # within UA
        (("PL,shell,,Sky,export,2028-Q2,given", "PL,shell,,,,2027-Q4,given"), True),
        (("PL,,Chisinau,,end use,2028-Q1,", "PL,,,,end use,2028-Q1,"), False),  # Kyiv is outside PL too
        (("PL,,,,transit,2027-Q4,given", "PL,,Foundry,,transit,2028-Q1,given"), False),
        (("PL,,,,transit,2027-Q4,given", "PL,,UA,,transit,,given"), True),
    ],
)
def test_consents_by_status_and_kind(tmp_path: Path, change: tuple[str, str], passes: bool) -> None:
    source = worked_accord.write_input(tmp_path, {"Consents": change})
    found = check(source, worked_accord.tables())
    assert found.failed == (() if passes else ("consent",)), found.summary()


@pytest.mark.parametrize(
    ("table", "change", "family"),
    [
        ("Nations", ("PL,EU,no,1,,,3", "PL,EU,no,1,,,3.1"), "work_share"),
        ("Nations", ("PL,EU,no,1,,,3", "PL,EU,no,1.7,,,3"), "key_min"),
        ("Nations", ("0.52", "0.51"), "contribution_max"),
        ("Nations", ("0.05", "0.06"), "contribution_min"),
        ("Settings", ("key_tolerance,0.2", "key_tolerance,0"), None),
        ("Funds", ("3,yes,0.07", "3,yes,0.08"), "common_procurement"),
        ("Funds", ("3,yes,0.07", "4,yes,0.07"), "common_procurement"),
        ("Funds", ("3,yes,0.07", "4,no,0.07"), None),
        ("Funds", ("3,yes,0.07", "3,yes,"), None),
        ("Funds", ("commitment", "cash"), "commitment"),
        ("Eligibility", ("Facility,procurement,ammo,PL,MD,1\n", ""), "allocation_balance"),
        ("Policies", ("0.632", "0.63"), "largest_share"),
        ("Policies", ("0.77", "0.76"), "largest_share"),
        ("Policies", ("2028-Q1", "2028-Q2"), "largest_share"),
        ("Policies", ("0.38", "0.39"), "smallest_share"),
        ("Locks", ("Bench runs,make,Bench shells", "Bench runs,make,"), "lock"),
        ("Locks", ("2028-Q1,2028-Q1,,20", ",,total,30"), None),
        ("Locks", ("2028-Q1,2028-Q1,,20", ",,total,31"), "lock"),
        ("Locks", ("East,,,,,,,,,,total,,,80", "East,,,shell,,,,,,,,,,49"), "lock"),
        ("Locks", ("Local,Kyiv", "Local,"), "lock"),
        ("Locks", ("Bank,2028-Q1", "Bank,2027-Q3"), "payment_lock"),
        ("Locks", ("Pledge,Bank,2028-Q1", ",Bank,2028-Q1"), None),
        ("Locks", ("Pledge,Bank,2028-Q1", "Pledge,,2028-Q1"), "payment_lock"),
        ("Locks", ("Pledge,Bank,2028-Q1", "Pledge,Bank,truce"), None),
    ],
)
def test_another_rule_for_the_same_plan(
    tmp_path: Path, table: str, change: tuple[str, str], family: str | None
) -> None:
    """The same plan under a rule that is a little tighter, or looser."""
    source = worked_accord.write_input(tmp_path, {table: change})
    found = check(source, worked_accord.tables())
    assert family in found.failed if family else found.passed, found.summary()


def test_a_lock_with_a_key_that_its_kind_does_not_have_is_refused(tmp_path: Path) -> None:
    source = worked_accord.write_input(tmp_path, {"Locks": ("Bench runs,make,Bench shells,", "Bench runs,make,,East")})
    with pytest.raises(InputError, match="a lock of kind make has no route"):
        check(source, worked_accord.tables())


def test_rules_that_a_model_leaves_out_are_not_asked_for(tmp_path: Path) -> None:
    """Without beneficiaries the fund's rows admit by themselves; without orders its money counts as cash."""
    source = worked_accord.write_input(tmp_path, {"Eligibility": ("Facility,procurement,ammo,PL,MD,1\n", "")})
    tables = worked_accord.tables()
    assert "allocation_balance" in check(source, tables).failed
    off = {"name": "variant", "families_off": ["allocation_balance"]}
    assert check(source, tables, model=off, objective=worked_accord.levels(tier_2=1550.0)).passed
    assert "cofinancing" in check(source, tables, model={"name": "variant", "families_off": ["commitment"]}).failed
