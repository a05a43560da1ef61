"""Storage: what lies where at the end of each period, within storage limits.

Index sets: items i, nodes v, periods t, expiry classes e.
Variable: stock[i, v, t, e] ≥ 0, units at the end of t. Exists only where stock is allowed.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.domain.instance import Item, Node, share_left
from planner.formulation.model.model import (
    Bounds,
    CostKey,
    Frame,
    Model,
    Terms,
    Variable,
    by_profile,
    reduced,
    what_is_left,
)


def add_storage(model: Model) -> None:
    """Columns of stock with their holding cost, and the storage limits of each node.

    storage_weight (v, t):    Σ weight · stock − Σ expansions ready ≤ storage_t
    storage_volume (v, t):    Σ volume · stock ≤ storage_m3
    storage_explosive (v, t): Σ neq · stock ≤ storage_neq
    storage_item (i, v, t):   Σ_e stock ≤ NodeItems.storage
        duals ≤ 0: objective per further t, m³, kg, unit.
    """
    weight: dict[tuple[str, int], Terms] = defaultdict(list)
    volume: dict[tuple[str, int], Terms] = defaultdict(list)
    explosive: dict[tuple[str, int], Terms] = defaultdict(list)
    nodes = tuple(model.instance.nodes.values())
    for item in model.instance.items.values():
        reach = model.reach.items[item.name]
        units: dict[tuple[str, int], Terms] = defaultdict(list)
        for class_index, node_index, period in np.argwhere(reach.stock).tolist():
            node = nodes[node_index]
            variable = _add_stock(model, item, node, period, reach.classes[class_index])
            place = (node.name, period)
            if item.weight_t and not (node.storage_t[period] == 0 and _lifted(model, item, node)):
                weight[place].append((variable, item.weight_t))
            if item.volume_m3:
                volume[place].append((variable, item.volume_m3))
            if item.neq_kg:
                explosive[place].append((variable, item.neq_kg))
            units[place].append((variable, 1.0))
        _limit_item(model, item, units)
    for (name, period), terms in weight.items():
        left = share_left(model.instance.nodes[name].left, period)
        added = model.added_capacity("node", name, period, left)
        bound = model.bound("storage_weight", (name, period))
        model.limit("storage_weight", (name, period), terms + added, bound, (name, period))
    for key, terms in volume.items():
        model.limit("storage_volume", key, terms, model.bound("storage_volume", key), key)
    for key, terms in explosive.items():
        model.limit("storage_explosive", key, terms, model.bound("storage_explosive", key), key)


def weights(frame: Frame) -> Bounds:
    """storage_weight: tonnes, without expansions."""
    return by_profile((node.name, node.storage_t, node.left) for node in frame.instance.nodes.values())


def volumes(frame: Frame) -> Bounds:
    """storage_volume: m³."""
    return what_is_left(frame, ((node.name, node.storage_m3, node.left) for node in frame.instance.nodes.values()))


def explosives(frame: Frame) -> Bounds:
    """storage_explosive: kg of net explosive quantity."""
    return what_is_left(frame, ((node.name, node.storage_neq_kg, node.left) for node in frame.instance.nodes.values()))


def item_storages(frame: Frame) -> Bounds:
    """storage_item: units of the item, where NodeItems says so."""
    own = frame.instance.node_items.items()
    return {
        (item, node, period): reduced(special.storage, frame.instance.nodes[node].left, period)
        for (item, node), special in own
        if special.storage is not None
        for period in range(frame.instance.horizon.periods)
    }


def _add_stock(model: Model, item: Item, node: Node, period: int, expires: int) -> Variable:
    key = (item.name, node.name, period, expires)
    variable = model.variable("stock", key, key)
    model.balance[key].append((variable, -1.0))
    kept = node.kept(period + 1) if period + 1 < model.instance.horizon.periods else 0.0
    if kept > 0:
        model.balance[item.name, node.name, period + 1, expires].append((variable, kept))
    model.cost(CostKey("holding", "storage", node.name), period, variable, holding_cost(model, item, node))
    return variable


def holding_cost(model: Model, item: Item, node: Node) -> float:
    """Money per unit and period: the item's + the node's per tonne × weight + NodeItems'."""
    own = model.instance.node_items.get((item.name, node.name))
    return item.holding_cost + node.holding_cost * item.weight_t + (own.holding_cost if own else 0.0)


def _lifted(model: Model, item: Item, node: Node) -> bool:
    """NodeItems.storage replaces a transit node's default of 0 for its item."""
    own = model.instance.node_items.get((item.name, node.name))
    return node.storage_by_default and own is not None and own.storage is not None


def _limit_item(model: Model, item: Item, units: dict[tuple[str, int], Terms]) -> None:
    for (name, period), terms in units.items():
        key = (item.name, name, period)
        model.limit("storage_item", key, terms, model.bound("storage_item", key), key)
