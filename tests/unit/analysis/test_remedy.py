"""Remedies worked by hand: the cheapest changes, what else would do, one change alone, and what may not be changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.analysis.remedy.remedy import RemedyRequest, RemedyResult, remedy_of_workbook
from planner.cli.entry import run as run_command
from planner.cli.lines.insight import remedy_lines
from planner.errors import UsageError
from planner.plan import solve
from planner.plan.remedy.results import Remedy
from planner.workbook import read_instance

# Works makes 60 crates a month at 10 each, which go by a road of 80 t to Hub; Hub wants 100 in January for Aid, and 10
# for Rest.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,1\n",
    "Nations": "nation\nPL\nCZ\n",
    "Items": "item,weight,value\ncrate,1,20\n",
    "Nodes": "node,kind,nation,storage_t\nWorks,factory,PL,0\nHub,destination,CZ,0\n",
    "Routes": "route,origin,destination,mode,capacity_t,cost\nRoad,Works,Hub,road,80,2\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Demand": "demand,commitment,destination,item,period,quantity\nJanuary,Aid,Hub,crate,1,100\nOther,Rest,Hub,crate,1,10\n",
    "Commitments": "commitment,binding\nAid,yes\nRest,no\n",
}
MONEY = {"Funds": "fund\nJoint\n", "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,360\nJoint,CZ,2026,240\n"}


AID = RemedyRequest("Aid")


def remedies(folder: Path, asked: RemedyRequest = AID, **changes: str) -> RemedyResult:
    source = folder / "in"
    source.mkdir()
    for name, text in {**TABLES, **changes}.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    return remedy_of_workbook(source, folder / "out", asked)


def rises(result: RemedyResult, number: int = 0) -> dict[str, float]:
    """Cells → rise, of a remedy of the only goal."""
    (found,) = result.goals
    return {lever.cells: pytest.approx(rise, rel=1e-6) for lever, rise in found.remedies[number][1]}


def remedy(result: RemedyResult, number: int = 0) -> Remedy:
    (found,) = result.goals
    return found.remedies[number][0]


def test_capacity_and_road_together_make_a_commitment_whole(tmp_path: Path) -> None:
    """40 more at the press for 10 each, 20 t more on the road for 2 each: 440.

    No way does without the press, or the road.
    """
    result = remedies(tmp_path)
    assert rises(result) == {"Lines.csv:E2": 40.0, "Routes.csv:E2": 20.0}
    assert remedy(result).cost == pytest.approx(440)
    assert (remedy(result).left, len(result.goals[0].remedies), result.goals[0].broken) == (0.0, 1, 0)
    (point,) = result.findings.sections[0].points
    assert point == (
        "Aid. Cheapest: capacity for a further 40 crate a month at Press (Lines.csv:E2) and a further 20 t a month on route Road "
        "(Routes.csv:E2): EUR\u00a0440 in all. PL decides."
    )


def test_the_frontier_is_what_each_part_costs(tmp_path: Path) -> None:
    """20 crates at 10 first; then each needs a tonne of the road too."""
    (found,) = remedies(tmp_path).goals
    assert [(one.left, one.cost) for one, _ in found.frontier] == [
        (pytest.approx(600), pytest.approx(100)),
        (pytest.approx(400), pytest.approx(200)),
        (pytest.approx(200, rel=1e-5), pytest.approx(320, rel=1e-5)),
        (pytest.approx(0, abs=1e-4), pytest.approx(440)),
    ]


# Boxes come from Yard: over Works and the road for 3 a tonne, or by a lane of their own for 9.
BESIDE = {
    "Items": "item,weight,value\ncrate,1,20\nbox,1,20\n",
    "Nodes": "node,kind,nation,storage_t\nWorks,factory,PL,0\nYard,factory,PL,0\nHub,destination,CZ,0\n",
    "Routes": "route,origin,destination,mode,capacity_t,cost\nRoad,Works,Hub,road,80,2\nSpur,Yard,Works,road,,1\nLane,Yard,Hub,road,,9\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\nSaw,Yard,box,10,20\n",
    "Demand": "demand,commitment,destination,item,period,quantity\nJanuary,Aid,Hub,crate,1,100\nOther,Rest,Hub,box,1,20\n",
}


@pytest.mark.parametrize(("most_whole", "road"), [(30_000, 20), (0, 40)])
def test_of_a_large_program_other_goods_stay_as_planned(
    most_whole: int, road: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """40 more at the press for 10 each; on the road, at 4 each (the mean of 2, 1 and 9), 20 t where the boxes go by the
    lane, and 40 t where they stay on the road.
    """
    monkeypatch.setattr("planner.plan.remedy.search.MOST_WHOLE", most_whole)
    result = remedies(tmp_path, AID, **BESIDE)
    assert rises(result) == {"Lines.csv:E2": 40.0, "Routes.csv:E2": float(road)}
    assert remedy(result).cost == pytest.approx(400 + 4 * road)
    assert (remedy(result).left, result.goals[0].broken) == (0.0, 0)
    (goal,) = json.loads((tmp_path / "out" / "remedy.json").read_text())["goals"]
    assert goal.get("others_stay", False) == (most_whole == 0)
    assert ("Other goods" in dict(result.findings.facts)) == (most_whole == 0)
    assert ("cheapest_only" in goal, len(goal["frontier"])) == (False, 4)


def test_where_much_is_concerned_only_the_cheapest_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same 440 as in the whole program; no frontier, and the page says that there is none."""
    for limit in ("MOST_WHOLE", "MOST_SEARCHED"):
        monkeypatch.setattr(f"planner.plan.remedy.search.{limit}", 0)
    result = remedies(tmp_path)
    assert (remedy(result).cost, result.goals[0].frontier) == (pytest.approx(440), [])
    (goal,) = json.loads((tmp_path / "out" / "remedy.json").read_text())["goals"]
    assert goal["cheapest_only"]
    assert dict(result.findings.facts)["Only the cheapest"].startswith("Aid: what is short concerns")


