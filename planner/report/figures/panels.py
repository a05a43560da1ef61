"""Small multiples: what there is against what is wanted, panel beside panel in one figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import altair as alt

from planner.report.figures.drawing import Figure, data_of
from planner.report.figures.theme import BLUE, INK, MUTED, NEVER, SKY, SMALL, VERMILION, WHOLE, WIDE_DASH, text_width
from planner.report.words.numbers import compact
from planner.tolerances import NOISE

COLUMNS, ROOM = 3, 50  # panels side by side; width of the labels of a panel's axis
FOOT, GAP, HEIGHT = -9, 18, 92  # FOOT: where the lowest line above a panel stands
LINE, TITLE = 15, 13  # height of a line of text, size of letters of the titles
NARROW = 0.85  # most texts are narrower than the safe side has them; one that is not ends in an ellipsis


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text above a panel, `above` so many others."""

    kind: str  # title, note
    above: int

    @property
    def field(self) -> str:
        """Its column in the data of the figure."""
        return f"{self.kind}_{self.above}"


LINES = (*(_Line("title", above) for above in (3, 2, 1)), *(_Line("note", above) for above in (1, 0)))  # top to bottom


@dataclass(frozen=True, slots=True)
class Panel:
    """`held` and `wanted` by step (period), NaN where there is none; what is `wanted` and not held is missing."""

    title: str
    note: str
    held: Sequence[float]
    wanted: Sequence[float]
    is_goal: bool = True  # of `wanted`: else it is a limit, below which nothing is missing


def step_panels(
    title: str, note: str, steps: Sequence[str], panels: Sequence[Panel], *, names: tuple[str, str, str]
) -> Figure:
    """What is held as columns, what is wanted as a dark line, what is missing of it pale; `names` of the three."""
    rows = [row for index, panel in enumerate(panels) for row in _steps(index, panel, steps, names)]
    width = _width(len(panels))
    step = width / max(len(steps), 1)
    scale = alt.Scale(domain=list(steps), padding=0)
    x = alt.X("step:N", title=None, scale=scale, axis=_sparse(steps, width))
    y = alt.Y("held:Q", title=None, axis=alt.Axis(tickCount=3, minExtent=ROOM, labelFontSize=SMALL))
    base = alt.Chart()
    held = base.mark_bar(aria=True, fill="#a9d8f3", stroke=SKY, strokeWidth=0.4).encode(
        x=x, y=y, description=alt.Description("held_tip:N")
    )
    missing = (
        base.transform_filter("isValid(datum.missing)")
        .mark_bar(aria=True, fill=NEVER.fill, stroke=NEVER.outline, strokeWidth=0.4)
        .encode(x=x, y=alt.Y("held:Q"), y2=alt.Y2("missing:Q"), description=alt.Description("missing_tip:N"))
    )
    wanted = (
        base.transform_filter("isValid(datum.wanted)")
        .mark_tick(color=INK, thickness=2, bandSize=step, orient="horizontal")
        .encode(x=x, y=alt.Y("wanted:Q"))
    )
    return _arranged(title, note, rows, [held, missing, wanted], width, _description(panels, names))


def curve_panels(title: str, panels: Sequence[tuple[str, str, Sequence[tuple[float, float | None]]]]) -> Figure:
    """Each panel is (title, note, points): a figure against a factor, broken where there is none; 1 is the base."""
    rows: list[dict[str, Any]] = []
    for index, (heading, note, points) in enumerate(panels):
        for at, (factor, value) in enumerate(points):
            tip = "" if value is None else f"×{factor:g}: {compact(value)}"
            rows.append(
                {
                    "panel": index,
                    "title": heading,
                    "note": note,
                    "first": at == 0,
                    "factor": factor,
                    "value": value,
                    "tip": tip,
                }
            )
    width = _width(len(panels))
    factors = sorted({factor for _, _, points in panels for factor, _ in points})
    axis = alt.Axis(values=factors, labelExpr="'×' + datum.value", labelFontSize=SMALL)
    x = alt.X("factor:Q", title=None, scale=alt.Scale(zero=False, padding=8), axis=axis)
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, padding=8),
        axis=alt.Axis(tickCount=4, minExtent=ROOM, labelFontSize=SMALL),
    )
    base = alt.Chart()
    one = base.transform_filter("datum.first").mark_rule(color=INK, strokeDash=WIDE_DASH).encode(x=alt.datum(1))
    line = base.mark_line(color=VERMILION, strokeWidth=2).encode(x=x, y=y)
    dots = base.transform_filter("isValid(datum.value)").mark_circle(aria=True, color=BLUE, size=46, opacity=1)
    layers = [line, dots.encode(x=x, y=y, description=alt.Description("tip:N"))]
    if factors[0] <= 1 <= factors[-1]:
        layers.insert(0, one)
    description = "; ".join(f"{heading} in {note}" for heading, note, _ in panels)
    return _arranged(title, "against the factor; dashed: the base", rows, layers, width, f"{description}.")


