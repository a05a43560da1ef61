"""schedule.json: how the last run of a schedule went, filled in as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from planner.errors import Fault
from planner.records.reading import write_record
from planner.run.folder import whole_file
from planner.schedule.alert import Alert
from planner.schedule.declaration import Schedule
from planner.schedule.record import FaultRecord, RunEntry, ScheduleRecord
from planner.store.moments import moment
from planner.store.store import Run

FILE = "schedule.json"
NEW_PLAN, NOTHING_NEW, FAILED = "new plan", "nothing new", "failed"


@dataclass
class ScheduleOutcome:
    """What a run of a schedule came to, filled in as it goes. `run` is what it recorded, `last_good` what stands."""

    result: str = FAILED
    exit_code: int = 0
    message: str = ""
    faults: Sequence[Fault] = ()
    run: Run | None = None
    last_good: Run | None = None
    adopted: list[int] = field(default_factory=list)
    comparison: Path | None = None
    alerts: list[Alert] = field(default_factory=list)
    not_sent: list[str] = field(default_factory=list)
    pruned: list[int] = field(default_factory=list)


def record_of(schedule: Schedule, outcome: ScheduleOutcome, started: datetime, ended: datetime) -> ScheduleRecord:
    """The record that schedule.json holds."""
    return ScheduleRecord.model_validate(
        {
            "schedule": schedule.name,
            "file": str(schedule.path),
            "started": moment(started),
            "ended": moment(ended),
            "result": outcome.result,
            "exit_code": outcome.exit_code,
            "message": outcome.message,
            "faults": [FaultRecord(place=fault.where, message=fault.message) for fault in outcome.faults],
            "run": _run(outcome.run),
            "last_good": _run(outcome.last_good),
            "adopted": outcome.adopted,
            "comparison": None if outcome.comparison is None else str(outcome.comparison),
            "alerts": [asdict(alert) for alert in outcome.alerts],
            "not_sent": outcome.not_sent,
            "pruned": outcome.pruned,
        }
    )


def write_outcome(schedule: Schedule, outcome: ScheduleOutcome, started: datetime, ended: datetime) -> Path:
    """Write schedule.json into the folder of the runs, whole or not at all. Raises FolderError."""
    target = schedule.runs / FILE
    with whole_file(target) as hidden:
        write_record(record_of(schedule, outcome, started, ended), hidden)
    return target


def _run(run: Run | None) -> RunEntry | None:
    if run is None:
        return None
    return RunEntry.model_validate(
        {
            "id": run.id,
            "folder": str(run.folder),
            "kind": run.kind,
            "status": run.status,
            "verified": run.verified,
            "started": run.started,
            "input_sha256": run.workbook_sha256,
            "fingerprint": run.fingerprint,
        }
    )
