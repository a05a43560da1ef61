"""Measure what cases of contingencies cost: one world with more and more of them, planned and verified.

    python -m tests.benchmarks.cases [inputs/coalition] [--periods 12] [--cases 0 6 20 100 216]

For each number the contingencies of the world (a folder of CSV files) may strike in as many evenly spread periods as
come to it; their windows, surges and disruptions stay. Beyond every period all come again under other names, with a
surge a twentieth larger. Without any the plan is the one that knows no attack. Each is planned in a process of its own:
rows and columns of the linear program, processor seconds of every part and long solve, its iterations, and the peak of
memory up to its end, the seconds from end to end, how well duals are told from rounding, and the value of each level.
This is a measurement, not a test: nothing fails here for being slow.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from planner.catalogue import load
from planner.formulation.build import build
from planner.plan.program import Program
from planner.run.stopwatch import peak_memory_mb
from planner.solver.highs import HighsSession
from planner.solver.options import SolveOptions
from planner.solver.rounding import BasisSystem, Positions, Vector
from planner.tolerances import BEYOND_ROUNDING, DUAL_ZERO
from planner.verify import verify
from planner.workbook import read, read_instance
from tests.benchmarks.generate import write_tables
from tests.benchmarks.levels import Watch
from tests.benchmarks.measure import measured
from tests.benchmarks.run import Figures, machine, table
from tests.benchmarks.world import Row, Tables

WORTH_TELLING = 1.0  # seconds of a solve
OF_CASES = ("Contingencies", "Surge", "Disruptions")
LARGER = 1.05  # the surge of each further wave
CERTAIN = ""  # the contingency of disruptions that hold in any case


def shortened(folder: Path, periods: int | None, out: Path) -> Path:
    """The world's first periods: without its contingencies, and every row that speaks of later ones; None: as it is."""
    if periods is None:
        return folder
    shutil.copytree(folder, out)
    tables = {path.stem: _rows(path) for path in sorted(out.glob("*.csv"))}
    for row in tables["Settings"]:
        if row["key"] == "periods":
            row["value"] = periods
    of_cases = {name: tables.pop(name, []) for name in OF_CASES}
    for name in OF_CASES:
        (out / f"{name}.csv").unlink(missing_ok=True)
    write_tables(tables, out)
    while faults := [fault for fault in read(out).faults if fault.cell]:
        wrong: dict[str, set[int]] = defaultdict(set)
        for fault in faults:
            wrong[str(fault.sheet)].add(int(re.sub(r"[A-Z]", "", str(fault.cell))))
        for name, numbers in wrong.items():
            tables[name] = [row for number, row in enumerate(tables[name], 2) if number not in numbers]
        write_tables({name: tables[name] for name in wrong}, out)
    write_tables(of_cases, out)
    return out


