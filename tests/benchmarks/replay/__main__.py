"""Replay two years of monthly re-optimisation in an invented world, with seeded mishaps.

    python -m tests.benchmarks.replay [--months 24] [--seed 1] [--freeze 2] [--cap 0.5] [--json OUT.json] [--warm]

Every month: what really happened goes into the sheet Actuals, demands and budgets change now and then, and `planner
replan` makes the next plan. Each step prints the objective levels, how much of the last plan changed, and how many
reports contradicted each other; ordered = made + on order, of each line. At the end: cost and shortfall of the whole
beside those of hindsight, one plan that knew all demands, budgets and losses of production from the start. A month
without a verified plan ends the replay with exit code 1, as does one that loses an order. `--warm` also measures each
re-optimisation from the last plan's basis against one from nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.replan.rolled.rolling import ReplanTerms
from tests.benchmarks.replay.course import SAME, instance_of, replay
from tests.benchmarks.replay.warm import Warmth, measured
from tests.benchmarks.world import World


def _warmth(folder: Path, months: int) -> Iterator[Warmth]:
    for month in range(2, months + 1):
        before, after = (instance_of(folder / f"plan {number}" / "input") for number in (month - 1, month))
        each = measured(before, after)
        print(f"month {month}: {each.cold_seconds:.2f} s from nothing, {each.warm_seconds:.2f} s from the last basis "
              f"({each.differ}); first level {each.cold_value:,.0f} and {each.warm_value:,.0f}", flush=True)  # fmt: skip
        yield each


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--months", type=int, default=24)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--periods", type=int, default=30, help="months of the workbook")
    arguments.add_argument("--freeze", type=int, default=2)
    arguments.add_argument("--cap", type=float, default=0.5, help="share of the last plan that may change")
    arguments.add_argument("--keep", type=Path, help="leave workbooks and plans in this folder")
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--warm", action="store_true", help="measure each re-optimisation from the last basis")
    return arguments


def main() -> int:
    given = parser().parse_args()
    tables = World(0.001, given.seed, "lexicographic", given.periods, 0.9).tables()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found, _ = replay(folder, tables, given.months, given.seed, ReplanTerms(given.freeze, given.cap), shown=True)
        warmth = list(_warmth(folder, given.months)) if given.warm else []
    figures: dict[str, Any] = {
        "months": given.months,
        "verified": sum(step.verified for step in found.steps),
        "unaccounted": max(step.unaccounted for step in found.steps),
        "churn_mean": sum(step.churn for step in found.steps) / len(found.steps),
        "churn_most": max(step.churn for step in found.steps),
        "cap_lifted": sum(step.cap_lifted for step in found.steps),
        "cost": found.cost,
        "hindsight_cost": found.hindsight_cost,
        "binding_shortfall": found.shortfall[0],
        "hindsight_binding_shortfall": found.hindsight_shortfall[0],
        "other_shortfall": found.shortfall[1],
        "hindsight_other_shortfall": found.hindsight_shortfall[1],
    }
    if warmth:
        figures["seconds_from_nothing"] = statistics.median(each.cold_seconds for each in warmth)
        figures["seconds_from_the_last_basis"] = statistics.median(each.warm_seconds for each in warmth)
    print(json.dumps(figures, indent=2))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if figures["verified"] == given.months and figures["unaccounted"] <= SAME else 1


if __name__ == "__main__":
    sys.exit(main())
