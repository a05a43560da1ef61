"""The desk as people use it: the real server on a real PostgreSQL, headless Chromium, by pointer and by keyboard alone.

One server and one browser for all tests, in the order in which somebody would do these things; each test stands by
itself but for runs that those before it have added. A click does not wait for the page that it opens: what is looked
for on it is waited for.
"""

from __future__ import annotations

import base64
import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from planner import cli
from planner.run.pipeline import solve_workbook
from planner.store.jobs import Jobs
from planner.store.store import open_store
from tests.browsers import browser
from tests.moments import LONG, ROOT
from tests.unit.desk.conftest import INPUTS, plain_runs

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.long  # .ci/run tries it
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
PAGES = ("/", "/input", "/log", "/runs/2", "/runs/2/deliveries", "/runs/2/network", "/runs/1/money", "/runs/1/nation", "/runs/2/guarantees",
         "/runs/2/limits", "/runs/2/evidence", "/runs/1/what-if?fund=Joint", "/runs/2/points?point=Crossing", "/compare?run=1&run=2",
         "/runs/4/memo", "/runs/2/why?item=rounds", "/runs/2/tables/deliveries")  # fmt: skip


@pytest.fixture(scope="module")
def store_url(postgres_server: sa.URL) -> str:
    """A PostgreSQL database for this module."""
    engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE desk_in_a_browser")
    return postgres_server.set(drivername="postgresql", database="desk_in_a_browser").render_as_string(
        hide_password=False
    )


