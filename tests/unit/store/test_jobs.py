"""Jobs: held by one worker at a time, taken up again when it ends, and no more of them than there is room for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from planner.errors import BusyError, UsageError
from planner.store import jobs as module
from planner.store import schema
from planner.store.jobs import DONE, FAILED, MOST_ATTEMPTS, MOST_OPEN_EACH, RUNNING, WAITING, Jobs
from planner.store.log import note, read_log
from planner.store.store import open_store
from tests.unit.store.damage import unprotect


@pytest.fixture
def jobs(store_place: str) -> Jobs:
    return Jobs(open_store(store_place, create=True).database)


def test_one_worker_at_a_time_holds_a_job(jobs: Jobs) -> None:
    number = jobs.add("a", "plan", {"file": "x.xlsx"}).id
    assert jobs.to_do() == [number]
    mine = jobs.take(number)
    assert mine is not None
    assert (mine.state, mine.attempts, mine.wanted) == (RUNNING, 1, {"file": "x.xlsx"})
    assert jobs.take(number) is None
    assert jobs.to_do() == []
    assert jobs.hold(mine, "cost", 2, 7)
    assert (jobs.job(number).phase, jobs.job(number).done, jobs.job(number).levels) == ("cost", 2, 7)
    assert jobs.end(mine, DONE, found={"errors": 0})
    assert jobs.job(number).result == {"errors": 0}
    assert jobs.take(number) is None


def test_a_job_that_its_worker_left_is_taken_up_and_the_first_worker_finds_it_gone(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = jobs.add("a", "plan", {}).id
    monkeypatch.setattr(module, "HELD", timedelta(seconds=-2))  # the worker says nothing any more
    first = jobs.take(number)
    assert jobs.to_do() == [number]
    second = jobs.take(number)
    assert first is not None
    assert second is not None
    assert not jobs.end(first, DONE)
    assert jobs.end(second, DONE)


def test_a_job_that_kills_its_workers_fails_in_the_end(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    number = jobs.add("a", "plan", {}).id
    monkeypatch.setattr(module, "HELD", timedelta(seconds=-2))
    for _ in range(MOST_ATTEMPTS):
        assert jobs.take(number) is not None
    assert jobs.take(number) is None
    assert jobs.job(number).state == FAILED
    assert "memory" in jobs.job(number).message


def test_a_job_that_is_put_back_waits_as_before(jobs: Jobs) -> None:
    mine = jobs.take(jobs.add("a", "plan", {}).id)
    assert mine is not None
    jobs.let_go(mine)
    again = jobs.job(mine.id)
    assert (again.state, again.attempts) == (WAITING, 0)


def test_one_person_may_not_fill_the_queue(jobs: Jobs) -> None:
    for _ in range(MOST_OPEN_EACH):
        jobs.add("a", "plan", {})
    with pytest.raises(BusyError, match=f"may have {MOST_OPEN_EACH} at a time"):
        jobs.add("a", "plan", {})
    assert jobs.add("b", "plan", {}).who == "b"
    assert [job.who for job in jobs.newest("b", 9)] == ["b"]


def test_an_unknown_job_is_said_so(jobs: Jobs) -> None:
    with pytest.raises(UsageError, match="no job 7"):
        jobs.job(7)


def test_the_log_shows_what_was_changed_in_it(jobs: Jobs, store_place: str) -> None:
    jobs.add("a", "plan", {"file": "x.xlsx"})
    database = open_store(store_place).database
    with database.writing() as connection:
        note(connection, "b", "approved a run", {"run": 1})
    events, fault = read_log(database, 9)
    assert [(event.who, event.what) for event in events] == [("b", "approved a run"), ("a", "asked for a job: plan")]
    assert fault == ""
    unprotect(database)
    with database.writing() as connection:
        connection.execute(schema.log.update().where(schema.log.c.id == 1).values(who="c"))
    assert read_log(database, 9)[1] == "row 1 was changed after it was added"
    with database.writing() as connection:
        connection.execute(sa.delete(schema.log).where(schema.log.c.id == 1))
    assert "taken away" in read_log(database, 9)[1]
