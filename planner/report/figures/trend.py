"""Shares from run to run: how good plans became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from planner.report.figures.drawing import Figure, chart_of
from planner.report.figures.theme import BLUE, PER_CENT, SMALL, VERMILION, WHOLE
from planner.report.words.numbers import share

ROOM = 190  # for the names beside the lines
NEAR = 0.12  # ends of lines that are nearer have their names one above the other
STYLES = ((BLUE, [1, 0], "circle"), (VERMILION, [6, 3], "square"))  # distinguished by dashes and shapes too


def trend(title: str, runs: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]]) -> Figure:
    """A line for each of at most two series of shares, named at its last point;
    broken where a run has no such figure.
    """
    ends: list[float] = []
    layers, order = [], alt.X("run:N", sort=list(runs), title="Run", axis=alt.Axis(labelAngle=0, labelOverlap=True))
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelExpr=PER_CENT, tickCount=5))
    for (name, values), (colour, dash, shape) in zip(series, STYLES, strict=False):
        rows: list[dict[str, Any]] = [
            {"run": run, "share": value, "tip": f"Run {run}: {name} {share(value)}"}
            for run, value in zip(runs, values, strict=True)
            if value is not None
        ]
        if not rows:
            continue
        base = chart_of(rows).encode(x=order, y=y)
        layers.append(base.mark_line(color=colour, strokeDash=dash, strokeWidth=2))
        dots = base.mark_point(color=colour, shape=shape, filled=True, size=50, opacity=1, aria=True)
        layers.append(dots.encode(description=alt.Description("tip:N")))
        end = float(rows[-1]["share"])
        is_near = any(abs(end - other) < NEAR for other in ends)
        away = 0 if not is_near else 9 if end <= ends[0] else -9
        ends.append(end)
        last = [{**rows[-1], "name": f"{name}, {share(rows[-1]['share'])}"}]
        words = chart_of(last).mark_text(align="left", dx=9, dy=away, fontSize=SMALL, color=colour)
        layers.append(words.encode(x=order, y=y, text=alt.Text("name:N")))
    description = "; ".join(f"{name}: {', '.join(share(value) for value in values)}" for name, values in series)
    return alt.layer(*layers, width=WHOLE - ROOM, height=150, title=title, description=f"{description}.")
