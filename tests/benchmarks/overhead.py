"""Measure what `planner solve` takes besides HiGHS on networks of many places.

    python -m tests.benchmarks.overhead [--commodities 121] [--spokes 2000 20000] [--json OUT.json]

Two shapes whose size a planner can meet and that once took minutes besides the solver: many commodities, each on a
network of its own (as KEN-11 of the Kennington problems, where items times places is a hundred times what the linear
program has), and one depot that serves very many destinations. Processor seconds, from file to files, less the seconds
of HiGHS. The aim is 20 microseconds for each non-zero of the linear program and 2 s besides. This is a measurement, not
a test.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.generate import write_tables
from tests.benchmarks.measure import plan
from tests.benchmarks.run import machine, table
from tests.benchmarks.world import Row, Tables

BESIDES, PER_NONZERO = 2.0, 20e-6  # seconds
LEGS_PER_PLACE = 1.45


def commodities(count: int, seed: int = 1) -> Tables:
    """`count` items, each with a supply, `count` places and routes of its own."""
    chance = random.Random(seed)
    ends = [(chance.randrange(max(0, place - 5), place), place) for place in range(1, count)]
    while len(ends) < count * LEGS_PER_PLACE:
        one, other = chance.sample(range(count), 2)
        ends.append((one, other))
    tables = _settings("commodities") | {
        "Items": [{"item": f"c{item}"} for item in range(count)],
        "Nodes": [{"node": f"c{item}n{place}", "kind": "depot"} for item in range(count) for place in range(count)],
        "Routes": [
            {"route": f"c{item}r{leg}", "origin": f"c{item}n{one}", "destination": f"c{item}n{other}"}
            for item in range(count)
            for leg, (one, other) in enumerate(ends)
        ],
        "RouteItems": [
            {
                "route": f"c{item}r{leg}",
                "item": f"c{item}",
                "cost": chance.randint(1, 60),
                "capacity": chance.choice(["", 300]),
            }
            for item in range(count)
            for leg in range(len(ends))
        ],
    }
    wanted = [(item, place) for item in range(count) for place in range(1, count) if chance.random() < 0.5]
    tables["Demand"] = [_demand(f"c{item}n{place}", f"c{item}", chance.randint(1, 9)) for item, place in wanted]
    stocks = dict.fromkeys(range(count), 0)
    for row, (item, _) in zip(tables["Demand"], wanted, strict=True):
        stocks[item] += int(str(row["quantity"]))
    tables["Stocks"] = [{"node": f"c{item}n0", "item": f"c{item}", "quantity": stocks[item]} for item in stocks]
    return tables


def star(spokes: int, seed: int = 1) -> Tables:
    """One depot and `spokes` destinations."""
    chance = random.Random(seed)
    demand = [_demand(f"D{spoke}", "kit", chance.randint(1, 9)) for spoke in range(spokes)]
    return _settings("star") | {
        "Items": [{"item": "kit"}],
        "Nodes": [{"node": "Hub", "kind": "depot"}]
        + [{"node": f"D{spoke}", "kind": "destination"} for spoke in range(spokes)],
        "Routes": [
            {"origin": "Hub", "destination": f"D{spoke}", "cost": chance.randint(1, 60)} for spoke in range(spokes)
        ],
        "Stocks": [{"node": "Hub", "item": "kit", "quantity": 5 * spokes}],
        "Demand": demand,
    }


def _settings(title: str) -> Tables:
    values = {"start": "2026-01", "periods": 1, "objective": "weighted", "title": title}
    return {"Settings": [{"key": key, "value": value} for key, value in values.items()]}


def _demand(destination: str, item: str, quantity: int) -> Row:
    return {"destination": destination, "item": item, "period": 1, "quantity": quantity, "shortage_cost": 10_000}


def figures(name: str, tables: Tables) -> dict[str, Any]:
    """All figures of one world, in the order in which they are printed."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(tables, Path(folder) / "world")
        process, record = plan(Path(folder) / "world", Path(folder) / "run", "full")
    highs = record["seconds"]["solve"]
    besides = process.processor_seconds - highs
    nonzeros = record["counts"]["nonzeros"]
    return {
        "world": name,
        "nonzeros": nonzeros,
        "HiGHS s": highs,
        "besides s": besides,
        "aim s": BESIDES + PER_NONZERO * nonzeros,
        "µs a non-zero beyond 2 s": max(besides - BESIDES, 0.0) / nonzeros * 1e6,
        "peak MiB": process.peak_mb,
    } | {f"  {phase} s": seconds for phase, seconds in record["seconds"].items()}


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--commodities", type=int, nargs="*", default=[121], help="items, and places of each")
    arguments.add_argument("--spokes", type=int, nargs="*", default=[2000, 20000], help="destinations of one depot")
    arguments.add_argument("--json", type=Path, help="write the figures there too")
    return arguments


def main() -> None:
    given = parser().parse_args()
    print(machine())
    worlds = [figures(f"{count} commodities", commodities(count)) for count in given.commodities]
    worlds += [figures(f"star of {spokes}", star(spokes)) for spokes in given.spokes]
    print(table(worlds, median=False))
    if given.json:
        given.json.write_text(json.dumps({"machine": machine(), "worlds": worlds}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
