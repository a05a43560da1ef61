"""What `planner frontier`, `money`, `alternatives`, `withdraw` and `stress` say at the end:
figures as their pages write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.analysis.alternatives.alternatives import AlternativesResult
from planner.analysis.findings import FindingsTable
from planner.analysis.frontier.frontier import FrontierResult
from planner.analysis.money.money import MoneyResult
from planner.analysis.remedy.remedy import RemedyResult
from planner.analysis.stress.pipeline import StressResult
from planner.analysis.withdraw.page import CAN_DO_WITHOUT
from planner.analysis.withdraw.withdraw import WithdrawResult
from planner.cli.lines.text import table
from planner.paths import as_argument
from planner.report.words.numbers import Money

MOST_ROWS = 40  # of a table in the terminal
MOST_RANKED = 15


def frontier_lines(result: FrontierResult) -> list[str]:
    """The headline, how exact it is, and the kinks."""
    findings = result.findings
    kinks = findings.sections[0].tables[0]
    lines = [findings.headline, dict(findings.facts)["Exact"], *_table_lines(kinks, findings.money)]
    return [*lines, f"To read: {result.folder / 'frontier.html'}"]


def money_lines(result: MoneyResult) -> list[str]:
    """The headline, and what would make each commitment whole."""
    lines = [result.findings.headline, *result.findings.sections[1].points]
    return [*lines, f"To read: {result.folder / 'money.html'}"]


def remedy_lines(result: RemedyResult) -> list[str]:
    """The headline, and each remedy."""
    lines = [result.findings.headline, *result.findings.sections[0].points]
    lines.append(f"May be changed: {dict(result.findings.facts)['May be changed']}")
    lines.append(f"To read: {result.folder / 'remedy.html'}")
    if result.with_option is not None:
        lines.append(
            f"With the cheapest as an option, to compare: planner compare {as_argument(result.with_option)} -o DIR"
        )
    return lines


def alternatives_lines(result: AlternativesResult) -> list[str]:
    """The headline, and who can move most."""
    lines = [result.findings.headline, *result.findings.sections[0].points]
    lines.append(f"To read: {result.folder / 'alternatives.html'}")
    if len(result.plans) > 1:
        lines.append(f"To compare: planner diff {result.folder / 'alternatives/0'} {result.folder / 'alternatives/1'}")
    return lines


def withdraw_lines(result: WithdrawResult) -> list[str]:
    """The headline, the worst, and what is said of them."""
    findings = result.findings
    lines = [findings.headline]
    for section in findings.sections:
        if section.title == CAN_DO_WITHOUT:
            continue
        for ranking in section.tables:
            rows = [line for row in ranking.frame.head(MOST_RANKED).to_dict("records") for line in _ranked(row)]
            lines += table(["Rank", "What", "Name", "Damage"], rows, right=[0])
            if (left := len(ranking.frame) - MOST_RANKED) > 0:
                lines.append(f"  … and {left} more in withdraw.html")
        lines += section.points
    return [*lines, f"To read: {result.folder / 'withdraw.html'}"]


def _ranked(row: Mapping[Any, Any]) -> Iterator[tuple[str, str, str, str]]:
    """A row of the ranking; what it does to a later level, by which equals are told apart, in a line of its own."""
    first, *later = str(row["does"]).split("; ")
    yield str(row["rank"]), row["kind"], row["title"], first
    yield from (("", "", "", change) for change in later)


def stress_lines(result: StressResult) -> list[str]:
    """The headline, what is covered of each case, and where promises are broken most often."""
    findings = result.findings
    section = findings.sections[0]
    lines = [findings.headline, *_table_lines(section.tables[0], findings.money), *section.points]
    return [*lines, f"To read: {result.folder / 'stress.html'}"]


def _table_lines(found: FindingsTable, money: Money) -> list[str]:
    view = found.view("stress", money, MOST_ROWS, titled=False)
    units = [column.unit_in(money) for column in view.columns]
    headings = [
        f"{column.heading} ({unit})" if unit else column.heading
        for column, unit in zip(view.columns, units, strict=True)
    ]
    rows = [[cell.text for cell in row] for row in view.shown(money)]
    return table(headings, rows, right=[index for index, column in enumerate(view.columns) if column.is_number])
