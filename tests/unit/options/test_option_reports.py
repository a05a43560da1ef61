"""The report of each option."""

from __future__ import annotations

from pathlib import Path

from small_world import options, sheets, write

from planner.options.pipeline import compare_workbook


def test_each_option_has_a_report_of_its_own_and_leads_to_it(tmp_path: Path) -> None:
    rows = options(("X", "Budgets", "contributor=PL", "amount", "add", 300))
    result = compare_workbook(write(sheets(Options=rows), tmp_path / "in.xlsx"), tmp_path / "out")
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    for name, called, told in (("base", "The workbook without changes", "45\u00a0%"), ("X", "X", "55\u00a0%")):
        assert f'<a href="runs/{name}/report.html">{called}</a>' in page
        report = (result.folder / "runs" / name / "report.html").read_text(encoding="utf-8")
        assert f"<h1>Crates: {name}</h1>" in report
        assert f"{told} of what is wanted is delivered" in report
