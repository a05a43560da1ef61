"""The picture of the network: nodes by kind, flows as wide as they are large, full legs dashed and numbered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot, sqrt

import networkx as nx
import numpy as np
import numpy.typing as npt

from planner.domain.instance import Leg, Node, PlanningInstance
from planner.report.data.traffic import LegFlow, Traffic
from planner.report.figures import svg
from planner.report.figures.geography import Canvas, Point, land_path, lay_out
from planner.report.figures.labels import Box, Labels
from planner.report.figures.svg import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, VERMILION
from planner.report.words.numbers import compact, number, plural, share

WIDTH = 1120.0
WIDEST, THINNEST = 11.0, 1.2
MOST_NODES, MOST_FLOWS, MOST_IDLE, MOST_NUMBERS = 1000, 2000, 400, 24
KINDS = ("market", "factory", "depot", "transit", "destination")
KIND_INK = {"market": PURPLE, "factory": INK, "depot": BLUE, "transit": GREEN, "destination": ORANGE}


@dataclass(frozen=True, slots=True)
class NetworkPicture:
    markup: str
    numbered: list[LegFlow]  # full legs, in the order of their numbers on the map
    missing: list[str]  # nodes without coordinates on a map of nodes that have them
    geographic: bool
    nodes_left_out: int  # of a large network only the busiest nodes are drawn,
    flows_left_out: int  # and the busiest legs between them


def draw_network(instance: PlanningInstance, traffic: Traffic, marking: str = "") -> NetworkPicture:
    """A map where nodes have coordinates, else a diagram from left to right."""
    drawn = _busiest_nodes(instance, traffic)
    places, height, canvas = place_nodes(drawn, instance.legs.values())
    missing = [name for name in drawn if name not in places]
    numbered = sorted(traffic.saturated, key=lambda flow: (-len(flow.full_periods), -flow.tonnes))
    numbered = [f for f in numbered if f.leg.origin in places and f.leg.destination in places][:MOST_NUMBERS]
    flows = [f for f in traffic.legs if f.leg.origin in places and f.leg.destination in places]
    full = {flow.leg.name for flow in numbered}
    shown = [f for place, f in enumerate(flows) if place < MOST_FLOWS or f.leg.name in full]
    drawing = _Drawing(instance, traffic, places, height, canvas, numbered, shown)
    left_out = len(instance.nodes) - len(drawn), len(flows) - len(shown)
    return NetworkPicture(drawing.markup(marking), numbered, missing, canvas is not None, *left_out)


def place_nodes(nodes: Mapping[str, Node], legs: Iterable[Leg]) -> tuple[Mapping[str, Point], float, Canvas | None]:
    """Where nodes stand in a picture `WIDTH` wide, its height, and the map where most of them have coordinates."""
    located = {
        name: (node.longitude, node.latitude)
        for name, node in nodes.items()
        if node.longitude is not None and node.latitude is not None
    }
    if len(located) >= 2 and len(located) >= 0.5 * len(nodes):
        canvas = lay_out(located, WIDTH)
        return canvas.places, canvas.height, canvas
    return (*_diagram(nodes, legs), None)


def _busiest_nodes(instance: PlanningInstance, traffic: Traffic) -> dict[str, Node]:
    """The nodes to draw, in the order of the input: of a large network those over which most tonnes go."""
    order = sorted(instance.nodes, key=lambda name: -traffic.through.get(name, 0.0))
    drawn = set(order[:MOST_NODES])
    return {name: node for name, node in instance.nodes.items() if name in drawn}


def _diagram(nodes: Mapping[str, Node], legs: Iterable[Leg]) -> tuple[dict[str, Point], float]:
    """Columns by how far goods have come; within a column by the mean place of the neighbours before."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(
        (leg.origin, leg.destination) for leg in legs if leg.origin in nodes and leg.destination in nodes
    )
    folded = nx.condensation(graph)
    layer_of_part = {part: layer for layer, parts in enumerate(nx.topological_generations(folded)) for part in parts}
    layer = {node: layer_of_part[part] for node, part in folded.graph["mapping"].items()}
    if max(layer.values(), default=0) == 0 and len(nodes) > 2:  # one knot of two-way routes
        layer = {name: KINDS.index(node.kind) for name, node in nodes.items()}
    columns: dict[int, list[str]] = {}
    for name in nodes:
        columns.setdefault(layer[name], []).append(name)
    order = sorted(columns)
    tallest = max(len(names) for names in columns.values())
    narrow = tallest <= 2 and len(columns) > 2  # a chain: staggered, so that flows past a node are seen
    height = 340.0 if narrow else min(max(220.0, 40.0 * tallest + 100), 1500.0)
    places: dict[str, Point] = {}
    for column, key in enumerate(order):
        names = columns[key]
        if column:
            names.sort(key=lambda name: _mean_height(graph, places, name))
        step = (height - 90) / len(names)
        x = 150 + (WIDTH - 300) * (column / max(len(order) - 1, 1) if len(order) > 1 else 0.5)
        for place, name in enumerate(names):
            shift = 14 * (place % 2) if len(names) > 6 else 0
            rise = 70.0 * (1 - 2 * (column % 2)) if narrow and 0 < column < len(order) - 1 else 0.0
            places[name] = (x + shift, 40 + step * (place + 0.5) + rise)
    return places, height


