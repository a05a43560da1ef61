"""A run that was killed goes on where it was: the same plan to the last byte, and nothing of it left in the end."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planner.catalogue import load
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.plan import solve
from planner.plan.program import Program
from planner.solver import checkpoint
from planner.solver.checkpoint import Checkpoint, Checkpoints, checkpoints_beside
from planner.solver.highs import SolveOutcome
from planner.solver.lexicographic import Optimum
from planner.solver.options import SolveOptions
from planner.workbook import read_instance
from tests.places import INPUTS
from tests.seeds import seeds
from tests.worlds.agreement import instance_of
from tests.worlds.full_worlds import full_world


class Killed(BaseException):
    """The process is no more."""


def killed_after(checkpoints: int) -> Callable[[Checkpoints, Checkpoint], None]:
    """Keeping checkpoints, as long as the process lives."""
    keep, kept = Checkpoints.keep, []

    def keep_until(self: Checkpoints, found: Checkpoint) -> None:
        keep(self, found)
        kept.append(found)
        if len(kept) == checkpoints:
            raise Killed

    return keep_until


def optimum(program: Program, folder: Path | None) -> Optimum:
    options = SolveOptions(checkpoints=folder)
    return program.optimum(program.session(options), program.lazy_funds(options), options, keep_basis=True)


def interrupted(program: Program, target: Path) -> None:
    with checkpoints_beside(target) as folder:
        optimum(program, folder)
        raise KeyboardInterrupt


def same(one: Optimum, other: Optimum) -> bool:
    vectors = ("values", "reduced_costs", "row_duals")
    return (
        one.values.tobytes() == other.values.tobytes()
        and [level.name for level in one.levels] == [level.name for level in other.levels]
        and all(
            getattr(first.outcome, name).tobytes() == getattr(second.outcome, name).tobytes()
            for first, second in zip(one.levels, other.levels, strict=True)
            for name in vectors
        )
        and (one.basis is None) == (other.basis is None)
        and (one.basis is None or other.basis is None or np.array_equal(one.basis.columns, other.basis.columns))
    )


def program_with_a_plan(seed: int, folder: Path, with_responses: bool = False) -> Program:
    """That of the first random world, from a seed on, that has levels and a plan."""
    for further in itertools.count(100 * seed):
        program = Program.of(build(instance_of(full_world(further), folder / str(further)), load("full")))
        if with_responses and program.recourse is None:
            continue
        with contextlib.suppress(NoPlanError):
            if len(program.targets) > 1 and optimum(program, None):
                return program
    raise AssertionError


@pytest.mark.parametrize("vast", [False, True])
@pytest.mark.parametrize("together", [1, 3])
@pytest.mark.parametrize("seed", seeds(2, 60))
def test_what_is_resumed_ends_the_same_to_the_last_byte(
    seed: int, together: int, vast: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at each checkpoint in turn, and killed again while it resumes: by interior point, with one or several
    levels in a sum; if vast, with responses left out of the first levels.
    """
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    monkeypatch.setattr("planner.plan.program.money_is_scarce", lambda _: True)
    monkeypatch.setattr("planner.solver.lexicographic.LEVELS_BY_INTERIOR_POINT", together)
    if vast:
        monkeypatch.setattr("planner.plan.program.VAST_NONZEROS", 0)
    program = program_with_a_plan(seed, tmp_path, with_responses=vast)
    whole = optimum(program, None)
    resumed, kills = None, 0
    while resumed is None:
        with monkeypatch.context() as patched:
            patched.setattr(Checkpoints, "keep", killed_after(1))
            try:
                resumed = optimum(program, tmp_path / "kept")
            except Killed:
                kills += 1
                shutil.copytree(tmp_path / "kept", tmp_path / f"after {kills}")
    assert same(resumed, whole)
    assert same(optimum(program, tmp_path / "after 1"), whole)
    assert kills >= 1
    assert resumed.resumed
    assert kills > 1 or together > 1 or not whole.by_interior_point


