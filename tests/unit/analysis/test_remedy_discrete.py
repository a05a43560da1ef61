"""Remedies that are no amounts, worked by hand: access, opening dates, lead times, shares;
as many as needed, no more.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.remedy.remedy import RemedyRequest, RemedyResult, remedy_of_workbook
from planner.options.pipeline import compare_workbook

pytestmark = pytest.mark.usefixtures("without_option_pages")

# Works makes 60 crates a month at 10 each; Hub wants 100 in February. Store holds 40, which are Poland's alone.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,2\n",
    "Nations": "nation\nPL\nUA\n",
    "Items": "item,weight,value\ncrate,1,20\n",
    "Nodes": "node,kind,nation,access,storage_t\nWorks,factory,PL,,0\nStore,depot,PL,PL,\nHub,destination,UA,,0\n",
    "Routes": "route,origin,destination,lead_time,nations\nRoad,Works,Hub,0,\nRail,Store,Hub,0,\n",
    "Lines": "line,factory,item,unit_cost,capacity,opens\nPress,Works,crate,10,60,2\n",
    "Demand": "demand,commitment,destination,item,period,quantity\nFebruary,Aid,Hub,crate,2,100\n",
    "Stocks": "node,item,quantity\nStore,crate,40\n",
    "Commitments": "commitment,binding\nAid,yes\n",
}
HEAD = "remedy,what,names,limit,price,decides\n"


def found(folder: Path, remedies: str, as_option: str | None = None, **changes: str) -> RemedyResult:
    source = folder / "in"
    source.mkdir()
    for name, text in {**TABLES, "Remedies": HEAD + remedies, **changes}.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    return remedy_of_workbook(source, folder / "out", RemedyRequest("Aid", as_option=as_option))


def sentences(result: RemedyResult) -> list[str]:
    return [point.partition(". ")[2] for point in result.findings.sections[0].points]


def as_planned_there(folder: Path, option: str = "Remedy") -> float:
    """What falls short where the option that `--as-option` wrote is planned."""
    options = compare_workbook(folder / "out" / "with-in", folder / "compared").comparison
    return options.figure(option, "binding_shortfall") or 0.0


def test_a_depot_is_opened_where_that_is_cheaper_than_capacity(tmp_path: Path) -> None:
    """40 lack: 40 more at the press for 7 each are 280; Poland opens its store for 100."""
    result = found(tmp_path, "A,access,Store,,100,Warsaw\nB,capacity,Press,,7,\n", as_option="Remedy")
    assert sentences(result) == [
        "Cheapest: opening Store to all nations (Nodes.csv:D3): EUR\u00a0100 in all. Warsaw decides.",
        "Otherwise: capacity for a further 40 crate a month at Press (Lines.csv:E2): EUR\u00a0280 in all. PL decides.",
    ]
    assert as_planned_there(tmp_path) == 0.0


def test_a_date_is_brought_forward_no_farther_than_needed(tmp_path: Path) -> None:
    """The press opens in April; 60 lack, as the store is open.

    From February on it makes enough; January would cost more.
    """
    nodes = TABLES["Nodes"].replace("Store,depot,PL,PL", "Store,depot,PL,")
    result = found(
        tmp_path,
        "A,date,Press,,30,\n",
        as_option="Remedy",
        Nodes=nodes,
        Settings="key,value\nstart,2026-01\nperiods,4\n",
        Lines="line,factory,item,unit_cost,capacity,opens\nPress,Works,crate,10,60,4\n",
    )
    assert sentences(result) == [
        "Cheapest: opening Press 2 months earlier (Lines.csv:F2): EUR\u00a060 in all. PL decides."
    ]
    assert as_planned_there(tmp_path) == 0.0


def test_a_shorter_way_brings_it_in_time(tmp_path: Path) -> None:
    """By rail two months: what lies in the store comes in March. One month less is enough."""
    nodes = TABLES["Nodes"].replace("Store,depot,PL,PL", "Store,depot,PL,")
    routes = TABLES["Routes"].replace("Rail,Store,Hub,0", "Rail,Store,Hub,2")
    result = found(tmp_path, "A,lead_time,Rail,,5,\n", as_option="Remedy", Nodes=nodes, Routes=routes)
    assert sentences(result) == ["Cheapest: 1 month less in transit on Rail (Routes.csv:D3): EUR\u00a05 in all."]
    assert as_planned_there(tmp_path) == 0.0


def test_a_share_is_moved_by_the_points_that_it_takes(tmp_path: Path) -> None:
    """Mill makes 20, and Works at most half of all: 40 in all, where 50 are wanted. At 60 % they are 20 + 30."""
    result = found(
        tmp_path,
        "A,share,Half,,100,\n",
        as_option="Remedy",
        Nodes="node,kind,nation,storage_t\nWorks,factory,PL,0\nMill,factory,UA,\nHub,destination,UA,0\n",
        Routes="route,origin,destination\nRoad,Works,Hub\nLane,Mill,Hub\n",
        Lines="line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\nSaw,Mill,crate,10,10\n",
        Demand="demand,commitment,destination,item,period,quantity\nFebruary,Aid,Hub,crate,2,50\n",
        Stocks="node,item,quantity\n",
        Policies="policy,kind,nodes,share\nHalf,largest_share,Works,0.5\n",
    )
    assert sentences(result) == [
        "Cheapest: the share of Half at 60\u00a0% instead of 50\u00a0% (Policies.csv:D2): EUR\u00a010 in all."
    ]
    assert as_planned_there(tmp_path) == pytest.approx(0.0, abs=1e-6)


def test_two_that_only_help_together_are_found_and_a_third_is_left_out(tmp_path: Path) -> None:
    """The store is Poland's alone, and so is the railway. A way that nobody lacks is not opened."""
    routes = (
        TABLES["Routes"]
        .replace("Road,Works,Hub,0,", "Road,Works,Hub,0,UA")
        .replace("Rail,Store,Hub,0,", "Rail,Store,Hub,0,PL")
    )
    result = found(tmp_path, "A,access,Store; Rail; Road,,100,\n", Routes=routes)
    (point,) = sentences(result)
    assert point == (
        "Cheapest: opening Store to all nations (Nodes.csv:D3) and opening Rail to all nations (Routes.csv:E3): EUR\u00a0200 in all. "
        "PL decides."
    )


def test_a_discrete_change_and_an_amount_together(tmp_path: Path) -> None:
    """The store has 30 of the 40: 10 more at the press for 7 each beside it. By the press alone it would be 280."""
    result = found(
        tmp_path, "A,access,Store,,100,\nB,capacity,Press,,7,\n", Stocks="node,item,quantity\nStore,crate,30\n"
    )
    assert sentences(result)[0] == (
        "Cheapest: opening Store to all nations (Nodes.csv:D3) and capacity for a further 10 crate a month at Press (Lines.csv:E2): "
        "EUR\u00a0170 in all. PL decides."
    )
    frontier = [(one.left, one.cost) for one, _ in result.goals[0].frontier]
    # The press alone for what it can do for less than 100; then the store, and the press for what it lacks.
    assert frontier == [pytest.approx(pair, abs=1e-3) for pair in [(600, 70), (400, 100), (200, 100), (0, 170)]]


def test_without_a_row_nothing_of_the_kind_is_changed(tmp_path: Path) -> None:
    result = found(tmp_path, "B,capacity,Press,,7,\n")
    assert sentences(result) == [
        "Cheapest: capacity for a further 40 crate a month at Press (Lines.csv:E2): EUR\u00a0280 in all. PL decides."
    ]
