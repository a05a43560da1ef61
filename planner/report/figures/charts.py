"""The two kinds of chart of the report: stacked columns over time, and small panels of stock over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

from planner.report.data.depots import StockLine
from planner.report.figures import svg
from planner.report.figures.svg import FONT_SIZE, GRID, INK, MUTED, Ink
from planner.report.words.numbers import Scale, compact, number
from planner.tolerances import NOISE, matters

LEGEND_ROW = 22.0
CAPTION_SIZE = 11.0
NEAR = 2.0  # a limit further above the stock than that would only press it flat


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: Sequence[float]
    ink: Ink


@dataclass(frozen=True, slots=True)
class Frame:
    """The plotting area inside a picture, and the scale of its vertical axis."""

    left: float
    top: float
    right: float
    bottom: float
    largest: float

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.largest

    def x(self, place: float, count: int) -> float:
        return self.left + (self.right - self.left) * place / max(count, 1)


def columns(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    scale: Scale,
    *,
    axis: str,
    captions: Sequence[str] = (),
    caption: str = "",
    marking: str = "",
    width: float = 1120.0,
    height: float = 300.0,
) -> str:
    """Stacked columns, one for each label; `captions` stand above the columns where there is room.

    `axis` names the unit, `caption` says what the captions are; `scale` writes the values.
    """
    entries, legend_height = legend([(s.name, s.ink) for s in series], width)
    totals = [sum(s.values[place] for s in series) for place in range(len(labels))]
    marks = svg.ticks(max(totals, default=0.0))
    left = max(svg.text_width(label) for label in mark_labels(marks, scale.factor)) + 14
    frame = Frame(left, legend_height + 38, width - 6, height - 40, marks[-1])
    room = (frame.right - frame.left) / max(len(labels), 1)
    shown = captions if all(svg.text_width(c, CAPTION_SIZE) < room + 1 for c in captions) else ()
    heading = f"{axis}; {caption}" if shown and caption else axis
    parts = [*entries, svg.text(4, legend_height + 16, heading, font_size=FONT_SIZE, fill=MUTED)]
    parts += _horizontal_grid(frame, marks, scale.factor)
    for place, label in enumerate(labels):
        parts += _column(frame, place, label, len(labels), series, scale)
    for place, caption in enumerate(shown):
        middle = frame.x(place + 0.5, len(labels))
        parts.append(
            svg.text(
                middle, frame.y(totals[place]) - 5, caption, text_anchor="middle", font_size=CAPTION_SIZE, fill=INK
            )
        )
    parts += _period_labels(frame, labels)
    return svg.picture(width, height, title, parts, marking)


def _column(frame: Frame, place: int, label: str, count: int, series: Sequence[Series], scale: Scale) -> list[str]:
    room = (frame.right - frame.left) / max(count, 1)
    bar = min(room * 0.78, 56.0)
    start = frame.x(place + 0.5, count) - bar / 2
    parts, base = [], 0.0
    for one in series:
        value = one.values[place]
        if value <= 0:
            continue
        top, bottom = frame.y(base + value), frame.y(base)
        tip = svg.tooltip(f"{label}: {one.name} {scale.text(value)}")
        parts.append(
            svg.element(
                "rect",
                tip,
                x=start,
                y=top,
                width=bar,
                height=max(bottom - top, 0.6),
                fill=one.ink.fill,
                stroke=one.ink.colour,
                stroke_width=0.7,
            )
        )
        base += value
    return parts


def legend(entries: Sequence[tuple[str, Ink]], width: float) -> tuple[list[str], float]:
    """Squares with names, in as many rows as they need; also the height taken."""
    parts: list[str] = []
    x, y = 4.0, 4.0
    for name, ink in entries:
        shown = svg.shortened(name, width - 40)
        needed = 20 + svg.text_width(shown) + 18
        if x > 4 and x + needed > width:
            x, y = 4.0, y + LEGEND_ROW
        parts.append(
            svg.element("rect", x=x, y=y, width=14.0, height=14.0, fill=ink.fill, stroke=ink.colour, stroke_width=0.8)
        )
        parts.append(svg.text(x + 20, y + 11.5, shown, font_size=FONT_SIZE, fill=INK))
        x += needed
    return parts, (y + LEGEND_ROW if entries else 0.0)


def mark_labels(marks: Sequence[float], factor: float) -> list[str]:
    """The values of an axis, all with as many decimals as the finest step needs."""
    step = marks[1] / factor
    digits = next((d for d in range(10) if abs(round(step, d) - step) < NOISE * step), 10)
    return [number(mark / factor, digits if mark else 0) for mark in marks]


def _horizontal_grid(frame: Frame, marks: Sequence[float], factor: float, size: float = FONT_SIZE) -> list[str]:
    parts = []
    for mark, label in zip(marks, mark_labels(marks, factor), strict=True):
        y = frame.y(mark)
        parts.append(svg.element("line", x1=frame.left, x2=frame.right, y1=y, y2=y, stroke=GRID if mark else MUTED))
        parts.append(svg.text(frame.left - 6, y + 4, label, text_anchor="end", font_size=size, fill=MUTED))
    return parts


def _period_labels(frame: Frame, labels: Sequence[str], size: float = FONT_SIZE) -> list[str]:
    count = len(labels)
    step = svg.label_every(labels, (frame.right - frame.left) / max(count, 1), size)
    parts = []
    for place in range(0, count, step):
        half = svg.text_width(labels[place], size) / 2
        x = min(max(frame.x(place + 0.5, count), half), frame.right + 6 - half)
        parts.append(svg.text(x, frame.bottom + 17, labels[place], text_anchor="middle", font_size=size, fill=MUTED))
    return parts


def stock_panel(
    line: StockLine, labels: Sequence[str], *, wanted_name: str, marking: str = "", width: float = 360.0
) -> str:
    """Stock over time as an area; the target (or limit) as a dashed line; what is missing of it hatched."""
    target = wanted_name == "target"
    held = [value if isfinite(value) else 0.0 for value in line.held]
    peak = max(held, default=0.0)
    wanted = [w if isfinite(w) and (target or w <= NEAR * max(peak, NOISE)) else nan for w in line.wanted]
    return steps_panel(
        line.title,
        _panel_note(line, target),
        labels,
        held,
        wanted,
        names=("held", "missing" if target else ""),
        description=f"{line.title}: stock over time",
        marking=marking,
        width=width,
    )


def steps_panel(
    title: str,
    note: str,
    labels: Sequence[str],
    held: Sequence[float],
    wanted: Sequence[float],
    *,
    names: tuple[str, str],
    description: str = "",
    marking: str = "",
    width: float = 360.0,
) -> str:
    """A small panel: what there is as an area, what is wanted as a dashed line (NaN: nothing), what is missing hatched.

    `names` of the area and of what is missing, for the tooltips; without the second name nothing is hatched.
    """
    height, size = 196.0, 11.0
    marks = svg.ticks(max([max(held, default=0.0), *(w for w in wanted if isfinite(w))]), 3)
    left = max(svg.text_width(label, size) for label in mark_labels(marks, 1.0)) + 12
    frame = Frame(left, 44, width - 8, height - 38, marks[-1])
    parts = [
        svg.text(2, 14, svg.shortened(title, width - 8, 13), font_size=13.0, font_weight="bold", fill=INK),
        svg.text(2, 31, svg.shortened(note, width - 8, size), font_size=size, fill=MUTED),
        *_horizontal_grid(frame, marks, 1.0, size),
        _steps(frame, held, [0.0] * len(held), svg.SKY, names[0], labels, 0.55),
    ]
    if names[1]:
        parts.append(_steps(frame, wanted, held, svg.MISSING.fill, names[1], labels, 1.0))
    parts += _dashes(frame, wanted)
    parts += _period_labels(frame, labels, size)
    return svg.picture(width, height, description or title, parts, marking)


def _panel_note(line: StockLine, target: bool) -> str:
    missing = [w - h for w, h in zip(line.wanted, line.held, strict=True) if isfinite(w)]
    if not target:
        return f"in {line.unit} · {line.note}" if line.note else f"in {line.unit}"
    worst = max(missing, default=0.0)
    state = f"up to {compact(worst)} short" if matters(worst, *line.held) else "always reached"
    return " · ".join(part for part in (f"in {line.unit}", line.note, state) if part)


def _steps(
    frame: Frame,
    upper: Sequence[float],
    lower: Sequence[float],
    fill: str,
    name: str,
    labels: Sequence[str],
    opacity: float,
) -> str:
    """The area between two step lines, wherever the upper one is above."""
    count, parts = len(upper), []
    for place, (high, low) in enumerate(zip(upper, lower, strict=True)):
        if isfinite(high) and high > low + NOISE:
            x, y = frame.x(place, count), frame.y(high)
            wide = frame.x(place + 1, count) - x + 0.3
            tip = svg.tooltip(f"{labels[place]}: {name} {compact(high - low)}")
            parts.append(svg.element("rect", tip, x=x, y=y, width=wide, height=frame.y(low) - y))
    return svg.element("g", "".join(parts), fill=fill, fill_opacity=opacity) if parts else ""


def _dashes(frame: Frame, wanted: Sequence[float]) -> list[str]:
    """The dashed step line, broken where there is no value."""
    count, path, drawing = len(wanted), [], False
    for place, value in enumerate(wanted):
        if not isfinite(value):
            drawing = False
            continue
        start, end, y = frame.x(place, count), frame.x(place + 1, count), frame.y(value)
        path.append(f"{'L' if drawing else 'M'}{start:.1f},{y:.1f}L{end:.1f},{y:.1f}")
        drawing = True
    if not path:
        return []
    return [
        svg.element(
            "path", d="".join(path), fill="none", stroke=INK, stroke_width=1.8, stroke_dasharray="6 3", class_="wanted"
        )
    ]
