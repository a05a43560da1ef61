"""Transport: what is dispatched on each leg, within route capacities and handling.

Index sets: items i, legs r (directed), periods t of dispatch, expiry classes e.
Variable: shipment[i, r, t, e] ≥ 0, units dispatched in t; they arrive in t + lead time.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.domain.instance import Item, Leg, share_left
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
        (item, leg.name, period): reduced(own.capacity, leg.left, period)
        for (item, route), own in instance.route_items.items()
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
    own = model.instance.route_items.get((item.name, leg.route))
    return own.cost if own is not None and own.cost is not None else leg.cost_per_t * item.weight_t


def add_throughput(model: Model) -> None:
    """throughput (v, t):  Σ weight · (dispatched from v by route + delivered at v) ≤ throughput_t
    dual ≤ 0: objective per further t handled.
    """
    for key, terms in model.throughput.items():
        model.limit("throughput", key, terms, model.bound("throughput", key), key)


def throughputs(frame: Frame) -> Bounds:
    """throughput: tonnes."""
    return what_is_left(frame, ((node.name, node.throughput_t, node.left) for node in frame.instance.nodes.values()))
