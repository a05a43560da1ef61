"""The plan worked by hand passes; the same plan with one cell changed fails, in the right family."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.errors import InputError, UsageError
from planner.records.parts import InputFile
from planner.records.reading import write_record
from planner.verify import FAMILIES, Verification, verify, verify_run
from planner.workbook.reading.raw import read_raw
from tests.run_json import level, run_record
from tests.unit.verify.worked import worked_plan
from tests.unit.verify.worked.mutation import first_of_each_family, mutated

Row = dict[str, Any]

# Table, which row, column, new value, the family that must fail.
MUTATIONS: list[tuple[str, Row, str, object, str]] = [
    ("stocks", {"node": "Depot", "item": "shell", "period": 2}, "quantity", "many", "table_form"),
    ("production", {"line": "Shells", "period": 2}, "factory", "Depot", "names"),
    ("production", {"line": "Shells", "period": 2}, "line", "Shelves", "names"),
    ("shipments", {"route": "Rail", "period": 5}, "mode", "road", "names"),
    ("deliveries", {"demand": "Guns 1", "period": 4}, "due", 3, "names"),
    ("deliveries", {"demand": "Guns 1", "period": 4}, "commitment", "", "names"),
    ("payments", {"fund": "Loan", "year": 2026}, "contributor", "UA", "names"),
    ("payments", {"fund": "Loan", "year": 2026}, "nation", "US", "names"),
    ("targets", {"target": "Reserve", "period": 4}, "period", 3, "names"),
    ("stocks", {"node": "Depot", "item": "shell", "period": 2}, "period", 3, "duplicates"),
    ("stocks", {"node": "Depot", "item": "shell", "period": 6}, "period", 7, "periods"),
    ("payments", {"fund": "Loan", "year": 2027}, "year", 2028, "periods"),
    ("shortfalls", {"demand": "Guns 1"}, "quantity", -2.0, "non_negative"),
    ("stocks", {"node": "Depot", "item": "shell", "period": 3}, "quantity", 6.001, "material_balance"),
    ("production", {"line": "Shells", "period": 2}, "quantity", 16.01, "material_balance"),
    ("shipments", {"route": "Sea"}, "quantity", 89.0, "material_balance"),
    ("deliveries", {"demand": "Guns 2"}, "quantity", 29.0, "material_balance"),
    ("scrap", {"item": "grain"}, "quantity", 4.0, "material_balance"),
    ("expiry", {"flow": "consumption", "period": 4}, "quantity", 24.0, "component_use"),
    ("expiry", {"flow": "delivery", "period": 3, "expires": 4}, "expires", 2, "shelf_life"),
    ("expiry", {"flow": "production", "period": 4}, "expires", 7, "shelf_life"),
    ("expiry", {"flow": "stock", "object": "Depot", "period": 5}, "quantity", 4.0, "shelf_life"),
    ("expiry", {"flow": "consumption", "period": 6}, "expires", 4, "shelf_life"),
    ("expiry", {"flow": "stock", "object": "Works", "item": "ration", "period": 6}, "expires", 6, "shelf_life"),
    ("expiry", {"flow": "shipment", "object": "Truck", "period": 2, "expires": 3}, "object", "Rail", "names"),
    ("expiry", {"flow": "delivery", "period": 3, "expires": 4}, "destination", "Works", "names"),
    ("expiry", {"flow": "stock", "object": "Depot", "period": 5}, "flow", "stocks", "names"),
    ("production", {"line": "Shells", "period": 3}, "quantity", 40.1, "line_capacity"),
    ("production", {"line": "Shells", "period": 4}, "quantity", 41.0, "line_capacity"),
    ("production", {"line": "Shells", "period": 6}, "quantity", 7.9, "minimum_rate"),
    ("production", {"line": "Shells", "period": 3}, "quantity", 40.2, "ramp"),
    ("production", {"line": "Rations", "period": 4}, "quantity", 45.0, "resource_capacity"),
    ("production", {"line": "Market:fuse"}, "period", 4, "line_window"),
    ("production", {"line": "Shells", "period": 2}, "period", 1, "line_window"),
    ("investments", {}, "quantity", 41.0, "expansion_limit"),
    ("investments", {}, "period", 3, "expansion_window"),
    ("investments", {}, "ready", 2, "expansion_window"),
    ("investments", {}, "period", 2, "line_capacity"),
    ("shipments", {"route": "Rail", "item": "shell", "period": 3}, "quantity", 61.0, "route_capacity"),
    ("shipments", {"route": "Road", "item": "shell", "period": 3}, "quantity", 50.1, "route_volume"),
    ("shipments", {"route": "Truck", "item": "ration", "period": 2}, "quantity", 40.5, "route_item_capacity"),
    ("shipments", {"route": "Truck", "item": "shell", "period": 5}, "period", 6, "route_window"),
    ("shipments", {"route": "Rail", "item": "shell", "period": 3}, "item", "fuse", "excludes"),
    ("shipments", {"route": "Truck", "item": "shell", "period": 4}, "arrives", 4, "arrival"),
    ("shipments", {"route": "Truck", "item": "shell", "period": 5}, "period", 6, "arrival"),
    ("shipments", {"route": "Rail", "item": "shell", "period": 3}, "quantity", 80.5, "throughput"),
    ("deliveries", {"demand": "Food 1"}, "period", 2, "node_window"),
    ("shipments", {"route": "Truck", "item": "ration", "period": 2}, "period", 1, "node_window"),
    ("stocks", {"node": "Depot", "item": "shell", "period": 4}, "quantity", 61.0, "storage_weight"),
    ("stocks", {"node": "Depot", "item": "shell", "period": 4}, "node", "Border", "storage_weight"),
    ("stocks", {"node": "Depot", "item": "shell", "period": 4}, "quantity", 101.0, "storage_volume"),
    ("stocks", {"node": "Depot", "item": "shell", "period": 4}, "quantity", 81.0, "storage_explosive"),
    ("stocks", {"node": "Depot", "item": "ration", "period": 4}, "quantity", 8.5, "storage_item"),
    ("shipments", {"route": "Road", "item": "shell", "period": 3}, "item", "fuse", "forbid"),
    ("shortfalls", {"demand": "Guns 2"}, "quantity", 9.0, "demand_balance"),
    ("deliveries", {"demand": "Guns 1", "period": 5}, "period", 6, "delivery_window"),
    ("deliveries", {"demand": "Guns 2"}, "period", 5, "delivery_window"),
    ("targets", {"target": "Reserve", "period": 5}, "below", 1.0, "stock_target"),
    ("targets", {"target": "Reserve", "period": 4}, "held", 35.0, "stock_target"),
    ("targets", {"target": "Food", "period": 2}, "wanted", 14.0, "days_of_supply"),
    ("targets", {"target": "Food", "period": 6}, "below", 4.0, "days_of_supply"),
    ("production", {"line": "Rations", "period": 2}, "cost", 199.0, "production_cost"),
    ("shipments", {"route": "Truck", "item": "ration", "period": 2}, "cost", 15.0, "shipment_cost"),
    ("shipments", {"route": "Sea"}, "tonnes", 0.9, "shipment_cost"),
    ("scrap", {"item": "ration"}, "cost", 16.0, "scrap_cost"),
    ("investments", {}, "cost", 180.0, "investment_cost"),
    ("payments", {"fund": "Joint", "object": "Rail", "year": 2027}, "amount", 1.0, "payment_balance"),
    ("payments", {"fund": "Joint", "object": "Rail", "year": 2027}, "object", "Road", "payment_balance"),
    ("payments", {"fund": "Loan", "year": 2026}, "object", "Rations", "eligibility"),
    ("payments", {"fund": "Joint", "object": "Market:fuse", "contributor": "PL"}, "fund", "Loan", "eligibility"),
    ("payments", {"fund": "Joint", "object": "Depot", "year": 2027}, "fund", "Loan", "eligibility"),
    ("payments", {"fund": "Loan", "year": 2027}, "amount", 4400.0, "fund_window"),
    ("payments", {"fund": "Loan", "year": 2026}, "amount", 3001.0, "fund_limit"),
    (
        "payments",
        {"fund": "Joint", "object": "Shells", "contributor": "US", "year": 2026},
        "amount",
        5900.0,
        "fund_limit",
    ),
    (
        "payments",
        {"fund": "Joint", "object": "Shells", "contributor": "US", "year": 2027},
        "amount",
        1800.0,
        "fund_limit",
    ),
    ("payments", {"fund": "Loan", "year": 2027}, "amount", 3001.0, "fund_ceiling"),
    ("payments", {"fund": "Loan", "year": 2027}, "amount", 2161.0, "cofinancing"),
    ("payments", {"fund": "Joint", "object": "Market:fuse", "contributor": "PL"}, "amount", 14000.0, "fund_content"),
    ("nations", {"nation": "US", "year": 2026}, "contributed", 1.0, "nations"),
    ("nations", {"nation": "UA", "year": 2027}, "received", 1.0, "nations"),
    ("nations", {"nation": "PL", "year": 2027}, "balance", 0.0, "nations"),
    ("shortfalls", {"demand": "Guns 1"}, "quantity", 3.0, "objective"),
    ("stocks", {"node": "Works", "item": "shell", "period": 6}, "quantity", 25.0, "objective"),
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked_plan.write_input(tmp_path_factory.mktemp("worked") / "input")


def run_of(source: Path, **more: object) -> dict[str, Any]:
    sha = read_raw(source).sha256
    return {
        "input": {"file": source.name, "path": str(source), "sha256": sha},
        "objective": worked_plan.levels(),
        **more,
    }


def write_run(source: Path, folder: Path) -> None:
    """run.json of the worked plan, in `folder`."""
    levels = [level(found["name"], found["value"]) for found in worked_plan.levels()]
    made_of = InputFile.of(source, read_raw(source).sha256)
    write_record(run_record(objective=levels, input=made_of), folder / "run.json")


def check(source: Path, tables: dict[str, pd.DataFrame], **more: object) -> Verification:
    return verify(source, tables, run_of(source, **more))


def test_the_worked_plan_passes(source: Path) -> None:
    found = check(source, worked_plan.tables())
    assert found.passed, found.summary()
    assert set(found.violations) == set(FAMILIES)
    assert max(found.violations.values()) < 1e-9
    assert "families of rules hold" in found.summary()
    assert found.first_failure == ""


@pytest.mark.parametrize(("table", "where", "column", "value", "family"), first_of_each_family(MUTATIONS))
def test_one_changed_cell_fails_in_the_right_family(
    source: Path, table: str, where: Row, column: str, value: object, family: str
) -> None:
    found = check(source, mutated(worked_plan.tables(), table, where, column, value))
    assert family in found.failed, found.summary()
    assert found.first_failure == found.worst[max(found.failed, key=lambda failing: found.violations[failing])]
    assert found.worst[family], "a violation is put into words"
    assert not found.passed


def test_the_worst_place_is_named_in_the_planners_words(source: Path) -> None:
    found = check(
        source, mutated(worked_plan.tables(), "production", {"line": "Shells", "period": 3}, "quantity", 48.0)
    )
    assert found.worst["line_capacity"] == "line_capacity: line 'Shells' in 2026-12 starts 60 of 50 units"
    assert found.violations["line_capacity"] == pytest.approx(10 / 60)


def test_a_wrong_objective_fails(source: Path) -> None:
    for place in range(5):
        levels = worked_plan.levels()
        levels[place]["value"] += 1.0
        assert check(source, worked_plan.tables(), objective=levels).failed == ("objective",)
    assert check(source, worked_plan.tables(), objective=None).failed == ("objective",)


def test_a_level_left_out_is_a_fault_where_it_counts_something(source: Path) -> None:
    levels = worked_plan.levels()
    full = {"name": "full", "families_off": []}
    assert check(source, worked_plan.tables(), objective=levels, model=full).passed
    found = check(source, worked_plan.tables(), objective=levels[1:], model=full)
    assert found.failed == ("objective",)
    assert "'binding_shortfall' is left out" in found.worst["objective"]
    assert check(source, worked_plan.tables(), objective=levels[1:], model={"name": "stocks-only"}).passed


def test_a_level_that_was_not_optimised_has_no_value_to_check(source: Path) -> None:
    levels = [*worked_plan.levels()[:-1], {"level": 6, "name": "cost", "unit": "EUR", "value": None}]
    assert check(source, worked_plan.tables(), objective=levels).passed


def test_the_worst_unmet_share_of_a_commitment(source: Path) -> None:
    """Guns 1 lacks 2 of 60. The rest goes to UA: shells for 1050 of 40 x 105 and rations for 50 x 10 are missing."""
    binding = {"name": "least_served_binding", "value": 2 / 60}
    other = {"name": "least_served_other", "value": 1050 / 4700}
    levels = [binding, worked_plan.levels()[0], other, *worked_plan.levels()[1:]]
    assert check(source, worked_plan.tables(), objective=levels).passed
    for stated in (binding, other):
        found = check(source, worked_plan.tables(), objective=[{**stated, "value": stated["value"] + 1e-3}])
        assert found.failed == ("objective",)


def test_families_switched_off_are_skipped_and_said(source: Path) -> None:
    tables = mutated(worked_plan.tables(), "stocks", {"node": "Depot", "item": "shell", "period": 4}, "quantity", 61.0)
    found = check(source, tables, model={"name": "x", "families_off": ["storage_weight"]})
    assert "storage_weight" not in found.violations
    assert found.skipped == ("storage_weight",)
    assert "storage_weight" in found.summary()


def test_what_the_input_does_not_have_is_named_in_words(source: Path) -> None:
    found = check(source, mutated(worked_plan.tables(), "deliveries", {"demand": "Guns 1", "period": 4}, "due", 3))
    assert found.worst["names"].endswith("the input has no such demand 'Guns 1', due 3")


def test_an_input_that_has_changed_is_reported(source: Path) -> None:
    run = {**run_of(source), "input": {"file": "input", "path": str(source), "sha256": "0" * 64}}
    found = verify(source, worked_plan.tables(), run)
    assert found.failed == ("input",)
    assert "has changed" in found.worst["input"]


def test_the_weighted_objective(tmp_path: Path) -> None:
    source = worked_plan.write_input(tmp_path, {"Settings": ("lexicographic", "weighted")})
    assert check(source, worked_plan.tables(), objective=worked_plan.weighted()).passed
    assert check(source, worked_plan.tables(), objective=worked_plan.weighted() + 0.1).failed == ("objective",)


def test_a_blank_shortage_cost_must_be_met_under_the_weighted_objective(tmp_path: Path) -> None:
    weighted = {"Settings": ("lexicographic", "weighted")}
    source = worked_plan.write_input(tmp_path / "demand", {**weighted, "Demand": ("40,,,400,", "40,,,,")})
    assert "demand_balance" in check(source, worked_plan.tables(), objective=1.0).failed
    source = worked_plan.write_input(tmp_path / "target", {**weighted, "Targets": ("10,,1,7", "10,,1,")})
    assert "stock_target" in check(source, worked_plan.tables(), objective=1.0).failed
    source = worked_plan.write_input(tmp_path / "days", {**weighted, "Targets": ("15,3,1", "15,3,")})
    assert "days_of_supply" in check(source, worked_plan.tables(), objective=1.0).failed


def test_without_budgets_nothing_is_asked_of_payments(tmp_path: Path) -> None:
    source = worked_plan.write_input(tmp_path)
    (source / "Budgets.csv").unlink()
    tables = worked_plan.tables()
    tables["payments"] = tables["payments"].iloc[:0]
    tables["nations"] = tables["nations"].assign(contributed=0.0, balance=tables["nations"]["produced"])
    made = tables["nations"].groupby(["nation", "year"], as_index=False)["produced"].sum()
    tables["ledger"] = made.assign(fund="", contributed=0.0, balance=made["produced"])
    tables["burden_sharing"] = tables["burden_sharing"].iloc[:0]
    levels = worked_plan.levels()[:-1]  # the cost has no interest now
    assert check(source, tables, objective=levels).passed


def test_a_late_budget_pays_only_for_later_costs(tmp_path: Path) -> None:
    """Of the 4800 that shells cost in 2027, 3040 fall in January, before the American money is there."""
    source = worked_plan.write_input(tmp_path, {"Budgets": ("2027-02", "2027-03")})
    found = check(source, worked_plan.tables())
    assert found.failed == ("fund_limit",)  # 500 are paid, only 480 fall in March
    assert "before 2027-03" in found.worst["fund_limit"]


def test_an_input_that_is_already_read_and_changed(source: Path) -> None:
    """As an option has it: the same file, another figure in memory."""
    raw = read_raw(source)
    assert verify(raw, worked_plan.tables(), run_of(source)).passed
    budgets = raw.table("Budgets")
    assert budgets is not None
    amount = budgets.header.index("amount")
    poorer = replace(budgets, rows=tuple((*row[:amount], "100", *row[amount + 1 :]) for row in budgets.rows))
    tables = tuple(poorer if table is budgets else table for table in raw.tables)
    assert verify(replace(raw, tables=tables), worked_plan.tables(), run_of(source)).failed == ("fund_limit",)


@pytest.fixture
def folder(tmp_path: Path, source: Path) -> Path:
    folder = tmp_path / "run"
    (folder / "tables").mkdir(parents=True)
    for name, table in worked_plan.tables().items():
        table.to_csv(folder / "tables" / f"{name}.csv", index=False)
    write_run(source, folder)
    return folder


def test_a_run_folder(folder: Path, source: Path) -> None:
    assert verify_run(folder).passed
    assert verify_run(folder, source).passed


def test_a_run_folder_with_a_changed_table(folder: Path) -> None:
    path = folder / "tables" / "shortfalls.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("10.0", "10.5"), encoding="utf-8")
    assert "demand_balance" in verify_run(folder).failed


def test_what_is_no_run_folder_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no run folder"):
        verify_run(tmp_path)
    with pytest.raises(UsageError, match="not to be found"):
        verify_run(folder, tmp_path / "gone.xlsx")
    for table in (folder / "tables").iterdir():
        table.unlink()
    (folder / "tables").rmdir()
    with pytest.raises(UsageError, match="holds no plan"):
        verify_run(folder)


def test_a_table_that_is_none_is_said(folder: Path) -> None:
    (folder / "tables" / "stocks.csv").write_bytes(b"\xff\xfe,node")
    with pytest.raises(UsageError, match="cannot be read as a table"):
        verify_run(folder)


def test_an_input_that_makes_no_sense_is_said(folder: Path, tmp_path: Path) -> None:
    for name, change in (
        ("number", {"Lines": ("100,40,10", "dear,40,10")}),
        ("reference", {"Lines": ("Shells,Works", "Shells,Nowhere")}),
        ("period", {"Demand": ("2027-01", "soon")}),
    ):
        with pytest.raises(InputError, match="planner check"):
            verify_run(folder, worked_plan.write_input(tmp_path / name, change))


def test_names_that_look_like_numbers_or_gaps_stay_names(tmp_path: Path, source: Path) -> None:
    """A nation NA and a line 007, through CSV and back."""
    changed = tmp_path / "input"
    changed.mkdir()
    for path in source.iterdir():
        text = path.read_text(encoding="utf-8")
        (changed / path.name).write_text(text.replace("UA", "NA").replace("Rations", "007"), encoding="utf-8")
    tables = tmp_path / "run" / "tables"
    tables.mkdir(parents=True)
    for name, table in worked_plan.tables().items():
        table.replace({"UA": "NA", "Rations": "007"}).to_csv(tables / f"{name}.csv", index=False)
    write_run(changed, tmp_path / "run")
    found = verify_run(tmp_path / "run")
    assert found.passed, found.summary()
