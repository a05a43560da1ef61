"""The plan-change memo in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from planner.cli.lines.text import number, signed, table
from planner.replan.memo.memo import Memo
from planner.replan.memo.words import headline, late_lines, levels
from planner.report.words.numbers import spelled_unit

MOST = 5


def memo_lines(memo: Memo) -> Iterator[str]:
    """The headline, each aim by the last plan and now, what is late, and who gets less or more."""
    yield headline(memo)
    yield ""
    rows = []
    for row in levels(memo):
        before, change = row["base"], row["change"]
        rows.append((row["title"], number(before), number(row["value"]),
                     "–" if change is None else signed(change), spelled_unit(row["unit"])))  # fmt: skip
    yield from table(("", "By the last plan", "Now", "Change", ""), rows, right=[1, 2, 3])
    late = list(late_lines(memo))
    yield from late[:MOST]
    if len(late) > MOST:
        yield f"and {len(late) - MOST} more (memo/late.csv)"
    for demand, due, _before, _now, change in memo.shortfalls.head(MOST).itertuples(index=False):
        yield f"{demand}, due {due}: {number(abs(change))} {'less' if change > 0 else 'more'}"
    if len(memo.shortfalls) > MOST:
        yield f"and {len(memo.shortfalls) - MOST} more (memo/shortfalls.csv)"
