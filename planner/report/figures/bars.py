"""Horizontal bars: a figure for each name, beside another one that it is measured by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.report.figures import svg
from planner.report.figures.svg import FONT_SIZE, GRID, INK, MUTED, Ink

ROW, BAR = 40.0, 13.0
NAME_WIDTH = 170.0
REACHED, WANTED = Ink(svg.BLUE), Ink(svg.ORANGE, "rising")


@dataclass(frozen=True, slots=True)
class Pair:
    """`wanted` is what `reached` is measured by; None: nothing."""

    name: str
    reached: float
    wanted: float | None


def pairs(
    title: str,
    rows: Sequence[Pair],
    names: tuple[str, str],
    text: Callable[[float], str],
    *,
    axis: str,
    marking: str = "",
    width: float = 550.0,
    name_width: float = NAME_WIDTH,
) -> str:
    """Two bars for each row, one below the other, each with its value; `names` of both for the legend.

    `axis` says what is measured and in which unit; `text` writes a value.
    """
    legend = _legend(names)
    top = 52.0
    height = top + ROW * len(rows) + 34
    marks = svg.ticks(max([0.0, *(max(row.reached, row.wanted or 0.0) for row in rows)]), 4)
    left, right = name_width, width - 62.0

    def x(value: float) -> float:
        return left + (right - left) * value / marks[-1]

    bottom = top + ROW * len(rows)
    parts = [*legend, svg.text(4, 38, axis, font_size=FONT_SIZE, fill=MUTED)]
    for mark in marks:
        parts.append(svg.element("line", x1=x(mark), x2=x(mark), y1=top, y2=bottom, stroke=GRID if mark else MUTED))
        parts.append(svg.text(x(mark), bottom + 15, text(mark), text_anchor="middle", font_size=FONT_SIZE, fill=MUTED))
    for place, row in enumerate(rows):
        y = top + place * ROW + 5
        name = svg.shortened(row.name, name_width - 12)
        parts.append(svg.text(name_width - 8, y + BAR + 4, name, text_anchor="end", font_size=FONT_SIZE, fill=INK))
        for line, (value, ink, what) in enumerate(((row.reached, REACHED, names[0]), (row.wanted, WANTED, names[1]))):
            if value is None:
                continue
            at = y + line * (BAR + 2)
            tip = svg.tooltip(f"{row.name}: {what} {text(value)}")
            parts.append(
                svg.element(
                    "rect", tip, x=left, y=at, width=max(x(value) - left, 0.6), height=BAR, fill=ink.fill,
                    stroke=ink.colour, stroke_width=0.7,
                )
            )  # fmt: skip
            parts.append(svg.text(x(value) + 5, at + BAR - 2.5, text(value), font_size=11.0, fill=INK))
    return svg.picture(width, height, title, parts, marking)


def _legend(names: tuple[str, str]) -> list[str]:
    parts: list[str] = []
    x = 4.0
    for name, ink in zip(names, (REACHED, WANTED), strict=True):
        parts.append(
            svg.element("rect", x=x, y=4.0, width=14.0, height=14.0, fill=ink.fill, stroke=ink.colour, stroke_width=0.8)
        )
        parts.append(svg.text(x + 20, 15.5, name, font_size=FONT_SIZE, fill=INK))
        x += 38 + svg.text_width(name)
    return parts
