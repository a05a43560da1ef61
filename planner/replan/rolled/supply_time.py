"""How long it takes at the least until goods can be where they are wanted:
orders, components and transport together.
"""

from __future__ import annotations

from collections import defaultdict
from math import inf

import networkx as nx

from planner.domain.instance import Demand, Line, PlanningInstance

_START = ""  # a place before all others; no node has a blank name


def supply_times(instance: PlanningInstance) -> list[tuple[Demand, int]]:
    """The demands with the periods that the quickest way to serve them from lines takes, the longest first.

    From the order of its first component to the delivery, whatever the limits are. Demands of items that no line makes,
    or that no line can reach, are left out.
    """
    ready = _ready(instance)
    known = [(demand, ready[demand.item].get(demand.destination, inf)) for demand in instance.demands]
    served = [(demand, int(periods)) for demand, periods in known if periods < inf]
    return sorted(served, key=lambda entry: -entry[1])


def beyond_stock(instance: PlanningInstance, times: list[tuple[Demand, int]]) -> list[tuple[Demand, int]]:
    """Of these, the demands of items of which more is wanted than lies in stock, is under way or on order."""
    left: dict[str, float] = defaultdict(float)
    for supply in instance.supplies:
        left[supply.item] += supply.quantity
    for line in instance.lines.values():
        left[line.item] += sum(order.quantity for order in line.orders.values())
    for demand in instance.demands:
        left[demand.item] -= demand.quantity
    return [(demand, periods) for demand, periods in times if left[demand.item] < 0]


def _ready(instance: PlanningInstance) -> dict[str, dict[str, float]]:
    """Item → node → periods until the first unit that is ordered now can be there."""
    makers: dict[str, list[Line]] = defaultdict(list)
    for line in instance.lines.values():
        makers[line.item].append(line)
    ready: dict[str, dict[str, float]] = defaultdict(dict)
    for item in _components_first(makers):
        ways: nx.DiGraph[str] = nx.DiGraph()
        ways.add_node(_START)
        for line in makers[item]:
            parts = [ready[part].get(line.factory, inf) for part in line.components if makers[part]]
            _shorten(ways, _START, line.factory, max([float(line.order_lead_time), *parts]))
        for leg in instance.legs.values():
            if item not in leg.excluded:
                _shorten(ways, leg.origin, leg.destination, leg.lead_time)
        distances = nx.single_source_dijkstra_path_length(ways, _START)
        ready[item] = {node: periods for node, periods in distances.items() if node != _START}
    return ready


def _components_first(makers: dict[str, list[Line]]) -> list[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(makers)
    graph.add_edges_from(
        (part, item) for item, lines in makers.items() for line in lines for part in line.components if part in makers
    )
    return list(nx.topological_sort(graph))


def _shorten(ways: nx.DiGraph[str], origin: str, destination: str, periods: float) -> None:
    """A way between two places, unless there is one as quick; none that takes for ever."""
    if periods < inf and periods < ways.get_edge_data(origin, destination, {"weight": inf})["weight"]:
        ways.add_edge(origin, destination, weight=periods)
