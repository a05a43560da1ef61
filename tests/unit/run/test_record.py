"""run.json: its shape is a contract, held by a JSON schema."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from planner.run.record import (
    empty_record,
    level_entries,
    read_record,
    schema,
    verification_text,
    versions,
    write_record,
)
from planner.solve.plan import LevelResult


def test_the_schema_is_a_schema_and_lists_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    record = empty_record("2026-01-01T00:00:00Z", Path("plan.xlsx"), {})
    assert set(record) == set(schema()["required"]) == set(schema()["properties"]) - {"replan"}


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
