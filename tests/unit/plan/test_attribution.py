"""What holds back what is lacking, worked by hand:
each kind of limit alone, two in series, and what can be no reason.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.plan import solve
from planner.plan.attribution.shares import Duals
from planner.plan.attribution.ways import Use, WayPart
from planner.plan.plan import Plan
from planner.plan.prices.marginal import DualBase
from planner.workbook import read_instance

# Works can make 60 crates a month at 10 each, worth 20, which go by road to Hub; Hub wants 100 in each of two months.
# Nothing is stored anywhere.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,2\n",
    "Nations": "nation\nPL\nCZ\n",
    "Items": "item,weight,value\ncrate,1,20\n",
    "Nodes": "node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,0,\nHub,destination,CZ,0,\n",
    "Routes": "route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Demand": "demand,destination,item,period,quantity\nJanuary,Hub,crate,1,100\nFebruary,Hub,crate,2,100\n",
}
FREE = "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,\n"
Held = dict[str, tuple[float, float, float]]  # family and object → share, least, most


def plan_of(folder: Path, **changes: str) -> Plan:
    for name, text in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return solve(read_instance(folder))


def attribution(plan: Plan) -> pd.DataFrame:
    """The table, where every sum is what it must be."""
    table = plan.tables["attribution"]
    keys = ["level", "kind", "name", "strike", "destination", "item", "due"]
    assert (table.groupby(keys, dropna=False)["share"].sum() - 1).abs().max() <= 1e-9
    for account in plan.accounts:
        if account.level != "weighted":
            assert account.residual <= 1e-9
            assert table.loc[table["level"] == account.level, "amount"].sum() == pytest.approx(account.value)
    return table


def held(plan: Plan, name: str) -> Held:
    rows = attribution(plan)
    return {
        f"{row.family} {row.object}": (row.share, row.least, row.most)
        for row in rows[rows["name"] == name].itertuples()
    }


def only(family: str) -> Held:
    return {family: (pytest.approx(1.0), pytest.approx(1.0), pytest.approx(1.0))}


MONEY = {"Funds": "fund\nJoint\n", "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,400\nJoint,CZ,2026,200\n"}
# What is changed, what then holds back the goods of January, and the cells that say it.
ALONE = {
    "line": ({}, "line_capacity Press", "Lines.csv:E2"),
    "capacity of one period": (
        {"Capacity": "object,period,quantity\nPress,1,30\n"}, "line_capacity Press", "Capacity.csv:C2"),
    "yield": (
        {"Lines": "line,factory,item,unit_cost,capacity,yield\nPress,Works,crate,10,60,0.5\n"},
        "line_capacity Press", "Lines.csv:E2"),
    "resource": (
        {"Lines": "line,factory,item,unit_cost,resource,resource_use\nPress,Works,crate,10,Crew,2\n",
         "Resources": "resource,factory,capacity\nCrew,Works,90\n"}, "resource_capacity Crew", "Resources.csv:C2"),
    "ramp": (
        {"Lines": "line,factory,item,unit_cost,start_rate,ramp\nPress,Works,crate,10,10,20\n"},
        "ramp Press", "Lines.csv:E2:F2"),
    "route": (
        {"Lines": FREE, "Routes": "route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,70\n"},
        "route_capacity Road", "Routes.csv:E2"),
    "item on a route": (
        {"Lines": FREE, "RouteItems": "route,item,capacity\nRoad,crate,70\n"},
        "route_item_capacity Road", "RouteItems.csv:C2"),
    "node": (
        {"Lines": FREE, "Nodes": "node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,0,\nHub,destination,CZ,0,70\n"},
        "throughput Hub", "Nodes.csv:E3"),
    "fund": ({"Lines": FREE, **MONEY}, "fund_limit Joint", "Budgets.csv:D2:D3"),
    "ceiling": (
        {"Lines": FREE, **MONEY, "Funds": "fund,ceiling\nJoint,300\n"}, "fund_ceiling Joint", "Funds.csv:B2"),
    "consent": (
        {"Lines": FREE, "Consents": "consent,nation,routes,kind,status\nPass,CZ,Road,transit,pending\n"},
        "consent Pass", "Consents.csv:E2"),
    "stock": (
        {"Lines": "line,factory,item,unit_cost,capacity\n", "Stocks": "node,item,quantity\nWorks,crate,30\n",
         "Nodes": "node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,,\nHub,destination,CZ,0,\n"},
        "material_balance Works", "Stocks.csv:C2"),
    "component": (
        {"Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,\nSaw,Works,board,1,90\n",
         "Items": "item,weight,value\ncrate,1,20\nboard,1,\n", "Components": "item,component,quantity\ncrate,board,2\n"},
        "line_capacity Saw", "Lines.csv:E3"),
    "expansion": (
        {"Expansions": "expansion,line,cost,limit\nHall,Press,5,10\n"}, "expansion_limit Hall", "Expansions.csv:D2"),
    "money of an expansion": (
        {**MONEY, "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,1250\n",
         "Expansions": "expansion,line,cost\nHall,Press,5\n"}, "fund_limit Joint", "Budgets.csv:D2"),
}  # fmt: skip


@pytest.mark.parametrize("lines", [["Press", "Plane", "Saw"], ["Saw", "Plane", "Press"]])
def test_a_part_of_a_part_is_counted_both_times(tmp_path: Path, lines: list[str]) -> None:
    """A crate takes a board and a plank, a board another plank; 90 planks make 45 of the 100 crates."""
    rows = {"Press": "Press,Works,crate,10,\n", "Plane": "Plane,Works,board,1,\n", "Saw": "Saw,Works,plank,1,90\n"}
    plan = plan_of(
        tmp_path,
        Items="item,weight,value\ncrate,1,20\nboard,1,\nplank,1,\n",
        Lines="line,factory,item,unit_cost,capacity\n" + "".join(rows[line] for line in lines),
        Components="item,component,quantity\ncrate,board,1\ncrate,plank,1\nboard,plank,1\n",
    )
    assert held(plan, "January") == only("line_capacity Saw")
    table = attribution(plan)
    assert table.loc[table["name"] == "January", "quantity"].tolist() == pytest.approx([55.0])


@pytest.mark.parametrize("kind", ALONE)
def test_a_limit_alone_holds_back_everything(tmp_path: Path, kind: str) -> None:
    changes, limit, cells = ALONE[kind]
    plan = plan_of(tmp_path, **changes)
    assert held(plan, "January") == only(limit)
    table = attribution(plan)
    row = table[table["name"] == "January"].iloc[0]
    assert (row["tried"], row["cells"], row["due"]) == ("yes", cells, 1)
    assert row["amount"] == pytest.approx(20 * row["quantity"])


def test_who_sets_a_limit(tmp_path: Path) -> None:
    """The factory's nation; those who pay into a fund; who withholds a consent."""
    said = []
    for kind in ("line", "fund", "consent"):
        (tmp_path / kind).mkdir()
        row = attribution(plan_of(tmp_path / kind, **ALONE[kind][0])).iloc[0]
        said.append((row["group"], row["nation"], row["fund"], row["contributors"]))
    assert said == [
        ("production", "PL", None, None),
        ("money", None, "Joint", "PL; CZ"),
        ("partners", "CZ", None, None),
    ]


