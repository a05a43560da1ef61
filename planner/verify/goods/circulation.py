"""Goods that go round: what was never made, nor brought, cannot move in a circle within one period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import networkx as nx
import numpy as np

from planner.verify.goods.balance import BalanceTerm, coming, stock
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Findings, Flags, number


def check_circulation(arrays: PlanArrays, findings: Findings) -> None:
    """Of every item and period, no leg in a circle of legs without lead time carries more than comes into the circle.

    A circle is a set of nodes that all reach each other in no time over legs that are open to the item, or two of them
    with a leg each way. Into it comes stock from before, what is at the start or on order, what is made there, and what
    arrives from outside it. Where what is dispatched has no circle in it, that follows from the balances.
    """
    table = arrays.plan.shipments
    leg, item, period = (table[name].to_numpy(dtype=np.intp) for name in ("leg", "item", "t"))
    quantity = table["quantity"].to_numpy(dtype=np.float64)
    quick = (arrays.leg_lead[leg] == 0) & (quantity > 0)
    residuals: list[float] = []
    sizes: list[float] = []
    sentences: list[str] = []
    flows = [flow for flow in (*coming(arrays), *stock(arrays)) if flow[1] > 0]
    candidates = np.flatnonzero(quick)
    group = item[candidates] * arrays.case.periods + period[candidates]
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    for rows in np.split(candidates[order], starts[1:]) if candidates.size else ():
        what, when = int(item[rows[0]]), int(period[rows[0]])
        if nx.is_directed_acyclic_graph(_graph(arrays, leg[rows])):
            continue
        for circle in _circles(_graph(arrays, np.flatnonzero(_open(arrays, what, when, findings)))):
            members = np.isin(np.arange(len(arrays.nodes)), list(circle))
            inside = rows[members[arrays.leg_origin[leg[rows]]] & members[arrays.leg_destination[leg[rows]]]]
            comes = _comes(flows, members, what, when) - float(quantity[inside].sum())
            for row in inside.tolist():
                residuals.append(float(quantity[row]) - comes)
                sizes.append(max(float(quantity[row]), comes))
                sentences.append(_words(arrays, int(leg[row]), what, when, float(quantity[row]), comes))
    findings.check("circulation", np.array(residuals), np.array(sizes), sentences.__getitem__)


def _comes(flows: Iterable[BalanceTerm], members: Flags, item: int, period: int) -> float:
    """All that comes to the nodes in the period, over the legs between them too."""
    return sum(
        float(quantity[(items == item) & (periods == period) & members[nodes]].sum())
        for _, _, items, nodes, periods, quantity in flows
    )


def _open(arrays: PlanArrays, item: int, period: int, findings: Findings) -> Flags:
    """[leg]: may the item be dispatched over it, without lead time?"""
    calendar, name = arrays.case.calendar, arrays.items[item]
    nodes = arrays.node_open[:, period]
    open_ = arrays.leg_open[:, period] & np.array([name not in each.excludes for each in arrays.case.legs])
    for embargo in arrays.case.embargoes if "forbid" not in findings.skipped else ():
        if name in embargo.items and calendar.mask(embargo.first, embargo.last)[period]:
            open_ &= np.array([each.route not in embargo.routes for each in arrays.case.legs])
    usable: Flags = open_ & (arrays.leg_lead == 0) & nodes[arrays.leg_origin] & nodes[arrays.leg_destination]
    return usable


def _graph(arrays: PlanArrays, legs: Codes) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_edges_from(zip(arrays.leg_origin[legs].tolist(), arrays.leg_destination[legs].tolist(), strict=True))
    return graph


def _circles(graph: nx.DiGraph[int]) -> Iterator[set[int]]:
    for nodes in nx.strongly_connected_components(graph):
        if len(nodes) > 1:
            yield nodes
        if len(nodes) > 2:
            yield from (
                {one, other} for one, other in graph.subgraph(nodes).edges if one < other and graph.has_edge(other, one)
            )


def _words(arrays: PlanArrays, leg: int, item: int, period: int, carried: float, comes: float) -> str:
    each = arrays.case.legs[leg]
    return (
        f"route {each.route!r} from {each.origin!r} to {each.destination!r} in {arrays.label(period)} carries "
        f"{number(carried)} units of {arrays.items[item]!r}, where {number(max(comes, 0.0))} come to be: they go round"
    )
