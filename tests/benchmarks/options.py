"""Measure what a further funding option costs, once the base is solved.

    python -m tests.benchmarks.options [--size 1.0] [--room 1.0] [--count 20] [--change 0.02 0.08]
        [--lexicographic] [--alone] [--pulp] [--json OUT]

An invented world is planned cold; then random options, each of which scales the budgets of some funds, are solved from
its basis (`planner.plan.again.warm_start`). Time is processor time of this process, with one thread, so that other work
on the machine does not count. `solve` is the solver alone; `whole` is all from the changed instance to the tables.
`--alone` adds HiGHS alone, cold, with its own choice of method, on the LP of the first option; `--pulp` a plain PuLP
script that builds the model and solves it by PuLP's HiGHS interface. Both take long on large worlds where money is
scarce. This is a measurement, not a test: nothing fails here for being slow.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import highspy
import pulp

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.model.problem import problem
from planner.formulation.objective import objectives
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.solver.highs import HighsSession
from planner.solver.quiet import QuietHighs
from planner.workbook import read_instance
from tests.benchmarks.generate import write_world
from tests.benchmarks.run import machine
from tests.benchmarks.world import World

Figures = dict[str, Any]
MOVES = 0.001  # an option counts as one that moves the objective from here on
AIM = 15.0  # cold ÷ further option, at size 1, weighted


def options(instance: PlanningInstance, count: int, change: tuple[float, float], seed: int) -> list[PlanningInstance]:
    """Random options: three of the funds get more, or less, in all years, by a share between the two of `change`."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        funds = dict(instance.funds)
        for name in rng.sample(sorted(funds), 3):
            factor = 1 + rng.choice([-1, 1]) * rng.uniform(*change)
            budgets = tuple(replace(budget, amount=budget.amount * factor) for budget in funds[name].budgets)
            funds[name] = replace(funds[name], budgets=budgets)
        found.append(replace(instance, funds=funds))
    return found


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Processor seconds, wall seconds, what came of it."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = work()
    return time.process_time() - cpu, time.perf_counter() - wall, made


