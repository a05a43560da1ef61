"""Real processes killed while they record, or out of disk: the store opens, and each of its runs is whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from planner import cli
from planner.store.database import StoreError
from planner.store.store import RunStore, open_store
from tests.moments import LONG
from tests.places import INPUTS, ROOT
from tests.seeds import only_long, seeds

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")

# Records copies of a run again and again, each with another run.json, so that most kills hit a transaction.
RECORDING = """
import itertools, json, pathlib, shutil, sys
from planner.store.store import open_store
store, folder = open_store(sys.argv[1], create=True), pathlib.Path(sys.argv[2])
record = json.loads((folder / "run.json").read_text())
for turn in itertools.count():
    record["seconds"]["total"] = turn
    (folder / "run.json").write_text(json.dumps(record))
    store.record(folder)
    print(turn, flush=True)
"""


def require_whole(store: RunStore, prices: int) -> int:
    """Each run has all its rows, and no row is without its run; how many runs there are."""
    with store.database.reading() as connection:
        if store.database.is_file:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        count = connection.exec_driver_sql("SELECT count(*) FROM runs").scalar()
        for table, rows in (("levels", 3), ("prices", prices)):
            per_run = connection.execute(sa.text(f"SELECT run, count(*) AS n FROM {table} GROUP BY run")).all()
            assert [row.n for row in per_run] == [rows] * int(count or 0)
        inputs = connection.exec_driver_sql("SELECT count(*) FROM inputs").scalar()
        assert inputs == (1 if count else 0)
    return int(count or 0)


def prices_of(run: Path) -> int:
    return len((run / "tables" / "prices.csv").read_text(encoding="utf-8").splitlines()) - 1


@pytest.mark.parametrize("moment", seeds(1, 8))
def test_killed_while_it_records_the_store_opens_and_is_whole(
    store_place: str, new_run: object, quickstart_run: Path, moment: int
) -> None:
    run = new_run("january")  # type: ignore[operator]
    command = [sys.executable, "-c", RECORDING, store_place, str(run)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()  # the first one is recorded
    time.sleep(random.Random(moment).uniform(0, 0.2))
    os.killpg(process.pid, signal.SIGKILL)
    said = process.communicate()[0].split()
    store = open_store(store_place)
    count = require_whole(store, prices_of(run))
    assert count >= 1 + len(said)  # what it said was recorded is
    store.record(quickstart_run)  # and the next one can
    assert require_whole(store, prices_of(run)) == count + 1


def test_on_a_full_disk_nothing_is_recorded_and_the_store_stays(
    small_disk: Path, quickstart_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = small_disk / "runs.sqlite"
    open_store(place, create=True)
    filler = small_disk / "filler"
    left = os.statvfs(small_disk)
    filler.write_bytes(bytes(left.f_bavail * left.f_bsize))
    assert cli.run(["runs", "add", str(quickstart_run), "--store", str(place)]) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert open_store(place).runs() == []
    filler.unlink()
    assert cli.run(["runs", "add", str(quickstart_run), "--store", str(place)]) == 0
    assert require_whole(open_store(place), prices_of(quickstart_run)) == 1


@pytest.mark.parametrize("limit", [20_000, *only_long([0])])
def test_a_store_that_cannot_grow_is_told_and_stays(tmp_path: Path, quickstart_run: Path, limit: int) -> None:
    place = tmp_path / "runs.sqlite"
    open_store(place, create=True)
    before = place.read_bytes()
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
    script = limited + "import sys; from planner.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-B", "-c", script, "runs", "add", str(quickstart_run), "--store", str(place)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
    assert ended.returncode == 1
    assert f"the store {place}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert open_store(place).runs() == []
    assert len(before) == place.stat().st_size


def test_a_plan_that_could_not_be_recorded_is_there_and_can_be_recorded_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    place, folder = tmp_path / "store" / "runs.sqlite", tmp_path / "run"
    open_store(place, create=True)
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "record", fail)
        assert cli.run(["solve", str(INPUTS / "quickstart"), "-o", str(folder), "--store", str(place), "-q"]) == 1
    assert f"planner runs add {folder} --store {place}" in capsys.readouterr().err
    assert cli.run(["verify", str(folder)]) == 0
    assert cli.run(["runs", "add", str(folder), "--store", str(place)]) == 0
    assert open_store(place).run(1).stands
