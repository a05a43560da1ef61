"""Write an invented world as a folder of CSV files, or as a workbook.

    python -m tests.benchmarks.generate OUT [--size 1.0] [--seed 1] [--objective weighted] [--periods 36] [--room 1.0]

`--size 1` gives about a million non-zeros in the linear program; half the size, about half of them. OUT is a
folder, or a workbook where it ends in .xlsx. The same size, seed and objective give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

from planner.workbook.write.convert import write_workbook
from tests.benchmarks.world import Row, Tables, World


def write_world(world: World, out: Path) -> None:
    """Write the tables of a world; existing CSV files of the same names are replaced."""
    if out.suffix.lower() == ".xlsx":
        with tempfile.TemporaryDirectory() as folder:
            write_world(world, Path(folder))
            write_workbook(Path(folder), out)
        return
    write_tables(world.tables(), out)


def write_tables(tables: Tables, out: Path) -> None:
    """Write tables as CSV files; those without rows are left out."""
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows:
            _write_table(out / f"{name}.csv", rows)


def _write_table(path: Path, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(row.get(column)) for column in columns] for row in rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    return format(value, ".12g") if isinstance(value, float) else str(value)


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=Path, help="folder, or workbook (.xlsx)")
    arguments.add_argument("--size", type=float, default=1.0, help="millions of non-zeros, about")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--objective", choices=("weighted", "lexicographic"), default="weighted")
    arguments.add_argument("--periods", type=int, default=36)
    arguments.add_argument("--room", type=float, default=1.0, help="below 1 capacities and money are scarcer")
    return arguments


def main() -> None:
    given = parser().parse_args()
    write_world(World(given.size, given.seed, given.objective, given.periods, given.room), given.out)
    print(f"wrote {given.out}")


if __name__ == "__main__":
    main()
