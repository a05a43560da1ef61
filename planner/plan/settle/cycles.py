"""Flows that go round in a circle within one period: harmless to the optimum, but nobody can defend them."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx

from planner.formulation.goods.transport import unit_cost
from planner.formulation.model.model import Model
from planner.formulation.money.spending import SPEND_BALANCE
from planner.solver.highs import Vector
from planner.tolerances import NOISE


def without_cycles(model: Model, values: Vector, costly: bool) -> Vector:
    """The plan without cycles of shipments over legs without lead time.

    Such a cycle brings every unit back to where it was in the period it left: without it every balance
    holds, and no capacity is used more. Cycles over legs that cost money, which only a plan whose cost was
    not optimised can have, are taken out where `costly`; spending follows. Shipments whose quantity a rule counts
    stay as they are.
    """
    values = values.copy()
    legs, items = model.instance.legs, model.instance.items
    graphs: dict[tuple[object, ...], nx.MultiDiGraph[str]] = defaultdict(nx.MultiDiGraph)
    for (item, name, period, expires), column in model.columns["shipment"].items():
        leg = legs[name]
        removable = leg.lead_time == 0 and (costly or unit_cost(model, items[item], leg) == 0)
        if removable and column not in model.kept and values[column] > NOISE:
            graphs[item, period, expires].add_edge(leg.origin, leg.destination, key=column)
    for graph in graphs.values():
        _cancel(graph, values)
    if costly:
        _spend_again(model, values)
    return values


def _spend_again(model: Model, values: Vector) -> None:
    """Set the spend columns to what the activities cost, in place: spend_balance, solved for spend."""
    for key, row in model.rows[SPEND_BALANCE.name].items():
        spend = model.columns["spend"][key]
        terms = model.row_at(row).terms
        scale = next(-cost for column, cost in terms if column == spend)
        values[spend] = sum(cost * values[column] for column, cost in terms if column != spend) / scale


def _cancel(graph: nx.MultiDiGraph[str], values: Vector) -> None:
    while True:
        try:
            cycle = [column for _origin, _destination, column in nx.find_cycle(graph)]
        except nx.NetworkXNoCycle:
            return
        least = min(values[column] for column in cycle)
        for column in cycle:
            values[column] -= least
        gone = [edge for edge in graph.edges(keys=True) if values[edge[2]] <= NOISE]
        graph.remove_edges_from(gone)
