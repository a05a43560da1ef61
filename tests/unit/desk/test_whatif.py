"""A budget slid at the desk: small inputs are solved at once; else bounds at once, and the exact plan from a worker.

And options, planned.

Partners, by hand: at 0.3 times the Joint fund 400 000 − 480 000 · 0.3 = 256 000 EUR of what is wanted are lacking.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.desk.app import desk_app
from planner.desk.desk import Desk, trials
from planner.records.run import read_run
from planner.run.pipeline import solve_workbook
from planner.store.jobs import FAILED
from planner.store.schema import levels as levels_table
from planner.store.store import open_store
from tests.places import INPUTS
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS, made_desk, plain_runs, work

SLIDE = "/runs/1/what-if?fund=Joint&contributor=&year="
BOUNDS = "/runs/1/what-if/bounds?fund=Joint&contributor=&year="


@pytest.fixture
def own(runs: Path, tmp_path: Path) -> Desk:
    shutil.copytree(runs.parent / "partners", tmp_path / "partners")
    open_store(tmp_path / "runs.sqlite", create=True).record(tmp_path / "partners")
    return made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")


def test_a_small_input_is_solved_while_one_slides(mine: Browser) -> None:
    page = mine.get(f"{SLIDE}&factor=0.3").text
    assert "EUR\u00a0256\u202f000" in page
    reply = mine.get(f"{BOUNDS}&factor=0.3").json()
    assert [aim["kind"] for aim in reply["aims"]] == ["exact", "exact"]
    assert reply["aims"][0]["estimate"] == pytest.approx(256_000)
    assert reply["amount"] == "EUR\u00a0144\u202f000"


@pytest.mark.usefixtures("without_reports")
def test_a_large_input_is_bounded_at_once_and_planned_by_a_worker(
    own: Desk, mine: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.desk.pages.whatif.SMALL_ROWS", 0)
    assert "Nothing is proved of this budget yet" in mine.get(SLIDE).text
    assert mine.get(f"{BOUNDS}&factor=0.5").json()["aims"] == []
    mine.send(SLIDE, {"kind": "curve"})
    work(own)
    assert own.jobs.job(1).phase == "Joint fund of the partners × 2"
    first = mine.get(f"{BOUNDS}&factor=0.3").json()["aims"][0]
    assert first["kind"] == "proved"
    assert first["low"] == pytest.approx(256_000)
    assert first["high"] == pytest.approx(0.7 * 400_000 + 0.3 * 100_000)
    second = mine.get(f"{BOUNDS}&factor=0.3").json()["aims"][1]
    assert (second["kind"], second["words"]) == ("unknown", "EUR\u00a0350\u202f000 with × 1.00"), (
        "nothing tells how it changes"
    )
    mine.send(f"{SLIDE}&factor=0.3", {"kind": "budget"}, page=SLIDE)
    work(own)
    reply = mine.get(f"{BOUNDS}&factor=0.3").json()
    assert (reply["run"], reply["aims"][0]["kind"]) == (2, "exact")
    assert own.store.run(2).title.endswith("– Joint fund of the partners × 0.30")
    assert '<th scope="row">Joint fund of the partners</th>' in mine.get("/compare?run=1&run=2").text
    assert own.store.run(2).verified
    assert mine.get(f"{BOUNDS}&factor=0.5").json()["aims"][1]["kind"] == "estimate", "between two plans"
    page = mine.get(f"{SLIDE}&factor=0.30").text
    assert 'href="/runs/2"' in page


def test_what_is_asked_for_later_takes_the_place_of_what_waits(own: Desk, mine: Browser) -> None:
    for factor in (0.4, 0.5, 0.6):
        mine.send(f"{SLIDE}&factor={factor}", {"kind": "budget"})
    states = [(job.wanted["factor"], job.state) for job in own.jobs.newest("me", 9)]
    assert states[0] == (0.6, "waiting")
    assert [state for _, state in states[1:]] == [FAILED, FAILED]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("fund=SAFE", 200, "There is no money of SAFE to slide"),
        ("fund=Joint&factor=much", 400, "expected a number from 0 to 2"),
        ("fund=Joint&factor=nan", 400, "expected a number from 0 to 2"),
        ("fund=Joint&year=2035", 200, "There is no money of Joint fund of the partners · 2035"),
        ("", 200, "Joint fund of the partners (Joint)</option>"),
    ],
)
def test_what_cannot_be_slid_is_said_so(query: str, status: int, words: str, mine: Browser) -> None:
    answer = mine.get(f"/runs/1/what-if?{query}")
    assert answer.status_code == status
    assert words in answer.text


def test_the_slider_stays_within_its_ends(mine: Browser) -> None:
    assert re.search(r'value="2.00"', mine.get(f"{SLIDE}&factor=1e9").text)


@pytest.fixture(scope="module")
def with_options(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the partners, with their workbook and three options: the first alone can be planned."""
    home = tmp_path_factory.mktemp("options")
    book = load_workbook(INPUTS / "partners.xlsx")
    sheet = book.create_sheet("Options")
    for row in (
        ("option", "table", "where", "column", "change", "value", "description"),
        ("LESS", "Budgets", "fund=Joint", "amount", "scale", 0.3, "Three tenths of the money"),
        ("NOBODY", "Budgets", "contributor=XX", "amount", "set", 1, None),
        ("NOWHERE", "Lines", "line=East line", "factory", "set", "Nowhere", None),
    ):
        sheet.append(row)
    book.save(home / "partners.xlsx")
    with plain_runs():
        solve_workbook(home / "partners.xlsx", home / "run")
    return home / "run"


