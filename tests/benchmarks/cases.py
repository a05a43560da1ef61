"""Measure what cases of contingencies cost: `planner solve` on one world with more and more of them.

    python -m tests.benchmarks.cases [inputs/coalition] [--cases 0 6 20 100 216] [--json OUT.json]

For each number the contingencies of the world (a folder of CSV files with the coalition's names) are replaced by six of
three months' window, which may strike in evenly spread periods. Beyond six times the periods each comes again, with a surge
a twentieth larger. Without any the plan is the one that knows no attack. Each is planned from file to files in a process of
its own. This is a measurement, not a test: nothing fails here for being slow.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from planner.workbook import read_instance
from tests.benchmarks.generate import write_tables
from tests.benchmarks.measure import plan
from tests.benchmarks.run import machine, table
from tests.benchmarks.world import Row, Tables

WINDOW, WARNING, COVERAGE = 3, 1, 0.5
PLACES = {"UA Area East": 0.6, "UA Area North": 0.4}  # that need help, and their part of it
MUNITIONS = {"R155": 60.0, "R152": 20.0, "MOR120": 40.0}  # item → units a period
AIR_DEFENCE = {"MSL_SHORT": 150.0, "MSL_MED": 40.0, "DR_INT": 12.0}
SUPPLIES = {"MED_IFAK": 20.0, "FUEL": 30.0, "SPARES": 10.0}
VEHICLES, DRONES = {"VEH_MRAP": 30.0}, {"DR_FPV": 60.0}


class Kind(NamedTuple):
    """A kind of contingency: how likely it is, `share` of which items it asks for, what it leaves of which nodes."""

    probability: float
    share: float
    items: Mapping[str, float]
    hits: Mapping[str, float]


KINDS = {
    "attack on land": Kind(
        0.3, 1.0, MUNITIONS | AIR_DEFENCE | SUPPLIES | VEHICLES | DRONES, {"UA Cherry": 0.5}
    ),
    "campaign against depots": Kind(
        0.2, 1.5, AIR_DEFENCE | SUPPLIES, {"UA Hornbeam": 0.5, "UA Ash": 0.5, "UA Plum": 0.5}
    ),
    "loss of the rail crossing": Kind(0.1, 0.7, MUNITIONS | VEHICLES | {"FUEL": 30.0}, {"PL Rail Crossing": 0.0}),
    "closure of the Black Sea": Kind(
        0.1, 0.5, MUNITIONS | SUPPLIES, {"RO Danube Quay": 0.0, "RO Black Sea Port": 0.0}
    ),
    "withdrawal of a partner": Kind(
        0.1, 0.5, MUNITIONS | AIR_DEFENCE | VEHICLES, {"DE Oak": 0.0, "DE Beech": 0.0}
    ),
    "suppliers fail": Kind(0.2, 0.5, AIR_DEFENCE | DRONES, {"US Market": 0.0, "JP Market": 0.0}),
}  # fmt: skip


def with_cases(folder: Path, cases: int, periods: int, out: Path) -> None:
    """Write the world with about so many cases: a multiple of the kinds, and beyond every period of their waves."""
    out.mkdir(parents=True)
    for path in folder.glob("*.csv"):
        if path.stem not in {"Contingencies", "Surge", "Disruptions"}:
            shutil.copy(path, out / path.name)
    waves = max(-(-cases // (len(KINDS) * periods)), 1)
    each = round(cases / (waves * len(KINDS)))
    tables: Tables = {"Contingencies": [], "Surge": [], "Disruptions": []}
    for wave in range(waves) if each else ():
        for name, kind in KINDS.items():
            called = f"{name}, {wave + 1}" if wave else name
            tables["Contingencies"].append(_contingency(called, kind, waves, strikes(each, periods)))
            tables["Surge"] += _surge(called, kind, 1.05**wave)
            tables["Disruptions"] += [
                {"contingency": called, "kind": "node", "name": node, "from": "strike", "factor": left}
                for node, left in kind.hits.items()
            ]
    write_tables(tables, out)


def strikes(count: int, periods: int) -> list[int]:
    """So many periods (1…P), evenly spread."""
    return sorted({(2 * number + 1) * periods // (2 * count) + 1 for number in range(count)})


def _contingency(name: str, kind: Kind, waves: int, when: Sequence[int]) -> Row:
    return {
        "contingency": name,
        "probability": kind.probability / waves,
        "period": "; ".join(map(str, when)),
        "window": WINDOW,
        "warning": WARNING,
        "coverage": COVERAGE,
    }


def _surge(name: str, kind: Kind, more: float) -> Iterator[Row]:
    for item, quantity in kind.items.items():
        for place, part in PLACES.items():
            for offset in range(WINDOW):
                yield {
                    "contingency": name,
                    "destination": place,
                    "item": item,
                    "offset": offset,
                    "quantity": quantity * kind.share * part * more,
                    "priority": 2 if item in AIR_DEFENCE else 1,
                }


def measured(folder: Path, cases: int, periods: int) -> dict[str, Any]:
    """The figures of one number of cases, in the order in which they are printed."""
    with tempfile.TemporaryDirectory() as name:
        with_cases(folder, cases, periods, Path(name) / "world")
        process, record = plan(Path(name) / "world", Path(name) / "run", "full")
        planned = (Path(name) / "run" / "tables" / "cases.csv").read_text(encoding="utf-8").count("\n") - 1
    figures: dict[str, Any] = {"cases": planned, "status": record["status"]}
    figures |= {key: record["counts"][key] for key in ("rows", "columns", "nonzeros")}
    figures |= {"whole s": process.seconds, "processor s": process.processor_seconds, "peak MiB": process.peak_mb}
    figures |= {f"  {phase} s": seconds for phase, seconds in record["seconds"].items()}
    return figures | {f"{level['name']}": level["value"] for level in record["objective"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", nargs="?", type=Path, default=Path("inputs/coalition"))
    parser.add_argument("--cases", type=int, nargs="+", default=[0, 6, 20, 100, 216])
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    print(machine())
    periods = read_instance(given.world).horizon.periods
    worlds = []
    for cases in given.cases:
        worlds.append(measured(given.world, cases, periods))
        print(table(worlds[-1:], median=False), flush=True)
    print(table(worlds, median=False))
    if given.json:
        given.json.write_text(json.dumps({"machine": machine(), "worlds": worlds}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
