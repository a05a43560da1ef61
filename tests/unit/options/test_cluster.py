"""Options on several processes and on a cluster: the same answers, and none lost with a worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from distributed import Client
from small_world import options, sheets, write

from planner.errors import UsageError
from planner.options import cluster
from planner.options.changes.option import Option, read_options
from planner.options.outcome import BaseState, OptionOutcome, solve_base, solve_option
from planner.options.pipeline import compare_workbook
from planner.plan import SolveOptions
from planner.report.words.phases import WORDS
from planner.run.tables import table_text
from planner.workbook import read
from tests.moments import LONG
from tests.workers import worker_processes

SWEEP = ("fund=Joint", "0.5:1.5:2")
FEW = options(*[(f"M{number}", "Budgets", "fund=Joint", "amount", "add", 10.0 * number) for number in range(6)])


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(sheets(Options=FEW), tmp_path_factory.mktemp("cluster") / "in.xlsx")


@pytest.fixture(scope="module")
def base(workbook: Path) -> BaseState:
    reading = read(workbook)
    assert reading.instance is not None
    return solve_base(reading.raw, reading.instance, SolveOptions(), datetime.now(UTC))[0]


@pytest.fixture
def several(base: BaseState) -> list[Option]:
    return list(read_options(base.raw).values())


# What a plain progress line begins with.
PHASES = (*WORDS.values(), "optimising ", "proof of ", "options ")


def rows_of(outcomes: list[OptionOutcome]) -> list[tuple[str, dict[str, str]]]:
    return [(one.name, {name: table_text(table) for name, table in one.tables.items()}) for one in outcomes]


def nobody(_: OptionOutcome) -> None:
    pass


@pytest.mark.long
def test_a_lost_worker_loses_no_option(
    base: BaseState, several: list[Option], capfd: pytest.CaptureFixture[str]
) -> None:
    """One of two workers is killed as soon as the first outcome is in, and then the other one, too."""
    with cluster.crew() as alone:
        expected = rows_of(alone(solve_option, base, several, nobody))
    alive: list[int] = []

    def kill(_: OptionOutcome) -> None:
        if alive:
            os.kill(alive.pop(), signal.SIGKILL)

    with cluster.crew(2) as two:
        alive += worker_processes()
        assert len(alive) == 2
        found = rows_of(two(solve_option, base, several, kill))
    assert alive == []
    assert found == expected
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
    while worker_processes():  # one that was being started ends on its own
        time.sleep(0.1)


@pytest.mark.long
def test_two_crews_can_work_at_a_time(capfd: pytest.CaptureFixture[str]) -> None:
    with cluster.crew(2), cluster.crew(2):
        assert len(worker_processes()) == 4
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler with one worker, started by itself."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    place = os.environ | {"DASK_TEMPORARY_DIRECTORY": str(tmp_path)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": place}
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--no-dashboard",
            ],
            **quiet,  # type: ignore[call-overload]
        )
    ]
    try:
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
        started.append(subprocess.Popen(worker, **quiet))  # type: ignore[call-overload]
        with Client(address, timeout=LONG) as client:
            client.wait_for_workers(1, timeout=LONG)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(LONG)


@pytest.mark.long
def test_a_scheduler_gives_the_same_tables(
    workbook: Path, tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", LONG)
    here = compare_workbook(workbook, tmp_path / "here", None, SWEEP)
    there = compare_workbook(workbook, tmp_path / "there", None, SWEEP, scheduler=scheduler)
    names = [path.relative_to(here.folder) for path in here.folder.rglob("tables/*.csv")]
    assert len(names) > 20
    assert all((here.folder / name).read_bytes() == (there.folder / name).read_bytes() for name in names)
    assert there.record.scheduler == scheduler


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "tcp://no-such-host.invalid:8786"])
def test_a_scheduler_that_cannot_be_reached_is_named(
    workbook: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1.0)
    with pytest.raises(UsageError, match=f"the scheduler {address} cannot be reached"):
        compare_workbook(workbook, tmp_path / "out", scheduler=address)
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_interrupted_it_leaves_nothing_and_says_so(workbook: Path, tmp_path: Path) -> None:
    """Ctrl-C reaches the whole process group, workers included."""
    arguments = [
        "compare",
        str(workbook),
        "--sweep",
        "fund=Joint",
        "0.1:1.9:40",
        "--workers",
        "2",
        "-o",
        str(tmp_path / "out"),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "planner", *arguments], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        said: list[str] = []
        assert started.stderr is not None
        for line in started.stderr:
            said.append(line)
            if line.startswith("options (1 of"):
                os.killpg(started.pid, signal.SIGINT)
    assert started.returncode == 130
    assert said[-1] == "Interrupted; nothing half-written is left.\n"
    assert [line for line in said[:-1] if not line.startswith(PHASES)] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there processes have no semaphores to clear")
def test_a_process_that_ends_at_once_is_not_warned_of() -> None:
    """Whatever its semaphores: its last word is its own."""
    script = (
        "import multiprocessing, os; from planner.options import cluster; cluster._start_resource_tracker(); "
        "held = multiprocessing.get_context('spawn').Lock(); os._exit(130)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, timeout=LONG
    )  # until the tracker ends
    assert (ended.returncode, ended.stderr) == (130, "")
