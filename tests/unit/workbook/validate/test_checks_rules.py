"""Warnings about rules among partners, each with its place, on a world that is wrong in one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.workbook import read
from planner.workbook.validate.checks import check_network

WORLD = {
    "Settings": "key,value\nstart,2026-01\nperiods,2\nobjective,weighted\nkey_tolerance,0.5\n",
    "Nations": "nation,contribution_min,key\nPL,0.2,1\nDE,,1\nUA,,\n",
    "Items": "item\ngun\n",
    "Nodes": "node,kind,nation\nWorks,factory,PL\nMill,factory,DE\nKyiv,destination,UA\n",
    "Routes": "route,origin,destination,both_ways\nEast,Works,Kyiv,yes\nNorth,Mill,Kyiv,no\n",
    "Lines": "line,factory,item,unit_cost\nPolish,Works,gun,1\nGerman,Mill,gun,1\n",
    "Demand": "demand,destination,item,period,quantity,shortage_cost\nFirst,Kyiv,gun,1,5,9\nSecond,Kyiv,gun,2,5,9\n",
    "Funds": "fund,min_nations\nJoint,2\n",
    "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,50\nJoint,DE,2026,50\nJoint,Bank,2026,50\n",
    "Policies": "policy,kind,nations,share\nSpread,smallest_share,PL; DE,0.2\n",
    "Consents": "nation,kind,from\nPL,export,1\n",
}


def warnings(folder: Path, **changed: str) -> list[str]:
    for name, text in {**WORLD, **changed}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    reading = read(folder)
    assert reading.instance is not None, reading.faults
    return [str(fault) for fault in check_network(reading.instance, reading.raw)]


def test_a_sound_world_gives_no_warning(tmp_path: Path) -> None:
    assert warnings(tmp_path) == []


@pytest.mark.parametrize(("enforced", "then"), [("no", ""), ("yes", ": it can pay nothing")])
def test_too_few_nations_have_money_in_a_fund(tmp_path: Path, enforced: str, then: str) -> None:
    funds = f"fund,min_nations,min_nations_enforced\nJoint,3,{enforced}\n"
    assert warnings(tmp_path, Funds=funds) == [
        f"Funds.csv:B2 (min_nations): asks that 3 nations take part, but only PL and DE have money in it{then}"
    ]


def test_a_nation_must_pay_without_money(tmp_path: Path) -> None:
    nations = "nation,contribution_min,key\nPL,0.2,1\nDE,,1\nUA,0.1,\n"
    assert warnings(tmp_path, Nations=nations) == [
        "Nations.csv:B4 (contribution_min): asks for at least 0.1 of all contributions, but no fund has money of UA: "
        "nothing can be paid at all"
    ]


def test_a_nation_with_a_key_without_money(tmp_path: Path) -> None:
    nations = "nation,contribution_min,key\nPL,,1\nDE,,1\nUA,,1\n"
    found = warnings(tmp_path, Nations=nations)
    assert found == [
        "Nations.csv:C4 (key): must contribute by its key, but no fund has money of UA: nothing can be paid at all"
    ]


def test_a_smallest_share_of_what_is_not_made_there(tmp_path: Path) -> None:
    policies = "policy,kind,nations,share\nSpread,smallest_share,PL; UA,0.2\n"
    assert warnings(tmp_path, Policies=policies) == [
        "Policies.csv:D2 (share): asks for 0.2 of gun from UA, where no line makes it: none can be made"
    ]


def test_consents_that_leave_no_way(tmp_path: Path) -> None:
    consents = "nation,kind,from,status\nPL,export,2,given\nDE,export,,pending\n"
    assert warnings(tmp_path, Consents=consents) == [
        "Consents.csv:D2 (status): a consent of PL is given too late, and with what else is withheld nothing can reach 'First'",
        "Consents.csv:D3 (status): a consent of DE is pending, and with what else is withheld nothing can reach 'First'",
    ]


def test_one_way_is_enough(tmp_path: Path) -> None:
    assert warnings(tmp_path, Consents="nation,kind,status\nPL,export,pending\n") == []


def test_a_date_on_a_pending_consent_has_no_effect(tmp_path: Path) -> None:
    for name, text in {**WORLD, "Consents": "nation,kind,from,status\nPL,export,1,pending\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    assert [str(warning) for warning in read(tmp_path).warnings] == [
        "Consents.csv:C2 (from): found a date of a consent that is pending: it is withheld throughout, so the date has no effect"
    ]


def test_nodes_beside_routes_are_refused(tmp_path: Path) -> None:
    for name, text in {**WORLD, "Consents": "nation,nodes,routes\nPL,Works,East\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    assert [str(fault) for fault in read(tmp_path).faults] == [
        "Consents.csv:B2 (nodes): found both nodes and routes; expected one or the other"
    ]


def test_money_paid_before_in_a_name_that_nobody_has(tmp_path: Path) -> None:
    """Nations, contributors, and funds that pay in their own name are known;
    a slip of the pen is an institution's money.
    """
    rows = "2025-12,paid,Joint,{},5\n"
    actuals = "period,kind,fund,contributor,quantity\n" + "".join(rows.format(n) for n in ("PL", "UA", "Bank", "Bnak"))
    assert warnings(tmp_path, Actuals=actuals) == [
        "Actuals.csv:D5 (contributor): 'Bnak' is no nation and gives no money to any fund: this counts as an institution's; did you mean 'Bank'?"
    ]


def test_money_of_a_nation_by_its_full_name_is_no_money_of_the_nation(tmp_path: Path) -> None:
    """An institution may be called as it likes, a fund pays in its own name, but a nation has one code."""
    budgets = (
        "fund,contributor,year,amount\nJoint,Poland,2026,50\nJoint,DE,2026,50\nJoint,de,2026,9\nJoint,Bank,2026,50\n"
    )
    nations = "nation,name,contribution_min,key\nPL,Poland,,\nDE,,,\nUA,,,\n"
    found = warnings(tmp_path, Nations=nations, Budgets=budgets, Funds="fund\nJoint\n")
    assert found == [
        "Budgets.csv:B2 (contributor): 'Poland' is no nation: this counts as an institution's; did you mean 'PL'?",
        "Budgets.csv:B4 (contributor): 'de' is no nation: this counts as an institution's; did you mean 'DE'?",
    ]
