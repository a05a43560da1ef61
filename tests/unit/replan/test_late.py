"""Late is not lost: orders, shipments and goods on order that did not come are still due, worked by hand."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from planner.cli.lines.replan import memo_lines
from planner.plan import SolveOptions
from planner.replan.memo.memo import Memo
from planner.replan.replan import Start, replan, starting_point
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import solve_workbook
from planner.schemas import schema
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from tests.places import CASES, INPUTS

pytestmark = pytest.mark.usefixtures("without_reports")

FIELD = CASES / "field"
ORDERED = "replan-overdue"  # L1 has 30 on order for January and 7 for February; its lead time is two months


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def followed(name: str, folder: Path, second: str) -> tuple[Memo, Path]:
    """The case's first workbook planned, and its second one planned on from there."""
    solve_workbook(FIELD / name / "input", folder / "first")
    _, memo = replan(folder / "first", FIELD / second / "input", folder / "next", ReplanTerms(), SolveOptions())
    jsonschema.validate(json.loads((folder / "next" / "run.json").read_text(encoding="utf-8")), schema("run"))
    return memo, folder / "next"


def test_what_was_ordered_and_not_made_is_due_in_the_first_period(tmp_path: Path) -> None:
    """Of the 30 for January 4 were made: 26 come in February, with the 7 that are due then."""
    memo, run = followed(ORDERED, tmp_path, f"{ORDERED}-feb")
    assert [(row["line"], row["period"], float(row["quantity"])) for row in rows(run / "input" / "Orders.csv")] == [
        ("L1", "2026-02", 33.0)
    ]
    (late,) = rows(run / "memo" / "late.csv")
    assert (late["what"], late["quantity"], late["was_due"], late["due"]) == ("L1", "26.0", "2026-01", "2026-02")
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["replan"]["late"][0]["quantity"] == 26
    assert "late: 26 unit of kit (order L1, Plant), due 2026-01, now 2026-02" in list(memo_lines(memo))
    assert '<td class="nowrap">2026-01</td><td class="nowrap">2026-02</td>' in (run / "memo.html").read_text("utf-8")
    assert memo.churn.rows.query("kind == 'make' and period == '2026-02'").empty  # what is late is no new decision


def test_the_advance_stays_paid_and_the_balance_is_due(tmp_path: Path) -> None:
    """12 of 30 were made in April: 18 come in May, half of their 180 EUR paid when they were ordered."""
    _, run = followed("late-half-order", tmp_path, "late-half-order-next")
    (order,) = rows(run / "input" / "Orders.csv")
    assert (order["period"], float(order["quantity"]), float(order["paid"])) == ("2026-05", 18, 0.5)
    (made,) = rows(run / "tables" / "production.csv")
    assert float(made["cost"]) == pytest.approx(90)
    assert rows(run / "tables" / "shortfalls.csv") == []


def test_goods_on_order_that_are_not_there_are_still_on_order(tmp_path: Path) -> None:
    """A count finds none of the 30 that should have arrived in January."""
    memo, run = followed("late-goods-on-order", tmp_path, "late-goods-on-order-next")
    (stock,) = rows(run / "input" / "Stocks.csv")
    assert (stock["node"], stock["period"], float(stock["quantity"])) == ("Depot", "2026-02", 30)
    assert [(late.kind, late.quantity, late.was_due, late.due) for late in memo.late] == [("goods on order", 30, 0, 1)]
    assert rows(run / "tables" / "shortfalls.csv") == []


HEAD = "period,kind,line,route,node,item,quantity\n"
JANUARY = "2026-01,made,L1,,,,4\n"


