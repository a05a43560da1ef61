"""Points in a plane: a frontier with its kinks, and options around their base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np

from planner.report.figures.drawing import Figure, chart_of
from planner.report.figures.labels import Labels
from planner.report.figures.theme import (
    BLUE,
    FONT_SIZE,
    GRID,
    INK,
    MUTED,
    PAPER,
    VERMILION,
    WHOLE,
    WIDE_DASH,
    text_width,
)
from planner.report.words.numbers import Scale, listing

WIDTH, HEIGHT = WHOLE - 90.0, 320.0
NEAR_ZERO = 0.25  # of the most: where all values are above 0 and the least is nearer, an axis begins at 0
MARGIN = 0.05  # of the span of the values, beyond the outermost on either side
MOST_NUMBERED = 30  # kinks
COVERS = 5.0  # pixels: points nearer than that cover each other
MOST_NAMED = 4  # of points that do


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, and the scale that writes its values."""

    title: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """`x` and `y` in the units of the axes."""

    name: str
    x: float
    y: float


def frontier_chart(
    title: str,
    across: Axis,
    up: Axis,
    kinks: Sequence[tuple[float, float]],
    proved: Sequence[bool],
    plan: tuple[float, float] | None = None,
) -> Figure:
    """The frontier of two aims: a numbered dot a kink, a line where it is proved, dashes where kinks may lie below it.

    `proved` has one entry for each stretch between two kinks.
    """
    plane = _Plane(across, up, [*kinks, plan] if plan else kinks)
    stretches = list(pairwise(kinks))
    lines = [np.linspace(plane.pixel(*one), plane.pixel(*other), 200) for one, other in stretches]
    labels = Labels(WIDTH, HEIGHT, lines=np.concatenate(lines) if lines else None)
    rows, words = [], []
    for index, (x, y) in enumerate(kinks, 1):
        name = f"{index}: {across.scale.text(x)}, {up.scale.text(y)}"
        rows.append({**plane.at(x, y), "tip": name})
        if len(kinks) <= MOST_NUMBERED:
            words += plane.words(labels, (x, y), 8, str(index))
    drawn = [
        {**plane.at(*one), **plane.until(*other), "proved": sure}
        for (one, other), sure in zip(stretches, proved, strict=False)
    ]
    dashes = alt.condition("datum.proved", alt.value([1, 0]), alt.value(WIDE_DASH))
    line = chart_of(drawn).mark_rule(color=BLUE, strokeWidth=2.2).encode(
        x=plane.x, y=plane.y, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"), strokeDash=dashes
    )  # fmt: skip
    dots = chart_of(rows).mark_circle(aria=True, color=BLUE, size=70, opacity=1)
    layers = [line, dots.encode(x=plane.x, y=plane.y, description=alt.Description("tip:N"))]
    if plan:
        words += plane.words(labels, plan, 11, "the plan", bold=True)
        ring = chart_of([{**plane.at(*plan), "tip": "the plan"}])
        ring = ring.mark_point(aria=True, color=VERMILION, size=180, strokeWidth=2.4)
        layers.append(ring.encode(x=plane.x, y=plane.y, description=alt.Description("tip:N")))
    description = "; ".join(str(row["tip"]) for row in rows[:MOST_NUMBERED])
    return _figure([*layers, *written(words)], title, across, up, f"Kinks: {description}.")


def around_base(title: str, across: Axis, up: Axis, points: Sequence[ChartPoint]) -> Figure:
    """Options as named points around their base at the origin; a ring is the base."""
    shown = [ChartPoint("base", 0.0, 0.0), *points]
    plane = _Plane(across, up, [(point.x, point.y) for point in shown])
    labels = _free_room(plane, shown)
    words: list[dict[str, Any]] = []
    for group in _together(plane, shown):
        name = listing([point.name for point in group], MOST_NAMED)
        words += plane.words(labels, (group[0].x, group[0].y), 9, name, bold=group[0].name == "base")
    rows = [
        {
            **plane.at(point.x, point.y),
            "tip": f"{point.name}: {_signed(point.x, across)} across, {_signed(point.y, up)} up",
        }
        for point in shown
    ]
    zero = {**plane.at(0.0, 0.0)}
    axes = [
        chart_of([zero]).mark_rule(color=MUTED).encode(x=plane.x),
        chart_of([zero]).mark_rule(color=MUTED).encode(y=plane.y),
    ]
    dots = chart_of(rows[1:]).mark_circle(aria=True, color=BLUE, size=100, opacity=1)
    ring = chart_of(rows[:1]).mark_point(aria=True, color=INK, fill=PAPER, size=100, strokeWidth=2, opacity=1)
    marks = [mark.encode(x=plane.x, y=plane.y, description=alt.Description("tip:N")) for mark in (dots, ring)]
    description = "; ".join(str(row["tip"]) for row in rows[1:])
    return _figure([*axes, *marks, *written(words)], title, across, up, f"{description}.")


