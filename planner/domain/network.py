"""The network of factories, depots, transit points, destinations and markets, as networkx graphs.

`network` is the picture (who is joined to whom, by what); `time_expanded` is the reference for what one
item can reach, and when. The optimiser prunes with a faster search that tests hold equal to this one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import cos, inf, pi, sin

import networkx as nx

from planner.domain.instance import Leg, Node, PlanningInstance

Place = tuple[str, int]  # a node in a period

# Left to right in a picture without a map: where goods come from, where they wait, where they are wanted.
LAYERS = {"market": 0, "factory": 0, "depot": 1, "transit": 2, "destination": 3}


def network(instance: PlanningInstance) -> nx.MultiDiGraph[str]:
    """The network, one edge per leg, keyed by the leg's name.

    Node attributes: `kind`, `nation`, `open` (range of periods), `closing`, `latitude`, `longitude`,
    `throughput_t`. Edge attributes: `leg`, `route`, `mode`, `lead_time` (periods), `open` (dispatch
    periods), `capacity_t` (one value a period, t), `cost_per_t`, `excluded` (items).
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in instance.nodes.values():
        graph.add_node(
            node.name,
            kind=node.kind,
            nation=node.nation,
            open=node.open,
            closing=node.closing,
            latitude=node.latitude,
            longitude=node.longitude,
            throughput_t=node.throughput_t,
        )
    for leg in instance.legs.values():
        graph.add_edge(
            leg.origin,
            leg.destination,
            key=leg.name,
            leg=leg.name,
            route=leg.route,
            mode=leg.mode,
            lead_time=leg.lead_time,
            open=leg.open,
            capacity_t=leg.capacity_t,
            cost_per_t=leg.cost_per_t,
            excluded=leg.excluded,
        )
    return graph


def may_hold(instance: PlanningInstance, item: str, node: str, period: int) -> bool:
    """Whether stock of `item` may lie at `node` at the end of `period`.

    Not where the storage without expansions is 0 (an expansion lifts that for items with a weight; a storage
    of the item's own lifts a transit node's default), not where the node's storage of the item is 0, and not
    from the node's closing period on.
    """
    place = instance.nodes[node]
    if place.closing is not None and period >= place.closing:
        return False
    special = instance.node_items.get((item, node))
    own_storage = special.storage if special is not None else None
    if own_storage == 0:
        return False
    if place.storage_by_default and own_storage is not None:
        return True
    return _storage_t(place, period) > 0 or (
        instance.items[item].weight_t > 0 and _expansion_ready(instance, node, period)
    )


def _storage_t(node: Node, period: int) -> float:
    return node.storage_t[period] if node.storage_t else inf


def _expansion_ready(instance: PlanningInstance, node: str, period: int) -> bool:
    return any(
        expansion.kind == "node"
        and expansion.object == node
        and len(expansion.buy) > 0
        and expansion.buy[0] + expansion.lead_time <= period
        for expansion in instance.expansions.values()
    )


def dispatch_periods(instance: PlanningInstance, item: str, leg: Leg) -> Iterator[int]:
    """The periods in which `item` may leave on `leg` so that it arrives in the horizon at an open node."""
    if item in leg.excluded:
        return
    leaves, enters = instance.nodes[leg.origin].open, instance.nodes[leg.destination].open
    for period in leg.open:
        arrival = period + leg.lead_time
        if (
            period in leaves
            and arrival in enters
            and arrival < instance.horizon.periods
            and not _forbidden(instance, item, leg, period)
        ):
            yield period


def _forbidden(instance: PlanningInstance, item: str, leg: Leg, period: int) -> bool:
    return any(
        policy.kind == "forbid" and item in policy.items and period in policy.periods and leg.route in policy.routes
        for policy in instance.policies
    )


def time_expanded(instance: PlanningInstance, item: str) -> nx.DiGraph[Place]:
    """Where `item` can be and go: nodes are (node, period), 0-based.

    An edge is a leg that the item may use (`leg`, from dispatch to arrival; legs side by side with the same
    lead time share an edge, the first one is named) or waiting (`leg` is None), from the end of a period
    in which the node may hold stock of the item to the next period. Capacities and shelf life are left out:
    the graph says what is possible at all.
    """
    graph: nx.DiGraph[Place] = nx.DiGraph()
    periods = instance.horizon.periods
    for node in instance.nodes:
        graph.add_nodes_from((node, period) for period in range(periods))
        for period in range(periods - 1):
            if may_hold(instance, item, node, period):
                graph.add_edge((node, period), (node, period + 1), leg=None)
    for leg in instance.legs.values():
        for period in dispatch_periods(instance, item, leg):
            edge = ((leg.origin, period), (leg.destination, period + leg.lead_time))
            if not graph.has_edge(*edge):
                graph.add_edge(*edge, leg=leg.name)
    return graph


def reachable(graph: nx.DiGraph[Place], sources: Iterable[Place]) -> set[Place]:
    """The sources and all places that goods at one of them can come to."""
    found: set[Place] = set()
    for source in sources:
        if source not in found:
            found.add(source)
            found |= nx.descendants(graph, source)
    return found


def positions(instance: PlanningInstance) -> dict[str, tuple[float, float]]:
    """Where to draw each node: (longitude, latitude), or layers from left to right where none are given.

    A node without coordinates among nodes that have some is drawn amid its neighbours, else amid its nation,
    else amid all. Nodes that would lie on one another are spread a little. The same input gives the same picture.
    """
    known = {
        node.name: (node.longitude, node.latitude)
        for node in instance.nodes.values()
        if node.longitude is not None and node.latitude is not None
    }
    placed = {**known, **_amid_others(instance, known)} if known else _layers(instance)
    return _spread({name: placed[name] for name in instance.nodes})


def _layers(instance: PlanningInstance) -> dict[str, tuple[float, float]]:
    columns: dict[int, list[str]] = defaultdict(list)
    for node in instance.nodes.values():
        columns[LAYERS.get(node.kind, 1)].append(node.name)
    return {
        name: (float(layer), (len(names) - 1) / 2 - row)
        for layer, names in columns.items()
        for row, name in enumerate(names)
    }


def _amid_others(
    instance: PlanningInstance, known: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    graph = network(instance).to_undirected(as_view=True)
    found: dict[str, tuple[float, float]] = {}
    for node in instance.nodes.values():
        if node.name in known:
            continue
        neighbours = [known[other] for other in graph.neighbors(node.name) if other in known]
        nation = [
            position
            for other, position in known.items()
            if node.nation is not None and instance.nodes[other].nation == node.nation
        ]
        found[node.name] = _mean(neighbours or nation or list(known.values()))
    return found


def _mean(points: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _spread(placed: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Set nodes on the same spot around it, on a circle of a fiftieth of the picture's width."""
    width = max((x for x, _ in placed.values()), default=0.0) - min((x for x, _ in placed.values()), default=0.0)
    radius = (width or 1.0) / 50
    spots: dict[tuple[float, float], list[str]] = defaultdict(list)
    for name, (x, y) in placed.items():
        spots[round(x, 4), round(y, 4)].append(name)
    spread = dict(placed)
    for names in spots.values():
        for turn, name in enumerate(names if len(names) > 1 else ()):
            angle = 2 * pi * turn / len(names)
            x, y = placed[name]
            spread[name] = (x + radius * cos(angle), y + radius * sin(angle))
    return {name: spread[name] for name in placed}
