"""Workbooks sent to the desk: faults by cell, plans by workers, nothing lost and nothing half-shown."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.decision.approve import read_decision
from planner.decision.record import ENDING
from planner.desk.app import desk_app
from planner.desk.desk import Desk
from planner.desk.jobs.uploads import keep, plain_name
from planner.desk.jobs.work import PLAN
from planner.desk.keeping import DAYS, marked_place, run_place, tidy, upload_place
from planner.errors import UsageError
from planner.store import jobs as jobs_module
from planner.store import schema
from planner.store.jobs import DONE, FAILED, MOST_OPEN_EACH
from planner.store.log import read_log
from planner.store.store import open_store
from planner.workbook.schema import TABLES
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS, INPUTS, PASSWORD, made_desk, work


@pytest.fixture
def own(tmp_path: Path, quickstart_run: Path) -> Desk:
    """A desk on a store of its own, with one run."""
    shutil.copytree(quickstart_run, tmp_path / "january")
    open_store(tmp_path / "runs.sqlite", create=True).record(tmp_path / "january")
    return made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")


def _send(browser: Browser, content: bytes, name: str = "quickstart.xlsx", **form: str) -> str:
    answer = browser.send("/input", form, files={"workbook": (name, content)})
    assert answer.status_code == 200, answer.text
    return str(answer.url.path)


def _spoilt() -> bytes:
    book = load_workbook(INPUTS / "quickstart.xlsx")
    assert book["Demand"]["E1"].value == "quantity"
    book["Demand"]["E2"] = "soon"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.usefixtures("without_reports")
def test_a_workbook_is_planned_and_the_run_appears_whole(own: Desk, mine: Browser) -> None:
    job = _send(mine, (INPUTS / "quickstart.xlsx").read_bytes(), plan="yes")
    assert "Waiting for a free worker" in mine.get(job).text
    assert "/runs/2" not in mine.get("/").text
    work(own)
    page = mine.get(job).text
    assert 'href="/runs/2"' in page
    assert own.jobs.job(1).state == DONE
    assert own.jobs.job(1).done == own.jobs.job(1).levels == 3  # of the quickstart's three aims
    assert own.store.run(2).input_file == "quickstart.xlsx"
    assert '"state": "done"' in mine.get(f"{job}/events").text


def test_faults_come_back_by_cell_with_the_marked_workbook(own: Desk, mine: Browser) -> None:
    job = _send(mine, _spoilt(), plan="yes")
    work(own)
    page = mine.get(job).text
    assert "Demand!E2" in page
    assert len(own.store.runs()) == 1
    book = load_workbook(io.BytesIO(mine.get(f"{job}/marked.xlsx").content))
    assert book["Demand"]["E2"].comment is not None


@pytest.mark.usefixtures("without_reports")
def test_a_checked_workbook_is_planned_without_being_sent_again(own: Desk, mine: Browser) -> None:
    job = _send(mine, (INPUTS / "quickstart.xlsx").read_bytes())
    assert mine.send(f"{job}/plan", {}).status_code == 409, "it is not checked yet"
    work(own)
    assert "Nothing is wrong with this workbook" in mine.get(job).text
    answer = mine.send(f"{job}/plan", {}, page=job)
    assert str(answer.url.path) == "/jobs/2"
    work(own)
    assert own.store.run(2).verified
    assert "Plan it" not in mine.get("/jobs/2").text
    upload_place(own.folder, own.jobs.job(1).wanted["sha256"]).unlink()  # it is removed after some days
    assert "Plan it" not in mine.get(job).text
    assert mine.send(f"{job}/plan", {}).status_code == 409


def test_a_workbook_with_faults_is_not_offered_to_be_planned(own: Desk, mine: Browser) -> None:
    job = _send(mine, _spoilt())
    work(own)
    assert "Plan it" not in mine.get(job).text
    assert mine.send(f"{job}/plan", {}).status_code == 409
    assert ", 1 fault" in mine.get("/input").text


@pytest.mark.parametrize(("name", "sheets"), [("first-plan", 7), ("all-tables", len(TABLES) + 1)])
def test_who_has_no_workbook_gets_one_to_fill_in(name: str, sheets: int, mine: Browser) -> None:
    assert f'href="/input/{name}.xlsx"' in mine.get("/input").text
    book = load_workbook(io.BytesIO(mine.get(f"/input/{name}.xlsx").content))
    assert len(book.sheetnames) == sheets


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no .xlsx workbook"), (b"MZ\x90", "no .xlsx workbook"), (b"PK\x03\x04junk", "Faults by cell")],
)
def test_what_is_no_workbook_is_said_so(content: bytes, words: str, own: Desk, mine: Browser) -> None:
    answer = mine.send("/input", {}, files={"workbook": ("a.xlsx", content)})
    work(own)
    assert words in (mine.get(str(answer.url.path)).text if answer.status_code == 200 else answer.text)


def test_hostile_names_in_a_workbook_stay_text(own: Desk, mine: Browser) -> None:
    book = load_workbook(INPUTS / "quickstart.xlsx")
    for row in book["Settings"].iter_rows():
        if row[0].value == "title":
            row[1].value = "<script>alert(1)</script>"
    written = io.BytesIO()
    book.save(written)
    job = _send(mine, written.getvalue(), "../../<img src=x onerror=alert(1)>.xlsx", plan="yes")
    work(own)
    for address in (job, "/", "/input", "/runs/2", "/runs/2/evidence", "/runs/2/deliveries", "/log"):
        page = mine.get(address).text
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
    assert "&lt;script&gt;alert(1)" in mine.get("/runs/2").text


@pytest.mark.parametrize(("plan", "said"), [("", "asked for a check"), ("yes", "asked for a plan")])
def test_the_log_says_what_a_job_was_asked_for(plan: str, said: str, mine: Browser) -> None:
    _send(mine, (INPUTS / "quickstart.xlsx").read_bytes(), plan=plan)
    page = mine.get("/log").text
    assert said in page
    assert "plan: " not in page


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.xlsx"),
        ("C:\\a\\b.xlsx", "b.xlsx"),
        ("..", "workbook.xlsx"),
        ("a\n<b>.xlsx", "a__b_.xlsx"),
        ("plan.html", "plan.html.xlsx"),
        ("\u65e5" * 60 + ".XLSX", "\u65e5" * 40 + ".xlsx"),  # 255 bytes are the most that a file system takes
    ],
)
def test_a_file_is_called_by_its_own_name_only(name: str, kept: str) -> None:
    assert plain_name(name) == kept


def test_what_is_no_hash_is_no_place(tmp_path: Path) -> None:
    assert upload_place(tmp_path, keep(tmp_path, b"PK", ())).read_bytes() == b"PK"
    with pytest.raises(UsageError):
        upload_place(tmp_path, "../../secret")


def test_a_flood_of_workbooks_is_refused(mine: Browser) -> None:
    content = (INPUTS / "quickstart.xlsx").read_bytes()
    for _ in range(MOST_OPEN_EACH):
        _send(mine, content)
    answer = mine.send("/input", {}, files={"workbook": ("a.xlsx", content)})
    assert answer.status_code == 429
    assert f"may have {MOST_OPEN_EACH} at a time" in answer.text


def test_a_workbook_that_is_refused_fills_no_disk(own: Desk, mine: Browser) -> None:
    for number in range(MOST_OPEN_EACH + 3):
        mine.send("/input", {}, files={"workbook": ("a.xlsx", b"PK" + bytes([number]))})
    assert len(list((own.folder / "uploads").iterdir())) == MOST_OPEN_EACH


@pytest.mark.usefixtures("without_reports")
def test_a_workbook_stays_while_it_is_needed_and_no_longer(
    own: Desk, mine: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (INPUTS / "quickstart.xlsx").read_bytes()
    _send(mine, _spoilt(), "checked.xlsx")
    _send(mine, content, "planned.xlsx", plan="yes")
    work(own)
    _send(mine, content + bytes(1), "waiting.xlsx")
    waiting, planned, _ = (job.wanted["sha256"] for job in own.jobs.newest("me", 9))
    assert marked_place(own.folder, own.jobs.job(1)).is_file()
    long_ago = time.time() - (DAYS + 1) * 24 * 3600
    for path in own.folder.glob("*/*"):
        os.utime(path, (long_ago, long_ago))
    monkeypatch.setattr("planner.desk.keeping.DAYS", -1)  # all jobs are older
    _send(mine, content + bytes(2), "new.xlsx")
    new = own.jobs.job(4).wanted["sha256"]
    assert {path.stem for path in (own.folder / "uploads").iterdir()} == {waiting, planned, new}
    assert [path.name for path in (own.folder / "inputs").iterdir()] == [planned]
    assert not list((own.folder / "marked").iterdir())
    with own.store.database.writing() as connection:  # the run is pruned
        connection.execute(schema.runs.delete().where(schema.runs.c.id == 2))
    tidy(own.folder, own.store, own.jobs)
    assert {path.stem for path in (own.folder / "uploads").iterdir()} == {waiting, new}


def test_one_person_has_a_share_of_the_room(own: Desk, mine: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (INPUTS / "quickstart.xlsx").read_bytes()
    monkeypatch.setattr("planner.desk.jobs.uploads.MOST_EACH", len(content) + 10)
    own.jobs.add("somebody else", PLAN, {"sha256": keep(own.folder, content + bytes(5), ())})
    _send(mine, content)
    _send(mine, content)  # the same again takes no room
    answer = mine.send("/input", {}, files={"workbook": ("a.xlsx", content + bytes(1))})
    assert answer.status_code == 400
    assert "MiB of your workbooks are kept" in answer.text
    assert len(list((own.folder / "uploads").iterdir())) == 2


@pytest.mark.usefixtures("without_reports")
def test_a_worker_killed_after_the_folder_was_written_leaves_nothing_to_do_twice(
    own: Desk, mine: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(mine, (INPUTS / "quickstart.xlsx").read_bytes(), plan="yes")
    with monkeypatch.context() as patch:
        patch.setattr("planner.desk.jobs.work._finish", lambda *_: None)  # killed here: the job stays in its hands
        patch.setattr(jobs_module, "HELD", timedelta(seconds=-2))
        work(own)
    assert len(own.store.runs()) == 1
    record = run_place(own.folder, own.jobs.job(1)) / "run.json"
    written = record.read_bytes()
    work(own)
    assert record.read_bytes() == written
    assert [run.id for run in own.store.runs()] == [2, 1]
    assert own.jobs.job(1).run == 2


def test_an_internal_fault_is_told_to_the_one_who_asked(
    own: Desk, mine: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = _send(mine, (INPUTS / "quickstart.xlsx").read_bytes())
    monkeypatch.setattr("planner.desk.jobs.work.read", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work(own)
    assert own.jobs.job(1).state == FAILED
    assert "an internal fault (ZeroDivisionError)" in mine.get(job).text


# Approvals


def test_an_approval_is_in_store_record_and_log(own: Desk, mine: Browser) -> None:
    seen = {"run_sha256": own.store.run(1).run_sha256}
    said = {"name": "A. Minister\0", "words": "Agreed <b>today</b>\x1b"}
    page = mine.send("/runs/1/approve", {**seen, **said}).text
    assert "Agreed &lt;b&gt;today&lt;/b&gt;" in page
    record = read_decision(own.folder.parent / f"january{ENDING}")
    assert [(one.name, one.words) for one in record.approvals] == [("A. Minister", "Agreed <b>today</b>")]
    assert mine.get("/runs/1/decision.json").json()["approvals"][0]["name"] == "A. Minister"
    assert 'href="/runs/1/brief.html"' in page
    brief = mine.get("/runs/1/brief.html")
    assert "attachment" in brief.headers["content-disposition"]
    assert "The worst places" in brief.text
    (event,) = read_log(own.store.database, 9)[0]
    assert (event.who, event.what, event.document["run"]) == ("me", "approved a run", 1)
    assert mine.send("/runs/1/approve", {**seen, **said}).status_code == 409  # once is enough
    assert mine.send("/runs/1/approve", {**said, "run_sha256": "0" * 64}).status_code == 409


def test_two_who_approve_at_once_both_do(own: Desk, tmp_path: Path, users_file: Path) -> None:
    text = users_file.read_text(encoding="utf-8")
    users = tmp_path / "users.toml"
    users.write_text(
        text + "\n" + text[text.index('name = "approver"') - 10 :].split("\n\n")[0].replace("approver", "second", 1),
        encoding="utf-8",
    )
    app = desk_app(made_desk(own.store.database.address.shown, own.folder, users), HOSTS)
    browsers = []
    for name in ("approver", "second"):
        browsers.append(Browser(app))
        browsers[-1].ask("POST", "/sign-in", data={"name": name, "password": PASSWORD})
    form = {"run_sha256": own.store.run(1).run_sha256, "words": "yes"}
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda browser: browser.send("/runs/1/approve", form), browsers))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(one.who for one in own.store.approvals(1)) == ["approver", "second"]
    record = read_decision(own.folder.parent / f"january{ENDING}")
    assert sorted(one.name for one in record.approvals) == ["approver", "second"]
    assert len(read_log(own.store.database, 9)[0]) == 2
    page = browsers[0].get("/runs/1/evidence").text
    assert "You have approved this run" in page
    assert "Approve run 1" not in page


@pytest.mark.parametrize(
    ("name", "address"), [("reader", "/input"), ("planner", "/log"), ("east", "/input"), ("reader", "/log")]
)
def test_each_role_stays_in_its_bounds(name: str, address: str, signed_in: Callable[[str], Browser]) -> None:
    assert signed_in(name).get(address).status_code == 403


@pytest.mark.parametrize("name", ["reader", "planner", "east"])
def test_only_approvers_approve(name: str, signed_in: Callable[[str], Browser]) -> None:
    assert signed_in(name).send("/runs/1/approve", {"words": "yes"}).status_code == 403
