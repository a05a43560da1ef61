"""The pages of runs: what they say, what the filter leaves, what a download holds."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from openpyxl import load_workbook

from planner.desk.opened.shelf import OpenRun
from planner.desk.opened.tables import Titles
from planner.desk.pages.contents import PAGES
from tests.unit.desk.browsing import Browser


def test_runs_are_listed_with_how_good_they_are(browser: Browser) -> None:
    page = browser.get("/").text
    assert page.index("/runs/3") < page.index("/runs/2") < page.index("/runs/1")
    assert "92\u00a0%" in page  # of run 2: 330 of 360, worked by hand in its notes
    assert "84\u00a0%" in page  # covered if attacked
    assert "Run 3: Fill rate 75" in page  # a point of the trend of the partners' plans


def test_a_run_opens_with_answer_worst_places_and_what_would_help(browser: Browser) -> None:
    page = browser.get("/runs/2").text
    assert "92\u00a0% of what is wanted is delivered." in page
    text = page.replace("<wbr>", "")
    assert ">Front</a> lacks 10\u202f000 rounds of 155 mm rounds (17\u00a0% of what is wanted)" in text
    assert "What would help" in page
    assert 'href="/runs/2/tables/shortfalls"' in page


def test_tables_say_what_amounts_are_and_in_which_unit(browser: Browser) -> None:
    payments = browser.get("/runs/1/tables/payments").text
    assert ">Paid<" in payments
    assert "held back" not in payments
    for name in ("shortfalls", "deliveries", "stocks", "uncovered"):
        rows = browser.get(f"/runs/2/tables/{name}").text
        assert re.search(r"<td>1000 rounds ?</td>", rows), name
    why = browser.get("/runs/2/why?destination=Front").text.replace("<wbr>", "")
    assert "nothing delivered, 10\u202f000 rounds short" in why


def test_limits_are_told_by_their_titles(browser: Browser) -> None:
    rows = browser.get("/runs/2/tables/attribution").text.replace("<wbr>", "")
    assert "Renewed attack (attack)" in rows
    assert "Production capacity" in rows
    assert "line_capacity" not in rows
    assert "line_capacity" not in browser.get("/runs/2/tables/prices").text
    assert re.search(r"<td>Poland \(PL\) ?</td>", browser.get("/runs/2/why?destination=Front").text)


def test_places_are_told_by_their_names(browser: Browser) -> None:
    rows = browser.get("/runs/1/tables/shipments").text.replace("<wbr>", "")
    assert re.search(r"<td>Works in Eastland \(East works\) ?</td>", rows)
    assert "Works in Eastland (East works)" in browser.get("/runs/1/points?point=East+works").text
    assert ">Works in Eastland (East works)</option>" in browser.get("/runs/1/network").text
    assert "Works in Eastland" not in browser.get("/runs/1/tables/shipments.csv").text  # codes, for programs


def test_the_object_of_a_limit_is_told_by_its_names() -> None:
    titles = Titles({"node": {"Hub": "Hub depot"}, "fund": {"Joint": "Joint fund"}, "nation": {"NO": "Norland"}})
    titles_of = [titles.with_code("object", code) for code in ("Hub", "Joint: NO", "Press", "Joint: EU")]
    assert titles_of == ["Hub depot (Hub)", "Joint fund: Norland (Joint: NO)", "Press", "Joint fund: EU (Joint: EU)"]


def test_a_ratio_has_two_decimals(browser: Browser) -> None:
    ledger = pd.read_csv(io.StringIO(browser.get("/runs/1/tables/burden_sharing.csv").text))
    shown = browser.get("/runs/1/tables/burden_sharing").text
    ratio = float(ledger["work_share"].dropna().iloc[0])
    assert f">{ratio:.2f}</td>" in shown
    assert f">{ratio!r}<" not in shown


def test_budgets_are_chosen_by_name(browser: Browser) -> None:
    page = browser.get("/runs/1/what-if?fund=Joint").text
    assert re.search(r'<option[^>]* value="EA">[^<(]+ \(EA\)</option>', page)


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_every_page_shows_its_run(page: str, browser: Browser) -> None:
    answer = browser.get(f"/runs/2/{page}")
    assert answer.status_code == 200
    assert 'aria-current="page"' in answer.text
    assert "<script>" not in answer.text


def test_behind_a_headline_figure_are_its_rows(browser: Browser) -> None:
    page = browser.get("/runs/2").text
    behind = re.findall(r'<div class="name"><a href="([^"]+)">', page)
    assert len(behind) >= 6
    for address in behind:
        assert browser.get(address).status_code == 200


def test_the_filter_is_in_the_address_and_on_every_link(browser: Browser) -> None:
    page = browser.get("/runs/2?item=missiles&from=2027-02").text
    assert "100\u00a0%" not in page.split("Delivered in time")[0].split("headline")[0]
    assert 'href="/runs/2/deliveries?item=missiles&amp;from=2027-02"' in page
    assert "Everything that is wanted is delivered" in page  # only rounds are lacking


def test_the_rows_that_a_filter_leaves_are_those_of_the_table(browser: Browser) -> None:
    whole = pd.read_csv(io.StringIO(browser.get("/runs/2/tables/deliveries.csv").text))
    left = pd.read_csv(io.StringIO(browser.get("/runs/2/tables/deliveries.csv?item=rounds&to=2027-03").text))
    expected = whole[(whole["item"] == "rounds") & (whole["due"] <= 3)].reset_index(drop=True)
    pd.testing.assert_frame_equal(left, expected)
    assert 0 < len(left) < len(whole)
    book = load_workbook(io.BytesIO(browser.get("/runs/2/tables/deliveries.xlsx?item=rounds&to=2027-03").content))
    assert book.active is not None
    assert book.active.max_row == len(expected) + 1


def test_what_is_not_in_the_run_is_said(browser: Browser) -> None:
    page = browser.get("/runs/2/deliveries?item=<script>alert(1)</script>").text
    assert "is no item of this run" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/runs/99",
        "/runs/2/nothing",
        "/runs/2/tables/nothing",
        "/runs/2/tables/..%2F..%2Frun.json.csv",
        "/runs/2/files/..%2F..%2Fruns.sqlite",
        "/runs/2/files/tables",
        "/static/..%2Fdesk.py",
        "/static/%2e%2e/desk.py",
    ],
)
def test_what_is_not_there_is_not_found(address: str, browser: Browser) -> None:
    assert browser.get(address).status_code == 404


def test_evidence_names_what_the_plan_was_made_from(browser: Browser) -> None:
    page = browser.get("/runs/2/evidence").text
    assert "renewed-attack.xlsx" in page
    assert "verified" in page
    assert browser.get("/runs/2/files/run.json").json()["status"] == "optimal"


def test_the_map_shows_what_moves_of_an_item_in_a_month(browser: Browser) -> None:
    page = browser.get("/runs/2/network").text
    assert "Crossing → Front, rail: 500 t" in page
    march = browser.get("/runs/2/map?item=missiles&from=2027-03&to=2027-03").text
    moves = pd.read_csv(
        io.StringIO(browser.get("/runs/2/tables/shipments.csv?item=missiles&from=2027-03&to=2027-03").text)
    )
    for (origin, destination), tonnes in moves.groupby(["origin", "destination"])["tonnes"].sum().items():
        assert f"{origin} → {destination}" in march, tonnes
    assert "Crossing → Front, rail: 500 t" not in march


def test_a_point_says_what_goes_through_it(browser: Browser) -> None:
    moves = pd.read_csv(io.StringIO(browser.get("/runs/2/tables/shipments.csv").text))
    comes = moves[moves["destination"] == "Crossing"]["tonnes"].sum()
    assert comes == pytest.approx(500)
    page = browser.get("/runs/2/points?point=Crossing").text
    assert "500.0" in page
    assert "What more capacity here would bring" in page
    for address in ("/runs/2/points?point=Nowhere", "/runs/2/points", "/runs/2/points?point=../.."):
        assert browser.get(address).status_code == 404


def test_no_text_of_a_csv_file_is_a_formula(monkeypatch: pytest.MonkeyPatch, browser: Browser) -> None:
    names = ["=1+1", "@SUM(A1)", "plain", None, "a;=1+1", "\uff1d1+1", "NO; PL - both"]
    table = pd.DataFrame({"node": names, "quantity": [-1, 2, 3, 4, 5, 6, 7]})
    monkeypatch.setattr(OpenRun, "tables", property(lambda _: {"stocks": table}))
    assert browser.get("/runs/2/tables/stocks.csv").text.splitlines()[1:] == [
        "'=1+1,-1",
        "'@SUM(A1),2",
        "plain,3",
        ",4",
        "a;'=1+1,5",  # where semicolons end cells
        "'\uff1d1+1,6",  # as full-width letters are read in some countries
        "NO; PL - both,7",
    ]
    assert browser.get("/api/runs/2/tables/stocks").json()["values"][0][0] == "=1+1"
