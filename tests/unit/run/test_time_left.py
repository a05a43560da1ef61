"""The time limit bounds what comes after the plan too, and what it leaves no time for is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.plan import SolveOptions
from planner.run.pipeline import solve_workbook
from planner.solver.clock import TimeLeft

TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,2\n",
    "Nations": "nation\nPL\n",
    "Items": "item,weight\ncrate,1\n",
    "Nodes": "node,kind,nation,storage_t\nWorks,factory,PL,0\nHub,destination,PL,0\n",
    "Routes": "origin,destination,mode,capacity_t\nWorks,Hub,road,\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Demand": "demand,destination,item,period,quantity\nJanuary,Hub,crate,1,100\n",
}
SAID = ("no time was left for exact prices",)


@pytest.mark.parametrize("over", [True, False])
def test_what_there_is_no_time_for_is_said_everywhere(
    tmp_path: Path, over: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`over`: the plan is there just as the time is up."""
    (tmp_path / "input").mkdir()
    for name, text in TABLES.items():
        (tmp_path / "input" / f"{name}.csv").write_text(text, encoding="utf-8")
    if over:
        monkeypatch.setattr(TimeLeft, "seconds", 0.0)
    run = solve_workbook(tmp_path / "input", tmp_path / "run", options=SolveOptions(time_limit=600.0))
    record = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert record["status"] == "optimal"
    for sentence in SAID:
        assert any(sentence in warning for warning in record["warnings"]) is over
        assert (sentence in page) is over
    prices = run.plan.tables["prices"]
    assert len(prices)
    assert (prices["exact"] == ("no" if over else "yes")).all()


def test_time_left_counts_down_and_remembers_that_something_was_cut_short() -> None:
    endless, ended = TimeLeft(None), TimeLeft(0.0)
    assert (endless.seconds, endless.is_over, endless.cut_short) == (None, False, False)
    assert (ended.seconds, ended.cut_short) == (0.0, False)
    assert (ended.is_over, ended.cut_short) == (True, True)
    assert 0.0 < (TimeLeft(60.0).seconds or 0.0) <= 60.0
