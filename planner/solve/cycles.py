"""Flows that go round in a circle within one period: harmless to the optimum, but nobody can defend them."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx

from planner.formulation.model import Model
from planner.formulation.transport import unit_cost
from planner.solve.session import Vector

NOTHING = 1e-9


def cancel_zero_lead_cycles(model: Model, values: Vector) -> int:
    """Take cycles of shipments over free legs without lead time out of the plan, in place; returns how many.

    Such a cycle brings every unit back to where it was in the period it left: without it every balance
    holds, and no capacity is used more. Cycles that cost money are left to the cost level.
    """
    position = model.position
    legs = model.instance.legs
    graphs: dict[tuple[object, ...], nx.MultiDiGraph[str]] = defaultdict(nx.MultiDiGraph)
    for key, variable in model.columns["shipment"].items():
        item, name, period, expires = key
        leg = legs[str(name)]
        column = position[id(variable)]
        free = leg.lead_time == 0 and unit_cost(model, model.instance.items[str(item)], leg) == 0
        if free and values[column] > NOTHING:
            graphs[item, period, expires].add_edge(leg.origin, leg.destination, key=column)
    return sum(_cancel(graph, values) for graph in graphs.values())


def _cancel(graph: nx.MultiDiGraph[str], values: Vector) -> int:
    cancelled = 0
    while True:
        try:
            cycle = [column for _origin, _destination, column in nx.find_cycle(graph)]
        except nx.NetworkXNoCycle:
            return cancelled
        least = min(values[column] for column in cycle)
        for column in cycle:
            values[column] -= least
        gone = [edge for edge in graph.edges(keys=True) if values[edge[2]] <= NOTHING]
        graph.remove_edges_from(gone)
        cancelled += 1
