"""Routes: capacity, volume, windows, exclusions, arrival, and handling at nodes."""

from __future__ import annotations

import numpy as np

from planner.verify.contingency.data import scaled
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Findings, Floats, number


def check_transport(arrays: PlanArrays, findings: Findings) -> None:
    """Shipments: capacity and window of each route, windows and throughput of nodes."""
    if arrays.case.legs:
        _joint_capacity(arrays, findings)
        _item_capacity(arrays, findings)
        _allowed(arrays, findings)
        _node_windows(arrays, findings)
    _throughput(arrays, findings)


def _sent(arrays: PlanArrays) -> tuple[Codes, Codes, Codes, Floats]:
    """Leg, item, period of dispatch and quantity of each shipment."""
    table = arrays.plan.shipments
    leg, item, period = (table[name].to_numpy(dtype=np.intp) for name in ("leg", "item", "t"))
    return leg, item, period, table["quantity"].to_numpy(dtype=np.float64)


def _joint_capacity(arrays: PlanArrays, findings: Findings) -> None:
    """Σ weight × dispatched ≤ capacity_t (+ expansions) and Σ volume × dispatched ≤ capacity_m3, each direction."""
    legs = arrays.case.legs
    leg, item, period, quantity = _sent(arrays)
    volume = np.array([thing.volume for thing in arrays.case.items.values()])
    tonnes = np.array([each.capacity + arrays.added("route", each.route) for each in legs])
    cubic = np.array([np.full(arrays.case.periods, each.capacity_volume) for each in legs])
    for family, size, limit, unit in (
        ("route_capacity", arrays.weight, tonnes, "t"),
        ("route_volume", volume, cubic, "m3"),
    ):
        load = arrays.totals(len(legs), leg, period, size[item] * quantity)
        limit = scaled(limit, arrays.leg_factor)

        def say(flat: int, load: Floats = load, limit: Floats = limit, unit: str = unit) -> str:
            row, when = divmod(flat, arrays.case.periods)
            amounts = f"{number(load[row, when])} of {number(limit[row, when])} {unit}"
            return f"{_leg_words(arrays, row)} in {arrays.label(when)} carries {amounts}"

        findings.check(family, (load - limit).ravel(), np.maximum(load, limit).ravel(), say)


def _leg_words(arrays: PlanArrays, code: int) -> str:
    leg = arrays.case.legs[code]
    return f"route {leg.route!r} from {leg.origin!r} to {leg.destination!r}"


def _item_capacity(arrays: PlanArrays, findings: Findings) -> None:
    """Units of the item dispatched ≤ its capacity on the route, each direction."""
    limits = {key: limit for key, limit in arrays.case.route_limit.items() if np.isfinite(limit)}
    if not limits:
        return
    leg, item, _, quantity = _sent(arrays)
    table = np.full((len(arrays.case.legs), len(arrays.items)), np.inf)
    directions: dict[str, list[int]] = {}
    for code, each in enumerate(arrays.case.legs):
        directions.setdefault(each.route, []).append(code)
    for (route, name), limit in limits.items():
        table[directions.get(route, []), arrays.item_code[name]] = limit
    limit_of_row = scaled(table[leg, item], arrays.leg_factor[leg, arrays.plan.shipments["t"].to_numpy(dtype=np.intp)])

    def say(row: int) -> str:
        period = int(arrays.plan.shipments["t"].iloc[row])
        amounts = f"{number(quantity[row])} of {number(limit_of_row[row])} units of {arrays.items[item[row]]!r}"
        return f"{_leg_words(arrays, int(leg[row]))} in {arrays.label(period)} carries {amounts}"

    findings.check("route_item_capacity", quantity - limit_of_row, np.maximum(quantity, limit_of_row), say)


