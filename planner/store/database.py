"""A store's database: SQLite in a file, or PostgreSQL by URL. Connections, transactions, locks, and faults in words.

SQLite keeps its rollback journal: write-ahead logging would need memory that all users of the file share, which a
network disk does not have, and a store that is written a few times a night gains nothing by it. With
`synchronous=EXTRA` a transaction that was committed is on the disk, whatever happens then.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from planner.errors import BusyError, PlannerError, UsageError
from planner.store import DATABASE
from planner.workbook.kind import ABSENT, EMPTY, named_as, what_is
from planner.workbook.kind import DATABASE as DATABASE_FILE

SECONDS_TO_WAIT = 30.0
_WRITING = "planner run store"  # the name of the lock that whoever writes holds (PostgreSQL)


class StoreError(PlannerError):
    """The database cannot be opened, read or written; what was committed before is still there."""


@dataclass(frozen=True)
class Address:
    """Where a store is. `path` is None for a server; `shown` has no password in it."""

    url: sa.URL
    shown: str
    path: Path | None

    @property
    def base(self) -> Path | None:
        """The folder to which folders of runs are relative."""
        return None if self.path is None else self.path.parent


def address_of(where: str | Path) -> Address:
    """Read a path or URL. Raises UsageError for what is no store,
    and for databases other than SQLite and PostgreSQL.
    """
    text = str(where)
    if "://" not in text:
        return _file(Path(text))
    try:
        url = sa.make_url(text)
    except ArgumentError:
        raise UsageError(f"--store: found {text.split('@')[-1]!r}, expected a file or postgresql://…") from None
    name = url.get_backend_name()
    if name == "sqlite" and url.database:
        return _file(Path(url.database))
    if name in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
        return Address(url, url.set(drivername="postgresql").render_as_string(hide_password=True), None)
    raise UsageError(f"--store: found {name}://…, expected a file (SQLite) or postgresql://…")


def _file(path: Path) -> Address:
    if path.is_dir():
        raise UsageError(f"{path} is a folder; the store is a file, such as {path / DATABASE}")
    path = path.resolve()
    kind = what_is(path)
    if kind in (EMPTY, ABSENT) and (other := named_as(path)):
        raise UsageError(f"{path} cannot be a run store: by its name it is {other}; expected a file such as {DATABASE}")
    if kind not in (DATABASE_FILE, EMPTY, ABSENT):
        raise UsageError(f"{path} is no run store: it is {kind}; expected a file that --store made, such as {DATABASE}")
    return Address(sa.URL.create("sqlite+pysqlite", database=str(path)), str(path), path)


class Database:
    """Transactions on a store. Connections are not kept: between them other programs may use, move or copy the file."""

    def __init__(self, address: Address, seconds_to_wait: float = SECONDS_TO_WAIT) -> None:
        self.address, self._wait = address, seconds_to_wait
        self.engine = self._engine()

    @property
    def is_file(self) -> bool:
        """Is it one SQLite file (else a server)?"""
        return self.address.path is not None

    @property
    def exists(self) -> bool:
        """Is there a file? (A server says so itself when it is asked.)"""
        return self.address.path is None or self.address.path.is_file()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the store."""
        with self._in_words(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that alone may write; it waits for another one, and raises BusyError after a while."""
        self._make_folder()
        with (
            self._in_words(),
            self.engine.connect().execution_options(planner_writes=True) as connection,
            connection.begin(),
        ):
            if not self.is_file:
                connection.execute(sa.text(f"SET LOCAL lock_timeout = {int(1000 * self._wait)}"))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_number(_WRITING))))
            yield connection

    @contextlib.contextmanager
    def held(self, name: str) -> Iterator[bool]:
        """Hold the server's lock of that name while the block runs; False where another holds it.

        For programs on several machines that share a server. In a file there is none to hold: always True.
        """
        if self.is_file:
            yield True
            return
        with self._in_words():
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            got = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(lock_number(name)))))
        try:
            yield got
        finally:  # where this fails the lock ends with the connection, but only when the server has seen it close
            with contextlib.suppress(DBAPIError):
                if got:
                    connection.scalar(sa.select(sa.func.pg_advisory_unlock(lock_number(name))))
            with contextlib.suppress(DBAPIError):
                connection.close()

    def _make_folder(self) -> None:
        if self.address.path is None:
            return
        try:
            self.address.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise StoreError(f"the store {self.address.shown} cannot be written: {fault.strerror}") from fault

    def _engine(self) -> sa.Engine:
        if self.is_file:
            engine = sa.create_engine(self.address.url, poolclass=NullPool, connect_args={"timeout": self._wait})
            event.listen(engine, "connect", _prepare_file)
            event.listen(engine, "begin", _begin)
            return engine
        try:
            return sa.create_engine(self.address.url, poolclass=NullPool, connect_args={"connect_timeout": 10})
        except (ModuleNotFoundError, NoSuchModuleError) as fault:
            raise UsageError(
                "a store on PostgreSQL needs the package psycopg: pip install 'coalition-planner[postgres]'"
            ) from fault

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as fault:
            raise _translated(fault, self.address.shown, self._wait) from fault


def lock_number(name: str) -> int:
    """The number that PostgreSQL knows a lock by."""
    return zlib.crc32(name.encode("utf-8"))


def _prepare_file(connection: object, _: object) -> None:
    """Leave transactions to `_begin`; hold foreign keys; a commit is on the disk when it returns."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = EXTRA")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    """Whoever will write says so at the start, so that two never wait for each other."""
    writes = connection.get_execution_options().get("planner_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_BUSY = ("database is locked", "lock timeout", "database table is locked")
_WORDS = {
    "disk is full": "the disk is full",
    "disk I/O error": "the disk does not work, or the file may not grow any further",
    "not a database": "the file is damaged",
    "malformed": "the file is damaged",
    "unable to open": "the file cannot be opened",
    "readonly database": "the file, or its folder, may not be written",
    "No space left": "the server's disk is full",
}


def _translated(fault: DBAPIError, shown: str, waited: float) -> Exception:
    """What went wrong in the database, in words; a fault of this program's own SQL stays what it is."""
    text = str(fault.orig)
    if any(sign in text for sign in _BUSY):
        return BusyError(f"the store {shown} is being written by another run (waited {waited:g} s); try again later")
    for sign, words in _WORDS.items():
        if sign in text:
            return StoreError(f"the store {shown}: {words}")
    if isinstance(fault, sa.exc.OperationalError):
        first = text.strip().splitlines()[0] if text.strip() else "no answer"
        return StoreError(f"the store {shown} cannot be used: {first}")
    return fault
