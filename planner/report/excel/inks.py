"""The inks of the charts of a workbook: the colours of the figures,
each with a pattern that tells it apart without colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.report.figures.theme import BLUE, GREEN, ORANGE, PURPLE, SILVER, SKY, SLATE, VERMILION, YELLOW


@dataclass(frozen=True, slots=True)
class Ink:
    """How one series is drawn: `colour`, and the name of the pattern over it; empty: plain."""

    colour: str
    pattern: str = ""


SERIES = (
    Ink(BLUE),
    Ink(ORANGE, "rising"),
    Ink(GREEN, "dots"),
    Ink(PURPLE, "bars"),
    Ink(SKY),
    Ink(VERMILION, "falling"),
    Ink(YELLOW, "grid"),
    Ink(SLATE, "posts"),
)
REST = Ink(SILVER)
ON_TIME, LATE, MISSING = Ink(BLUE), Ink(SKY, "dots"), Ink(VERMILION, "rising")
