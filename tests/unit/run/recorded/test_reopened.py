"""A run folder opened again shows what it showed when it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.report.data.report_data import read_report_data
from planner.report.pages.report import SECTIONS, render, section
from planner.run.pipeline import solve_workbook
from planner.run.recorded.load import load_run
from planner.run.recorded.reopened import plan_of
from planner.workbook import read_instance
from tests.places import INPUTS


def _lines(page: str) -> list[str]:
    """The lines of a page but that of the phases' seconds, which the run did not know yet when it wrote its own."""
    return [line for line in page.splitlines() if not line.strip().startswith("<dt>Computed</dt>")]


@pytest.mark.parametrize("source", ["quickstart", "renewed-attack"])
def test_its_report_comes_out_again(source: str, tmp_path: Path) -> None:
    solve_workbook(INPUTS / f"{source}.xlsx", tmp_path / "run")
    saved = load_run(tmp_path / "run")
    data = read_report_data(plan_of(saved, read_instance(saved.record.input.path)), saved.record)
    page = render(data)
    assert _lines(page) == _lines((tmp_path / "run" / "report.html").read_text(encoding="utf-8"))
    for name in SECTIONS:  # the contents are of the whole page only
        lines = [line for line in section(data, name).splitlines() if "contents" not in line]
        assert set(lines) <= set(page.splitlines())


def test_an_unknown_section_is_refused(quickstart_run: Path) -> None:
    saved = load_run(quickstart_run)
    data = read_report_data(plan_of(saved, read_instance(saved.record.input.path)), saved.record)
    with pytest.raises(KeyError):
        section(data, "../report")
