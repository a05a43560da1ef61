"""The pictures of a comparison: stacked bars, an option a row; what is bought against what it costs; sweeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from planner.report.figures import svg
from planner.report.figures.charts import Frame, Series, legend, mark_labels
from planner.report.figures.labels import Labels
from planner.report.figures.svg import BLUE, FONT_SIZE, GRID, INK, MUTED, VERMILION
from planner.report.words.numbers import Scale, compact, listing, number
from planner.tolerances import NOISE

ROW, BAR = 27.0, 17.0
LONGEST_NAME = 190.0
SMALL = 11.0
COVERS = 5.0  # points nearer than that cover each other
MOST_NAMED = 4  # of points that do


@dataclass(frozen=True, slots=True)
class Point:
    """An option as a point: `x` and `y` in the units of the axes."""

    name: str
    x: float
    y: float


Placed = tuple[Point, float, float]  # a point and where it stands, in pixels


def bars(
    title: str,
    names: Sequence[str],
    series: Sequence[Series],
    scale: Scale,
    *,
    axis: str,
    marking: str = "",
    width: float = 550.0,
) -> str:
    """Stacked horizontal bars, one for each name, with their totals at the end; `axis` names the unit."""
    entries, legend_height = legend([(s.name, s.ink) for s in series], width)
    totals = [sum(max(s.values[place], 0.0) for s in series) for place in range(len(names))]
    captions = [scale.figure(total) for total in totals]
    marks = svg.ticks(max(totals, default=0.0), 4)
    left = min(max((svg.text_width(name) for name in names), default=0.0) + 10, LONGEST_NAME)
    right = width - max((svg.text_width(caption, SMALL) for caption in captions), default=0.0) - 10
    top = legend_height + 30
    bottom = top + ROW * len(names)
    height = bottom + 44
    parts = [*entries, svg.text(4, legend_height + 16, axis, font_size=FONT_SIZE, fill=MUTED)]

    def x(value: float) -> float:
        return left + (right - left) * value / marks[-1]

    labels = mark_labels(marks, scale.factor)
    every = svg.label_every(labels, (right - left) / max(len(marks) - 1, 1), SMALL)
    for place, (mark, label) in enumerate(zip(marks, labels, strict=True)):
        parts.append(svg.element("line", x1=x(mark), x2=x(mark), y1=top, y2=bottom, stroke=GRID if mark else MUTED))
        if place % every == 0:
            parts.append(svg.text(x(mark), bottom + 15, label, text_anchor="middle", font_size=SMALL, fill=MUTED))
    for place, name in enumerate(names):
        y, start = top + ROW * place + (ROW - BAR) / 2, 0.0
        shown = svg.shortened(name, left - 10)
        parts.append(
            svg.text(
                left - 7, y + 13, shown, text_anchor="end", font_size=FONT_SIZE, fill=INK, font_weight=_weight(place)
            )
        )
        for one in series:
            value = one.values[place]
            if value > 0:
                tip = svg.tooltip(f"{name}: {one.name} {scale.text(value)}")
                parts.append(_bar(x(start), x(start + value), y, one, tip))
                start += value
        parts.append(svg.text(x(start) + 5, y + 12.5, captions[place], font_size=SMALL, fill=INK))
    return svg.picture(width, height, title, parts, marking)


def _weight(place: int) -> str:
    """The base stands first, in bold."""
    return "bold" if place == 0 else "normal"


def _bar(start: float, end: float, y: float, one: Series, tip: str) -> str:
    wide = max(end - start, 0.6)
    return svg.element(
        "rect", tip, x=start, y=y, width=wide, height=BAR, fill=one.ink.fill, stroke=one.ink.colour, stroke_width=0.7
    )


def span_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values that cover low … high, about `count` steps."""
    if not high > low:
        high = low + 1.0
    rough = (high - low) / count
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - NOISE))
    return [round(i * step, 12) for i in range(floor(low / step + NOISE), ceil(high / step - NOISE) + 1)]


