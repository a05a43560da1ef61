"""Runs recorded and looked up; the same tests in a file and on a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.errors import NoPlanError, UsageError
from planner.plan import SolveOptions
from planner.records.run import read_run
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import solve_workbook
from planner.store import schema
from planner.store.entry import archive, unpacked
from planner.store.store import open_store
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from tests.places import INPUTS

pytestmark = pytest.mark.usefixtures("without_reports")

NewRun = Callable[..., Path]


def test_a_run_is_kept_with_levels_figures_and_prices(store_place: str, quickstart_run: Path) -> None:
    store = open_store(store_place, create=True)
    run = store.record(quickstart_run)
    assert (run.id, run.kind, run.status, run.model, run.model_kind) == (1, "solve", "optimal", "full", "LP")
    assert run.is_good
    assert run.stands
    assert run.folder == quickstart_run
    assert (run.title, run.input_file) == ("Quickstart: winter kit before the peak", "quickstart.xlsx")
    levels = {row["name"]: row["value"] for row in store.rows(schema.levels, run.id)}
    assert levels == pytest.approx({"binding_shortfall": 0, "other_shortfall": 360_000, "cost": 4_240_810})
    figures = {row["name"]: row["value"] for row in store.rows(schema.figures, run.id)}
    assert figures["Fill rate"] == pytest.approx(330 / 360)  # 30 of 360 pallets are short, see the notes of the sample
    assert figures["Units short"] == pytest.approx(30)
    lines = (quickstart_run / "tables" / "prices.csv").read_text(encoding="utf-8").splitlines()
    assert len(store.rows(schema.prices, run.id)) == len(lines) - 1
    assert store.record_of(run.id) == read_run(quickstart_run)
    assert store.figure_of("Fill rate") == {1: figures["Fill rate"]}
    assert store.level_values("cost") == {1: levels["cost"]}


def test_recorded_twice_it_is_one_run_and_moved_it_is_found_again(store_place: str, new_run: NewRun) -> None:
    folder = new_run("january")
    store = open_store(store_place, create=True)
    assert store.record(folder) == store.record(folder)
    moved = folder.with_name("moved")
    folder.rename(moved)
    assert not store.run(1).stands
    assert store.record(moved).folder == moved
    assert [run.id for run in store.runs()] == [1]
    assert store.run(1).stands


def test_a_store_in_a_file_moves_with_its_runs(tmp_path: Path, new_run: NewRun) -> None:
    open_store(tmp_path / "outputs" / "runs.sqlite", create=True).record(new_run("january"))
    (tmp_path / "outputs").rename(tmp_path / "elsewhere")
    (run,) = open_store(tmp_path / "elsewhere" / "runs.sqlite").runs()
    assert run.folder == tmp_path / "elsewhere" / "january"
    assert run.stands


def test_a_folder_with_another_run_by_now_is_not_that_run(store_place: str, new_run: NewRun) -> None:
    store = open_store(store_place, create=True)
    folder = new_run("plan")
    store.record(folder)
    shutil.rmtree(folder)
    store.record(new_run("plan", "2026-02-28T02:00:00Z"))
    newer, older = store.runs()
    assert (newer.id, newer.stands) == (2, True)
    assert (older.id, older.stands) == (1, False)


def test_a_replan_names_its_parent_and_keeps_both_inputs(
    store_place: str, quickstart_run: Path, tmp_path: Path
) -> None:
    store = open_store(store_place, create=True)
    first = store.record(quickstart_run)
    workbook = INPUTS / "quickstart-february.xlsx"
    replan(quickstart_run, workbook, tmp_path / "february", ReplanTerms(), SolveOptions())
    second = store.record(tmp_path / "february")
    assert (second.kind, second.parent) == ("replan", first.id)
    assert second.workbook_sha256 == read_raw(workbook).sha256
    assert second.input_sha256 == read_raw(tmp_path / "february" / "input").sha256
    names = store.input_files(second.input_sha256)
    assert names is not None
    assert {"Orders.csv", "Previous.csv"} & set(names)
    assert "Churn" in {row["name"] for row in store.rows(schema.figures, second.id)}


def test_a_run_without_a_plan_is_kept_too(store_place: str, tmp_path: Path) -> None:
    impossible = tmp_path / "impossible"
    shutil.copytree(INPUTS / "quickstart", impossible)
    (impossible / "Locks.csv").write_text("lock,kind,line,quantity,per\nL,make,Alpha line,1000000,total\n")
    with pytest.raises(NoPlanError):
        solve_workbook(impossible, tmp_path / "run")
    store = open_store(store_place, create=True)
    run = store.record(tmp_path / "run")
    assert (run.status, run.is_good) == ("infeasible", False)
    assert "no plan" in run.message.lower() or run.message
    assert store.rows(schema.levels, run.id) == []
    with pytest.raises(UsageError, match="no verified plan"):
        store.approve(run.id, "A", "")


def test_approvals_are_kept_with_who_when_and_what(store_place: str, quickstart_run: Path) -> None:
    store = open_store(store_place, create=True)
    store.record(quickstart_run)
    store.approve(1, "Léa", "Agreed; see the minutes")
    store.approve(1, "Tomáš", "")
    assert [(one.who, one.said) for one in store.approvals(1)] == [("Léa", "Agreed; see the minutes"), ("Tomáš", "")]
    assert store.approvals(1)[0].at[:4].isdigit()
    assert store.run(1).approvals == 2
    with pytest.raises(UsageError, match=r"no run 7; there are 1$"):
        store.approve(7, "A", "")


@pytest.mark.parametrize("sample", ["quickstart", "quickstart-february", "partners", "coalition"])
def test_an_input_that_is_kept_means_what_the_workbook_meant(sample: str, tmp_path: Path) -> None:
    raw = read_raw(INPUTS / f"{sample}.xlsx")
    assert archive(raw) == archive(raw)
    for name, content in unpacked(archive(raw)).items():
        (tmp_path / name).write_bytes(content)
    copy = read_raw(tmp_path)
    one, other = interpret(raw).instance, interpret(copy).instance
    assert one is not None
    assert other is not None
    assert replace(one, notes=()) == replace(other, notes=())  # numbers in notes are spelled otherwise
    assert len(one.notes) == len(other.notes)
    assert {table.key for table in copy.tables} == {table.key for table in raw.tables}


def test_a_run_can_be_repeated_though_its_workbook_has_changed(store_place: str, tmp_path: Path) -> None:
    workbook, again = tmp_path / "input", tmp_path / "again"
    shutil.copytree(INPUTS / "quickstart", workbook)
    solve_workbook(workbook, tmp_path / "run")
    store = open_store(store_place, create=True)
    run = store.record(tmp_path / "run")
    (workbook / "Demand.csv").unlink()
    files = store.input_files(run.input_sha256)
    assert files is not None
    again.mkdir()
    for name, content in files.items():
        (again / name).write_bytes(content)
    solve_workbook(again, tmp_path / "second")
    for table in (tmp_path / "run" / "tables").iterdir():
        assert table.read_bytes() == (tmp_path / "second" / "tables" / table.name).read_bytes()


def test_an_input_that_had_changed_before_is_not_kept(store_place: str, tmp_path: Path) -> None:
    workbook = tmp_path / "input"
    shutil.copytree(INPUTS / "quickstart", workbook)
    solve_workbook(workbook, tmp_path / "run")
    with (workbook / "notes.csv").open("a") as notes:
        notes.write("later\n")
    store = open_store(store_place, create=True)
    assert store.input_files(store.record(tmp_path / "run").input_sha256) is None


def test_what_is_no_run_folder_is_refused(store_place: str, tmp_path: Path) -> None:
    store = open_store(store_place, create=True)
    with pytest.raises(UsageError, match="is no run folder"):
        store.record(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        store.record(tmp_path)
    assert store.runs() == []
