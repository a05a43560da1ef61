"""compare.html in a real browser: sorted, told by its marks, leading to the report of each option,
also on a telephone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_world import options, sheets, write

from planner.options.pipeline import compare_workbook
from tests.browsers import browser

__all__ = ["browser"]  # a fixture
COUNT = 2  # options


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a comparison of budgets of PL that are larger by 10 and by 20"""
    folder = tmp_path_factory.mktemp("compared")
    rows = [(f"MORE_{10 * n}", "Budgets", "contributor=PL", "amount", "add", 10 * n) for n in range(1, COUNT + 1)]
    result = compare_workbook(write(sheets(Options=options(*rows)), folder / "in.xlsx"), folder / "out")
    return Path(result.folder / "compare.html").as_uri()


@pytest.fixture
def page(browser: Any, address: str) -> Any:
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda problem: page.complaints.append(str(problem)))
    page.goto(address)
    yield page
    assert page.complaints == []
    context.close()


def names(page: Any) -> list[str]:
    """The options as the first table shows them."""
    shown: list[str] = page.locator("div.table").first.locator("tbody tr:visible > :first-child a").all_inner_texts()
    return shown


def test_options_are_ranked_and_sorted(page: Any) -> None:
    best_first = [f"MORE_{10 * n}" for n in range(COUNT, 0, -1)]
    assert names(page) == [*best_first, "The workbook without changes"]
    page.locator("div.table").first.locator("thead").get_by_role("button").first.click()
    assert names(page) == [*reversed(best_first), "The workbook without changes"]


def test_an_option_leads_to_its_report_and_back(page: Any) -> None:
    page.locator("div.table").first.get_by_role("link", name="MORE_20").click()
    page.wait_for_url("**/runs/MORE_20/report.html")
    page.get_by_role("heading", name="Crates: MORE_20").wait_for()
    page.go_back()
    page.wait_for_url("**/compare.html")
    assert names(page)[0] == "MORE_20"


def test_a_mark_tells_its_figure_and_a_telephone_shows_all_columns(page: Any) -> None:
    mark = page.locator("figure.chart svg *:has(> title)").first
    words = mark.evaluate("(mark) => mark.querySelector(':scope > title').textContent")
    mark.hover()
    assert page.locator("p.tip").inner_text() == words
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("div.table").first.evaluate("(region) => region.scrollWidth > region.clientWidth")
    assert page.get_by_text("it scrolls sideways").first.is_visible()
