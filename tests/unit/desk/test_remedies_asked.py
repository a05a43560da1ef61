"""What would help, asked for at the desk and worked out by a worker.

The quickstart's notes say by hand what is short: 30 of April's pallets, which the capacity of Alpha line (Lines!E2)
holds back.
"""

from __future__ import annotations

import io
import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.desk.app import desk_app
from planner.desk.desk import Desk
from planner.desk.jobs.remedies import REMEDY
from planner.desk.keeping import remedy_place
from planner.plan.remedy.measures import COMMITMENT
from planner.run.pipeline import solve_workbook
from planner.store import schema
from planner.store.jobs import DONE
from planner.store.store import open_store
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS, PASSWORD, made_desk, work
from tests.unit.run.test_fair_check import TABLES

WHY = "/runs/1/why?commitment=&destination=City&item=winter_pallet"


@pytest.fixture
def own(quickstart_run: Path, tmp_path: Path) -> Desk:
    """A desk on a store of its own, with one run."""
    shutil.copytree(quickstart_run, tmp_path / "january")
    open_store(tmp_path / "runs.sqlite", create=True).record(tmp_path / "january")
    return made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")


def test_a_remedy_is_asked_for_worked_out_and_told(own: Desk, mine: Browser) -> None:
    assert "Find the cheapest changes that meet this in full" in mine.get("/runs/1").text
    job = mine.send("/runs/1/remedies", {"goal": "commitment:"}, page="/runs/1").url.path
    again = mine.send("/runs/1/remedies", {"goal": "commitment:"}, page="/runs/1").url.path
    assert again == job  # it is asked for already
    assert "What would help (run 1)" in mine.get("/input").text
    work(own)
    assert own.jobs.job(1).state == DONE, own.jobs.job(1).message
    log = remedy_place(own.folder, own.jobs.job(1)) / "log.txt"
    assert "each level proved from its basis" in log.read_text(encoding="utf-8")  # of the run that is shown
    for address in (job, "/runs/1", WHY):
        page = mine.get(address).text.replace("<wbr>", "")
        assert page.count("is short of 30 ") == 1, address  # what the run said of it already gives way
        assert "would deliver all of it" in page, address
        assert "Lines!E2" in page, address
    book = load_workbook(io.BytesIO(mine.get("/runs/1/remedies/1/remedy.xlsx").content))
    assert "changes" in book.sheetnames
    assert mine.get("/runs/1/remedies/1/remedy.json").status_code == 404
    assert mine.get("/runs/1/remedies/2/remedy.xlsx").status_code == 404
    assert "asked for what would help" in mine.get("/log").text


