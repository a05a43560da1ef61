"""The chart of `planner stress`: what is covered of each need, over the draws."""

from __future__ import annotations

from collections.abc import Sequence

from planner.analysis.stress.results import COVERAGE, CaseUnderStress
from planner.report.figures import svg
from planner.report.figures.svg import BLUE, FONT_SIZE, GRID, INK, MUTED, VERMILION
from planner.report.words.numbers import share

WIDTH, ROW, TOP, BOTTOM = 1120.0, 26.0, 44.0, 40.0
MOST_ROWS = 40


def coverage_chart(cases: Sequence[CaseUnderStress], marking: str = "") -> str:
    """A bar from the 5 % to the 95 % quantile for each case; the first `MOST_ROWS` of them."""
    shown = cases[:MOST_ROWS]
    height = TOP + ROW * len(shown) + BOTTOM
    left = min(max(svg.text_width(own.title) for own in shown), 300.0) + 16
    title = "Share of the need that is covered, by attack"
    more = f"; the first {MOST_ROWS} of {len(cases)}" if len(cases) > MOST_ROWS else ""
    parts = [
        svg.text(4, 16, title + more, font_size=13.0, font_weight="bold", fill=INK),
        svg.text(
            4, 34, "bar: 5 % to 95 % of the draws; dot: mean; ring: as planned; line: promised", font_size=FONT_SIZE, fill=MUTED
        ),
    ]  # fmt: skip
    for mark in range(0, 101, 20):
        x = _at(mark / 100, left)
        parts.append(svg.element("line", x1=x, x2=x, y1=TOP, y2=height - BOTTOM + 6, stroke=GRID if mark else MUTED))
        label = svg.text(x, height - BOTTOM + 22, f"{mark} %", text_anchor="middle", font_size=FONT_SIZE, fill=MUTED)
        parts.append(label)
    for place, own in enumerate(shown):
        parts += _bar(own, TOP + ROW * (place + 0.5), left)
    return svg.picture(WIDTH, height, title, parts, marking)


def _at(value: float, left: float) -> float:
    return left + (WIDTH - 40 - left) * value


def _bar(own: CaseUnderStress, y: float, left: float) -> list[str]:
    found, promised = own.spreads[COVERAGE], own.case.contingency.coverage
    start, end = _at(found.q5, left), _at(found.q95, left)
    tip = svg.tooltip(f"{own.title}: {share(found.q5)} to {share(found.q95)}, mean {share(found.mean)}")
    parts = [
        svg.text(
            left - 8, y + 4, svg.shortened(own.title, left - 14), text_anchor="end", font_size=FONT_SIZE, fill=INK
        ),
        svg.element("rect", tip, x=start, y=y - 5, width=max(end - start, 1.0), height=10.0, fill=svg.SKY, stroke=BLUE),
        svg.element("circle", cx=_at(found.mean, left), cy=y, r=3.6, fill=BLUE),
        svg.element(
            "circle", cx=_at(own.planned[COVERAGE], left), cy=y, r=6.0, fill="none", stroke=VERMILION, stroke_width=2.0
        ),
    ]
    if promised:
        x = _at(promised, left)
        parts.append(svg.element("line", x1=x, x2=x, y1=y - 11, y2=y + 11, stroke=INK, stroke_width=2.2))
    return parts
