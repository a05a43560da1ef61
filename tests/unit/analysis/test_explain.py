"""`planner explain`: a chain worked by hand, from the cell that asks back to the money; a demand that is met;
all that is lacking.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from planner.analysis.explain.explain import aims, explain_demand, lacking
from planner.cli.entry import run as run_command
from planner.errors import UsageError
from planner.run.pipeline import solve_workbook
from planner.run.recorded.load import SavedRun, load_run
from tests.places import INPUTS

pytestmark = pytest.mark.usefixtures("without_reports")

# A crate takes a board, and 10 at the press: 15 with the saw's 5. The fund has 900: 60 crates, of which 80 and 40 are
# wanted, the first for 30 each, the second for 20. All go over one road; nothing is stored.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,1\n",
    "Nations": "nation\nPL\n",
    "Items": "item,weight,value\ncrate,1,20\nboard,1,\n",
    "Nodes": "node,kind,nation,storage_t\nWorks,factory,PL,0\nHub,destination,,0\n",
    "Routes": "route,origin,destination,mode,capacity_t\nRoad,Works,Hub,road,500\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,\nSaw,Works,board,5,500\n",
    "Components": "item,component,quantity\ncrate,board,1\n",
    "Demand": "demand,destination,item,period,quantity,priority\nFirst,Hub,crate,1,40,1.5\nSecond,Hub,crate,1,80,1\n",
    "Funds": "fund\nJoint\n",
    "Budgets": "fund,contributor,year,amount\nJoint,PL,2026,900\n",
}


@pytest.fixture
def run(tmp_path: Path) -> SavedRun:
    source = tmp_path / "in"
    source.mkdir()
    for name, text in TABLES.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    solve_workbook(source, tmp_path / "run")
    return load_run(tmp_path / "run")


def test_a_short_demand_is_followed_from_its_cell_to_the_money(run: SavedRun) -> None:
    (found,) = explain_demand(run, "Second")
    assert (found.asked, found.traced.short, found.weight) == ("Demand.csv:E3", pytest.approx(60), pytest.approx(20))
    (money,) = found.held
    assert (money.words, money.part, money.cells, money.whose) == ("the money of Joint", 1.0, "Budgets.csv:D2", "PL")
    assert [(price.level, price.more) for price in found.prices] == [("other_shortfall", pytest.approx(20))]


def test_a_met_demand_has_its_path_and_what_it_displaces(run: SavedRun) -> None:
    """One more of First is one less of Second: 20, not the 30 that First is worth."""
    (found,) = explain_demand(run, "First")
    assert (found.traced.short, list(found.held)) == (0.0, [])
    assert {make.line for make in found.traced.made} == {"Press"}
    assert {move.route for move in found.traced.moved} == {"Road"}
    assert [(price.level, price.more, price.less) for price in found.prices] == [
        ("other_shortfall", pytest.approx(20), pytest.approx(20))
    ]


def test_all_that_is_lacking(run: SavedRun) -> None:
    (aim,) = aims(run)
    assert (aim.value, aim.attributed) == (pytest.approx(1200), pytest.approx(1200))
    assert [(held.words, held.part) for held in aim.held] == [("the money of Joint", 1.0)]
    (place,) = lacking(run)
    assert (place.place, place.item, place.units, place.wanted) == (
        "Hub",
        "crate",
        pytest.approx(60),
        pytest.approx(120),
    )
    assert place.why == "the money of Joint holds back all of it (Budgets.csv:D2)"


def test_what_the_command_prints(run: SavedRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["explain", str(run.folder)]) == 0
    assert "the money of Joint" in capsys.readouterr().out
    assert run_command(["explain", str(run.folder), "Second"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Second: crate for Hub, due 2026-01 (Demand.csv:E3): 20 delivered, 60 short\n")
    assert "Paid by" in said
    assert run_command(["explain", str(run.folder), "--due", "1"]) == 64


def test_a_demand_that_is_not_there_is_refused(run: SavedRun) -> None:
    with pytest.raises(UsageError, match="did you mean 'First'"):
        explain_demand(run, "Frist")
    with pytest.raises(UsageError, match="'First' is due in 2026-01"):
        explain_demand(run, "First", "2026-02")
    none = replace(run, tables=run.tables | {name: run.tables[name].iloc[:0] for name in ("deliveries", "shortfalls")})
    with pytest.raises(UsageError, match="no demand of this plan is called 'First': it has none"):
        explain_demand(none, "First")


def test_names_that_are_filled_in_stand_for_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    named = {
        "Nations": "nation,name\nPL,Poland\n",
        "Items": "item,name,unit,weight,value\ncrate,Crate of kit,10 crates,1,20\nboard,,,1,\n",
        "Nodes": "node,name,kind,nation,storage_t\nWorks,Great works,factory,PL,0\nHub,Main hub,destination,,0\n",
        "Funds": "fund,name\nJoint,Joint loan\n",
        "Targets": "target,nodes,items,from,quantity\nReserve,Hub,crate,2026-01,5\n",
    }
    for name, text in {**TABLES, **named}.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    solve_workbook(source, tmp_path / "run")
    assert run_command(["explain", str(tmp_path / "run")]) == 0
    said = capsys.readouterr().out
    assert "the money of Joint loan" in said
    rows = [re.split(" {2,}", line.strip())[:3] for line in said.splitlines()]
    assert ["Main hub", "Crate of kit", "demand"] in rows
    assert ["Reserve: Main hub", "Crate of kit", "stock target"] in rows
    assert re.search(r"Reserve: Main hub +Crate of kit +stock target +\S+ × 10 crates × months ", said)
    assert run_command(["explain", str(tmp_path / "run"), "First"]) == 0
    said_of_one = capsys.readouterr().out
    assert said_of_one.startswith("First: Crate of kit for Main hub, due 2026-01")
    assert "Great works → Main hub" in said_of_one
    assert "(Demand.csv:E2): 400 crates delivered\n" in said_of_one
    assert re.search(r"Joint loan  for Press\s+\d+\n\s+Poland\s+\d+\n", said_of_one)


@pytest.mark.parametrize("how", [("--solver", "PULP_CBC_CMD"), ("--rolling", "3/1")])
def test_what_is_short_without_reasons_is_not_called_met(
    how: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["solve", str(INPUTS / "quickstart"), "-o", str(tmp_path / "run"), *how]) == 0
    capsys.readouterr()
    assert run_command(["explain", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().out.startswith("This plan falls short")