@pytest.fixture(scope="module")
def link(store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The one-time link of a server with runs 1 (partners), 2 (renewed attack), 3 (quickstart) and 4 (re-planned)."""
    home = tmp_path_factory.mktemp("served")
    store = open_store(store_url, create=True)
    with plain_runs():
        for name in ("partners", "renewed-attack", "quickstart"):
            solve_workbook(INPUTS / f"{name}.xlsx", home / name)
        followed = ["replan", str(home / "quickstart"), str(INPUTS / "quickstart-february.xlsx")]
        assert cli.run([*followed, "-o", str(home / "february"), "-q"]) == 0
    for name in ("partners", "renewed-attack", "quickstart", "february"):
        store.record(home / name)
    command = [sys.executable, "-m", "planner", "desk", "--store", store_url, "-o", str(home / "desk"), "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        found = re.search(r"http://\S+", said)
        assert found is not None, said
        yield found.group()
    finally:
        server.send_signal(signal.SIGINT)
        assert "Traceback" not in server.communicate(timeout=LONG)[1]


@pytest.fixture(scope="module")
def page(link: str, browser: Any) -> Iterator[Any]:
    """A page of a browser that came in by the link; what its console complains of fails the last test."""
    context = browser.new_context(base_url=link.split("/enter")[0], viewport=SCREEN, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: page.complaints.append(str(problem)))
    page.goto(link)
    yield page
    context.close()


def test_a_run_opens_with_its_answer_and_a_figure_leads_to_its_rows(page: Any) -> None:
    page.goto("/")
    page.get_by_role("link", name="If the attack is renewed").click()
    page.get_by_text("92\u00a0% of what is wanted is delivered.").wait_for()
    page.get_by_role("heading", name="The worst places").wait_for()
    page.get_by_role("heading", name="What would help").wait_for()
    page.get_by_role("link", name="Demands not met in full").click()
    page.wait_for_url("**/runs/2/tables/shortfalls*")
    assert page.get_by_role("row").count() == 2  # the header, and the one demand of which 10 rounds are lacking


def test_the_filter_goes_from_page_to_page_in_the_address(page: Any) -> None:
    page.goto("/runs/2/deliveries")
    page.get_by_text("Filter", exact=True).click()
    page.locator("select[name=item]").select_option("missiles")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/deliveries?*item=missiles*")
    page.get_by_role("link", name="Network", exact=True).click()
    page.wait_for_url("**/network?*item=missiles*")
    with page.expect_download() as download:
        page.goto("/runs/2/deliveries?item=missiles")
        page.get_by_role("link", name="CSV").last.click()
    rows = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert rows[1:]
    assert all("missiles" in row for row in rows[1:])


def test_the_map_plays_months_and_a_click_on_a_point_opens_it(page: Any) -> None:
    page.goto("/runs/2/network")
    page.get_by_label("Month", exact=True).fill("3")
    page.locator(".play output", has_text="2027-03").wait_for()
    page.get_by_label("Month", exact=True).fill("0")
    page.locator(".play output", has_text="all months").wait_for()
    point = page.locator(".picture-of-map path:has(> title)", has_text="Crossing (transit").first
    point.dispatch_event("click")
    page.wait_for_url("**/points?point=Crossing")
    page.get_by_role("heading", name="What more capacity here would bring").wait_for()


def test_keys_open_a_point_of_the_map(page: Any) -> None:
    page.goto("/runs/2/network")
    page.locator(".live-map figure").focus()
    tip = page.locator("p.tip")
    page.keyboard.press("Home")
    for _ in range(50):
        if tip.inner_text().startswith("Crossing (transit"):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/points?point=Crossing")


def test_a_shortfall_says_why_with_cells(page: Any) -> None:
    page.goto("/runs/3")
    page.get_by_role("link", name="Receiving area (City)", exact=True).click()
    page.get_by_role("cell", name="Lines!E2").wait_for()


def test_what_would_help_is_worked_out_and_tested(page: Any) -> None:
    page.goto("/runs/3")
    page.get_by_label("Find the cheapest changes that meet this in full").select_option(index=0)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("heading", name="What would help (run 3)").wait_for()
    page.get_by_text("Each was planned again from the changed input").wait_for()
    page.get_by_role("link", name="Back to run 3").click()
    page.wait_for_url("**/runs/3#help")
    page.get_by_text("What parts of the way cost").wait_for()


def test_a_budget_is_slid_by_keyboard_and_planned_exactly(page: Any) -> None:
    page.goto("/runs/1/what-if?fund=Joint&factor=0.30")
    page.get_by_role("cell", name="EUR\u00a0256\u202f000").wait_for()
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("cell", name="EUR\u00a0260\u202f800").wait_for()  # 400 000 − 480 000 · 0.29
    page.wait_for_url("**factor=0.29*")
    page.get_by_role("button", name="Make the exact plan").click()
    page.get_by_role("link", name="The plan with × 0.29").wait_for()
    page.get_by_role("link", name="The plan with × 0.29").click()
    page.get_by_role("heading", name="– Joint fund of the partners × 0.29").wait_for()


def test_runs_are_chosen_and_put_side_by_side(page: Any) -> None:
    page.goto("/")
    page.get_by_label("Compare run 1", exact=True).check()
    page.get_by_label("Compare run 5", exact=True).check()
    page.get_by_role("button", name="Compare up to four").click()
    page.get_by_role("cell", name="less, better").first.wait_for()
    page.get_by_role("heading", name="What funds pay").wait_for()


def test_a_workbook_with_a_fault_comes_back_marked_and_a_right_one_is_planned(page: Any, tmp_path: Path) -> None:
    book = load_workbook(INPUTS / "quickstart.xlsx")
    book["Demand"]["E2"] = "soon"
    book.save(tmp_path / "wrong.xlsx")
    page.goto("/input")
    page.get_by_label("Workbook").set_input_files(tmp_path / "wrong.xlsx")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("rowheader", name="Demand!E2").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="The workbook with its cells marked").click()
    assert load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))["Demand"]["E2"].comment is not None
    page.goto("/input")
    page.get_by_label("Workbook").set_input_files(INPUTS / "quickstart.xlsx")
    page.get_by_label("Plan it if it has no faults").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Open run 6").click()
    page.get_by_role("heading", name="The worst places").wait_for()


DROPPED = """([name, content]) => {
  const given = new DataTransfer();
  given.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name));
  return given;
}"""


def test_a_workbook_is_dropped_anywhere_on_the_page(page: Any) -> None:
    page.goto("/input")
    content = base64.b64encode((INPUTS / "quickstart.xlsx").read_bytes()).decode("ascii")
    given = page.evaluate_handle(DROPPED, ["dropped.xlsx", content])
    page.dispatch_event("h1", "drop", {"dataTransfer": given})
    page.get_by_label("Plan it if it has no faults").uncheck()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="dropped.xlsx").wait_for()
    page.get_by_text("Nothing is wrong with this workbook").wait_for()
    page.get_by_role("button", name="Plan it").wait_for()


KILLED = """
import json, os, signal, sys
from datetime import timedelta
from planner.store import jobs
from planner.store.store import open_store
jobs.HELD = timedelta(seconds=2)  # so that nobody waits for half a minute
store = open_store(sys.argv[1])
asked = {"run": 1, "run_sha256": store.run(1).run_sha256, "fund": "Joint", "contributor": "", "year": None}
mine = jobs.Jobs(store.database)
number = mine.add("somebody", "budget", {**asked, "factor": 0.5, "model": "full", "title": "Partners"}).id
mine.take(number)
print(json.dumps(number), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_that_is_killed_loses_no_job(page: Any, store_url: str) -> None:
    command = [sys.executable, "-c", KILLED, store_url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONG)
    assert ended.returncode == -signal.SIGKILL
    number = json.loads(ended.stdout)
    page.goto(f"/jobs/{number}")
    page.get_by_role("link", name="Open run").wait_for(timeout=120_000)
    assert Jobs(open_store(store_url).database).job(number).state == "done"


def test_a_run_is_approved_with_name_and_words(page: Any) -> None:
    page.goto("/runs/2/evidence")
    page.get_by_label("Name").fill("A. Minister")
    page.get_by_label("Statement").fill("Agreed in the board of 3 March")
    page.get_by_role("button", name="Approve run 2").click()
    page.get_by_text("“Agreed in the board of 3 March”").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Decision record, for people").click()
    assert "A. Minister" in Path(download.value.path()).read_text(encoding="utf-8")


def test_two_months_stand_side_by_side(page: Any) -> None:
    page.goto("/runs/4")
    page.get_by_role("link", name="What changed").click()
    page.get_by_role("link", name="run 3").wait_for()
    assert page.get_by_role("heading", level=2).count() > 1


def test_every_page_can_be_used_by_everybody(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = {}
    for address in PAGES:
        page.set_viewport_size(PHONE)
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{address} is {wide} pixels wide on a phone"
        said = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        found[address] = [(one["id"], one["nodes"][0]["html"][:200]) for one in said]
    page.set_viewport_size(SCREEN)
    assert {address: said for address, said in found.items() if said} == {}


def test_by_keyboard_alone_one_gets_from_the_list_to_a_run(page: Any) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/runs/2":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/2")


def test_nothing_went_wrong_in_the_browser(page: Any) -> None:
    assert page.complaints == []
