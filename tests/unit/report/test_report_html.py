from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from planner.records.remedies import GoalRecord, RemedyRecord
from planner.report.data.report_data import read_report_data
from planner.report.pages.report import render, write_report
from planner.report.pages.shell import TEMPLATES, breakable, css_string
from planner.report.pages.views import View, ViewCell, ViewColumn
from tests.unit.report.report_worlds import MARKING, Case

SECTIONS = ["service", "network", "stocks", "money", "binding", "nations", "sources", "method"]


def page_of(case: Case, folder: Path) -> str:
    path = folder / "report.html"
    write_report(read_report_data(*case), path)
    return path.read_text(encoding="utf-8")


def test_sections_come_in_the_order_of_interest(coalition: Case, tmp_path: Path) -> None:
    page = page_of(coalition, tmp_path)
    assert re.findall(r'<h2 id="(\w+)"', page) == ["helps", *SECTIONS]


def test_only_of_remedies_that_there_are_the_first_page_says_how_they_were_tried(small: Case, tmp_path: Path) -> None:
    plan, run = small
    remedy = RemedyRecord(how="cheapest", cost=1.0, left=0.0, lacking={}, rises=(), sentence="a further press")
    goal = GoalRecord(
        kind="commitment",
        name="Aid",
        short=1.0,
        lacking={},
        sentence="Aid is short.",
        remedies=(),
        frontier=(),
        broken=0,
    )
    for found, is_said in (((), False), ((remedy,), True)):
        page = page_of((plan, run.but(remedies=(goal.but(remedies=found),))), tmp_path)
        assert (
            "Each was planned again from the changed input. No other commitment is shorter or later" in page
        ) == is_said
        assert ("No allowed change helps" in page) != is_said
        assert "nobody else is worse off" not in page


def test_first_page_says_what_is_not_enforced(coalition: Case, tmp_path: Path) -> None:
    first = page_of(coalition, tmp_path).partition('<h2 id="service"')[0]
    assert "Verified; 3 rules not enforced" in first
    for rule in coalition[1].not_enforced:
        assert rule in first


def test_nothing_is_fetched_and_only_the_script_of_the_page_is_run(coalition: Case, tmp_path: Path) -> None:
    page = page_of(coalition, tmp_path)
    (script,) = re.findall(r"<script>\n(.*?)\n</script>", page, re.S)
    assert script.strip() == (TEMPLATES / "page.js").read_text(encoding="utf-8").strip()
    assert not re.search(r"<script[^>]|<iframe|<object|<img|@import|\bon\w+=", page)
    addresses = set(re.findall(r'(?:href|src)="([^"]*)"', page))
    assert {address for address in addresses if not address.startswith("#")} <= {"data:,"}
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", page))


def test_the_caveat_stands_on_every_section_and_picture(coalition: Case, tmp_path: Path) -> None:
    page = page_of(coalition, tmp_path)
    pictures = re.findall(r'<svg class="picture".*?</svg>', page, re.S)
    assert len(pictures) >= 10
    assert all(f"{MARKING}</text>" in picture for picture in pictures)
    assert page.count(f'<span class="caveat-tag">{MARKING}</span>') == len(SECTIONS)


def test_no_identifier_comes_twice(coalition: Case, tmp_path: Path) -> None:
    found = re.findall(r'\sid="([^"]+)"', page_of(coalition, tmp_path))
    assert len(found) > 20
    assert len(set(found)) == len(found)


def test_names_from_the_input_are_escaped(coalition: Case, tmp_path: Path) -> None:
    plan, run = coalition
    evil = '</style><script>alert("x")</script>'
    settings = replace(plan.instance.settings, title=evil, marking=evil)
    instance = replace(plan.instance, settings=settings, notes=(evil,))
    tables = {name: table.copy() for name, table in plan.tables.items()}
    tables["payments"]["contributor"] = evil
    tables["targets"]["target"] = evil
    tables["prices"]["object"] = evil
    changed = run.but(title=evil, marking=evil, not_enforced=(evil,), warnings=(evil,), verification=f"failed: {evil}")
    page = page_of((replace(plan, instance=instance, tables=tables), changed), tmp_path)
    assert page.count("<script") == 1
    assert "<script>alert" not in page
    assert page.count("</style>") == 1
    assert page.count("&lt;/style&gt;") > 10


