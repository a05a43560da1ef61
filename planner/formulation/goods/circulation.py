"""Circulation: goods that were never made cannot go round.

Over legs without lead time goods may pass several nodes within one period, and where such legs lead back to where they
began, the material balances alone would let any quantity go round in a circle out of nothing. Nobody wants that but a
rule that asks for movement, or for spending: only where there is one are these rows needed.

Index sets: items i, legs r, circles S (sets of nodes) that r is within, expiry classes e, periods t.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import NamedTuple

import networkx as nx
import numpy as np

from planner.domain.instance import Fund, Leg, PlanningInstance
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.model.family import Directory, Family, Kind, Place, Sign
from planner.formulation.model.model import LESS, GoodsKey, Model, Terms, Variable

Circle = tuple[str, ...]  # its nodes
LegEnds = tuple[str, str]  # of a leg


def asked_for(instance: PlanningInstance) -> frozenset[str]:
    """The routes on which a rule may want shipments, or payments for them, that nothing else wants."""
    every = frozenset(leg.route for leg in instance.legs.values())
    if _payments_are_asked_for(instance):
        return every
    routes = {instance.legs[leg].route for _, leg, _ in instance.previous.shipments}
    for policy in instance.policies:
        routes |= set(policy.routes) if policy.kind != "forbid" else set()
    for lock in instance.locks:
        if lock.asks and lock.kind == "ship":
            routes |= {lock.route} if lock.route is not None else every
    return every & routes


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
    for sent in _sent_at_once(model):
        ends = frozenset((leg.origin, leg.destination) for leg in sent)
        for number, circle in enumerate(circles(ends)):
            inside = _inside(sent, circle)
            if routes is None or any(leg.route in routes for leg in inside):
                for row, terms, there in _rows(model, f"circle {number + 1}", circle, inside):
                    if row not in model.rows["circulation"]:
                        model.row("circulation", row, terms, LESS, there, row)


def circles_left(model: Model, gone: Set[Variable]) -> Iterator[tuple[Terms, float]]:
    """(terms, most) of the rows that hold too where the shipments in these columns cannot be: nodes may be a circle by
    themselves where others drop out of theirs. None where the model has no such rows.
    """
    if not model.rows["circulation"]:
        return
    for sent in _sent_at_once(model):
        left = {leg: key for leg, key in sent.items() if model.columns["shipment"][key] not in gone}
        if len(left) < len(sent):
            before, now = (circles(frozenset((leg.origin, leg.destination) for leg in legs)) for legs in (sent, left))
            for circle in now:
                if circle not in before:
                    yield from ((terms, there) for _, terms, there in _rows(model, "", circle, _inside(left, circle)))


def _sent_at_once(model: Model) -> Iterator[dict[Leg, GoodsKey]]:
    """For each item, goods class and period: the legs without lead time that may carry it → keys of their shipments."""
    legs = model.reach.legs
    quick = np.array([index for index, leg in enumerate(legs) if leg.lead_time == 0], dtype=np.intp)
    if not circles(frozenset((legs[index].origin, legs[index].destination) for index in quick)):
        return
    for name in model.instance.items:
        reach = model.reach.items[name]
        usable = reach.shipment[:, quick]
        for position, period in np.argwhere(usable.any(axis=1)).tolist():
            used = [legs[index] for index in quick[usable[position, :, period]]]
            yield {leg: (name, leg.name, period, reach.classes[position]) for leg in used}


def _inside(sent: Mapping[Leg, GoodsKey], circle: Circle) -> dict[Leg, GoodsKey]:
    """Those whose both ends are in the circle."""
    return {leg: key for leg, key in sent.items() if leg.origin in circle and leg.destination in circle}


def _rows(
    model: Model, title: str, circle: Circle, inside: Mapping[Leg, GoodsKey]
) -> Iterator[tuple[tuple[str, str, str, int, int], Terms, float]]:
    """(key, terms, most) for each leg inside a circle."""
    shipments = {leg: model.columns["shipment"][key] for leg, key in inside.items()}
    columns = set(shipments.values())
    for leg, (name, _, period, expires) in inside.items():
        places = [(name, node, period, expires) for node in circle]
        coming: Terms = [
            (variable, -factor)
            for place in places
            for variable, factor in model.balance.get(place, ())
            if factor > 0 and variable not in columns
        ]
        there = -sum(model.bounds[MATERIAL_BALANCE.name].get(place, 0.0) for place in places)
        yield (name, leg.name, title, expires, period), [(shipments[leg], 1.0), *coming], there


@cache
def circles(legs: frozenset[LegEnds]) -> tuple[Circle, ...]:
    """The sets of nodes between which goods can go round: those that all reach each other, and pairs within them."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(sorted(legs))
    components = [tuple(sorted(nodes)) for nodes in nx.strongly_connected_components(graph) if len(nodes) > 1]
    pairs = [
        (origin, end)
        for origin, end in sorted(legs)
        if origin < end and (end, origin) in legs and (origin, end) not in components
    ]
    return (*sorted(components), *pairs)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class CircleIndex(NamedTuple):
    """Goods on a leg of a circle of legs without lead time, in a period (0-based)."""

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
