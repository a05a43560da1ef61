"""What lies in the folder of the desk, where, and for how long.

The files of a job stay while it is not done, for `DAYS` after it was asked for, and while the store has what came of
it: the run that it planned, or the run of which it found remedies. The input of a run stays while the store has a run
with that input. Run folders go by `planner runs prune`.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Collection
from pathlib import Path

from planner.desk.jobs.remedies import REMEDY
from planner.errors import BusyError, UsageError
from planner.store.database import StoreError
from planner.store.jobs import Job, Jobs, Needed
from planner.store.store import Run, RunStore

DAYS = 7
MINUTES_UNTOUCHED = 60  # what was written just now may be that of a job which is about to be added
SECONDS_BETWEEN = 3600.0
_STORES = "stores.txt"  # the stores whose desks use the folder, one a line
_SHA = re.compile(r"[0-9a-f]{64}")
_UPLOADS, _NAMED, _MARKED, _CHANGED, _REMEDIES, _INPUTS, _RUNS = (
    "uploads",
    "inputs",
    "marked",
    "changed",
    "remedies",
    "kept",
    "runs",
)


def upload_place(folder: Path, digest: str) -> Path:
    """Where a workbook that was sent is. Raises UsageError for what is no SHA-256."""
    if not _SHA.fullmatch(digest):
        raise UsageError("this is no SHA-256 of a workbook")
    return folder / _UPLOADS / f"{digest}.xlsx"


def named_place(folder: Path, digest: str, name: str) -> Path:
    """Where the same workbook has the name under which it was sent."""
    return folder / _NAMED / digest / name


def marked_place(folder: Path, job: Job) -> Path:
    """Where the marked workbook of a job is."""
    return folder / _MARKED / f"{job.name}.xlsx"


def changed_place(folder: Path, job: Job) -> Path:
    """Where the folder is that holds the input of a job which changes that of a run."""
    return folder / _CHANGED / job.name


def remedy_place(folder: Path, job: Job) -> Path:
    """Where the folder of remedies of a job is."""
    return folder / _REMEDIES / job.name


def run_place(folder: Path, job: Job) -> Path:
    """Where the run folder of a job is."""
    return folder / _RUNS / job.name


def input_place(folder: Path, input_sha256: str) -> Path:
    """Where the folder is that holds a copy of the input of runs."""
    return folder / _INPUTS / input_sha256


def needed(jobs: Jobs) -> list[Needed]:
    """The jobs whose files stay."""
    return jobs.needed(DAYS, {REMEDY})


def tidy(folder: Path, store: RunStore, jobs: Jobs) -> None:
    """Remove what nobody needs any more.

    What does not bear the name of a job of this store, or a SHA-256, is nobody's business here.

    Workbooks have the same SHA-256 for every store: where desks of several stores use the folder, all workbooks stay.
    """
    wanted, gone = needed(jobs), jobs.names()
    names, digests = {job.name for job in wanted}, {str(job.asked.get("sha256")) for job in wanted}
    inputs = {run.input_sha256 for run in store.runs()}
    for place in (_MARKED, _CHANGED, _REMEDIES):
        _remove(folder / place, gone - names)
    if _is_shared(folder, store):
        return
    for place, stay in ((_UPLOADS, digests), (_NAMED, digests), (_INPUTS, inputs)):
        _remove(folder / place, {name for name in _stems(folder / place) if _SHA.fullmatch(name)} - stay)


def tidy_now_and_again(folder: Path, store: RunStore, jobs: Jobs) -> None:
    """Tidy for as long as the program runs."""
    while True:
        with contextlib.suppress(StoreError, BusyError, OSError):  # away for a moment
            tidy(folder, store, jobs)
        time.sleep(SECONDS_BETWEEN)


def folders_of(runs: Collection[Run], jobs: Jobs) -> set[Path]:
    """The folders of desks in which runs lie that jobs planned."""
    names = jobs.names()
    return {run.folder.parents[1] for run in runs if run.folder.name in names and run.folder.parent.name == _RUNS}


def _is_shared(folder: Path, store: RunStore) -> bool:
    """Do desks of other stores use the folder too?

    That this store's does is noted in it. A file that is gone is no store any more.
    """
    this_store, note = store.database.address.shown, folder / _STORES
    known = note.read_text(encoding="utf-8").splitlines() if note.is_file() else []
    if this_store not in known:
        folder.mkdir(parents=True, exist_ok=True)
        with note.open("a", encoding="utf-8") as stream:
            stream.write(f"{this_store}\n")
    return any(other != this_store and ("://" in other or Path(other).is_file()) for other in known)


def _stems(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()} if folder.is_dir() else set()


def _remove(folder: Path, names: Collection[str]) -> None:
    until = time.time() - 60 * MINUTES_UNTOUCHED
    for path in list(folder.iterdir()) if folder.is_dir() else []:
        if path.stem not in names:
            continue
        with contextlib.suppress(FileNotFoundError):  # somebody else tidies up
            if path.stat().st_mtime < until:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
