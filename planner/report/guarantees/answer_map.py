"""The map of the answer: the places that carry it, what lies unused there while another place lacks it, and who lacks."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import pandas as pd

from planner.report.figures import svg
from planner.report.figures.labels import Labels
from planner.report.figures.network_map import WIDTH, ground, place_nodes
from planner.report.figures.svg import BLUE, INK, MISSING, MUTED, ORANGE
from planner.report.guarantees.answers import Answers, amounts
from planner.report.words.numbers import Money, share

LARGEST, SMALLEST = 26.0, 3.5  # radius
WIDEST = 8.0  # line of a move
MOST_NODES = 300


@dataclass(frozen=True, slots=True)
class AnswerMap:
    markup: str
    geographic: bool
    missing: list[str]  # nodes without coordinates on a map of nodes that have them


@dataclass(frozen=True, slots=True)
class _Place:
    """Values in money, in a mean over the cases."""

    used: float = 0.0
    idle: float = 0.0
    wanted: float = 0.0
    covered: float = 0.0

    @property
    def lacking(self) -> float:
        return max(self.wanted - self.covered, 0.0)

    @property
    def size(self) -> float:
        return max(self.used + self.idle, self.wanted)


def draw_answer(answers: Answers, money: Money, marking: str = "") -> AnswerMap | None:
    """Places by what they give, keep unused or lack, and the moves between them; None where nothing has a value."""
    found = _places(answers)
    kept = sorted((name for name in found if found[name].size > 0), key=lambda name: -found[name].size)[:MOST_NODES]
    if not kept:
        return None
    moves = _moves(answers)
    through = {end for pair in moves for end in pair}
    instance = answers.instance
    nodes = {name: node for name, node in instance.nodes.items() if name in kept or name in through}
    points, height, canvas = place_nodes(nodes, instance.legs.values())
    drawn = [name for name in kept if name in points]
    largest = max(found[name].size for name in kept)
    most = max(moves.values(), default=1.0)
    parts = ground(canvas, height)
    for (origin, end), value in sorted(moves.items(), key=lambda move: move[1]):
        if origin in points and end in points:
            parts.append(_move(points[origin], points[end], f"{origin} → {end}: {money.text(value)}", value / most))
    radius = {name: max(LARGEST * sqrt(found[name].size / largest), SMALLEST) for name in drawn}
    passed = [name for name in nodes if name in points and name not in found]
    parts += [_passed(points[name], name) for name in passed]
    parts += [_place(points[name], radius[name], name, found[name], money) for name in drawn]
    boxes = [(x - r, y - r, x + r, y + r) for name in drawn for (x, y), r in [(points[name], radius[name])]]
    labels = Labels(WIDTH, height, boxes)
    for name in drawn:
        parts += _label(labels, points[name], radius[name], _caption(name, found[name]))
    for name in passed:
        parts += _label(labels, points[name], SMALLEST, name)
    legend = _legend(height)
    total = height + 34 + (16 if marking else 0)
    clip = f'<defs><clipPath id="answer-window"><rect width="{WIDTH:g}" height="{height:g}"/></clipPath></defs>'
    body = svg.element("g", "".join(parts), clip_path="url(#answer-window)")
    picture = svg.picture(WIDTH, total, "Who carries the answer, and who lacks", [clip, body, *legend], marking)
    return AnswerMap(picture, canvas is not None, [name for name in kept if name not in points])


def _places(answers: Answers) -> dict[str, _Place]:
    draws, wants = answers.draws, answers.tables["coverage"]
    weights = answers.weighted(draws) * draws["value"]
    given = pd.DataFrame({name: draws[name] * weights for name in ("used", "idle")}).groupby(draws["node"]).sum()
    values = answers.weighted(wants) * answers.worth(wants["item"])
    needs = pd.DataFrame({name: wants[name] * values for name in ("wanted", "covered")})
    needs = needs.groupby(wants["destination"]).sum()
    both = given.join(needs, how="outer").fillna(0.0)
    return {str(name): _Place(*(float(value) for value in row)) for name, *row in both.itertuples()}


def _moves(answers: Answers) -> dict[tuple[str, str], float]:
    """(origin, destination) → value moved in a mean over the cases."""
    table = answers.tables["response_moves"]
    value = table["quantity"] * answers.worth(table["item"]) * answers.weighted(table)
    sums = value.groupby([table["origin"], table["destination"]]).sum()
    return {(origin, end): amount for (origin, end), amount in amounts(sums) if amount > 0}


def _move(start: tuple[float, float], end: tuple[float, float], tip: str, part: float) -> str:
    line: svg.Style = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    wide = max(WIDEST * part, 0.9)
    return svg.element(
        "line",
        svg.tooltip(tip),
        stroke="#40719b",
        stroke_opacity=0.45,
        stroke_width=wide,
        stroke_linecap="round",
        **line,
    )


def _place(at: tuple[float, float], radius: float, name: str, place: _Place, money: Money) -> str:
    """A disc as large as what the place gives, keeps unused or wants; the part unused or lacking hatched around it."""
    x, y = at
    tip = [f"{name}:"]
    parts = []
    edge: svg.Style = {"stroke": "#fff", "stroke_width": 1.2}
    if place.wanted > 0:
        inner = radius * sqrt(place.covered / place.size) if place.wanted == place.size else radius
        if place.lacking > 0 and place.wanted == place.size:
            parts.append(svg.element("circle", cx=x, cy=y, r=radius, fill=MISSING.fill, stroke=MISSING.colour))
        parts.append(svg.element("circle", cx=x, cy=y, r=inner, fill=ORANGE, **edge))
        tip.append(f"wants {money.text(place.wanted)}, {share(place.covered / place.wanted)} of it covered")
    if place.used + place.idle > 0:
        outer = radius if place.used + place.idle == place.size else radius * 0.5
        if place.idle > 0:
            parts.append(svg.element("circle", cx=x, cy=y, r=outer, fill=MISSING.fill, stroke=BLUE, stroke_width=1.2))
        inner = outer * sqrt(place.used / (place.used + place.idle))
        parts.append(svg.element("circle", cx=x, cy=y, r=inner, fill=BLUE, **edge))
        tip.append(f"gives {money.text(place.used)}")
        if place.idle > 0:
            tip.append(f"{money.text(place.idle)} lie unused while another place lacks such goods")
    return svg.element("g", svg.tooltip(f"{tip[0]} {'; '.join(tip[1:])}") + "".join(parts), class_="node")


def _passed(at: tuple[float, float], name: str) -> str:
    """A point where goods are made or pass through."""
    tip = svg.tooltip(f"{name}: goods are made here or pass through")
    return svg.element("circle", tip, cx=at[0], cy=at[1], r=SMALLEST, fill=MUTED, stroke="#fff", stroke_width=0.8)


def _caption(name: str, place: _Place) -> str:
    return f"{name} {share(place.covered / place.wanted)}" if place.wanted > 0 else name


def _label(labels: Labels, at: tuple[float, float], radius: float, caption: str) -> list[str]:
    shown = svg.shortened(caption, 190, 11.5)
    box = labels.place(at, radius + 3, svg.text_width(shown, 11.5))
    style: svg.Style = {"font_size": 11.5, "fill": INK, "class": "halo"}
    return [svg.text(box[0] + 2, box[3] - 4, shown, **style)] if box else []


def _legend(height: float) -> list[str]:
    y, x = height + 18, 10.0
    parts = []
    entries = (
        (BLUE, "gives, by value"),
        (MISSING.fill, "hatched: unused while another place lacks such goods, or lacking"),
        (ORANGE, "wants; per cent covered"),
        (MUTED, "makes goods, or they pass"),
    )
    for fill, text in entries:
        parts.append(svg.element("circle", cx=x + 7, cy=y, r=6.5, fill=fill, stroke=MUTED, stroke_width=0.8))
        parts.append(svg.text(x + 19, y + 4, text, font_size=12.0, fill=INK))
        x += 19 + svg.text_width(text) + 18
    return parts