def test_limits_in_series_have_half_each_and_neither_is_certain(tmp_path: Path) -> None:
    """60 a month at the press, 60 t on the road: more of either alone brings nothing, less of either costs a crate."""
    series = plan_of(tmp_path, Routes="route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,60\n")
    half = (pytest.approx(0.5), pytest.approx(0.0), pytest.approx(1.0))
    assert held(series, "January") == {"line_capacity Press": half, "route_capacity Road": half}


def test_three_limits_in_series_have_a_third_each(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        Routes="route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,60\n",
        Nodes="node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,0,60\nHub,destination,CZ,0,\n",
    )
    shares = held(plan, "January")
    assert sum(share for share, _, _ in shares.values()) == pytest.approx(1.0)
    assert {limit: (least, most) for limit, (_, least, most) in shares.items()} == dict.fromkeys(
        ("line_capacity Press", "route_capacity Road", "throughput Works"), (pytest.approx(0.0), pytest.approx(1.0))
    )


def test_money_and_a_line_share_by_what_each_is_worth(tmp_path: Path) -> None:
    """Press makes 60 for 10 each, Lathe any number for 20 each; 800 in all for January.

    60 by Press (600) and 10 by Lathe (200). One more euro brings 1/20 of a crate, one more at the press saves 10 euros:
    half a crate. Of the way by Press money has 10/20, the press 1/2; the way by Lathe is money alone. Both are used,
    and are cheapest: money has (1/2 + 1) / 2, the press the rest.
    """
    plan = plan_of(
        tmp_path,
        Settings="key,value\nstart,2026-01\nperiods,1\n",
        Lines="line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\nLathe,Works,crate,20,\n",
        Demand="demand,destination,item,period,quantity\nJanuary,Hub,crate,1,100\n",
        Funds="fund\nJoint\n",
        Budgets="fund,year,amount\nJoint,2026,800\n",
    )
    assert held(plan, "January") == {
        "fund_limit Joint": tuple(pytest.approx(0.75) for _ in range(3)),
        "line_capacity Press": tuple(pytest.approx(0.25) for _ in range(3)),
    }


def test_what_nothing_makes_in_time_has_no_limit(tmp_path: Path) -> None:
    """An order takes two months: nothing of it is there in January or February."""
    plan = plan_of(tmp_path, Lines="line,factory,item,unit_cost,capacity,order_lead_time\nPress,Works,crate,10,60,2\n")
    row = attribution(plan).iloc[0]
    assert (row["group"], row["object"], row["share"], row["cells"]) == ("no way", "Hub", 1.0, "Demand.csv:E2")


