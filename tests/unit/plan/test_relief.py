"""What raising one limit by half brings, worked by hand, and that a limit which brings nothing is never named."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.plan import solve
from planner.plan.prices.relief_found import Gap, Relief
from planner.workbook import read_instance

# Works makes 60 crates a month at 10 each, which go by road to Hub; Hub wants 100 in each of two months. Nothing is stored.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,2\n",
    "Nations": "nation\nPL\n",
    "Items": "item,weight\ncrate,1\n",
    "Nodes": "node,kind,nation,storage_t\nWorks,factory,PL,0\nHub,destination,PL,0\n",
    "Routes": "origin,destination,mode,capacity_t\nWorks,Hub,road,\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Demand": "demand,destination,item,period,quantity\nJanuary,Hub,crate,1,100\nFebruary,Hub,crate,2,100\n",
}
MONEY = {"Funds": "fund,kind\nJoint,budget\n", "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,{}\n"}
GAP: Gap = ("", "Hub", "crate")


def found(folder: Path, **changes: str) -> Relief:
    for name, text in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return solve(read_instance(folder), relieve=True).relief


def alone(relief: Relief, gap: Gap = GAP) -> dict[str, float]:
    return {f"{limit.family} {limit.object}": part for limit, part in relief.alone.get(gap, ())}


def money(amount: float) -> dict[str, str]:
    return {**MONEY, "Budgets": MONEY["Budgets"].format(amount)}


def test_the_limit_that_helps_is_named_with_what_it_brings(tmp_path: Path) -> None:
    """90 instead of 60 in each month: 60 of the 80 that are missing. Money for 400 is there and brings nothing."""
    relief = found(tmp_path, **money(4000))
    assert alone(relief) == {"line_capacity Press": pytest.approx(0.75)}
    assert [dict(gained) for limit, gained in relief.bring.items() if limit.object == "Press"] == [
        {GAP: pytest.approx(60)}
    ]


def test_the_money_of_a_fund_is_one_limit(tmp_path: Path) -> None:
    """600 buy 60 crates; 300 more buy 30 of the 140 that are missing, for which the works have room."""
    assert alone(found(tmp_path, **money(600))) == {"fund_limit Joint": pytest.approx(30 / 140)}


def test_limits_in_series_are_named_together_and_neither_by_itself(tmp_path: Path) -> None:
    """1200 buy what the works make, 120. Half of both more: 180, which are 60 of the 80 that are missing."""
    relief = found(tmp_path, **money(1200))
    assert alone(relief) == {}
    limits, part = relief.together[GAP]
    assert {limit.object for limit in limits} == {"Press", "Joint"}
    assert part == pytest.approx(0.75)


def test_what_brings_less_than_a_twentieth_is_no_reason(tmp_path: Path) -> None:
    """A road of 61 behind works of 60: half as much of the works brings 1 a month, 2 of the 80 that are missing."""
    road = TABLES["Routes"].replace("road,", "road,61")
    relief = found(tmp_path, Routes=road)
    assert alone(relief) == {}
    limits, part = relief.together[GAP]
    assert {limit.object for limit in limits} == {"Press", "Works>Hub:road"}
    assert part == pytest.approx((90 - 60) * 2 / 80)  # 91.5 may pass, 90 are made


def test_a_demand_is_not_helped_at_the_cost_of_another(tmp_path: Path) -> None:
    """Port gets its 10 of another works, Hub nothing of it: no route leads there. That works has capacity to spare."""
    changes = {
        "Nodes": TABLES["Nodes"] + "Mill,factory,PL,0\nPort,destination,PL,0\n",
        "Routes": TABLES["Routes"] + "Mill,Port,road,\n",
        "Lines": TABLES["Lines"] + "Loom,Mill,crate,10,10\n",
        "Demand": TABLES["Demand"] + "Quay,Port,crate,1,20\n",
    }
    relief = found(tmp_path, **changes)
    assert alone(relief) == {"line_capacity Press": pytest.approx(0.75)}
    assert alone(relief, ("", "Port", "crate")) == {"line_capacity Loom": pytest.approx(0.5)}


def test_a_limit_of_nothing_is_taken_away(tmp_path: Path) -> None:
    """No tonne may pass: half as much again is nothing. Without the limit 60 a month pass."""
    relief = found(tmp_path, Routes=TABLES["Routes"].replace("road,", "road,0"))
    ((limit, part),) = relief.alone[GAP]
    assert (limit.family, limit.by_half, part) == ("route_capacity", False, pytest.approx(0.6))


def test_a_rule_is_taken_away(tmp_path: Path) -> None:
    """A lock says that Press makes 10 in January, though it could make 60: 50 of the 130 that are missing."""
    locks = "lock,kind,line,from,to,quantity\nQuiet,make,Press,1,1,10\n"
    relief = found(tmp_path, Locks=locks)
    assert alone(relief)["lock Quiet"] == pytest.approx(50 / 130)


def test_where_nothing_is_short_nothing_is_asked(tmp_path: Path) -> None:
    assert found(tmp_path, Demand="demand,destination,item,period,quantity\nJanuary,Hub,crate,1,50\n") == Relief()


def test_a_shortage_that_is_the_cheaper_choice_is_said_to_be(tmp_path: Path) -> None:
    """A crate costs 10; that one is short in January costs 5, in February 20. There 40 are short for want of capacity, or
    of a place to keep what January could make beside them."""
    settings = TABLES["Settings"] + "objective,weighted\n"
    demand = "demand,destination,item,period,quantity,shortage_cost,commitment\nJanuary,Hub,crate,1,50,5,one\nFebruary,Hub,crate,2,100,20,two\n"
    commitments = "commitment,nations\none,PL\ntwo,PL\n"
    relief = found(tmp_path, Settings=settings, Demand=demand, Commitments=commitments)
    assert relief.not_worth == {("one", "Hub", "crate")}
    helps = {"line_capacity Press": 30 / 40, "storage_weight Hub": 1.0, "storage_weight Works": 1.0}
    assert alone(relief, ("two", "Hub", "crate")) == pytest.approx(helps)
    assert alone(relief, ("one", "Hub", "crate")) == {}
