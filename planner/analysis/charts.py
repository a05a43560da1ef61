"""The charts of the analyses: a frontier with its kinks, and ranges around a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from planner.report.figures import svg
from planner.report.figures.labels import Labels
from planner.report.figures.svg import BLUE, FONT_SIZE, GRID, INK, MUTED, VERMILION
from planner.report.words.numbers import Scale, number
from planner.tolerances import NOISE

WIDTH, HEIGHT = 1120.0, 440.0
MOST_NUMBERED = 30


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what it shows, how its values are written, where they stand."""

    title: str
    scale: Scale
    marks: Sequence[float]
    start: float  # pixel of the first mark
    end: float  # pixel of the last

    def at(self, value: float) -> float:
        return self.start + (self.end - self.start) * (value - self.marks[0]) / (self.marks[-1] - self.marks[0])

    def label(self, mark: float) -> str:
        step = (self.marks[1] - self.marks[0]) / self.scale.factor
        digits = next((d for d in range(10) if abs(round(step, d) - step) < NOISE * step), 10)
        return number(mark / self.scale.factor, digits if mark else 0)


def span_marks(low: float, high: float, count: int = 6) -> list[float]:
    """Round values around low … high, about `count` of them; from 0 where that is near."""
    if low >= 0 and low < 0.4 * high:
        low = 0.0
    if high <= low:
        high = low + max(1.0, abs(low))
    rough = (high - low) / count
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - NOISE))
    first, last = floor(low / step + NOISE), ceil(high / step - NOISE)
    return [place * step for place in range(first, max(last, first + 1) + 1)]


def frontier_chart(
    title: str,
    across: tuple[str, Scale],
    up: tuple[str, Scale],
    points: Sequence[tuple[float, float]],
    proved: Sequence[bool],
    plan: tuple[float, float] | None = None,
    marking: str = "",
) -> str:
    """The frontier: a numbered dot a kink, a line where it is proved, dashes where kinks may lie below it."""
    shown = [*points, plan] if plan else list(points)
    y_marks = span_marks(min(y for _, y in shown), max(y for _, y in shown))
    x_marks = span_marks(min(x for x, _ in shown), max(x for x, _ in shown))
    vertical = Axis(up[0], up[1], y_marks, HEIGHT - 58, 40)
    left = max(svg.text_width(vertical.label(mark)) for mark in y_marks) + 16
    horizontal = Axis(across[0], across[1], x_marks, left, WIDTH - 24)
    parts = _axes(horizontal, vertical)
    places = [(horizontal.at(x), vertical.at(y)) for x, y in points]
    for one, other, sure in zip(places, places[1:], proved, strict=False):
        dashes = {} if sure else {"stroke_dasharray": "6 5"}
        parts.append(
            svg.element("line", x1=one[0], y1=one[1], x2=other[0], y2=other[1], stroke=BLUE, stroke_width=2.2, **dashes)
        )
    labels = Labels(WIDTH, HEIGHT)
    for place, ((x, y), point) in enumerate(zip(places, points, strict=True), 1):
        tip = svg.tooltip(f"{place}: {across[1].text(point[0])}, {up[1].text(point[1])}")
        parts.append(svg.element("circle", tip, cx=x, cy=y, r=4.6, fill=BLUE))
        box = labels.place((x, y), 8, svg.text_width(str(place))) if len(points) <= MOST_NUMBERED else None
        if box:
            parts.append(svg.text(box[0] + 2, box[3] - 4, str(place), font_size=FONT_SIZE, fill=INK, class_="halo"))
    if plan:
        parts += _plan_mark((horizontal.at(plan[0]), vertical.at(plan[1])), labels)
    return svg.picture(WIDTH, HEIGHT, title, parts, marking)


def _plan_mark(place: tuple[float, float], labels: Labels) -> list[str]:
    x, y = place
    mark = svg.element(
        "circle", svg.tooltip("the plan"), cx=x, cy=y, r=7.5, fill="none", stroke=VERMILION, stroke_width=2.4
    )
    box = labels.place((x, y), 11, svg.text_width("the plan"))
    if box is None:
        return [mark]
    return [
        mark,
        svg.text(box[0] + 2, box[3] - 4, "the plan", font_size=FONT_SIZE, fill=INK, font_weight="bold", class_="halo"),
    ]