def _allowed(arrays: PlanArrays, findings: Findings) -> None:
    """Nothing is dispatched outside the route's window, against `excludes` or an embargo,
    or arrives late or wrongly.
    """
    calendar, legs = arrays.case.calendar, arrays.case.legs
    leg, item, period, quantity = _sent(arrays)
    excluded = np.zeros((len(legs), len(arrays.items)), dtype=bool)
    for code, each in enumerate(legs):
        excluded[code, [arrays.item_code[name] for name in each.excludes]] = True
    forbidden = np.zeros(len(leg), dtype=bool)
    for embargo in arrays.case.embargoes:
        routes = np.array([each.route in embargo.routes for each in legs])
        items = np.array([name in embargo.items for name in arrays.items])
        forbidden |= routes[leg] & items[item] & calendar.mask(embargo.first, embargo.last)[period]
    arrives = arrays.plan.shipments["arrives"].to_numpy(dtype=np.float64)
    expected = period + 1 + arrays.leg_lead[leg]
    wrong_arrival = (arrives != expected) | (expected > arrays.case.periods)

    def say(problem: str, row: int) -> str:
        what = f"{number(quantity[row])} units of {arrays.items[item[row]]!r} on {_leg_words(arrays, int(leg[row]))}"
        return f"{what}, dispatched in {arrays.label(int(period[row]))}: {problem}"

    for family, wrong, problem in (
        ("route_window", ~arrays.leg_open[leg, period], "the route is not open"),
        ("excludes", excluded[leg, item], "the route does not carry this item"),
        ("forbid", forbidden, "an embargo forbids it"),
    ):
        size = np.where(wrong, quantity, 0.0)
        findings.check(family, size, size, lambda row, p=problem: say(p, row))  # type: ignore[misc]

    def late(row: int) -> str:
        return say(f"arrives in period {expected[row]}, the table says {number(arrives[row])}", row)

    findings.check("arrival", wrong_arrival.astype(float), np.ones(len(leg)), late)


def _node_windows(arrays: PlanArrays, findings: Findings) -> None:
    """Nothing leaves or arrives at a node outside opens…closes."""
    leg, item, period, quantity = _sent(arrays)
    arrives = np.minimum(period + arrays.leg_lead[leg], arrays.case.periods - 1)
    for ends, when, verb in ((arrays.leg_origin, period, "leave"), (arrays.leg_destination, arrives, "arrive")):
        size = np.where(arrays.node_open[ends[leg], when], 0.0, quantity)

        def say(row: int, ends: Codes = ends, when: Codes = when, verb: str = verb) -> str:
            node = arrays.nodes[ends[leg[row]]]
            what = f"{number(quantity[row])} units of {arrays.items[item[row]]!r} {verb}"
            return f"{what} at {node!r} in {arrays.label(int(when[row]))}, when it is closed"

        findings.check("node_window", size, size, say)


def _throughput(arrays: PlanArrays, findings: Findings) -> None:
    """t leaving a node by route + t delivered at it ≤ throughput_t."""
    leg, item, period, quantity = _sent(arrays)
    deliveries = arrays.plan.deliveries
    demand, when = (deliveries[name].to_numpy(dtype=np.intp) for name in ("demand", "t"))
    count = len(arrays.nodes)
    leaving = arrays.totals(count, arrays.leg_origin[leg], period, arrays.weight[item] * quantity)
    tonnes = arrays.weight[arrays.demand_item[demand]] * deliveries["quantity"].to_numpy(dtype=np.float64)
    delivered = arrays.totals(count, arrays.demand_node[demand], when, tonnes)
    throughput = np.array([node.throughput for node in arrays.case.nodes.values()], dtype=np.float64)
    limit = scaled(np.repeat(throughput[:, None], arrays.case.periods, axis=1), arrays.node_factor)
    load = leaving + delivered

    def say(flat: int) -> str:
        row, at = divmod(flat, arrays.case.periods)
        amounts = f"{number(leaving[row, at])} t leave and {number(delivered[row, at])} t are delivered"
        return f"node {arrays.nodes[row]!r} in {arrays.label(at)}: {amounts}, of {number(limit[row, at])} t"

    findings.check("throughput", (load - limit).ravel(), np.maximum(load, limit).ravel(), say)
