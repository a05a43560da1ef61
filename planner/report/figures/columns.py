"""Stacked columns over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import altair as alt

from planner.report.figures.drawing import Figure, chart_of, distinct
from planner.report.figures.theme import FONT_SIZE, HALF, MUTED, SMALL, WHOLE, Shade, text_width
from planner.report.words.numbers import Scale

LINE = 15.0  # height of a line of text
MOST_NAMES = 320.0  # room for the names beside the columns, at most
LEAST_COLUMN = 46.0  # room for a column and the sum above it
WIDEST_COLUMN, LEAST_WIDTH = 100.0, 300.0  # of a column with its margins; of a chart of one or two periods
HEAD = 1.08  # of the largest column: room for the captions


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each column, none below 0."""

    name: str
    values: Sequence[float]
    shade: Shade


def by_period(
    title: str, note: str, periods: Sequence[str], series: Sequence[Series], scale: Scale, captions: Sequence[str]
) -> Figure:
    """A column for each of many periods, with a legend; `captions` stand above the columns."""
    series, width = _distinct(series), min(WHOLE - 70.0, max(WIDEST_COLUMN * len(periods), LEAST_WIDTH))
    every = max(1, int(-(-len(periods) * 22 // width)))  # a caption is up to 22 pixels wide
    rows = _rows(periods, series, scale)
    base = chart_of(rows)
    tops = [sum(one.values[at] for one in series) / scale.factor for at in range(len(periods))]
    stack = _stack(base, periods, series, width, most=(max(tops, default=0.0) or 1.0) * HEAD, legend=True)
    words = [
        {"period": period, "top": top, "caption": caption}
        for at, (period, top, caption) in enumerate(zip(periods, tops, captions, strict=True))
        if caption and at % every == 0
    ]
    return alt.layer(
        stack,
        _above(words, "caption"),
        width=width,
        height=180,
        title=alt.TitleParams(title, subtitle=note),
        description=_description(series, scale),
    )


def by_year(title: str, note: str, years: Sequence[str], series: Sequence[Series], scale: Scale) -> Figure:
    """A column for each of a few years; series are named beside the last one, sums stand above."""
    series = _distinct(series)
    room = min(MOST_NAMES, HALF - 60 - LEAST_COLUMN * len(years))
    names = min(max((text_width(one.name) for one in series), default=0.0) + 20, max(room, 120.0))
    width, height = HALF - 60 - names, 200
    tops = [sum(one.values[at] for one in series) / scale.factor for at in range(len(years))]
    most = (max(tops, default=0.0) or 1.0) * HEAD
    stack = _stack(chart_of(_rows(years, series, scale)), years, series, width, most=most)
    sums = [
        {"period": year, "top": top, "sum": scale.figure(top * scale.factor)}
        for year, top in zip(years, tops, strict=True)
    ]
    return alt.layer(
        stack,
        _above(sums, "sum"),
        *_names(series, scale, most, (width, height, names - 20)),
        width=width,
        height=height,
        title=alt.TitleParams(title, subtitle=note),
        description=_description(series, scale),
    )


def _distinct(series: Sequence[Series]) -> list[Series]:
    names = distinct([one.name for one in series])
    return [replace(one, name=name) for one, name in zip(series, names, strict=True)]


def _rows(periods: Sequence[str], series: Sequence[Series], scale: Scale) -> list[dict[str, object]]:
    return [
        {
            "period": period,
            "series": one.name,
            "order": index,
            "value": one.values[at] / scale.factor,
            "tip": f"{period}: {one.name} {scale.text(one.values[at])}",
        }
        for at, period in enumerate(periods)
        for index, one in enumerate(series)
        if one.values[at] > 0
    ]


def _stack(
    base: alt.Chart,
    periods: Sequence[str],
    series: Sequence[Series],
    width: float,
    *,
    most: float = 0.0,
    legend: bool = False,
) -> alt.Chart:
    names = [one.name for one in series]
    fills = alt.Scale(domain=names, range=[one.shade.fill for one in series])
    outlines = alt.Scale(domain=names, range=[one.shade.outline for one in series])
    top = alt.Scale(domain=[0, most], nice=False) if most else alt.Scale(nice=True)
    stacked: alt.Chart = base.mark_bar(
        aria=True, strokeWidth=0.8, size=min(0.76 * width / max(len(periods), 1), 56)
    ).encode(
        x=alt.X("period:N", sort=list(periods), title=None, axis=alt.Axis(ticks=False)),
        y=alt.Y("value:Q", title=None, scale=top, stack="zero"),
        fill=alt.Fill("series:N", scale=fills, sort=names, legend=alt.Legend(symbolType="square") if legend else None),
        stroke=alt.Stroke("series:N", scale=outlines, legend=None),
        order=alt.Order("order:Q"),
        description=alt.Description("tip:N"),
    )
    return stacked


def _names(series: Sequence[Series], scale: Scale, most: float, size: tuple[float, float, float]) -> list[alt.Chart]:
    """The name of each series at the height of its part of the last column, moved apart where they would meet; `size`:
    width and height of the columns, and the longest name.
    """
    width, height, longest = size
    middles, base = [], 0.0
    for one in series:
        part = one.values[-1] / scale.factor
        middles.append(base + part / 2)
        base += part
    spread = _apart(middles, LINE * most / height, most)
    rows = [
        {"name": one.name, "at": at, "beside": beside, "start": width - 4, "bend": width + 14, "text": width + 18}
        for one, at, beside in zip(series, middles, spread, strict=True)
    ]
    data = chart_of(rows)
    lines = data.mark_rule(color=MUTED, strokeWidth=0.7).encode(
        x=alt.X("start:Q", scale=None), x2=alt.X2("bend:Q"), y=alt.Y("at:Q"), y2=alt.Y2("beside:Q")
    )
    words = data.mark_text(align="left", limit=longest, fontSize=FONT_SIZE).encode(
        x=alt.X("text:Q", scale=None), y=alt.Y("beside:Q"), text=alt.Text("name:N")
    )
    return [lines, words]


def _apart(places: Sequence[float], gap: float, most: float) -> list[float]:
    """Ascending places, each at least `gap` above the one before, as near as may be to where they were,
    up to `most`.
    """
    runs: list[list[float]] = []  # runs of places that touch: (sum of where their first would stand, how many)
    for place in places:
        runs.append([place, 1])
        while len(runs) > 1 and runs[-1][0] / runs[-1][1] < runs[-2][0] / runs[-2][1] + runs[-2][1] * gap:
            total, count = runs.pop()
            runs[-1][0] += total - count * runs[-1][1] * gap
            runs[-1][1] += count
    spread = [total / count + at * gap for total, count in runs for at in range(int(count))]
    return [min(place, most - (len(spread) - 1 - at) * gap) for at, place in enumerate(spread)]


def _description(series: Sequence[Series], scale: Scale) -> str:
    sums = [f"{one.name} {scale.text(sum(one.values))}" for one in series if any(one.values)]
    return f"All together: {'; '.join(sums) or 'nothing'}."


def _above(rows: Sequence[Mapping[str, object]], field: str) -> alt.Chart:
    """The text in `field` above each column: of a `period`, as high as `top`."""
    texts: alt.Chart = chart_of(rows).mark_text(dy=-7, fontSize=SMALL)
    return texts.encode(x=alt.X("period:N", sort=None), y=alt.Y("top:Q"), text=alt.Text(f"{field}:N"))
