"""The report in a real browser, without network: nothing goes wrong, everything is drawn, nothing is cut off."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import browser
from tests.seeds import only_long
from tests.unit.report.report_worlds import Case

__all__ = ["browser"]  # a fixture
SIZES = ["small", "attack", *only_long(["coalition", "big"])]
CHARTS = {"small": 3, "attack": 9, "coalition": 27, "big": 27}  # at least
# Boxes of every text of every picture and of the picture itself, as drawn.
TEXTS = """() => [...document.querySelectorAll('svg.picture')].map((svg) => {
  const box = (e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  const texts = [...svg.querySelectorAll('text')].map((t) => ({text: t.textContent, box: box(t)}));
  const marks = [...svg.querySelectorAll('rect, path, line, circle, polygon')]
    .filter((e) => !e.closest('defs')).map(box).filter((b) => b[2] - b[0] > 0 || b[3] - b[1] > 0).length;
  const headings = svg.querySelectorAll('text[font-size="13px"][font-weight="bold"]').length || 1;
  return {title: svg.querySelector('title').textContent, box: box(svg), texts, marks, headings};
})"""
OVERFLOWING = """() => [...document.querySelectorAll('body, main, section, figure, table, td, th, dd, h1, h2, .tile, .tile div, p')]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
  .map((e) => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 60))"""


@dataclass
class Seen:
    """What the browser noticed while it showed a page."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def pictures(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate(TEXTS)
        return found

    def overflowing(self) -> list[str]:
        found: list[str] = self.page.evaluate(OVERFLOWING)
        return found


@pytest.fixture
def show(browser: Any, page_of: Callable[[Case], str], tmp_path: Path) -> Iterator[Any]:
    contexts = []

    def shown(case: Case, width: int = 1280) -> Seen:
        path = tmp_path / "report.html"
        path.write_text(page_of(case), encoding="utf-8")
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
        contexts.append(context)
        seen = Seen(context.new_page())
        seen.page.on("console", lambda message: seen.complaints.append(f"{message.type}: {message.text}"))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto(path.as_uri())
        return seen

    yield shown
    for context in contexts:
        context.close()


def clipped(picture: dict[str, Any]) -> list[str]:
    """Texts that reach out of their picture."""
    left, top, right, bottom = picture["box"]
    return [
        f"{picture['title']}: {text['text']}"
        for text in picture["texts"]
        if text["box"][0] < left - 1 or text["box"][1] < top - 1 or text["box"][2] > right + 1 or text["box"][3] > bottom + 1
    ]  # fmt: skip


def overlapping(picture: dict[str, Any]) -> list[str]:
    """Pairs of texts that cover each other by more than a pixel's breadth of line spacing."""
    texts = picture["texts"]
    pairs = []
    for place, one in enumerate(texts):
        for other in texts[place + 1 :]:
            a, b = one["box"], other["box"]
            if min(a[2], b[2]) - max(a[0], b[0]) > 2 and min(a[3], b[3]) - max(a[1], b[1]) > 4:
                pairs.append(f"{picture['title']}: {one['text']} / {other['text']}")
    return pairs


@pytest.mark.parametrize("size", SIZES)
def test_no_complaint_and_no_request(size: str, show: Any, request: pytest.FixtureRequest) -> None:
    seen = show(request.getfixturevalue(size))
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("file://", "data:"))] == []


@pytest.mark.parametrize("size", SIZES)
def test_every_chart_is_drawn(size: str, show: Any, request: pytest.FixtureRequest) -> None:
    pictures = show(request.getfixturevalue(size)).pictures()
    assert sum(picture["headings"] for picture in pictures) >= CHARTS[size], "of figures and of the panels in them"
    for picture in pictures:
        left, top, right, bottom = picture["box"]
        assert right - left > 250, picture["title"]
        assert bottom - top > 100, picture["title"]
        assert picture["marks"] >= 5, f"{picture['title']} is empty"
        assert len(picture["texts"]) >= 2, f"{picture['title']} has no labels"


@pytest.mark.parametrize("size", SIZES)
def test_no_label_is_clipped_or_covered_at_1280(size: str, show: Any, request: pytest.FixtureRequest) -> None:
    seen = show(request.getfixturevalue(size))
    pictures = seen.pictures()
    assert [text for picture in pictures for text in clipped(picture)] == []
    assert [pair for picture in pictures for pair in overlapping(picture)] == []
    assert seen.overflowing() == []


def test_the_check_itself_finds_a_clipped_label(show: Any, small: Case) -> None:
    seen = show(small)
    seen.page.evaluate("document.querySelector('svg.picture text').setAttribute('x', -300)")
    assert any(clipped(picture) for picture in seen.pictures())


@pytest.mark.parametrize("size", ["attack", *only_long(["coalition"])])
def test_a_narrow_screen_scrolls_inside_its_parts_only(size: str, show: Any, request: pytest.FixtureRequest) -> None:
    seen = show(request.getfixturevalue(size), width=390)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.long
@pytest.mark.parametrize("size", ["small", *only_long(["coalition"])])
def test_the_caveat_is_printed_on_every_page(
    size: str, show: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed")
    import subprocess

    case = request.getfixturevalue(size)
    seen = show(case)
    seen.page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    text = subprocess.run(
        [reader, str(tmp_path / "report.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = text.rstrip("\f").split("\f")
    assert len(pages) >= {"small": 2, "coalition": 5}[size]
    assert all(page.count(case[1].marking) >= 2 for page in pages)
