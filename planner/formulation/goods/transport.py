"""Transport: what is dispatched on each leg, within route capacities and handling.

Index sets: items i, legs r (directed), periods t of dispatch, expiry classes e.
Variable: shipment[i, r, t, e] ≥ 0, units dispatched in t; they arrive in t + lead time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from planner.domain.contingency.losses import leg_hits, node_hits
from planner.domain.instance import Item, Leg, PlanningInstance, Profile, share_left
from planner.formulation.goods.storage import NodeIndex, node_place
from planner.formulation.model.family import (
    Directory,
    Family,
    Kind,
    Origin,
    Place,
    Sign,
    Words,
    anything,
    capacity,
    figure,
)
from planner.formulation.model.model import Bounds, CostKey, Frame, Model, Terms, by_profile, reduced, what_is_left


def add_transport(model: Model) -> None:
    """Columns of shipments with their goods and cost, and the capacities of each leg.

    route_capacity (r, t):       Σ weight · shipment − Σ expansions ready ≤ capacity_t
    route_volume (r, t):         Σ volume · shipment ≤ capacity_m3
    route_item_capacity (i,r,t): Σ_e shipment ≤ RouteItems.capacity
        duals ≤ 0: objective per further t, m³, unit.
    """
    weight: dict[tuple[str, int], Terms] = defaultdict(list)
    volume: dict[tuple[str, int], Terms] = defaultdict(list)
    handled = {name for name, node in model.instance.nodes.items() if node.throughput_t != float("inf")}
    for item in model.instance.items.values():
        _add_item(model, item, handled, weight, volume)
    for (name, period), terms in weight.items():
        leg = model.instance.legs[name]
        added = model.added_capacity("route", leg.route, period, share_left(leg.left, period))
        bound = model.bound("route_capacity", (name, period))
        model.limit("route_capacity", (name, period), terms + added, bound, (name, period))
    for key, terms in volume.items():
        model.limit("route_volume", key, terms, model.bound("route_volume", key), key)


def capacities(frame: Frame) -> Bounds:
    """route_capacity: tonnes, without expansions."""
    return by_profile((leg.name, leg.capacity_t, leg.left) for leg in frame.instance.legs.values())


def volumes(frame: Frame) -> Bounds:
    """route_volume: m³."""
    return what_is_left(frame, ((leg.name, leg.capacity_m3, leg.left) for leg in frame.instance.legs.values()))


def item_capacities(frame: Frame) -> Bounds:
    """route_item_capacity: units of the item, where RouteItems says so."""
    instance = frame.instance
    legs_of: dict[str, list[Leg]] = defaultdict(list)
    for leg in instance.legs.values():
        legs_of[leg.route].append(leg)
    return {
        (item, leg.name, period): reduced(stated.capacity, leg.left, period)
        for (item, route), stated in instance.route_items.items()
        for leg in legs_of[route]
        for period in range(instance.horizon.periods)
    }


def _add_item(
    model: Model,
    item: Item,
    handled: set[str],
    weight: dict[tuple[str, int], Terms],
    volume: dict[tuple[str, int], Terms],
) -> None:
    reach = model.reach.items[item.name]
    units: dict[tuple[str, int], Terms] = defaultdict(list)
    for class_index, leg_index, period in np.argwhere(reach.shipment).tolist():
        leg, expires = model.reach.legs[leg_index], reach.classes[class_index]
        key = (item.name, leg.name, period, expires)
        variable = model.variable("shipment", key, key)
        model.balance[item.name, leg.origin, period, expires].append((variable, -1.0))
        model.balance[item.name, leg.destination, period + leg.lead_time, expires].append((variable, 1.0))
        model.cost(CostKey("transport", "transport", leg.route), period, variable, unit_cost(model, item, leg))
        if item.weight_t:
            weight[leg.name, period].append((variable, item.weight_t))
            if leg.origin in handled:
                model.throughput[leg.origin, period].append((variable, item.weight_t))
        if item.volume_m3:
            volume[leg.name, period].append((variable, item.volume_m3))
        units[leg.name, period].append((variable, 1.0))
    for (name, period), terms in units.items():
        place = (item.name, name, period)
        model.limit("route_item_capacity", place, terms, model.bound("route_item_capacity", place), place)


def unit_cost(model: Model, item: Item, leg: Leg) -> float:
    """Money per unit dispatched: RouteItems.cost where given, else the route's cost per t × weight."""
    stated = model.instance.route_items.get((item.name, leg.route))
    return stated.cost if stated is not None and stated.cost is not None else leg.cost_per_t * item.weight_t


def add_throughput(model: Model) -> None:
    """throughput (v, t):  Σ weight · (dispatched from v by route + delivered at v) ≤ throughput_t
    dual ≤ 0: objective per further t handled.
    """
    for key, terms in model.throughput.items():
        model.limit("throughput", key, terms, model.bound("throughput", key), key)


def throughputs(frame: Frame) -> Bounds:
    """throughput: tonnes."""
    return what_is_left(frame, ((node.name, node.throughput_t, node.left) for node in frame.instance.nodes.values()))


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class LegIndex(NamedTuple):
    """A leg in the period of dispatch (0-based)."""

    leg: str
    period: int


