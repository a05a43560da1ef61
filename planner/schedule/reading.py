"""schedule.toml as a declaration. All faults are reported at once, each by its key."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Fault, ScheduleError, UsageError
from planner.records.declaration import declared, read_table
from planner.schedule.declaration import REPLAN, SOLVE, Schedule


def read_schedule(path: Path) -> Schedule:
    """Read a schedule. Raises UsageError where there is no such file, ScheduleError for all that is wrong in it."""
    if not path.exists():
        raise UsageError(f"there is no schedule {path}")
    table = read_table(path, "schedule", ScheduleError)
    schedule = declared(table, path, Schedule, "schedule", ScheduleError, {"name": path.stem})
    key, other = ("replan", REPLAN) if schedule.kind == SOLVE else ("strict", SOLVE)
    if key in table and (schedule.kind == SOLVE or schedule.strict):
        message = f"is for kind = {other!r}; found kind = {schedule.kind!r}"
        raise ScheduleError([Fault(f"{path.name}: {key}", message)])
    return schedule
