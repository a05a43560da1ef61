"""Responses worked by hand pass; with one cell of the tables or of the input changed they fail, in the right family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.verify import FAMILIES, Verification, verify
from planner.verify.table_form import COLUMNS
from tests.unit.verify.worked import worked_guarantee
from tests.unit.verify.worked.mutation import first_of_each_family, mutated

Row = dict[str, Any]
MOVES, MAKING, STOCKS, EXPIRY = "response_moves", "response_making", "response_stocks", "response_expiry"
TRUCK: Row = {"contingency": "attack", "route": "Truck", "item": "round"}

# Table, which row, column, new value, the family that must fail.
MUTATIONS: list[tuple[str, Row, str, object, str]] = [
    # Rows that make no sense
    ("cases", {"contingency": "attack"}, "contingency", "assault", "names"),
    ("cases", {"contingency": "raid"}, "strike", 3, "names"),
    ("responses", {"demand": "City rounds"}, "demand", "", "names"),
    ("responses", {"item": "ration"}, "kind", "demand", "names"),
    ("uncovered", {"item": "ration"}, "due", 5, "names"),
    (MOVES, TRUCK, "recipient", "Utopia", "names"),
    (MOVES, TRUCK, "mode", "rail", "names"),
    (MAKING, {"period": 4}, "nation", "DE", "names"),
    (MAKING, {"period": 4}, "line", "Drums", "names"),
    (STOCKS, {"node": "Store"}, "node", "Shop", "names"),
    (EXPIRY, {"object": "Rail"}, "object", "Sail", "names"),
    ("recipients", {"flow": "entry"}, "flow", "exit", "names"),
    ("coverage", {"item": "ration"}, "domain", "air", "names"),
    ("draws", {"item": "powder"}, "nation", "UA", "names"),
    (STOCKS, {"node": "Depot", "period": 4}, "period", 5, "duplicates"),
    (MOVES, {"period": 5}, "quantity", -6.0, "non_negative"),
    (STOCKS, {"node": "Works", "recipient": "PL", "period": 5}, "quantity", "all", "table_form"),
    # The plan: for whom goods are, access, and a certain disruption
    ("recipients", {"flow": "entry", "recipient": "UA"}, "quantity", 51.0, "recipients"),
    ("recipients", {"flow": "entry", "object": "Store"}, "recipient", "UA", "recipients"),
    ("recipients", {"flow": "production", "period": 3}, "recipient", "UA", "recipients"),
    ("recipients", {"flow": "consumption", "period": 4, "recipient": "PL"}, "quantity", 6.5, "recipients"),
    (
        "recipients",
        {"flow": "stock", "object": "Depot", "period": 4, "recipient": "UA"},
        "quantity",
        55.0,
        "recipients",
    ),
    ("recipients", {"flow": "stock", "object": "Store", "period": 6}, "period", 5, "duplicates"),
    ("recipients", {"flow": "shipment", "object": "Rail"}, "recipient", "PL", "access"),
    ("recipients", {"flow": "shipment", "object": "Truck"}, "recipient", "(reserve)", "access"),
    ("recipients", {"flow": "delivery", "object": "Base rounds"}, "recipient", "UA", "access"),
    ("stocks", {"node": "Store", "period": 5}, "quantity", 30.0, "material_balance"),
    ("stocks", {"node": "Store", "period": 4}, "quantity", 15.0, "material_balance"),
    # Responses
    (MOVES, {**TRUCK, "period": 3}, "item", "powder", "response_balance"),
    ("responses", {"demand": "City rounds"}, "quantity", 3.0, "response_balance"),
    (STOCKS, {"node": "Depot", "recipient": "UA", "period": 3}, "quantity", 41.0, "response_balance"),
    (STOCKS, {"node": "Depot", "recipient": "(reserve)", "period": 4}, "quantity", 3.1, "response_balance"),
    (STOCKS, {"node": "Depot", "recipient": "(reserve)", "period": 3}, "recipient", "PL", "response_balance"),
    (STOCKS, {"node": "Store", "period": 5}, "quantity", 15.1, "response_balance"),
    (STOCKS, {"contingency": "raid", "item": "powder", "recipient": "PL"}, "quantity", 5.1, "response_balance"),
    (MAKING, {"period": 4, "recipient": "PL"}, "recipient", "UA", "response_balance"),
    (MAKING, {"contingency": "raid"}, "recipient", "(reserve)", "response_balance"),
    (STOCKS, {"contingency": "raid", "node": "Store"}, "item", "ration", "response_goods"),
    (MOVES, {"route": "Lane", "contingency": "attack"}, "recipient", "UA", "response_balance"),
    (MOVES, {**TRUCK, "period": 3}, "recipient", "PL", "response_access"),
    (MOVES, {"route": "Rail", "item": "round", "period": 3}, "recipient", "(reserve)", "response_access"),
    (MOVES, {**TRUCK, "period": 3}, "recipient", "(any)", "response_access"),
    (MOVES, {**TRUCK, "period": 4}, "period", 5, "response_window"),
    (MOVES, {**TRUCK, "period": 4}, "arrives", 4, "response_window"),
    (MOVES, {"contingency": "raid"}, "period", 3, "response_window"),
    (MOVES, {"route": "Road", "contingency": "attack", "period": 3}, "item", "ration", "response_forbidden"),
    (MOVES, {**TRUCK, "period": 3}, "quantity", 33.0, "response_route"),
    (MOVES, {**TRUCK, "period": 4}, "quantity", 32.5, "response_route"),
    (MOVES, {"route": "Road", "period": 3}, "quantity", 20.5, "response_route"),
    (MOVES, {"route": "Truck", "item": "ration"}, "quantity", 16.5, "response_route"),
    (MOVES, {**TRUCK, "period": 4}, "quantity", 30.5, "response_throughput"),
    (STOCKS, {"node": "Depot", "recipient": "UA", "period": 4}, "quantity", 73.0, "response_storage"),
    (STOCKS, {"node": "Depot", "recipient": "UA", "period": 3}, "node", "Hub", "response_storage"),
    (STOCKS, {"node": "Depot", "recipient": "UA", "period": 3}, "item", "ration", "response_storage"),
    (STOCKS, {"node": "Store", "period": 5}, "quantity", 21.0, "response_storage"),
    (MAKING, {"period": 4, "recipient": "PL"}, "quantity", 6.5, "response_line_capacity"),
    (MAKING, {"period": 3}, "quantity", 8.5, "response_orders"),
    (MAKING, {"period": 3}, "ordered", "in the response", "response_orders"),
    (MAKING, {"contingency": "raid"}, "quantity", 8.5, "response_orders"),
    (MAKING, {"period": 4, "recipient": "PL"}, "quantity", 15.0, "response_ramp"),
    (MAKING, {"period": 4, "recipient": "PL"}, "quantity", 13.0, "response_resource"),
    (MAKING, {"contingency": "raid"}, "period", 1, "response_window"),
    (EXPIRY, {"object": "Rail"}, "expires", 3, "response_shelf_life"),
    (EXPIRY, {"object": "Truck"}, "quantity", 14.0, "response_shelf_life"),
    (EXPIRY, {"flow": "delivery"}, "expires", 4, "response_shelf_life"),
    ("responses", {"period": 5, "due": 5, "kind": "surge"}, "quantity", 21.0, "response_need"),
    ("uncovered", {"item": "ration"}, "quantity", 4.0, "response_need"),
    ("uncovered", {"contingency": "raid"}, "quantity", 0.0, "response_need"),
    ("responses", {"period": 5, "kind": "surge"}, "period", 3, "response_delivery"),
    ("responses", {"demand": "Base rounds"}, "period", 4, "response_delivery"),
    (MOVES, {**TRUCK, "period": 3}, "cost", 95.0, "response_costs"),
    (MOVES, {**TRUCK, "period": 3}, "tonnes", 31.0, "response_costs"),
    (MAKING, {"contingency": "raid"}, "cost", 20.0, "response_costs"),
    (MAKING, {"period": 4, "recipient": "PL"}, "cost", 0.0, "response_costs"),
    ("cases", {"contingency": "attack"}, "begins", 4, "cases"),
    ("cases", {"contingency": "attack"}, "ends", 6, "cases"),
    ("cases", {"contingency": "raid"}, "weight", 0.5, "cases"),
    ("cases", {"contingency": "attack"}, "need", 841.0, "cases"),
    ("cases", {"contingency": "attack"}, "uncovered", 99.0, "cases"),
    ("cases", {"contingency": "attack"}, "coverage", 0.9, "cases"),
    ("cases", {"contingency": "raid"}, "promised", 0.8, "cases"),
    ("cases", {"contingency": "raid"}, "lack", 9.0, "cases"),
    ("cases", {"contingency": "attack"}, "cost", 304.0, "cases"),
    ("coverage", {"kind": "surge", "after": 1}, "wanted", 19.0, "coverage"),
    ("coverage", {"kind": "surge", "after": 1}, "covered", 20.0, "coverage"),
    ("coverage", {"kind": "surge", "after": 1}, "covered_so_far", 59.0, "coverage"),
    ("coverage", {"kind": "demand", "destination": "Base"}, "after", 0, "coverage"),
    ("coverage", {"kind": "demand", "destination": "Base"}, "kind", "surge", "coverage"),
    ("draws", {"contingency": "attack", "item": "round"}, "at_begin", 67.0, "draws"),
    ("draws", {"contingency": "raid", "item": "powder"}, "under_way", 0.0, "draws"),
    ("draws", {"contingency": "attack", "node": "Store"}, "lost", 14.0, "draws"),
    ("draws", {"contingency": "attack", "item": "powder"}, "used", 21.0, "draws"),
    ("draws", {"contingency": "attack", "item": "ration"}, "left", 7.0, "draws"),
    ("reach", {"item": "round"}, "days", 1.0, "reach"),
    ("reach", {"item": "round"}, "node", "Store", "reach"),
    ("reach", {"item": "ration"}, "quantity", 23.0, "reach"),
]

# Table of the input, what stands there, what shall, the family that must fail: the same tables break another rule.
OTHER_INPUTS: list[tuple[str, str, str, str]] = [
    ("Contingencies", "0.8,400", "0.8,343", "response_money"),
    ("Contingencies", "raid,,2", "raid,,2;3", "cases"),
    ("Contingencies", "attack,0.5,4,2,1", "attack,0.5,4,2,0", "response_window"),
    ("Contingencies", "attack,0.5,4,2,1,0.8", "attack,0.6,4,2,1,0.8", "cases"),
    ("Surge", "attack,City,ration,,20,,", "attack,City,ration,,22,,", "response_need"),
    ("Surge", "attack,City,round,,40,2,1", "attack,City,round,,40,2,0", "response_delivery"),
    ("Disruptions", "attack,node,Hub,,,0.5", "attack,node,Hub,strike-1,,0.5", "response_throughput"),
    ("Disruptions", "attack,node,Hub,,,0.5", "attack,node,Hub,,,0", "response_window"),
    ("Disruptions", "attack,node,Hub,,,0.5", "attack,nation,PL,,,0.5", "response_balance"),
    ("Disruptions", "attack,route,Truck,strike,strike+1,0.8", "attack,route,Truck,3,3,0.8", "response_route"),
    ("Disruptions", "attack,node,Depot,,,0.75", "attack,node,Depot,,,0.7", "response_balance"),
    ("Disruptions", ",node,Store,5,,0.5", ",node,Store,4,,0.5", "material_balance"),
    ("Disruptions", ",node,Store,5,,0.5", ",line,Rounds,5,,0.25", "line_capacity"),
    ("Disruptions", ",node,Store,5,,0.5", ",route,Truck,4,4,0.2", "route_capacity"),
    ("Disruptions", ",node,Store,5,,0.5", ",node,Hub,4,4,0.1", "throughput"),
    ("Disruptions", ",node,Store,5,,0.5", ",node,Depot,6,6,0.5", "storage_weight"),
    ("Disruptions", ",node,Store,5,,0.5", ",node,Works,4,4,0", "node_window"),
    ("Disruptions", ",node,Store,5,,0.5", ",route,Lane,5,5,0", "route_window"),
    ("Nodes", "Store,depot,DE,40,,,,DE", "Store,depot,DE,14,,,,DE", "response_storage"),
    ("Nodes", "Base,destination,PL,0,,,,", "Base,destination,PL,0,,,,UA", "access"),
    ("Nodes", "Base,destination,PL,0,,,,", "Base,destination,PL,0,,,,UA", "response_access"),
    ("Nodes", "Works,factory,PL,30,,,,", "Works,factory,PL,30,,,,UA", "response_access"),
    ("Routes", "Lane,Works,Base,road,0,1,,,,,", "Lane,Works,Base,road,0,1,,,UA,,", "response_access"),
    ("Routes", "Road,Works,Depot,road,0,2,25,10,", "Road,Works,Depot,road,0,2,25,3,", "response_route"),
    ("Items", "round,10,1,0.5,2", "round,10,1,0.5,6", "response_storage"),
    ("Lines", "0.8,10,10,Press,1", "0.8,10,10,Press,2", "response_orders"),
    ("Lines", "0.8,10,10,Press,1", "0.8,4,10,Press,1", "ramp"),
    ("Settings", "risk_weight,0.25", "risk_weight,0.5", "objective"),
    ("Settings", "risk_tail,0.5", "risk_tail,1", "objective"),
    ("Demand", "City rounds,City,round,5,10,yes", "City rounds,City,round,5,12,yes", "response_need"),
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked_guarantee.write_input(tmp_path_factory.mktemp("worked") / "input")


def check(source: Path, tables: dict[str, Any], levels: list[Row] | None = None) -> Verification:
    objective = worked_guarantee.levels() if levels is None else levels
    return verify(source, tables, {"objective": objective, "model": {"name": "full"}})


def test_the_worked_responses_pass(source: Path) -> None:
    found = check(source, worked_guarantee.tables())
    assert found.passed, found.summary()
    assert max(found.violations.values()) < 1e-9
    assert not found.not_recomputed


@pytest.mark.parametrize(("table", "where", "column", "value", "family"), first_of_each_family(MUTATIONS))
def test_one_changed_cell_fails_in_the_right_family(
    source: Path, table: str, where: Row, column: str, value: object, family: str
) -> None:
    found = check(source, mutated(worked_guarantee.tables(), table, where, column, value))
    assert family in found.failed, found.summary()
    assert found.worst[family], "a violation is put into words"


@pytest.mark.parametrize(("table", "old", "new", "family"), first_of_each_family(OTHER_INPUTS))
def test_another_input_fails_in_the_right_family(tmp_path: Path, table: str, old: str, new: str, family: str) -> None:
    changed = worked_guarantee.write_input(tmp_path / "input", **{table: (old, new)})
    found = check(changed, worked_guarantee.tables())
    assert family in found.failed, found.summary()


def test_every_family_of_responses_has_a_mutation() -> None:
    changed = {family for *_, family in MUTATIONS} | {family for *_, family in OTHER_INPUTS}
    families = {family for family in FAMILIES if family.startswith("response_")}
    assert {"access", "recipients", "cases", "coverage", "draws", "reach"} | families <= changed


@pytest.mark.parametrize("level", ["waste", "coverage", "contingency", "lateness", "response_days", "response_cost"])
def test_a_wrong_or_missing_level_fails(source: Path, level: str) -> None:
    levels = worked_guarantee.levels()
    wrong = [{**each, "value": each["value"] + (each["name"] == level)} for each in levels]
    assert check(source, worked_guarantee.tables(), wrong).failed == ("objective",)
    assert check(source, worked_guarantee.tables(), [each for each in levels if each["name"] != level]).failed == (
        "objective",
    )


@pytest.mark.parametrize(
    "table", ["cases", "responses", "uncovered", MOVES, MAKING, EXPIRY, "coverage", "recipients", "draws", "reach"]
)
def test_a_table_left_out_fails(source: Path, table: str) -> None:
    tables = worked_guarantee.tables()
    assert set(tables[table].columns) == set(COLUMNS[table])
    del tables[table]
    assert not check(source, tables).passed