def test_capacity_that_is_bought_for_other_goods_is_not_spared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large program. 100 more boxes than the saw makes are wanted, and bought for 5 each of 1,260; the same money
    would make crates.

    Without that a remedy were to give the saw capacity for 5 each, and to spend what it cost on crates.
    """
    monkeypatch.setattr("planner.plan.remedy.search.MOST_WHOLE", 0)
    changes = {
        **BESIDE,
        "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,100\nSaw,Yard,box,10,1\n",
        "Expansions": "expansion,line,cost\nSaws,Saw,5\n",
        "Demand": "demand,commitment,destination,item,period,quantity\nJanuary,Aid,Hub,crate,1,10\nOther,Rest,Hub,box,1,20\n",
        "Commitments": "commitment,binding\nAid,no\nRest,yes\n",
        "Funds": "fund\nJoint\n",
        "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,355\n",
    }
    # Boxes: 20 × (10 + 3) + 19 × 5 = 355; crates then lack 10 × (10 + 2).
    result = remedies(tmp_path, AID, **changes)
    assert rises(result) == {"Budgets.csv:D2": 120.0}


def test_of_a_large_program_the_cheapest_alone_is_planned_with_all_aims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten more at the press would do for Rest, but go to Aid, which comes first.

    A second line at 15 each would do too.
    """
    monkeypatch.setattr("planner.plan.remedy.remedies.MOST_COLUMNS", 0)
    monkeypatch.setattr("planner.analysis.remedy.page.MOST_COLUMNS", 0)
    lines = TABLES["Lines"] + "Lathe,Works,crate,15,0\n"
    result = remedies(tmp_path, RemedyRequest("Rest"), Lines=lines)
    assert [found[0].comes for found in result.goals[0].remedies] == [False, None]
    assert "must be reserved" in result.findings.sections[0].points[0]
    assert "The cheapest of each goal was also planned with all aims in order" in result.findings.sections[0].lead


