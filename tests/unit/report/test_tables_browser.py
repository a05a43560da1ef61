"""The tables and pictures of a page in a real browser: sorted, filtered, told, scrolled and printed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from planner.records.remedies import GoalRecord, RemedyRecord
from planner.report.data.report_data import read_report_data
from planner.report.pages.brief import write_brief
from tests.browsers import browser, missing
from tests.seeds import only_long
from tests.unit.report.report_worlds import Case
from tests.unit.report.test_report_browser import show

__all__ = ["browser", "show"]  # fixtures
FIRST_CELLS = """(name) => [...document.querySelectorAll(`div.table[aria-label="${name}"] tbody tr`)]
  .filter((row) => !row.hidden).map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"""
MOST_PAGES, MOST_BYTES = 12, 2_000_000


def rows(page: Any, name: str) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(FIRST_CELLS, name)
    return found


def test_a_click_sorts_figures_by_size_and_again_the_other_way(show: Any, coalition: Case) -> None:
    page = show(coalition).page
    before = rows(page, "Nation by nation")
    heading = page.locator('div.table[aria-label="Nation by nation"] thead th').nth(2)
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    falling = rows(page, "Nation by nation")
    heading.get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    rising = rows(page, "Nation by nation")
    produced = {row.nation: row.produced for row in read_report_data(*coalition).finances.nations}
    assert len(produced) > 5
    largest = sorted(produced.values())
    figures = [read_report_data(*coalition).money.figure(value) for value in largest]
    assert [row[2] for row in rising] == figures
    assert [row[2] for row in falling] == figures[::-1]
    assert sorted(before) == sorted(rising)


def test_a_folded_table_opens_by_its_heading(show: Any, coalition: Case) -> None:
    page = show(coalition).page
    folded = page.locator("details.part").first
    table = folded.locator("div.table")
    assert not table.is_visible()
    folded.locator("summary").press("Enter")
    assert table.is_visible()
    assert page.locator("details details.part").count() == 0


def test_a_mark_tells_at_once_what_it_stands_for_and_escape_puts_it_away(show: Any, small: Case) -> None:
    page = show(small).page
    mark, tip = page.locator("figure.chart svg *:has(> title)").first, page.locator("p.tip")
    words = mark.evaluate("(mark) => mark.querySelector(':scope > title').textContent")
    mark = mark.element_handle()
    assert words
    assert not tip.is_visible()
    mark.hover()
    assert tip.inner_text() == words
    assert mark.query_selector("title") is None, "the browser would show it a second time"
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    mark.dispatch_event("pointerdown", {"bubbles": True})  # as a finger does
    assert tip.inner_text() == words
    page.mouse.move(1, 1)
    assert not tip.is_visible()


def test_forced_colours_keep_what_tells_something(show: Any, small: Case) -> None:
    page = show(small).page
    bar, key = page.locator(".bar span.on-time").first, page.locator(".key.on-time").first
    page.emulate_media(forced_colors="active", color_scheme="dark")
    colours = [one.evaluate("(one) => getComputedStyle(one).backgroundColor") for one in (bar, key)]
    assert colours == ["rgb(0, 114, 178)"] * 2
    ground = page.locator("svg.picture").first.evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert ground == "rgb(255, 255, 255)", "its letters are dark"


def test_keys_go_from_mark_to_mark(show: Any, small: Case) -> None:
    page = show(small).page
    figure, tip, said = page.locator("figure.chart").first, page.locator("p.tip"), page.locator("p.unseen[role=status]")
    words = [title.text_content() for title in figure.locator("svg :not(svg) > title").all()]
    page.keyboard.press("Tab")  # whoever comes by keyboard is told what keys do
    figure.focus()
    assert tip.inner_text() == "Arrow keys go from mark to mark."
    steps = (("ArrowRight", 0), ("ArrowRight", 1), ("End", -1), ("ArrowRight", -1), ("ArrowLeft", -2), ("Home", 0))
    for key, place in steps:
        page.keyboard.press(key)
        assert (tip.inner_text(), said.text_content()) == (words[place], words[place]), key
        assert figure.locator(".here").count() == 1
    page.keyboard.press("Tab")
    assert not tip.is_visible()
    assert figure.locator(".here").count() == 0


def test_what_is_typed_filters_the_rows_and_says_how_many_are_left(show: Any, coalition: Case) -> None:
    page = show(coalition).page
    line = page.locator("p.rows-filter").filter(has_text="Filter these").first
    name = line.evaluate("(line) => line.nextElementSibling.getAttribute('aria-label')")
    every = rows(page, name)
    word = every[-1][0].split()[0].lower()
    line.get_by_role("searchbox").fill(word)
    left = rows(page, name)
    assert left == [row for row in every if word in " ".join(row).lower()]
    assert line.get_by_role("status").inner_text().split() == [str(len(left)), "of", str(len(every))]
    line.get_by_role("searchbox").fill("")
    assert rows(page, name) == every


def test_on_a_phone_a_wide_table_says_that_it_scrolls_and_does_with_the_keyboard(show: Any, small: Case) -> None:
    page = show(small, width=390).page
    region = page.locator("div.table").filter(has=page.locator("th:nth-child(6)")).first
    note = region.evaluate("(region) => region.parentElement.querySelector('.scrolls').innerText")
    assert "scrolls sideways" in note
    assert region.evaluate("(region) => region.scrollWidth > region.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(region) => region.scrollLeft > 0", arg=region.element_handle())


def test_every_table_has_a_caption_and_scopes(show: Any, attack: Case) -> None:
    page = show(attack).page
    tables = page.locator("table").count()
    assert tables > 5
    assert page.locator("table > caption").count() == tables
    assert page.locator("thead th:not([scope=col])").count() == 0
    assert page.locator("tbody tr > :first-child:not(th[scope=row])").count() == 0
    names = page.evaluate("[...document.querySelectorAll('div.table')].map((one) => one.getAttribute('aria-label'))")
    assert len(set(names)) == len(names) == tables


def pages_of(path: Path) -> list[str]:
    reader = shutil.which("pdftotext")
    if reader is None:
        missing("pdftotext")
    text = subprocess.run([reader, "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return text.rstrip("\f").split("\f")


@pytest.mark.parametrize("size", ["attack", *only_long(["coalition"])])
def test_the_report_prints_on_few_pages_and_no_heading_is_last(
    size: str, show: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    page = show(request.getfixturevalue(size)).page
    headings = page.evaluate(
        "[...document.querySelectorAll('h2, h3')].map((one) => one.innerText.split('\\n')[0].trim())"
    )
    path = tmp_path / "report.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    pages = pages_of(path)
    assert len(pages) <= MOST_PAGES
    assert path.stat().st_size < MOST_BYTES
    for text in pages:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        body = [line for line in lines[:-1] if "NOT FOR RELEASE" not in line and "invented" not in line]
        assert body[-1] not in headings


def much_that_helps() -> GoalRecord:
    """A commitment with as many words of what would help as on the coalition sample."""
    short = (
        "Long-term defence package: artillery ammunition is short of "
        + "227 554 rounds of 155 mm complete rounds, " * 5
    )
    sentence = (
        "capacity for a further 91.6 t of High explosive a month at BG Dipper works (fictional) (Lines!E77), " * 7
    )
    remedy = RemedyRecord(how="cheapest", cost=1.0, left=0.0, lacking={}, rises=(), sentence=sentence)
    return GoalRecord(
        kind="commitment", name="C2", short=1.0, lacking={}, sentence=short, remedies=(remedy,), frontier=(), broken=0
    )


@pytest.mark.parametrize("size", ["small", "attack", "coalition", *only_long(["big"])])
def test_the_brief_prints_on_two_pages(size: str, browser: Any, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = tmp_path / "brief.html"
    plan, run = request.getfixturevalue(size)
    write_brief(read_report_data(plan, run.but(remedies=(much_that_helps(),) * 3)), path)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
    context.close()
    assert len(pages_of(tmp_path / "brief.pdf")) <= 2
