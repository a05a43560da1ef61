"""`--store` and `planner runs`, as a planner meets them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from planner import cli
from planner.store.store import open_store
from tests.places import INPUTS

pytestmark = pytest.mark.usefixtures("without_reports")

QUICKSTART = str(INPUTS / "quickstart")
NewRun = Callable[..., Path]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder; the store of its runs is said by the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLANNER_STORE", "outputs/runs.sqlite")
    return tmp_path / "outputs" / "runs.sqlite"


def test_a_run_is_recorded_where_a_store_is_given_and_only_there(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["solve", QUICKSTART, "-o", "outputs/one"]) == 0
    assert f"Recorded as run 1 in {place}" in capsys.readouterr().out
    february = str(INPUTS / "quickstart-february")
    assert cli.run(["replan", "outputs/one", february, "-o", "outputs/two", "--quiet"]) == 0
    monkeypatch.delenv("PLANNER_STORE")
    assert cli.run(["solve", QUICKSTART, "-o", "outputs/three", "--quiet"]) == 0
    assert cli.run(["solve", QUICKSTART, "-o", "outputs/four", "--quiet", "--store", "other.sqlite"]) == 0
    assert [(run.id, run.kind, run.parent) for run in open_store(place).runs()] == [
        (2, "replan", 1),
        (1, "solve", None),
    ]
    assert [run.folder.name for run in open_store("other.sqlite").runs()] == ["four"]


def test_a_run_without_a_plan_is_recorded_and_ends_as_ever(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(QUICKSTART, "impossible")
    Path("impossible/Locks.csv").write_text("lock,kind,line,quantity,per\nL,make,Alpha line,1000000,total\n")
    assert cli.run(["solve", "impossible", "-o", "outputs/one", "--quiet"]) == 3
    assert [run.status for run in open_store(place).runs()] == ["infeasible"]
    capsys.readouterr()
    assert cli.run(["runs", "list"]) == 0
    assert "infeasible" in capsys.readouterr().out
    assert cli.run(["runs", "approve", "1", "--by", "A"]) == 64


def test_wrong_input_records_nothing_and_a_store_that_cannot_be_is_told_before_the_work(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["solve", "nowhere", "-o", "outputs/one", "--quiet"]) == 2
    assert open_store(place).runs() == []
    assert cli.run(["solve", QUICKSTART, "-o", "outputs/one", "--store", "mysql://host/x"]) == 64
    assert "mysql" in capsys.readouterr().err
    assert not Path("outputs/one").exists()


@pytest.mark.usefixtures("place")
def test_list_and_show_say_it_for_people_and_for_programs(
    quickstart_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["runs", "add", str(quickstart_run)]) == 0
    assert cli.run(["runs", "approve", "1", "--by", "A. Planner", "--said", "Agreed"]) == 0
    capsys.readouterr()
    assert cli.run(["runs", "list"]) == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert [part in line for part in ("quickstart.xlsx", "optimal", "91.7 %", "4 240 810", "yes")] == [True] * 5
    assert cli.run(["runs", "show", "1", "--prices", "--limit", "2"]) == 0
    said = capsys.readouterr().out
    for part in (
        "Shortfall of other demand",
        "360 000",
        "A. Planner  Agreed",
        "Shortfall of other demand  Alpha line",
        "… and",
    ):
        assert part in said
    assert cli.run(["runs", "show", "1", "--json", "--prices"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert entry["good"] is True
    assert entry["approvals"][0]["said"] == "Agreed"
    assert {row["object"] for row in entry["prices"]} >= {"Alpha line"}
    assert cli.run(["runs", "list", "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)] == [1]


def test_runs_are_compared_by_their_folders_and_without_them_by_what_is_kept(
    place: Path, new_run: NewRun, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = new_run("one"), new_run("other", "2026-02-28T02:00:00Z")
    assert cli.run(["runs", "add", str(one), str(other), "--store", str(place)]) == 0
    capsys.readouterr()
    assert cli.run(["runs", "diff", "1", "2"]) == 0
    assert "The plans are the same." in capsys.readouterr().out
    shutil.rmtree(one)
    assert cli.run(["runs", "diff", "1", "2"]) == 0
    said = capsys.readouterr().out
    assert "Discounted cost" in said
    assert "Fill rate" in said
    assert f"The tables are not compared: {one} is gone" in said


def test_prune_says_what_would_go_and_what_went(
    place: Path, new_run: NewRun, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = new_run("old"), new_run("new", "2026-02-28T02:00:00Z")
    assert cli.run(["runs", "add", str(old), str(new), "--store", str(place)]) == 0
    capsys.readouterr()
    assert cli.run(["runs", "prune", "--keep", "1", "--dry-run"]) == 0
    assert "1 run would go" in capsys.readouterr().out
    assert old.exists()
    assert cli.run(["runs", "prune", "--keep", "1"]) == 0
    assert "1 run gone" in capsys.readouterr().out
    assert not old.exists()
    assert new.exists()
    assert cli.run(["runs", "prune"]) == 64


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list"], "there is no run store at"),
        (["show", "1"], "there is no run store at"),
        (["show", "soon"], "Invalid value for 'RUN'"),
        (["approve", "1"], "--by"),
        (["approve", "1", "--by", " "], "expected a name"),
        (["add", "nowhere"], "is no run folder"),
    ],
)
def test_wrong_usage_of_runs_is_64(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["runs", *arguments]) == 64
    captured = capsys.readouterr()
    assert said in captured.err + captured.out