@pytest.mark.parametrize(("shortage_cost", "comes"), [(50, True), (5, False)])
def test_under_the_weighted_objective_what_is_not_worth_it_must_be_kept(
    shortage_cost: int, comes: bool, tmp_path: Path
) -> None:
    """A crate delivered costs 12.

    The same changes make it whole; where a shortage costs 5, a plan of least cost makes none.
    """
    result = remedies(
        tmp_path,
        Settings="key,value\nstart,2026-01\nperiods,1\nobjective,weighted\n",
        Demand=f"demand,commitment,destination,item,period,quantity,shortage_cost\nJanuary,Aid,Hub,crate,1,100,{shortage_cost}\n",
    )
    assert rises(result) == {"Lines.csv:E2": 40.0, "Routes.csv:E2": 20.0}
    assert (remedy(result).cost, remedy(result).comes) == (pytest.approx(440), comes)
    assert ("by a lock" in result.findings.sections[0].points[0]) == (not comes)
    (goal,) = json.loads((tmp_path / "out" / "remedy.json").read_text())["goals"]
    parts = [part["sentence"].startswith("Without any change a plan can deliver") for part in goal["frontier"]]
    assert parts == ([False] * 4 if comes else [True, True, False, False])  # there is capacity for 60


def test_under_the_weighted_objective_no_target_is_missed_by_more(tmp_path: Path) -> None:
    """Press makes 60, of which the target wants 10 at Works, at 100 each for what is missed;
    Aid wants 60, at 50 each.
    """
    result = remedies(
        tmp_path,
        Settings="key,value\nstart,2026-01\nperiods,1\nobjective,weighted\n",
        Demand="demand,commitment,destination,item,period,quantity,shortage_cost\nJanuary,Aid,Hub,crate,1,60,50\n",
        Nodes=TABLES["Nodes"].replace("Works,factory,PL,0", "Works,factory,PL,10"),
        Targets="target,nodes,items,quantity,shortage_cost\nReserve,Works,crate,10,100\n",
    )
    assert rises(result) == {"Lines.csv:E2": 10.0}


def test_money_where_only_money_is_short(tmp_path: Path) -> None:
    """A crate takes 12. 1320 make all 110 of them; there are 600, which are 50 for Aid.

    Of budgets that cost the same the larger one rises.
    """
    many = "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,500\n"
    road = "route,origin,destination,mode,capacity_t,cost\nRoad,Works,Hub,road,500,2\n"
    result = remedies(tmp_path, RemedyRequest(everything=True), Lines=many, Routes=road, **MONEY)
    assert remedy(result).cost == pytest.approx(720)
    assert {lever.what for lever, _ in result.goals[0].remedies[0][1]} == {"money"}
    assert rises(result) == {"Budgets.csv:D2": 720.0}
    assert rises(result, 1) == {"Budgets.csv:D3": 720.0}, "one without the other's contributor"


def test_remedies_says_what_may_be_changed(tmp_path: Path) -> None:
    """The press for 3 each, at most 30 more; the road for 1. 10 of the 40 stay short."""
    table = "remedy,what,names,limit,price,decides\nShifts,capacity,Press,30,3,Board\nRoad,capacity,Road,,1,Ministry\n"
    result = remedies(tmp_path, Remedies=table)
    assert rises(result) == {"Lines.csv:E2": 30.0, "Routes.csv:E2": 10.0}
    assert (remedy(result).cost, remedy(result).left) == (pytest.approx(100), pytest.approx(200))
    assert [lever.decides for lever, _ in result.goals[0].remedies[0][1]] == ["Board", "Ministry"]


def test_one_change_alone_where_one_is_enough(tmp_path: Path) -> None:
    """Shed makes 40 for 100 each; the press would for 10. The road has room."""
    lines = "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\nShed,Works,crate,100,1\n"
    road = "route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,500\n"
    result = remedies(tmp_path, Lines=lines, Routes=road)
    assert rises(result) == {"Lines.csv:E2": 39.0}
    assert rises(result, 1) == {"Lines.csv:E3": 39.0}
    assert [one.how for one, _ in result.goals[0].remedies] == ["cheapest", "alternative"]


