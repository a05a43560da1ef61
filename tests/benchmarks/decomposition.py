"""Measure whether a decomposition by cases pays: the level `contingency` as one program, and by the L-shaped method.

    python -m tests.benchmarks.decomposition [inputs/coalition] [--periods 12] [--cases 24 72] [--step 0.7]

The L-shaped method (Van Slyke and Wets 1969), multicut (Birge and Louveaux 1988): a master has the plan, and for each
case what it loses at least; each round every case is answered for the plan of the master, warm, and its duals are a
cut. The master is solved by interior point without crossover, so its plans are central; the next plan is a `--step`
from the last towards it. Shortfall of binding commitments is held in both. Processor seconds. It fails where the two do
not agree.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from planner.catalogue import load
from planner.formulation.build import build
from planner.plan.program import Program
from planner.solver.highs import INFINITY, Arrays, HighsSession, Vector
from planner.solver.lexicographic import hold_by_face, inner
from planner.solver.options import SolveOptions
from planner.solver.scaling import objective_scale
from planner.solver.subproblem import Subproblem
from planner.tolerances import SAME
from planner.workbook import read_instance
from tests.benchmarks.cases import shortened, with_cases
from tests.benchmarks.levels import Watch
from tests.benchmarks.run import machine

BINDING, LEVEL = "binding_shortfall", "contingency"
MOST_ROUNDS = 60


class CaseProgram:
    """The response to one case beside a fixed plan."""

    def __init__(self, program: Program, columns: Any, of_case: Any, costs: Vector) -> None:
        lp, self._part = program.lp, Subproblem(program.lp, columns)
        rows = self._part.rows
        place = np.full(lp.rows, -1, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        links = np.flatnonzero((place[lp.row_of_entry] >= 0) & (of_case[lp.index] < 0))
        self._row, self._column, self._value = place[lp.row_of_entry[links]], lp.index[links], lp.value[links]
        self._linked = np.unique(self._row)
        self._lower, self._upper = lp.row_lower[rows], lp.row_upper[rows]
        self._session = HighsSession(
            self._part.beside(np.zeros(lp.columns)), program.settings(SolveOptions()), deaf=True
        )
        self._session.set_costs(costs[columns])

    def answer(self, values: Vector) -> tuple[float, Vector]:
        """What the case loses beside a plan, and by how much more per unit of each column of the plan."""
        taken = np.bincount(self._row, self._value * values[self._column], len(self._lower))
        lower, upper = (self._lower - taken)[self._linked], (self._upper - taken)[self._linked]
        self._session.set_row_bounds(self._linked, lower, upper)
        outcome = self._session.solve("case")
        assert outcome.status == "optimal", outcome.status
        slopes = np.zeros(len(values))
        np.add.at(slopes, self._column, -outcome.row_duals[self._row] * self._value)
        return outcome.objective, slopes


def _cases(program: Program) -> Any:
    """By column: the case that it belongs to, −1: the plan."""
    model = program.model
    found = np.full(program.lp.columns, -1)
    place = {response.case.key: number for number, response in enumerate(model.responses)}
    for number, response in enumerate(model.responses):
        for columns in response.columns.values():
            found[list(columns.values())] = number
    for (contingency, strike, _), column in model.columns["lack"].items():
        found[column] = place[contingency, strike]
    return found


def _master(program: Program, held: HighsSession, of_case: Any) -> tuple[HighsSession, Any]:
    """The plan with its bounds as held, and a further column for each case; and the plan's columns."""
    lp, count = program.lp, len(program.model.responses)
    plan = np.flatnonzero(of_case < 0)
    renumbered = np.full(lp.columns, -1, dtype=np.int32)
    renumbered[plan] = np.arange(len(plan))
    of_response = np.zeros(lp.rows, dtype=bool)
    of_response[lp.row_of_entry[of_case[lp.index] >= 0]] = True
    rows, kept = np.flatnonzero(~of_response), ~of_response[lp.row_of_entry]
    start = np.concatenate([[0], np.cumsum(np.bincount(lp.row_of_entry[kept], minlength=lp.rows)[rows])])
    arrays = Arrays(
        len(plan) + count,
        held.row_lower[rows],
        held.row_upper[rows],
        start.astype(np.int32),
        renumbered[lp.index[kept]],
        lp.value[kept],
    )
    session = HighsSession(arrays, program.settings(SolveOptions()))
    session.set_column_bounds(np.arange(len(plan)), held.column_lower[plan], held.column_upper[plan])
    session.highs.setOptionValue("run_crossover", "off")
    return session, plan


def decomposed(program: Program, held: HighsSession, costs: Vector, first: Vector, step: float) -> float:
    """The level's optimum; `first`: the columns of a plan to begin with."""
    of_case = _cases(program)
    master, plan = _master(program, held, of_case)
    count = len(program.model.responses)
    cases = [CaseProgram(program, np.flatnonzero(of_case == case), of_case, costs) for case in range(count)]
    master.set_costs(np.concatenate([np.zeros(len(plan)), np.ones(count)]))
    values, best, watch = first.copy(), INFINITY, Watch()
    for turn in range(MOST_ROUNDS):
        total = 0.0
        for number, case in enumerate(cases):
            lost, slopes = case.answer(values)
            total += lost
            cut = np.concatenate([-slopes[plan], np.arange(count) == number])
            master.add_row(lost - inner(slopes, values), INFINITY, cut)
        best, spent = min(best, total), watch.look()[1]
        master.forget_basis()
        outcome = master.solve("master", interior_point=True)
        bound = outcome.objective
        print(
            f"  round {turn + 1}: bounds {bound:.6g} … {best:.6g}, cases {spent:.1f} s, master {watch.look()[1]:.1f} s"
        )
        if best - bound <= SAME * abs(best):
            break
        central = np.maximum(outcome.values[: len(plan)], 0.0)
        values[plan] += (step if turn else 1.0) * (central - values[plan])
    return best


def compare(world: Path, step: float) -> None:
    """Both ways for one world, and whether they agree."""
    program = Program.of(build(read_instance(world), load("full")))
    levels = dict(program.levels)
    print(f"{len(program.model.responses)} cases, {program.size}")
    session = program.session(SolveOptions())
    session.set_costs(levels[BINDING] * objective_scale(levels[BINDING]))
    first = session.solve(BINDING)
    hold_by_face(session, first)
    costs = levels[LEVEL] * objective_scale(levels[LEVEL])
    session.set_costs(costs)
    session.forget_basis()
    watch = Watch()
    whole = session.solve(LEVEL, interior_point=True)
    print(f"  one program: {watch.look()[1]:.1f} s, {whole.objective:.9g}", flush=True)
    found = decomposed(program, session, costs, first.values, step)
    print(f"  decomposition: {watch.look()[1]:.1f} s, {found:.9g}", flush=True)
    assert abs(found - whole.objective) <= 2 * SAME * abs(whole.objective)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", nargs="?", type=Path, default=Path("inputs/coalition"))
    parser.add_argument("--periods", type=int, help="the first so many of the world; all unless said")
    parser.add_argument("--cases", type=int, nargs="+", default=[24, 72])
    parser.add_argument("--step", type=float, default=0.7)
    given = parser.parse_args()
    print(machine())
    for cases in given.cases:
        with tempfile.TemporaryDirectory() as name:
            world = shortened(given.world, given.periods, Path(name) / "shortened")
            with_cases(world, cases, given.periods or read_instance(world).horizon.periods, Path(name) / "world")
            compare(Path(name) / "world", given.step)


if __name__ == "__main__":
    main()
