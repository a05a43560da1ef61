"""On random worlds without a plan: what is said to clash does, irreducibly;
and each change that is offered makes a plan.
"""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.cells import Cell
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.formulation.model.origins import origins_of
from planner.plan import SolveOptions, solve
from planner.plan.conflict.words import MOST_LINES
from planner.solver.highs import INFINITY, HighsSession, arrays
from planner.workbook import read, read_instance
from tests.seeds import seeds
from tests.worlds.worlds import World, random_world, write_world

SEEDS = seeds(4, 300)
CELL = re.compile(r"([A-Z]+)(\d+)")


def tight_world(seed: int) -> World:
    """A random world in which much must be, and little can: most have no plan."""
    rng = random.Random(seed)
    world = random_world(seed, "weighted")
    for row in world["Demand"]:
        row["quantity"] *= rng.choice([1, 2, 5])
        if rng.random() < 0.7:
            row["shortage_cost"] = ""
    for row in world.get("Targets", []):
        row["shortage_cost"] = rng.choice(["", row["shortage_cost"]])
    for row in world["Lines"]:
        if rng.random() < 0.3:
            row["min_rate"] = rng.choice([2, 6])
    if rng.random() < 0.5:
        world["Locks"] = [
            {"lock": "made", "kind": "make", "item": "shell", "per": "total", "minimum": rng.choice([5, 60])},
            {"lock": "sent", "kind": "ship", "route": "X-K", "maximum": rng.choice([1, 4])},
        ]
    if rng.random() < 0.4:
        world["Policies"] = [
            {"policy": "half", "kind": "largest_share", "items": "shell", "nodes": "F1", "share": 0.5},
            {"policy": "some", "kind": "smallest_share", "items": "shell", "nodes": "F2", "share": 0.3},
        ]
    return world


def world_of_choices(seed: int) -> World:
    """A world whose funds must pay what often too few nations can bear their part of, whichever take part."""
    rng = random.Random(f"choices {seed}")
    nations = ["PL", "DE", "FR", "SE"][: rng.choice([3, 4])]
    funds = ["Joint", "Second"][: rng.choice([1, 1, 2])]
    return {
        "Settings": [
            {"key": "start", "value": "2026-01"},
            {"key": "periods", "value": rng.choice([1, 3])},
            {"key": "objective", "value": "weighted"},
        ],
        "Nations": [{"nation": nation} for nation in nations],
        "Items": [{"item": "gun"}],
        "Nodes": [{"node": "Works", "kind": "factory", "nation": "PL"}],
        "Lines": [{"line": "Guns", "factory": "Works", "item": "gun", "unit_cost": 10, "capacity": 60}],
        "Demand": [
            {"demand": "Guns", "destination": "Works", "item": "gun", "period": 1, "quantity": 90, "shortage_cost": 100}
        ],
        "Funds": [
            {"fund": fund, "min_nations": 2, "min_nations_enforced": "yes", "part_min": rng.choice([0.2, 0.3])}
            for fund in funds
        ],
        "Budgets": [
            {"fund": fund, "contributor": nation, "year": 2026, "amount": 900 if nation == "PL" else rng.randint(5, 60)}
            for fund in funds
            for nation in nations
        ],
        "Locks": [
            {"lock": f"Spend {fund}", "kind": "pay", "fund": fund, "minimum": rng.choice([120, 200, 280])}
            for fund in funds
        ],
    }


def failure_of(folder: Path) -> tuple[PlanningInstance, NoPlanError]:
    reading = read(folder)
    if reading.instance is None:
        pytest.skip("what is asked of this world is refused before it is solved")
    instance = reading.instance
    try:
        solve(instance)
    except NoPlanError as failure:
        return instance, failure
    pytest.skip("this world has a plan")


def cells_of(text: str) -> set[Cell]:
    """The cells that `Lines.csv:E2:E4, Stocks.csv:C2` names."""
    found = set()
    for part in text.split(", "):
        sheet, *ends = part.replace("!", ":").split(":")
        corners = [place(end) for end in ends]
        (top, left), (bottom, right) = corners[0], corners[-1]
        found |= {Cell(sheet, row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return found


def place(text: str) -> tuple[int, int]:
    letters, digits = CELL.fullmatch(text).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(digits) - 1, column - 1


def feasible(instance: PlanningInstance, kept: set[Cell]) -> bool:
    """Is there a plan where of all limits and demands only those count all of whose cells are kept?"""
    model = build(instance, load("full"))
    lp = arrays(model)
    session = HighsSession(lp, model.catalogue.solver)
    if lp.binary.size:
        session.make_binary(lp.binary)
    freed = [
        row
        for row, origins in origins_of(model).items()
        if origins and not all(kept.issuperset(instance.cells.of(origin.field)) for origin in origins)  # type: ignore[union-attr]
    ]
    nothing = np.full(len(freed), INFINITY)
    session.set_row_bounds(np.array(freed, dtype=np.intp), -nothing, nothing)
    return session.solve("some rules").status == "optimal"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_to_clash_does_and_each_change_makes_a_plan(seed: int, tmp_path: Path) -> None:
    assert_true(write_world(tight_world(seed), tmp_path / "world"), tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_of_choices_is_true_of_every_choice(seed: int, tmp_path: Path) -> None:
    assert_true(write_world(world_of_choices(seed), tmp_path / "world"), tmp_path)


def assert_true(folder: Path, scratch: Path) -> None:
    """What is said to clash does, without any one of its figures it does not, and each change makes a plan."""
    instance, failure = failure_of(folder)
    assert len(failure.conflict) + 1 <= MOST_LINES
    assert not any("what comes in goes out" in line or "add up" in line for line in failure.conflict)
    said: dict[str, Any] = failure.explanation
    figures = {rule["cells"] for rule in said["rules"]}
    clash = set().union(*map(cells_of, figures))
    assert not feasible(instance, clash)
    assert said["irreducible"]
    for figure in figures:
        assert feasible(instance, clash - cells_of(figure)), figure
    for number, change in enumerate(said["changes"]):
        assert solve(read_instance(changed(folder, change, scratch / f"changed-{number}")), SolveOptions()).status


@pytest.mark.parametrize("seed", range(4))
def test_of_a_large_program_it_is_true_too(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", -1)
    test_what_is_said_to_clash_does_and_each_change_makes_a_plan(seed, tmp_path)


def changed(folder: Path, change: dict[str, Any], other: Path) -> Path:
    """The input with the figures of a change typed into it."""
    other.mkdir()
    for file in folder.glob("*.csv"):
        rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
        for figure in change["figures"]:
            (cell,) = cells_of(figure["cells"])
            if cell.sheet == file.name:
                rows[cell.row][cell.column] = repr(figure["after"])
        with (other / file.name).open("w", encoding="utf-8", newline="") as written:
            csv.writer(written).writerows(rows)
    return other
