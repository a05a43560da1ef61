"""Inputs from the field: published problems with their optimum, and what went wrong for users of comparable programs.

Each folder of `field/` holds an input (`input/` or `input.xlsx`) and `expected.json`:

    source           where it comes from
    exit             0 (if it says nothing) a verified plan, 2 the input is wrong, 3 no plan exists
    objective        the weighted objective
    options          the weighted objective of each option, planned beside the base; what is asked stays the option's
                     own
    NAME             the value of the lexicographic level of that name (other_shortfall, lateness, cost …)
    tables           result table → all its rows, as CSV text in the columns given
    faults           pieces of text, each in one of the faults; sheet, cell and message
    warnings         the same of the warnings; an empty list: there is none
    conflict         pieces of text, each in a rule that cannot hold
    whole            true: `planner solve` itself is run too, with report and workbook
    long             true: takes more than ten seconds; only with -m long
    how              how the value was found; told, not tested
    elsewhere        the keys that a test of another file holds
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rule_case import expected_rows, found_rows

from planner.cli.entry import run
from planner.errors import InputError, NoPlanError, PlannerError
from planner.options.changes.checking import option_warnings
from planner.options.pipeline import compare_workbook
from planner.plan import Plan, solve
from planner.verify import verify
from planner.workbook import Reading, read
from planner.workbook.validate.checks import check_network

FIELD = Path(__file__).parent / "field"
TOLD = {"source", "how", "long", "elsewhere"}  # of no consequence here
HELD = {"exit", "objective", "options", "tables", "faults", "warnings", "conflict", "whole"}


def expected(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


def input_of(folder: Path) -> Path:
    workbook = folder / "input.xlsx"
    return workbook if workbook.exists() else folder / "input"


FOLDERS = sorted(path.parent for path in FIELD.glob("*/expected.json"))


def cases(*keys: str, exits: tuple[int, ...] = (0, 2, 3)) -> pytest.MarkDecorator:
    """The folders with one of these keys (none: any) that end in one of these ways."""
    chosen = [
        pytest.param(folder, id=folder.name, marks=[pytest.mark.long] if said.get("long") else [])
        for folder in FOLDERS
        if (said := expected(folder)).get("exit", 0) in exits and (not keys or said.keys() & set(keys))
    ]
    return pytest.mark.parametrize("folder", chosen)


@cache
def reading_of(folder: Path) -> Reading:
    return read(input_of(folder))


@cache
def outcome(folder: Path) -> Plan | PlannerError:
    """The plan, or why there is none; solved once for all tests that look at it."""
    reading = reading_of(folder)
    if reading.instance is None:
        return InputError(reading.faults)
    try:
        return solve(reading.instance)
    except PlannerError as problem:
        return problem


def plan_of(folder: Path) -> Plan:
    found = outcome(folder)
    assert isinstance(found, Plan), found
    return found


def warnings_of(folder: Path) -> list[str]:
    """What `check` warns of."""
    reading = reading_of(folder)
    assert reading.instance is not None, reading.faults
    network = check_network(reading.instance, reading.raw)
    return [str(each) for each in (*reading.warnings, *option_warnings(reading, "full"), *network)]


def assert_said(pieces: list[str], lines: list[str]) -> None:
    for piece in pieces:
        assert any(piece in line for line in lines), (piece, lines)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_that_is_expected_is_passed_over(folder: Path) -> None:
    said = expected(folder)
    assert said["source"]
    if not said.get("long"):
        levels = {level.name for level in plan_of(folder).levels} if said.get("exit", 0) == 0 else set()
        assert said.keys() - TOLD - HELD - levels - set(said.get("elsewhere", ())) == set()


@cases()
def test_it_ends_as_it_should(folder: Path) -> None:
    found = outcome(folder)
    assert (0 if isinstance(found, Plan) else found.exit_code) == expected(folder).get("exit", 0), found


@cases(exits=(0,))
def test_its_plan_is_optimal_and_keeps_every_rule(folder: Path) -> None:
    plan = plan_of(folder)
    levels = [{"name": level.name, "value": level.value} for level in plan.levels]
    objective = levels[0]["value"] if [level.name for level in plan.levels] == ["weighted"] else levels
    verification = verify(input_of(folder), plan.tables, {"objective": objective})
    assert plan.status == "optimal"
    assert verification.passed, verification.summary()


@cases(exits=(0,))
def test_its_levels_have_the_right_values(folder: Path) -> None:
    said, levels = expected(folder), {level.name: level.value for level in plan_of(folder).levels}
    if "objective" in said:
        assert list(levels.values()) == pytest.approx([said["objective"]], rel=1e-6, abs=1e-6)
    for name in levels.keys() & said.keys():
        assert levels[name] == pytest.approx(said[name], rel=1e-6, abs=1e-6), name


@cases("options")
def test_its_options_have_the_right_values(folder: Path, tmp_path: Path) -> None:
    """Solved from the base, one after the other: demand, costs and capacities changed."""
    outcomes = compare_workbook(input_of(folder), tmp_path / "out").comparison.outcomes
    found = {outcome.name: outcome.record.objective for outcome in outcomes[1:]}
    assert found == pytest.approx(expected(folder)["options"], rel=1e-6)


@cases("tables")
def test_its_tables_have_the_right_rows(folder: Path) -> None:
    for name, text in expected(folder)["tables"].items():
        columns, rows = expected_rows(text)
        assert found_rows(plan_of(folder).tables[name], columns) == rows, name


@cases("faults")
def test_its_faults_say_what_is_wrong(folder: Path) -> None:
    assert_said(expected(folder)["faults"], [str(fault) for fault in reading_of(folder).faults])


@cases("warnings")
def test_its_warnings_say_what_to_look_at(folder: Path) -> None:
    pieces, warnings = expected(folder)["warnings"], warnings_of(folder)
    assert_said(pieces, warnings)
    assert bool(warnings) == bool(pieces), warnings


@cases("conflict")
def test_its_conflict_names_what_clashes(folder: Path) -> None:
    found = outcome(folder)
    assert isinstance(found, NoPlanError)
    assert_said(expected(folder)["conflict"], list(found.conflict))


@cases("whole")
def test_the_program_ends_as_it_should(folder: Path, tmp_path: Path) -> None:
    wanted = expected(folder).get("exit", 0)
    assert run(["check", str(input_of(folder))]) == (2 if wanted == 2 else 0)
    assert run(["solve", str(input_of(folder)), "-o", str(tmp_path / "run"), "-q"]) == wanted
