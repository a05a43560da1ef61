"""The map of the answer: the places that carry it, what lies unused there while another place lacks it,
and who lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.report.figures.drawing import Figure, chart_of
from planner.report.figures.labels import Labels, Point, points_along
from planner.report.figures.maps.layout import WIDTH, Layout, across, discs, down, lay_out_nodes, over_ground
from planner.report.figures.maps.ways import LegLines
from planner.report.figures.points import written
from planner.report.figures.theme import BLUE, MUTED, NEVER, ORANGE, PAPER, SMALL, text_width
from planner.report.guarantees.answers import Answers, amounts
from planner.report.words.names import in_picture, titles_of
from planner.report.words.numbers import Money, share

LARGEST, SMALLEST = 24.0, 3.5  # radius
WIDEST = 7.0  # line of a move
MOST_NODES = 300
UNUSED = "#d3e9f7"
MOVE = "#7f9db8"
DrawnMove = tuple[str, str, str]  # origin, destination, mode


@dataclass(frozen=True, slots=True)
class AnswerMap:
    """The map of the depots that answer; `geographic`: drawn by coordinates."""

    figure: Figure
    geographic: bool
    coast: bool  # does the map show any?
    missing: list[str]  # nodes without coordinates on a map of nodes that have them


@dataclass(frozen=True, slots=True)
class _Place:
    """Values in money, in a mean over the cases."""

    used: float = 0.0
    idle: float = 0.0
    wanted: float = 0.0
    covered: float = 0.0

    @property
    def size(self) -> float:
        return max(self.used + self.idle, self.wanted)

    def discs(self) -> list[tuple[float, str]]:
        """(area as a part of `size`, colour), the largest first:
        what it wants and what of it is covered, what it gives.
        """
        discs = []
        if self.wanted > 0:
            discs += [(self.wanted, NEVER.fill), (self.covered, ORANGE)]
        if self.used + self.idle > 0:
            discs += [(self.used + self.idle, UNUSED), (self.used, BLUE)]
        return sorted(((part / self.size, colour) for part, colour in discs if part > 0), key=lambda disc: -disc[0])

    def said(self, title: str, money: Money) -> str:
        parts = []
        if self.wanted > 0:
            parts.append(f"wants {money.text(self.wanted)}, {share(self.covered / self.wanted)} of it covered")
        if self.used + self.idle > 0:
            parts.append(f"gives {money.text(self.used)}")
        if self.idle > 0:
            parts.append(f"{money.text(self.idle)} lie unused while another place is short of such goods")
        return f"{title}: {'; '.join(parts)}"


def answer_map(answers: Answers, money: Money) -> AnswerMap | None:
    """Places by what they give, keep unused or lack, and the moves between them; None where nothing has a value."""
    places = _places(answers)
    largest_places = sorted((name for name in places if places[name].size > 0), key=lambda name: -places[name].size)[
        :MOST_NODES
    ]
    if not largest_places:
        return None
    moves, instance = _moves(answers), answers.instance
    titles = titles_of(instance.nodes)
    through = {end for origin, destination, _ in moves for end in (origin, destination)}
    nodes = {name: node for name, node in instance.nodes.items() if name in largest_places or name in through}
    layout = lay_out_nodes(nodes, instance.legs.values())
    drawn = [name for name in largest_places if name in layout.places]
    passed = [name for name in nodes if name in layout.places and name not in places]
    largest = max(places[name].size for name in largest_places)
    radius = {name: max(LARGEST * sqrt(places[name].size / largest), SMALLEST) for name in drawn}
    radius |= dict.fromkeys(passed, SMALLEST)
    captions = {name: in_picture(instance.nodes, name) for name in (*drawn, *passed)}
    captions |= {name: f"{captions[name]} {_covered(places[name])}".rstrip() for name in drawn}
    ways = _ways(layout, moves)
    layers = [
        *_lines(ways, moves, money, titles),
        *_passed(layout, passed, titles),
        *_discs(layout, {name: places[name] for name in drawn}, radius, money, titles),
        *written(_words(layout, radius, captions, points_along(ways.values())), SMALL),
    ]
    note = [
        "Blue: what a place gives, pale blue around it: unused while another place is short of such goods.",
        "Orange: covered of what a place wants (per cent beside its name), framed around it: lacking. Grey "
        "points: goods are made there or pass.",
    ]
    description = "; ".join(places[name].said(titles[name], money) for name in drawn[:30])
    figure = over_ground(layout, layers, "Who supplies the response, and who is short", note, f"{description}.")
    return AnswerMap(
        figure, layout.is_map, layout.shows_coast, [name for name in largest_places if name not in layout.places]
    )


def _places(answers: Answers) -> dict[str, _Place]:
    draws, wants = answers.draws, answers.tables["coverage"]
    weights = answers.weighted(draws) * draws["value"]
    sums = pd.DataFrame({name: draws[name] * weights for name in ("used", "idle")}).groupby(draws["node"]).sum()
    values = answers.weighted(wants) * answers.worth(wants["item"])
    needs = pd.DataFrame({name: wants[name] * values for name in ("wanted", "covered")})
    needs = needs.groupby(wants["destination"]).sum()
    both = sums.join(needs, how="outer").fillna(0.0)
    return {str(name): _Place(*(float(value) for value in row)) for name, *row in both.itertuples()}


def _moves(answers: Answers) -> dict[DrawnMove, float]:
    """(origin, destination, mode) → value moved in a mean over the cases."""
    table = answers.tables["response_moves"]
    value = table["quantity"] * answers.worth(table["item"]) * answers.weighted(table)
    sums = value.groupby([table["origin"], table["destination"], table["mode"].fillna("")]).sum()
    return {(origin, end, mode): amount for (origin, end, mode), amount in amounts(sums) if amount > 0}


def _ways(layout: Layout, moves: Iterable[DrawnMove]) -> dict[DrawnMove, list[Point]]:
    """The points of the line of each move whose ends are both on the map."""
    ways, places = LegLines(layout.canvas), layout.places
    return {
        (origin, end, mode): ways.way(places[origin], places[end], mode)
        for origin, end, mode in moves
        if origin in places and end in places
    }


def _lines(
    ways: Mapping[DrawnMove, Sequence[Point]], moves: Mapping[DrawnMove, float], money: Money, titles: Mapping[str, str]
) -> list[alt.Chart]:
    """A line a move, as wide as its value."""
    most, rows = max(moves.values(), default=1.0), []
    for (origin, end, mode), way in sorted(ways.items(), key=lambda one: moves[one[0]]):
        value = moves[origin, end, mode]
        look = {
            "move": f"{origin}>{end}:{mode}",
            "wide": round(max(WIDEST * value / most, 0.9), 1),
            "tip": f"{titles[origin]} → {titles[end]}{', ' + mode if mode else ''}: {money.text(value)}",
        }
        for at, (x, y) in enumerate(way):
            rows.append({"at": at, "x": round(x, 1), "y": round(y, 1), **look})
    if not rows:
        return []
    line = chart_of(rows).mark_line(
        aria=True, clip=True, color=MOVE, opacity=0.7, interpolate="cardinal", strokeCap="round"
    )
    wide = alt.StrokeWidth("wide:Q", scale=None)
    return [
        line.encode(
            x=across("x"),
            y=down("y"),
            detail=alt.Detail("move:N"),
            order=alt.Order("at:O"),
            strokeWidth=wide,
            description=alt.Description("tip:N"),
        )
    ]


def _discs(
    layout: Layout,
    places: Mapping[str, _Place],
    radius: Mapping[str, float],
    money: Money,
    titles: Mapping[str, str],
) -> list[alt.Chart]:
    rows = [
        {
            **_at(layout, name),
            "size": round(4 * radius[name] ** 2 * part),
            "shade": colour,
            "outline": NEVER.outline if colour == NEVER.fill else BLUE if colour == UNUSED else PAPER,
            "tip": place.said(titles[name], money),
        }
        for name, place in places.items()
        for part, colour in place.discs()
    ]
    disc = chart_of(rows).mark_point(aria=True, shape="circle", opacity=1, strokeWidth=1)
    return [discs(disc, "outline")]


def _passed(layout: Layout, names: Sequence[str], titles: Mapping[str, str]) -> list[alt.Chart]:
    """Points where goods are made or pass through."""
    rows = [{**_at(layout, name), "tip": f"{titles[name]}: goods are made here or pass through"} for name in names]
    if not rows:
        return []
    dot = chart_of(rows).mark_circle(aria=True, size=40, color=MUTED, opacity=1)
    return [dot.encode(x=across("x"), y=down("y"), description=alt.Description("tip:N"))]


def _words(
    layout: Layout, radius: Mapping[str, float], captions: Mapping[str, str], lines: npt.NDArray[np.float64]
) -> list[dict[str, Any]]:
    """The captions beside their places, the first ones first; one without free room is left to the tooltip."""
    boxes = [(x - r, y - r, x + r, y + r) for name, r in radius.items() for x, y in [layout.places[name]]]
    labels = Labels(WIDTH, layout.height, boxes, lines)
    words = []
    for name, text in captions.items():
        box = labels.place(layout.places[name], radius[name] + 3, text_width(text, SMALL))
        if box:
            words.append({"left": box[0] + 2, "base": box[3] - 4, "text": text, "bold": False})
    return words


def _covered(place: _Place) -> str:
    return share(place.covered / place.wanted) if place.wanted > 0 else ""


def _at(layout: Layout, name: str) -> dict[str, Any]:
    x, y = layout.places[name]
    return {"x": round(x, 1), "y": round(y, 1)}