def scatter(
    title: str,
    points: Sequence[Point],
    *,
    across: tuple[str, Scale],
    up: tuple[str, Scale],
    marking: str = "",
    width: float = 1120.0,
    height: float = 380.0,
) -> str:
    """Options as named points around the base at the origin; `across` and `up` are the axes' titles and scales."""
    x_marks, y_marks = _padded_ticks([p.x for p in points], 7), _padded_ticks([p.y for p in points], 5)
    y_labels = _signed_labels(y_marks, up[1].factor)
    left = max(svg.text_width(label) for label in y_labels) + 14
    x_labels = _signed_labels(x_marks, across[1].factor)
    frame = Frame(left, 30, width - 8 - svg.text_width(x_labels[-1]) / 2, height - 52, 1.0)

    def x(value: float) -> float:
        return frame.left + (frame.right - frame.left) * (value - x_marks[0]) / (x_marks[-1] - x_marks[0])

    def y(value: float) -> float:
        return frame.bottom - (frame.bottom - frame.top) * (value - y_marks[0]) / (y_marks[-1] - y_marks[0])

    parts = [svg.text(4, 16, up[0], font_size=FONT_SIZE, fill=MUTED)]
    for mark, label in zip(y_marks, y_labels, strict=True):
        parts.append(_line(frame.left, frame.right, y(mark), y(mark), mark == 0))
        parts.append(svg.text(frame.left - 6, y(mark) + 4, label, text_anchor="end", font_size=FONT_SIZE, fill=MUTED))
    for mark, label in zip(x_marks, x_labels, strict=True):
        parts.append(_line(x(mark), x(mark), frame.top, frame.bottom, mark == 0))
        parts.append(svg.text(x(mark), frame.bottom + 16, label, text_anchor="middle", font_size=FONT_SIZE, fill=MUTED))
    parts.append(svg.text(frame.right, height - 16, across[0], text_anchor="end", font_size=FONT_SIZE, fill=MUTED))
    dots = [Point("base", 0.0, 0.0), *points]
    boxes = [(x(p.x) - 6, y(p.y) - 6, x(p.x) + 6, y(p.y) + 6) for p in dots]
    across_zero = [(at, y(0.0)) for at in np.arange(frame.left, frame.right, 2.0)]
    up_zero = [(x(0.0), at) for at in np.arange(frame.top, frame.bottom, 2.0)]
    labels = Labels(width, height - 30, boxes, np.array([*across_zero, *up_zero]))
    groups = _together([(point, x(point.x), y(point.y)) for point in dots])
    drawn = [[_dot(*placed, across[1], up[1]) for placed in group] + _name(group, labels) for group in groups]
    parts += [part for group in reversed(drawn) for part in reversed(group)]  # the base above what it covers
    return svg.picture(width, height, title, parts, marking)


def _padded_ticks(values: Sequence[float], count: int) -> list[float]:
    """Ticks around 0 and the values, with some room beyond the outermost."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.06 * (high - low)
    return span_ticks(low - room, high + room, count)


def _line(x1: float, x2: float, y1: float, y2: float, axis: bool) -> str:
    return svg.element("line", x1=x1, x2=x2, y1=y1, y2=y2, stroke=MUTED if axis else GRID)


def _together(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Points that cover each other, the first of each group where it stands."""
    groups: list[list[Placed]] = []
    for point, x, y in placed:
        near = (group for group in groups if abs(group[0][1] - x) < COVERS and abs(group[0][2] - y) < COVERS)
        group = next(near, None)
        if group is None:
            groups.append([(point, x, y)])
        else:
            group.append((point, x, y))
    return groups


def _dot(point: Point, x: float, y: float, across: Scale, up: Scale) -> str:
    base = point.name == "base"
    tip = svg.tooltip(f"{point.name}: {_signed(point.x, across)} across, {_signed(point.y, up)} up")
    fill, stroke = ("#fff", INK) if base else (BLUE, BLUE)
    return svg.element("circle", tip, cx=x, cy=y, r=5.5, fill=fill, stroke=stroke, stroke_width=2.0)


