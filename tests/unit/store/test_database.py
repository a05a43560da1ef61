"""Places where no store is, stores of other versions, two who write at once: each told in words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from planner.errors import BusyError, UsageError
from planner.store import versions
from planner.store.database import Database, StoreError, address_of
from planner.store.jobs import Jobs
from planner.store.log import read_log
from planner.store.register import ReviewOrigin, add_to_register, read_register
from planner.store.schema import ONLY_ADDED
from planner.store.store import RunStore, open_store
from planner.store.versions import VERSION, version_of
from tests.moments import LONG
from tests.places import ROOT
from tests.unit.store.damage import unprotect


def set_version(place: str, version: int) -> None:
    database = Database(address_of(place))
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE planner_store SET version = :version"), {"version": version})


def test_a_new_store_has_this_version_and_is_empty(store_place: str) -> None:
    store = open_store(store_place, create=True)
    assert store.runs() == []
    with store.database.reading() as connection:
        assert version_of(connection, "") == VERSION
    assert open_store(store_place).runs() == []


def test_where_there_is_no_store_reading_makes_none(store_place: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no run store at"):
        open_store(store_place)
    assert not list(tmp_path.rglob("*.sqlite*"))


def test_a_newer_store_is_refused(store_place: str) -> None:
    open_store(store_place, create=True)
    set_version(store_place, VERSION + 1)
    with pytest.raises(StoreError, match=f"newer version.*{VERSION + 1}.*this one knows up to {VERSION}"):
        open_store(store_place, create=True)


def test_an_older_store_is_brought_up_to_date(store_place: str, quickstart_run: Path) -> None:
    store = open_store(store_place, create=True)
    store.record(quickstart_run)
    store.approve(1, "A. Planner", "kept")
    unprotect(store.database)
    with store.database.writing() as connection:  # as version 1 made it
        for column in ("schedule", "fingerprint"):
            connection.execute(sa.text(f"ALTER TABLE runs DROP COLUMN {column}"))
        for table in ("register", "jobs", "log"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
    set_version(store_place, 1)
    again = open_store(store_place)
    (run,) = again.runs()
    assert (run.id, run.schedule, run.approvals) == (1, None, 1)
    assert run.stands
    with again.database.reading() as connection:
        assert version_of(connection, "") == VERSION
    origin = ReviewOrigin("2026-02-01T00:00:00Z", "0" * 64, "1" * 64)
    assert add_to_register(again.database, {"a": {"missing": 1.0}, "b": {"missing": 2.0}}, origin)[0] == 2
    assert [(row.id, row.entry) for row in read_register(again.database)] == [(1, "a"), (2, "b")]
    assert Jobs(again.database).add("a", "check", {"sha256": "0"}).id == 1
    assert [event.what for event in read_log(again.database, 9)[0]] == ["asked for a job: check"]
    require_only_added(again)


CHANGES = (
    "UPDATE {table} SET id = 9",
    "DELETE FROM {table} WHERE id = 1",
    "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "TRUNCATE {table}",
)


def require_only_added(store: RunStore) -> None:
    """The database refuses to change or take away a row of the approvals, the register and the log, whoever asks."""
    other = "INSERT OR REPLACE" if not store.database.is_file else "TRUNCATE"  # which the database does not know
    for table in ONLY_ADDED:
        for change in CHANGES:
            if not change.startswith(other):
                with (
                    pytest.raises(sa.exc.DBAPIError, match=f"rows of {table} are only added"),
                    store.database.writing() as connection,
                ):
                    connection.execute(sa.text(change.format(table=table)))
    with (
        pytest.raises(sa.exc.DBAPIError, match="rows of approvals are only added"),
        store.database.writing() as connection,
    ):
        connection.execute(sa.text("DELETE FROM runs"))  # an approved run stays, too


def test_what_was_approved_and_logged_stays(store_place: str, quickstart_run: Path) -> None:
    store = open_store(store_place, create=True)
    store.record(quickstart_run)
    store.approve(1, "A. Planner", "agreed", user="a")
    add_to_register(store.database, {"a": {"missing": 1.0}}, ReviewOrigin("2026-02-01T00:00:00Z", "0" * 64, "1" * 64))
    require_only_added(store)
    assert [one.said for one in store.approvals(1)] == ["agreed"]
    assert len(read_log(store.database, 9)[0]) == len(read_register(store.database)) == 1


def test_a_step_that_fails_leaves_the_older_store_as_it_was(store_place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(store_place, create=True)
    set_version(store_place, 1)

    def half(connection: sa.Connection) -> None:
        connection.execute(sa.text("CREATE TABLE half (done INTEGER)"))
        raise StoreError("the disk is full")

    monkeypatch.setattr(versions, "STEPS", (half,))
    with pytest.raises(StoreError, match="full"):
        open_store(store_place)
    with Database(address_of(store_place)).reading() as connection:
        assert "half" not in sa.inspect(connection).get_table_names()
        assert version_of(connection, "") == 1


def test_tables_of_somebody_else_are_left_alone(store_place: str) -> None:
    database = Database(address_of(store_place))
    with database.writing() as connection:
        connection.execute(sa.text("CREATE TABLE runs (marathon TEXT)"))
    with pytest.raises(StoreError, match="has a table 'runs' already"):
        open_store(store_place, create=True)


def test_who_writes_second_waits_and_then_refuses(store_place: str) -> None:
    store = open_store(store_place, create=True)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store.database.writing():
            held.set()
            done.wait(LONG)

    writer = threading.Thread(target=hold)
    writer.start()
    try:
        assert held.wait(LONG)
        impatient = Database(address_of(store_place), seconds_to_wait=0.2)
        with pytest.raises(BusyError, match="is being written by another run"), impatient.writing():
            pass
        assert open_store(store_place).runs() == []  # who reads need not wait
        threading.Timer(0.3, done.set).start()
        with Database(address_of(store_place), seconds_to_wait=LONG).writing() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM runs")) == 0
    finally:
        done.set()
        writer.join()
    assert BusyError.exit_code == 75


@pytest.mark.long
def test_two_processes_make_and_fill_a_store_at_once(store_place: str, quickstart_run: Path) -> None:
    script = "import sys; from planner.store.store import open_store; open_store(sys.argv[1], create=True).record(__import__('pathlib').Path(sys.argv[2]))"
    command = [sys.executable, "-c", script, store_place, str(quickstart_run)]
    both = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(timeout=LONG) for process in both] == [0, 0]
    assert [run.id for run in open_store(store_place).runs()] == [1]


def test_a_lock_of_a_server_is_held_once(postgres_store: str) -> None:
    one, other = (Database(address_of(postgres_store)) for _ in range(2))
    with one.held("monthly") as first:
        assert first
        with other.held("monthly") as second, other.held("weekly") as third:
            assert (second, third) == (False, True)
    with other.held("monthly") as again:
        assert again


def test_a_server_that_drops_the_connection_of_a_lock_breaks_nothing(postgres_store: str) -> None:
    database = Database(address_of(postgres_store))
    with database.held("monthly") as mine:
        assert mine
        with database.reading() as connection:
            ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            assert connection.exec_driver_sql(ended).scalar() is True
    with database.held("monthly") as again:
        assert again


def test_without_its_driver_a_server_is_told_how_to_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"pip install 'coalition-planner\[postgres\]'"):
        open_store("postgresql://planner@127.0.0.1:9/plans")


def test_an_empty_file_is_a_store_that_was_never_made(tmp_path: Path) -> None:
    place = tmp_path / "runs.sqlite"
    place.touch()  # what a process leaves that is killed before its first transaction
    with pytest.raises(UsageError, match="there is no run store"):
        open_store(place)
    assert open_store(place, create=True).runs() == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "is a folder; the store is a file, such as"),
        ("mysql://host/plans", "found mysql://…, expected a file"),
        ("sqlite://", "expected a file"),
    ],
)
def test_a_place_that_cannot_be_is_wrong_usage(
    place: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=said):
        open_store(place or ".", create=True)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("Dear all,\n" * 500)
    with pytest.raises(UsageError, match="is no run store: it is a text file"):
        open_store(place, create=True)
    assert place.read_text() == "Dear all,\n" * 500


@pytest.mark.parametrize("empty", [False, True])
def test_a_store_is_not_made_under_the_name_of_another_kind_of_file(empty: bool, tmp_path: Path) -> None:
    place = tmp_path / "Plan.XLSX"
    if empty:
        place.touch()
    with pytest.raises(
        UsageError,
        match=r"Plan\.XLSX cannot be a run store: by its name it is an Excel workbook; expected a file such as",
    ):
        open_store(place, create=True)
    assert place.exists() == empty


def test_a_damaged_store_is_said_to_be_damaged(tmp_path: Path) -> None:
    place = tmp_path / "runs.sqlite"
    open_store(place, create=True)
    content = bytearray(place.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    place.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        open_store(place).runs()


def test_a_server_that_does_not_answer_is_said_so_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot be used") as caught:
        open_store("postgresql://planner:secret@127.0.0.1:9/plans")
    assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("")
    with pytest.raises(StoreError, match="cannot be"):
        open_store(tmp_path / "outputs" / "runs.sqlite", create=True)


def test_a_url_of_a_file_is_that_file(tmp_path: Path) -> None:
    place = tmp_path / "runs.sqlite"
    assert address_of(f"sqlite:///{place}").path == place
    open_store(f"sqlite:///{place}", create=True)
    with sqlite3.connect(place) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
