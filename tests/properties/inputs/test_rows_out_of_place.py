"""Rows dated before, in and after the horizon, on an event that never comes, at what is closed or has no capacity.

Each kind of row is crossed with each date and each closure. Either `check` refuses the input by cell, or the plan keeps
every rule, or no plan exists and the conflict says why; the program never ends otherwise.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.plan import solve
from planner.verify import verify
from planner.workbook import read
from planner.workbook.validate.checks import check_network

SETTINGS = "key,value\nstart,2026-01\nperiods,6\nfrozen,3\nobjective,{objective}\n"
TABLES = {
    "Nations": "nation\nA\nB\n",
    "Items": "item,value,holding_cost\nkit,10,0.1\n",
    "Events": "event,period\nnever,\nlater,2026-04\n",
    "Nodes": (
        "node,kind,nation,opens,closes,storage_t\nPlant,factory,A,{plant},\nDepot,depot,B,{depot},{storage}\n"
        "Field,destination,B,{field},\nSide,factory,A,,,\n"
    ),
    "Lines": (
        "line,factory,item,unit_cost,capacity,order_lead_time,opens,closes\n"
        "L1,Plant,kit,10,{capacity},2,{line}\nL2,Side,kit,11,20,0,,\n"
    ),
    "Routes": (
        "route,origin,destination,lead_time,cost,capacity_t,opens,closes\n"
        "R1,Plant,Depot,1,2,{tonnes},{route}\nR2,Depot,Field,0,1,,,\nR3,Side,Depot,0,1,,,\n"
    ),
    "Demand": "demand,destination,item,period,quantity,shortage_cost\nd1,Field,kit,2026-05,30,1000\n",
    "Expansions": "expansion,resource,cost\nE1,M,1\n",
    "Resources": "resource,capacity\nM,5\n",
    "Funds": "fund\nF\n",
    "Budgets": "fund,year,amount\nF,2026,10000\n",
}
OPEN = {
    "plant": ",",
    "depot": ",",
    "field": ",",
    "line": ",",
    "route": ",",
    "capacity": "20",
    "tonnes": "",
    "storage": "",
}
WINDOWS = ("never,", ",2025-12", "2026-04,", ",2026-02")
CLOSED = [
    {},
    *({thing: window} for thing in ("plant", "depot", "field", "line", "route") for window in WINDOWS),
    *({thing: "0"} for thing in ("capacity", "tonnes", "storage")),
]
DATES = ("2025-06", "2025-12", "2026-01", "2026-02", "2026-05", "2027-03", "never", "later", "later+9", "later-9")
ROWS = {
    "Orders": ["line,period,quantity\nL1,{date},30\n"],
    "Stocks": [f"node,item,quantity,period\n{node},kit,5,{{date}}\n" for node in ("Plant", "Depot", "Field")],
    "Previous": [
        "kind,line,period,quantity\nmake,L1,{date},5\n",
        "kind,route,item,period,quantity\nship,R1,kit,{date},5\n",
    ],
    "Targets": [
        "nodes,items,from,to,quantity\nDepot,kit,{date},{date},5\n",
        "nodes,items,from,days_of_supply\nDepot,kit,{date},30\n",
    ],
    "Policies": [
        "policy,kind,items,nations,share,from,to\nP,largest_share,kit,A,0.5,{date},{date}\n",
        "policy,kind,items,nations,from\nP,forbid,kit,A,{date}\n",
        "policy,kind,items,routes,share,from\nP,smallest_share,kit,R1,0.5,{date}\n",
    ],
    "Locks": [
        f"kind,{keys},from,to,per,{bound}\n{kind},{names},{{date}},{{date}},{per},5\n"
        for kind, keys, names in (
            ("make", "line", "L1"),
            ("ship", "route,item", "R1,kit"),
            ("stock", "node,item", "Depot,kit"),
            ("deliver", "demand", "d1"),
            ("invest", "expansion", "E1"),
            ("pay", "fund", "F"),
        )
        for per, bound in (("total", "minimum"), ("period", "quantity"))
    ],
    "Expansions": ["expansion,line,cost,first,last\nE1,L1,1,{date},{date}\n", "expansion,node,cost,first\nE1,Depot,1,{date}\n"],
    "Consents": ["nation,kind,from,status\nA,export,{date},given\n", "nation,kind,from\nA,export,{date}\n"],
    "Events": ["event,period\nnever,\nlater,{date}\n"],
    "Budgets": ["fund,year,amount,from\nF,2026,10000,{date}\n"],
    "Capacity": ["object,period,quantity\nL1,{date},7\n", "object,period,quantity\nDepot,{date},0\n"],
    "Demand": ["demand,destination,item,period,quantity\nd1,Field,kit,{date},30\n"],
    "Actuals": [
        "period,kind,line,quantity\n{date},made,L1,5\n",
        "period,kind,route,item,quantity\n{date},shipped,R1,kit,5\n",
        "period,kind,fund,quantity\n{date},paid,F,5\n",
        "period,kind,expansion,quantity\n{date},bought,E1,5\n",
    ],
}  # fmt: skip
WORLDS = [
    (table, row, closed, date)
    for table, rows in ROWS.items()
    for row, closed, date in product(range(len(rows)), range(len(CLOSED)), DATES)
]
SOME = [world for number, world in enumerate(WORLDS) if number % 359 == 0]


def write(folder: Path, table: str, row: int, closed: int, date: str, objective: str) -> None:
    words = OPEN | CLOSED[closed]
    texts = {name: text.format(**words) for name, text in TABLES.items()}
    texts |= {"Settings": SETTINGS.format(objective=objective), table: ROWS[table][row].format(date=date)}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def ends_well(folder: Path, table: str) -> None:
    reading = read(folder)
    if reading.instance is None:
        assert any(fault.sheet == table and fault.cell for fault in reading.faults), reading.faults
        return
    check_network(reading.instance, reading.raw)
    try:
        plan = solve(reading.instance)
    except NoPlanError as problem:
        conflict = problem.conflict
    else:
        conflict = None
    if conflict is not None:
        # What lies in the closure alone is found by `check`; what goods cannot reach in time is the network's.
        assert conflict
        assert table in ("Previous", "Locks", "Targets", "Demand"), conflict
        return
    levels = [{"name": level.name, "value": level.value} for level in plan.levels]
    objective = levels[0]["value"] if levels[0]["name"] == "weighted" else levels
    found = verify(folder, plan.tables, {"objective": objective})
    assert found.passed, found.summary()


@pytest.mark.parametrize(("table", "row", "closed", "date"), SOME)
def test_it_is_refused_or_planned(table: str, row: int, closed: int, date: str, tmp_path: Path) -> None:
    write(tmp_path, table, row, closed, date, ("lexicographic", "weighted")[(row + closed) % 2])
    ends_well(tmp_path, table)


@pytest.mark.long
@pytest.mark.parametrize("objective", ["lexicographic", "weighted"])
@pytest.mark.parametrize("table", ROWS)
def test_all_of_them_are_refused_or_planned(table: str, objective: str, tmp_path: Path) -> None:
    for number, world in enumerate(world for world in WORLDS if world[0] == table):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(folder, *world, objective)
        try:
            ends_well(folder, table)
        except Exception as problem:
            raise AssertionError(f"{world}, {objective}: {problem}") from problem
