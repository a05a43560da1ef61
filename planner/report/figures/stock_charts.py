"""Stocks over time: against their targets, and in each place against its storage."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan

from planner.report.data.depots import StockLine
from planner.report.figures.drawing import Figure
from planner.report.figures.panels import Panel, step_panels
from planner.report.words.numbers import compact
from planner.tolerances import NOISE, matters

NEAR = 2.0  # a limit further above the stock than that would only press it flat


def target_panels(lines: Sequence[StockLine], periods: Sequence[str]) -> Figure | None:
    """A panel a target: what is held, what is asked for, what is missing of it. None without a target."""
    panels = [Panel(line.title, _target_note(line), line.held, line.wanted) for line in lines]
    if not panels:
        return None
    note = "at the end of the period, the least reached first; pale blue: held, dark line: target, framed: missing"
    return step_panels("Stocks against their targets", note, periods, panels, names=("held", "target", "missing"))


def depot_panels(lines: Sequence[StockLine], periods: Sequence[str]) -> Figure | None:
    """A panel a place: tonnes held, and its storage by weight where the stock comes near it. None without a place."""
    panels = [
        Panel(
            line.title,
            f"in {line.unit} · {line.note}" if line.note else f"in {line.unit}",
            line.held,
            _near(line),
            False,
        )
        for line in lines
    ]
    if not panels:
        return None
    note = "tonnes at the end of the period, the largest stocks first; dark line: storage by weight, where it is near"
    return step_panels("Stocks by place", note, periods, panels, names=("held", "storage", ""))


def _target_note(line: StockLine) -> str:
    missing = [w - h for w, h in zip(line.wanted, line.held, strict=True) if isfinite(w)]
    worst = max(missing, default=0.0)
    state = f"up to {compact(worst)} short" if matters(worst, *line.held) else "always reached"
    return " · ".join(part for part in (f"in {line.unit}", line.note, state) if part)


def _near(line: StockLine) -> list[float]:
    peak = max((held for held in line.held if isfinite(held)), default=0.0)
    return [limit if isfinite(limit) and limit <= NEAR * max(peak, NOISE) else nan for limit in line.wanted]
