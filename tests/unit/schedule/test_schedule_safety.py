"""Real processes: killed in every phase, out of disk, two at once, with a broken workbook and a wrong clock.

Whatever happens, the last good plan is what it was, the store opens, and the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from night import Night, night

from planner import cli
from planner.report.words.phases import WORDS
from planner.store.store import open_store
from planner.verify import verify_run
from tests.moments import LONG, standing_at
from tests.places import INPUTS, ROOT
from tests.seeds import only_long

PHASES = ["write", *only_long(("read", "build", "verify", "record", "compare", "alert", "prune"))]
# There is always something to tell.
MORE = """
retention = {keep = 1}
alerts = {input_days = 0}
notify = {file = "alerts.jsonl", command = ["true"]}
"""
COMPARED = MORE + "[compare]\n"
OPTIONS = "option,table,where,column,change,value\nMore,Lines,,capacity,scale,2\n"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")


def command(here: Night, limit: int | None = None) -> list[str]:
    """Run the schedule in a process; no file may grow beyond `limit` bytes."""
    limited = (
        "" if limit is None else f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
    )
    script = limited + "import sys; from planner.cli import run; sys.exit(run(sys.argv[1:]))"
    return [sys.executable, "-B", "-c", script, "schedule", "run", str(here.file)]


class Ended(NamedTuple):
    returncode: int
    stderr: str


def run(here: Night, limit: int | None = None) -> Ended:
    """Run the schedule: in this process, unless no file may grow beyond `limit` bytes."""
    if limit is None:
        with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(io.StringIO()):
            return Ended(cli.run(["schedule", "run", str(here.file)]), said.getvalue())
    ended = subprocess.run(command(here, limit), cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
    assert "Traceback" not in ended.stderr
    return Ended(ended.returncode, ended.stderr)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def verified(folder: Path) -> bool:
    return verify_run(folder).passed


def hidden(here: Night) -> list[str]:
    """What no run should leave behind."""
    return [path.name for path in here.runs.iterdir() if path.name.startswith(".")]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a schedule that has run once, with its store in a file; it can be copied."""
    home = tmp_path_factory.mktemp("planned")
    first_plan(home, str(home / "runs.sqlite"))
    return home


def first_plan(home: Path, store: str) -> Night:
    """A schedule with a good plan, and an input that has changed since."""
    found = night(home, store)
    (found.input / "Options.csv").write_text(OPTIONS)
    found.declare(MORE)
    assert run(found).returncode == 0
    found.change("Demand.csv", "2026-04,200", "2026-04,201")
    return found


@pytest.fixture
def here(planned: Path, tmp_path: Path) -> Night:
    return copy_of(planned, tmp_path / "home")


def copy_of(planned: Path, home: Path) -> Night:
    shutil.copytree(planned, home)
    found = Night(home, str(home / "runs.sqlite"))
    found.declare(MORE)
    return found


def kill_in(here: Night, phase: str) -> None:
    """Kill the run as soon as it says that the phase has begun."""
    process = standing_at(WORDS[phase], "schedule", "run", str(here.file))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("phase", PHASES)
def test_killed_in_any_phase_the_last_good_plan_stands_and_the_next_run_goes_on(here: Night, phase: str) -> None:
    (first,) = open_store(here.store).runs()
    before, said = content(first.folder), here.said
    here.declare(COMPARED)
    kill_in(here, phase)
    if first.folder.exists():  # it may only have gone where a later good plan had been recorded
        assert content(first.folder) == before
    else:
        assert phase in ("prune", "alert")
    assert here.said == said  # whole, of the run before
    assert any(one.is_good and one.stands for one in open_store(here.store).runs())
    ended = run(here)
    assert ended.returncode == 0, ended.stderr
    assert here.said["exit_code"] == 0
    last = open_store(here.store).runs()[0]
    assert here.said["last_good"]["id"] == last.id > first.id
    assert verified(last.folder)
    assert hidden(here) == []
    assert (here.runs / "options" / "compare.json").is_file()
    assert [one.id for one in open_store(here.store).runs()] == [last.id]  # keep = 1
    assert here.folders == [last.folder.name]


