"""memo.html: the plan-change memo on one page, for people."""

from __future__ import annotations

from pathlib import Path

from planner.replan.memo import tables
from planner.replan.memo.memo import Memo
from planner.replan.memo.words import churn_words, headline
from planner.report.pages.shell import environment
from planner.report.words.numbers import Money

OWN = Path(__file__).with_name("templates")


def write_memo_page(memo: Memo, path: Path) -> None:
    """Write the memo to `path`."""
    path.write_text(render(memo), encoding="utf-8", newline="\n")


def render(memo: Memo) -> str:
    """The page as text."""
    settings = memo.instance.settings
    return str(
        environment(OWN)
        .get_template("memo.html.j2")
        .render(
            memo=memo,
            title=settings.title or "Plan",
            marking=settings.marking,
            money=Money(settings.currency, 1.0),
            tables=tables,
            headline=headline(memo),
            churn_words=churn_words(memo),
            known=len(memo.conflicts) - len(memo.new_conflicts),
            lost_before=len(memo.lost) - len(memo.newly_lost),
        )
    )
