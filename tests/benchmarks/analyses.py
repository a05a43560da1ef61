"""Measure what the analyses around a plan take beside the plan itself: processor seconds of each command, and times the plan.

    python -m tests.benchmarks.analyses [inputs/coalition.xlsx] [--of money alternatives] [--options SAFE_PLUS CONSENT_GIVEN]

The plan is made first, as evaluate and replan need one. `compare` is told for each option beyond the base: what all takes less the
plan, through the number of options (--options; default all of the sheet). This is a measurement, not a test.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from planner.options.changes.option import read_options
from planner.workbook import read_instance
from planner.workbook.reading.raw import read_raw
from tests.benchmarks.measure import measured
from tests.benchmarks.run import machine

ANALYSES = ("money", "alternatives", "replan", "evaluate", "compare")


def arguments(analysis: str, workbook: Path, plan: Path, options: list[str]) -> list[str]:
    """What the command is called with, but for where it writes."""
    source = str(workbook)
    return {
        "money": ["money", source],
        "alternatives": ["alternatives", source, "--count", "3"],
        "replan": ["replan", str(plan), source, "--now", read_instance(workbook).horizon.label(1)],
        "evaluate": ["evaluate", source, str(plan)],
        "compare": ["compare", source, "--options", ",".join(options)],
    }[analysis]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workbook", nargs="?", type=Path, default=Path("inputs/coalition.xlsx"))
    parser.add_argument("--of", nargs="+", choices=ANALYSES, default=list(ANALYSES))
    parser.add_argument("--options", nargs="+", default=None)
    asked = parser.parse_args()
    options = asked.options or list(read_options(read_raw(asked.workbook)))
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        plan = seconds(["solve", str(asked.workbook)], folder / "plan")
        print(f"  {'plan':14} {plan:8.1f} s")
        for analysis in asked.of:
            taken = seconds(arguments(analysis, asked.workbook, folder / "plan", options), folder / analysis)
            told = f"{taken:8.1f} s {taken / plan:8.2f} times the plan"
            if analysis == "compare":
                one = (taken - plan) / len(options)
                told += f"; each of {len(options)} options {one:.1f} s, {one / plan:.2f} times"
            print(f"  {analysis:14} {told}", flush=True)


def seconds(command: list[str], folder: Path) -> float:
    """Processor seconds of a command that writes into a folder."""
    return measured([sys.executable, "-m", "planner", *command, "-o", str(folder), "--quiet"]).processor_seconds


if __name__ == "__main__":
    main()
