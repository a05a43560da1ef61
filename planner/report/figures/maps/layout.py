"""Where nodes stand in a picture, and the ground below them: a map where they have coordinates, else a diagram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import networkx as nx

from planner.domain.instance import Leg, Node
from planner.report.figures.drawing import Figure, chart_of
from planner.report.figures.maps.geography import Canvas, Point, land_rings, lay_out
from planner.report.figures.theme import WHOLE

WIDTH = float(WHOLE)
KINDS = ("market", "factory", "depot", "transit", "destination")
SEA, LAND, COAST, PLAIN = "#e8eff4", "#f6f4ef", "#b8c2ca", "#f6f8f9"


@dataclass(frozen=True)
class Layout:
    """`places` in pixels; `rings` are the land, none in a diagram."""

    places: Mapping[str, Point]
    height: float
    canvas: Canvas | None
    rings: Sequence[Sequence[Point]]

    @property
    def is_map(self) -> bool:
        """Is it drawn by coordinates? Else it is a diagram."""
        return self.canvas is not None

    @property
    def far(self) -> frozenset[str]:
        """The nodes that lie outside the picture."""
        return self.canvas.far if self.canvas is not None else frozenset()

    @property
    def shows_coast(self) -> bool:
        """Does land end within the picture?"""
        return any(0 < x < WIDTH and 0 < y < self.height for ring in self.rings for x, y in ring)


def lay_out_nodes(nodes: Mapping[str, Node], legs: Iterable[Leg]) -> Layout:
    """A map where at least half of the nodes have coordinates (the others are not placed), else a diagram of all."""
    located = {
        name: (node.longitude, node.latitude)
        for name, node in nodes.items()
        if node.longitude is not None and node.latitude is not None
    }
    if len(located) >= 2 and len(located) >= 0.5 * len(nodes):
        canvas = lay_out(located, WIDTH)
        return Layout(canvas.places, canvas.height, canvas, land_rings(canvas))
    places, height = _diagram(nodes, legs)
    return Layout(places, height, None, ())


def over_ground(
    layout: Layout, layers: Sequence[alt.Chart], title: str, note: Sequence[str], description: str
) -> Figure:
    """The layers in pixels (see `across` and `down`), over land and sea."""
    ground = []
    if layout.rings:
        shape = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": tuple(layout.rings)}}
        land = chart_of([shape]).mark_geoshape(fill=LAND, stroke=COAST, strokeWidth=0.8, clip=True)
        ground.append(land.project(type="identity", scale=1, translate=[0, 0]))
    return alt.layer(
        *ground,
        *layers,
        width=WIDTH,
        height=layout.height,
        view=alt.ViewBackground(fill=SEA if layout.is_map else PLAIN),
        title=alt.TitleParams(title, subtitle=list(note)),
        description=description,
    )


def across(field: str) -> alt.X:
    """A field of pixels from the left."""
    return alt.X(f"{field}:Q", scale=None, axis=None)


def discs(points: alt.Chart, outline: str) -> alt.Chart:
    """Points with the fields x, y (pixels), size, shade (fill) and tip; `outline`: the field with the outer colour."""
    return points.encode(
        x=across("x"),
        y=down("y"),
        size=alt.Size("size:Q", scale=None),
        fill=alt.Fill("shade:N", scale=None),
        stroke=alt.Stroke(f"{outline}:N", scale=None),
        description=alt.Description("tip:N"),
    )


def down(field: str) -> alt.Y:
    """A field of pixels from the top."""
    return alt.Y(f"{field}:Q", scale=None, axis=None)


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
        x = 120 + (WIDTH - 240) * (column / max(len(order) - 1, 1) if len(order) > 1 else 0.5)
        for index, name in enumerate(names):
            shift = 14 * (index % 2) if len(names) > 6 else 0
            rise = 70.0 * (1 - 2 * (column % 2)) if narrow and 0 < column < len(order) - 1 else 0.0
            places[name] = (x + shift, 40 + step * (index + 0.5) + rise)
    return places, height


def _mean_height(graph: nx.DiGraph[str], places: Mapping[str, Point], name: str) -> float:
    heights = [places[other][1] for other in graph.predecessors(name) if other in places]
    return sum(heights) / len(heights) if heights else 1e9
