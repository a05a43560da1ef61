"""What plans of one world must agree on, whoever makes and checks them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.plan import Plan, SolveOptions, solve
from planner.verify import verify
from planner.workbook import read
from tests.worlds.worlds import World, write_world

OBJECTIVES = ("weighted", "lexicographic")


def instance_of(world: World, folder: Path) -> PlanningInstance:
    """What is read of a world, but for the locks that are refused.

    They ask for what no plan could have; that this is so, the plain LP proves in tests/cases/test_against_plain_lp.py.
    """
    reading = read(write_world(world, folder))
    refused = {fault.cell for fault in reading.faults if "nothing that the lock names can be" in fault.message}
    if refused:
        rows = {int(re.sub(r"\D", "", cell or "")) for cell in refused}
        kept = [lock for row, lock in enumerate(world["Locks"], start=2) if row not in rows]
        assert len(kept) == len(world["Locks"]) - len(rows)
        (folder / "Locks.csv").unlink()
        reading = read(write_world({**world, "Locks": kept}, folder))
    assert reading.instance is not None, [str(fault) for fault in reading.faults]
    return reading.instance


def values(instance: PlanningInstance, **options: object) -> list[float] | str:
    """The levels' values, or that there is no plan."""
    try:
        return [level.value for level in solve(instance, SolveOptions(**options), priced=False).levels]  # type: ignore[arg-type]
    except NoPlanError as failure:
        return failure.status


def record(plan: Plan, objective: str) -> dict[str, object]:
    levels = [{"level": level.level, "name": level.name, "value": level.value} for level in plan.levels]
    return {"objective": plan.levels[0].value if objective == "weighted" else levels, "model": {"families_off": []}}


def same(one: list[float] | str, other: list[float] | str) -> bool:
    return (
        one == other
        if isinstance(one, str) or isinstance(other, str)
        else one == pytest.approx(other, rel=1e-6, abs=1e-6)
    )


def nearly_same(one: list[float] | str, other: list[float] | str) -> bool:
    """CBC hands its plans over with eight digits and needs slack (1e-7) to hold a level at what it has found.

    What it gives away at one level, in its units, another may gain a multiple of.
    """
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return one == pytest.approx(other, abs=1e-5 * max(1.0, sum(map(abs, one))))


def agree(world: World, objective: str, folder: Path, gap: float) -> None:
    """Assert that the unpruned model, the one without lazy funds, a second solver and the checker agree.

    `gap`: how far a level's bound may be from its value.
    """
    instance = instance_of(world, folder)
    found = values(instance)
    assert same(found, values(instance, prune=False))
    assert same(found, values(instance, lazy_funds=False))
    assert nearly_same(found, values(instance, solver="cbc"))
    if not isinstance(found, str):
        plan = solve(instance)
        assert all(level.gap is not None and abs(level.gap) < gap for level in plan.levels)
        verification = verify(folder, plan.tables, record(plan, objective))
        assert verification.passed, verification.worst