class _Plane:
    """The two scales, and where a point stands in pixels."""

    def __init__(self, across: Axis, up: Axis, points: Sequence[tuple[float, float]]) -> None:
        self._factors = across.scale.factor, up.scale.factor
        self._x = _domain([x / across.scale.factor for x, _ in points])
        self._y = _domain([y / up.scale.factor for _, y in points])
        axis: dict[str, Any] = {"grid": True, "gridColor": GRID, "labelFlush": False}
        self.x = alt.X(
            "x:Q", title=None, scale=alt.Scale(domain=self._x, nice=False), axis=alt.Axis(**axis, tickCount=7)
        )
        self.y = alt.Y("y:Q", title=None, scale=alt.Scale(domain=self._y, nice=False), axis=alt.Axis(**axis))

    def at(self, x: float, y: float) -> dict[str, Any]:
        return {"x": x / self._factors[0], "y": y / self._factors[1]}

    def until(self, x: float, y: float) -> dict[str, Any]:
        return {"x2": x / self._factors[0], "y2": y / self._factors[1]}

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        point = self.at(x, y)
        right = (point["x"] - self._x[0]) / (self._x[1] - self._x[0])
        return WIDTH * right, HEIGHT * (self._y[1] - point["y"]) / (self._y[1] - self._y[0])

    def words(
        self, labels: Labels, point: tuple[float, float], radius: float, text: str, *, bold: bool = False
    ) -> list[dict[str, Any]]:
        """A text beside a point; none where there is no free room: its tooltip still names it."""
        box = labels.place(self.pixel(*point), radius, text_width(text) * (1.1 if bold else 1.0))
        return [{"left": box[0] + 2, "base": box[3] - 4, "text": text, "bold": bold}] if box else []


def _domain(values: Sequence[float]) -> list[float]:
    """From the least to the most, with a margin; from 0 where the least is near it."""
    low, high = min(values), max(values)
    low = 0.0 if 0.0 < low < NEAR_ZERO * high else low
    room = MARGIN * (high - low) or max(abs(high), 1.0) * MARGIN
    return [low - room, high + room]


def _free_room(plane: _Plane, points: Sequence[ChartPoint]) -> Labels:
    """The picture with its points taken, and the lines of 0, where no name shall stand if it can be helped."""
    boxes = [(x - 6, y - 6, x + 6, y + 6) for x, y in (plane.pixel(point.x, point.y) for point in points)]
    right, down = plane.pixel(0.0, 0.0)
    along = [(at, down) for at in np.arange(0.0, WIDTH, 2.0)] + [(right, at) for at in np.arange(0.0, HEIGHT, 2.0)]
    return Labels(WIDTH, HEIGHT, boxes, np.array(along))


def _together(plane: _Plane, points: Sequence[ChartPoint]) -> list[list[ChartPoint]]:
    """Points that cover each other, the first of each group where it stands."""
    groups: list[list[ChartPoint]] = []
    for point in points:
        x, y = plane.pixel(point.x, point.y)
        for group in groups:
            other = plane.pixel(group[0].x, group[0].y)
            if abs(other[0] - x) < COVERS and abs(other[1] - y) < COVERS:
                group.append(point)
                break
        else:
            groups.append([point])
    return groups


def written(words: Sequence[dict[str, Any]], size: float = FONT_SIZE) -> list[alt.Chart]:
    """Texts at pixels (`left`, `base`), with a white edge that keeps them legible on lines."""
    base = chart_of(words).encode(x=alt.X("left:Q", scale=None), y=alt.Y("base:Q", scale=None), text=alt.Text("text:N"))
    style: dict[str, Any] = {"align": "left", "baseline": "alphabetic", "fontSize": size}
    edge: dict[str, Any] = {"color": INK, "stroke": PAPER, "strokeWidth": 3, "strokeJoin": "round"}
    drawn = [base.transform_filter("!datum.bold").mark_text(**style, **edge)]
    if any(word["bold"] for word in words):
        drawn.append(base.transform_filter("datum.bold").mark_text(**style, **edge, fontWeight="bold"))
    return drawn


def _figure(layers: Sequence[alt.Chart], title: str, across: Axis, up: Axis, description: str) -> Figure:
    return alt.layer(
        *layers,
        width=WIDTH,
        height=HEIGHT,
        title=alt.TitleParams(title, subtitle=f"up: {up.title} | across: {across.title}"),
        description=description,
    )


def _signed(value: float, axis: Axis) -> str:
    return ("+" if value > 0 else "") + axis.scale.text(value)
