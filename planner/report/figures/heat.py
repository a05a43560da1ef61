"""Heat tables: a row for each name, a column for each period or kind, the darker the more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from planner.report.figures.drawing import Figure, chart_of
from planner.report.figures.theme import INK, PAPER, SMALL, WHOLE, text_width

ROW = 18
LONGEST_NAME = 280.0
DARK = 0.8  # of the scale: from there on letters are white
LIGHTEST, MIDDLE, DARKEST = "#f7f3ee", "#f0a56b", "#8a3a00"


@dataclass(frozen=True, slots=True)
class HeatCell:
    """`size` from 0 to 1 is how dark it is; `text` stands in it where there is room, `tip` says it in words."""

    row: str
    column: str
    size: float
    text: str
    tip: str
    is_full: bool = False  # outlined


def heat_table(title: str, note: str, rows: Sequence[str], columns: Sequence[str], cells: Sequence[HeatCell]) -> Figure:
    """The cells in the order of `rows` and `columns`; what has no cell stays blank."""
    left = min(max((text_width(name) for name in rows), default=0.0), LONGEST_NAME) + 16
    width = WHOLE - left - 10
    step = width / max(len(columns), 1)
    head = alt.Axis(orient="top", domain=False, ticks=False, labelFontSize=SMALL)
    side = alt.Axis(
        domain=False, ticks=False, labelColor=INK, labelLimit=LONGEST_NAME, labelOverlap=False, labelPadding=6
    )
    x = alt.X("column:N", sort=list(columns), title=None, axis=head, scale=alt.Scale(domain=list(columns), padding=0))
    y = alt.Y("row:N", sort=list(rows), title=None, axis=side, scale=alt.Scale(domain=list(rows), padding=0))
    data = chart_of([_square(cell, step) for cell in cells])
    shades = alt.Color(
        "size:Q", scale=alt.Scale(domain=[0, 0.5, 1], range=[LIGHTEST, MIDDLE, DARKEST], interpolate="rgb"), legend=None
    )
    squares = data.mark_rect(aria=True, strokeWidth=1).encode(
        x=x, y=y, color=shades, stroke=alt.Stroke("outline:N", scale=None), description=alt.Description("tip:N")
    )
    words = (
        data.transform_filter("datum.text != ''")
        .mark_text(fontSize=10)
        .encode(x=x, y=y, text=alt.Text("text:N"), color=alt.Color("letters:N", scale=None))
    )
    return alt.layer(
        squares,
        words,
        resolve={"scale": {"color": "independent"}},
        width=width,
        height=alt.Step(ROW),
        title=alt.TitleParams(title, subtitle=note),
        description=f"{note}.",
    )


def _square(cell: HeatCell, step: float) -> dict[str, Any]:
    """What the chart shows of a cell; its text only where the `step` of the columns has room for it."""
    return {
        "row": cell.row,
        "column": cell.column,
        "size": cell.size,
        "text": cell.text if text_width(cell.text, 10) < step + 4 else "",
        "letters": PAPER if cell.size > DARK else INK,
        "outline": INK if cell.is_full else PAPER,
        "tip": cell.tip,
    }
