"""The report of each option."""

from __future__ import annotations

from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal
from small_world import options, sheets, write

from planner.cli.lines.explain import UNEXPLAINED, plan_lines
from planner.decision.approve import record_decision
from planner.decision.content import levels_of
from planner.decision.reproduce import reproduce
from planner.options.pipeline import compare_workbook
from planner.plan.again.warm_start import WarmStart
from planner.report.pages.shell import breakable
from planner.run.recorded.load import load_run
from planner.run.recorded.reopened import plan_of
from planner.workbook import read_instance


def test_each_option_has_a_report_of_its_own_and_leads_to_it(tmp_path: Path) -> None:
    rows = options(("X", "Budgets", "contributor=PL", "amount", "add", 300))
    result = compare_workbook(write(sheets(Options=rows), tmp_path / "in.xlsx"), tmp_path / "out")
    page = (result.folder / "compare.html").read_text(encoding="utf-8")
    for name, called, delivered in (("base", "The workbook without changes", "45\u00a0%"), ("X", "X", "55\u00a0%")):
        assert f'<a href="runs/{name}/report.html">{called}</a>' in page
        report = (result.folder / "runs" / name / "report.html").read_text(encoding="utf-8")
        assert f"<h1>Crates: {name}</h1>" in report
        assert f"{delivered} of what is wanted is delivered" in report


def test_options_of_a_large_program_leave_out_prices_unless_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their plans are the same, and their pages say what is missing and how to get it."""
    rows = options(("X", "Budgets", "contributor=PL", "amount", "add", 300))
    workbook = write(sheets(Options=rows), tmp_path / "in.xlsx")
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    left_out = compare_workbook(workbook, tmp_path / "unasked").folder
    asked = compare_workbook(workbook, tmp_path / "asked", prices=True).folder
    for name in ("base", "X"):
        one, other = (load_run(folder / "runs" / name) for folder in (left_out, asked))
        assert len(other.tables["prices"])
        assert len(other.tables["attribution"])
        assert [level.value for level in levels_of(one.record)] == [level.value for level in levels_of(other.record)]
        for table in other.tables.keys() - {"prices", "attribution"}:
            assert_frame_equal(one.tables[table], other.tables[table])
    option = load_run(left_out / "runs" / "X")
    assert option.tables["prices"].empty
    assert option.tables["attribution"].empty
    sentence = option.record.no_prices or ""
    assert "for this option: the program is large. planner compare --prices" in sentence
    assert f"<dd>{breakable(sentence)}</dd>" in (left_out / "runs" / "X" / "report.html").read_text(encoding="utf-8")
    assert plan_lines(option, [], []) == [f"{UNEXPLAINED} {sentence}"]
    for folder, says in ((left_out, True), (asked, False)):
        assert ("planner compare --prices" in (folder / "compare.html").read_text(encoding="utf-8")) == says


def test_the_plan_of_an_option_without_prices_is_recorded_and_proved_again(tmp_path: Path) -> None:
    """From its basis, and from its input: what was left out is left out again."""
    rows = options(("X", "Budgets", "contributor=PL", "amount", "add", 300))
    workbook = write(sheets(Options=rows), tmp_path / "in.xlsx")
    folder = compare_workbook(workbook, tmp_path / "out", prices=False).folder / "runs" / "X"
    run, instance = load_run(folder), read_instance(folder / "input")
    assert "switched off (--no-prices)" in (run.record.no_prices or "")
    recorded = plan_of(run, instance)
    assert WarmStart(instance, priced=False, recorded=recorded).base_plan is recorded
    path, decided = record_decision(folder, tmp_path / "decision.json")
    assert not decided.decision.priced
    again = reproduce(decided, path)
    assert again.reproduced, (again.differing, again.why_not, again.integrity)