def test_a_consent_is_given(tmp_path: Path) -> None:
    press = "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,500\n"
    road = "route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,500\n"
    consents = "consent,nation,routes,kind,status\nPass,CZ,Road,transit,pending\n"
    result = remedies(tmp_path, Lines=press, Routes=road, Consents=consents)
    (lever,) = [lever for lever, _ in result.goals[0].remedies[0][1]]
    assert (lever.what, lever.cells, lever.decides) == ("consent", "Consents.csv:E2", "CZ")
    assert "the consent Pass (Consents.csv:E2)" in result.findings.sections[0].points[0]


def test_nobody_else_is_worse_off(tmp_path: Path) -> None:
    """Rest is not binding: all that it lacks, it lacks beside Aid, which has 60 of its 100 all the same."""
    result = remedies(tmp_path, RemedyRequest("Rest"))
    assert rises(result) == {"Lines.csv:E2": 10.0}


def test_within_another_commitment_one_item_may_lack_more(tmp_path: Path) -> None:
    """Rest comes first: 10 crates and the only box of 11.

    With 10 more boxes, worth as much as the crates, Aid has its 60 crates. The page claims no more than that.
    """
    result = remedies(
        tmp_path,
        Items="item,weight,value\ncrate,1,20\nbox,1,20\n",
        Lines="line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\nMould,Works,box,10,1\n",
        Demand="demand,commitment,destination,item,period,quantity,priority\n"
        "January,Aid,Hub,crate,1,60,1\nCrates,Rest,Hub,crate,1,10,2\nBoxes,Rest,Hub,box,1,11,2\n",
        Commitments="commitment,binding\nAid,no\nRest,no\n",
        Remedies="remedy,what,names,price\nShifts,capacity,Mould,1\n",
    )
    assert rises(result) == {"Lines.csv:E3": 10.0}
    assert remedy(result).left == pytest.approx(0, abs=1e-4)
    assert "within a sum one demand, item or place may get less" in result.findings.sections[0].lead


def test_the_page_has_a_table_for_each_goal(tmp_path: Path) -> None:
    """What is of a goal, or of a remedy as a whole, is not repeated in each row; the workbook has all columns."""
    result = remedies(tmp_path, RemedyRequest())
    tables = result.findings.sections[0].tables
    assert [(table.title, len(table.frame)) for table in tables] == [("Aid", 2), ("Rest", 1)]
    repeated = {"goal", "in_all", "left"}
    assert not repeated & {one.key for table in tables for one in table.fields}
    changes = result.findings.tables[0]
    assert len(changes.frame) == 3
    assert repeated <= {one.key for one in changes.fields}
    headings = [column.heading for column in changes.sheet("EUR").columns]
    assert {"Cost (EUR)", "Remedy in all (EUR)", "Then still short (EUR of goods weighted by priority)"} < set(headings)


def test_what_cannot_be_there_in_time_has_no_remedy(tmp_path: Path) -> None:
    late = "route,origin,destination,mode,lead_time\nRoad,Works,Hub,road,1\n"
    result = remedies(tmp_path, Routes=late)
    assert (result.goals[0].remedies, result.findings.headline) == ([], "No allowed change meets Aid in full.")
    assert dict(result.findings.facts)["Planned again"] == "There is no remedy."


def test_a_contingency_is_covered(tmp_path: Path) -> None:
    """80 are wanted at Hub as the attack comes, where 30 may lie and the road is lost: 50 t more of storage."""
    result = remedies(
        tmp_path,
        RemedyRequest(contingency="Attack"),
        Settings="key,value\nstart,2026-01\nperiods,3\n",
        Nodes="node,kind,nation,storage_t\nWorks,factory,PL,0\nHub,destination,CZ,30\n",
        Demand="demand,commitment,destination,item,period,quantity\n",
        Contingencies="contingency,period,window\nAttack,3,1\n",
        Surge="contingency,destination,item,quantity\nAttack,Hub,crate,80\n",
        Disruptions="contingency,kind,name,factor\nAttack,route,Road,0\n",
    )
    assert rises(result) == {"Nodes.csv:D3": 50.0}
    assert [lever.decides for lever, _ in result.goals[0].remedies[0][1]] == ["CZ"]


