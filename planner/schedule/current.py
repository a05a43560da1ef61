"""What is given tonight, and where the schedule stands:
its last good plan, and whether that was made from just this.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.errors import InputError
from planner.paths import models_folder
from planner.run.versions import versions
from planner.schedule.declaration import APPROVED, REPLAN, Schedule
from planner.store.store import Run, RunStore
from planner.workbook.reading.raw import RawInput, read_raw

_LENGTH = 16  # of a fingerprint, which is part of a folder's name


@dataclass(frozen=True)
class CurrentInput:
    """The input as it is now, and the fingerprint of everything that a plan would follow from."""

    raw: RawInput
    fingerprint: str


def given(schedule: Schedule, now: str | None) -> CurrentInput:
    """Read what the next plan would be made from. Raises InputError where the input cannot be read at all."""
    raw = read_raw(schedule.input)
    if not raw.sha256:
        raise InputError(raw.faults)
    terms = schedule.replan.model_dump() if schedule.kind == REPLAN else {}
    everything = {
        "input": raw.sha256,
        "versions": versions(),
        "models": [(path.name, path.read_text(encoding="utf-8")) for path in sorted(models_folder().glob("*.toml"))],
        "terms": [schedule.kind, schedule.model, schedule.time_limit, schedule.strict, terms, now],
    }
    text = json.dumps(everything, sort_keys=True, default=str)
    return CurrentInput(raw, hashlib.sha256(text.encode("utf-8")).hexdigest()[:_LENGTH])


def folder_for(schedule: Schedule, at: datetime, fingerprint: str) -> Path:
    """The folder of a new run: its name says which schedule made it, when, from what."""
    return schedule.runs / f"{schedule.name}-{at:%Y%m%d-%H%M%S}-{fingerprint}"


def adopt(schedule: Schedule, store: RunStore) -> list[Run]:
    """Record whole folders of this schedule that a killed process left unrecorded, the oldest first."""
    name = re.compile(rf"{re.escape(schedule.name)}-\d{{8}}-\d{{6}}-([0-9a-f]{{{_LENGTH}}})\Z")
    known = store.known_folders()
    runs = []
    for folder in sorted(schedule.runs.iterdir()):
        parts = name.match(folder.name)
        if parts and folder not in known and (folder / "run.json").is_file():
            runs.append(store.record(folder, schedule.name, parts[1]))
    return runs


def last_good(runs: Sequence[Run], schedule: Schedule) -> Run | None:
    """The newest good plan of the schedule whose folder stands; `runs` from the newest on."""
    return next(_to_choose_from(runs, schedule), None)


def to_follow(runs: Sequence[Run], schedule: Schedule) -> Path | None:
    """The run folder that a replan follows; None where there is none yet."""
    only_approved = schedule.replan.follow == APPROVED
    chosen = next((run for run in _to_choose_from(runs, schedule) if run.approvals or not only_approved), None)
    return chosen.folder if chosen else schedule.replan.first


def _to_choose_from(runs: Sequence[Run], schedule: Schedule) -> Iterator[Run]:
    return (run for run in runs if run.schedule == schedule.name and run.can_be_followed)
