"""Runs that go: which may, and that rows and folders go together, also where the process is killed in between."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.errors import UsageError
from planner.run.folder import sweep
from planner.store.pruning import may_go, prune
from planner.store.store import RunStore, open_store
from tests.moments import LONG
from tests.places import ROOT
from tests.seeds import only_long

pytestmark = pytest.mark.usefixtures("without_reports")

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
NewRun = Callable[..., Path]

# Prunes all but the newest run, and is killed where the second argument says.
KILLED = """
import os, signal, sys
from planner.store import pruning
from planner.store.store import open_store
store, moment = open_store(sys.argv[1]), sys.argv[2]
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
real = pruning.remove_run
if moment == "before the folders":
    pruning.remove_run = die
elif moment == "after the first folder":
    pruning.remove_run = lambda *a: (real(*a), die())
elif moment == "after the folders":
    seen = []
    def remove(*a):
        real(*a)
        seen.append(a)
        if len(seen) == 2:
            die()
    pruning.remove_run = remove
elif moment == "between name and files":
    import shutil
    shutil.rmtree = die
pruning.prune(store, 1, None)
"""


@pytest.fixture
def store(store_place: str, new_run: NewRun) -> RunStore:
    """Three good runs: of January, February and March."""
    opened = open_store(store_place, create=True)
    for month, name in enumerate(("january", "february", "march"), 1):
        opened.record(new_run(name, f"2026-0{month}-28T02:00:00Z"))
    return opened


def folders(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "outputs").iterdir() if path.is_dir())


@pytest.mark.parametrize(
    ("keep", "days", "gone"),
    [
        (0, None, [2, 1]),  # the last good one stays whatever is asked
        (2, None, [1]),
        (None, 0, [2, 1]),
        (None, 280, [1]),
        (None, 1000, []),
        (0, 280, [1]),  # both must let it go
        (3, 0, []),
    ],
)
def test_runs_go_by_age_and_count(store: RunStore, keep: int | None, days: float | None, gone: list[int]) -> None:
    assert [run.id for run in may_go(store.runs(), keep, days, NOW)] == gone


def test_rows_and_folders_go_together(store: RunStore, tmp_path: Path) -> None:
    assert [run.id for run in prune(store, 1, None, NOW)] == [2, 1]
    assert [run.id for run in store.runs()] == [3]
    assert folders(tmp_path) == ["march"]
    assert store.input_files(store.run(3).input_sha256) is not None


def test_an_input_that_no_run_has_goes_too(store: RunStore, tmp_path: Path) -> None:
    sha256 = store.run(3).input_sha256
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE runs SET input_sha256 = 'other', workbook_sha256 = 'other' WHERE id = 3")
    prune(store, 1, None, NOW)
    assert store.input_files(sha256) is None
    assert folders(tmp_path) == ["march"]


def test_an_approved_run_stays(store: RunStore, tmp_path: Path) -> None:
    store.approve(1, "A. Planner", "")
    prune(store, 0, 0, NOW)
    assert [run.id for run in store.runs()] == [3, 1]
    assert folders(tmp_path) == ["january", "march"]


def test_the_last_good_run_stays_though_later_ones_failed(store: RunStore) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE runs SET status = 'infeasible' WHERE id = 3")
        connection.exec_driver_sql("UPDATE runs SET verified = (1 = 0) WHERE id = 2")
    assert [run.id for run in prune(store, 0, None, NOW)] == [3, 2]


def test_a_good_run_whose_folder_is_gone_is_not_the_one_that_stays(store: RunStore, tmp_path: Path) -> None:
    shutil.rmtree(store.runs()[0].folder)
    assert [run.id for run in prune(store, 0, None, NOW)] == [3, 1]
    assert folders(tmp_path) == ["february"]


def test_clocks_of_two_machines_may_differ_by_minutes(store: RunStore) -> None:
    newest = datetime.fromisoformat(store.runs()[0].started)
    assert prune(store, None, 10_000, newest - timedelta(minutes=4)) == []
    with pytest.raises(UsageError, match="set it right"):
        prune(store, None, 10_000, newest - timedelta(minutes=7))


def test_a_number_is_never_given_twice(store: RunStore, new_run: NewRun) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE runs SET status = 'infeasible' WHERE id = 3")
    prune(store, 0, None, NOW)
    assert store.record(new_run("april", "2026-04-28T02:00:00Z")).id == 4


def test_a_clock_before_the_newest_run_prunes_nothing_by_age(store: RunStore) -> None:
    with pytest.raises(UsageError, match=r"the clock says 2020-01-01.*set it right"):
        prune(store, None, 30, datetime(2020, 1, 1, tzinfo=UTC))
    assert len(store.runs()) == 3


def test_no_bound_is_wrong_usage(store: RunStore) -> None:
    with pytest.raises(UsageError, match="--keep"):
        prune(store, None, None, NOW)


def test_a_folder_that_holds_the_working_folder_stops_it_before_anything_goes(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "outputs" / "january")
    with pytest.raises(UsageError, match="working folder"):
        prune(store, 1, None, NOW)
    assert len(store.runs()) == 3
    assert folders(tmp_path) == ["february", "january", "march"]


def test_the_folder_of_another_run_stays(store: RunStore, tmp_path: Path) -> None:
    record = tmp_path / "outputs" / "january" / "run.json"
    record.write_text(record.read_text() + "\n")
    prune(store, 1, None, NOW)
    assert [run.id for run in store.runs()] == [3]
    assert folders(tmp_path) == ["january", "march"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize(
    "moment",
    ["between name and files", *only_long(("after the first folder", "before the folders", "after the folders"))],
)
@pytest.mark.usefixtures("store")
def test_killed_at_any_step_the_next_prune_finishes(store_place: str, tmp_path: Path, moment: str) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, store_place, moment], cwd=ROOT, check=False, timeout=LONG)
    assert ended.returncode == -signal.SIGKILL
    again = open_store(store_place)
    assert [run.id for run in again.runs()] == [3]  # those that go are gone for all who ask
    assert again.run(3).stands
    assert prune(again, 1, None, NOW) == []
    sweep(tmp_path / "outputs")  # as the next run that writes there does
    assert folders(tmp_path) == ["march"]
    with again.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM runs").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM prices WHERE run < 3").scalar() == 0