def test_a_remedy_as_an_option_makes_it_whole(tmp_path: Path) -> None:
    result = remedies(tmp_path, RemedyRequest(everything=True, as_option="MORE"))
    copy = tmp_path / "out" / "with-in"
    assert result.with_option == copy
    assert remedy_lines(result)[-1] == f"With the cheapest as an option, to compare: planner compare {copy} -o DIR"
    assert "MORE,Lines,line=Press,capacity,add," in (copy / "Options.csv").read_text(encoding="utf-8")
    assert run_command(["compare", str(copy), "-o", str(tmp_path / "compared"), "--quiet"]) == 0
    record = json.loads((tmp_path / "compared" / "runs" / "MORE" / "run.json").read_text(encoding="utf-8"))
    assert [level["value"] for level in record["objective"][:2]] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert json.loads((result.folder / "remedy.json").read_text(encoding="utf-8"))["goals"][0]["kind"] == "all"


def test_money_of_another_currency_in_two_rows_is_an_option_too(tmp_path: Path) -> None:
    """100 crates and 10 of Rest cost 12 each: 1320; there are USD 1200 at 0.5, so EUR 720 are lacking:
    2.2 times as much.
    """
    result = remedies(
        tmp_path,
        RemedyRequest(everything=True, as_option="MORE"),
        Lines="line,factory,item,unit_cost\nPress,Works,crate,10\n",
        Routes="route,origin,destination,mode,cost\nRoad,Works,Hub,road,2\n",
        Currencies="currency,rate\nUSD,0.5\n",
        Funds="fund,kind\nPurse,pledge\n",
        Budgets="fund,contributor,year,amount,currency\nPurse,CZ,2026,800,USD\nPurse,CZ,2026,400,USD\n",
    )
    (row,) = [
        line for line in (tmp_path / "out" / "with-in" / "Options.csv").read_text().splitlines() if "MORE" in line
    ]
    assert ",scale,2.2" in row
    assert remedy(result).cost == pytest.approx(720)


def test_remedies_that_an_option_cannot_say_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.analysis.remedy.remedy.planned_again", lambda *_: None)
    with pytest.raises(UsageError, match=f"an option cannot say this remedy.*; the remedies are in {tmp_path / 'out'}"):
        remedies(tmp_path, RemedyRequest(everything=True, as_option="MORE"))
    assert json.loads((tmp_path / "out" / "remedy.json").read_text(encoding="utf-8"))["goals"][0]["remedies"]
    assert not (tmp_path / "out" / "with-in").exists()


def test_the_base_lacks_what_the_record_says(tmp_path: Path) -> None:
    result = remedies(tmp_path, RemedyRequest())
    plan = solve(read_instance(tmp_path / "in"))
    short = plan.tables["shortfalls"].groupby("commitment")["quantity"].sum()
    assert {found.goal.name: found.short for found in result.goals} == pytest.approx(dict(short * 20))


def test_an_option_that_could_not_be_written_is_refused_before_anything_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.analysis.remedy.remedy.remedies_of", None)
    for place, (asked, words) in enumerate(
        ((RemedyRequest(as_option="NEW"), "those of 2 goals"), (RemedyRequest("Aid", as_option="base"), "found 'base'"))
    ):
        (tmp_path / str(place)).mkdir()
        with pytest.raises(UsageError, match=words):
            remedies(tmp_path / str(place), asked)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--commitment: found 'Ade', expected one of Aid, Rest, did you mean 'Aid'"):
        remedies(tmp_path, RemedyRequest("Ade"))
    (tmp_path / "other").mkdir()
    with pytest.raises(UsageError, match="--contingency: found 'Raid'"):
        remedies(tmp_path / "other", RemedyRequest(contingency="Raid"))


def test_where_no_demand_has_a_commitment_that_is_said(tmp_path: Path) -> None:
    demand = "demand,destination,item,period,quantity\nJanuary,Hub,crate,1,100\n"
    with pytest.raises(
        UsageError, match="--commitment: found 'Aid', but no demand has a commitment; --all is for all of it"
    ):
        remedies(tmp_path, RemedyRequest("Aid"), Demand=demand)