def _mean_height(graph: nx.DiGraph[str], places: Mapping[str, Point], name: str) -> float:
    heights = [places[other][1] for other in graph.predecessors(name) if other in places]
    return sum(heights) / len(heights) if heights else 1e9


@dataclass
class _Drawing:
    instance: PlanningInstance
    traffic: Traffic
    places: Mapping[str, Point]
    height: float
    canvas: Canvas | None
    numbered: list[LegFlow]
    flows: list[LegFlow]

    def markup(self, marking: str) -> str:
        largest = max((flow.tonnes for flow in self.traffic.legs), default=1.0) or 1.0
        parts = [*ground(self.canvas, self.height), *self._idle()]
        for flow in reversed(self.flows):
            parts.append(self._flow(flow, largest))
        parts += [self._node(name) for name in self.places]
        boxes = [self._box(name) for name in self.places]
        labels = Labels(WIDTH, self.height, boxes, self._line_points(self.flows))
        badges = [self._badge(place + 1, flow, labels) for place, flow in enumerate(self.numbered)]
        parts += self._labels(labels)
        parts += badges
        legend, legend_height = self._legend(largest)
        total = self.height + legend_height + (16 if marking else 0)
        body = svg.element("g", "".join(parts), clip_path="url(#map-window)") + "".join(legend)
        clip = f'<clipPath id="map-window"><rect width="{WIDTH:g}" height="{self.height:g}"/></clipPath>'
        return svg.picture(WIDTH, total, "Network with flows", [f"<defs>{clip}</defs>", body], marking)

    def _idle(self) -> list[str]:
        parts = []
        for leg in self.traffic.idle[:MOST_IDLE]:
            if leg.origin in self.places and leg.destination in self.places:
                (x1, y1), (x2, y2) = self.places[leg.origin], self.places[leg.destination]
                tip = svg.tooltip(f"{leg.name}: not used")
                parts.append(
                    svg.element(
                        "line",
                        tip,
                        x1=x1,
                        y1=y1,
                        x2=x2,
                        y2=y2,
                        stroke="#8c98a3",
                        stroke_width=0.8,
                        stroke_dasharray="1 4",
                    )
                )
        return parts

    def _flow(self, flow: LegFlow, largest: float) -> str:
        wide = _line_width(flow.tonnes, largest)
        path, (middle, ahead) = self._curve(flow.leg)
        full = bool(flow.full_periods)
        parts = [svg.tooltip(self._flow_text(flow))]
        colour = VERMILION if full else "#40719b"
        if full:  # a white core with dashes reads as "full" in black and white too
            parts.append(svg.element("path", d=path, stroke=colour, stroke_width=wide + 2.4, fill="none"))
            parts.append(svg.element("path", d=path, stroke="#fff", stroke_width=wide, fill="none"))
            dashes: svg.Style = {"stroke_dasharray": "7 4"}
            parts.append(svg.element("path", d=path, stroke=colour, stroke_width=max(wide, 1.4), fill="none", **dashes))
        else:
            parts.append(
                svg.element("path", d=path, stroke=colour, stroke_width=wide, fill="none", stroke_opacity=0.75)
            )
        parts.append(_arrow(middle, ahead, colour, 5.0 + wide * 0.55))
        return svg.element("g", "".join(parts), class_="flow full" if full else "flow")

    def _flow_text(self, flow: LegFlow) -> str:
        leg = flow.leg
        text = f"{leg.origin} → {leg.destination}{f' by {leg.mode}' if leg.mode else ''}: {number(flow.tonnes)} t"
        if flow.used_share is not None:
            text += f", {share(flow.used_share)} of its capacity"
        if flow.full_periods:
            text += f", full in {plural(len(flow.full_periods), 'period')}"
        return text

    def _bent(self, leg: Leg) -> tuple[Point, Point, Point]:
        """Start, control point and end: a slight bend to the right, so that the way back lies beside it."""
        (x1, y1), (x2, y2) = self.places[leg.origin], self.places[leg.destination]
        length = hypot(x2 - x1, y2 - y1) or 1.0
        parallel = sum(1 for o in self._between.get((leg.origin, leg.destination), ()) if o < leg.name)
        bend = (min(0.10 * length, 26.0) + 9.0 * parallel) / length
        return (x1, y1), ((x1 + x2) / 2 - (y2 - y1) * bend, (y1 + y2) / 2 + (x2 - x1) * bend), (x2, y2)

    def _curve(self, leg: Leg) -> tuple[str, tuple[Point, Point]]:
        """The path of a leg, with its middle and direction."""
        (x1, y1), (cx, cy), (x2, y2) = self._bent(leg)
        middle = (x1 / 4 + cx / 2 + x2 / 4, y1 / 4 + cy / 2 + y2 / 4)
        return f"M{x1:.1f},{y1:.1f}Q{cx:.1f},{cy:.1f} {x2:.1f},{y2:.1f}", (middle, (x2 - x1, y2 - y1))

    def _line_points(self, flows: Sequence[LegFlow]) -> npt.NDArray[np.float64]:
        """Points along all flows, near enough to each other that no name slips between them."""
        along = np.linspace(0.0, 1.0, 60)[:, None]
        curves = []
        for flow in flows:
            start, bend, end = (np.array(point) for point in self._bent(flow.leg))
            curves.append((1 - along) ** 2 * start + 2 * along * (1 - along) * bend + along**2 * end)
        return np.concatenate(curves) if curves else np.empty((0, 2))

    @cached_property
    def _between(self) -> dict[tuple[str, str], list[str]]:
        pairs: dict[tuple[str, str], list[str]] = {}
        for flow in self.flows:
            pairs.setdefault((flow.leg.origin, flow.leg.destination), []).append(flow.leg.name)
        return pairs

    @cached_property
    def _busiest(self) -> float:
        return max(self.traffic.through.values(), default=1.0) or 1.0

    def _radius(self, name: str) -> float:
        return 5.0 + 5.0 * sqrt(self.traffic.through.get(name, 0.0) / self._busiest)

    def _box(self, name: str) -> Box:
        (x, y), r = self.places[name], self._radius(name)
        return x - r, y - r, x + r, y + r

    def _node(self, name: str) -> str:
        node, (x, y) = self.instance.nodes[name], self.places[name]
        tip = f"{name} ({node.kind}{', ' + node.nation if node.nation else ''})"
        handled = self.traffic.through.get(name, 0.0)
        tip += f": {number(handled)} t leave or are delivered" if handled else ""
        shape = _shape(node.kind, x, y, self._radius(name))
        full = self.traffic.full_nodes.get(name)
        if full is not None:
            tip += f", its handling full in {plural(len(full.full_periods), 'period')}"
            shape = _ring(x, y, self._radius(name) + 4) + shape
        return svg.element("g", svg.tooltip(tip) + shape, class_="node full" if full else "node")

    def _badge(self, place: int, flow: LegFlow, labels: Labels) -> str:
        _, ((x, y), (dx, dy)) = self._curve(flow.leg)
        length = hypot(dx, dy) or 1.0
        boxes = []
        for along in (0.0, 24.0, -24.0, 48.0, -48.0):  # beside the arrow, along the leg where that is taken
            bx, by = x - dy / length * 15 + dx / length * along, y + dx / length * 15 + dy / length * along
            boxes.append((bx - 9, by - 9, bx + 9, by + 9))
        box = labels.first_free(boxes)
        bx, by = box[0] + 9, box[1] + 9
        circle = svg.element("circle", cx=bx, cy=by, r=8.5, fill="#fff", stroke=VERMILION, stroke_width=1.6)
        figure = svg.text(bx, by + 3.8, str(place), text_anchor="middle", font_size=10.5, font_weight="bold", fill=INK)
        return svg.element("g", svg.tooltip(self._flow_text(flow)) + circle + figure)

    def _labels(self, labels: Labels) -> list[str]:
        """Names beside the nodes, busiest first; a name without free room is left to the tooltip."""
        parts = []
        order = sorted(self.places, key=lambda name: -self.traffic.through.get(name, 0.0))
        for name in order:
            far = self.canvas is not None and name in self.canvas.far
            shown = svg.shortened(f"{name} (off the map)" if far else name, 190, 11.5)
            box = labels.place(self.places[name], self._radius(name) + 3, svg.text_width(shown, 11.5))
            if box is None:
                continue
            style: svg.Style = {"font_size": 11.5, "fill": INK, "class": "halo"}
            parts.append(svg.text(box[0] + 2, box[3] - 4, shown, **style))
        return parts

    def _legend(self, largest: float) -> tuple[list[str], float]:
        y = self.height + 20
        parts, x = [], 10.0
        kinds = [kind for kind in KINDS if any(self.instance.nodes[n].kind == kind for n in self.places)]
        for kind in kinds:
            parts += [_shape(kind, x + 7, y, 6.5), svg.text(x + 19, y + 4, kind, font_size=12.0, fill=INK)]
            x += 19 + svg.text_width(kind) + 18
        if self.traffic.legs:
            for tonnes in (largest, largest / 10):
                wide = _line_width(tonnes, largest)
                parts.append(svg.element("line", x1=x, x2=x + 34, y1=y, y2=y, stroke="#40719b", stroke_width=wide))
                label = f"{compact(tonnes)} t in all"
                parts.append(svg.text(x + 40, y + 4, label, font_size=12.0, fill=INK))
                x += 40 + svg.text_width(label) + 18
        if self.traffic.saturated:
            if x > WIDTH - 330:
                x, y = 10.0, y + 24
            for colour, wide, dash in ((VERMILION, 6.4, "none"), ("#fff", 4.0, "none"), (VERMILION, 4.0, "7 4")):
                parts.append(
                    svg.element(
                        "line", x1=x, x2=x + 40, y1=y, y2=y, stroke=colour, stroke_width=wide, stroke_dasharray=dash
                    )
                )
            label = "full in at least one period; numbers: table below"
            parts.append(svg.text(x + 46, y + 4, label, font_size=12.0, fill=INK))
            x += 46 + svg.text_width(label) + 18
        if self.traffic.handling:
            label = "point whose handling is full in at least one period"
            if x > WIDTH - 40 - svg.text_width(label):
                x, y = 10.0, y + 24
            parts += [_ring(x + 9, y, 8.5), svg.text(x + 24, y + 4, label, font_size=12.0, fill=INK)]
        return parts, y - self.height + 16


