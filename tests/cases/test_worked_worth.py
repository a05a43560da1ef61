"""What guarantees are worth, by hand: the worlds of `guarantees/` that have a worth.json, the calculation in why.md."""

from __future__ import annotations

import json
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import planner
from planner.plan import SolveOptions, solve
from planner.plan.beside import NO_BASIS
from planner.plan.worth import worth as worth_module
from planner.verify import verify

WORLDS = sorted(path.parent for path in (Path(__file__).parent / "guarantees").rglob("worth.json"))
NEAR = 1e-6


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: f"{world.parent.name}/{world.name}")
def test_the_worth_is_as_worked_by_hand(world: Path) -> None:
    expected = json.loads((world / "worth.json").read_text())
    plan = solve(planner.read(world), worth=True)
    assert plan.worth is not None
    assert plan.worth.evpi == pytest.approx(expected["evpi"], rel=NEAR, abs=NEAR)
    assert plan.worth.planning == (
        None if expected["planning"] is None else pytest.approx(expected["planning"], rel=NEAR, abs=NEAR)
    )
    assert_access(plan.tables["access_value"], expected.get("access", {}))
    draws = plan.tables["draws"]
    for node, worth in expected.get("draws", {}).items():
        found = draws[draws["node"] == node]["worth"].tolist()
        assert found == pytest.approx(worth if isinstance(worth, list) else [worth], rel=NEAR, abs=NEAR), node


def assert_access(table: pd.DataFrame, expected: dict[str, dict[str, list[float | None]]]) -> None:
    rows = {(row["nation"], row["level"]): row for row in table.to_dict("records")}
    for nation, levels in expected.items():
        for level, values in levels.items():
            found = [rows[nation, level][column] for column in ("closed", "now", "open")]
            right = [nan if value is None else value for value in values]
            assert found == pytest.approx(right, rel=NEAR, abs=NEAR, nan_ok=True), (nation, level)
    assert not expected or {nation for nation, _ in rows} == expected.keys()


@pytest.mark.usefixtures("without_reports")
@pytest.mark.parametrize("name", ["worth/promise", "worth/two_ways", "newsvendor/must", "certain_rows/cert_stock"])
def test_the_run_tells_it_and_it_is_verified(name: str, tmp_path: Path) -> None:
    world = Path(__file__).parent / "guarantees" / name
    result = planner.solve_workbook(world, tmp_path / "run")
    run: dict[str, Any] = json.loads((tmp_path / "run" / "run.json").read_text())
    has_case = bool(result.plan.instance.cases)
    assert ("worth" in run) == has_case
    assert "no_worth" not in run
    assert verify(world, result.tables, run).passed
    again = planner.solve_workbook(world, tmp_path / "again", worth=False)
    assert (again.record.no_worth is not None) == has_case
    assert again.record.worth is None
    assert again.tables["access_value"].empty


def test_one_certain_case_has_nothing_to_know(tmp_path: Path) -> None:
    """A case of probability 1: perfect information is worth nothing."""
    for name in ("access/own", "from_the_plan/ramp_plan_rate", "newsvendor/cheap"):
        world = Path(__file__).parent / "guarantees" / name
        copy = tmp_path / name.replace("/", "-")
        copy.mkdir()
        for path in world.glob("*.csv"):
            (copy / path.name).write_text(path.read_text())
        rows = (copy / "Contingencies.csv").read_text().splitlines()
        first = rows[1].split(",")
        first[rows[0].split(",").index("probability")] = "1"
        (copy / "Contingencies.csv").write_text("\n".join([rows[0], ",".join(first)]) + "\n")
        surges = (copy / "Surge.csv").read_text().splitlines()
        kept = [surges[0], *(row for row in surges[1:] if row.startswith(f"{first[0]},"))]
        (copy / "Surge.csv").write_text("\n".join(kept) + "\n")
        plan = solve(planner.read(copy), worth=True)
        assert plan.worth is not None
        assert plan.worth.evpi == 0


def test_large_programs_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """By size alone: columns times further plans."""
    monkeypatch.setattr(worth_module, "MOST_UNASKED", 0)
    instance = planner.read(Path(__file__).parent / "guarantees" / "worth" / "two_ways")
    unasked, asked = solve(instance, worth=None), solve(instance, worth=True)
    assert unasked.worth is None
    assert unasked.no_worth == worth_module.TOO_LARGE
    assert asked.worth is not None
    assert solve(instance, SolveOptions(solver="cbc"), worth=None).no_worth == NO_BASIS
