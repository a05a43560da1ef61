"""The input of a run: where it still stands as it was planned, else as the store kept it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from planner.desk.keeping import input_place
from planner.errors import UsageError
from planner.records.run import RunRecord
from planner.run.folder import whole_folder
from planner.store.store import Run, RunStore


def places_of(run: Run, record: RunRecord) -> Iterator[Path]:
    """Where the input of a run may still stand; whether it is as it was, its SHA-256 says."""
    yield Path(record.input.path)
    yield run.folder / record.input.file


def input_of(store: RunStore, number: int, folder: Path) -> Path:
    """The input of a run, copied into the folder of the desk: the workbook as it was typed, where it still stands, so
    that its cells are those that people know; else the folder of CSV files that the store kept.

    Raises UsageError where neither is there.
    """
    run = store.run(number)
    target = input_place(folder, run.input_sha256)
    standing = next(_workbooks(run, store.record_of(number)), None)
    if standing is None:
        return kept_folder(target / "tables", lambda place: _unpack(store, run, place))
    name, content = standing
    return kept_folder(target / "workbook", lambda place: place.write_bytes(content), name)


def optimal_plan_of(store: RunStore, number: int, model: str) -> Path | None:
    """The folder of a run, where it still holds the optimal plan of its input by that model:
    what `prepare` may start from.
    """
    run = store.run(number)
    return run.folder if run.stands and run.status == "optimal" and run.model == model else None


def _workbooks(run: Run, record: RunRecord) -> Iterator[tuple[str, bytes]]:
    for path in places_of(run, record):
        if path.is_file():
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == run.input_sha256:
                yield path.name, content


def _unpack(store: RunStore, run: Run, path: Path) -> None:
    files = store.input_files(run.input_sha256)
    if files is None:
        raise UsageError(f"the input of run {run.id} is not kept: it had changed before the run was recorded")
    path.mkdir()
    for name, content in files.items():
        (path / Path(name).name).write_bytes(content)


def kept_folder(target: Path, write: Callable[[Path], object], name: str = "input") -> Path:
    """What `write` leaves under `name` in a folder that is written once, whole,
    also where several ask for it at a time.
    """
    path = target / name
    if not path.exists():
        try:
            with whole_folder(target) as hidden:
                write(hidden / name)
        except UsageError:
            if not path.exists():  # nobody was faster: it is refused for another reason
                raise
    return path
