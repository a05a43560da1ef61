"""A run folder appears whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from planner.errors import UsageError
from planner.run import folder as folders
from planner.run.folder import FolderError, file_lock, own_temporary_files, sweep, whole_folder
from tests.places import ROOT


def fill(folder: Path, text: str) -> None:
    (folder / "tables").mkdir()
    (folder / "tables" / "stocks.csv").write_text(text)
    (folder / "run.json").write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def write_and_fail(target: Path, fault: BaseException, replace: bool = False) -> None:
    with whole_folder(target, replace) as hidden:
        fill(hidden, "new")
        raise fault


def test_the_folder_appears_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "a" / "run"
    with whole_folder(target) as hidden:
        fill(hidden, "new")
        assert not target.exists()
        assert hidden.parent == target.parent  # so that the last step is a rename, not a copy
    assert content(target) == {"tables/stocks.csv": "new", "run.json": "new"}
    assert names(target.parent) == ["run"]


def test_an_empty_folder_may_be_given(tmp_path: Path) -> None:
    with whole_folder(tmp_path) as hidden:
        fill(hidden, "new")
    assert content(tmp_path)["run.json"] == "new"


@pytest.mark.parametrize("fault", [RuntimeError("bug"), KeyboardInterrupt()])
def test_nothing_is_left_of_a_failed_run(tmp_path: Path, fault: BaseException) -> None:
    with pytest.raises(type(fault)):
        write_and_fail(tmp_path / "a" / "b" / "run", fault)
    assert list(tmp_path.iterdir()) == []  # not even the parents that were made


def test_a_failed_replacement_keeps_the_old_run(tmp_path: Path) -> None:
    target = tmp_path / "run"
    target.mkdir()
    fill(target, "old")
    with pytest.raises(RuntimeError):
        write_and_fail(target, RuntimeError(), replace=True)
    assert content(target)["run.json"] == "old"
    assert names(tmp_path) == ["run"]


@pytest.mark.parametrize("swaps", [True, False])
def test_replacing_takes_the_old_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swaps: bool) -> None:
    if not swaps:
        monkeypatch.setattr(folders, "_swap", lambda *_: False)
    target = tmp_path / "run"
    target.mkdir()
    fill(target, "old")
    (target / "left over.txt").write_text("old")
    with whole_folder(target, replace=True) as hidden:
        fill(hidden, "new")
        assert content(target)["run.json"] == "old"
    assert content(target) == {"tables/stocks.csv": "new", "run.json": "new"}
    assert names(tmp_path) == ["run"]


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"not empty; choose another folder$"), whole_folder(tmp_path):
        pass
    assert content(tmp_path) == {"mine.txt": "mine"}


def test_a_run_that_is_there_may_be_replaced_and_that_is_said(tmp_path: Path) -> None:
    fill(tmp_path, "old")
    with pytest.raises(UsageError, match=r"not empty.*--replace"), whole_folder(tmp_path):
        pass


def test_replace_spares_what_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "outputs" / "run").mkdir(parents=True)
    fill(tmp_path / "outputs" / "run", "old")
    with pytest.raises(UsageError, match="is no run folder"), whole_folder(tmp_path / "outputs", replace=True):
        pass
    assert content(tmp_path)["outputs/run/run.json"] == "old"


def test_a_folder_filled_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "run"

    def write_while_somebody_else_does() -> None:
        with whole_folder(target) as hidden:
            fill(hidden, "new")
            target.mkdir()
            fill(target, "somebody else's")

    with pytest.raises(UsageError, match="not empty"):
        write_while_somebody_else_does()
    assert content(target)["run.json"] == "somebody else's"


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    with pytest.raises(UsageError, match="is a file"), whole_folder(tmp_path / "run", replace=True):
        pass


def test_even_replace_spares_what_nobody_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    (work / "deeper").mkdir(parents=True)
    (work / "plan.xlsx").write_text("input")
    monkeypatch.chdir(work / "deeper")
    with pytest.raises(UsageError, match="working folder"), whole_folder(work, replace=True):
        pass
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="the input"), whole_folder(work, replace=True, precious=work / "plan.xlsx"):
        pass
    assert (work / "plan.xlsx").exists()


def test_a_full_disk_is_told_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="the disk is full"):
        write_and_fail(tmp_path / "run", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_program_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    fault = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "templates/page.html")
    with pytest.raises(FileNotFoundError, match="templates"):
        write_and_fail(tmp_path / "run", fault)
    assert list(tmp_path.iterdir()) == []


def test_the_remains_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    killed = f"""
import os, pathlib, signal
from planner.run.folder import whole_folder
with whole_folder(pathlib.Path({str(tmp_path / "run")!r})) as hidden:
    (hidden / "run.json").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", killed], cwd=ROOT, check=False)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".")
    with whole_folder(tmp_path / "another") as hidden:
        fill(hidden, "new")
    assert names(tmp_path) == ["another"]


def test_a_run_that_is_still_writing_is_left_alone(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "slow") as slow:
        fill(slow, "slow")
        with whole_folder(tmp_path / "fast") as fast:
            fill(fast, "fast")
    assert content(tmp_path / "slow")["run.json"] == "slow"
    assert content(tmp_path / "fast")["run.json"] == "fast"


def test_a_run_set_aside_by_a_killed_replacement_comes_back(tmp_path: Path) -> None:
    aside = tmp_path / ".my.run.0123456789ab.planner-old"
    aside.mkdir()
    fill(aside, "old")
    sweep(tmp_path)
    assert content(tmp_path / "my.run")["run.json"] == "old"
    assert names(tmp_path) == ["my.run"]


def test_hidden_folders_of_others_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    sweep(tmp_path)
    assert names(tmp_path) == [".git"]


@pytest.mark.parametrize("end", ["planner.interrupts.leave()", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_what_ends_the_program_at_once_leaves_no_temporary_file_of_a_library(tmp_path: Path, end: str) -> None:
    """Killed, it leaves one to the next."""
    script = (
        "import os, signal, planner.run.folder, planner.interrupts\n"
        "from openpyxl import Workbook\n"
        "with planner.run.folder.own_temporary_files():\n"
        "    sheet = Workbook(write_only=True).create_sheet()\n"
        "    sheet.append([1])\n"
        f"    {end}\n"
    )
    place = {"cwd": ROOT, "env": os.environ | {"TMPDIR": str(tmp_path)}}
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, **place)
    assert ended.returncode in (130, -signal.SIGKILL), ended.stderr
    left = names(tmp_path)
    assert [name.startswith(".scratch.") for name in left] == ([] if ended.returncode == 130 else [True])
    sweep(tmp_path)
    assert names(tmp_path) == []


def test_temporary_files_lie_where_they_did_once_the_block_is_left() -> None:
    before = tempfile.gettempdir()
    with own_temporary_files():
        inside = Path(tempfile.gettempdir())
        assert inside.parent == Path(before).resolve()
    assert tempfile.gettempdir() == before
    assert not inside.exists()


def test_one_at_a_time_holds_the_lock_of_a_file_and_leaves_none(tmp_path: Path) -> None:
    """Whoever opened the file before it was removed must not hold the lock of a file that nobody else sees."""
    place, inside, held = tmp_path / "plan.lock", list[int](), 0

    def hold(number: int) -> None:
        nonlocal held
        for _ in range(40):
            with file_lock(place) as mine:
                if mine:
                    inside.append(number)
                    held += 1
                    assert inside == [number]
                    inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hold, range(4)))
    assert held > 0
    assert names(tmp_path) == []
    with file_lock(place) as first, file_lock(place) as second:
        assert (first, second) == (True, False)
