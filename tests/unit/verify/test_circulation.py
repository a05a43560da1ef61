"""Goods in a circle of legs without lead time: each unit that comes into it passes each of its legs at most once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.errors import NoPlanError
from planner.plan import SolveOptions, solve
from planner.verify import Verification, verify
from planner.workbook import read

CSV = {
    "Settings": "key,value\nstart,2026-01\nperiods,1\nobjective,weighted\n",
    "Items": "item\npallet\ncrate\n",
    "Nodes": "node,kind\nA,depot\nB,depot\nC,depot\n",
    "Routes": "route,origin,destination,cost\nab,A,B,1\nba,B,A,1\nca,C,A,1\n",
    "Stocks": "node,item,quantity\nC,pallet,2\n",
    "Demand": "destination,item,period,quantity\nA,crate,1,0\n",
}


def world(folder: Path, **tables: str) -> Path:
    for name, text in (CSV | tables).items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def lock(least: float) -> str:
    return f"kind,route,minimum\nship,ab,{least}\n"


def checked(folder: Path, sent: dict[str, float], at_the_end: dict[str, float]) -> Verification:
    """The check of a plan that dispatches and holds these quantities, and does nothing else."""
    reading = read(folder)
    assert reading.instance is not None
    tables = {name: table.iloc[:0] for name, table in solve(reading.instance).tables.items()}
    ends = {"ab": ("A", "B"), "ba": ("B", "A"), "ca": ("C", "A")}
    tables["shipments"] = pd.DataFrame(
        [(route, *ends[route], "", "pallet", 1, 1, units, units, units) for route, units in sent.items()],
        columns=tables["shipments"].columns,
    )
    tables["stocks"] = pd.DataFrame(
        [(node, "pallet", 1, units) for node, units in at_the_end.items()], columns=tables["stocks"].columns
    )
    return verify(folder, tables, {"objective": sum(sent.values())})


@pytest.mark.parametrize("prune", [True, False])
def test_a_lock_can_move_what_is_there(tmp_path: Path, prune: bool) -> None:
    """The 2 pallets go from C to A, and one leg there and back for each that is asked for: cheapest is 2 + 2."""
    reading = read(world(tmp_path, Locks=lock(2)))
    assert reading.instance is not None
    assert solve(reading.instance, SolveOptions(prune=prune)).levels[0].value == pytest.approx(4)


@pytest.mark.parametrize("prune", [True, False])
def test_a_lock_cannot_move_more_than_is_there(tmp_path: Path, prune: bool) -> None:
    reading = read(world(tmp_path, Locks=lock(2.01)))
    assert reading.instance is not None
    with pytest.raises(NoPlanError):
        solve(reading.instance, SolveOptions(prune=prune))


def test_the_checker_lets_goods_go_there_and_back(tmp_path: Path) -> None:
    found = checked(world(tmp_path), {"ca": 2, "ab": 2, "ba": 2}, {"A": 2})
    assert found.passed, found.worst


def test_the_checker_finds_goods_from_nothing_that_go_round(tmp_path: Path) -> None:
    found = checked(world(tmp_path), {"ab": 5, "ba": 5}, {"C": 2})
    assert list(found.worst) == ["circulation"]
    assert "carries 5 units of 'pallet', where 0 come to be: they go round" in found.worst["circulation"]


def test_the_checker_finds_goods_that_go_round_beside_others(tmp_path: Path) -> None:
    found = checked(world(tmp_path), {"ca": 2, "ab": 2.5, "ba": 2.5}, {"A": 2})
    assert list(found.worst) == ["circulation"]
    assert "carries 2.5 units of 'pallet', where 2 come to be" in found.worst["circulation"]
