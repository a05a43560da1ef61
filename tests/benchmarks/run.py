"""Measure the planner from file to files against HiGHS alone on the same linear program.

    python -m tests.benchmarks.run [--size 1.0] [--seeds 1 2 3] [--room 2.0] [--lexicographic] [--json OUT.json]

For each seed: an invented world is written as a folder of CSVs (not timed); `planner solve` plans it with one weighted
objective; HiGHS alone, with the options of the model, solves the pruned program that `--write-mps` would write
(reading the file is not timed). With `--lexicographic` the same world is planned by levels too. Medians
over the seeds are what counts. This is a measurement, not a test: nothing fails here for being slow.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from planner import catalogue
from tests.benchmarks.generate import write_world
from tests.benchmarks.measure import plan, solve_alone, write_program
from tests.benchmarks.world import World

Figures = dict[str, Any]
AIMS = {"whole / alone": 1.6, "levels / weighted": 2.0, "peak MiB": 3072.0}


def machine() -> str:
    """Processor, cores, memory and load of this machine."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{model}, {os.cpu_count()} cores{load}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def one_world(world: World, model: str, by_levels: bool, alone: bool) -> Figures:
    """All figures of one seed, in the order in which they are printed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(world, folder / "world")
        process, record = plan(folder / "world", folder / "run", model)
        figures: Figures = {
            "seed": world.seed,
            **_counts(record),
            "whole s": process.seconds,
            "peak MiB": process.peak_mb,
        }
        figures |= {f"  {phase} s": seconds for phase, seconds in record["seconds"].items()}
        if alone:
            write_program(folder / "world", model, folder / "model.mps")
            figures |= _alone(folder / "model.mps", model, record)
            figures["whole / alone"] = figures["whole s"] / figures["alone s"]
        if by_levels:
            figures |= _levels(world, folder, model, record)
        return figures


def _counts(record: Figures) -> Figures:
    return {"status": record["status"], **{key: record["counts"][key] for key in ("rows", "columns", "nonzeros")}}


def _alone(mps: Path, model: str, record: Figures) -> Figures:
    found = solve_alone(mps, dict(catalogue.load(model).solver))
    difference = abs(found["objective"] - record["objective"]) / max(1.0, abs(record["objective"]))
    return {
        "alone s": found["seconds"],
        "alone iterations": found["iterations"],
        "alone status": found["status"],
        "objectives differ by": difference,
    }


def _levels(world: World, folder: Path, model: str, weighted: Figures) -> Figures:
    """The same world by levels: only the objective in Settings differs."""
    again = World(world.size, world.seed, "lexicographic", world.periods, world.room)
    write_world(again, folder / "levels")
    process, record = plan(folder / "levels", folder / "run-levels", model)
    figures: Figures = {"levels: whole s": process.seconds, "levels: peak MiB": process.peak_mb}
    figures |= {f"  {level['name']} s": level["seconds"] for level in record["objective"]}
    figures["levels: solve s"] = record["seconds"]["solve"]
    figures["levels / weighted"] = record["seconds"]["solve"] / weighted["seconds"]["solve"]
    return figures


def table(worlds: Sequence[Figures], median: bool = True) -> str:
    """One line a figure: each world's, the median of all (of worlds that are alike), and the aim where there is one."""
    names = list(dict.fromkeys(name for figures in worlds for name in figures))
    lines = []
    for name in names:
        values = [figures.get(name) for figures in worlds]
        values += [_median(values)] if median else []
        aim = f"   aim {AIMS[name]:g}" if name in AIMS else ""
        lines.append(f"{name:28}" + "".join(f"{_text(value):>14}" for value in values) + aim)
    return "\n".join(lines)


def _median(values: Iterable[Any]) -> float | str:
    numbers = [value for value in values if isinstance(value, (int, float))]
    return statistics.median(numbers) if numbers else ""


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2e}" if 0 < abs(value) < 1e-3 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value or "")


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", type=float, default=1.0, help="millions of non-zeros, about")
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments.add_argument("--room", type=float, default=2.0, help="1: money and capacity are scarce everywhere")
    arguments.add_argument("--periods", type=int, default=36)
    arguments.add_argument("--model", default="full")
    arguments.add_argument("--lexicographic", action="store_true", help="plan by levels too")
    arguments.add_argument("--no-alone", action="store_true", help="leave out HiGHS alone")
    arguments.add_argument("--json", type=Path, help="write the figures there too")
    return arguments


def main() -> None:
    given = parser().parse_args()
    print(machine())
    print(
        f"size {given.size:g}, room {given.room:g}, {given.periods} periods, model {given.model}; columns: seeds, median"
    )
    worlds = []
    for seed in given.seeds:
        world = World(given.size, seed, "weighted", given.periods, given.room)
        worlds.append(one_world(world, given.model, given.lexicographic, not given.no_alone))
    print(table(worlds))
    if given.json:
        report = {"machine": machine(), "size": given.size, "room": given.room, "worlds": worlds}
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
