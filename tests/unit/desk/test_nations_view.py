"""A nation's user sees what `planner extract` gives that nation, and nothing else, whatever address is tried."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from planner.analysis.budget.study import BudgetRows
from planner.desk.app import desk_app
from planner.desk.desk import Desk
from planner.desk.jobs.sliding import BUDGET, Slide
from planner.desk.pages.contents import PAGES
from planner.exchange.extract import extract
from planner.run.tables import read_tables
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS, INPUTS, PASSWORD, made_desk, work

OTHERS = ("West line", "WE", "NO", "Westland", "Northland")


def _addresses() -> Iterator[str]:
    yield from ("/", "/runs/1")
    for page in PAGES:
        yield f"/runs/1/{page.name}"
        yield f"/runs/1/{page.name}?nation=WE"


def test_its_tables_are_those_of_the_extract(signed_in: Callable[[str], Browser], runs: Path, tmp_path: Path) -> None:
    extract(INPUTS / "partners.xlsx", "EA", tmp_path / "east", runs.parent / "partners")
    browser = signed_in("east")
    given = read_tables(tmp_path / "east" / "tables")
    assert any(len(table) for table in given.values())
    for name, table in given.items():
        answer = browser.get(f"/runs/1/tables/{name}.csv")
        if not len(table):
            assert answer.status_code == 404
            continue
        assert answer.text == (tmp_path / "east" / "tables" / f"{name}.csv").read_text(encoding="utf-8")
        assert pd.read_csv(io.StringIO(answer.text)).shape[0] == len(table)


def test_no_address_says_more(signed_in: Callable[[str], Browser], runs: Path, tmp_path: Path) -> None:
    extract(INPUTS / "partners.xlsx", "EA", tmp_path / "east", runs.parent / "partners")
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "east" / "tables").glob("*.csv"))
    secret = [name for name in OTHERS if name not in text]
    assert secret
    browser = signed_in("east")
    for address in _addresses():
        page = browser.get(address).text
        for name in secret:
            assert f">{name}<" not in page, address
            assert name not in page or len(name) == 2, address


# The addresses that answer one nation's user, with what `planner extract` gives that nation, or with nothing of a plan.
OPEN = {"/", "/runs/{run}", "/runs/{run}/{page}", "/runs/{run}/network", "/runs/{run}/tables/{table}", "/runs/{run}/tables/{table}.csv",
        "/runs/{run}/tables/{table}.xlsx", "/api/runs", "/api/runs/{run}", "/api/runs/{run}/tables", "/api/runs/{run}/tables/{table}",
        "/api/openapi.json", "/sign-in", "/static/desk.css", "/static/desk.js", "/static/page.js"}  # fmt: skip
FILLED = {"run": "1", "page": "nation", "table": "production", "name": "report.html", "job": "1", "kind": "html"}


def test_every_other_address_is_closed(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("east")
    paths = {re.sub(r":\w+}", "}", route.path) for route in browser.app.routes if "GET" in route.methods}
    assert paths >= OPEN
    answers = {path: browser.get(path.format(**FILLED)).status_code for path in sorted(paths)}
    assert {path for path, status in answers.items() if status == 200} == OPEN
    assert {status for path, status in answers.items() if path not in OPEN} <= {403, 404}


@pytest.mark.parametrize(
    "address",
    ["/runs/1/files/report.html", "/runs/1/files/plan.xlsx", "/runs/1/tables/prices_all", "/runs/2", "/runs/99"],
)
def test_what_is_not_its_own_is_not_there(address: str, signed_in: Callable[[str], Browser]) -> None:
    assert signed_in("east").get(address).status_code == 404


def test_a_run_of_others_is_as_if_there_were_none(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("east")  # run 2 knows no nation EA
    assert "renewed" not in browser.get("/").text
    other, none = browser.get("/runs/2").text, browser.get("/runs/99").text
    assert other.replace("run 2", "run 99") == none


def test_it_is_not_told_how_good_the_whole_plan_is(signed_in: Callable[[str], Browser]) -> None:
    page = signed_in("east").get("/").text
    assert "Fill rate" not in page
    assert "of what is wanted is delivered" not in signed_in("east").get("/runs/1").text


def test_it_is_told_the_names_that_its_extract_has(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("east")
    page = re.sub("<wbr>|</?span[^>]*>", "", browser.get("/runs/1/nation").text)
    assert "the extract of Eastland" in page
    assert "Eastland (EA)" in page
    assert "Works in Eastland (East works)" in page
    plan = browser.get("/runs/1").text
    assert "Ledger of the nations" in plan, "the page Plan begins with what it pays, produces and receives"


def signed_in_to(desk: Desk, name: str) -> Browser:
    browser = Browser(desk_app(desk, HOSTS))
    browser.ask("POST", "/sign-in", data={"name": name, "password": PASSWORD})
    return browser


@pytest.mark.usefixtures("without_reports")
def test_what_planners_try_is_hidden_until_it_is_approved(runs: Path, users_file: Path, tmp_path: Path) -> None:
    """The title of a slid budget names whose it is: `… – Joint fund of the partners · Northland × 0.30`."""
    shutil.copytree(runs.parent / "partners", tmp_path / "partners")
    desk = made_desk(tmp_path / "runs.sqlite", tmp_path / "desk", users_file)
    run = desk.store.record(tmp_path / "partners")
    slide = Slide(run.id, run.run_sha256, BudgetRows("Joint", "NO"))
    title = "Partners – Joint fund of the partners · Northland"
    desk.jobs.add("me", BUDGET, {**slide.document(), "model": "full", "title": title, "factor": 0.3})
    work(desk)
    east, all_of_it = (signed_in_to(desk, name) for name in ("east", "reader"))
    for address in ("/", "/api/runs"):
        assert "Northland" in all_of_it.get(address).text
        assert "Northland" not in east.get(address).text
    for address in (
        "/runs/2",
        "/runs/2/nation",
        "/runs/2/tables/payments.csv",
        "/runs/2/tables/payments.xlsx",
        "/api/runs/2",
        "/api/runs/2/tables",
    ):
        assert (all_of_it.get(address).status_code, east.get(address).status_code) == (200, 404), address
    signed_in_to(desk, "approver").send(
        "/runs/2/approve", {"run_sha256": desk.store.run(2).run_sha256, "words": "Agreed"}, page="/runs/2/evidence"
    )
    assert desk.store.run(2).approvals
    assert east.get("/runs/2").status_code == 200
