"""Runs side by side, why something is lacking, and what changed from month to month."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from planner import cli
from planner.desk.app import desk_app
from planner.desk.desk import Desk
from planner.options.changes.input_folder import write_input
from planner.options.changes.option import CellChange, Option
from planner.options.changes.overrides import apply_option
from planner.run.pipeline import solve_workbook
from planner.store.store import open_store
from planner.workbook.reading.raw import read_raw
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS, INPUTS, made_desk, plain_runs


@pytest.fixture(scope="module")
def own(quickstart_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk, not to be written into, with the quickstart (run 1), the same with a railway twice as wide (2),
    and re-planned in February (3).
    """
    tmp_path = tmp_path_factory.mktemp("asking")
    store = open_store(tmp_path / "runs.sqlite", create=True)
    shutil.copytree(quickstart_run, tmp_path / "january")
    wider = Option("wider", (CellChange("Routes", "route=Railway", "capacity_t", "scale", 2.0),))
    write_input(apply_option(wider, read_raw(INPUTS / "quickstart.xlsx")).raw, tmp_path / "wider")
    followed = [str(tmp_path / "january"), str(INPUTS / "quickstart-february.xlsx")]
    with plain_runs():
        solve_workbook(tmp_path / "wider", tmp_path / "rail")
        assert cli.run(["replan", *followed, "-o", str(tmp_path / "february"), "-q"]) == 0
    store.record(tmp_path / "january")
    store.record(tmp_path / "rail")
    store.record(tmp_path / "february")
    return made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")


@pytest.fixture(scope="module")
def mine(own: Desk) -> Browser:
    browser = Browser(desk_app(own, HOSTS))
    browser.get(f"/enter?token={own.sessions.link}")
    return browser


def test_only_differences_are_shown_in_words(mine: Browser) -> None:
    page = mine.get("/compare?run=1&run=2").text
    assert "Run 1" in page
    assert "less, better" in page  # a wider railway saves cost
    assert "Fill rate<" not in page  # it is the same
    assert "the same in all" in page


def test_runs_of_other_months_are_not_put_side_by_side(mine: Browser) -> None:
    page = mine.get("/compare?run=1&run=3").text
    assert "Run 3 cannot be compared with run 1" in page
    assert "<table" not in page


def test_runs_that_are_chosen_stay_chosen_in_the_address(mine: Browser) -> None:
    page = mine.get("/?run=1&run=2").text
    assert page.count(" checked>") == 2
    assert "Choose two to four runs" in mine.get("/compare?run=1").text
    assert "Choose two to four runs" in mine.get("/compare?run=x&run=%27").text


def test_a_shortfall_is_explained_with_its_cells(mine: Browser) -> None:
    plan = mine.get("/runs/1").text
    address = "/runs/1/why?commitment=&amp;destination=City&amp;item=winter_pallet"
    assert f'href="{address}"' in plan
    page = mine.get(address.replace("&amp;", "&")).text
    assert ", 30 short" in page.replace("\n", "")  # 30 of April's pallets, worked by hand in the notes
    assert "the capacity of Alpha line" in page
    assert "Lines!E2" in page
    assert "Railway" in page
    assert mine.get("/runs/1/why?demand=nothing").status_code == 404


def test_several_shortfalls_are_explained_together_first(tmp_path: Path) -> None:
    """Kits are 100 short, of one demand; so of two demands for as many together."""
    shutil.copytree(INPUTS / "partners", tmp_path / "two")
    rows = "demand,commitment,destination,item,period,quantity\nKits,Winter,City,kit,1,350\nMore kits,Winter,City,kit,1,350\n"
    (tmp_path / "two" / "Demand.csv").write_text(rows, encoding="utf-8")
    with plain_runs():
        solve_workbook(tmp_path / "two", tmp_path / "run")
    store = open_store(tmp_path / "runs.sqlite", create=True)
    store.record(tmp_path / "run")
    desk = made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")
    browser = Browser(desk_app(desk, HOSTS))
    browser.get(f"/enter?token={desk.sessions.link}")
    page = browser.get("/runs/1/why?item=kit").text
    assert "<h2>2 demands short</h2>" in page
    first = page.partition("<h2>2 demands short</h2>")[2].partition("<h2>")[0]
    assert ["East line" in first, "West line" in first, first.count("<tr")] == [True, True, 3]


def test_what_changed_since_the_last_month_is_the_memo(own: Desk, mine: Browser) -> None:
    assert 'href="/runs/3/memo"' in mine.get("/runs/3").text
    page = mine.get("/runs/3/memo").text
    assert 'href="/runs/1"' in page
    memo = (own.store.run(3).folder / "memo.html").read_text(encoding="utf-8")
    assert memo.partition("<main>")[2].partition("</main>")[0] in page
    assert mine.get("/runs/1/memo").status_code == 404


@pytest.mark.parametrize("address", ["/compare?run=1&run=3", "/runs/1/why?item=machine", "/runs/1/memo"])
def test_what_is_of_the_whole_plan_is_not_for_one_nation(address: str, signed_in: Callable[[str], Browser]) -> None:
    assert signed_in("east").get(address).status_code in (403, 404)
