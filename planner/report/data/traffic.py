"""What moves over each leg of the network, and where a leg or a node is full."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isfinite

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.domain.instance import Leg
from planner.plan.plan import Plan
from planner.tolerances import SAME

FULL = 1 - SAME  # of capacity
Amounts = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LegFlow:
    """One leg over the horizon; `full_periods` are 0-based, those in which a capacity is used up."""

    leg: Leg
    tonnes: float
    capacity: float  # tonnes of the open periods; inf where there is no limit
    full_periods: tuple[int, ...]
    filled: tuple[
        float, ...
    ] = ()  # by period: the share of the capacity in tonnes that is used; 1 where any capacity is

    @property
    def used_share(self) -> float | None:
        """Tonnes ÷ capacity over the horizon; None without a limit, or where nothing may move."""
        return self.tonnes / self.capacity if 0 < self.capacity < inf else None


@dataclass(frozen=True, slots=True)
class NodeFlow:
    """Handling at a node that has a throughput limit."""

    node: str
    tonnes: float
    throughput: float  # tonnes per period
    full_periods: tuple[int, ...]
    filled: tuple[float, ...] = ()  # by period: the share of the throughput that is used


@dataclass(frozen=True)
class Traffic:
    """`legs` with flow, busiest first; `idle` are the others. `through` is tonnes leaving or delivered, by node."""

    legs: list[LegFlow]
    idle: list[Leg]
    through: dict[str, float] = field(default_factory=dict)
    handling: list[NodeFlow] = field(default_factory=list)  # nodes that are full at some time, most often first

    @property
    def saturated(self) -> list[LegFlow]:
        """The legs that are full in some period."""
        return [flow for flow in self.legs if flow.full_periods]


def read_traffic(plan: Plan) -> Traffic:
    """What moves over each leg and through each node of a plan, and in which periods they are full."""
    instance, count = plan.instance, plan.instance.horizon.periods
    legs = list(instance.legs.values())
    table = plan.tables["shipments"]
    rows, periods = _rows_of_legs(legs, table), _periods(table)
    tonnes = _summed(rows, periods, table["tonnes"], (len(legs), count))
    capacity = np.array([leg.capacity_t or (inf,) * count for leg in legs], dtype=float).reshape(len(legs), count)
    for route, added in _added_capacity(plan).items():
        capacity[[row for row, leg in enumerate(legs) if leg.route == route]] += added
    full = _full(tonnes, capacity) | _full_by_item(plan, rows, periods, tonnes.shape)
    if any(isfinite(leg.capacity_m3) for leg in legs):
        volume = table["quantity"] * table["item"].map({name: item.volume_m3 for name, item in instance.items.items()})
        limits = np.array([leg.capacity_m3 for leg in legs])[:, None]
        full |= _full(_summed(rows, periods, volume, tonnes.shape), np.broadcast_to(limits, tonnes.shape))
    used, filled = np.unique(rows), _filled(tonnes, capacity, full)
    totals = tonnes.sum(axis=1)
    flows = [
        LegFlow(
            leg := legs[row],
            float(totals[row]),
            float(capacity[row, leg.open.start : leg.open.stop].sum()),
            tuple(np.flatnonzero(full[row]).tolist()),
            tuple(filled[row].tolist()),
        )
        for row in used.tolist()
    ]
    idle = [legs[row] for row in np.setdiff1d(np.arange(len(legs)), used).tolist()]
    through, handling = _handling(plan, [legs[row].origin for row in used.tolist()], tonnes[used])
    return Traffic(sorted(flows, key=lambda flow: -flow.tonnes), idle, through, handling)


def _handling(plan: Plan, origins: list[str], tonnes: Amounts) -> tuple[dict[str, float], list[NodeFlow]]:
    """Tonnes that leave each node by route (those of `tonnes` from `origins`) or are delivered at it;
    the full nodes.
    """
    instance = plan.instance
    row_of = {name: row for row, name in enumerate(instance.nodes)}
    table = plan.tables["deliveries"]
    weight = table["item"].map({name: item.weight_t for name, item in instance.items.items()})
    ends: Positions = np.array([row_of[name] for name in table["destination"]], dtype=np.intp)
    shape = (len(row_of), instance.horizon.periods)
    handled = _summed(ends, _periods(table), table["quantity"] * weight, shape)
    leaving = np.array([row_of[name] for name in origins], dtype=np.intp)
    np.add.at(handled, leaving, tonnes)
    throughput = np.array([node.throughput_t for node in instance.nodes.values()])
    full = _full(handled, np.broadcast_to(throughput[:, None], shape))
    filled = _filled(handled, np.broadcast_to(throughput[:, None], shape), full)
    names = list(instance.nodes)
    totals = handled.sum(axis=1)
    through = {names[row]: float(totals[row]) for row in np.union1d(leaving, ends).tolist()}
    handling = [
        NodeFlow(
            names[row],
            float(totals[row]),
            float(throughput[row]),
            tuple(np.flatnonzero(full[row]).tolist()),
            tuple(filled[row].tolist()),
        )
        for row in np.flatnonzero(full.any(axis=1)).tolist()
    ]
    return through, sorted(handling, key=lambda flow: (-len(flow.full_periods), -flow.tonnes))


def _full(used: Amounts, capacity: Amounts) -> Mask:
    full: Mask = np.isfinite(capacity) & (capacity > 0) & (used >= capacity * FULL)
    return full


def _filled(used: Amounts, capacity: Amounts, full: Mask) -> Amounts:
    """[row, period]: the share of a capacity that is used; 0 where there is none or no limit, 1 where it is full."""
    limited = np.isfinite(capacity) & (capacity > 0)
    shares = np.divide(used, capacity, out=np.zeros_like(used), where=limited)
    filled: Amounts = np.where(full, 1.0, np.minimum(shares, 1.0))
    return filled


def _summed(rows: Positions, periods: Positions, amounts: pd.Series, shape: tuple[int, int]) -> Amounts:
    """[row, period]: the sum of the amounts there."""
    sums = np.zeros(shape)
    np.add.at(sums, (rows, periods), amounts.to_numpy(dtype=float))
    return sums


def _periods(table: pd.DataFrame) -> Positions:
    """The 0-based period of each row."""
    periods: Positions = table["period"].to_numpy(dtype=np.intp) - 1
    return periods


def _rows_of_legs(legs: list[Leg], shipments: pd.DataFrame) -> Positions:
    """The position in `legs` of the leg that each shipment takes."""
    row_of = {(leg.route, leg.origin, leg.destination): row for row, leg in enumerate(legs)}
    taken = zip(shipments["route"], shipments["origin"], shipments["destination"], strict=True)
    return np.array([row_of[key] for key in taken], dtype=np.intp)


def _added_capacity(plan: Plan) -> dict[str, Amounts]:
    """Tonnes per period that expansions of routes have added, by route."""
    kinds = {name: e for name, e in plan.instance.expansions.items() if e.kind == "route"}
    table = plan.tables["investments"]
    added: dict[str, Amounts] = {}
    if not kinds or not len(table):
        return added
    for name, ready, quantity in zip(table["expansion"], table["ready"], table["quantity"], strict=True):
        if name in kinds:
            row = added.setdefault(kinds[name].object, np.zeros(plan.instance.horizon.periods))
            row[int(ready) - 1 :] += quantity
    return added


def _full_by_item(plan: Plan, rows: Positions, periods: Positions, shape: tuple[int, int]) -> Mask:
    """[leg, period]: the capacity that a route has for one item is used up."""
    full = np.zeros(shape, dtype=bool)
    limits = {key: r.capacity for key, r in plan.instance.route_items.items() if 0 < r.capacity < inf}
    if not limits:
        return full
    table = plan.tables["shipments"]
    keyed = table.assign(leg=rows, at=periods)
    sums = keyed.groupby(["leg", "at", "item", "route"], sort=False, as_index=False)["quantity"].sum()
    limit = np.array([limits.get(key, inf) for key in zip(sums["item"], sums["route"], strict=True)])
    filled = sums[sums["quantity"].to_numpy(dtype=float) >= limit * FULL]
    full[filled["leg"].to_numpy(dtype=np.intp), filled["at"].to_numpy(dtype=np.intp)] = True
    return full
