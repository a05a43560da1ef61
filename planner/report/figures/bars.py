"""Horizontal bars: a figure for each name beside what it is measured by, and differences from a base."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from planner.report.figures.drawing import Figure, chart_of, distinct
from planner.report.figures.theme import BLUE, GRID, HALF, INK, MUTED, PER_CENT, SILVER, SMALL, VERMILION, text_width
from planner.report.words.numbers import Scale

ROW, BAR = 24, 13
LEAST_HEIGHT = 60  # of all rows together: one or two bars would be a strip
LONGEST_NAME = 230.0
LONGEST_SHARE = 0.52  # of the width, in a wide chart: names may be long where their ends tell them apart
MOST_ROWS = 24


@dataclass(frozen=True, slots=True)
class Pair:
    """`wanted` is what `reached` is measured by; None: nothing."""

    name: str
    reached: float
    wanted: float | None


def pairs(
    title: str,
    note: str,
    rows: Sequence[Pair],
    names: tuple[str, str],
    text: Callable[[float], str],
    *,
    width: float = HALF,
    percent: bool = False,
    factor: float = 1.0,
) -> Figure:
    """A bar for what is reached, a stroke across it for what it is measured by; `names` of both, `text` writes a value.

    `note` says what is measured, and in which unit: one of it is `factor` of the values.
    """
    labels = distinct([row.name for row in rows])
    values = [_pair(name, row, names, text, factor) for name, row in zip(labels, rows, strict=True)]
    y, taken = named_axis(labels, _room(width))
    ends = _longest(values) + 10
    axis = alt.Axis(tickCount=4, grid=True, labelExpr=PER_CENT if percent else alt.Undefined)
    amounts = alt.X("reached:Q", title=None, axis=axis)
    data = chart_of(values)
    bars = data.mark_bar(aria=True, size=BAR, color=BLUE).encode(y=y, x=amounts, description=alt.Description("tip:N"))
    strokes = (
        data.transform_filter("isValid(datum.wanted)")
        .mark_tick(aria=True, thickness=3, size=ROW - 4, color=INK)
        .encode(y=y, x=alt.X("wanted:Q"), description=alt.Description("tip:N"))
    )
    words = data.mark_text(align="left", dx=6, fontSize=SMALL).encode(y=y, x=alt.X("end:Q"), text=alt.Text("text:N"))
    return alt.layer(
        bars,
        strokes,
        words,
        width=width - taken - ends,
        height=alt.Step(max(ROW, LEAST_HEIGHT // max(len(rows), 1))),
        title=alt.TitleParams(title, subtitle=[note, f"bar: {names[0]} | stroke: {names[1]}"]),
        description="; ".join(str(row["tip"]) for row in values) + ".",
    )


def _pair(name: str, row: Pair, names: tuple[str, str], text: Callable[[float], str], factor: float) -> dict[str, Any]:
    """What the chart shows of a row: bar, stroke, the text at the end and the tooltip."""
    has_stroke = row.wanted is not None
    wanted = row.wanted or 0.0
    return {
        "name": name,
        "reached": row.reached / factor,
        "wanted": wanted / factor if has_stroke else None,
        "end": max(row.reached, wanted) / factor,
        "text": text(row.reached) + (f" | {text(wanted)}" if has_stroke else ""),
        "tip": f"{name}: {names[0]} {text(row.reached)}" + (f", {names[1]} {text(wanted)}" if has_stroke else ""),
    }


def differences(
    title: str,
    note: Sequence[str],
    values: Sequence[tuple[str, float]],
    scale: Scale,
    threshold: float = 0.0,
    width: float = HALF,
) -> Figure:
    """A bar for each name's difference from the base, the largest gain first.

    What lies within `threshold` (in the units of the values) on either side counts as no difference: a grey band, and a
    pale bar.
    """
    shown = sorted(values, key=lambda entry: (-entry[1], entry[0]))[:MOST_ROWS]
    labels = distinct([name for name, _ in shown])
    rows = [_difference(name, value, scale, threshold) for name, (_, value) in zip(labels, shown, strict=True)]
    y, taken = named_axis(labels, _room(width))
    plot = width - taken
    x = _amounts_axis([value for _, value in shown], scale, threshold, plot, _longest(rows) + 10)
    data = chart_of(rows)
    bars = data.mark_bar(aria=True, size=BAR).encode(
        y=y, x=x, fill=alt.Fill("fill:N", scale=None), description=alt.Description("tip:N")
    )
    zero = chart_of([{}]).mark_rule(color=MUTED).encode(x=alt.datum(0))
    gains = data.transform_filter("datum.above").mark_text(align="left", dx=5, fontSize=SMALL)
    losses = data.transform_filter("!datum.above").mark_text(align="right", dx=-5, fontSize=SMALL)
    texts = [side.encode(y=y, x=x, text=alt.Text("text:N")) for side in (gains, losses)]
    band = chart_of([{"from": -threshold / scale.factor, "to": threshold / scale.factor}]).mark_rect(color=GRID)
    return alt.layer(
        *([band.encode(x=alt.X("from:Q"), x2=alt.X2("to:Q"))] if threshold > 0 else []),
        zero,
        bars,
        *texts,
        width=plot,
        height=alt.Step(ROW),
        title=alt.TitleParams(title, subtitle=list(note)),
        description="; ".join(str(row["tip"]) for row in rows) + ".",
    )


def _amounts_axis(values: Sequence[float], scale: Scale, threshold: float, plot: float, ends: float) -> alt.X:
    """The axis of the differences in a `plot` of so many pixels, with room of `ends` for the texts beside the bars."""
    low, high = min(-threshold, *values) / scale.factor, max(threshold, *values) / scale.factor
    room = (high - low or 1.0) * ends / max(plot - 2 * ends, 60)
    domain = alt.Scale(domain=[low - (room if low < 0 else 0), high + room], nice=False)
    return alt.X("value:Q", title=None, scale=domain, axis=alt.Axis(tickCount=4, grid=True))


def _difference(name: str, value: float, scale: Scale, threshold: float) -> dict[str, Any]:
    sign = "+" if value > 0 else ""
    return {
        "name": name,
        "value": value / scale.factor,
        "text": f"{sign}{scale.figure(value)}",
        "above": value >= 0,
        "fill": SILVER if abs(value) <= threshold else BLUE if value > 0 else VERMILION,
        "tip": f"{name}: {sign}{scale.text(value)}",
    }


def named_axis(names: Sequence[str], longest: float = LONGEST_NAME) -> tuple[alt.Y, float]:
    """A row for each name, in their order; and the room that the names take at the left."""
    axis = alt.Axis(labelLimit=longest, labelColor=INK, domain=False, ticks=False, labelPadding=8)
    taken = min(max((text_width(name) for name in names), default=0.0), longest) + 18
    return alt.Y("name:N", sort=list(names), title=None, axis=axis), taken


def _room(width: float) -> float:
    """For names, in a chart of this width."""
    return max(LONGEST_NAME, LONGEST_SHARE * width)


def _longest(rows: Sequence[dict[str, Any]]) -> float:
    return max((text_width(str(row["text"]), SMALL) for row in rows), default=0.0)
