"""What falls short most, commitment by commitment:
in goods, with what holds it back, where that is typed and whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.report.data.held_back import MATERIAL, NO_LIMITS, Held
from planner.report.data.report_data import ReportData, Shortage
from planner.report.words.names import commitment_title, goods_text, party_titles, some_cells
from planner.report.words.numbers import listing

MOST_COMMITMENTS = 3
MOST_ITEMS = 4
MOST_LIMITS = 3
MOST_CELLS = 40  # characters, of one limit


def short_sentences(data: ReportData) -> list[tuple[str, str]]:
    """The commitments that lack most by value, each with what it lacks and what holds that back:
    `Winter help is short of 30 heaters (EUR 9 000).`, `It is held back by the capacity of Alpha line (62 %; Lines!E4).`
    """
    by_commitment: dict[str, list[Shortage]] = {}
    for gap in data.gaps:  # the largest worth first
        by_commitment.setdefault(gap.commitment, []).append(gap)
    worst = sorted(by_commitment.items(), key=lambda one: -sum(gap.worth for gap in one[1]))
    return [(_lacks(data, name, gaps), _held_back(data, name)) for name, gaps in worst[:MOST_COMMITMENTS]]


def _lacks(data: ReportData, commitment: str, gaps: Sequence[Shortage]) -> str:
    units: dict[str, float] = {}
    for gap in gaps:
        units[gap.item] = units.get(gap.item, 0.0) + gap.quantity
    items = data.instance.items
    goods = listing([goods_text(amount, items[item]) for item, amount in units.items()], MOST_ITEMS)
    worth = data.service.scale.text(sum(gap.worth for gap in gaps))
    return f"{commitment_title(data.instance, commitment)} is short of {goods} ({worth})."


def _held_back(data: ReportData, commitment: str) -> str:
    """What is certain to hold back a material part; where nothing is, what may; empty where no limit does."""
    held = data.reasons.of_commitment(commitment)
    limits = [one for one in held if one.group not in NO_LIMITS and not one.is_cost and one.most >= MATERIAL]
    certain = [_limit(data, one) for one in limits if one.is_reason]
    if certain:
        return f"It is held back by {listing(certain, MOST_LIMITS)}."
    names = [one.words for one in limits]
    if len(names) > 1:
        return f"Several limits may cause it, none certainly alone: {listing(names, MOST_LIMITS)}."
    return f"{names[0][:1].upper()}{names[0][1:]} may hold it back." if names else ""


def _limit(data: ReportData, one: Held) -> str:
    """`the capacity of Alpha line (62 %; Poland; Lines!E4)`"""
    parts = (
        one.part_words,
        party_titles(data.instance, one.whose),
        some_cells(one.cells, MOST_CELLS) if one.cells else "",
    )
    return f"{one.words} ({'; '.join(text for text in parts if text)})"