@pytest.mark.long
def test_killed_in_a_replan_on_a_server_the_next_run_goes_on(tmp_path: Path, postgres_store: str) -> None:
    here = first_plan(tmp_path, postgres_store)
    here.take("quickstart-february")
    here.declare('kind = "replan"')
    kill_in(here, "write")
    assert run(here).returncode == 0
    last, first = open_store(postgres_store).runs()
    assert (last.kind, last.parent) == ("replan", first.id)
    assert verified(last.folder)


@pytest.mark.long
def test_stopped_by_the_system_it_ends_as_interrupted_and_leaves_nothing_half_written(here: Night) -> None:
    (first,) = open_store(here.store).runs()
    before, said = content(first.folder), here.said
    process = standing_at(WORDS["write"], "schedule", "run", str(here.file))
    process.send_signal(signal.SIGTERM)  # what systemctl stop sends
    assert "nothing half-written is left" in process.communicate(timeout=LONG)[1]
    assert process.returncode == 130
    assert content(first.folder) == before
    assert here.said == said
    assert here.folders == [first.folder.name]
    assert hidden(here) == []


@pytest.mark.parametrize("small_disk", [3], indirect=True)
@pytest.mark.parametrize("left", [60_000, *only_long((0, 400_000))])
def test_on_a_full_disk_the_last_good_plan_stands(planned: Path, small_disk: Path, left: int) -> None:
    here = copy_of(planned, small_disk / "home")
    here.declare(COMPARED)
    (first,) = open_store(here.store).runs()
    before = content(first.folder)
    filler = small_disk / "filler"
    free = os.statvfs(small_disk)
    filler.write_bytes(bytes(free.f_bavail * free.f_bsize - left))
    ended = run(here)
    assert ended.returncode == 1
    assert "full" in ended.stderr
    last_good = next(one for one in open_store(here.store).runs() if one.is_good)
    if last_good.id == first.id:
        assert content(first.folder) == before
    else:  # there was room for the plan, but not for the comparison
        assert verified(last_good.folder)
    assert (last_good.id == first.id) == (left < 400_000)
    filler.unlink()
    assert run(here).returncode == 0
    assert verified(open_store(here.store).runs()[0].folder)
    assert hidden(here) == []


@pytest.mark.long
@pytest.mark.parametrize("limit", [10_000, *only_long((0, 60_000))])
def test_where_no_file_may_grow_the_last_good_plan_stands(here: Night, limit: int) -> None:
    (first,) = open_store(here.store).runs()
    before = content(first.folder)
    assert run(here, limit).returncode == 1
    assert content(first.folder) == before
    assert [one.id for one in open_store(here.store).runs()][-1] == first.id
    assert run(here).returncode == 0


@pytest.mark.parametrize("share", [0.3, *only_long((0.0, 0.95))])
def test_a_truncated_workbook_is_wrong_input(tmp_path: Path, share: float) -> None:
    here = night(tmp_path, str(tmp_path / "runs.sqlite"))
    shutil.rmtree(here.input)
    whole = (INPUTS / "quickstart.xlsx").read_bytes()
    here.input.write_bytes(whole)  # the reader goes by what it is, not by its name
    here.declare()
    assert run(here).returncode == 0
    (first,) = open_store(here.store).runs()
    here.input.write_bytes(whole[: int(share * len(whole))])
    ended = run(here)
    assert ended.returncode == 2
    assert f"The last good plan is kept: run {first.id}" in ended.stderr
    assert here.said["exit_code"] == 2
    assert first.stands
    here.input.unlink()
    assert run(here).returncode == 2


@pytest.mark.long
def test_two_at_once_make_one_run(here: Night) -> None:
    both = [
        subprocess.Popen(command(here), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=LONG)[1] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes == [0, 75]
    assert sum("another run of the schedule night is going on" in text for text in said) == 1
    assert len(here.folders) == 1  # keep = 1: the first went when the second was there
    assert run(here).returncode == 0
    assert len(open_store(here.store).runs()) == 1


def test_a_wrong_clock_is_named_and_lets_nothing_go(here: Night) -> None:
    ahead = time.time() + 10 * 86400
    os.utime(here.input / "Demand.csv", (ahead, ahead))
    assert run(here).returncode == 0
    assert [alert["kind"] for alert in here.said["alerts"]] == ["clock"]
    assert "one of them is wrong" in here.said["alerts"][0]["message"]
    assert here.said["pruned"] == []
    assert len(here.folders) == 2
    assert '"kind": "clock"' in (here.home / "alerts.jsonl").read_text()
