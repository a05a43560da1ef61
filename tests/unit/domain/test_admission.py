"""What is for some nations only and keeps goods from a demand, worked by hand; what check says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.explain.bounds import bounds
from planner.domain.contingency.admission import Admission
from planner.plan import solve
from planner.report.data.money import money_scale
from planner.report.data.service import read_service
from planner.report.words.reasons import Reasons
from planner.workbook import read, read_instance
from planner.workbook.validate.checks import check_network

TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,4\n",
    "Nations": "nation\nUA\nDE\n",
    "Items": "item,value\nround,10\n",
    "Nodes": "node,kind,nation,access\nF,factory,,\nG,depot,,\nZ,destination,UA,\n",
    "Routes": "route,origin,destination,lead_time,nations\nFZ,F,Z,0,\nFG,F,G,0,\nGZ,G,Z,1,\n",
    "Stocks": "node,item,quantity,nation\nF,round,10,\n",
    "Demand": "demand,destination,item,period,quantity\nown,Z,round,2,5\n",
}


def said(folder: Path, **changes: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The restrictions that keep all goods from the demand, and what check says of the demand."""
    for name, text in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    reading = read(folder)
    assert reading.instance is not None, [str(fault) for fault in reading.faults]
    found = Admission(reading.instance).of_demand(reading.instance.demands[0])
    warnings = check_network(reading.instance, reading.raw)
    return [tuple(row) for row in found], [str(fault) for fault in warnings if fault.sheet == "Demand"]


CLOSED_G = "node,kind,nation,access\nF,factory,,\nG,depot,,DE\nZ,destination,UA,\n"
CLOSED_F = "node,kind,nation,access\nF,factory,,DE\nG,depot,,\nZ,destination,UA,\n"
NATIONS = "route,origin,destination,lead_time,nations\nFZ,F,Z,0,DE\nFG,F,G,0,\nGZ,G,Z,{},\n"


@pytest.mark.parametrize(
    ("changes", "expected", "words"),
    [
        ({}, [], ""),
        ({"Nodes": CLOSED_G}, [], ""),  # straight from F
        ({"Nodes": CLOSED_F}, [("access", "F")], "the access of F"),
        (
            {"Nodes": CLOSED_G, "Routes": NATIONS.format(1)},
            [("access", "G"), ("nations", "FZ")],
            "the access of G and the nations of route FZ",
        ),
        # By G it would take too long, whoever may draw on it.
        ({"Nodes": CLOSED_G, "Routes": NATIONS.format(3)}, [("nations", "FZ")], "the nations of route FZ"),
        ({"Stocks": "node,item,quantity,nation\nF,round,10,DE\n"}, [("stock", "F")], "the nation of stock at F"),
        ({"Stocks": "node,item,quantity,nation\nF,round,10,DE\nG,round,1,UA\n"}, [], ""),
    ],
)
def test_what_closes_every_way_to_a_nation_is_named(
    tmp_path: Path, changes: dict[str, str], expected: list[tuple[str, str]], words: str
) -> None:
    found, warnings = said(tmp_path, **changes)
    assert sorted(found) == expected
    closed = f"; every way in time is closed to UA by {words}"
    assert [warning.endswith(closed) for warning in warnings] == [True] * bool(expected)


def test_what_is_too_slow_anyhow_is_not_blamed_on_access(tmp_path: Path) -> None:
    slow = "route,origin,destination,lead_time,nations\nFZ,F,Z,3,DE\n"
    found, (warning,) = said(tmp_path, Routes=slow)
    assert found == []
    assert warning.startswith(
        "Demand.csv:D2 (period): no supply of round can reach Z in 2026-02, nor at any later time"
    )
    assert "closed to" not in warning


def test_the_earliest_arrival_is_that_of_goods_for_the_recipient(tmp_path: Path) -> None:
    """Germany's stock could be there at once; what anyone may have comes on order in March."""
    stocks = "node,item,quantity,nation,period\nF,round,10,DE,\nF,round,10,,3\n"
    _, (warning,) = said(tmp_path, Stocks=stocks)
    assert (
        "the earliest possible arrival is 2026-03; every way in time is closed to UA by the nation of stock" in warning
    )


def test_it_is_the_reason_of_a_shortage_with_its_cells(tmp_path: Path) -> None:
    """Of a demand, of a surge, and of the demand that stands beside it."""
    cases = {
        "Nodes": CLOSED_G,
        "Routes": NATIONS.format(1),
        "Contingencies": "contingency,probability,period\nearly,0.5,2\n",
        "Surge": "contingency,destination,item,quantity\nearly,Z,round,3\n",
    }
    said(tmp_path, **cases)
    plan = solve(read_instance(tmp_path))
    table = plan.tables["attribution"]
    assert {row.kind: (row.group, row.cells) for row in table.itertuples()} == {
        "demand": ("for others", "Nodes.csv:D3, Routes.csv:E2"),
        "surge": ("for others", "Nodes.csv:D3, Routes.csv:E2"),
        "standing": ("for others", "Nodes.csv:D3, Routes.csv:E2"),
    }
    reasons = Reasons(plan.instance, table, read_service(plan, money_scale(plan)))
    assert reasons.reason(("", "Z", "round"), 3) == (
        "it cannot arrive in time, as every way is open to other nations only (Nodes.csv:D3, Routes.csv:E2)"
    )
    (bound,) = bounds(plan.instance)
    assert list(bound.cut) == [("access, routes or stocks for other nations only", "Nodes.csv:D3, Routes.csv:E2")]


def test_stocks_of_other_nations_are_named_by_their_cells(tmp_path: Path) -> None:
    said(tmp_path, Stocks="node,item,quantity,nation\nF,round,10,DE\nF,round,1,DE\n")
    (row,) = solve(read_instance(tmp_path)).tables["attribution"].itertuples()
    assert (row.group, row.cells) == ("for others", "Stocks.csv:D2:D3")
