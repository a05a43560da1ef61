"""What no money can deliver, worked by hand: the largest flow, and the limits in its least cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.explain.bounds import DeliveryBound, bounds
from planner.cli.entry import run as run_command
from planner.workbook import read_instance

# Works makes 60 crates a month, 30 lie there; Hub wants 100 in each of two months, for Aid and for nobody in
# particular.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,2\n",
    "Items": "item,weight,value\ncrate,2,20\n",
    "Nodes": "node,kind,storage_t\nWorks,factory,\nHub,destination,0\n",
    "Routes": "route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Stocks": "node,item,quantity\nWorks,crate,30\n",
    "Demand": "demand,commitment,destination,item,period,quantity\nJ,Aid,Hub,crate,1,100\nF,,Hub,crate,2,100\n",
    "Commitments": "commitment\nAid\n",
    "Funds": "fund\nPoor\n",
    "Budgets": "fund,year,amount\nPoor,2026,1\n",
}


def found(folder: Path, **changes: str) -> dict[str, DeliveryBound]:
    for name, text in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return {bound.commitment: bound for bound in bounds(read_instance(folder))}


def test_line_and_stock_limit_what_comes_in_time(tmp_path: Path) -> None:
    """January: 60 made and 30 in stock.

    By the end of February 150 for the other demand alone, which wants 100. Money has no say.
    """
    (bound,) = found(tmp_path).values()
    assert (bound.commitment, bound.item, bound.wanted, bound.most) == ("Aid", "crate", 100, pytest.approx(90))
    assert sorted(bound.cut) == [
        ("the capacity of Press", "Lines.csv:E2"),
        ("the limited stock of crate at Works", "Stocks.csv:C2"),
    ]


def test_a_road_limits_both_in_units_of_the_item(tmp_path: Path) -> None:
    """80 t are 40 crates a month; those of January cannot wait at Hub for February."""
    road = "route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,80\n"
    limits = found(tmp_path, Routes=road)
    assert (limits["Aid"].most, list(limits["Aid"].cut)) == (pytest.approx(40), [("route Road", "Routes.csv:E2")])
    assert limits[""].most == pytest.approx(40)
    assert list(limits[""].cut) == [("route Road", "Routes.csv:E2"), ("storage at Hub", "Nodes.csv:C3")]


def test_no_more_is_completed_than_was_ordered(tmp_path: Path) -> None:
    """Orders take a month: in January 25 are completed, and 30 lie there."""
    lines = "line,factory,item,unit_cost,capacity,order_lead_time\nPress,Works,crate,10,60,1\n"
    (bound,) = found(tmp_path, Lines=lines, Orders="line,period,quantity\nPress,1,25\n").values()
    assert (bound.commitment, bound.most) == ("Aid", pytest.approx(55))
    assert sorted(bound.cut) == [
        ("the limited stock of crate at Works", "Stocks.csv:C2"),
        ("the order placed with Press", "Orders.csv:C2"),
    ]


def test_capacity_that_can_be_bought_counts(tmp_path: Path) -> None:
    """10 more from January on make the hundred whole; at most 4 leave 6 undone."""
    assert not found(tmp_path, Expansions="expansion,line,cost,limit\nHall,Press,5,10\n")
    assert found(tmp_path, Expansions="expansion,line,cost,limit\nHall,Press,5,4\n")["Aid"].most == pytest.approx(94)


def test_a_consent_and_time_leave_nothing(tmp_path: Path) -> None:
    consents = "consent,nation,routes,kind,status\nPass,CZ,Road,transit,pending\n"
    for bound in found(tmp_path, Nations="nation\nCZ\n", Consents=consents).values():
        assert (bound.most, [words for words, _ in bound.cut]) == (0.0, ["consent Pass, withheld"])
    (tmp_path / "Consents.csv").unlink()
    late = "route,origin,destination,mode,lead_time\nRoad,Works,Hub,road,1\n"
    found_late = found(tmp_path, Routes=late)
    assert (found_late["Aid"].most, list(found_late["Aid"].cut)) == (0.0, [])
    assert found_late[""].most == pytest.approx(90)


def test_check_tells_the_bounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found(tmp_path)
    assert run_command(["check", str(tmp_path), "--bounds"]) == 0
    assert (
        "bounds: Aid: no more than 90 of 100 crate can be delivered, whatever the money: the capacity of Press (Lines.csv:E2) "
        "and the limited stock of crate at Works (Stocks.csv:C2)" in capsys.readouterr().out
    )
