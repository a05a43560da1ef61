"""Storage: what lies where at the end of each period, within storage limits.

Index sets: items i, nodes v, periods t, expiry classes e.
Variable: stock[i, v, t, e] ≥ 0, units at the end of t. Exists only where stock is allowed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from planner.domain.contingency.losses import node_hits
from planner.domain.instance import Item, Node, PlanningInstance, Profile, share_left
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
    stated = frame.instance.node_items.items()
    return {
        (item, node, period): reduced(special.storage, frame.instance.nodes[node].left, period)
        for (item, node), special in stated
        if special.storage is not None
        for period in range(frame.instance.horizon.periods)
    }


def _add_stock(model: Model, item: Item, node: Node, period: int, expires: int) -> Variable:
    key = (item.name, node.name, period, expires)
    variable = model.variable("stock", key, key)
    model.balance[key].append((variable, -1.0))
    room_left = node.kept(period + 1) if period + 1 < model.instance.horizon.periods else 0.0
    if room_left > 0:
        model.balance[item.name, node.name, period + 1, expires].append((variable, room_left))
    model.cost(
        CostKey("holding", "storage", node.name), period, variable, model.instance.holding_cost(item.name, node.name)
    )
    return variable


def _lifted(model: Model, item: Item, node: Node) -> bool:
    """NodeItems.storage replaces a transit node's default of 0 for its item."""
    stated = model.instance.node_items.get((item.name, node.name))
    return node.storage_by_default and stated is not None and stated.storage is not None


def _limit_item(model: Model, item: Item, units: dict[tuple[str, int], Terms]) -> None:
    for (name, period), terms in units.items():
        key = (item.name, name, period)
        model.limit("storage_item", key, terms, model.bound("storage_item", key), key)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class NodeIndex(NamedTuple):
    """A node in a period (0-based)."""

    node: str
    period: int


class ItemNodeIndex(NamedTuple):
    """An item at a node in a period (0-based)."""

    item: str
    node: str
    period: int


def node_place(_: Directory, row: NodeIndex) -> Place:
    """The node, in the row's period."""
    return row.node, None, row.period + 1


def _item_place(_: Directory, row: ItemNodeIndex) -> Place:
    return row.node, row.item, row.period + 1


def _weight_origins(model: Model, row: NodeIndex) -> Iterator[Origin]:
    fixed = figure("Nodes", "storage_t", node=row.node)
    yield from capacity(model, fixed, row.node, model.instance.nodes[row.node].storage_t, row.period)


def _volume_origins(model: Model, row: NodeIndex) -> Iterator[Origin]:
    yield Origin(figure("Nodes", "storage_m3", node=row.node), model.instance.nodes[row.node].storage_m3, 1.0)


def _explosive_origins(model: Model, row: NodeIndex) -> Iterator[Origin]:
    yield Origin(figure("Nodes", "storage_neq", node=row.node), model.instance.nodes[row.node].storage_neq_kg, 1.0)


def _item_origins(model: Model, row: ItemNodeIndex) -> Iterator[Origin]:
    storage = model.instance.node_items[row.item, row.node].storage
    yield Origin(figure("NodeItems", "storage", node=row.node, item=row.item), storage, 1.0)


def _size_of_node(of: Callable[[Node], Profile]) -> Callable[[PlanningInstance, str, str], Profile]:
    return lambda instance, name, _: of(instance.nodes[name]) if name in instance.nodes else ()


def _item_size(instance: PlanningInstance, name: str, item: str) -> Profile:
    stated = instance.node_items.get((item, name))
    return (stated.storage or 0.0,) if stated else ()


STORAGE_WEIGHT = Family(
    name="storage_weight",
    index=NodeIndex,
    unit="t",
    dual="per t",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=node_place,
    right_hand_side=weights,
    figures={"nodes": {"storage_t": lambda node: [storage == 0 for storage in node.storage_t]}},  # 0 forbids stock
    origins=_weight_origins,
    hits=lambda instance, row: node_hits(instance, row.node, row.period),
    size=_size_of_node(lambda node: node.storage_t),
    needed=lambda instance: any(map(isfinite, (t for node in instance.nodes.values() for t in node.storage_t))),
    in_responses=True,
    words=Words(
        group="storage", limit="storage at {object}", step="tonne of storage at", lacking="of storage at {object}"
    ),
)
STORAGE_VOLUME = Family(
    name="storage_volume",
    index=NodeIndex,
    unit="m3",
    dual="per m3",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=node_place,
    right_hand_side=volumes,
    figures={"nodes": {"storage_m3": anything}},
    origins=_volume_origins,
    hits=lambda instance, row: node_hits(instance, row.node, row.period),
    size=_size_of_node(lambda node: (node.storage_m3,)),
    needed=lambda instance: any(node.storage_m3 < inf for node in instance.nodes.values()),
    in_responses=True,
    words=Words(
        group="storage",
        limit="storage at {object}, by volume",
        step="m³ of storage at",
        lacking="of storage at {object}",
    ),
)
STORAGE_EXPLOSIVE = Family(
    name="storage_explosive",
    index=NodeIndex,
    unit="kg",
    dual="per kg",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=node_place,
    right_hand_side=explosives,
    figures={"nodes": {"storage_neq_kg": anything}},
    origins=_explosive_origins,
    hits=lambda instance, row: node_hits(instance, row.node, row.period),
    size=_size_of_node(lambda node: (node.storage_neq_kg,)),
    needed=lambda instance: any(node.storage_neq_kg < inf for node in instance.nodes.values()),
    in_responses=True,
    words=Words(
        group="storage",
        limit="storage at {object}, by net explosive quantity",
        step="kg of net explosive quantity at",
        lacking="of storage at {object}",
    ),
)
STORAGE_ITEM = Family(
    name="storage_item",
    index=ItemNodeIndex,
    unit="units",
    dual="per unit",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_item_place,
    right_hand_side=item_storages,
    figures={"node_items": {"storage": lambda own: (own.storage is None, own.storage == 0)}},
    origins=_item_origins,
    hits=lambda instance, row: node_hits(instance, row.node, row.period),
    size=_item_size,
    needed=lambda instance: any(stated.storage is not None for stated in instance.node_items.values()),
    in_responses=True,
    words=Words(
        group="storage",
        limit="storage of {item} at {object}",
        step="{unit} of storage at",
        lacking="of storage for {item} at {object}",
    ),
)
FAMILIES = (STORAGE_WEIGHT, STORAGE_VOLUME, STORAGE_EXPLOSIVE, STORAGE_ITEM)
