"""Routes: capacity, volume, windows, exclusions, arrival, and handling at nodes."""

from __future__ import annotations

import numpy as np

from planner.verify.books import Books
from planner.verify.contingency.data import scaled
from planner.verify.verification import Codes, Findings, Floats, number


def check_transport(books: Books, findings: Findings) -> None:
    if books.case.legs:
        _joint_capacity(books, findings)
        _item_capacity(books, findings)
        _allowed(books, findings)
        _node_windows(books, findings)
    _throughput(books, findings)


def _sent(books: Books) -> tuple[Codes, Codes, Codes, Floats]:
    """Leg, item, period of dispatch and quantity of each shipment."""
    table = books.plan.shipments
    leg, item, period = (table[name].to_numpy(dtype=np.intp) for name in ("leg", "item", "t"))
    return leg, item, period, table["quantity"].to_numpy(dtype=np.float64)


def _joint_capacity(books: Books, findings: Findings) -> None:
    """Σ weight × dispatched ≤ capacity_t (+ expansions) and Σ volume × dispatched ≤ capacity_m3, each direction."""
    legs = books.case.legs
    leg, item, period, quantity = _sent(books)
    volume = np.array([thing.volume for thing in books.case.items.values()])
    tonnes = np.array([each.capacity + books.added("route", each.route) for each in legs])
    cubic = np.array([np.full(books.case.periods, each.capacity_volume) for each in legs])
    for family, size, limit, unit in (
        ("route_capacity", books.weight, tonnes, "t"),
        ("route_volume", volume, cubic, "m3"),
    ):
        load = books.totals(len(legs), leg, period, size[item] * quantity)
        limit = scaled(limit, books.leg_factor)

        def say(flat: int, load: Floats = load, limit: Floats = limit, unit: str = unit) -> str:
            row, when = divmod(flat, books.case.periods)
            amounts = f"{number(load[row, when])} of {number(limit[row, when])} {unit}"
            return f"{_leg_words(books, row)} in {books.label(when)} carries {amounts}"

        findings.check(family, (load - limit).ravel(), np.maximum(load, limit).ravel(), say)


def _leg_words(books: Books, code: int) -> str:
    leg = books.case.legs[code]
    return f"route {leg.route!r} from {leg.origin!r} to {leg.destination!r}"


def _item_capacity(books: Books, findings: Findings) -> None:
    """Units of the item dispatched ≤ its capacity on the route, each direction."""
    limits = {key: limit for key, limit in books.case.route_limit.items() if np.isfinite(limit)}
    if not limits:
        return
    leg, item, _, quantity = _sent(books)
    table = np.full((len(books.case.legs), len(books.items)), np.inf)
    directions: dict[str, list[int]] = {}
    for code, each in enumerate(books.case.legs):
        directions.setdefault(each.route, []).append(code)
    for (route, name), limit in limits.items():
        table[directions.get(route, []), books.item_code[name]] = limit
    limit_of_row = scaled(table[leg, item], books.leg_factor[leg, books.plan.shipments["t"].to_numpy(dtype=np.intp)])

    def say(row: int) -> str:
        period = int(books.plan.shipments["t"].iloc[row])
        amounts = f"{number(quantity[row])} of {number(limit_of_row[row])} units of {books.items[item[row]]!r}"
        return f"{_leg_words(books, int(leg[row]))} in {books.label(period)} carries {amounts}"

    findings.check("route_item_capacity", quantity - limit_of_row, np.maximum(quantity, limit_of_row), say)


def _allowed(books: Books, findings: Findings) -> None:
    """Nothing is dispatched outside the route's window, against `excludes` or an embargo, or arrives late or wrongly."""
    calendar, legs = books.case.calendar, books.case.legs
    leg, item, period, quantity = _sent(books)
    excluded = np.zeros((len(legs), len(books.items)), dtype=bool)
    for code, each in enumerate(legs):
        excluded[code, [books.item_code[name] for name in each.excludes]] = True
    forbidden = np.zeros(len(leg), dtype=bool)
    for embargo in books.case.embargoes:
        routes = np.array([each.route in embargo.routes for each in legs])
        items = np.array([name in embargo.items for name in books.items])
        forbidden |= routes[leg] & items[item] & calendar.mask(embargo.first, embargo.last)[period]
    arrives = books.plan.shipments["arrives"].to_numpy(dtype=np.float64)
    expected = period + 1 + books.leg_lead[leg]
    wrong_arrival = (arrives != expected) | (expected > books.case.periods)

    def say(problem: str, row: int) -> str:
        what = f"{number(quantity[row])} units of {books.items[item[row]]!r} on {_leg_words(books, int(leg[row]))}"
        return f"{what}, dispatched in {books.label(int(period[row]))}: {problem}"

    for family, wrong, problem in (
        ("route_window", ~books.leg_open[leg, period], "the route is not open"),
        ("excludes", excluded[leg, item], "the route does not carry this item"),
        ("forbid", forbidden, "an embargo forbids it"),
    ):
        size = np.where(wrong, quantity, 0.0)
        findings.check(family, size, size, lambda row, p=problem: say(p, row))  # type: ignore[misc]

    def late(row: int) -> str:
        return say(f"arrives in period {expected[row]}, the table says {number(arrives[row])}", row)

    findings.check("arrival", wrong_arrival.astype(float), np.ones(len(leg)), late)


def _node_windows(books: Books, findings: Findings) -> None:
    """Nothing leaves or arrives at a node outside opens…closes."""
    leg, item, period, quantity = _sent(books)
    arrives = np.minimum(period + books.leg_lead[leg], books.case.periods - 1)
    for ends, when, verb in ((books.leg_origin, period, "leave"), (books.leg_destination, arrives, "arrive")):
        size = np.where(books.node_open[ends[leg], when], 0.0, quantity)

        def say(row: int, ends: Codes = ends, when: Codes = when, verb: str = verb) -> str:
            node = books.nodes[ends[leg[row]]]
            what = f"{number(quantity[row])} units of {books.items[item[row]]!r} {verb}"
            return f"{what} at {node!r} in {books.label(int(when[row]))}, when it is closed"

        findings.check("node_window", size, size, say)


def _throughput(books: Books, findings: Findings) -> None:
    """t leaving a node by route + t delivered at it ≤ throughput_t."""
    leg, item, period, quantity = _sent(books)
    deliveries = books.plan.deliveries
    demand, when = (deliveries[name].to_numpy(dtype=np.intp) for name in ("demand", "t"))
    count = len(books.nodes)
    leaving = books.totals(count, books.leg_origin[leg], period, books.weight[item] * quantity)
    tonnes = books.weight[books.demand_item[demand]] * deliveries["quantity"].to_numpy(dtype=np.float64)
    delivered = books.totals(count, books.demand_node[demand], when, tonnes)
    throughput = np.array([[node.throughput] for node in books.case.nodes.values()])
    limit = scaled(np.repeat(throughput, books.case.periods, axis=1), books.node_factor)
    load = leaving + delivered

    def say(flat: int) -> str:
        row, at = divmod(flat, books.case.periods)
        amounts = f"{number(leaving[row, at])} t leave and {number(delivered[row, at])} t are delivered"
        return f"node {books.nodes[row]!r} in {books.label(at)}: {amounts}, of {number(limit[row, at])} t"

    findings.check("throughput", (load - limit).ravel(), np.maximum(load, limit).ravel(), say)