@pytest.fixture
def offering(with_options: Path, tmp_path: Path) -> Desk:
    """A desk with that run."""
    shutil.copytree(with_options, tmp_path / "run")
    open_store(tmp_path / "options.sqlite", create=True).record(tmp_path / "run")
    return made_desk(tmp_path / "options.sqlite", tmp_path / "desk")


@pytest.mark.usefixtures("without_reports")
def test_an_option_of_the_input_is_planned_and_compared(offering: Desk) -> None:
    browser = Browser(desk_app(offering, HOSTS))
    browser.get(f"/enter?token={offering.sessions.link}")
    page = browser.get("/runs/1/what-if").text
    assert "Three tenths of the money" in page
    assert page.count(">Plan it</button>") == 3
    job = browser.send("/runs/1/options", {"option": "LESS"}, page="/runs/1/what-if")
    assert str(job.url.path) == "/jobs/1"
    assert 'href="/jobs/1">waiting</a>' in browser.get("/runs/1/what-if").text
    again = browser.send("/runs/1/options", {"option": "LESS"}, page="/runs/1/what-if")
    assert str(again.url.path) == "/jobs/1", "it is asked for already"
    work(offering)
    assert offering.store.run(2).title.endswith("– Three tenths of the money")
    levels = offering.store.rows(levels_table, 2)
    assert levels[0]["value"] == pytest.approx(256_000)
    assert read_run(offering.store.run(2).folder).started_from is not None
    assert trials(offering, offering.store.runs()) == {2}, "no nation sees it before it is approved"
    page = browser.get("/runs/1/what-if").text
    assert page.count(">Plan it</button>") == 2
    assert 'href="/compare?run=1&amp;run=2"' in page
    assert 'href="/compare?run=1&amp;run=2"' in browser.get("/jobs/1").text
    assert "more, worse" in browser.get("/compare?run=1&run=2").text
    assert "has no options" in browser.get("/runs/2/what-if").text, "they are decided there"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("NOBODY", "Options!C3 (where): option NOBODY (row 3): no row of Budgets has contributor=XX"),
        (
            "NOWHERE",
            "Options!F4 (value): option NOWHERE (row 4): makes Lines!B2 (factory) wrong: found 'Nowhere', expected",
        ),
    ],
)
def test_an_option_that_cannot_be_planned_says_why(option: str, words: str, offering: Desk) -> None:
    """At its cell of the planner's workbook: the copy as CSV files, with the change made, is the desk's own."""
    browser = Browser(desk_app(offering, HOSTS))
    browser.get(f"/enter?token={offering.sessions.link}")
    browser.send("/runs/1/options", {"option": option}, page="/runs/1/what-if")
    work(offering)
    job = offering.jobs.job(1)
    assert job.state == FAILED
    assert job.message.startswith(words)
    assert ".csv" not in job.message
    assert len(offering.store.runs()) == 1
    assert browser.send("/runs/1/options", {"option": "MORE"}, page="/runs/1/what-if").status_code == 400
