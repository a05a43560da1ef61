"""Circulation: goods that were never made cannot go round.

Over legs without lead time goods may pass several nodes within one period, and where such legs lead back to where they
began, the material balances alone would let any quantity go round in a circle out of nothing. Nobody wants that but a
rule that asks for movement, or for spending: only where there is one are these rows needed.

Index sets: items i, legs r, circles S (sets of nodes) that r is within, expiry classes e, periods t.
"""

from __future__ import annotations

from collections.abc import Set
from functools import cache
from typing import NamedTuple

import networkx as nx
import numpy as np

from planner.domain.instance import Fund, PlanningInstance
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.model.family import Directory, Family, Kind, Place, Sign
from planner.formulation.model.model import LESS, Model, Terms

Circle = tuple[str, ...]  # its nodes
Ends = tuple[str, str]  # of a leg


def asked_for(instance: PlanningInstance) -> frozenset[str]:
    """The routes on which a rule may want shipments, or payments for them, that nothing else wants."""
    every = frozenset(leg.route for leg in instance.legs.values())
    if _payments_are_asked_for(instance):
        return every
    found = {instance.legs[leg].route for _, leg, _ in instance.previous.shipments}
    for policy in instance.policies:
        found |= set(policy.routes) if policy.kind != "forbid" else set()
    for lock in instance.locks:
        if lock.asks and lock.kind == "ship":
            found |= {lock.route} if lock.route is not None else every
    return every & found


def _payments_are_asked_for(instance: PlanningInstance) -> bool:
    return (
        any(lock.asks and lock.kind == "pay" for lock in instance.locks)
        or instance.settings.key_tolerance is not None
        or any(nation.contribution_min or nation.contribution_max is not None for nation in instance.nations.values())
        or any(fund.min_nations_enforced and _pays_transport(fund) for fund in instance.funds.values())
    )


def _pays_transport(fund: Fund) -> bool:
    rules = fund.eligibility
    return not rules or any(rule.cost_types is None or "transport" in rule.cost_types for rule in rules)


def add_circulation(model: Model, routes: Set[str] | None = None) -> None:
    """Rows for every circle of legs without lead time, one of whose legs is of these `routes`; None: of any.

    Rows that the model has already are not added again.

    circulation (i, r, S, e, t):  shipment[i, r, t, e] − Σ_v∈S (stock before + made + arrivals from outside S) ≤ goods
        that are in S at the start or come on order: a unit passes each leg of a circle at most once in a period.
        dual ≤ 0: objective per further unit of goods in S.
    """
    if not model.enabled("circulation") or not (routes is None or routes):
        return
    legs = model.reach.legs
    quick = np.array([index for index, leg in enumerate(legs) if leg.lead_time == 0], dtype=np.intp)
    if not circles(frozenset((legs[index].origin, legs[index].destination) for index in quick)):
        return
    for name in model.instance.items:
        reach = model.reach.items[name]
        usable = reach.shipment[:, quick]
        for place, period in np.argwhere(usable.any(axis=1)).tolist():
            used = [legs[index] for index in quick[usable[place, :, period]]]
            columns = [
                (leg.name, leg.origin, leg.destination, (name, leg.name, period, reach.classes[place])) for leg in used
            ]
            for number, circle in enumerate(circles(frozenset((leg.origin, leg.destination) for leg in used))):
                inside = {leg: key for leg, origin, end, key in columns if origin in circle and end in circle}
                if routes is None or any(model.instance.legs[leg].route in routes for leg in inside):
                    _add_circle(model, number, circle, inside)


def _add_circle(model: Model, number: int, circle: Circle, inside: dict[str, tuple[str, str, int, int]]) -> None:
    """`inside`: leg → key of its shipment."""
    shipments = {leg: model.columns["shipment"][key] for leg, key in inside.items()}
    own = set(shipments.values())
    for leg, key in inside.items():
        name, _, period, expires = key
        places = [(name, node, period, expires) for node in circle]
        coming: Terms = [
            (variable, -factor)
            for place in places
            for variable, factor in model.balance.get(place, ())
            if factor > 0 and variable not in own
        ]
        there = -sum(model.bounds[MATERIAL_BALANCE.name].get(place, 0.0) for place in places)
        row = (name, leg, f"circle {number + 1}", expires, period)
        if row not in model.rows["circulation"]:
            model.row("circulation", row, [(shipments[leg], 1.0), *coming], LESS, there, row)


@cache
def circles(legs: frozenset[Ends]) -> tuple[Circle, ...]:
    """The sets of nodes between which goods can go round: those that all reach each other, and pairs within them."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(sorted(legs))
    found = [tuple(sorted(nodes)) for nodes in nx.strongly_connected_components(graph) if len(nodes) > 1]
    pairs = [
        (origin, end)
        for origin, end in sorted(legs)
        if origin < end and (end, origin) in legs and (origin, end) not in found
    ]
    return (*sorted(found), *pairs)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class CircleIndex(NamedTuple):
    item: str
    leg: str
    circle: str
    goods_class: int
    period: int


def _place(_: Directory, row: CircleIndex) -> Place:
    return row.leg, row.item, row.period + 1


def _needed(instance: PlanningInstance) -> bool:
    return bool(asked_for(instance) & {leg.route for leg in instance.legs.values() if leg.lead_time == 0})


CIRCULATION = Family(
    name="circulation",
    index=CircleIndex,
    unit="units",
    dual="per unit in the circle",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.IDENTITY,
    place=_place,
    built_anew=True,
    needed=_needed,
)
FAMILIES = (CIRCULATION,)
