"""The charts of a sheet for people, in the colours and patterns of the report."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties

from planner.report.excel import inks

HEIGHT_CM, HALF_CM, WHOLE_CM = 8.4, 16.5, 33.5
PATTERNS = {
    "rising": "wdUpDiag",
    "falling": "wdDnDiag",
    "dots": "pct25",
    "bars": "dkHorz",
    "posts": "dkVert",
    "grid": "lgGrid",
}


def stacked() -> BarChart:
    """Columns that add up, from 0 on: cut off below, their parts could not be compared."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 40
    chart.y_axis.scaling.min = 0
    return chart


def clustered() -> BarChart:
    """Columns side by side, which may be below 0."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "clustered", 0, 40
    return chart


def dressed(chart: Any, title: str, number_format: str, width: float) -> Any:
    """Title, size, axes and their number format, for a chart of any kind."""
    font = CharacterProperties(sz=1200, b=True)
    chart.title = title
    chart.title.tx.rich.p[0].r[0].rPr = font
    chart.height, chart.width = HEIGHT_CM, width
    chart.legend.position = "b"
    chart.x_axis.delete = chart.y_axis.delete = False  # newer Excel hides axes that say nothing
    chart.y_axis.number_format = number_format
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="D9DEE3")))
    chart.x_axis.tickLblPos = "low"
    return chart


def paint(chart: Any, index: int, ink: inks.Ink) -> None:
    """The colour and pattern of a series, as in the report."""
    properties = chart.series[index].graphicalProperties
    if ink.pattern:
        properties.noFill = None
        fill: Any = PatternFillProperties(prst="wdUpDiag")
        fill.prst, fill.fgClr, fill.bgClr = PATTERNS[ink.pattern], _colour(ink.colour), _colour("#ffffff")
        properties.pattFill = fill
    else:
        properties.solidFill = ink.colour[1:].upper()
    properties.line.solidFill = ink.colour[1:].upper()


def _colour(colour: str) -> ColorChoice:
    choice: Any = ColorChoice  # its stub knows fewer colours than it does
    made: ColorChoice = choice(srgbClr=colour[1:].upper())
    return made
