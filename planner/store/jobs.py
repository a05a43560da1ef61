"""Jobs: what the desk was asked to work out.

Their state is here and nowhere else, so that no process that ends takes one with it.

A worker holds a job for a while, and again and again while it is at work. A job that nobody holds any more is taken up
by another worker; a worker that finds its job in other hands lets go of it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from planner.errors import BusyError, UsageError
from planner.store import schema
from planner.store.database import Database
from planner.store.log import note
from planner.store.moments import moment

ASKED = "asked for a job: "  # begins what the log says of a new job, before its kind
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
OPEN = (WAITING, RUNNING)
HELD = timedelta(seconds=30)  # by a worker that does not say that it is still at work
MOST_ATTEMPTS = 3
MOST_OPEN_EACH, MOST_OPEN, MOST_AN_HOUR = (
    3,
    30,
    60,
)  # jobs of one person at a time, of all, and of one person in an hour
_jobs = schema.jobs.c


@dataclass(frozen=True, slots=True)
class Job:
    """A row of `jobs`. `asked` and `found` are JSON; `done` of `levels` of the objective (0 of 0: not known yet)."""

    id: int
    kind: str
    who: str
    at: str
    asked: str
    state: str
    attempts: int
    holder: str
    held_until: str
    phase: str
    done: int
    levels: int
    ended: str
    message: str
    found: str
    run: int | None

    @property
    def name(self) -> str:
        """Of its files: no other store has a job of that name, though it may number its jobs alike."""
        return _name(self.id, self.at)

    @property
    def is_open(self) -> bool:
        """Whether the job is still to be done."""
        return self.state in OPEN

    @property
    def wanted(self) -> dict[str, Any]:
        """The request that the job was made for, by its named fields."""
        asked: dict[str, Any] = json.loads(self.asked)
        return asked

    @property
    def result(self) -> dict[str, Any]:
        """The result of the job; empty until it is done."""
        result: dict[str, Any] = json.loads(self.found or "{}")
        return result


@dataclass(frozen=True, slots=True)
class Needed:
    """A job whose files are still needed: the name of these, who asked for it, and what it was asked for."""

    name: str
    who: str
    asked: Mapping[str, Any]


class Jobs:
    """The jobs of a store. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, who: str, kind: str, wanted: Mapping[str, Any]) -> Job:
        """A new job, noted in the log. Raises BusyError where one person, or all, have too many."""
        now = datetime.now(UTC)
        values = _blank() | {"kind": kind, "who": who, "at": moment(now), "asked": json.dumps(wanted, sort_keys=True)}
        with self._database.writing() as connection:
            self._require_room(connection, who, _an_hour_ago())
            inserted = connection.execute(schema.jobs.insert().values(values)).inserted_primary_key
            assert inserted is not None
            note(connection, who, f"{ASKED}{kind}", {"job": int(inserted[0]), **wanted})
        return self.job(int(inserted[0]))

    def require_room(self, who: str) -> None:
        """Raises BusyError where somebody may ask for no job now."""
        with self._database.reading() as connection:
            self._require_room(connection, who, _an_hour_ago())

    def _require_room(self, connection: sa.Connection, who: str, since: str) -> None:
        is_open = _jobs.state.in_(OPEN)
        mine = _count(connection, is_open, _jobs.who == who)
        if mine >= MOST_OPEN_EACH:
            raise BusyError(f"You have {mine} jobs that are not done yet, and may have {MOST_OPEN_EACH} at a time.")
        if _count(connection, is_open) >= MOST_OPEN:
            raise BusyError(f"There are {MOST_OPEN} jobs that are not done yet; later there will be room.")
        if _count(connection, _jobs.who == who, _jobs.at >= since) >= MOST_AN_HOUR:
            raise BusyError(f"You have asked for {MOST_AN_HOUR} jobs within an hour; later you may ask for more.")

    def job(self, number: int) -> Job:
        """Raises UsageError where there is none of that number."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(schema.jobs).where(_jobs.id == number)).one_or_none()
        if row is None:
            raise UsageError(f"there is no job {number}")
        return Job(**row._mapping)

    def newest(self, who: str | None, most: int) -> list[Job]:
        """The newest jobs, of one person (None: of all)."""
        chosen = sa.select(schema.jobs).order_by(_jobs.id.desc()).limit(most)
        if who is not None:
            chosen = chosen.where(_jobs.who == who)
        with self._database.reading() as connection:
            return [Job(**row._mapping) for row in connection.execute(chosen)]

    def of_kind(self, kind: str, state: str, run_sha256: str) -> list[Job]:
        """All jobs of a kind in a state that were asked for of a run, the oldest first."""
        of_run = _jobs.asked.contains(json.dumps(run_sha256))
        chosen = sa.select(schema.jobs).where(_jobs.kind == kind, _jobs.state == state, of_run).order_by(_jobs.id)
        with self._database.reading() as connection:
            return [Job(**row._mapping) for row in connection.execute(chosen)]

    def runs_of(self, kinds: Collection[str]) -> frozenset[int]:
        """The runs that jobs of these kinds have made."""
        chosen = sa.select(_jobs.run).where(_jobs.kind.in_(kinds), _jobs.run.is_not(None))
        with self._database.reading() as connection:
            return frozenset(connection.scalars(chosen))

    def needed(self, days: float, of_a_run: Collection[str]) -> list[Needed]:
        """The jobs that are not done, that left a run which is still there, or that are not older than `days`; and
        those done, of the kinds `of_a_run`, that were asked for of a run which is still there.
        """
        since = moment(datetime.now(UTC) - timedelta(days=days))
        answers = _jobs.kind.in_(of_a_run) & (_jobs.state == DONE)
        stays = _jobs.state.in_(OPEN) | _jobs.run.is_not(None) | (_jobs.at >= since)
        chosen = sa.select(_jobs.id, _jobs.at, _jobs.who, _jobs.asked, stays.label("stays")).where(stays | answers)
        with self._database.reading() as connection:
            rows = connection.execute(chosen).all()
            runs = set(connection.scalars(sa.select(schema.runs.c.run_sha256)))
        jobs = [(row.stays, Needed(_name(row.id, row.at), row.who, json.loads(row.asked))) for row in rows]
        return [job for stays, job in jobs if stays or job.asked.get("run_sha256") in runs]

    def names(self) -> set[str]:
        """The names of the files of all jobs there ever were."""
        with self._database.reading() as connection:
            return {_name(row.id, row.at) for row in connection.execute(sa.select(_jobs.id, _jobs.at))}

    def drop_waiting(self, who: str, kind: str) -> None:
        """Drop what somebody asked for and nobody has begun: they want something else now."""
        waiting = (_jobs.who == who) & (_jobs.kind == kind) & (_jobs.state == WAITING)
        dropped = {"state": FAILED, "message": "dropped for a later one", "ended": moment(datetime.now(UTC))}
        with self._database.writing() as connection:
            connection.execute(schema.jobs.update().where(waiting).values(dropped))

    def to_do(self) -> list[int]:
        """Jobs that nobody holds, the oldest first."""
        now = moment(datetime.now(UTC))
        nobody = (_jobs.state == WAITING) | ((_jobs.state == RUNNING) & (_jobs.held_until < now))
        with self._database.reading() as connection:
            return list(connection.scalars(sa.select(_jobs.id).where(nobody).order_by(_jobs.id)))

    def take(self, number: int) -> Job | None:
        """Hold a job; None where another has it, or it is over. One that failed its worker too often fails."""
        now, holder = datetime.now(UTC), uuid.uuid4().hex
        with self._database.writing() as connection:
            row = connection.execute(sa.select(schema.jobs).where(_jobs.id == number)).one_or_none()
            if row is None or row.state not in OPEN or (row.state == RUNNING and row.held_until >= moment(now)):
                return None
            if row.attempts >= MOST_ATTEMPTS:
                message = f"its worker ended {MOST_ATTEMPTS} times without a message, perhaps because memory ran out"
                self._change(connection, number, state=FAILED, message=message, ended=moment(now), holder="")
                return None
            held = {"holder": holder, "held_until": moment(now + HELD), "attempts": row.attempts + 1}
            self._change(connection, number, state=RUNNING, phase="", done=0, levels=0, **held)
        return self.job(number)

    def hold(self, job: Job, phase: str, done: int, levels: int) -> bool:
        """Say that the work goes on, and how far it is; False: the job is in other hands."""
        until = moment(datetime.now(UTC) + HELD)
        return self._mine(job, held_until=until, phase=phase, done=done, levels=levels)

    def let_go(self, job: Job) -> None:
        """Put a job back, as if this worker had never taken it."""
        self._mine(job, state=WAITING, holder="", held_until="", attempts=max(job.attempts - 1, 0))

    def end(
        self, job: Job, state: str, message: str = "", found: Mapping[str, Any] | None = None, run: int | None = None
    ) -> bool:
        """Say what came of a job; False: it is in other hands."""
        text = json.dumps(found or {}, ensure_ascii=False, allow_nan=False)
        return self._mine(
            job,
            state=state,
            message=message,
            found=text,
            run=run,
            ended=moment(datetime.now(UTC)),
            holder="",
            held_until="",
        )

    def _mine(self, job: Job, **values: Any) -> bool:
        with self._database.writing() as connection:
            held = (_jobs.id == job.id) & (_jobs.state == RUNNING) & (_jobs.holder == job.holder)
            return connection.execute(schema.jobs.update().where(held).values(values)).rowcount == 1

    def _change(self, connection: sa.Connection, number: int, **values: Any) -> None:
        connection.execute(schema.jobs.update().where(_jobs.id == number).values(values))


def _name(number: int, at: str) -> str:
    return f"job-{number}-{at.replace('-', '').replace(':', '')}"


def _an_hour_ago() -> str:
    return moment(datetime.now(UTC) - timedelta(hours=1))


def _blank() -> dict[str, Any]:
    texts = ("holder", "held_until", "phase", "ended", "message", "found")
    return {"state": WAITING, "attempts": 0, "done": 0, "levels": 0, **dict.fromkeys(texts, "")}


def _count(connection: sa.Connection, *conditions: Any) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(schema.jobs).where(*conditions)) or 0)