def ground(canvas: Canvas | None, height: float) -> list[str]:
    """Land and sea below a map; a plain ground below a diagram."""
    size: svg.Style = {"width": WIDTH, "height": float(height)}
    if canvas is None:
        return [svg.element("rect", fill="#f6f8f9", **size)]
    land = land_path(canvas)
    outline: svg.Style = {"fill": "#f4f2ec", "fill_rule": "evenodd", "stroke": "#a9b4bd", "stroke_width": 0.8}
    return [svg.element("rect", fill="#e8eff4", **size), svg.element("path", d=land, **outline)] if land else []


def _ring(x: float, y: float, r: float) -> str:
    """Around a point whose handling is full: dashed like a full leg, over white, so that it reads in black and white."""
    style: svg.Style = {"cx": x, "cy": y, "r": r, "stroke": VERMILION, "stroke_width": 2.2, "stroke_dasharray": "4 2.5"}
    return svg.element("circle", fill="#fff", **style)


def _line_width(tonnes: float, largest: float) -> float:
    return max(THINNEST, WIDEST * tonnes / largest)


def _arrow(at: Point, ahead: Point, colour: str, size: float) -> str:
    length = hypot(*ahead) or 1.0
    ux, uy = ahead[0] / length, ahead[1] / length
    tip = (at[0] + ux * size, at[1] + uy * size)
    left = (at[0] - ux * size * 0.6 - uy * size * 0.75, at[1] - uy * size * 0.6 + ux * size * 0.75)
    right = (at[0] - ux * size * 0.6 + uy * size * 0.75, at[1] - uy * size * 0.6 - ux * size * 0.75)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, left, right))
    return svg.element("polygon", points=points, fill=colour, stroke="#fff", stroke_width=0.8)


def _shape(kind: str, x: float, y: float, r: float) -> str:
    """Square factory, triangle depot, diamond transit, circle destination, hexagon market."""
    style: svg.Style = {"fill": KIND_INK.get(kind, MUTED), "stroke": "#fff", "stroke_width": 1.2}
    if kind == "destination":
        return svg.element("circle", cx=x, cy=y, r=r, **style)
    if kind == "factory":
        return svg.element("rect", x=x - r * 0.9, y=y - r * 0.9, width=1.8 * r, height=1.8 * r, **style)
    corners: dict[str, list[Point]] = {
        "depot": [(0, -1.15), (1.1, 0.85), (-1.1, 0.85)],
        "transit": [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)],
        "market": [(-0.55, -1), (0.55, -1), (1.1, 0), (0.55, 1), (-0.55, 1), (-1.1, 0)],
    }
    points = " ".join(f"{x + a * r:.1f},{y + b * r:.1f}" for a, b in corners[kind])
    return svg.element("polygon", points=points, **style)


def node_kinds(nodes: Mapping[str, Node]) -> dict[str, int]:
    """How many nodes of each kind there are, for the caption."""
    return {kind: count for kind in KINDS if (count := sum(1 for n in nodes.values() if n.kind == kind))}
