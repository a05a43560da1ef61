"""A store of another version: a newer one is refused, an older one brought up to date, a new one made.

A handful of statements in order, each in the transaction that also writes the new version down: that is less than what
a migration library asks for, and needs no files of its own in the package.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from planner.errors import UsageError
from planner.store import schema
from planner.store.append_only import protect
from planner.store.database import Database, StoreError


def _schedules(connection: sa.Connection) -> None:
    """Version 2: runs know which schedule made them, from what."""
    for name in ("schedule", "fingerprint"):
        connection.exec_driver_sql(f"ALTER TABLE runs ADD COLUMN {name} TEXT")


def _register(connection: sa.Connection) -> None:
    """Version 3: the register of breaches."""
    number = "SERIAL" if connection.dialect.name == "postgresql" else "INTEGER"
    order = "" if connection.dialect.name == "postgresql" else " AUTOINCREMENT"
    texts = ", ".join(
        f"{name} TEXT NOT NULL" for name in ("entry", "at", "run_sha256", "workbook_sha256", "content", "before")
    )
    connection.exec_driver_sql(
        f"CREATE TABLE register (id {number} PRIMARY KEY{order}, {texts}, sha256 TEXT NOT NULL UNIQUE)"
    )
    connection.exec_driver_sql("CREATE INDEX ix_register_entry ON register (entry)")


def _desk(connection: sa.Connection) -> None:
    """Version 4: the jobs of the desk, and its log."""
    number = "SERIAL" if connection.dialect.name == "postgresql" else "INTEGER"
    order = "" if connection.dialect.name == "postgresql" else " AUTOINCREMENT"
    texts = {"kind", "who", "at", "asked", "state", "holder", "held_until", "phase", "ended", "message", "found"}
    columns = (
        *("kind", "who", "at", "asked", "state", "attempts", "holder", "held_until", "phase", "done", "levels"),
        *("ended", "message", "found"),
    )
    columns_sql = ", ".join(f"{name} {'TEXT' if name in texts else 'INTEGER'} NOT NULL" for name in columns)
    connection.exec_driver_sql(
        f"CREATE TABLE jobs (id {number} PRIMARY KEY{order}, {columns_sql}, run INTEGER REFERENCES runs (id) ON "
        "DELETE SET NULL)"
    )
    for name in ("who", "state"):
        connection.exec_driver_sql(f"CREATE INDEX ix_jobs_{name} ON jobs ({name})")
    columns_sql = ", ".join(f"{name} TEXT NOT NULL" for name in ("at", "who", "what", "content", "before"))
    connection.exec_driver_sql(
        f"CREATE TABLE log (id {number} PRIMARY KEY{order}, {columns_sql}, sha256 TEXT NOT NULL UNIQUE)"
    )


def _only_added(connection: sa.Connection) -> None:
    """Version 5: the database refuses to change what is only added to."""
    protect(connection, ("approvals", "register", "log"))


# The step from version n to n + 1, at place n − 1.
STEPS: tuple[Callable[[sa.Connection], None], ...] = (_schedules, _register, _desk, _only_added)
VERSION = len(STEPS) + 1


def prepare(database: Database, create: bool) -> None:
    """Make the store's tables what this program expects.

    Raises UsageError where there is no store (unless `create`), StoreError for a newer one and for tables that are
    no store.
    """
    shown = database.address.shown
    none = UsageError(f"there is no run store at {shown}; `planner solve --store` makes one")
    if not database.exists and not create:
        raise none
    version = None
    if database.exists:
        with database.reading() as connection:
            version = version_of(connection, shown)
    if version == VERSION:
        return
    if version is None and not create:
        raise none
    with database.writing() as connection:
        version = version_of(connection, shown)  # somebody may have been faster
        if version is None:
            schema.metadata.create_all(connection, checkfirst=False)
            protect(connection, schema.ONLY_ADDED)
            connection.execute(schema.about.insert(), {"version": VERSION})
        else:
            for step in STEPS[version - 1 :]:
                step(connection)
            connection.execute(schema.about.update().values(version=VERSION))


def version_of(connection: sa.Connection, shown: str) -> int | None:
    """The version of the tables; None where there are none. Raises StoreError where they are not ours, or newer."""
    names = set(sa.inspect(connection).get_table_names())
    if schema.about.name not in names:
        taken = sorted(names & set(schema.metadata.tables))
        if taken:
            raise StoreError(f"{shown} is no run store, but has a table {taken[0]!r} already; choose another")
        return None
    version = connection.scalar(sa.select(schema.about.c.version))
    if not isinstance(version, int) or version < 1:
        raise StoreError(f"{shown} does not say which version of a run store it is")
    if version > VERSION:
        raise StoreError(
            f"{shown} was written by a newer version of the program (store version {version}; this one knows up to "
            f"{VERSION}); update the program, or choose another store"
        )
    return version
