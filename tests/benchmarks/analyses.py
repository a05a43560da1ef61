"""Measure what the analyses around a plan cost: processor seconds of each command, and times the plan.

    python -m tests.benchmarks.analyses [inputs/coalition.xlsx] [--of money alternatives] [--options SAFE_PLUS
        CONSENT_GIVEN]

The plan is made first: all begin with its run folder. `compare` is told for each option too: what all takes through the
number of options (--options; default all of the sheet).

    python -m tests.benchmarks.analyses inputs/coalition --periods 12 --each-option

measures instead, in one process, the base proved from the basis of its plan, and each option as `compare` solves it
from there, without prices: its levels, and all with tables, check and report. `--run` is the run folder of a plan,
which then is not made first. `--periods` takes the first periods of a world of CSV files, with six cases.

    python -m tests.benchmarks.analyses --withdrawals 12

measures `planner withdraw` instead: of every 12th object the processor seconds until its damage is known or lies
between bounds. This is a measurement, not a test.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from planner.analysis.withdraw.things import withdrawals
from planner.domain.instance import PlanningInstance
from planner.options.changes.checking import checked_input
from planner.options.changes.option import read_options
from planner.options.figures import GoodsMeasure
from planner.options.outcome import TOO_LARGE, BaseState, solve_option
from planner.plan import SolveOptions
from planner.plan.again.remainder import Remainders
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.run.recorded.load import load_run
from planner.run.recorded.reopened import plan_of
from planner.workbook import interpret, read_instance
from planner.workbook.reading.raw import read_raw
from tests.benchmarks.cases import shortened, with_cases
from tests.benchmarks.measure import measured
from tests.benchmarks.run import machine

CASES = 6  # of a world of few periods
ANALYSES = ("money", "alternatives", "replan", "evaluate", "compare")


def arguments(analysis: str, workbook: Path, plan: Path, options: list[str]) -> list[str]:
    """What the command is called with, but for where it writes."""
    source, made = str(workbook), str(plan)
    return {
        "money": ["money", made],
        "alternatives": ["alternatives", made, "--count", "3"],
        "replan": ["replan", made, source, "--now", read_instance(workbook).horizon.label(1)],
        "evaluate": ["evaluate", made, made],
        "compare": ["compare", made, "--options", ",".join(options)],
    }[analysis]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workbook", nargs="?", type=Path, default=Path("inputs/coalition.xlsx"))
    parser.add_argument("--of", nargs="+", choices=ANALYSES, default=list(ANALYSES))
    parser.add_argument("--options", nargs="+", default=None)
    parser.add_argument("--periods", type=int, help="only the first of a folder of CSV files")
    parser.add_argument("--each-option", action="store_true", help="measure each option by itself instead")
    parser.add_argument("--run", type=Path, help="with --each-option: the run folder of the plan")
    parser.add_argument("--withdrawals", type=int, metavar="N", help="measure every Nth withdrawal instead")
    asked = parser.parse_args()
    if asked.withdrawals:
        print(machine())
        every_withdrawal(asked.workbook, asked.withdrawals)
        return
    options = asked.options or list(read_options(read_raw(asked.workbook)))
    print(machine())
    if asked.each_option and asked.run is not None:
        every_option(asked.workbook, asked.run, options)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if asked.periods is not None:
            first = shortened(asked.workbook, asked.periods, folder / "first")
            asked.workbook = folder / "world"
            with_cases(first, CASES, asked.periods, asked.workbook)
        plan = seconds(["solve", str(asked.workbook)], folder / "plan")
        print(f"  {'plan':14} {plan:8.1f} s", flush=True)
        if asked.each_option:
            every_option(asked.workbook, folder / "plan", options)
            return
        for analysis in asked.of:
            taken = seconds(arguments(analysis, asked.workbook, folder / "plan", options), folder / analysis)
            words = f"{taken:8.1f} s {taken / plan:8.2f} times the plan"
            if analysis == "compare":
                one = taken / len(options)
                words += f"; each of {len(options)} options {one:.1f} s, {one / plan:.2f} times"
            print(f"  {analysis:14} {words}", flush=True)


def every_withdrawal(workbook: Path, step: int) -> None:
    """Print how long every so many-th withdrawal takes, one after the other from the solved base,
    and what all would take.
    """
    began = time.process_time()
    warm_start = WarmStart(read_instance(workbook), priced=False)
    remainders = Remainders(warm_start, 0, struck=False)
    objects = withdrawals(warm_start.base_plan.instance)
    print(f"  base {time.process_time() - began:.1f} s; {len(objects)} objects", flush=True)
    taken: list[float] = []
    hows: Counter[str] = Counter()
    for one in objects[::step]:
        began = time.process_time()
        found = remainders.roughly(one.things)
        taken.append(time.process_time() - began)
        hows[found.how] += 1
        print(f"  {taken[-1]:6.1f} s  {one.label}: {found.how}", flush=True)
    for how, count in hows.most_common():
        print(f"  {count:4} {how}")
    middle, most = np.quantile(taken, [0.5, 0.95])
    print(f"  median {middle:.1f} s, 95 % within {most:.1f} s; all about {np.mean(taken) * len(objects):.0f} s")


def every_option(workbook: Path, plan: Path, names: list[str]) -> None:
    """Print how long the base takes from the basis of its plan, and each option from the base: its levels, and all."""
    checked = checked_input(interpret(read_raw(workbook)))
    assert checked is not None
    instance, known = checked.instance, read_options(checked.raw)
    began = time.process_time()
    warm_start = TimedWarmStart(instance, recorded=plan_of(load_run(plan), instance))
    print(f"  {'base':20} {time.process_time() - began:6.1f} s", flush=True)
    measure, started = GoodsMeasure.of(instance), datetime.now(UTC)
    base = BaseState(checked.raw, instance, measure, SolveOptions(), started, warm_start, TOO_LARGE)
    totals = np.zeros(2)
    for name in names:
        began = time.process_time()
        outcome = solve_option(base, known[name])
        taken = np.array([warm_start.seconds, time.process_time() - began])
        totals += taken
        levels = outcome.record.objective if isinstance(outcome.record.objective, tuple) else ()
        kept = sum(not level.iterations for level in levels)
        words = f"{outcome.how}; {kept} of {len(levels)} levels without a pivot" if outcome.solved else "no plan"
        print(f"  {name:20} {taken[0]:6.1f} {taken[1]:6.1f} s  {words}", flush=True)
    print(f"  {'all options':20} {totals[0]:6.1f} {totals[1]:6.1f} s")


class TimedWarmStart(WarmStart):
    """Notes the processor `seconds` of the last change that it solved."""

    seconds = 0.0

    def solve_changed(self, instance: PlanningInstance, until: str | None = None, priced: bool | None = None) -> Plan:
        """As `WarmStart.solve_changed`."""
        began = time.process_time()
        try:
            return super().solve_changed(instance, until, priced)
        finally:
            self.seconds = time.process_time() - began


def seconds(command: list[str], folder: Path) -> float:
    """Processor seconds of a command that writes into a folder."""
    return measured([sys.executable, "-m", "planner", *command, "-o", str(folder), "--quiet"]).processor_seconds


if __name__ == "__main__":
    main()
