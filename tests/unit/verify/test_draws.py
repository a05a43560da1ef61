"""Table draws: what is drawn from a place is for those who get it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.plan import solve
from planner.verify import verify
from planner.workbook import read_instance

# 10 rounds at E are for Germany alone, 4 for anyone; Ukraine gets 10, of which 6 come from D within the response.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,4\n",
    "Nations": "nation\nUA\nDE\n",
    "Items": "item,value\nround,10\n",
    "Nodes": "node,kind,nation,storage_t\nD,depot,,\nE,depot,,\nZ,destination,UA,0\nY,destination,DE,0\n",
    "Routes": "route,origin,destination,lead_time\nDE,D,E,1\nEZ,E,Z,0\nEY,E,Y,0\n",
    "Stocks": "node,item,quantity,nation,period\nE,round,10,DE,\nE,round,4,,\nD,round,6,,2\n",
    "Demand": "demand,destination,item,period,quantity\nown,Y,round,4,0\n",
    "Contingencies": "contingency,probability,period,window\nc,0.5,2,2\n",
    "Surge": "contingency,destination,item,quantity,offset\nc,Z,round,10,1\n",
}


@pytest.mark.parametrize(("used", "passed"), [(4.0, True), (5.0, False), (10.0, False), (3.0, False)])
def test_goods_for_others_are_not_drawn(tmp_path: Path, used: float, passed: bool) -> None:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    plan = solve(read_instance(tmp_path), priced=False)
    draws = plan.tables["draws"].copy()
    at = draws.index[draws["node"] == "E"]
    assert draws.loc[at, ["used", "left"]].to_numpy().tolist() == [[4.0, 10.0]]
    draws.loc[at, ["used", "left"]] = [used, 14.0 - used]
    run = {
        "objective": [{"name": level.name, "value": level.value} for level in plan.levels],
        "model": {"name": "full"},
    }
    found = verify(tmp_path, {**plan.tables, "draws": draws}, run)
    assert found.failed == (() if passed else ("draws",))