def workbook(folder: Path, actuals: str, **tables: str) -> Path:
    """The case's second workbook with these reports, some tables exchanged."""
    shutil.copytree(FIELD / f"{ORDERED}-feb" / "input", folder)
    for name, text in {"Actuals": HEAD + actuals, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solve_workbook(FIELD / ORDERED / "input", tmp_path_factory.mktemp("first") / "run").folder


def on_order(start: Start) -> dict[tuple[str, int], float]:
    return {key: order.quantity for key, order in start.now.orders.placed.items()}


def states(start: Start) -> list[tuple[str, str, float, str]]:
    return [(late.kind, late.what, late.quantity, late.state) for late in start.now.late]


def test_silence_is_not_production(first: Path, tmp_path: Path) -> None:
    start = starting_point(first, workbook(tmp_path / "w", "2026-01,stock,,,Depot,kit,0\n"))
    assert on_order(start) == {("L1", 1): 37}


@pytest.mark.parametrize("made", [70, 90])
def test_a_line_without_a_lead_time_has_no_orders(made: int, tmp_path: Path) -> None:
    """What it made beside the plan, less or more, is neither owed nor contradicts an order."""
    plan = solve_workbook(INPUTS / "quickstart", tmp_path / "first")
    shutil.copytree(INPUTS / "quickstart", tmp_path / "w")
    (tmp_path / "w" / "Actuals.csv").write_text(f"{HEAD}2026-01,made,Alpha line,,,,{made}\n", encoding="utf-8")
    start = starting_point(plan.folder, tmp_path / "w")
    assert (on_order(start), states(start), start.now.orders.conflicts) == ({}, [], [])


def test_reports_can_cancel_a_late_order(first: Path, tmp_path: Path) -> None:
    """The oldest first: of the 26 that are late 20 come no more."""
    start = starting_point(first, workbook(tmp_path / "w", JANUARY + "2026-01,cancelled,L1,,,,20\n"))
    assert on_order(start) == {("L1", 1): 13}
    assert states(start) == [("order", "L1", 20, "cancelled"), ("order", "L1", 6, "late")]
    more = starting_point(first, workbook(tmp_path / "v", JANUARY + "2026-01,cancelled,L1,,,,50\n"))
    assert on_order(more) == {}
    assert [(found.stated, found.computed) for found in more.now.orders.conflicts] == [(50, 33)]


def test_the_workbook_can_cancel_or_put_off_an_order(first: Path, tmp_path: Path) -> None:
    orders = "line,period,quantity\nL1,2026-01,0\nL1,2026-02,7\n"
    start = starting_point(first, workbook(tmp_path / "w", JANUARY, Orders=orders))
    assert sum(on_order(start).values()) == 3  # the 4 that were made count as the first of the 7
    assert states(start) == [("order", "L1", 30, "cancelled")]
    assert start.now.late[0].why == "the workbook's Orders say less than before"
    later = "line,period,quantity\nL1,2026-02,37\n"
    moved = starting_point(first, workbook(tmp_path / "v", "2026-01,made,L1,,,,0\n", Orders=later))
    assert (on_order(moved), states(moved)) == ({("L1", 1): 37}, [])


def test_an_order_on_an_event_moves_with_it(first: Path, tmp_path: Path) -> None:
    """It is the same order, not a second one."""
    tables = {
        "Events": "event,period\ntreaty,2026-02\n",
        "Orders": "line,period,quantity\nL1,treaty,30\nL1,2026-01,7\n",
    }
    start = starting_point(first, workbook(tmp_path / "w", "2026-01,made,L1,,,,7\n", **tables))
    assert (on_order(start), states(start)) == ({("L1", 1): 30}, [])


def test_an_order_of_a_line_that_is_gone_is_named_as_lost(first: Path, tmp_path: Path) -> None:
    lines = "line,factory,item,unit_cost,capacity,order_lead_time\nL2,Plant,kit,10,20,2\n"
    actuals = "2026-01,stock,,,Depot,kit,0\n"
    start = starting_point(first, workbook(tmp_path / "w", actuals, Lines=lines, Orders="line,period,quantity\n"))
    assert [(what, units, state) for _, what, units, state in states(start)][:2] == [
        ("L1", 30, "lost"),
        ("L1", 7, "lost"),
    ]
    assert "no longer has this line" in start.now.late[0].why


@pytest.mark.parametrize(
    ("opens", "closes", "state"), [("2026-05", "", "waiting"), ("2026-03", "", "late"), ("", "2026-01", "lost")]
)
def test_an_order_waits_until_its_factory_opens_and_is_lost_where_it_is_closed(
    first: Path, tmp_path: Path, opens: str, closes: str, state: str
) -> None:
    nodes = f"node,kind,nation,opens,closes\nPlant,factory,Arland,{opens},{closes}\nDepot,depot,Borland,,\n"
    tables = {"Nodes": nodes + "Field,destination,Borland,,\n", "Orders": "line,period,quantity\n"}
    start = starting_point(first, workbook(tmp_path / "w", JANUARY, **tables))
    assert {found for *_, found in states(start)} == {state}
    assert on_order(start) == ({("L1", 2): 33} if state == "late" else {})


def test_reports_may_be_corrected_and_plans_repeated(first: Path, tmp_path: Path) -> None:
    """The plan of March knows the orders from their beginning: 10 instead of 4 made in January, 5 in February."""
    _, memo = replan(first, workbook(tmp_path / "feb", JANUARY), tmp_path / "plan", ReplanTerms(), SolveOptions())
    assert [late.quantity for late in memo.late] == [26]
    again = starting_point(tmp_path / "plan", workbook(tmp_path / "again", JANUARY), now="2026-02")
    assert on_order(again) == {("L1", 1): 33}
    actuals = "2026-01,made,L1,,,,10\n2026-02,made,L1,,,,5\n"
    march = starting_point(tmp_path / "plan", workbook(tmp_path / "march", actuals))
    ordered = sum(order.quantity for order in march.now.orders.ordered)
    assert sum(on_order(march).values()) == pytest.approx(ordered - 15)
    assert [late.quantity for late in march.now.late] == [15, 7]


def test_a_shipment_that_a_count_does_not_find_is_under_way(first: Path, tmp_path: Path) -> None:
    """20 kits were sent in January and should be in the depot in February, where a count finds 5."""
    actuals = "2026-01,made,L1,,,,30\n2026-02,made,L1,,,,7\n2026-01,shipped,,Plant>Depot,,kit,20\n2026-02,stock,,,Depot,kit,5\n"
    start = starting_point(first, workbook(tmp_path / "w", actuals))
    (goods,) = start.now.stocks.transit
    assert (goods.node, goods.quantity, goods.arrives, goods.due) == ("Depot", 15, 2, 1)
    assert states(start) == [("shipment", "Plant>Depot", 15, "late")]
    gone = actuals + "2026-03,cancelled,,Plant>Depot,,kit,15\n"
    after = starting_point(first, workbook(tmp_path / "v", gone))
    assert after.now.stocks.transit == []
    assert states(after)[0] == ("shipment", "Plant>Depot", 15, "cancelled")


def test_goods_under_way_to_a_node_that_is_closed_now_are_named_as_lost(first: Path, tmp_path: Path) -> None:
    nodes = "node,kind,nation,closes\nPlant,factory,Arland,\nDepot,depot,Borland,2026-01\nField,destination,Borland,\n"
    actuals = "2026-01,made,L1,,,,30\n2026-01,shipped,,Plant>Depot,,kit,20\n"
    start = starting_point(first, workbook(tmp_path / "w", actuals, Nodes=nodes))
    assert start.now.stocks.transit == []
    assert states(start) == [("shipment", "Plant>Depot", 20, "lost")]


def test_a_late_order_comes_when_there_is_capacity_for_it(first: Path, tmp_path: Path) -> None:
    """33 are due in February, but the hall takes 25 a month: 25 come in February, 8 in March."""
    tables = {
        "Resources": "resource,factory,capacity\nHall,Plant,25\n",
        "ResourceUse": "line,resource,use\nL1,Hall,1\n",
    }
    source = workbook(tmp_path / "w", JANUARY, **tables)
    _, memo = replan(first, source, tmp_path / "next", ReplanTerms(), SolveOptions())
    found = [(row["period"], float(row["quantity"])) for row in rows(tmp_path / "next" / "input" / "Orders.csv")]
    assert found == [("2026-02", pytest.approx(25)), ("2026-03", pytest.approx(8))]
    assert sum(late.quantity for late in memo.late) == pytest.approx(33)
    tight = tables | {"Resources": "resource,factory,capacity\nHall,Plant,10\n"}
    _, memo = replan(
        first, workbook(tmp_path / "v", JANUARY, **tight), tmp_path / "tight", ReplanTerms(), SolveOptions()
    )
    waiting = [late.quantity for late in memo.late if late.state == "waiting"]
    assert sum(waiting) == pytest.approx(13)  # two months make 20 of the 33


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("2026-01,cancelled,,,,kit,5", "found none of them; cancelled expects a line, a route and an item, or a node"),
        ("2026-01,cancelled,L1,,Depot,,5", "found line and node; cancelled expects"),
        ("2026-01,cancelled,,,Depot,,5", "is blank; cancelled expects"),
    ],
)
def test_what_is_cancelled_must_be_said(tmp_path: Path, row: str, fault: str) -> None:
    reading = interpret(read_raw(workbook(tmp_path / "w", f"{row}\n")))
    assert any(fault in str(found) for found in reading.faults)
