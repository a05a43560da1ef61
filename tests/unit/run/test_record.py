"""run.json: its shape is a contract, held by a JSON schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from planner import cli
from planner.plan.plan import LevelResult
from planner.records.run import RunRecord, read_run
from planner.run.record import level_entries, verification_text
from planner.run.versions import versions
from planner.schemas import schema
from tests.places import INPUTS
from tests.worlds.worlds import World, write_world

QUICKSTART = INPUTS / "quickstart.xlsx"


@pytest.mark.parametrize(("enforced", "kind"), [("no", "LP"), ("yes", "MILP")])
def test_a_run_says_how_many_nations_take_part(
    tmp_path: Path, enforced: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten crates at 1 each.

    A has money for all, B for half a crate: its part is at most 1 in 20, too little to count.
    """
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
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema(), cls=jsonschema.Draft202012Validator)
    record = read_run(folder)
    assert record.document() == RunRecord.model_validate(document).document()
    assert record.model.kind == kind
    assert record.common_procurement is not None
    (entry,) = record.common_procurement
    assert (entry.fund, entry.nations_asked, entry.enforced) == ("Joint", 2, enforced == "yes")
    assert entry.nations_taking_part == len(entry.nations)
    said = capsys.readouterr().out
    if enforced == "yes":
        assert sorted(entry.nations) == ["A", "B"]
        assert entry.paid == pytest.approx(5.0), "B's 0.5 are a tenth of 5"
        assert "Joint: 2 nations take part; the fund asks for at least 2" in said
    else:
        assert entry.nations == pytest.approx({"A": 10 * 20 / 20.6})
        assert "Joint: 1 nation takes part; the fund asks for at least 2 (checked, not enforced)" in said


@pytest.mark.usefixtures("without_reports")
def test_without_such_a_rule_nothing_is_said_of_it(tmp_path: Path) -> None:
    assert cli.run(["solve", str(QUICKSTART), "-o", str(tmp_path / "run"), "-q"]) == 0
    assert read_run(tmp_path / "run").common_procurement is None


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
    assert [level.name for level in entries["objective"]] == ["binding_shortfall", "lateness", "cost"]
    assert entries["bound"] == (1.0, 1.9, None)
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


def test_versions_name_everything_that_computes() -> None:
    assert {"python", "planner", "highspy", "pulp", "pandas", "numpy", "networkx"} <= set(versions())
