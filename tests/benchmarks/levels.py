"""Measure what each objective level takes, and what the plan takes besides: prices, tables.

    python -m tests.benchmarks.levels [inputs/coalition.xlsx] [--method race simplex interior central] [--cores 1 2]
        [--parts]

`race` is what `planner solve` does on an LP whose money is scarce: dual simplex and interior point side by side,
several levels guessed at once. `simplex` and `interior` solve every level by itself by the one method, each from
nothing with the faces of those before held; `--pivots` ends a level by simplex. `central` is interior point without
crossover: the face is held by complementarity, which leaves some columns undecided, for neither their distance to a
bound nor their reduced cost is small. Seconds of wall time and of processor time of all threads. This is a measurement,
not a test: nothing fails here for being slow.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from planner.catalogue import load
from planner.formulation.build import build
from planner.plan.prices.prices import prices
from planner.plan.program import Program
from planner.plan.settle.spare_scrap import spare_scrap
from planner.plan.tables import tables
from planner.solver import side_by_side
from planner.solver.highs import HighsSession, SolveOutcome
from planner.solver.lexicographic import hold_by_face, inner, optimise
from planner.solver.options import SolveOptions
from planner.solver.scaling import objective_scale
from planner.tolerances import DUAL_ZERO
from planner.workbook import read_instance
from tests.benchmarks.run import machine

Row = tuple[str, float, float, Any]  # what, seconds of wall, of processor, what came out


class Watch:
    """Seconds of wall and of processor since the last look."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()

    def look(self) -> tuple[float, float]:
        before, self._last = self._last, (time.perf_counter(), time.process_time())
        return self._last[0] - before[0], self._last[1] - before[1]


def race(program: Program, parts: bool) -> Iterator[Row]:
    """All levels as `planner solve` has them; with `parts` also what comes after."""
    options = SolveOptions()
    session, lazy_funds = program.session(options), program.lazy_funds(options)
    watch = Watch()
    spare = spare_scrap(program.model)
    tolerance = program.model.instance.settings.level_tolerance
    optimum = optimise(session, program.levels, tolerance, None, interior_point=True, spare=spare)
    basis = optimum.last_basis = session.basis()
    yield ("all levels", *watch.look(), "")
    for phase, seconds in optimum.solves:
        yield phase, seconds, float("nan"), ""
    for level in optimum.levels:
        yield f"value of {level.name}", 0.0, 0.0, repr(level.value)
    if not parts:
        return
    watch.look()
    optimum.values = program.tidied(optimum, lazy_funds)
    yield ("who pays, and other conventions", *watch.look(), "")
    made = prices(program.model, program.session(options), optimum.levels, basis)
    yield ("prices", *watch.look(), f"{len(made)} rows, {int((made['exact'] == 'yes').sum())} exact")
    tables(program.model, optimum.values)
    yield ("tables", *watch.look(), "")


def alone(program: Program, method: str, pivots: int | None) -> Iterator[Row]:
    """Each level by itself by one method; ends with the first that is not solved."""
    session = program.session(SolveOptions())
    if method == "central":
        session.highs.setOptionValue("run_crossover", "off")
    for name, costs in program.levels:
        watch = Watch()
        session.forget_basis()
        session.set_costs(costs * objective_scale(costs))
        outcome = session.solve(name, interior_point=method != "simplex", pivots=pivots, rough=method == "central")
        seconds = watch.look()
        if outcome.status != "optimal":
            yield (name, *seconds, f"{outcome.iterations} iterations, {outcome.status}")
            return
        said = f"{outcome.iterations} iterations, {inner(costs, outcome.values)!r}"
        if method == "central":
            said += f", {hold_by_complementarity(session, outcome)} columns undecided"
        else:
            hold_by_face(session, outcome)
        yield name, *seconds, said


def hold_by_complementarity(session: HighsSession, outcome: SolveOutcome) -> int:
    """Fix the columns that an interior point puts nearer to a bound than their reduced costs are to 0, and the rows
    with a dual.

    Returns the number of columns with a reduced cost that are not so near.
    """
    reduced_costs, duals = session.as_solved(outcome)
    units = session.units.columns
    above = (outcome.values - session.column_lower) / units
    below = (session.column_upper - outcome.values) / units
    at_lower = (reduced_costs > DUAL_ZERO) & (reduced_costs > above)
    at_upper = (reduced_costs < -DUAL_ZERO) & (-reduced_costs > below)
    columns = np.flatnonzero(at_lower | at_upper)
    fixed = np.where(at_lower[columns], session.column_lower[columns], session.column_upper[columns])
    session.set_column_bounds(columns, fixed, fixed)
    rows = np.flatnonzero(np.abs(duals) > DUAL_ZERO)
    lower, upper = session.row_lower[rows], session.row_upper[rows]
    active = np.where((duals[rows] > 0) & np.isfinite(lower) | ~np.isfinite(upper), lower, upper)
    session.set_row_bounds(rows, active, active)
    return int((np.abs(reduced_costs) > DUAL_ZERO).sum()) - len(columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workbook", nargs="?", type=Path, default=Path("inputs/coalition.xlsx"))
    parser.add_argument("--method", nargs="+", choices=["race", "simplex", "interior", "central"], default=["race"])
    parser.add_argument("--cores", nargs="+", type=int, default=[side_by_side.available_cores()])
    parser.add_argument("--pivots", type=int, default=None)
    parser.add_argument("--parts", action="store_true")
    asked = parser.parse_args()
    print(machine())
    watch = Watch()
    instance = read_instance(asked.workbook)
    print(_line(("reading", *watch.look(), "")))
    program = Program.of(build(instance, load("full")))
    print(_line(("building", *watch.look(), str(program.size))))
    for method in asked.method:
        for cores in asked.cores if method == "race" else [1]:
            side_by_side.available_cores = lambda cores=cores: cores
            print(f"{method}, {cores} core{'s' * (cores > 1)}")
            rows = race(program, asked.parts) if method == "race" else alone(program, method, asked.pivots)
            for row in rows:
                print(_line(row), flush=True)


def _line(row: Row) -> str:
    what, wall, processor, found = row
    return f"  {what:45} {wall:8.2f} s wall {processor:8.2f} s processor  {found}"


if __name__ == "__main__":
    main()
