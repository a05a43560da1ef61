"""Ranges: a bar from least to most for each name, with marks of several shapes on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import altair as alt

from planner.report.figures.bars import ROW, named_axis
from planner.report.figures.drawing import Figure, chart_of, distinct
from planner.report.figures.theme import BLUE, HALF, INK, PAPER, PER_CENT, SKY, VERMILION

TICK = "M0,-1.4V1.4"  # a stroke across the bar


@dataclass(frozen=True, slots=True)
class Mark:
    """A kind of mark: its name, and its shape (a Vega shape or an SVG path)."""

    name: str
    shape: str
    fill: str = PAPER
    outline: str = INK
    size: int = 90

    def named(self, name: str) -> Mark:
        """The same mark for another kind of thing."""
        return replace(self, name=name)


DOT, RING = Mark("", "circle", BLUE, BLUE, 50), Mark("", "circle", "transparent", VERMILION, 140)
DIAMOND, STROKE = Mark("", "diamond", BLUE, BLUE), Mark("", TICK, "transparent", INK, 110)


@dataclass(frozen=True, slots=True)
class Range:
    """`marks` are (the name of its kind, where); `tip` says the figures in words."""

    name: str
    least: float
    most: float
    marks: Sequence[tuple[str, float]]
    tip: str


def ranges(
    title: str, note: str, rows: Sequence[Range], marks: Sequence[Mark], *, percent: bool = False, bar: bool = True
) -> Figure:
    """One row a range, in the order given; `note` names the unit, and what the bar stands for.

    With `percent` the axis runs from 0 to 100 % at least; without `bar` a thin line joins the marks.
    """
    labels = distinct([row.name for row in rows])
    y, taken = named_axis(labels)
    if percent:
        low, high = min(0.0, *(row.least for row in rows)), max(1.0, *(row.most for row in rows))
        axis, domain = alt.Axis(grid=True, tickCount=6, labelExpr=PER_CENT), alt.Scale(domain=[low, high])
    else:
        axis, domain = alt.Axis(grid=True, tickCount=6), alt.Scale(zero=True)
    x = alt.X("least:Q", title=None, scale=domain, axis=axis)
    named = list(zip(labels, rows, strict=True))
    spans = chart_of([{"name": name, "least": row.least, "most": row.most, "tip": row.tip} for name, row in named])
    width = (
        spans.mark_bar(aria=True, size=10, fill="#a9d8f3", stroke=SKY)
        if bar
        else spans.mark_rule(aria=True, color=INK, strokeWidth=1.2)
    )
    return alt.layer(
        width.encode(y=y, x=x, x2=alt.X2("most:Q"), description=alt.Description("tip:N")),
        _marks(named, marks, y),
        width=HALF - taken - 24,
        height=alt.Step(ROW),
        title=alt.TitleParams(title, subtitle=note),
        description="; ".join(row.tip for row in rows) + ".",
    )


def _marks(named: Sequence[tuple[str, Range]], marks: Sequence[Mark], y: alt.Y) -> alt.Chart:
    """The points of all ranges, each with the shape and colours of its mark."""
    points = [{"name": name, "mark": kind, "at": at, "tip": row.tip} for name, row in named for kind, at in row.marks]
    names = [mark.name for mark in marks]
    chart: alt.Chart = (
        chart_of(points)
        .mark_point(aria=True, strokeWidth=2, opacity=1)
        .encode(
            y=y,
            x=alt.X("at:Q"),
            shape=alt.Shape("mark:N", scale=alt.Scale(domain=names, range=[mark.shape for mark in marks])),
            fill=alt.Fill("mark:N", scale=alt.Scale(domain=names, range=[mark.fill for mark in marks])),
            stroke=alt.Stroke("mark:N", scale=alt.Scale(domain=names, range=[mark.outline for mark in marks])),
            size=alt.Size("mark:N", scale=alt.Scale(domain=names, range=[mark.size for mark in marks])),
            description=alt.Description("tip:N"),
        )
    )
    return chart
