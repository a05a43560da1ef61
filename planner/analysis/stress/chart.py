"""The chart of `planner stress`: what is covered of each need, over the draws."""

from __future__ import annotations

from collections.abc import Sequence

from planner.analysis.stress.results import COVERAGE, CaseUnderStress
from planner.report.figures.drawing import Figure
from planner.report.figures.ranges import DOT, RING, STROKE, Range, ranges
from planner.report.words.numbers import share

MOST_ROWS = 40
MEAN, PLANNED, PROMISED = "mean of the draws", "as planned", "promised"
MARKS = (DOT.named(MEAN), RING.named(PLANNED), STROKE.named(PROMISED))


def coverage_chart(cases: Sequence[CaseUnderStress]) -> Figure:
    """A bar from the 5 % to the 95 % quantile for each case; the first `MOST_ROWS` of them."""
    more = f"; the first {MOST_ROWS} of {len(cases)}" if len(cases) > MOST_ROWS else ""
    note = f"bar: 5\u00a0% to 95\u00a0% of the draws{more}"
    rows = [_row(stressed_case) for stressed_case in cases[:MOST_ROWS]]
    return ranges("Share of the need that is covered, by attack", note, rows, MARKS, percent=True)


def _row(stressed_case: CaseUnderStress) -> Range:
    spread, promised = stressed_case.spreads[COVERAGE], stressed_case.case.contingency.coverage
    marks = [
        (MEAN, spread.mean),
        (PLANNED, stressed_case.planned[COVERAGE]),
        *([(PROMISED, promised)] if promised else []),
    ]
    tip = f"{stressed_case.title}: {share(spread.q5)} to {share(spread.q95)}, " + ", ".join(
        f"{name} {share(at)}" for name, at in marks
    )
    return Range(stressed_case.title, spread.q5, spread.q95, marks, tip)
