"""Remedies written as options, worked by hand: what is promised is what the option brings, whatever its cells cover."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from planner.analysis.remedy.remedy import RemedyRequest
from planner.options.changes.option import read_options
from planner.options.changes.overrides import apply_option
from planner.plan import solve
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from tests.unit.analysis.test_remedy import remedies, remedy

# Works makes 60 crates a month, which cannot lie there; Hub wants 60 in January and 100 in February. Only what Remedies
# names may change.
MONTHS = {
    "Settings": "key,value\nstart,2025-11\nperiods,16\n",
    "Routes": "route,origin,destination,mode,cost\nRoad,Works,Hub,road,2\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,5\n",
    "Demand": "demand,commitment,destination,item,period,quantity\n"
    "January,Aid,Hub,crate,2026-01,60\nFebruary,Aid,Hub,crate,2026-02,100\n",
}
ONLY_CAPACITY = "remedy,what\nAll,capacity\n"
MORE = RemedyRequest("Aid", as_option="MORE")


def option_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / "with-in" / "Options.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["option"] == "MORE"]


def short_as_planned(folder: Path) -> float:
    """Units that fall short where the option is planned by itself."""
    copy = folder / "out" / "with-in"
    written = read_raw(copy)
    instance = interpret(apply_option(read_options(written)["MORE"], written).raw).instance
    assert instance is not None
    return float(solve(instance).tables["shortfalls"]["quantity"].sum())


@pytest.mark.parametrize(
    ("capacity", "where", "said"),
    [
        ("object,period,quantity\nPress,2026,60\n", "2026", "a month at Press from 2026-01 to 2026-12"),
        ("object,period,quantity\nPress,2026-01,60\nPress,2026-02,60\n", "2026-02", "at Press in 2026-02"),
        ("object,2026-Q1\nPress,60\n", "2026-Q1", "a month at Press from 2026-01 to 2026-03"),
        ("object,period,quantity\nPress,2026-01,60\nPress,4,60\n", "2026-02", "at Press in 2026-02"),
    ],
    ids=["a year", "its month", "a quarter as a column", "the number of a period"],
)
def test_a_cell_of_several_months_rises_in_all_of_them(capacity: str, where: str, said: str, tmp_path: Path) -> None:
    """February lacks 40.

    The cell of the year, or quarter, covers January too: at 10 a crate and month 800, else 400.
    """
    result = remedies(tmp_path, MORE, **MONTHS, Capacity=capacity, Remedies=ONLY_CAPACITY)
    (row,) = option_rows(tmp_path)
    assert (row["where"], row["change"], float(row["value"])) == (f"object=Press; period={where}", "add", 40.0)
    assert f"capacity for a further 40 crate {said} (Capacity.csv:" in row["description"]
    months = 1 if said.startswith("at") else 2  # in which the plan can use it
    assert (remedy(result).cost, remedy(result).left) == (pytest.approx(400 * months), 0.0)
    assert short_as_planned(tmp_path) == pytest.approx(0.0, abs=1e-6)


def test_what_remedies_asks_for_a_cell_is_asked_once(tmp_path: Path) -> None:
    capacity = "object,period,quantity\nPress,2026,60\n"
    result = remedies(tmp_path, **MONTHS, Capacity=capacity, Remedies="remedy,what,price\nAll,capacity,7\n")
    assert remedy(result).cost == pytest.approx(7 * 40)


def test_storage_of_a_year_is_said_from_and_to(tmp_path: Path) -> None:
    """40 of February's 100 are made in January, and lie at Works: 40 t from January on."""
    result = remedies(
        tmp_path,
        MORE,
        **MONTHS
        | {"Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,100\n"}
        | {"Demand": MONTHS["Demand"].replace("2026-02,100", "2026-02,140")},
        Capacity="object,period,quantity\nWorks,2026,0\n",
        Remedies="remedy,what\nAll,storage\n",
    )
    (row,) = option_rows(tmp_path)
    assert row["where"] == "object=Works; period=2026"
    assert row["description"] == "a further 40 t of storage at Works from 2026-01 to 2026-12 (Capacity.csv:C2)"
    assert short_as_planned(tmp_path) == pytest.approx(0.0, abs=1e-6)
    assert remedy(result).left == 0.0


def test_money_that_comes_later_is_told_from_what_is_there(tmp_path: Path) -> None:
    """Two rows of one contributor and year, of which one comes in March:
    120 for January are lacking, and only the first can pay.
    """
    remedies(
        tmp_path,
        MORE,
        Settings="key,value\nstart,2026-01\nperiods,3\n",
        Lines="line,factory,item,unit_cost\nPress,Works,crate,10\n",
        Routes="route,origin,destination,mode,cost\nRoad,Works,Hub,road,2\n",
        Demand="demand,commitment,destination,item,period,quantity\nJanuary,Aid,Hub,crate,1,100\n",
        Funds="fund,kind\nPurse,pledge\n",
        Budgets="fund,contributor,year,amount,from\nPurse,CZ,2026,600,\nPurse,CZ,2026,480,\nPurse,CZ,2026,500,2026-03\n",
    )
    (row,) = option_rows(tmp_path)
    assert row["where"] == "fund=Purse; contributor=CZ; year=2026; from="
    assert (row["change"], float(row["value"])) == ("scale", pytest.approx(1200 / 1080))
    assert short_as_planned(tmp_path) == pytest.approx(0.0, abs=1e-6)


def test_money_of_another_currency_where_there_is_none_yet(tmp_path: Path) -> None:
    """EUR 1200 are lacking, where a dollar is half a euro: 2400."""
    remedies(
        tmp_path,
        MORE,
        Lines="line,factory,item,unit_cost\nPress,Works,crate,10\n",
        Routes="route,origin,destination,mode,cost\nRoad,Works,Hub,road,2\n",
        Demand="demand,commitment,destination,item,period,quantity\nJanuary,Aid,Hub,crate,1,100\n",
        Currencies="currency,rate\nUSD,0.5\n",
        Funds="fund,kind\nPurse,pledge\n",
        Budgets="fund,contributor,year,amount,currency\nPurse,CZ,2026,0,USD\n",
    )
    (row,) = option_rows(tmp_path)
    assert (row["change"], float(row["value"])) == ("add", pytest.approx(2400))
    assert short_as_planned(tmp_path) == pytest.approx(0.0, abs=1e-6)


def test_consents_without_a_name_are_found_by_their_rows(tmp_path: Path) -> None:
    remedies(
        tmp_path,
        MORE,
        Nodes="node,kind,nation,storage_t\nWorks,factory,PL,0\nGate,transit,CZ,\nHub,destination,CZ,0\n",
        Routes="route,origin,destination,mode\nRoad,Works,Gate,road\nRail,Gate,Hub,rail\n",
        Lines="line,factory,item,unit_cost\nPress,Works,crate,10\n",
        Consents="nation,routes,kind\nPL,Road,transit\nCZ,Rail,transit\n",
    )
    given = [row["where"] for row in option_rows(tmp_path) if row["column"] == "status"]
    assert sorted(given) == ["consent=Consent 2", "consent=Consent 3"]
    assert short_as_planned(tmp_path) == pytest.approx(0.0, abs=1e-6)