def _axes(horizontal: Axis, vertical: Axis) -> list[str]:
    parts = []
    for mark in vertical.marks:
        y = vertical.at(mark)
        parts.append(svg.element("line", x1=horizontal.start, x2=horizontal.end, y1=y, y2=y, stroke=GRID))
        parts.append(
            svg.text(
                horizontal.start - 7, y + 4, vertical.label(mark), text_anchor="end", font_size=FONT_SIZE, fill=MUTED
            )
        )
    for mark in horizontal.marks:
        x = horizontal.at(mark)
        parts.append(svg.element("line", x1=x, x2=x, y1=vertical.start, y2=vertical.end, stroke=GRID))
        parts.append(
            svg.text(
                x, vertical.start + 17, horizontal.label(mark), text_anchor="middle", font_size=FONT_SIZE, fill=MUTED
            )
        )
    parts.append(svg.text(4, 18, f"↑ {vertical.title}", font_size=FONT_SIZE, fill=INK, font_weight="bold"))
    parts.append(
        svg.text(
            horizontal.end,
            vertical.start + 38,
            f"{horizontal.title} →",
            text_anchor="end",
            font_size=FONT_SIZE,
            fill=INK,
            font_weight="bold",
        )
    )
    return parts


@dataclass(frozen=True, slots=True)
class Span:
    """A part's least and most, what it is in the plan, and in the alternatives."""

    name: str
    least: float
    most: float
    plan: float
    others: tuple[float, ...] = ()


def range_chart(title: str, spans: Sequence[Span], scale: Scale, marking: str = "") -> str:
    """A bar from least to most for each part; a ring at the plan, a numbered tick at each alternative's amount."""
    row, top, bottom = 26.0, 44.0, 52.0
    height = top + row * len(spans) + bottom
    left = min(max(svg.text_width(span.name) for span in spans), 260.0) + 16
    marks = svg.ticks(max(span.most for span in spans), 8)
    axis = Axis(scale.unit, scale, marks, left, WIDTH - 24)
    parts = [
        svg.text(4, 16, title, font_size=13.0, font_weight="bold", fill=INK),
        svg.text(4, 34, f"in {scale.unit}; ring: the plan; ticks: the alternatives", font_size=FONT_SIZE, fill=MUTED),
    ]
    for mark in marks:
        x = axis.at(mark)
        parts.append(svg.element("line", x1=x, x2=x, y1=top, y2=height - bottom + 6, stroke=GRID if mark else MUTED))
        label = axis.label(mark)
        parts.append(svg.text(x, height - bottom + 22, label, text_anchor="middle", font_size=FONT_SIZE, fill=MUTED))
    for place, span in enumerate(spans):
        parts += _span(span, axis, top + row * (place + 0.5), left)
    return svg.picture(WIDTH, height, title, parts, marking)


def _span(span: Span, axis: Axis, y: float, left: float) -> list[str]:
    start, end = axis.at(span.least), axis.at(span.most)
    tip = svg.tooltip(f"{span.name}: {axis.scale.text(span.least)} to {axis.scale.text(span.most)}")
    name = svg.shortened(span.name, left - 14)
    ticks = [
        svg.element("line", x1=axis.at(x), x2=axis.at(x), y1=y - 9, y2=y + 9, stroke=INK, stroke_width=1.2)
        for x in span.others
    ]
    return [
        svg.text(left - 8, y + 4, name, text_anchor="end", font_size=FONT_SIZE, fill=INK),
        svg.element("rect", tip, x=start, y=y - 5, width=max(end - start, 1.0), height=10.0, fill=svg.SKY, stroke=BLUE),
        *ticks,
        svg.element("circle", cx=axis.at(span.plan), cy=y, r=6.0, fill="#fff", stroke=VERMILION, stroke_width=2.4),
    ]
