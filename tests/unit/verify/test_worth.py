"""What a guarantee is worth, as run.json and the tables tell it: one figure changed fails in the family `worth`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

import planner
from planner.plan import Plan, solve
from planner.verify import Verification, verify
from tests.places import CASES
from tests.unit.verify.worked.mutation import mutated

WORLDS = CASES / "guarantees"
PLACES = {"lexicographic": WORLDS / "worth" / "promise", "weighted": WORLDS / "newsvendor" / "cheap"}


class Found(NamedTuple):
    name: str
    tables: dict[str, pd.DataFrame]
    record: dict[str, Any]

    @property
    def run(self) -> dict[str, Any]:
        """The record, to be changed."""
        return {**self.record, "worth": dict(self.record["worth"])}


def record_of(plan: Plan) -> dict[str, Any]:
    levels = [{"name": level.name, "value": level.value} for level in plan.levels]
    objective = plan.levels[0].value if plan.levels[0].name == "weighted" else levels
    return {"objective": objective, "model": {"name": "full"}, "worth": plan.worth and asdict(plan.worth)}


@pytest.fixture(scope="module", params=sorted(PLACES))
def found(request: pytest.FixtureRequest) -> Found:
    plan = solve(planner.read(PLACES[request.param]), worth=True)
    return Found(request.param, dict(plan.tables), record_of(plan))


def check(found: Found, run: dict[str, Any], changes: Any = None) -> Verification:
    tables = found.tables if changes is None else mutated(found.tables, *changes)
    return verify(PLACES[found.name], tables, run)


def test_it_passes_and_says_what_is_not_recomputed(found: Found) -> None:
    verification = check(found, found.run)
    assert verification.passed, verification.summary()
    declared = {
        "draws.worth",
        "access_value.closed",
        "access_value.open",
        "worth.expected",
        "worth.evpi",
        "worth.planning",
    }
    assert declared <= set(verification.not_recomputed)
    assert "worth (3 columns)" in verification.summary()


@pytest.mark.parametrize(
    ("field", "value"),
    [("evpi", -1.0), ("planning", -1.0), ("evpi", 1e6), ("expected", 1e6), ("expected", "much"), ("level", "cost")],
)
def test_a_wrong_figure_in_the_record_is_found(found: Found, field: str, value: object) -> None:
    run = found.run
    run["worth"][field] = value
    assert "worth" in check(found, run).failed


def test_planning_may_be_blank_only_where_needs_must_be_covered(found: Found) -> None:
    run = found.run
    run["worth"]["planning"] = None
    assert ("worth" in check(found, run).failed) == (found.name == "lexicographic")


def test_one_case_leaves_nothing_to_know(found: Found) -> None:
    run = found.run
    run["worth"]["evpi"] += 5.0
    assert ("worth" in check(found, run).failed) == (found.name == "lexicographic")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("access_value", "now", 7.0),
        ("access_value", "closed", 7.0),
        ("access_value", "open", 1e6),
        ("access_value", "open", 1.0),
        ("access_value", "nation", "UA"),
        ("access_value", "level", "cost"),
        ("draws", "worth", -1.0),
    ],
)
def test_a_wrong_cell_is_found(found: Found, table: str, column: str, value: object) -> None:
    where = {"nation": "PL"}
    verification = check(found, found.run, (table, where, column, value))
    assert "worth" in verification.failed, verification.summary()
    assert verification.worst["worth"].startswith("worth: ")


def test_rows_without_the_record_are_found(found: Found) -> None:
    run = found.run
    del run["worth"]
    assert "worth" in check(found, run).failed


def test_an_input_without_cases_is_worth_nothing(found: Found, tmp_path: Path) -> None:
    source = tmp_path / "calm"
    source.mkdir()
    for path in PLACES[found.name].glob("*.csv"):
        if path.stem not in ("Contingencies", "Surge"):
            (source / path.name).write_text(path.read_text())
    plan = solve(planner.read(source), worth=True)
    assert plan.worth is None
    assert plan.no_worth == ""
    run = {**record_of(plan), "worth": found.record["worth"]}
    assert "worth" in verify(source, plan.tables, run).failed
