"""The network: what is full first, then what moves where.

A full leg or point is the darker, the more often it is full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, degrees, hypot, sqrt
from typing import Any

import altair as alt

from planner.domain.instance import Node, PlanningInstance
from planner.domain.titles import title_of
from planner.report.data.traffic import LegFlow, NodeFlow, Traffic
from planner.report.figures.drawing import Figure, chart_of
from planner.report.figures.labels import Box, Labels, points_along
from planner.report.figures.maps.layout import KINDS, WIDTH, Layout, across, discs, down, lay_out_nodes, over_ground
from planner.report.figures.maps.ways import LegLines
from planner.report.figures.points import written
from planner.report.figures.theme import INK, PAPER, SMALL, text_width
from planner.report.words.names import in_picture
from planner.report.words.numbers import compact, number, share

WIDEST, THINNEST, FULL_LEAST = 8.0, 0.8, 3.0  # pixels
MOST_NODES, MOST_FLOWS, MOST_NUMBERS = 1000, 2000, 24
FULL_SHADES = ("#e8955b", "#c4560f", "#7a2e00")  # full in few periods, in more than a third, in more than two thirds
FLOW = "#8fa9bf"
SHAPES = {  # drawn around 0, about 2 wide
    "market": "M-0.55,-1L0.55,-1L1.1,0L0.55,1L-0.55,1L-1.1,0Z",
    "factory": "square",
    "depot": "triangle-up",
    "transit": "diamond",
    "destination": "circle",
}


@dataclass(frozen=True, slots=True)
class NetworkMap:
    """`figure`, and what it does not show."""

    figure: Figure
    numbered: list[LegFlow]  # full legs, in the order of their numbers on the map
    missing: list[str]  # nodes without coordinates on a map of nodes that have them
    geographic: bool
    coast: bool  # does the map show any?
    nodes_left_out: int  # of a large network only the busiest nodes are drawn,
    flows_left_out: int  # and the busiest legs between them
    has_far: bool  # does a node lie outside the picture?


def network_map(instance: PlanningInstance, traffic: Traffic) -> NetworkMap:
    """A map where nodes have coordinates, else a diagram from left to right; legs that carry nothing are not drawn."""
    drawn = _busiest_nodes(instance, traffic)
    layout = lay_out_nodes(drawn, instance.legs.values())
    placed = [f for f in traffic.legs if f.leg.origin in layout.places and f.leg.destination in layout.places]
    numbered = sorted((f for f in placed if f.full_periods), key=lambda flow: (-len(flow.full_periods), -flow.tonnes))
    numbered = numbered[:MOST_NUMBERS]
    full = {flow.leg.name for flow in numbered}
    shown = [flow for at, flow in enumerate(placed) if at < MOST_FLOWS or flow.leg.name in full]
    figure = _Drawing(instance, traffic, layout, shown, numbered).figure()
    missing = [name for name in drawn if name not in layout.places]
    left_out = len(instance.nodes) - len(drawn), len(placed) - len(shown)
    return NetworkMap(figure, numbered, missing, layout.is_map, layout.shows_coast, *left_out, bool(layout.far))


def node_kinds(nodes: Mapping[str, Node]) -> dict[str, int]:
    """Kind → how many nodes of it there are, for the caption."""
    return {kind: count for kind in KINDS if (count := sum(1 for n in nodes.values() if n.kind == kind))}


def _busiest_nodes(instance: PlanningInstance, traffic: Traffic) -> dict[str, Node]:
    """The nodes to draw, in the order of the input: of a large network those over which most tonnes go."""
    order = sorted(instance.nodes, key=lambda name: -traffic.through.get(name, 0.0))
    drawn = set(order[:MOST_NODES])
    return {name: node for name, node in instance.nodes.items() if name in drawn}


class _Drawing:
    def __init__(
        self,
        instance: PlanningInstance,
        traffic: Traffic,
        layout: Layout,
        flows: Sequence[LegFlow],
        numbered: Sequence[LegFlow],
    ) -> None:
        self._instance, self._traffic, self._layout = instance, traffic, layout
        self._flows, self._numbered = flows, numbered
        self._largest = max((flow.tonnes for flow in flows), default=1.0) or 1.0
        self._busiest = max(traffic.through.values(), default=1.0) or 1.0
        self._full = {flow.node: flow for flow in traffic.handling if flow.node in layout.places}
        ways, places = LegLines(layout.canvas), layout.places
        self._ways = {
            flow.leg.name: ways.way(places[flow.leg.origin], places[flow.leg.destination], flow.leg.mode)
            for flow in flows
        }

    def figure(self) -> Figure:
        names = self._names()
        layers = [
            *self._lines([flow for flow in reversed(self._flows) if not flow.full_periods]),
            *self._lines(sorted(self._numbered, key=lambda flow: len(flow.full_periods))),
            *self._halos(),
            *self._nodes(),
            *self._badges(names),
            *written(self._words(names), SMALL),
        ]
        return over_ground(
            self._layout, layers, "What moves where, and where it is full", self._note(), self._description()
        )

    # ── Legs ─────────────────────────────────────────────────────────────────────────────────────

    def _lines(self, flows: Sequence[LegFlow]) -> list[alt.Chart]:
        """Each leg as a line as wide as what it carries, over a white edge where it is full; an arrow in its middle."""
        if not flows:
            return []
        rows = [
            {"leg": flow.leg.name, "at": at, "x": round(x, 1), "y": round(y, 1), **self._look(flow)}
            for flow in flows
            for at, (x, y) in enumerate(self._ways[flow.leg.name])
        ]
        line = chart_of(rows).encode(
            x=across("x"),
            y=down("y"),
            detail=alt.Detail("leg:N"),
            order=alt.Order("at:O"),
            strokeWidth=alt.StrokeWidth("wide:Q", scale=None),
        )
        shade = alt.Stroke("shade:N", scale=None)
        smooth: dict[str, Any] = {"interpolate": "cardinal", "tension": 0.6, "strokeCap": "round"}
        drawn = [
            line.mark_line(aria=True, clip=True, **smooth).encode(stroke=shade, description=alt.Description("tip:N"))
        ]
        arrows = [{**self._arrow(flow), "shade": self._look(flow)["shade"]} for flow in flows]
        arrow = chart_of(arrows).mark_point(shape="triangle-up", filled=True, opacity=1, stroke=PAPER, strokeWidth=0.5)
        drawn.append(
            arrow.encode(
                x=across("x"),
                y=down("y"),
                angle=alt.Angle("turn:Q", scale=None),
                size=alt.Size("size:Q", scale=None),
                fill=alt.Fill("shade:N", scale=None),
            )
        )
        return drawn

    def _look(self, flow: LegFlow) -> dict[str, Any]:
        wide = max(THINNEST, WIDEST * flow.tonnes / self._largest)
        if flow.full_periods:
            wide = max(wide, FULL_LEAST)
        shade = _shade(len(flow.full_periods), len(flow.leg.open)) if flow.full_periods else FLOW
        return {"wide": round(wide, 1), "shade": shade, "tip": self._flow_text(flow)}

    def _arrow(self, flow: LegFlow) -> dict[str, Any]:
        way = self._ways[flow.leg.name]
        middle = len(way) // 2
        (x1, y1), (x2, y2) = way[max(middle - 1, 0)], way[min(middle + 1, len(way) - 1)]
        size = 30 + 12 * WIDEST * flow.tonnes / self._largest
        turn = degrees(atan2(x2 - x1, y1 - y2))
        return {"x": round(way[middle][0], 1), "y": round(way[middle][1], 1), "turn": round(turn), "size": round(size)}

    def _flow_text(self, flow: LegFlow) -> str:
        leg = flow.leg
        ends = " → ".join(title_of(self._instance.nodes, name) for name in (leg.origin, leg.destination))
        text = f"{ends}{', ' + leg.mode if leg.mode else ''}: {number(flow.tonnes)} t"
        used = flow.used_share
        text += f", {share(used)} of capacity" if used is not None else ""
        return text + (f", full in {len(flow.full_periods)} of {len(leg.open)} periods" if flow.full_periods else "")

    # ── Points ───────────────────────────────────────────────────────────────────────────────────

    def _radius(self, name: str) -> float:
        return 3.5 + 4.0 * sqrt(self._traffic.through.get(name, 0.0) / self._busiest)

    def _halos(self) -> list[alt.Chart]:
        """Around points whose handling is full: the darker and the larger, the more often."""
        periods = self._instance.horizon.periods
        rows = [
            {
                **self._at(flow.node),
                "size": 260 + 900 * len(flow.full_periods) / periods,
                "shade": _shade(len(flow.full_periods), periods),
                "tip": self._node_text(flow.node),
            }
            for flow in sorted(self._full.values(), key=lambda flow: len(flow.full_periods))
        ]
        if not rows:
            return []
        ring = chart_of(rows).mark_point(aria=True, shape="circle", strokeWidth=4, fillOpacity=0.35, opacity=1)
        return [discs(ring, "shade")]

    def _nodes(self) -> list[alt.Chart]:
        kinds = [k for k in KINDS if any(self._instance.nodes[name].kind == k for name in self._layout.places)]
        rows = [
            {
                **self._at(name),
                "kind": self._instance.nodes[name].kind,
                "size": round(3.0 * self._radius(name) ** 2),
                "tip": self._node_text(name),
            }
            for name in self._layout.places
        ]
        shapes = alt.Scale(domain=kinds, range=[SHAPES[kind] for kind in kinds])
        legend = alt.Legend(symbolFillColor=INK, symbolStrokeWidth=0)
        points = chart_of(rows).mark_point(aria=True, fill=INK, stroke=PAPER, strokeWidth=0.8, opacity=1)
        return [
            points.encode(
                x=across("x"),
                y=down("y"),
                shape=alt.Shape("kind:N", scale=shapes, sort=kinds, legend=legend),
                size=alt.Size("size:Q", scale=None),
                description=alt.Description("tip:N"),
            )
        ]

    def _at(self, name: str) -> dict[str, Any]:
        x, y = self._layout.places[name]
        return {"x": round(x, 1), "y": round(y, 1)}

    def _node_text(self, name: str) -> str:
        node, handled = self._instance.nodes[name], self._traffic.through.get(name, 0.0)
        text = f"{name}, {node.title}" if node.title and node.title != name else name
        text += f" ({node.kind}{', ' + title_of(self._instance.nations, node.nation) if node.nation else ''})"
        text += f": {number(handled)} t leave or are delivered" if handled else ""
        full = self._full.get(name)
        return text + (f", its handling {self._full_text(full)}" if full else "")

    def _full_text(self, flow: NodeFlow) -> str:
        return f"full in {self._full_count(flow)} periods"

    def _full_count(self, flow: NodeFlow) -> str:
        return f"{len(flow.full_periods)} of {self._instance.horizon.periods}"

    # ── Names ────────────────────────────────────────────────────────────────────────────────────

    def _names(self) -> Labels:
        """The picture with its points taken, and the lines that no name shall cover if it can be helped."""
        boxes = []
        for name, (x, y) in self._layout.places.items():
            reach = self._radius(name) + (8.0 if name in self._full else 0.0)
            boxes.append((x - reach, y - reach, x + reach, y + reach))
        return Labels(WIDTH, self._layout.height, boxes, points_along(self._ways.values()))

    def _badges(self, labels: Labels) -> list[alt.Chart]:
        """The number of each full leg, beside its middle."""
        rows = []
        for index, flow in enumerate(self._numbered, 1):
            box = labels.first_free(self._beside(flow))
            rows.append({"x": box[0] + 9, "y": box[1] + 9, "text": str(index), "tip": self._flow_text(flow)})
        if not rows:
            return []
        data = chart_of(rows).encode(x=across("x"), y=down("y"))
        disc = data.mark_point(
            aria=True, shape="circle", size=260, fill=PAPER, stroke=FULL_SHADES[2], strokeWidth=1.6, opacity=1
        )
        return [
            disc.encode(description=alt.Description("tip:N")),
            data.mark_text(fontSize=10.5, fontWeight="bold").encode(text=alt.Text("text:N")),
        ]

    def _beside(self, flow: LegFlow) -> list[Box]:
        """Places of a badge beside the arrow, along the leg where that is taken."""
        way = self._ways[flow.leg.name]
        middle = len(way) // 2
        (x1, y1), (x2, y2) = way[middle - 1], way[min(middle + 1, len(way) - 1)]
        (x, y), length = way[middle], hypot(x2 - x1, y2 - y1) or 1.0
        dx, dy = (x2 - x1) / length, (y2 - y1) / length
        centres = [(x - dy * 15 + dx * along, y + dx * 15 + dy * along) for along in (0.0, 24.0, -24.0, 48.0, -48.0)]
        return [(a - 9, b - 9, a + 9, b + 9) for a, b in centres]

    def _words(self, labels: Labels) -> list[dict[str, Any]]:
        """Names beside the points, full ones first, then the busiest;
        a name without free room is left to the tooltip.
        """
        words = []
        full = [flow.node for flow in self._traffic.handling if flow.node in self._full]
        others = sorted(self._layout.places, key=lambda name: -self._traffic.through.get(name, 0.0))
        for name in dict.fromkeys([*full, *others]):
            flow, text = self._full.get(name), in_picture(self._instance.nodes, name)
            if flow:
                text += f", {self._full_count(flow)}"
            elif name in self._layout.far:
                text += " (off the map)"
            wide = text_width(text, SMALL) * (1.08 if flow else 1.0)
            reaches = (16.0, 24.0, 36.0, 50.0) if flow else (self._radius(name) + 3.0, self._radius(name) + 11.0)
            tried = (labels.place(self._layout.places[name], reach, wide) for reach in reaches)
            if box := next((box for box in tried if box), None):
                words.append({"left": box[0] + 2, "base": box[3] - 4, "text": text, "bold": flow is not None})
        return words

    # ── Words ────────────────────────────────────────────────────────────────────────────────────

    def _note(self) -> list[str]:
        lines = [f"Grey-blue: legs, as wide as what they carry in all (the widest: {compact(self._largest)} t)."]
        if self._numbered or self._full:
            lines.append(
                "Brown: full, the darker the more often. A numbered line is a full leg (table below), a ring a point "
                "whose handling is full; beside it in how many periods."
            )
        return lines

    def _description(self) -> str:
        nodes = self._instance.nodes
        full = [
            f"{title_of(nodes, flow.node)} is {self._full_text(flow)}"
            for flow in self._traffic.handling
            if flow.node in self._full
        ]
        legs = [f"{index}: {self._flow_text(flow)}" for index, flow in enumerate(self._numbered, 1)]
        return "; ".join([*full, *legs]) + "." if full or legs else "No leg and no handling is full."


def _shade(full: int, periods: int) -> str:
    """How dark: by the part of the periods in which it is full."""
    part = full / max(periods, 1)
    return FULL_SHADES[2] if part > 2 / 3 else FULL_SHADES[1] if part > 1 / 3 else FULL_SHADES[0]
