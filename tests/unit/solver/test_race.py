"""Dual simplex and interior point side by side: what is delivered depends neither on the cores nor on who is faster."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from planner.catalogue import load
from planner.formulation.build import build
from planner.plan.program import Program
from planner.plan.settle.spare_scrap import spare_scrap
from planner.solver import lexicographic, side_by_side
from planner.solver.highs import Arrays, HighsSession
from planner.solver.lexicographic import Optimum, optimise
from planner.solver.quiet import QuietHighs, Solving, race
from planner.workbook import read_instance
from tests.benchmarks.generate import write_world
from tests.benchmarks.world import World

SETTINGS = dict(load("full").solver)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """1,535 rows, money and capacity scarce: five levels, each of some hundred pivots."""
    folder = tmp_path_factory.mktemp("world") / "input"
    write_world(World(size=0.005, seed=1, objective="lexicographic", periods=8, room=0.7), folder)
    return Program.of(build(read_instance(folder), load("full")))


def solved(program: Program) -> tuple[Optimum, HighsSession]:
    session = HighsSession(program.lp, SETTINGS)
    spare = spare_scrap(program.model)
    return optimise(session, program.levels, 0.0, None, interior_point=True, spare=spare), session


def said(program: Program) -> list[Any]:
    """All that is delivered or built on, to the last bit."""
    optimum, session = solved(program)
    basis = session.basis()
    duals = [level.row_duals.tobytes() for level in optimum.levels]
    return [optimum.values.tobytes(), *duals, basis.columns.tobytes(), basis.rows.tobytes()]


def delayed(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Let every solve by a method begin so late that the other has ended."""
    begin = QuietHighs.start

    def start(highs: QuietHighs) -> Solving:
        if highs.getOptionValue("solver")[1] == method:
            solve = super(QuietHighs, highs).run
            return Solving(lambda: (time.sleep(0.3), solve())[1], highs.stopping)
        return begin(highs)

    monkeypatch.setattr(QuietHighs, "start", start)


@pytest.mark.parametrize("share", [0.02, 1.0], ids=["interior point wins", "simplex wins"])
def test_neither_cores_nor_speed_change_a_byte(program: Program, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicographic, "RACE_SHARE", share)
    monkeypatch.setattr(side_by_side, "available_cores", lambda: 1)
    alone = said(program)
    monkeypatch.setattr(side_by_side, "available_cores", lambda: 2)
    assert said(program) == alone
    for slow in ("ipm", "simplex"):
        with monkeypatch.context() as slowed:
            delayed(slowed, slow)
            assert said(program) == alone


def test_who_wins_changes_no_value_and_spare_columns_none_either(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, by_simplex = [], optimise(HighsSession(program.lp, SETTINGS), program.levels, 0.0, None)
    for share in (0.0, 1.0):
        monkeypatch.setattr(lexicographic, "RACE_SHARE", share)
        found.append([level.value for level in solved(program)[0].levels])
    assert len(spare_scrap(program.model)) > 100
    assert found[0] == pytest.approx(found[1], rel=1e-9)
    assert found[0] == pytest.approx([level.value for level in by_simplex.levels], rel=1e-9)


def small() -> Arrays:
    """min x + y with x + y ≥ 1 and x ≤ 5."""
    start, index = np.array([0, 2, 3], dtype=np.int32), np.array([0, 1, 0], dtype=np.int32)
    return Arrays(2, np.array([1.0, -np.inf]), np.array([np.inf, 5.0]), start, index, np.ones(3))


@pytest.mark.parametrize("cores", [1, 2])
def test_simplex_counts_as_far_as_it_has_pivots(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "available_cores", lambda: cores)
    for pivots, by_simplex in ((100, True), (0, False)):
        session = HighsSession(small(), {**SETTINGS, "presolve": "off"})
        session.set_costs(np.ones(2))
        outcome, won = session.race("both", pivots)
        assert (outcome.status, won) == ("optimal", by_simplex)
        assert outcome.objective == pytest.approx(1.0)
        session.set_column_bounds(np.array([0, 1]), np.zeros(2), np.array([0.5, 0.0]))  # the one that won goes on
        assert session.solve("again").status == "infeasible"


def test_what_fails_is_heard_and_nothing_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "available_cores", lambda: 2)
    session = HighsSession(small(), SETTINGS)

    def fail() -> bool:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        race(session.highs, HighsSession(small(), SETTINGS).highs, fail)


def test_deaf_solvers_take_turns_because_neither_could_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside other work in a thread HiGHS is deaf; a race would then last as long as the loser needs to its end."""
    monkeypatch.setattr(side_by_side, "available_cores", lambda: 2)
    turns: list[str] = []
    for deaf in (False, True):
        both = {name: QuietHighs(deaf) for name in ("first", "second")}
        for name, highs in both.items():
            start = highs.start
            monkeypatch.setattr(highs, "start", lambda name=name, start=start: (turns.append(name), start())[1])
        assert race(both["first"], both["second"], lambda: True)
        assert turns == (["first"] if deaf else ["first", "second"])
        turns.clear()
