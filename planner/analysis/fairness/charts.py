"""A chart of what each player reaches alone, its Shapley value, and what is lost without it."""

from __future__ import annotations

from planner.analysis.fairness import wording
from planner.analysis.fairness.study import Study
from planner.report.figures import svg
from planner.report.words.numbers import number, share
from planner.tolerances import NOISE

WIDTH, ROW, BAR, TOP = 1120.0, 54.0, 13.0, 62.0
ALONE, FAIR, LOST = svg.Ink(svg.SKY, "dots"), svg.Ink(svg.BLUE), svg.Ink(svg.ORANGE, "rising")
MOST_PLAYERS = 20


def shares_chart(study: Study, marking: str = "") -> str:
    """Three bars a player, largest Shapley value first; a whisker is the 95 % interval of a sampled value."""
    ranked = sorted(study.players, key=lambda player: -player.share.value)[:MOST_PLAYERS]
    bars = [(p, (p.alone, p.share.value, p.brings(study.together))) for p in ranked]
    highest = max([0.0, *(value for _, values in bars for value in values), *(p.share.interval[1] for p in ranked)])
    lowest = min([0.0, *(value for _, values in bars for value in values), *(p.share.interval[0] for p in ranked)])
    rate, money, figure = study.measure.unit == "share", wording.money_of(study), wording.figures(study)
    factor = 1.0 if rate else money.factor
    marks = _marks(lowest / factor, highest / factor)
    titles = {player.name: wording.player_name(study, player.name) for player in ranked}
    left = 16 + min(max(svg.text_width(titles[p.name]) for p in ranked), 220.0)
    height = TOP + ROW * len(ranked) + 46

    def x(value: float) -> float:
        return left + (WIDTH - 80 - left) * (value - marks[0]) / (marks[-1] - marks[0])

    parts = _legend()
    unit = "share" if rate else f"{money.unit} of value" if "value" in study.measure.unit else money.unit
    parts.append(svg.text(4, 46, unit, font_size=svg.FONT_SIZE, fill=svg.MUTED))
    step = marks[1] - marks[0]
    digits = next((d for d in range(8) if abs(round(step, d) - step) < NOISE * step), 8)
    for mark in marks:
        line = svg.MUTED if mark == 0 else svg.GRID
        parts.append(svg.element("line", x1=x(mark), x2=x(mark), y1=TOP, y2=height - 42, stroke=line))
        parts.append(
            svg.text(
                x(mark),
                height - 26,
                number(mark, digits),
                text_anchor="middle",
                font_size=svg.FONT_SIZE,
                fill=svg.MUTED,
            )
        )
    for place, (player, values) in enumerate(bars):
        top = TOP + ROW * place + 6
        shown = svg.shortened(titles[player.name], left - 12)
        parts.append(svg.text(4, top + 24, shown, font_size=svg.FONT_SIZE, fill=svg.INK))
        for row, (value, ink, name) in enumerate(zip(values, (ALONE, FAIR, LOST), NAMES, strict=True)):
            y = top + row * (BAR + 1)
            start, end = sorted((x(0.0), x(value / factor)))
            said = share(value) if rate else money.text(value)
            tip = svg.tooltip(f"{titles[player.name]}: {name} {said}")
            parts.append(
                svg.element(
                    "rect",
                    tip,
                    x=start,
                    y=y,
                    width=max(end - start, 0.8),
                    height=BAR,
                    fill=ink.fill,
                    stroke=ink.colour,
                    stroke_width=0.7,
                )
            )
            if ink is FAIR and not study.exact:
                end = max(end, x(player.share.interval[1] / factor))
            parts.append(svg.text(max(end, x(0.0)) + 5, y + 10.5, figure(value), font_size=11.0, fill=svg.INK))
        if not study.exact:
            low, high = player.share.interval
            parts += _whisker(x(low / factor), x(high / factor), top + BAR + 1 + BAR / 2)
    title = "Alone, fair share and loss without, by player"
    return svg.picture(WIDTH, height, title, parts, marking)


NAMES = ("alone", "fair share (Shapley value)", "lost without it")


def _legend() -> list[str]:
    parts, x = [], 4.0
    for name, ink in zip(NAMES, (ALONE, FAIR, LOST), strict=True):
        parts.append(
            svg.element("rect", x=x, y=4.0, width=14.0, height=14.0, fill=ink.fill, stroke=ink.colour, stroke_width=0.8)
        )
        parts.append(svg.text(x + 20, 15.5, name, font_size=svg.FONT_SIZE, fill=svg.INK))
        x += 20 + svg.text_width(name) + 22
    return parts


def _whisker(low: float, high: float, y: float) -> list[str]:
    ends = [
        svg.element("line", x1=end, x2=end, y1=y - 4, y2=y + 4, stroke=svg.INK, stroke_width=1.4) for end in (low, high)
    ]
    return [svg.element("line", x1=low, x2=high, y1=y, y2=y, stroke=svg.INK, stroke_width=1.4), *ends]


def _marks(lowest: float, highest: float) -> list[float]:
    """Round values that span from the lowest (at most 0) to the highest."""
    marks = svg.ticks(max(highest, -lowest))
    step = marks[1] - marks[0]
    below: list[float] = []
    while lowest < 0 and (not below or below[0] > lowest):
        below.insert(0, (below[0] if below else 0.0) - step)
    above = [mark for mark in marks if mark - step < highest] or [0.0, step]
    return [*below, *(above if len(above) > 1 else [0.0, step])]
