"""Who gets nothing is named, with what the model least-served-first would give them, worked by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from planner.cli.lines.text import plan_lines
from planner.plan import SolveOptions, solve
from planner.report.data.money import money_scale
from planner.report.data.service import read_service
from planner.report.data.unserved import Unserved, read_unserved, unserved_sentences
from planner.run import fair_check
from planner.run.pipeline import solve_workbook
from planner.schemas import schema
from planner.workbook import read_instance

# 60 crates are made in January, at 10 each, and 30 in February. Hub goes first; Far wants as many and gets none.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,3\n",
    "Nations": "nation\nPL\n",
    "Items": "item,name,weight,value\ncrate,Crate of shells,1,10\nboat,,1,10\n",
    "Nodes": "node,kind,nation,storage_t\nWorks,factory,PL,0\nHub,destination,,0\nFar,destination,,0\n",
    "Routes": "origin,destination,mode\nWorks,Hub,road\nWorks,Far,road\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Capacity": "object,period,quantity\nPress,2,30\nPress,3,0\n",
    "Demand": "demand,destination,item,period,quantity,priority\nH,Hub,crate,1,60,2\nF,Far,crate,1,60,1\n"
    "H2,Hub,crate,2,30,1\nB,Hub,boat,2,5,1\nH3,Hub,crate,3,5,1\n",
}
SENTENCES = [
    "Far gets nothing of what it wants.",
    "Hub gets nothing of 1 of the 2 items that it wants: boat.",
    "Nobody gets any boat.",
    "Nothing of what is due in 2026-03 is delivered, in time or late.",
]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_what_gets_nothing_is_named_everywhere(world: Path, tmp_path: Path) -> None:
    """90 crates for Hub's 100 goods and Far's 60, all worth 10: both can get 9 of 16."""
    result = solve_workbook(world, tmp_path / "out")
    entry = result.record.unserved
    jsonschema.validate(
        json.loads((result.folder / "run.json").read_text(encoding="utf-8")),
        schema(),
        cls=jsonschema.Draft202012Validator,
    )
    assert list(entry.sentences) == SENTENCES
    (fair,) = entry.least_served
    assert fair.replace("\u00a0", " ") == (
        "The model least-served-first, solved in addition to this plan and not verified, would bring Far 56 % of what is wanted; as "
        "much in all, 56 % of what is wanted, for the same cost of production, transport, storage and investment."
    )
    page = (result.folder / "report.html").read_text(encoding="utf-8").split("</header>")[0]
    page = re.sub(r"<[^>]+>", "", page)
    summary = [str(row[0].value) for row in openpyxl.load_workbook(result.folder / "plan.xlsx")["Summary"].iter_rows()]
    said = plan_lines(result.folder, result.record, result.plan.instance)
    for sentence in [*SENTENCES, fair]:
        assert sentence in page
        assert any(sentence in line for line in summary)
        assert sentence in said
    sheet = openpyxl.load_workbook(result.folder / "plan.xlsx")["unserved"]
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows(min_row=3)]
    assert rows == [["Far", "crate", "Crate of shells", 60, "unit"], ["Hub", "boat", "boat", 5, "unit"]]


def test_a_large_program_says_how_to_ask(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_check, "SMALL_NONZEROS", 1)
    result = solve_workbook(world, tmp_path / "out")
    message = result.record.unserved.not_solved
    assert f"planner solve {world} --model least-served-first -o DIR, or --fair-check" in message
    assert result.record.unserved.least_served == ()
    assert message in plan_lines(result.folder, result.record, result.plan.instance)
    assert (
        "--model least-served-first"
        in (result.folder / "report.html").read_text(encoding="utf-8").split("</header>")[0]
    )
    asked = solve_workbook(world, tmp_path / "asked", fair_check=True).record.unserved.least_served
    assert asked[0].startswith("The model least-served-first, solved in addition to this plan")


def test_the_fair_model_itself_is_not_asked_again(world: Path, tmp_path: Path) -> None:
    result = solve_workbook(world, tmp_path / "out", SolveOptions(model="least-served-first"))
    assert result.record.unserved.least_served == ()


def test_where_everyone_gets_something_nothing_is_said(world: Path, tmp_path: Path) -> None:
    demand = "demand,destination,item,period,quantity\nH,Hub,crate,1,20\nF,Far,crate,1,40\n"
    (world / "Demand.csv").write_text(demand, encoding="utf-8")
    result = solve_workbook(world, tmp_path / "out")
    assert result.record.unserved is None
    assert 'class="unserved"' not in (result.folder / "report.html").read_text(encoding="utf-8")


def test_demand_of_nothing_is_not_unserved(world: Path) -> None:
    plan = solve(read_instance(world))
    demands = read_service(plan, money_scale(plan)).demands
    assert read_unserved(demands[demands["destination"] == "Hub"]).destinations == ()
    assert read_unserved(demands.assign(quantity=0.0)) == Unserved()
    assert unserved_sentences(Unserved(), plan.instance) == []
