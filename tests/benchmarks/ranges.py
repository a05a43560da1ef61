"""Measure what ranges take that `planner alternatives` finds: the least and the most of a part within the slack.

    python -m tests.benchmarks.ranges inputs/coalition.xlsx "payers AT" "producers AT" [--slack 0.02]

A part is an aspect and a name, as `producers PL`. The plan is made first; then each solve begins at its basis.
Processor seconds, and pivots, how far some plan goes, and what no plan is beyond where that is not proved. This is a
measurement, not a test.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from planner.analysis.alternatives.alternatives import USUAL, plan_parts, within_slack
from planner.plan import SolveOptions
from planner.run.log import Log
from tests.benchmarks.run import machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workbook", type=Path)
    parser.add_argument("parts", nargs="+")
    parser.add_argument("--slack", type=float, default=0.02)
    asked = parser.parse_args()
    print(machine())
    began = time.process_time()
    context, parts = plan_parts(asked.workbook, USUAL, False, SolveOptions(), None, Log())
    unknown = set(asked.parts) - {part.row for part in parts}
    if unknown:
        parser.error(
            f"parts: found {', '.join(sorted(unknown))}, expected some of {', '.join(part.row for part in parts)}"
        )
    within = within_slack(context, parts, asked.slack)
    study, start = within.study, within.study.start(context.optimal.basis)
    print(f"  {len(parts)} parts; the plan, without prices: {time.process_time() - began:.1f} s", flush=True)
    for row in asked.parts:
        for name, sign in (("least", 1.0), ("most", -1.0)):
            began = time.process_time()
            reached = study.approach(study.costs({row: sign}), start, context.optimal.values)
            taken, point = time.process_time() - began, reached.point
            words = "proved" if reached.is_proved else f"none beyond {sign * reached.bound:,.0f}"
            print(
                f"  {row:20} {name:5} {taken:8.1f} s {point.pivots:8d} {sign * point.value:20,.0f} {words}", flush=True
            )


if __name__ == "__main__":
    main()
