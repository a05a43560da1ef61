"""What the desk keeps in its folder, and for how long:
what belongs to a run as long as that, the rest as long as its job.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest

from planner.cli import run as planner
from planner.desk.desk import Desk
from planner.desk.inputs import input_of
from planner.desk.jobs.remedies import REMEDY
from planner.desk.jobs.sliding import BUDGET
from planner.desk.keeping import changed_place, remedy_place, run_place, tidy
from planner.store import schema
from planner.store.jobs import DONE, Job
from tests.unit.desk.conftest import made_desk


@pytest.fixture
def own(tmp_path: Path, quickstart_run: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with run 1, planned by job 1 of an input that it changed, and run 2, made elsewhere; job 2 found remedies
    of run 1, and job 3 failed. All jobs are old.
    """
    monkeypatch.setattr("planner.desk.keeping.DAYS", -1)
    desk = made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")
    place = run_place(desk.folder, desk.jobs.add("me", BUDGET, {"run": 2}))
    shutil.copytree(quickstart_run, place)
    record = place / "run.json"
    earlier = re.sub(r'"started": "\d{4}', '"started": "2025', record.read_text(encoding="utf-8"))
    record.write_text(earlier, encoding="utf-8")
    run = desk.store.record(place)
    shutil.copytree(quickstart_run, tmp_path / "january")
    desk.store.record(tmp_path / "january")
    desk.jobs.add("me", REMEDY, {"run": run.id, "run_sha256": run.run_sha256})
    desk.jobs.add("me", BUDGET, {"run": 2})
    with desk.store.database.writing() as connection:
        connection.execute(schema.jobs.update().values(state=DONE))
        connection.execute(schema.jobs.update().where(schema.jobs.c.id == 1).values(run=run.id))
    for path in (*(changed_place(desk.folder, _job(desk, number)) for number in (1, 3)), _remedy(desk)):
        path.mkdir(parents=True)
    input_of(desk.store, 2, desk.folder)
    _untouched(desk.folder)
    return desk


def _job(desk: Desk, number: int) -> Job:
    return desk.jobs.job(number)


def _remedy(desk: Desk) -> Path:
    return remedy_place(desk.folder, _job(desk, 2))


def _untouched(folder: Path) -> None:
    long_ago = time.time() - 24 * 3600
    for path in folder.glob("*/*"):
        os.utime(path, (long_ago, long_ago))


def test_files_stay_as_long_as_what_came_of_them(own: Desk) -> None:
    tidy(own.folder, own.store, own.jobs)
    assert changed_place(own.folder, _job(own, 1)).is_dir()
    assert not changed_place(own.folder, _job(own, 3)).exists(), "it left no run, and is old"
    assert _remedy(own).is_dir()
    assert [path.name for path in (own.folder / "kept").iterdir()] == [own.store.run(2).input_sha256]


def test_a_pruned_run_takes_its_files_along(own: Desk, tmp_path: Path) -> None:
    assert planner(["runs", "prune", "--older-than", "300", "--store", str(tmp_path / "runs.sqlite")]) == 0
    assert [run.id for run in own.store.runs()] == [2]
    assert not changed_place(own.folder, _job(own, 1)).exists()
    assert not _remedy(own).exists()
    assert [path.name for path in (own.folder / "kept").iterdir()] == [own.store.run(2).input_sha256], "of run 2, too"


def test_two_desks_on_one_folder_remove_nothing_of_each_other(own: Desk, tmp_path: Path) -> None:
    """They keep workbooks by the same SHA-256. Once the store of one is gone, the other tidies up again."""
    other = made_desk(tmp_path / "others.sqlite", own.folder)
    tidy(own.folder, own.store, own.jobs)
    kept = own.folder / "uploads" / f"{64 * 'a'}.xlsx"
    kept.parent.mkdir()
    kept.touch()
    _untouched(own.folder)
    for desk in (other, own):
        tidy(desk.folder, desk.store, desk.jobs)
        assert kept.exists()
    (tmp_path / "others.sqlite").unlink()
    tidy(own.folder, own.store, own.jobs)
    assert not kept.exists()


def test_nothing_of_others_is_removed(own: Desk) -> None:
    """Neither what somebody put there, nor what a store of before left there, whose jobs had the same numbers."""
    others = [own.folder / "changed" / name for name in ("by-hand", "job-3-20190101T000000Z")]
    others.append(own.folder / "uploads" / "notes.xlsx")
    for path in others:
        path.mkdir(parents=True)
    _untouched(own.folder)
    tidy(own.folder, own.store, own.jobs)
    assert all(path.exists() for path in others)