def with_cases(folder: Path, cases: int, periods: int, out: Path) -> None:
    """Write the world with about so many cases: a multiple of its contingencies,
    and beyond every period of the waves.
    """
    out.mkdir(parents=True)
    for path in folder.glob("*.csv"):
        if path.stem not in OF_CASES:
            shutil.copy(path, out / path.name)
    tables = {name: _rows(folder / f"{name}.csv") for name in OF_CASES}
    kinds = len(tables["Contingencies"])
    waves = max(-(-cases // (kinds * periods)), 1)
    each = round(cases / (waves * kinds))
    when = "; ".join(map(str, strikes(each, periods)))
    found: Tables = {name: [] for name in OF_CASES}
    for wave in range(waves) if each else ():
        for name, rows in tables.items():
            found[name] += [_again(row, wave, waves, when) for row in rows if row["contingency"] != CERTAIN]
    found["Disruptions"] += [row for row in tables["Disruptions"] if row["contingency"] == CERTAIN]
    write_tables(found, out)


def strikes(count: int, periods: int) -> list[int]:
    """So many periods (1…P), evenly spread."""
    return sorted({(2 * number + 1) * periods // (2 * count) + 1 for number in range(count)})


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [dict(row) for row in csv.DictReader(stream)]


def _again(row: Row, wave: int, waves: int, when: str) -> Row:
    """A row of a contingency in a wave: it is as much less likely as there are waves,
    and asks for a little more in each.
    """
    found = dict(row)
    if wave:
        found["contingency"] = f"{row['contingency']}_{wave + 1}"
    if "period" in found:
        found["period"] = when
    if found.get("probability"):
        found["probability"] = float(str(row["probability"])) / waves
    if "quantity" in found:
        found["quantity"] = float(str(row["quantity"])) * LARGER**wave
    return found


class Gap:
    """How well reduced costs and duals that rounding alone makes are distinguished from others: in units of their
    estimated errors.

    `rounding`: the largest of those that are taken for 0; `others`: the smallest of the others that are not negligible.
    """

    def __init__(self) -> None:
        self.rounding, self.others = 0.0, inf

    def watched(self, estimate: Callable[..., tuple[Vector, Vector]]) -> Callable[..., tuple[Vector, Vector]]:
        """`BasisSystem._errors`, noted."""

        def errors(system: BasisSystem, duals: Vector, places: Positions) -> tuple[Vector, Vector]:
            of_columns, of_rows = estimate(system, duals, places)
            reduced_costs = system._reduced_costs(duals)
            reduced_costs[system.basic[places]] = 0.0
            self._note(reduced_costs, of_columns)
            self._note(duals, of_rows)
            return of_columns, of_rows

        return errors

    def _note(self, duals: Vector, errors: Vector) -> None:
        size = np.abs(duals)
        found = size / np.maximum(errors, np.finfo(float).tiny)
        self.rounding = max(self.rounding, found[found <= BEYOND_ROUNDING].max(initial=0.0))
        self.others = min(self.others, found[(found > BEYOND_ROUNDING) & (size > DUAL_ZERO)].min(initial=inf))


class Solves:
    """What each solve of the levels takes, by what it is for: processor seconds of all threads, and iterations."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.iterations: dict[str, int] = defaultdict(int)

    def watched(self, solve: Callable[..., Any]) -> Callable[..., Any]:
        """`HighsSession.solve` or `race`, noted."""

        def solved(session: HighsSession, phase: str, *asked: Any, **more: Any) -> Any:
            began = time.process_time()
            found = solve(session, phase, *asked, **more)
            outcome = found[0] if isinstance(found, tuple) else found
            self.seconds[phase] += time.process_time() - began
            self.iterations[phase] += outcome.iterations
            return found

        return solved

    @property
    def figures(self) -> Figures:
        """Those that are worth telling."""
        long = [phase for phase, seconds in self.seconds.items() if seconds >= WORTH_TELLING]
        seconds: Figures = {f"  {phase}, processor s": self.seconds[phase] for phase in long}
        return seconds | {f"  {phase}, iterations": self.iterations[phase] for phase in long}


def figures(world: Path) -> Figures:
    """Processor seconds of each part of a run, and what came out."""
    watch, options = Watch(), SolveOptions()
    found: Figures = {}

    def note(part: str) -> None:
        found[f"{part}, processor s"] = watch.look()[1]
        found[f"{part}, peak MiB so far"] = peak_memory_mb()

    instance = read_instance(world)
    note("read")
    program = Program.of(build(instance, load("full")))
    found = {"cases": len(instance.cases), **program.size, **found}
    session, lazy_funds = program.session(options), program.lazy_funds(options)
    note("build and load")
    gap, solves = Gap(), Solves()
    with (
        patch.object(BasisSystem, "_errors", gap.watched(BasisSystem._errors)),
        patch.object(HighsSession, "solve", solves.watched(HighsSession.solve)),
        patch.object(HighsSession, "race", solves.watched(HighsSession.race)),
    ):
        optimum = program.optimum(session, lazy_funds, options)
    note("levels")
    optimum.values = program.tidied(optimum, lazy_funds)
    del session  # as in a run: what HiGHS holds is freed before the tables
    plan = program.plan(optimum, {}, program.size)
    note("tables and prices")
    levels = [{"name": level.name, "value": level.value} for level in plan.levels]
    verification = verify(world, plan.tables, {"objective": levels, "model": {"name": "full"}})
    note("verify")
    found |= {"largest dual taken for 0, errors": gap.rounding, "smallest other, errors": gap.others}
    found["verified"] = "yes" if verification.passed else "no"
    return found | solves.figures | {level.name: level.value for level in plan.levels}


def measured_apart(folder: Path, cases: int, periods: int) -> Figures:
    """The figures of one number of cases, from a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        world = Path(name) / "world"
        with_cases(folder, cases, periods, world)
        process = measured([sys.executable, "-m", "tests.benchmarks.cases", str(world), "--once"])
    found: Figures = json.loads(process.output.splitlines()[-1])
    whole = {"whole, wall s": process.seconds, "whole, processor s": process.processor_seconds}
    return found | whole | {"peak MiB": process.peak_mb}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", nargs="?", type=Path, default=Path("inputs/coalition"))
    parser.add_argument("--cases", type=int, nargs="+", default=[0, 6, 20, 100, 216])
    parser.add_argument("--periods", type=int, help="the first so many of the world; all unless said")
    parser.add_argument("--once", action="store_true", help="the world as it is, in this process; prints JSON")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    if given.once:
        print(json.dumps(figures(given.world)))
        return
    print(machine())
    worlds = []
    with tempfile.TemporaryDirectory() as name:
        world = shortened(given.world, given.periods, Path(name) / "shortened")
        periods = given.periods or read_instance(world).horizon.periods
        for cases in given.cases:
            worlds.append(measured_apart(world, cases, periods))
            print(table(worlds[-1:], median=False), flush=True)
    print(table(worlds, median=False))
    if given.json:
        given.json.write_text(json.dumps({"machine": machine(), "worlds": worlds}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