def _steps(index: int, panel: Panel, steps: Sequence[str], names: tuple[str, str, str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for step, held, wanted in zip(steps, panel.held, panel.wanted, strict=True):
        there = held if isfinite(held) else 0.0
        short = panel.is_goal and isfinite(wanted) and wanted > there + NOISE
        row = {"panel": index, "title": panel.title, "note": panel.note, "first": not rows, "step": step, "held": there}
        row["held_tip"] = f"{step}: {names[0]} {compact(there)}"
        row["wanted"] = wanted if isfinite(wanted) else None
        row["missing"] = wanted if short else None
        row["missing_tip"] = f"{step}: {names[2]} {compact(wanted - there)}" if short else ""
        rows.append(row)
    return rows


def _width(count: int) -> float:
    return WHOLE / min(max(count, 1), COLUMNS) - ROOM - 10 if count != 1 else WHOLE / 2


def _sparse(steps: Sequence[str], width: float) -> alt.Axis:
    """An axis with as many of the steps as there is room for, at even distances."""
    longest = max((len(step) for step in steps), default=1) * 7 + 14
    every = next((n for n in (1, 2, 3, 4, 6, 12, 24, 52) if width / max(len(steps), 1) * n >= longest), len(steps))
    return alt.Axis(values=list(steps)[::every], labelFontSize=SMALL)


def _arranged(
    title: str, note: str, rows: list[dict[str, Any]], layers: Sequence[alt.Chart], width: float, description: str
) -> Figure:
    """The panels in rows, each with its own vertical axis, its title and its note above."""
    headings = [_heading(row["title"], row["note"], width) if row["first"] else {} for row in rows]
    rows = [row | heading for row, heading in zip(rows, headings, strict=True)]
    looks: dict[str, dict[str, Any]] = {
        "title": {"fontWeight": "bold", "fontSize": TITLE},
        "note": {"color": MUTED, "fontSize": SMALL},
    }
    texts = [
        alt.Chart()
        .transform_filter(f"isValid(datum.{line.field})")
        .mark_text(**looks[line.kind], align="left", baseline="alphabetic", limit=width)
        .encode(x=alt.value(0), y=alt.value(FOOT - LINE * line.above), text=alt.Text(f"{line.field}:N"))
        for line in LINES
        if any(line.field in heading for heading in headings)
    ]
    drawn: Any = alt.layer(*layers, *texts, data=data_of(rows), width=width, height=HEIGHT)
    facet = alt.Facet("panel:O", header=alt.Header(title=None, labelFontSize=0, labelPadding=0))
    independent = {"x": "independent", "y": "independent"}
    arranged: alt.FacetChart = drawn.facet(
        facet,
        columns=COLUMNS,
        spacing={"row": GAP, "column": 10},
        resolve={"scale": independent, "axis": independent},
        title=alt.TitleParams(title, subtitle=note),
        description=description,
    )
    return arranged


def _heading(title: str, note: str, width: float) -> dict[str, str]:
    """The lines above a panel, by the field of their place:
    the title and below it the note, each in up to two lines.
    """
    lines = [("note", text) for text in reversed(_lines(note, SMALL, width))]
    lines += [("title", text) for text in reversed(_lines(title, TITLE, width))]
    return {_Line(kind, above).field: text for above, (kind, text) in enumerate(lines)}


def _lines(text: str, size: float, width: float) -> list[str]:
    """A text in one line or, where it is too long for a panel, in two."""
    words = text.split(" ")
    fits = [count for count in range(1, len(words) + 1) if text_width(" ".join(words[:count]), NARROW * size) <= width]
    first = max(fits, default=1)
    return [" ".join(part) for part in (words[:first], words[first:]) if part]


def _description(panels: Sequence[Panel], names: tuple[str, str, str]) -> str:
    return (
        "; ".join(f"{panel.title}: {panel.note}" for panel in panels)
        + f". Shown are what is {names[0]} and what is {names[1]}."
    )
