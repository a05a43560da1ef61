"""Names that are script or formulas, in every column of an input, stay text: on pages, in pictures, in downloads."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from planner.desk.app import desk_app
from planner.desk.pages.contents import PAGES
from planner.run.pipeline import solve_workbook
from planner.store.store import open_store
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS, made_desk
from tests.unit.run.test_fair_check import TABLES

NAMES = ("Works", "Hub", "Far", "crate", "boat", "Press", "PL", "H2", "H3", "Crate of shells", "road")
SCRIPT = "<img src=x onerror=alert(1)></script>'"
NUMBER = re.compile(r"-?[0-9.]+(e-?[0-9]+)?")


def hostile(text: str) -> str:
    """Every name begins a formula and ends in script."""
    names = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
    return re.sub(rf"(?<![\w])({names})(?![\w])", rf"=1+\1{SCRIPT}", text)


@pytest.mark.usefixtures("without_reports")
def test_hostile_names_of_everything_stay_text(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in TABLES.items():
        (tmp_path / "in" / f"{name}.csv").write_text(hostile(text), encoding="utf-8")
    solve_workbook(tmp_path / "in", tmp_path / "run")
    open_store(tmp_path / "runs.sqlite", create=True).record(tmp_path / "run")
    desk = made_desk(tmp_path / "runs.sqlite", tmp_path / "desk")
    browser = Browser(desk_app(desk, HOSTS))
    browser.get(f"/enter?token={desk.sessions.link}")
    hub = quote(f"=1+Hub{SCRIPT}")
    tables = [entry["name"] for entry in browser.get("/api/runs/1/tables").json()["tables"]]
    addresses = ["/runs/1", *(f"/runs/1/{page.name}" for page in PAGES), *(f"/runs/1/tables/{name}" for name in tables)]
    addresses += [
        f"/runs/1/points?point={hub}",
        f"/runs/1/why?destination={hub}",
        f"/runs/1/map?destination={hub}",
        f"/runs/1?item={hub}",
    ]
    pages = ""
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        pages += answer.text
        assert "<img" not in answer.text, address
        assert answer.text.count("</script>") in (0, 2), address  # the two scripts of the desk
    assert "=1+Hub&lt;img src=x onerror=alert(1)&gt;" in pages.replace("<wbr>", "")
    for name in tables:
        rows = csv.reader(io.StringIO(browser.get(f"/runs/1/tables/{name}.csv").text))
        assert [
            cell for row in rows for cell in row if cell.startswith(tuple("=+-@")) and not NUMBER.fullmatch(cell)
        ] == []
        book = load_workbook(io.BytesIO(browser.get(f"/runs/1/tables/{name}.xlsx").content))
        assert [cell.value for row in book.worksheets[0] for cell in row if cell.data_type == "f"] == []
