"""run.json: its shape is a contract, held by a JSON schema."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from planner import cli
from planner.plan.plan import LevelResult
from planner.run.record import (
    empty_record,
    level_entries,
    read_record,
    verification_text,
    versions,
    write_record,
)
from planner.schemas import schema, schema_names
from tests.properties.worlds import World, write_world

QUICKSTART = Path(__file__).resolve().parents[3] / "inputs" / "quickstart.xlsx"


def test_the_schema_is_a_schema_and_lists_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    record = empty_record("2026-01-01T00:00:00Z", Path("plan.xlsx"), {})
    optional = {"replan", "common_procurement", "past_lack", "rolling", "unserved", "explanation"}
    optional |= {"tables", "not_recomputed"}  # where there is a plan
    assert set(record) == set(schema()["required"]) == set(schema()["properties"]) - optional


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_is_one_and_closed(name: str) -> None:
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["additionalProperties"] is False
    assert set(found["required"]) <= set(found["properties"])


@pytest.mark.parametrize(("enforced", "kind"), [("no", "LP"), ("yes", "MILP")])
def test_a_run_says_how_many_nations_take_part(
    tmp_path: Path, enforced: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten crates at 1 each. A has money for all, B for half a crate: its part is at most 1 in 20, too little to count."""
    world: World = {
        "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 1}],
        "Nations": [{"nation": "A"}, {"nation": "B"}, {"nation": "C"}],
        "Items": [{"item": "crate", "value": 10}],
        "Nodes": [{"node": "Works", "kind": "factory"}],
        "Lines": [{"line": "Press", "factory": "Works", "item": "crate", "unit_cost": 1}],
        "Demand": [{"destination": "Works", "item": "crate", "period": 1, "quantity": 10}],
        "Funds": [{"fund": "Joint", "min_nations": 2, "min_nations_enforced": enforced, "part_min": 0.1},
                  {"fund": "Other"}],
        "Budgets": [{"fund": "Joint", "contributor": "A", "year": 2026, "amount": 20},
                    {"fund": "Joint", "contributor": "B", "year": 2026, "amount": 0.5},
                    {"fund": "Joint", "contributor": "C", "year": 2026, "amount": 0.1}],
    }  # fmt: skip
    folder = tmp_path / "run"
    assert cli.run(["solve", str(write_world(world, tmp_path / "in")), "-o", str(folder)]) == 0
    record = read_record(folder)
    jsonschema.validate(record, schema(), cls=jsonschema.Draft202012Validator)
    assert record["model"]["kind"] == kind
    (entry,) = record["common_procurement"]
    assert (entry["fund"], entry["nations_asked"], entry["enforced"]) == ("Joint", 2, enforced == "yes")
    assert entry["nations_taking_part"] == len(entry["nations"])
    said = capsys.readouterr().out
    if enforced == "yes":
        assert sorted(entry["nations"]) == ["A", "B"]
        assert entry["paid"] == pytest.approx(5.0), "B's 0.5 are a tenth of 5"
        assert "Joint: 2 nations take part, of 2 asked for" in said
    else:
        assert entry["nations"] == pytest.approx({"A": 10 * 20 / 20.6})
        assert "Joint: 1 nation takes part, of 2 asked for (checked, not enforced)" in said


def test_without_such_a_rule_nothing_is_said_of_it(tmp_path: Path) -> None:
    assert cli.run(["solve", str(QUICKSTART), "-o", str(tmp_path / "run"), "-q"]) == 0
    assert "common_procurement" not in read_record(tmp_path / "run")


def test_a_weighted_objective_is_one_number() -> None:
    levels = (LevelResult(0, "weighted", "Weighted objective", "EUR", 12.5, 12.5, 0.0, "optimal"),)
    assert level_entries(levels) == {"objective": 12.5, "bound": 12.5, "gap": 0.0}


def test_levels_come_in_order_and_there_is_no_gap_where_one_was_not_optimised() -> None:
    levels = (
        LevelResult(1, "binding_shortfall", "Shortfall", "EUR", 1.0, 1.0, 0.0, "optimal", 5, 0.1),
        LevelResult(4, "lateness", "Lateness", "EUR x periods", 2.0, 1.9, 0.05, "optimal"),
        LevelResult(6, "cost", "Discounted cost", "EUR", 3.0, None, None, "not optimised"),
    )
    entries = level_entries(levels)
    assert [level["name"] for level in entries["objective"]] == ["binding_shortfall", "lateness", "cost"]
    assert entries["bound"] == [1.0, 1.9, None]
    assert entries["gap"] is None
    assert level_entries(levels[:2])["gap"] == 0.05


@pytest.mark.parametrize(
    ("passed", "rules", "text"),
    [
        (True, [], "verified"),
        (True, ["a"], "verified; 1 rule not enforced"),
        (True, ["a", "b"], "verified; 2 rules not enforced"),
        (False, ["a"], "failed: ramp: too steep"),
    ],
)
def test_verification_in_words(passed: bool, rules: list[str], text: str) -> None:
    assert verification_text(passed, "ramp: too steep", rules) == text


def test_json_holds_no_infinity_and_plain_numbers(tmp_path: Path) -> None:
    write_record({"a": inf, "b": nan, "c": np.float64(1.5), "d": (np.int64(2),), "e": "Łódź"}, tmp_path / "run.json")
    assert read_record(tmp_path) == {"a": None, "b": None, "c": 1.5, "d": [2], "e": "Łódź"}


def test_versions_name_everything_that_computes() -> None:
    assert {"python", "planner", "highspy", "pulp", "pandas", "numpy", "networkx"} <= set(versions())
