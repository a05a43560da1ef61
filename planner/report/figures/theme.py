"""How every figure looks: colours, letters, axes, as one Vega-Lite configuration.

Colours are Okabe and Ito's, which people with any colour vision can tell apart. No figure needs colour to be read:
series differ in lightness, shape or dashes as well, or are named beside their marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INK, MUTED, GRID, PAPER = "#1b2733", "#5a6672", "#d9dee3", "#ffffff"
BLUE, ORANGE, GREEN, VERMILION = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, PURPLE, YELLOW, SLATE, SILVER = "#56b4e9", "#cc79a7", "#f0e442", "#3b4a59", "#c8ced4"

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # of equal widths, so that what fits one fits all
FONT_SIZE, SMALL = 12, 11
LETTER = 0.62  # the width of a letter in font sizes, on the safe side
WHOLE, HALF = 960, 466  # width of a figure over the page, and of two side by side; half a page fits a telephone
WIDE_DASH = [6, 3]
# A label of an axis of shares, as the words around a figure write it.
PER_CENT = "format(100 * datum.value, ',.0f') + '\u00a0%'"


@dataclass(frozen=True, slots=True)
class Shade:
    """How the marks of one series are filled and outlined."""

    fill: str
    outline: str


# Neighbours in a stack differ in lightness; the rest, where there are more, is one series.
SERIES = tuple(
    Shade(colour, INK if colour == YELLOW else colour)
    for colour in (BLUE, ORANGE, SLATE, SKY, GREEN, YELLOW, VERMILION)
)
REST = Shade(SILVER, MUTED)
IN_TIME, LATE, NEVER = Shade(BLUE, BLUE), Shade("#b9def5", BLUE), Shade("#fbe3d3", VERMILION)

# Numbers as the words around a figure have them: a thin space between thousands, a true minus sign.
NUMBERS: dict[str, Any] = {
    "decimal": ".",
    "thousands": "\u202f",
    "grouping": [3],
    "currency": ["", ""],
    "minus": "−",
}

CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "padding": {"left": 0, "top": 4, "right": 14, "bottom": 4},  # the last label of an axis reaches out
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "labelFontSize": FONT_SIZE,
        "labelOverlap": "greedy",
        "labelSeparation": 6,
        "titleColor": MUTED,
        "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "tickSize": 4,
    },
    "axisX": {"grid": False, "labelAngle": 0, "labelPadding": 5},
    "axisQuantitative": {"grid": True, "domain": False, "ticks": False, "tickCount": 5},
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "title": None,
        "labelColor": INK,
        "labelFontSize": FONT_SIZE,
        "labelLimit": 300,
        "columnPadding": 18,
        "symbolStrokeWidth": 1.4,
        "symbolSize": 110,
        "padding": 0,
        "offset": 8,
    },
    "mark": {"aria": False},  # a mark with a description says so itself
    "text": {"color": INK, "fontSize": FONT_SIZE},
    "locale": {"number": NUMBERS},
}


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """About how wide a text is drawn, in pixels, on the safe side."""
    return len(text) * LETTER * size
