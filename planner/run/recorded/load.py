"""A run folder read back, for `diff` and `explain`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.errors import UsageError
from planner.records.run import RunRecord, read_run
from planner.run.tables import read_tables


@dataclass(frozen=True)
class SavedRun:
    """`record` is run.json; `tables` by name, empty where the run has no plan."""

    folder: Path
    record: RunRecord
    tables: Mapping[str, pd.DataFrame]

    def label(self, period: int) -> str:
        """How people write period 1…P: `2026-03`."""
        labels = self.record.calendar.labels
        return labels[period - 1] if 1 <= period <= len(labels) else str(period)

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.record.calendar.currency


def load_run(folder: Path) -> SavedRun:
    """Read a run folder. Raises UsageError where it is none, one without a plan, damaged, or not whole."""
    record = read_run(folder)
    if not record.has_plan:
        raise UsageError(f"{folder} holds no plan: its run ended as {record.status!r} ({record.message})")
    try:
        tables = read_tables(folder / "tables")
    except ValueError as fault:  # pandas' own kinds of it among them
        raise UsageError(f"{folder / 'tables'} cannot be read: {fault}") from fault
    gone = [name for name in record.tables or () if name not in tables]
    if gone:
        raise UsageError(f"{folder / 'tables' / gone[0]}.csv is missing: the run folder is not whole")
    return SavedRun(folder, record, tables)
