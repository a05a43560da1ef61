"""Real processes, killed at random moments or out of disk: a whole run folder, or none; never half of one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner import cli
from planner.plan.plan import TABLE_COLUMNS
from planner.records.run import read_run
from planner.report.words.phases import WORDS
from planner.solver.checkpoint import FOLDER
from tests.benchmarks.cases import shortened
from tests.moments import LONG, standing_at
from tests.places import INPUTS, ROOT
from tests.seeds import only_long

WORKBOOK = INPUTS / "quickstart"
WHOLE = {"run.json", "basis.json", "log.txt", "plan.xlsx", "report.html"} | {
    f"tables/{name}.csv" for name in TABLE_COLUMNS
}

# Replaces a run again and again, by contents that tell themselves apart, so that most kills hit the writing.
REWRITING = """
import itertools, pathlib, sys
from planner.run.folder import whole_folder
target = pathlib.Path(sys.argv[1])
for turn in itertools.count():
    with whole_folder(target, replace=True) as hidden:
        for name in range(12):
            (hidden / f"{name}.csv").write_text(f"{turn}\\n" * 2000)
    print(turn, flush=True)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> None:
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def finish(process: subprocess.Popen[bytes]) -> int:
    process.communicate(timeout=LONG)
    return process.returncode


def solve_arguments(target: Path) -> tuple[str, ...]:
    return "solve", str(WORKBOOK), "-o", str(target), "--quiet"


def kill_a_replacement(parent: Path, seconds: float) -> None:
    target = parent / "run"
    process = start("-c", REWRITING, str(target))
    assert process.stdout is not None
    process.stdout.readline()  # the first one is written
    kill_after(process, seconds)
    assert visible(parent) == ["run"]
    texts = [path.read_text() for path in target.iterdir()]
    assert len(texts) == 12
    assert len(set(texts)) == 1  # all of the same turn
    assert texts[0].count("\n") == 2000


def kill_a_run(parent: Path, seconds: float) -> bool:
    """Kill `planner solve` after `seconds`; whether its folder was there."""
    target = parent / "run"
    kill_after(start("-m", "planner", *solve_arguments(target)), seconds)
    if not target.exists():
        return False
    assert files(target) >= WHOLE
    return True


@pytest.mark.parametrize("moment", range(2))
def test_a_killed_replacement_leaves_one_whole_run(tmp_path: Path, moment: int) -> None:
    kill_a_replacement(tmp_path, random.Random(moment).uniform(0, 0.1))


@pytest.mark.long
@pytest.mark.parametrize("moment", range(50))
def test_a_replacement_killed_at_50_moments(tmp_path: Path, moment: int) -> None:
    kill_a_replacement(tmp_path, random.Random(100 + moment).uniform(0, 0.3))


def test_a_killed_run_leaves_nothing_and_the_next_one_sweeps(tmp_path: Path) -> None:
    process = standing_at(WORDS["write"], "solve", str(WORKBOOK), "-o", str(tmp_path / "run"))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert visible(tmp_path) == []
    assert any(tmp_path.iterdir())
    assert cli.run([*solve_arguments(tmp_path / "run")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert files(tmp_path / "run") == WHOLE


@pytest.mark.long
def test_a_run_killed_at_50_moments_leaves_a_whole_folder_or_none(tmp_path: Path) -> None:
    began = time.monotonic()
    assert finish(start("-m", "planner", *solve_arguments(tmp_path / "unharmed"))) == 0
    usual = time.monotonic() - began
    moments = random.Random(7)
    for number in range(50):
        parent = tmp_path / str(number)
        parent.mkdir()
        kill_a_run(parent, moments.uniform(0, 1.1 * usual))
        assert visible(parent) in ([], ["run"])


@pytest.mark.long
@pytest.mark.parametrize("checkpoints", [1, 2])
def test_a_large_run_that_was_killed_goes_on_where_it_was(tmp_path: Path, checkpoints: int) -> None:
    """The first year of the coalition, killed between two levels:
    the next run has the same tables, and proves fewer levels.
    """
    world, beside = shortened(INPUTS / "coalition", 12, tmp_path / "world"), tmp_path / "killed"
    process = start("-m", "planner", "solve", str(world), "-o", str(beside / "run"), "--quiet")
    while len(list(beside.glob(f"{FOLDER}/*/*.levels"))) < checkpoints:
        assert process.poll() is None
        time.sleep(0.01)
    kill_after(process, 0)
    for target in (beside / "run", tmp_path / "unharmed"):
        assert cli.run(["solve", str(world), "-o", str(target), "--quiet"]) == 0
    assert [path.name for path in beside.iterdir()] == ["run"]
    levels = read_run(beside / "run").objective
    assert isinstance(levels, tuple)
    resumed = [level.resumed for level in levels]
    assert any(resumed)
    assert not all(resumed)
    for table in (tmp_path / "unharmed" / "tables").iterdir():
        assert table.read_bytes() == (beside / "run" / "tables" / table.name).read_bytes()


@pytest.mark.parametrize("left", [8_000, *only_long((0, 60_000))])
def test_a_full_disk_leaves_nothing(small_disk: Path, left: int, capsys: pytest.CaptureFixture[str]) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(1_048_576 - left))
    assert cli.run([*solve_arguments(small_disk / "run")]) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert list(small_disk.iterdir()) == [filler]


@pytest.mark.parametrize("largest", [1000, *only_long((0, 1, 20_000))])
def test_a_file_that_cannot_grow_leaves_nothing(tmp_path: Path, largest: int) -> None:
    """The same as a full disk, for those who may not mount one: no file may grow beyond `largest` bytes."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({largest}, {largest})); "
    script = limited + "import sys; from planner.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-B", "-c", script, *solve_arguments(tmp_path / "run")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "a file grew larger than is allowed here" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["template"], *only_long((["template", "--small"], ["template", "--plan"], ["check", str(WORKBOOK), "-o"]))],
)
def test_a_workbook_that_cannot_grow_is_told_in_one_line(tmp_path: Path, arguments: list[str]) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); "
    script = limited + "import sys; from planner.cli import run; sys.exit(run(sys.argv[1:]))"
    target = tmp_path / "book.xlsx"
    command = [sys.executable, "-B", "-c", script, *arguments, str(target)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"{target} could not be written: a file grew larger than is allowed here\n"
    assert list(tmp_path.iterdir()) == []