class ItemLegIndex(NamedTuple):
    """An item on a leg in the period of dispatch (0-based)."""

    item: str
    leg: str
    period: int


def _leg_place(_: Directory, row: LegIndex) -> Place:
    return row.leg, None, row.period + 1


def _item_place(_: Directory, row: ItemLegIndex) -> Place:
    return row.leg, row.item, row.period + 1


def _capacity_origins(model: Model, row: LegIndex) -> Iterator[Origin]:
    leg = model.instance.legs[row.leg]
    fixed = figure("Routes", "capacity_t", route=leg.route)
    yield from capacity(model, fixed, leg.route, leg.capacity_t, row.period)


def _volume_origins(model: Model, row: LegIndex) -> Iterator[Origin]:
    leg = model.instance.legs[row.leg]
    yield Origin(figure("Routes", "capacity_m3", route=leg.route), leg.capacity_m3, 1.0)


def _item_origins(model: Model, row: ItemLegIndex) -> Iterator[Origin]:
    route = model.instance.legs[row.leg].route
    stated = model.instance.route_items[row.item, route]
    yield Origin(figure("RouteItems", "capacity", route=route, item=row.item), stated.capacity, 1.0)


def _throughput_origins(model: Model, row: NodeIndex) -> Iterator[Origin]:
    throughput = model.instance.nodes[row.node].throughput_t
    yield Origin(figure("Nodes", "throughput_t", node=row.node), throughput, 1.0)


def _leg(instance: PlanningInstance, name: str) -> Leg | None:
    """The leg of that name, or the first of a route of that name."""
    return instance.legs.get(name) or next((leg for leg in instance.legs.values() if leg.route == name), None)


def _capacity_size(instance: PlanningInstance, name: str, _: str) -> Profile:
    leg = _leg(instance, name)
    return leg.capacity_t if leg else ()


def _volume_size(instance: PlanningInstance, name: str, _: str) -> Profile:
    leg = _leg(instance, name)
    return (leg.capacity_m3,) if leg else ()


def _item_size(instance: PlanningInstance, name: str, item: str) -> Profile:
    leg = _leg(instance, name)
    stated = instance.route_items.get((item, leg.route)) if leg else None
    return (stated.capacity,) if stated else ()


def _throughput_size(instance: PlanningInstance, name: str, _: str) -> Profile:
    return (instance.nodes[name].throughput_t,) if name in instance.nodes else ()


ROUTE_CAPACITY = Family(
    name="route_capacity",
    index=LegIndex,
    unit="t",
    dual="per t",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_leg_place,
    right_hand_side=capacities,
    figures={"legs": {"capacity_t": anything}},
    origins=_capacity_origins,
    hits=lambda instance, row: leg_hits(instance, row.leg, row.period),
    size=_capacity_size,
    needed=lambda instance: any(map(isfinite, (t for leg in instance.legs.values() for t in leg.capacity_t))),
    adds_up=True,
    in_responses=True,
    words=Words(group="transport", limit="route {object}", step="tonne on route", lacking="of capacity at {object}"),
)
ROUTE_VOLUME = Family(
    name="route_volume",
    index=LegIndex,
    unit="m3",
    dual="per m3",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_leg_place,
    right_hand_side=volumes,
    figures={"legs": {"capacity_m3": anything}},
    origins=_volume_origins,
    hits=lambda instance, row: leg_hits(instance, row.leg, row.period),
    size=_volume_size,
    needed=lambda instance: any(leg.capacity_m3 < inf for leg in instance.legs.values()),
    adds_up=True,
    in_responses=True,
    words=Words(
        group="transport", limit="route {object}, by volume", step="m³ on route", lacking="of capacity at {object}"
    ),
)
ROUTE_ITEM_CAPACITY = Family(
    name="route_item_capacity",
    index=ItemLegIndex,
    unit="units",
    dual="per unit",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_item_place,
    right_hand_side=item_capacities,
    figures={"route_items": {"capacity": anything}},
    origins=_item_origins,
    hits=lambda instance, row: leg_hits(instance, row.leg, row.period),
    size=_item_size,
    needed=lambda instance: any(stated.capacity < inf for stated in instance.route_items.values()),
    adds_up=True,
    in_responses=True,
    words=Words(
        group="transport",
        limit="route {object} for {item}",
        step="{unit} on route",
        lacking="of capacity for {item} at {object}",
    ),
)
THROUGHPUT = Family(
    name="throughput",
    index=NodeIndex,
    unit="t",
    dual="per t",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=node_place,
    right_hand_side=throughputs,
    figures={"nodes": {"throughput_t": anything}},
    origins=_throughput_origins,
    hits=lambda instance, row: node_hits(instance, row.node, row.period),
    size=_throughput_size,
    needed=lambda instance: any(node.throughput_t < inf for node in instance.nodes.values()),
    adds_up=True,
    in_responses=True,
    words=Words(
        group="transport", limit="handling at {object}", step="tonne handled at", lacking="of handling at {object}"
    ),
)
FAMILIES = (ROUTE_CAPACITY, ROUTE_VOLUME, ROUTE_ITEM_CAPACITY, THROUGHPUT)