def _name(group: Sequence[Placed], labels: Labels) -> list[str]:
    """The names of points that cover each other, once; none where it is too crowded: tooltips still name them."""
    first, x, y = group[0]
    name = svg.shortened(listing([point.name for point, _, _ in group], MOST_NAMED), 320)
    box = labels.place((x, y), 9, svg.text_width(name))
    if box is None:
        return []
    weight = "bold" if first.name == "base" else "normal"
    return [svg.text(box[0] + 2, box[3] - 4, name, font_size=FONT_SIZE, fill=INK, font_weight=weight, class_="halo")]


def _signed(value: float, scale: Scale) -> str:
    return ("+" if value > 0 else "") + scale.text(value)


def _signed_labels(marks: Sequence[float], factor: float) -> list[str]:
    step = (marks[1] - marks[0]) / factor
    digits = next((d for d in range(10) if abs(round(step, d) - step) < NOISE * step), 10)
    return [("+" if mark > 0 else "") + number(mark / factor, digits if mark else 0) for mark in marks]


def curve(
    title: str,
    note: str,
    factors: Sequence[float],
    values: Sequence[float | None],
    *,
    marking: str = "",
    width: float = 360.0,
) -> str:
    """A figure against the factor: a dot for each option, a break where one has no plan, a mark at factor 1 (the base)."""
    height = 220.0
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    y_marks = svg.ticks(high, 4) if low >= 0 else span_ticks(low, high, 4)
    x_marks = span_ticks(min(factors), max(factors), 5)
    labels = [compact(mark) if mark else "0" for mark in y_marks]
    left = max(svg.text_width(label, SMALL) for label in labels) + 12
    frame = Frame(left, 44, width - 14, height - 40, 1.0)

    def x(value: float) -> float:
        return frame.left + (frame.right - frame.left) * (value - x_marks[0]) / (x_marks[-1] - x_marks[0])

    def y(value: float) -> float:
        return frame.bottom - (frame.bottom - frame.top) * (value - y_marks[0]) / (y_marks[-1] - y_marks[0])

    parts = [
        svg.text(2, 14, svg.shortened(title, width - 8, 13), font_size=13.0, font_weight="bold", fill=INK),
        svg.text(2, 31, svg.shortened(note, width - 8, SMALL), font_size=SMALL, fill=MUTED),
    ]
    for mark, label in zip(y_marks, labels, strict=True):
        parts.append(_line(frame.left, frame.right, y(mark), y(mark), mark == y_marks[0]))
        parts.append(svg.text(frame.left - 6, y(mark) + 4, label, text_anchor="end", font_size=SMALL, fill=MUTED))
    for mark in x_marks:
        label = "×" + compact(mark)
        parts.append(svg.text(x(mark), frame.bottom + 15, label, text_anchor="middle", font_size=SMALL, fill=MUTED))
    if x_marks[0] < 1 < x_marks[-1]:
        parts.append(
            svg.element("line", x1=x(1), x2=x(1), y1=frame.top, y2=frame.bottom, stroke=INK, stroke_dasharray="5 3")
        )
        parts.append(svg.text(x(1) + 4, frame.top + 4, "base", font_size=SMALL, fill=INK))
    parts += _drawn(factors, values, x, y)
    return svg.picture(width, height, f"{title} against the factor", parts, marking)


def _drawn(
    factors: Sequence[float],
    values: Sequence[float | None],
    x: Callable[[float], float],
    y: Callable[[float], float],
) -> list[str]:
    path, drawing, dots = "", False, []
    for factor, value in zip(factors, values, strict=True):
        if value is None:
            drawing = False
            continue
        path += f"{'L' if drawing else 'M'}{x(factor):.1f},{y(value):.1f}"
        drawing = True
        tip = svg.tooltip(f"×{factor:g}: {compact(value)}")
        dots.append(svg.element("circle", tip, cx=x(factor), cy=y(value), r=3.6, fill=VERMILION))
    return [svg.element("path", d=path, fill="none", stroke=VERMILION, stroke_width=2.0), *dots]
