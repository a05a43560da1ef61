"""The time-expanded network of an item: a node for each place and period, an edge for each thing that goods may do.

The reference for what an item can reach, and when: textbook cases are held against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import networkx as nx

from planner.domain.instance import Leg, Node, PlanningInstance

Place = tuple[str, int]  # a node in a period


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