def test_a_way_that_serves_what_is_binding_is_said_to_be_taken(tmp_path: Path) -> None:
    """The binding demand wants more than all: the other one lacks what the press makes for it."""
    plan = plan_of(
        tmp_path,
        Demand="demand,destination,item,period,quantity,binding\nFirst,Hub,crate,1,100,yes\nOther,Hub,crate,1,50,no\n",
    )
    table = attribution(plan).set_index("name")
    assert pd.isna(table.loc["First", "taken_by"])
    assert table.loc["Other", ["taken_by", "object", "share"]].tolist() == ["binding_shortfall", "Press", 1.0]


def test_under_the_weighted_objective_cost_has_its_part(tmp_path: Path) -> None:
    """A crate short costs 25, one made 10: the press is worth 15 of it. A crate short at 8 is the cheaper choice."""
    demand = "demand,destination,item,period,quantity,shortage_cost\nJanuary,Hub,crate,1,100,{}\n"
    settings = "key,value\nstart,2026-01\nperiods,1\nobjective,weighted\n"
    plan = plan_of(tmp_path, Settings=settings, Demand=demand.format(25))
    assert held(plan, "January") == {
        "line_capacity Press": tuple(pytest.approx(0.6) for _ in range(3)),
        "cost ": tuple(pytest.approx(0.4) for _ in range(3)),
    }
    cheap = plan_of(tmp_path, Settings=settings, Demand=demand.format(8))
    assert held(cheap, "January") == only("cost ")


def test_a_missed_target_is_held_back_by_what_its_goods_are(tmp_path: Path) -> None:
    """150 are to lie at Hub at the end of February, 120 can be made by then."""
    plan = plan_of(
        tmp_path,
        Nodes="node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,0,\nHub,destination,CZ,,\n",
        Demand="demand,destination,item,period,quantity\n",
        Targets="target,nodes,items,from,to,quantity\nReserve,Hub,crate,2,2,150\n",
    )
    table = attribution(plan)
    assert table[["level", "kind", "name", "object", "quantity", "amount"]].values.tolist() == [
        ["target_shortfall", "target", "Reserve", "Press", pytest.approx(30.0), pytest.approx(600.0)]
    ]


def test_an_uncovered_surge_names_the_storage_that_keeps_goods_away(tmp_path: Path) -> None:
    """80 are wanted at Hub in the month of the strike, 30 may lie there; nothing else can come in time."""
    plan = plan_of(
        tmp_path,
        Settings="key,value\nstart,2026-01\nperiods,3\n",
        Nodes="node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,0,\nHub,destination,CZ,30,\n",
        Routes="route,origin,destination,mode,capacity_t,lead_time\nRoad,Works,Hub,road,,1\n",
        Demand="demand,destination,item,period,quantity\n",
        Contingencies="contingency,period,window\nAttack,3,1\n",
        Surge="contingency,destination,item,quantity\nAttack,Hub,crate,80\n",
        Disruptions="contingency,kind,name,factor\nAttack,route,Road,0\n",
    )
    table = attribution(plan)
    needs = table[table["level"] == "contingency"]
    assert needs[["kind", "name", "strike", "destination"]].drop_duplicates().values.tolist() == [
        ["surge", "Attack", 3, "Hub"]
    ]
    assert "storage_weight" in set(needs["family"])


# ── Shares, from the rents on a way ──────────────────────────────────────────────────────────────

LINE, ROAD, LEFT_OVER = WayPart(0, Use.LIMIT), WayPart(1, Use.LIMIT), WayPart(2, Use.BESIDE)


@pytest.mark.parametrize(
    ("rents", "expected"),
    [
        ((10.0, 0.0, 90.0), {"line": 0.1, "aims": 0.9}),
        ((10.0, 30.0, 90.0), {"line": 0.1, "road": 0.3, "aims": 0.6}),
        ((100.0, -90.0, 90.0), {"line": 1.0}),
        ((10.0, 90.0, 0.0), {"line": 0.1, "road": 0.9}),
    ],
)
def test_what_no_limit_takes_of_the_weight_goes_to_earlier_aims(
    rents: tuple[float, float, float], expected: dict[str, float]
) -> None:
    """One more is worth 100.

    What the line and the road do not take of it, an earlier aim takes with the goods that are left over: the shares of
    the limits are no larger for that, and lie in their ranges.
    """
    row_duals = np.array([rents])
    base = DualBase(row_duals, np.zeros((1, 0)), np.zeros(0, dtype=bool), np.ones(3, dtype=bool))
    groups = {"line": [LINE], "road": [ROAD], "aims": [LEFT_OVER]}
    shares = Duals(base, {}, np.zeros((1, 0))).shares(
        dict.fromkeys((LINE, ROAD, LEFT_OVER), 1.0), 0, groups, 100.0, rest="aims"
    )
    assert {name: one.part for name, one in shares.items()} == pytest.approx(expected)
    assert all(one.least == one.part == one.most for one in shares.values())
