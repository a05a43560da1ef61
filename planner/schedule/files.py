"""The files that a schedule names, before it runs."""

from __future__ import annotations

from planner.errors import Fault
from planner.schedule.declaration import Schedule
from planner.workbook.reading.absent import absent


def missing_files(schedule: Schedule) -> list[Fault]:
    """The input, and the plan to start from, where they are not there (any more, or yet)."""
    faults = []
    if not schedule.input.exists():
        faults.append(Fault(f"{schedule.path.name}: input", f"found {str(schedule.input)!r}: {absent(schedule.input)}"))
    first = schedule.replan.first
    if first is not None and not (first / "run.json").is_file():
        message = f"found {str(first)!r}: it has no run.json; expected the run folder of a plan"
        faults.append(Fault(f"{schedule.path.name}: replan.first", message))
    return faults