def test_css_string_ends_nothing() -> None:
    assert css_string('a"}<') == '"a\\22 \\7d \\3c "'


def test_names_break_at_their_joints_and_months_do_not() -> None:
    assert breakable("PL_works>UA in 2026-03") == 'PL_<wbr>works&gt;<wbr>UA in <span class="nowrap">2026-03</span>'
    assert str(breakable("x" * 60)).count("<wbr>") == 2
    assert breakable("EUR 2.62 million") == "EUR 2.62 million"
    assert breakable("2026-01 to 2026-12 <b>") == (
        '<span class="nowrap"><span class="month">2026-01</span> to <span class="month">2026-12</span></span> &lt;b&gt;'
    )


def test_cells_and_commands_look_unlike_other_words() -> None:
    marked = breakable("the money of SAFE (26 %; EU; Budgets!D2, Budgets!D3 and 9 more)")
    assert (
        str(marked).replace("<wbr>", "").endswith('EU; <span class="cells">Budgets!D2, Budgets!D3 and 9 more</span>)')
    )
    shown = breakable(
        "planner solve a/b.xlsx --model least-served-first -o DIR, or --fair-check. planner remedy says more."
    )
    found = re.findall('<span class="command">(.*?)</span>', str(shown).replace("<wbr>", ""))
    assert found == ["planner solve a/b.xlsx --model least-served-first -o DIR", "planner remedy"]


def test_columns_without_words_are_left_out() -> None:
    columns = (ViewColumn("Name"), ViewColumn("State", "flag"), ViewColumn("Much", "share"), ViewColumn("Cells"))
    view = View("one", "One", "", columns, [("a", "", None, ViewCell("", "b")), ("", None, None, None)])
    assert [column.heading for column in view.filled.columns] == ["Name", "Much", "Cells"]
    assert view.filled.rows[0] == ("a", None, ViewCell("", "b"))
    assert replace(view, is_part=True).filled.columns == columns


def test_a_small_plan_without_money_or_marking_has_no_empty_sections(small: Case, tmp_path: Path) -> None:
    page = page_of(small, tmp_path)
    assert re.findall(r'<h2 id="(\w+)"', page) == ["service", "network", "money", "method"]
    assert "Everything that is wanted is delivered, and in time." in page
    assert "caveat-tag" not in page.partition("</style>")[2]


def test_a_plan_without_any_demand_or_route(small: Case, tmp_path: Path) -> None:
    plan, run = small
    instance = replace(plan.instance, demands=(), legs={})
    tables = {name: table.iloc[:0] for name, table in plan.tables.items()}
    page = page_of((replace(plan, instance=instance, tables=tables), run), tmp_path)
    assert "Nothing is wanted." in page


def test_a_plan_that_was_not_proven_best_says_so(coalition: Case, tmp_path: Path) -> None:
    plan, run = coalition
    page = page_of((plan, run.but(status="feasible", gap=0.023)), tmp_path)
    assert "not proven to be the best" in page
    assert "up to 2\u00a0%" in page


def test_aims_that_were_never_tried_are_named_and_no_gap_is_claimed(coalition: Case, tmp_path: Path) -> None:
    plan, run = coalition
    assert isinstance(run.objective, tuple)
    levels = [level.but(status="not optimised", bound=None, gap=None) for level in run.objective[-2:]]
    stopped = run.but(status="feasible", gap=0.0, objective=(*run.objective[:-2], *levels))
    page = page_of((plan, stopped), tmp_path)
    assert "the solver stopped before it came to these aims: stock targets missed, discounted cost" in page
    assert "may fall short" not in page


def test_months_are_written_as_people_write_them(coalition: Case, tmp_path: Path) -> None:
    page = page_of(coalition, tmp_path)
    assert "2026-01 to 2028-12" in page


@pytest.mark.parametrize("size", ["coalition", "big"])
def test_the_report_is_light_and_quick(size: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    case = request.getfixturevalue(size)
    started = time.process_time()
    page = page_of(case, tmp_path)
    assert time.process_time() - started < 3.0
    assert len(page) < 1_500_000


def test_the_contents_lead_to_every_section(coalition: Case) -> None:
    page = render(read_report_data(*coalition))
    linked = re.findall(r'<a href="#([a-z]+)">', page)
    assert linked == re.findall(r'<h2 id="([a-z]+)">', page)
    assert {"service", "money", "nations", "method"} <= set(linked)