def test_a_damaged_checkpoint_or_one_of_another_program_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    program, other = program_with_a_plan(0, tmp_path / "one"), program_with_a_plan(1, tmp_path / "other")
    whole = optimum(program, tmp_path / "kept")
    assert not whole.resumed
    assert not optimum(other, tmp_path / "kept").resumed
    first, *_ = (tmp_path / "kept").glob("*/0.levels")
    content = first.read_bytes()
    for damaged in (content[: len(content) // 2], content[:500] + b"?" + content[501:], b""):
        first.write_bytes(damaged)
        assert same(optimum(program, tmp_path / "kept"), whole)


def test_no_changed_byte_of_a_checkpoint_is_read(tmp_path: Path) -> None:
    """Wherever it is: some bytes of an archive say how it is packed, and what reads it fails in many ways."""
    numbers = np.arange(3.0)
    kept = Checkpoint({"cost": SolveOutcome("optimal", 1.0, numbers, numbers, numbers, 2, 0.5)}, {"cost": True})
    Checkpoints(tmp_path, "key").keep(kept)
    (file,) = (tmp_path / "key").iterdir()
    content = file.read_bytes()
    found = Checkpoints(tmp_path, "key").latest()
    assert found is not None
    assert found.outcomes.keys() == {"cost"}
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x08]) + content[place + 1 :])
        assert Checkpoints(tmp_path, "key").latest() is None, place


def test_levels_of_other_names_are_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Demand that has become binding: the same columns, rows and costs,
    but `binding_shortfall` in place of `other_shortfall`.
    """
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    monkeypatch.setattr("planner.plan.program.money_is_scarce", lambda _: True)
    monkeypatch.setattr("planner.solver.lexicographic.LEVELS_BY_INTERIOR_POINT", 1)
    for binding, first in (("no", "other_shortfall"), ("yes", "binding_shortfall")):
        world = {
            name: rows for name, rows in full_world(4).items() if name not in {"Contingencies", "Surge", "Disruptions"}
        }
        world["Demand"] = [{**row, "binding": binding} for row in world["Demand"]]
        program = Program.of(build(instance_of(world, tmp_path / binding), load("full")))
        found = optimum(program, tmp_path / "kept")
        assert found.levels[0].name == first
        assert not found.resumed
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_checkpoints_outlive_the_process_only_if_it_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    program = program_with_a_plan(0, tmp_path / "one")
    (tmp_path / checkpoint.FOLDER / "of a week ago").mkdir(parents=True)
    (tmp_path / checkpoint.FOLDER / "of yesterday").mkdir()
    for name, days in (("of a week ago", 8), ("of yesterday", 1)):
        then = time.time() - days * 24 * 3600
        os.utime(tmp_path / checkpoint.FOLDER / name, (then, then))
    with checkpoints_beside(tmp_path / "run") as folder:
        optimum(program, folder)
        assert len(list(folder.iterdir())) == 2
    assert [path.name for path in folder.iterdir()] == ["of yesterday"]
    with pytest.raises(KeyboardInterrupt):
        interrupted(program, tmp_path / "run")
    assert [path.name for path in folder.iterdir()] == ["of yesterday"]


def test_a_disk_that_takes_nothing_does_not_stop_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    program = program_with_a_plan(0, tmp_path / "one")
    (tmp_path / "kept").write_text("no folder")
    assert same(optimum(program, tmp_path / "kept"), optimum(program, None))


def test_only_the_plan_itself_has_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is solved beside it, such as remedies or the worth of a guarantee, has none."""
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    keys = set()
    monkeypatch.setattr(Checkpoints, "keep", lambda self, _: keys.add(self._folder.name))
    instance = read_instance(INPUTS / "renewed-attack")
    plan = solve(instance, SolveOptions(checkpoints=tmp_path / "kept"), worth=True, remedies=True)
    assert plan.worth is not None
    assert plan.remedies
    assert len(keys) == 1
