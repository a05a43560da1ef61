"""A run folder read back, for `diff` and `trace`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.errors import UsageError
from planner.run.record import Record, read_record
from planner.run.tables import read_tables


@dataclass(frozen=True)
class SavedRun:
    """`record` is run.json; `tables` by name, empty where the run has no plan."""

    folder: Path
    record: Record
    tables: Mapping[str, pd.DataFrame]

    def label(self, period: int) -> str:
        """How people write period 1…P: `2026-03`."""
        labels = self.record["calendar"]["labels"]
        return str(labels[period - 1]) if 1 <= period <= len(labels) else str(period)

    @property
    def currency(self) -> str:
        return str(self.record["calendar"].get("currency", ""))


def load_run(folder: Path) -> SavedRun:
    """Read a run folder. Raises UsageError where it is none, or one without a plan."""
    if not (folder / "run.json").is_file():
        raise UsageError(f"{folder} is no run folder: it has no run.json")
    try:
        record = read_record(folder)
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise UsageError(f"{folder / 'run.json'} cannot be read: {fault}") from fault
    if record.get("status") not in ("optimal", "feasible"):
        raise UsageError(
            f"{folder} holds no plan: its run ended as {record.get('status')!r} ({record.get('message', '')})"
        )
    try:
        tables = read_tables(folder / "tables")
    except ValueError as fault:  # pandas' own kinds of it among them
        raise UsageError(f"{folder / 'tables'} cannot be read: {fault}") from fault
    return SavedRun(folder, record, tables)
