"""Where the figures of an instance are typed, in long and wide tables,
and what the input says with others in their place.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

from planner.domain.cells import Cell, Field
from planner.domain.instance import PlanningInstance
from planner.workbook import read_instance
from planner.workbook.instance.positions import InputCells, LaterCells, ranges
from planner.workbook.reading.raw import read_raw

TABLES: dict[str, str] = {
    "Settings": "key,value\nstart,2026-01\nperiods,4\nobjective,weighted\nkey tolerance,0.2",
    "Currencies": "currency,rate\nUSD,2",
    "Nations": "nation,key\nPL,1",
    "Items": "item\nshell",
    "Nodes": "node,kind,nation,storage_t\nF,factory,PL,\nK,destination,PL,0",
    "Routes": "origin,destination,capacity_t\nF,K,9",
    "Lines": "factory,item,unit_cost,capacity\nF,shell,1,5",
    "Capacity": "object,period,quantity\nF:shell,2026-Q1,3",
    "Demand": "destination,item,note,1,2,overdue\nK,shell,x,7,,0\nK,shell,y,,8,0",
    "Stocks": "node,item,quantity,period\nF,shell,2,\nF,shell,3,",
    "Funds": "fund\nPot",
    "Budgets": "fund,year,amount,currency\nPot,2026,10,USD\nPot,2026,1,EUR",
}


def write_tables(tables: Mapping[str, str], folder: Path) -> Path:
    folder.mkdir()
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def instance(tmp_path: Path) -> PlanningInstance:
    return read_instance(write_tables(TABLES, tmp_path / "in"))


def where(instance: PlanningInstance, table: str, column: str, **key: object) -> str:
    assert instance.cells is not None
    pairs = tuple((name.rstrip("_"), value) for name, value in key.items())
    return ranges(instance.cells.of(Field(table, pairs, column)))  # type: ignore[arg-type]


def test_figures_are_found_by_what_they_are_about(instance: PlanningInstance) -> None:
    assert where(instance, "Lines", "capacity", line="F:shell") == "Lines.csv:D2"
    assert where(instance, "Routes", "capacity_t", route="F>K") == "Routes.csv:C2"
    assert where(instance, "Settings", "value", key="keytolerance") == "Settings.csv:B5"
    # One row may name several periods.
    assert where(instance, "Capacity", "quantity", object="F:shell", period=0) == "Capacity.csv:C2"
    assert where(instance, "Capacity", "quantity", object="F:shell", period=1) == "Capacity.csv:C2"
    assert where(instance, "Capacity", "quantity", object="F:shell", period=3) == ""
    assert where(instance, "Demand", "quantity", demand="Demand 2", period=0) == "Demand.csv:D2"
    assert where(instance, "Demand", "quantity", demand="Demand 3", period=1) == "Demand.csv:E3"
    opening = {"node": "F", "item": "shell", "period": None, "nation": None, "age": 0}
    assert where(instance, "Stocks", "quantity", **opening) == "Stocks.csv:C2:C3"
    money = {"fund": "Pot", "contributor": "Pot", "year": 2026, "from_": 0}
    assert where(instance, "Budgets", "amount", **money) == "Budgets.csv:C2:C3"
    # A column that the sheet lacks: the row.
    assert where(instance, "Lines", "min_rate", line="F:shell") == "Lines.csv:A2"


def test_other_figures_make_another_instance(instance: PlanningInstance) -> None:
    cells = instance.cells
    assert cells is not None
    budget = Field("Budgets", (("fund", "Pot"), ("contributor", "Pot"), ("year", 2026), ("from", 0)), "amount")
    demand = Field("Demand", (("demand", "Demand 2"), ("period", 0)), "quantity")
    rate = Field("Lines", (("line", "F:shell"),), "min_rate")
    changed = cells.changed({budget: 31.0, demand: 6.5, rate: 1.0})
    assert changed is not None
    # 10 USD at 2 and 1 EUR are 21 EUR; 31 are 15 USD at 2, and 1.
    assert [entry.amount for entry in instance.funds["Pot"].budgets] == [21.0]
    assert [entry.amount for entry in changed.funds["Pot"].budgets] == [31.0]
    assert [entry.quantity for entry in changed.demands] == [6.5, 8.0]
    assert changed.lines["F:shell"].min_rate == 1.0
    assert cells.changed({rate: -1.0}) is None
    assert cells.changed({Field("Lines", (("line", "G:shell"),), "capacity"): 1.0}) is None


def test_cells_go_along_to_another_process(instance: PlanningInstance) -> None:
    again = pickle.loads(pickle.dumps(instance))
    assert where(again, "Lines", "capacity", line="F:shell") == "Lines.csv:D2"


def test_of_a_later_instance_people_look_into_the_workbook(tmp_path: Path) -> None:
    later = {**TABLES, "Demand": "demand,destination,item,period,quantity\nDemand 3,K,shell,1,8"}
    rolled = InputCells(read_raw(write_tables(later, tmp_path / "rolled")))
    workbook = InputCells(read_raw(write_tables(TABLES, tmp_path / "in")))
    cells = LaterCells(rolled, workbook, 1)
    demand = Field("Demand", (("demand", "Demand 3"), ("period", 0)), "quantity")
    assert ranges(cells.of(demand)) == "Demand.csv:E3"
    assert cells.of(Field("Stocks", (("node", "F"),), "quantity")) == ()
    changed = cells.changed({demand: 5.0})
    assert changed is not None
    assert [entry.quantity for entry in changed.demands] == [5.0]


def test_ranges() -> None:
    block = [Cell("Demand", row, column) for row in range(1, 4) for column in (3, 4)]
    assert ranges([*block, Cell("Lines", 3, 4)]) == "Demand!D2:E4, Lines!E4"
    apart = [Cell("Demand", row, 0) for row in range(1, 20, 2)]
    assert ranges(apart) == "Demand!A2, Demand!A4, Demand!A6 and 7 more ranges"
