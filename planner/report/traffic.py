"""What moves over each leg of the network, and where a leg or a node is full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isfinite

import numpy as np
import numpy.typing as npt

from planner.domain.instance import Leg
from planner.solve.plan import Plan

FULL = 1 - 1e-6  # of capacity
Row = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LegFlow:
    """One leg over the horizon; `full_periods` are 0-based, those in which a capacity is used up."""

    leg: Leg
    tonnes: float
    capacity: float  # tonnes of the open periods; inf where there is no limit
    full_periods: tuple[int, ...]

    @property
    def used_share(self) -> float | None:
        return self.tonnes / self.capacity if 0 < self.capacity < inf else None


@dataclass(frozen=True, slots=True)
class NodeFlow:
    """Handling at a node that has a throughput limit."""

    node: str
    tonnes: float
    throughput: float  # tonnes per period
    full_periods: tuple[int, ...]


@dataclass(frozen=True)
class Traffic:
    """`legs` with flow, busiest first; `idle` are the others. `through` is tonnes leaving or delivered, by node."""

    legs: list[LegFlow]
    idle: list[Leg]
    through: dict[str, float] = field(default_factory=dict)
    handling: list[NodeFlow] = field(default_factory=list)  # nodes that are full at some time, most often first

    @property
    def full_nodes(self) -> dict[str, NodeFlow]:
        return {flow.node: flow for flow in self.handling}

    @property
    def saturated(self) -> list[LegFlow]:
        return [flow for flow in self.legs if flow.full_periods]


def read_traffic(plan: Plan) -> Traffic:
    tonnes = _leg_tonnes(plan)
    volumes = _leg_volumes(plan) if any(isfinite(leg.capacity_m3) for leg in plan.instance.legs.values()) else {}
    added = _added_capacity(plan)
    item_full = _full_by_item(plan)
    flows, idle = [], []
    for leg in plan.instance.legs.values():
        key = (leg.route, leg.origin, leg.destination)
        if key not in tonnes:
            idle.append(leg)
            continue
        capacity = np.asarray(leg.capacity_t or (inf,) * plan.instance.horizon.periods, dtype=float)
        capacity = capacity + added.get(leg.route, 0.0)
        full = set(_full(tonnes[key], capacity)) | item_full.get(key, set())
        if key in volumes:
            full |= set(_full(volumes[key], np.full(len(capacity), leg.capacity_m3)))
        window = capacity[leg.open.start : leg.open.stop]
        flows.append(LegFlow(leg, float(tonnes[key].sum()), float(window.sum()), tuple(sorted(full))))
    through = _handled(plan, tonnes)
    handling = [
        NodeFlow(node.name, float(through[node.name].sum()), node.throughput_t, full_periods)
        for node in plan.instance.nodes.values()
        if node.name in through
        and isfinite(node.throughput_t)
        and (full_periods := _full(through[node.name], np.full(plan.instance.horizon.periods, node.throughput_t)))
    ]
    totals = {node: float(row.sum()) for node, row in through.items()}
    handling.sort(key=lambda flow: (-len(flow.full_periods), -flow.tonnes))
    return Traffic(sorted(flows, key=lambda flow: -flow.tonnes), idle, totals, handling)


def _full(used: Row, capacity: Row) -> tuple[int, ...]:
    finite = np.isfinite(capacity) & (capacity > 0)
    return tuple(int(t) for t in np.flatnonzero(finite & (used >= capacity * FULL)))


def _profiles(keys: Sequence[tuple[str, ...]], periods: Row, values: Row, count: int) -> dict[tuple[str, ...], Row]:
    rows: dict[tuple[str, ...], Row] = {}
    for key, period, value in zip(keys, periods, values, strict=True):
        rows.setdefault(key, np.zeros(count))[int(period) - 1] += value
    return rows


def _leg_tonnes(plan: Plan) -> dict[tuple[str, ...], Row]:
    table = plan.tables["shipments"]
    sums = table.groupby(["route", "origin", "destination", "period"], sort=False, as_index=False)["tonnes"].sum()
    keys = list(zip(sums["route"], sums["origin"], sums["destination"], strict=True))
    return _profiles(keys, sums["period"].to_numpy(), sums["tonnes"].to_numpy(), plan.instance.horizon.periods)


def _leg_volumes(plan: Plan) -> dict[tuple[str, ...], Row]:
    table = plan.tables["shipments"]
    volume = table["item"].map({item.name: item.volume_m3 for item in plan.instance.items.values()})
    weighed = table.assign(volume=table["quantity"] * volume)
    sums = weighed.groupby(["route", "origin", "destination", "period"], sort=False, as_index=False)["volume"].sum()
    keys = list(zip(sums["route"], sums["origin"], sums["destination"], strict=True))
    return _profiles(keys, sums["period"].to_numpy(), sums["volume"].to_numpy(), plan.instance.horizon.periods)


def _added_capacity(plan: Plan) -> dict[str, Row]:
    """Tonnes per period that expansions of routes have added, by route."""
    kinds = {name: e for name, e in plan.instance.expansions.items() if e.kind == "route"}
    table = plan.tables["investments"]
    added: dict[str, Row] = {}
    if not kinds or not len(table):
        return added
    for name, ready, quantity in zip(table["expansion"], table["ready"], table["quantity"], strict=True):
        if name in kinds:
            row = added.setdefault(kinds[name].object, np.zeros(plan.instance.horizon.periods))
            row[int(ready) - 1 :] += quantity
    return added


def _full_by_item(plan: Plan) -> dict[tuple[str, ...], set[int]]:
    """Periods in which the capacity that a route has for one item is used up, by leg."""
    limits = {key: r.capacity for key, r in plan.instance.route_items.items() if isfinite(r.capacity)}
    full: dict[tuple[str, ...], set[int]] = {}
    if not limits:
        return full
    table = plan.tables["shipments"]
    table = table[table["route"].isin({route for _, route in limits})]
    sums = table.groupby(["route", "origin", "destination", "item", "period"], as_index=False)["quantity"].sum()
    for route, origin, end, item, period, quantity in sums.itertuples(index=False):
        limit = limits.get((item, route), inf)
        if limit > 0 and quantity >= limit * FULL:
            full.setdefault((route, origin, end), set()).add(int(period) - 1)
    return full


def _handled(plan: Plan, tonnes: dict[tuple[str, ...], Row]) -> dict[str, Row]:
    """Tonnes that leave each node by route or are delivered at it, by period."""
    count = plan.instance.horizon.periods
    through: dict[str, Row] = {}
    for (_, origin, _), row in tonnes.items():
        through[origin] = through.get(origin, np.zeros(count)) + row
    table = plan.tables["deliveries"]
    if len(table):
        weight = table["item"].map({item.name: item.weight_t for item in plan.instance.items.values()})
        weighed = table.assign(tonnes=table["quantity"] * weight)
        sums = weighed.groupby(["destination", "period"], sort=False, as_index=False)["tonnes"].sum()
        for node, period, value in sums.itertuples(index=False):
            through.setdefault(node, np.zeros(count))[int(period) - 1] += value
    return through
