"""A run folder small enough to follow by hand.

Two works make shells: Alpha 60 and Bravo 40 in period 1, 10 each unit. All go by road, within the
period, to Hub, where 20 lay already. Of these 120, 30 are delivered in period 1 and 90 stay; in period 2 Bravo
makes 10 more, for 20 each, which arrive at Hub; 50 of 100 are delivered there to Second, 5 stay short.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from planner.plan.plan import TABLE_COLUMNS
from planner.records.reading import write_record
from planner.run.recorded.load import SavedRun, load_run
from planner.run.tables import write_tables
from tests.run_json import level, run_record

ROWS: dict[str, list[tuple[object, ...]]] = {
    "production": [
        ("Alpha line", "Alpha", "PL", "shell", 1, 60.0, 600.0),
        ("Bravo line", "Bravo", "CZ", "shell", 1, 40.0, 400.0),
        ("Bravo line", "Bravo", "CZ", "shell", 2, 10.0, 200.0),
    ],
    "shipments": [
        ("A road", "Alpha", "Hub", "road", "shell", 1, 1, 60.0, 6.0, 60.0),
        ("B road", "Bravo", "Hub", "road", "shell", 1, 1, 40.0, 4.0, 80.0),
        ("B road", "Bravo", "Hub", "road", "shell", 2, 2, 10.0, 1.0, 20.0),
    ],
    "stocks": [("Hub", "shell", 1, 90.0), ("Hub", "shell", 2, 50.0)],
    "deliveries": [("First", "", "Hub", "shell", 1, 1, 30.0), ("Second", "", "Hub", "shell", 2, 2, 50.0)],
    "shortfalls": [("Second", "", "Hub", "shell", 2, 5.0)],
    "payments": [
        ("SAFE", "PL", "procurement", "Alpha line", "PL", 2026, 600.0, 2026),
        ("SAFE", "PL", "procurement", "Bravo line", "CZ", 2026, 100.0, 2026),
        ("Own", "CZ", "procurement", "Bravo line", "CZ", 2026, 500.0, 2026),
        ("Own", "CZ", "transport", "A road", "", 2026, 60.0, 2026),
        ("Own", "CZ", "transport", "B road", "", 2026, 100.0, 2026),
    ],
}


def tables(rows: dict[str, list[tuple[object, ...]]] = ROWS) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(rows.get(name, []), columns=list(columns)) for name, columns in TABLE_COLUMNS.items()}


def saved(folder: Path, rows: dict[str, list[tuple[object, ...]]] = ROWS, value: float = 1160.0) -> SavedRun:
    """Write the run as a folder, and read it back."""
    folder.mkdir(exist_ok=True)
    write_tables(tables(rows), folder / "tables")
    cost = level("cost", value) | {"title": "Discounted cost"}
    write_record(run_record(objective=(cost,)), folder / "run.json")
    return load_run(folder)