class SolverTime:
    """Processor seconds spent in HiGHS by any session while it is in force."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._run = QuietHighs.run

    def __enter__(self) -> SolverTime:
        run = self._run

        def counted(highs: QuietHighs) -> Any:
            began = time.process_time()
            status = run(highs)
            self.seconds += time.process_time() - began
            return status

        QuietHighs.run = counted  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        QuietHighs.run = self._run  # type: ignore[method-assign]


def measured(work: Callable[[], Any]) -> tuple[Figures, Any]:
    with SolverTime() as solver:
        whole, wall, made = timed(work)
    return {"solve": solver.seconds, "whole": whole, "wall": wall}, made


def values(plan: Plan) -> list[float]:
    return [level.value or 0.0 for level in plan.levels]


def moved(before: list[float], after: list[float]) -> float:
    """The largest change of a level, as a share of it."""
    return max(abs(b - a) / max(1.0, abs(a)) for a, b in zip(before, after, strict=True))


def alone(instance: PlanningInstance) -> Figures:
    """HiGHS by itself on the program, from nothing, with its own choice of method."""
    program = Program.of(build(instance, load("full")))
    session = HighsSession(program.lp, dict(load("full").solver))
    session.set_costs(program.levels[0][1])
    cpu, wall, _ = timed(session.highs.run)
    status = session.highs.modelStatusToString(session.highs.getModelStatus())
    return {"solve": cpu, "wall": wall, "status": status, "objective": session.highs.getInfo().objective_function_value}


def plain_pulp(instance: PlanningInstance) -> Figures:
    """What a PuLP script does for each option: build the model, hand it to HiGHS, read the values back."""

    def script() -> float:
        model = build(instance, load("full"))
        made = problem(model, objectives(model)[0][1])
        made.solve(pulp.HiGHS(msg=False, threads=1))
        return float(pulp.value(made.objective))

    cpu, wall, value = timed(script)
    return {"whole": cpu, "wall": wall, "objective": value}


def measure(given: argparse.Namespace) -> Figures:
    objective = "lexicographic" if given.lexicographic else "weighted"
    with tempfile.TemporaryDirectory() as folder:
        write_world(World(given.size, given.seed, objective, given.periods, given.room), Path(folder) / "world")
        instance = read_instance(Path(folder) / "world")
    cold, warm_start = measured(lambda: WarmStart(instance))
    print(f"base  {warm_start.program.size}")
    print(f"base  {_line(cold)}", flush=True)
    before, rows = values(warm_start.base_plan), []
    changes = options(instance, given.count, tuple(given.change), given.seed)
    for number, changed in enumerate(changes, 1):
        figures, plan = measured(lambda changed=changed: warm_start.solve_changed(changed))  # type: ignore[misc]
        figures |= {"how": plan.how, "moved": moved(before, values(plan)), "values": values(plan)}
        rows.append(figures)
        print(f"{number:4}  {_line(figures)}  moved {100 * figures['moved']:8.3f} %  {figures['how']}", flush=True)
    report: Figures = {"machine": machine(), "highs": highspy.Highs().version(), "size": warm_start.program.size}
    report |= {"room": given.room, "objective": objective, "base": cold, "options": rows}
    if given.alone:
        report["HiGHS alone"] = alone(changes[0])
        print(f"HiGHS alone, first option: {report['HiGHS alone']}", flush=True)
    if given.pulp:
        report["plain PuLP"] = plain_pulp(changes[0])
        print(f"plain PuLP script, first option: {report['plain PuLP']}", flush=True)
    return report


def _line(figures: Figures) -> str:
    return "  ".join(f"{name} {figures[name]:8.2f} s" for name in ("solve", "whole", "wall"))


def summary(report: Figures) -> str:
    """Medians, and how many further options a cold solve is worth."""
    rows, base = report["options"], report["base"]
    lines = [
        f"{sum(row['moved'] > MOVES for row in rows)} of {len(rows)} options move the objective by more than 0.1 %"
    ]
    for part in ("solve", "whole"):
        middle = statistics.median(row[part] for row in rows)
        worst = max(row[part] for row in rows)
        lines.append(
            f"{part:5}  cold {base[part]:8.2f} s   further option: median {middle:6.2f} s, most {worst:6.2f} s   "
            f"cold ÷ median {base[part] / middle:6.1f}"
        )
        for name in ("HiGHS alone", "plain PuLP"):
            if name in report and part in report[name]:
                lines.append(f"       {name} {report[name][part]:8.2f} s   ÷ median {report[name][part] / middle:6.1f}")
    if report["objective"] == "weighted":
        lines.append(f"       aim at size 1: {AIM:g}")
    return "\n".join(lines)


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", type=float, default=1.0, help="millions of non-zeros, about")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--room", type=float, default=1.0, help="1: money and capacity are scarce everywhere")
    arguments.add_argument("--periods", type=int, default=36)
    arguments.add_argument("--count", type=int, default=20)
    arguments.add_argument("--change", type=float, nargs=2, default=[0.02, 0.08], help="least and largest share")
    arguments.add_argument(
        "--lexicographic", action="store_true", help="all levels, in place of one weighted objective"
    )
    arguments.add_argument("--alone", action="store_true", help="HiGHS alone, cold, too")
    arguments.add_argument("--pulp", action="store_true", help="a plain PuLP script too (for small sizes)")
    arguments.add_argument("--json", type=Path, help="write the figures there too")
    return arguments


def main() -> None:
    given = parser().parse_args()
    print(machine())
    print(f"size {given.size:g}, room {given.room:g}, {given.periods} periods; processor seconds, and wall seconds")
    report = measure(given)
    print(summary(report))
    if given.json:
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
