"""Recording runs, and looking them up."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from planner.errors import UsageError
from planner.records.reading import record_of
from planner.records.run import WITH_PLAN, RunRecord
from planner.store import schema
from planner.store.database import SECONDS_TO_WAIT, Database, address_of
from planner.store.entry import StoreEntry, entry_of, unpacked
from planner.store.log import note
from planner.store.moments import moment
from planner.store.versions import prepare

_runs = schema.runs.c


@dataclass(frozen=True)
class Run:
    """A row of `runs`, without the long texts. `folder` is absolute; `approvals` counts them."""

    id: int
    folder: Path
    run_sha256: str
    kind: str
    status: str
    verified: bool
    message: str
    title: str
    model: str
    model_kind: str
    currency: str
    gap: float | None
    started: str
    seconds: float
    planner_version: str
    input_file: str
    input_sha256: str
    workbook_sha256: str
    parent: int | None
    schedule: str | None = None
    fingerprint: str | None = None
    approvals: int = 0

    @property
    def is_good(self) -> bool:
        """Has it a plan that passed its verification?"""
        return self.status in WITH_PLAN and self.verified

    @property
    def stands(self) -> bool:
        """Is its folder still there, and still that of this run?"""
        path = self.folder / "run.json"
        return path.is_file() and sha256(path.read_bytes()).hexdigest() == self.run_sha256

    @property
    def can_be_followed(self) -> bool:
        """Is there a good plan to go on from?"""
        return self.is_good and self.stands


@dataclass(frozen=True)
class RunApproval:
    """Who approved a run, when (UTC), and what they said."""

    who: str
    at: str
    said: str


def open_store(where: str | Path, create: bool = False, seconds_to_wait: float = SECONDS_TO_WAIT) -> RunStore:
    """The store at a path or URL. Raises UsageError where there is none (unless `create`), StoreError, BusyError."""
    database = Database(address_of(where), seconds_to_wait)
    prepare(database, create)
    return RunStore(database)


class RunStore:
    """Runs, their inputs, figures, prices and approvals. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # Writing

    def record(self, folder: Path, schedule: str | None = None, fingerprint: str | None = None) -> Run:
        """Note a run folder that is whole; what is noted already is only given its (new) place.

        `schedule` is the name of the one that made it, `fingerprint` what it was made from (see `planner.schedule`).
        Raises UsageError for what is no run folder.
        """
        entry = entry_of(folder.resolve())
        with self.database.writing() as connection:
            known = connection.scalar(sa.select(_runs.id).where(_runs.run_sha256 == entry.run["run_sha256"]))
            if known is None:
                origin = {"schedule": schedule, "fingerprint": fingerprint}
                number = self._insert(connection, replace(entry, run=entry.run | origin))
            else:
                number = int(known)
                place = {"folder": self._spelled(entry.folder), "leaving": False}
                connection.execute(schema.runs.update().where(_runs.id == number).values(place))
        return self.run(number)

    def _insert(self, connection: sa.Connection, entry: StoreEntry) -> int:
        self._keep_inputs(connection, entry.inputs)
        parent = None
        if entry.parent_sha256 is not None:
            parent = connection.scalar(sa.select(_runs.id).where(_runs.run_sha256 == entry.parent_sha256))
        values = entry.run | {"folder": self._spelled(entry.folder), "parent": parent, "leaving": False}
        inserted = connection.execute(schema.runs.insert().values(values)).inserted_primary_key
        assert inserted is not None
        number = int(inserted[0])
        tables = ((schema.levels, entry.levels), (schema.figures, entry.figures), (schema.prices, entry.prices))
        for table, rows in tables:
            if rows:
                connection.execute(table.insert(), [{"run": number, **row} for row in rows])
        return number

    def _keep_inputs(self, connection: sa.Connection, copies: Sequence[dict[str, Any]]) -> None:
        known = set(connection.scalars(sa.select(schema.inputs.c.sha256)))
        new = [copy for copy in copies if copy["sha256"] not in known]
        if new:
            connection.execute(schema.inputs.insert(), new)

    def approve(self, number: int, who: str, said: str, at: datetime | None = None, user: str | None = None) -> None:
        """Note that somebody approved a run; `user`: who signed in to do so, for the log of the desk.

        Raises UsageError for a run without a verified plan, and of a user for one that they have approved already.
        """
        row = {"run": number, "who": who, "at": moment(at or datetime.now(UTC)), "said": said}
        with self.database.writing() as connection:
            run = self._one(connection, number)
            if not run.is_good:
                raise UsageError(f"run {number} has no verified plan ({run.status}); it cannot be approved")
            if user is not None:
                known = schema.approvals.c
                again = sa.select(known.id).where(known.run == number, known.who == who)
                if connection.scalar(again) is not None:
                    raise UsageError(f"{who} has approved run {number} already")
                note(connection, user, "approved a run", {"run": number, "run_sha256": run.run_sha256, "words": said})
            connection.execute(schema.approvals.insert(), row)

    # Looking up

    def runs(self, before: int | None = None, most: int | None = None) -> list[Run]:
        """All runs, the newest first; `before`: those with a smaller number only; `most`: no more than so many."""
        chosen = _selected().order_by(_runs.id.desc()).limit(most)
        if before is not None:
            chosen = chosen.where(_runs.id < before)
        with self.database.reading() as connection:
            return [self._run(row) for row in connection.execute(chosen)]

    def known_folders(self) -> set[Path]:
        """The folders of all runs, also of those that are just being pruned."""
        with self.database.reading() as connection:
            return {self.place_of(folder) for folder in connection.scalars(sa.select(_runs.folder))}

    def run(self, number: int) -> Run:
        """Raises UsageError where there is none of that number."""
        with self.database.reading() as connection:
            return self._one(connection, number)

    def _one(self, connection: sa.Connection, number: int) -> Run:
        row = connection.execute(_selected().where(_runs.id == number)).one_or_none()
        if row is None:
            numbers = list(connection.scalars(sa.select(_runs.id).where(sa.not_(_runs.leaving)).order_by(_runs.id)))
            known = f"there are {_spans(numbers)}" if numbers else "it has none yet"
            raise UsageError(f"the store {self.database.address.shown} has no run {number}; {known}")
        return self._run(row)

    def record_of(self, number: int) -> RunRecord:
        """The run.json of a run."""
        with self.database.reading() as connection:
            content = connection.scalar(sa.select(_runs.record).where(_runs.id == number))
        assert content is not None
        return record_of(zlib.decompress(content), RunRecord, f"run {number}: run.json")

    def rows(self, table: sa.Table, number: int) -> list[dict[str, Any]]:
        """What a table (`levels`, `figures`, `prices`) says of a run, in the order in which it was noted."""
        columns = [column for column in table.c if column.name != "run"]
        order = [table.c.place] if "place" in table.c else []
        chosen = sa.select(*columns).where(table.c.run == number).order_by(*order)
        with self.database.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(chosen)]

    def figure_of(self, name: str) -> dict[int, float]:
        """Number of a run → its headline figure of this name, of every run that has it."""
        table = schema.figures.c
        return self._by_run(sa.select(table.run, table.value).where(table.name == name))

    def level_values(self, name: str) -> dict[int, float | None]:
        """Number of a run → its value of a level (None: not known), of every run that has the level."""
        table = schema.levels.c
        return self._by_run(sa.select(table.run, table.value).where(table.name == name))

    def _by_run(self, chosen: sa.Select[Any]) -> dict[int, Any]:
        with self.database.reading() as connection:
            return {row.run: row.value for row in connection.execute(chosen)}

    def approvals(self, number: int) -> list[RunApproval]:
        """Who approved a run, in the order in which they did."""
        table = schema.approvals.c
        chosen = sa.select(table.who, table.at, table.said).where(table.run == number).order_by(table.id)
        with self.database.reading() as connection:
            return [RunApproval(*row) for row in connection.execute(chosen)]

    def input_files(self, sha256: str) -> dict[str, bytes] | None:
        """File name → content of the CSV files of an input; None where it is not kept."""
        with self.database.reading() as connection:
            content = connection.scalar(sa.select(schema.inputs.c.archive).where(schema.inputs.c.sha256 == sha256))
        return None if content is None else unpacked(content)

    # Folders

    def _spelled(self, folder: Path) -> str:
        base = self.database.address.base
        if base is not None and folder.is_relative_to(base):
            return folder.relative_to(base).as_posix()
        return os.fspath(folder)

    def place_of(self, folder: str) -> Path:
        """A folder as the store spells it, absolute."""
        return (self.database.address.base or Path()) / folder

    def _run(self, row: sa.Row[Any]) -> Run:
        return Run(**{**row._mapping, "folder": self.place_of(row._mapping["folder"])})


def _selected() -> sa.Select[Any]:
    approvals = (
        sa.select(sa.func.count()).select_from(schema.approvals).where(schema.approvals.c.run == _runs.id)
    ).scalar_subquery()
    columns = [column for column in schema.runs.c if column.name not in ("record", "leaving")]
    return sa.select(*columns, approvals.label("approvals")).where(sa.not_(_runs.leaving))


def _spans(numbers: Sequence[int]) -> str:
    """`1 to 4, 7`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)
