"""What tests of several packages share: a private PostgreSQL server, a run store on each kind of database,
a small disk.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.moments import LONG
from tests.places import INPUTS
from tests.seeds import ask_for_long

# Processes that tests start need not compile the program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_worked: list[float] = []  # processor seconds of each worker


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so a shell starts what runs in its background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # what is asked to end ends its servers too, and removes its files
    if config.option.markexpr != "not long":
        ask_for_long()


def pytest_collection_finish() -> None:
    gc.freeze()  # thousands of collected tests stay to the end: no use in looking through them again and again
    gc.set_threshold(20_000, 20, 20)  # objects; most that tests make is gone without being looked for


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What the run took of the processors, with the processes that it started."""
    own = os.times()
    with_children = own.user + own.system + own.children_user + own.children_system
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["processor_seconds"] = with_children
    else:  # workers tell theirs themselves
        _worked.append(own.user + own.system if session.config.getoption("numprocesses", None) else with_children)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _worked.append(getattr(node, "workeroutput", {}).get("processor_seconds", 0.0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"{sum(_worked):.0f} processor seconds in all")


def _program(name: str) -> str | None:
    """A program of PostgreSQL, also where the system keeps it off the path."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name) or next((str(home / name) for home in homes if (home / name).exists()), None)


def _server_user() -> list[str]:
    """How to run the server's programs: it refuses to run as root. Skips where there is no user for it."""
    if os.geteuid() != 0:
        return []
    import pwd  # not on Windows

    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return ["runuser", "-u", "postgres", "--"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """A private server in a folder of its own, reached by a socket there; without its programs the test is skipped."""
    initdb, control = _program("initdb"), _program("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("PostgreSQL is not installed here")
    user = _server_user()
    home = Path(tempfile.mkdtemp(prefix="planner-postgres-"))
    try:
        if user:
            shutil.chown(home, "postgres")
        data = home / "data"
        _run([*user, initdb, "-D", str(data), "-U", "planner", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        settings = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
        _run([*user, control, "-D", str(data), "-w", "-o", settings, "-l", str(home / "log.txt"), "start"])
        try:
            yield sa.URL.create("postgresql+psycopg", "planner", database="postgres", query={"host": str(home)})
        finally:
            _run([*user, control, "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run(command: list[str]) -> None:
    # Into a file: the server keeps what it inherits open, and a pipe would never end.
    with tempfile.TemporaryFile() as said:
        ended = subprocess.run(command, cwd="/", stdout=said, stderr=said, timeout=LONG, check=False)
        said.seek(0)
        assert ended.returncode == 0, said.read().decode()


@pytest.fixture
def postgres_store(postgres_server: sa.URL) -> str:
    """The URL of an empty database: the same for all tests, whose connections are closed,
    as a new one is 7 MB of files.
    """
    engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")  # waits for them
        connection.exec_driver_sql("CREATE SCHEMA public")
    return postgres_server.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store may be made: a file, and then a database of a server."""
    if request.param == "sqlite":
        return str(tmp_path / "outputs" / "runs.sqlite")
    return str(request.getfixturevalue("postgres_store"))


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """Files are left to the system to be brought to the disk: no test here can see what a power cut would leave."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def without_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs leave plan.xlsx and report.html empty, which take most of their time: for tests that look at neither."""
    leave_reports_empty(monkeypatch)


def leave_reports_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs write nothing into plan.xlsx and report.html."""
    from planner.analysis.alternatives import alternatives
    from planner.run import pipeline

    for writes in (pipeline, alternatives):
        monkeypatch.setattr(writes, "read_report_data", lambda *_: None)
        monkeypatch.setattr(writes, "write_workbook", lambda _, path: path.touch())
        monkeypatch.setattr(writes, "write_report", lambda _, path: path.touch())


@pytest.fixture(scope="module")
def without_option_reports() -> Iterator[None]:
    """Comparisons leave the report of each option empty: for modules that look at none."""
    from planner.options import outcome

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "report_of", lambda *_: "")
        yield


@pytest.fixture
def without_option_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons leave no page, workbook or report: for tests that look at figures and tables alone."""
    from planner.options import outcome, pipeline

    monkeypatch.setattr(outcome, "report_of", lambda *_: "")
    monkeypatch.setattr(pipeline, "write_page", lambda *_: None)
    monkeypatch.setattr(pipeline, "write_comparison", lambda *_: None)


@pytest.fixture(scope="session")
def quickstart_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of the quickstart. Do not write into it."""
    from planner.run.pipeline import solve_workbook

    folder = tmp_path_factory.mktemp("runs") / "january"
    solve_workbook(INPUTS / "quickstart.xlsx", folder)
    return folder


@pytest.fixture
def new_run(quickstart_run: Path, tmp_path: Path) -> Callable[[str, str], Path]:
    """Makes run folders that differ: copies of the quickstart's with another name and start."""

    def make(name: str, started: str = "2026-01-31T02:00:00Z") -> Path:
        folder = tmp_path / "outputs" / name
        shutil.copytree(quickstart_run, folder)
        path = folder / "run.json"
        text = path.read_text(encoding="utf-8")
        old = text.split('"started": "')[1].split('"')[0]
        path.write_text(text.replace(f'"started": "{old}"', f'"started": "{started}"'), encoding="utf-8")
        return folder

    return make


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of 1 MB, or of as many as the test's parameter says, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = f"size={getattr(request, 'param', 1)}m"
    mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)
