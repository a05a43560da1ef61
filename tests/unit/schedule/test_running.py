"""Scheduled runs: what is new is planned once, what fails leaves the last good plan, what matters is told."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from night import Night, night

from planner import cli
from planner.errors import BusyError, VerificationError
from planner.run.folder import file_lock
from planner.run.pipeline import PlanningRun
from planner.schedule import current, running
from planner.schedule.outcome import NEW_PLAN, NOTHING_NEW, ScheduleOutcome
from planner.schedule.running import run_schedule
from planner.store.store import open_store
from tests.seeds import only_long

pytestmark = pytest.mark.usefixtures("without_reports")

# Later than any day on which these tests run: what they record says the real time, and must not lie ahead of this
# clock.
TONIGHT = datetime(2099, 11, 22, 2, 0, 0, tzinfo=UTC)
REPLAN = 'kind = "replan"\n'


@pytest.fixture(params=["sqlite", *only_long(["postgres_store"])])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Night:
    """A schedule with its store in a file, and then on a server, where the store itself is always tried too."""
    in_file = request.param == "sqlite"
    return night(tmp_path, str(tmp_path / "runs.sqlite" if in_file else request.getfixturevalue(request.param)))


@pytest.fixture
def quick(tmp_path: Path) -> Night:
    """The same, in a file only, for what does not depend on the store."""
    return night(tmp_path, str(tmp_path / "runs.sqlite"))


def run(here: Night, more: str = "", now: str | None = None, days: float = 0.0) -> ScheduleOutcome:
    """Run tonight, or so many days later; the input was written an hour before."""
    at = TONIGHT + timedelta(days=days)
    for path in here.input.iterdir():
        os.utime(path, (at.timestamp() - 3600, at.timestamp() - 3600))
    outcome = run_schedule(here.declare(more), now, clock=lambda: at)
    assert here.said["exit_code"] == outcome.exit_code
    return outcome


def kinds(outcome: ScheduleOutcome) -> list[str]:
    return [alert.kind for alert in outcome.alerts]


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").iterdir())}


# New, and nothing new


def test_the_same_input_is_planned_once(here: Night) -> None:
    first, second = run(here), run(here, days=1)
    assert (first.result, first.exit_code) == (NEW_PLAN, 0)
    assert (second.result, second.exit_code, second.run) == (NOTHING_NEW, 0, None)
    assert "nothing new since run 1" in second.message
    assert len(here.folders) == 1
    assert here.said["last_good"]["id"] == 1
    (recorded,) = open_store(here.store).runs()
    assert (recorded.schedule, recorded.is_good, recorded.stands) == ("night", True, True)


@pytest.mark.parametrize(
    "more", ["time_limit = 600", 'model = "strategic"', "strict = true"], ids=lambda text: text.split()[0]
)
def test_other_terms_are_a_new_run(quick: Night, more: str) -> None:
    run(quick)
    assert run(quick, more, days=1).result == NEW_PLAN


def test_another_input_another_model_file_or_another_version_is_a_new_run(
    quick: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(quick)
    quick.change("Demand.csv", "2026-04,200", "2026-04,201")
    assert run(quick, days=1).result == NEW_PLAN
    models = tmp_path / "models"
    shutil.copytree(current.models_folder(), models)
    with (models / "strategic.toml").open("a", encoding="utf-8") as file:
        file.write("# another\n")
    with monkeypatch.context() as patch:
        patch.setattr(current, "models_folder", lambda: models)
        assert run(quick, days=2).result == NEW_PLAN
    monkeypatch.setattr(current, "versions", lambda: {"planner": "99"})
    assert run(quick, days=3).result == NEW_PLAN


def test_a_plan_whose_folder_is_gone_is_made_again(quick: Night) -> None:
    first = run(quick)
    assert first.run is not None
    before = tables(first.run.folder)
    shutil.rmtree(first.run.folder)
    second = run(quick, days=1)
    assert second.result == NEW_PLAN
    assert second.run is not None
    assert tables(second.run.folder) == before


def test_a_whole_folder_that_was_not_recorded_is_recorded_and_not_planned_again(here: Night) -> None:
    first = run(here)
    assert first.run is not None
    with open_store(here.store).database.writing() as connection:
        connection.execute(sa.text("DELETE FROM runs"))
    second = run(here, days=1)
    assert (second.result, len(second.adopted)) == (NOTHING_NEW, 1)
    assert second.last_good is not None
    assert second.last_good.folder == first.run.folder


# Following the last plan


def test_a_replan_follows_the_last_good_plan(here: Night) -> None:
    first = run(here, REPLAN)  # there is none to follow yet
    assert first.run is not None
    assert first.run.kind == "solve"
    here.take("quickstart-february")
    second = run(here, REPLAN + "replan = {freeze = 1}", days=30)
    assert second.run is not None
    assert (second.run.kind, second.run.parent) == ("replan", first.run.id)
    assert (second.run.folder / "memo.html").is_file()
    assert run(here, REPLAN + "replan = {freeze = 1}", days=31).result == NOTHING_NEW
    third = run(here, REPLAN + "replan = {freeze = 1}", now="2026-03", days=60)
    assert third.run is not None
    assert third.run.parent == second.run.id


def test_a_replan_may_wait_for_approval(quick: Night) -> None:
    approved = REPLAN + 'replan = {follow = "approved"}'
    first = run(quick, approved)
    quick.take("quickstart-february")
    second = run(quick, approved, days=30)  # nobody approved the first: planned afresh
    assert second.run is not None
    assert second.run.kind == "solve"
    assert first.run is not None
    open_store(quick.store).approve(first.run.id, "A. Planner", "")
    quick.change("Demand.csv", "2026-04,200", "2026-04,201")
    third = run(quick, approved, days=31)
    assert third.run is not None
    assert (third.run.kind, third.run.parent) == ("replan", first.run.id)


def test_a_replan_may_start_from_a_plan_made_by_hand(quick: Night, quickstart_run: Path) -> None:
    shutil.copytree(quickstart_run, quick.home / "january")
    quick.take("quickstart-february")
    first = run(quick, REPLAN + 'replan = {first = "january"}')
    assert first.run is not None
    assert first.run.kind == "replan"


# What fails leaves the last good plan


IMPOSSIBLE = "lock,kind,line,quantity,per\nL,make,Alpha line,1000000,total\n"


def test_wrong_input_is_2_and_every_fault_is_told(here: Night) -> None:
    first = run(here)
    assert first.run is not None
    before = tables(first.run.folder)
    here.change("Routes.csv", "Depot", "Depto")
    second = run(here, 'notify = {file = "alerts.jsonl"}', days=1)
    assert (second.result, second.exit_code, second.run) == ("failed", 2, None)
    assert len(second.faults) == len(here.said["faults"]) == 3
    assert kinds(second) == ["failed"]
    assert second.last_good is not None
    assert second.last_good.id == first.run.id
    assert tables(first.run.folder) == before
    (line,) = (here.home / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert "did you mean 'Depot'" in json.loads(line)["message"]


def test_no_plan_is_3_and_leaves_the_last_good_one(here: Night) -> None:
    first = run(here)
    (here.input / "Locks.csv").write_text(IMPOSSIBLE)
    second = run(here, days=1)
    assert second.exit_code == 3
    assert second.run is not None
    assert (second.run.status, second.run.is_good) == ("infeasible", False)
    assert second.last_good == first.run
    (here.input / "Locks.csv").unlink()
    third = run(here, days=2)
    assert third.result == NOTHING_NEW  # the input is what it was when the last good plan was made


def test_a_solver_that_is_stopped_is_4(quick: Night) -> None:
    first = run(quick)
    second = run(quick, "time_limit = 0", days=1)
    assert second.exit_code == 4
    assert second.last_good == first.run


def test_a_plan_that_fails_verification_is_5(quick: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(quick)

    def fails(*_: Any) -> None:
        raise VerificationError("the plan failed its verification and is not delivered (stock)")

    monkeypatch.setattr(PlanningRun, "verify", fails)
    quick.change("Demand.csv", "2026-04,200", "2026-04,201")
    second = run(quick, days=1)
    assert second.exit_code == 5
    assert second.last_good == first.run


def test_a_store_that_does_not_answer_is_1_and_is_told(tmp_path: Path) -> None:
    here = night(tmp_path, "postgresql://planner:secret@127.0.0.1:9/plans")
    outcome = run(here, 'notify = {file = "alerts.jsonl"}')
    assert (outcome.result, outcome.exit_code) == ("failed", 1)
    assert "cannot be used" in outcome.message
    assert "secret" not in (here.home / "alerts.jsonl").read_text(encoding="utf-8")
    assert here.folders == []


def test_an_alert_that_cannot_be_sent_is_1_and_the_plan_stands(quick: Night) -> None:
    (quick.home / "alerts").mkdir()
    for path in quick.input.iterdir():
        os.utime(path, (TONIGHT.timestamp() + 86400, TONIGHT.timestamp() + 86400))
    outcome = run_schedule(quick.declare('notify = {file = "alerts"}'), clock=lambda: TONIGHT)
    assert (outcome.result, outcome.exit_code) == (NEW_PLAN, 1)
    assert quick.said["not_sent"] == [f"file {quick.home / 'alerts'}: Is a directory"]
    assert outcome.last_good == outcome.run


def test_an_internal_fault_tells_of_itself(quick: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a fault of the program")

    monkeypatch.setattr(running, "solve_workbook", breaks)
    outcome = run(quick)
    assert outcome.exit_code == 1
    assert "internal fault (ZeroDivisionError)" in outcome.message
    assert "Traceback" not in outcome.message
    assert "a fault of the program" in (quick.runs / "fault.txt").read_text()


def test_a_schedule_that_is_running_is_not_run_twice(quick: Night, capsys: pytest.CaptureFixture[str]) -> None:
    schedule = quick.declare()
    with file_lock(quick.runs / "schedule.lock") as mine:
        assert mine
        with pytest.raises(BusyError):
            run_schedule(schedule)
        assert cli.run(["schedule", "run", str(quick.file)]) == 75
        assert "another run of the schedule night is going on" in capsys.readouterr().err
    assert not (quick.runs / "schedule.json").exists()
    assert cli.run(["schedule", "run", str(quick.file), "--quiet"]) == 0


def test_another_machine_that_runs_it_is_waited_for(tmp_path: Path, postgres_store: str) -> None:
    here = night(tmp_path, postgres_store)
    with open_store(postgres_store, create=True).database.held("planner schedule night"):
        with pytest.raises(BusyError, match="another machine"):
            run_schedule(here.declare())
        assert here.folders == []
    assert run(here).result == NEW_PLAN


# Options and retention


@pytest.mark.usefixtures("without_option_pages")
def test_options_are_compared_with_each_new_plan_and_made_up_for(quick: Night) -> None:
    (quick.input / "Options.csv").write_text("option,table,where,column,change,value\nMore,Lines,,capacity,scale,2\n")
    first = run(quick, "[compare]")
    assert first.comparison == quick.runs / "options"
    record = json.loads((quick.runs / "options" / "compare.json").read_text(encoding="utf-8"))
    assert {option["name"] for option in record["options"]} == {"More", "base"}
    shutil.rmtree(quick.runs / "options")
    assert run(quick, "[compare]", days=1).result == NOTHING_NEW
    assert (quick.runs / "options" / "compare.json").is_file()
    wrong = run(quick, '[compare]\noptions = ["Moer"]', days=2)
    assert wrong.exit_code == 64
    assert "did you mean 'More'" in wrong.message
    assert wrong.last_good == first.run


def test_old_runs_go_and_the_last_good_one_stays(here: Night) -> None:
    store = open_store(here.store, create=True)
    for days in range(3):
        here.change("Demand.csv", f"2026-04,{200 + days}", f"2026-04,{201 + days}")
        run(here, days=days)
    by_hand = store.record(_copy(here))
    names = here.folders
    outcome = run(here, "retention = {keep = 2, days = 0.5}", days=3)
    assert outcome.pruned == [1]
    assert {one.id for one in store.runs()} == {2, 3, by_hand.id}
    assert here.folders == names[1:]
    store.approve(2, "A. Planner", "")
    assert run(here, "retention = {keep = 0}", days=4).pruned == []  # one is approved, one the last good one
    assert by_hand.stands


def _copy(here: Night) -> Path:
    """A run made by hand, which no schedule prunes."""
    target = here.home / "by-hand"
    shutil.copytree(here.runs / here.folders[0], target)
    path = target / "run.json"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    return target
