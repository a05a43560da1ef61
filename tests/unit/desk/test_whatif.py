"""A budget slid at the desk: small inputs are solved at once; else bounds at once, and the exact plan from a worker.

Partners, by hand: at 0.3 times the Joint fund 400 000 − 480 000 · 0.3 = 256 000 EUR of what is wanted are lacking.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from planner.desk.desk import Desk
from planner.store.jobs import FAILED
from planner.store.store import open_store
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import made_desk, work

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
    told = mine.get(f"{BOUNDS}&factor=0.3").json()
    assert [aim["kind"] for aim in told["aims"]] == ["exact", "exact"]
    assert told["aims"][0]["estimate"] == pytest.approx(256_000)
    assert told["amount"] == "EUR\u00a0144\u202f000"


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
    told = mine.get(f"{BOUNDS}&factor=0.3").json()
    assert (told["run"], told["aims"][0]["kind"]) == (2, "exact")
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