def test_the_input_of_which_a_workbook_is_gone_is_the_one_that_was_kept(
    own: Desk, mine: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.desk.inputs.places_of", lambda *_: iter(()))
    mine.send("/runs/1/remedies", {"goal": "commitment:"}, page="/runs/1")
    work(own)
    (kept,) = (own.folder / "kept").iterdir()
    assert (kept / "tables" / "input" / "Lines.csv").is_file()
    assert "Lines.csv" in mine.get("/jobs/1").text.replace("<wbr>", "")


def test_what_another_version_found_is_asked_for_again(own: Desk, mine: Browser) -> None:
    mine.send("/runs/1/remedies", {"goal": "commitment:"}, page="/runs/1")
    work(own)
    with own.store.database.writing() as connection:
        connection.execute(schema.jobs.update().values(found='{"goals": [{"kind": "commitment", "was": "other"}]}'))
    for address in ("/runs/1", "/jobs/1", WHY):
        assert mine.get(address).status_code == 200
    assert "remedy.xlsx" not in mine.get("/runs/1").text


def test_a_run_that_cannot_be_read_is_not_said_to_be_missing(own: Desk, mine: Browser) -> None:
    with own.store.database.writing() as connection:
        connection.execute(schema.runs.update().values(record=zlib.compress(b'{"status": "optimal"}')))
    answer = mine.get("/runs/1")
    assert answer.status_code == 503
    assert "run 1: run.json: title: is missing" in answer.text


@pytest.mark.parametrize("goal", ["", "commitment:nothing", "contingency:nothing"])
def test_only_what_falls_short_can_be_asked_for(goal: str, own: Desk, mine: Browser) -> None:
    assert mine.send("/runs/1/remedies", {"goal": goal}, page="/runs/1").status_code == 400
    assert own.jobs.newest(None, 9) == []


@pytest.mark.parametrize("name", ["reader", "east"])
def test_who_may_not_plan_does_not_ask(name: str, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in(name)
    assert "Find the cheapest changes" not in browser.get("/runs/1").text
    assert browser.send("/runs/1/remedies", {"goal": "all:"}).status_code == 403
    assert browser.send("/runs/1/least-served", {}).status_code == 403


def test_what_is_found_of_the_whole_plan_is_not_for_one_nation(runs: Path, users_file: Path, tmp_path: Path) -> None:
    shutil.copytree(runs.parent, tmp_path / "home")
    desk = made_desk(tmp_path / "home" / "runs.sqlite", tmp_path / "desk", users_file)
    asked = {"run": 1, "run_sha256": desk.store.run(1).run_sha256, "goal": "all", "name": "", "model": "full"}
    number = desk.jobs.add("a", REMEDY, asked).id
    work(desk)
    assert desk.jobs.job(number).state == DONE, desk.jobs.job(number).message
    for name, status in (("reader", 200), ("east", 404)):
        browser = Browser(desk_app(desk, HOSTS))
        browser.ask("POST", "/sign-in", data={"name": name, "password": PASSWORD})
        assert browser.get(f"/runs/1/remedies/{number}/remedy.html").status_code == status
        assert ("Each was planned again" in browser.get("/runs/1").text) == (status == 200)


@pytest.mark.usefixtures("without_reports")
def test_where_somebody_gets_nothing_the_least_served_may_come_first(tmp_path: Path) -> None:
    """90 crates for Hub's 100 goods and Far's 60: Far gets nothing,
    and with the least served first both get 9 of 16.
    """
    (tmp_path / "in").mkdir()
    for name, text in TABLES.items():
        (tmp_path / "in" / f"{name}.csv").write_text(text, encoding="utf-8")
    solve_workbook(tmp_path / "in", tmp_path / "run")
    open_store(tmp_path / "runs.sqlite", create=True).record(tmp_path / "run")
    desk = made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")
    mine = Browser(desk_app(desk, HOSTS))
    mine.get(f"/enter?token={desk.sessions.link}")
    assert "Plan again with the least served first" in mine.get("/runs/1").text
    job = mine.send("/runs/1/least-served", {}, page="/runs/1").url.path
    assert mine.send("/runs/1/least-served", {}, page="/runs/1").url.path == job  # it is asked for already
    assert "The plan that serves the least served first (run 1)" in mine.get(job).text
    work(desk)
    assert desk.jobs.job(1).state == DONE, desk.jobs.job(1).message
    assert desk.store.run(2).title == "Run 1 – Least-served commitment first"
    assert "planner solve" not in mine.get("/runs/1").text
    assert '/compare?run=1&amp;run=2"' in mine.get("/runs/1").text
    assert mine.get("/compare?run=1&run=2").status_code == 200
    assert "Plan again with the least served first" not in mine.get("/runs/2").text
    assert mine.send("/runs/2/least-served", {}, page="/runs/1").status_code == 400


def test_why_tells_of_no_other_commitment_what_would_help(quickstart_run: Path, tmp_path: Path) -> None:
    shutil.copytree(quickstart_run, tmp_path / "january")
    path = tmp_path / "january" / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["remedies"].append(
        {**record["remedies"][0], "kind": COMMITMENT, "name": "Other", "sentence": "Other lacks one tent."}
    )
    path.write_text(json.dumps(record), encoding="utf-8")
    open_store(tmp_path / "runs.sqlite", create=True).record(tmp_path / "january")
    desk = made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")
    browser = Browser(desk_app(desk, HOSTS))
    browser.get(f"/enter?token={desk.sessions.link}")
    plan, why = browser.get("/runs/1").text, browser.get(WHY).text
    assert "Other lacks one tent." in plan
    assert "Other lacks one tent." not in why
    assert "is short of 30 " in why.replace("<wbr>", "")
