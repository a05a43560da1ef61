"""A chart of what each player reaches alone, its Shapley value, and what is lost without it."""

from __future__ import annotations

from planner.analysis.fairness import wording
from planner.analysis.fairness.study import FairnessStudy, Player
from planner.report.figures.drawing import Figure
from planner.report.figures.ranges import DIAMOND, RING, STROKE, Range, ranges

MOST_PLAYERS = 20
ALONE, FAIR, LOST = "alone", "fair share (Shapley value)", "lost without it"
MARKS = (RING.named(ALONE), DIAMOND.named(FAIR), STROKE.named(LOST))


def shares_chart(study: FairnessStudy) -> Figure:
    """Three marks a player, largest Shapley value first; a bar is the 95 % interval of a sampled value."""
    ranked = sorted(study.players, key=lambda player: -player.share.value)[:MOST_PLAYERS]
    money, is_share = wording.money_of(study), study.measure.unit == "share"
    unit = "share" if is_share else money.heading_unit(study.measure.unit)
    note = "line: from the least to the most of the three" if study.exact else "bar: 95 % interval of the fair share"
    rows = [_row(study, player, 1.0 if is_share else money.factor) for player in ranked]
    title = "Alone, fair share and loss without, by player"
    return ranges(title, f"{unit}; {note}", rows, MARKS, percent=is_share, bar=not study.exact)


def _row(study: FairnessStudy, player: Player, factor: float) -> Range:
    values = {ALONE: player.alone, FAIR: player.share.value, LOST: player.brings(study.together)}
    name, written = wording.player_name(study, player.name), wording.figures(study)
    least, most = (min(values.values()), max(values.values())) if study.exact else player.share.interval
    tip = f"{name}: " + ", ".join(f"{what} {written(value)}" for what, value in values.items())
    marks = [(what, value / factor) for what, value in values.items()]
    return Range(name, least / factor, most / factor, marks, tip)
