"""Measure what `planner stress` takes for a draw of each case, beside a plan that stands.

    python -m tests.benchmarks.stress WORKBOOK RUN [--draws 40] [--json OUT.json]

RUN is a run folder of the workbook. Processor seconds of one thread, programs built and all; the plan, reading and
writing are not counted. The aim is 1,000 draws of six contingencies at several strikes within 10 minutes on two cores:
1,200 s.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from planner.analysis.context import read_source
from planner.analysis.stress.done import done_by
from planner.analysis.stress.drawing import numbers
from planner.analysis.stress.responses import PlanUnderStress, answer, tasks
from planner.cli.lines.text import columns
from planner.plan import SolveOptions
from planner.run.log import Log
from planner.run.recorded.load import load_run
from tests.benchmarks.run import machine

AIM = 1200.0  # processor seconds of 1,000 draws


def measured(workbook: Path, run: Path, draws: int) -> list[dict[str, Any]]:
    """A row for each contingency: cases, columns and non-zeros of the largest program,
    milliseconds a draw of a case.
    """
    read = read_source(workbook, SolveOptions(), None, Log())
    standing = PlanUnderStress(read.instance, "full", True, {})
    standing.done = done_by(load_run(run).tables, standing.reach)
    seconds: dict[str, float] = defaultdict(float)
    sizes: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    cases = read.instance.cases
    for task in tasks(read.instance, numbers(read.instance.uncertainties, 0, draws)):
        name = cases[task.case].contingency.name
        began = time.process_time()
        answer(standing, task)
        seconds[name] += time.process_time() - began
        lp = standing.program(task.case, task.delays).lp
        sizes[name] = max(sizes[name], (lp.columns, len(lp.value)))
    found = []
    for name, took in seconds.items():
        count = sum(case.contingency.name == name for case in cases)
        widest, nonzeros = sizes[name]
        found.append(
            {"contingency": name, "cases": count, "columns": widest, "non-zeros": nonzeros,
             "ms a draw": 1000 * took / draws / count, "s for 1,000 draws": 1000 * took / draws}
        )  # fmt: skip
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workbook", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = measured(asked.workbook, asked.run, asked.draws)
    head = list(found[0])
    rows = [
        [str(row[name]) if isinstance(row[name], (str, int)) else f"{row[name]:.1f}" for name in head] for row in found
    ]
    total = sum(row["s for 1,000 draws"] for row in found)
    print("\n".join(columns([head, *rows], right=range(1, len(head)))))
    print(f"all cases: {total:.0f} s of the processor for 1,000 draws; the aim is {AIM:.0f}")
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine(), "rows": found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
