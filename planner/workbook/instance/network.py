"""Nodes, routes and what lies or travels on them."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from planner.domain.instance import Leg, Node, NodeItem, RouteItem, Supply
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER

BACK = "~back"


def nodes(context: Context) -> dict[str, Node]:
    """Table Nodes, by name."""
    by_name = {}
    for row in context.rows("Nodes"):
        context.removes("Nodes", row.record, "opens", row.opens, "it never opens")
        unstated = row.storage_t is None and row.storage_m3 is None and row.storage_neq is None
        holds_nothing = row.kind == "transit" and unstated
        by_name[row.node] = Node(
            name=row.node,
            kind=row.kind,
            open=context.window(row.opens, row.closes),
            nation=row.nation,
            latitude=row.lat,
            longitude=row.lon,
            storage_t=context.profile(row.node, row.storage_t, 0.0 if holds_nothing else inf),
            storage_by_default=holds_nothing,
            storage_m3=inf if row.storage_m3 is None else row.storage_m3,
            storage_neq_kg=inf if row.storage_neq is None else row.storage_neq,
            holding_cost=row.holding_cost,
            throughput_t=inf if row.throughput_t is None else row.throughput_t,
            access=frozenset(context.groups.nations_in(row.access or ())),
            closing=_closing(context, row.opens, row.closes),
            title=row.name,
        )
    return by_name


def _closing(context: Context, opens: int | None, closes: int | None) -> int | None:
    """The last open period, where the node closes before the horizon ends."""
    window = context.window(opens, closes)
    return closes if window and closes is not None and closes < context.horizon.periods - 1 else None


def node_items(context: Context) -> dict[tuple[str, str], NodeItem]:
    """Table NodeItems, by item and node."""
    return {
        (item, node): NodeItem(storage, holding)
        for _, node, item, storage, holding in context.rows("NodeItems", "node", "item", "storage", "holding_cost")
    }


def legs(context: Context) -> dict[str, Leg]:
    """Table Routes as legs, by name: one, or two of a route in both directions."""
    taken = {name for kind in ("route", "node", "line", "resource") for name in context.book.names.members[kind]}
    by_name = {}
    for row in context.rows("Routes"):
        context.removes("Routes", row.record, "opens", row.opens, "it never opens")
        there = by_name[row.route] = Leg(
            name=row.route,
            route=row.route,
            origin=row.origin,
            destination=row.destination,
            open=context.window(row.opens, row.closes),
            mode=row.mode or "",
            lead_time=row.lead_time,
            cost_per_t=row.cost,
            capacity_t=context.profile(row.route, row.capacity_t, inf),
            capacity_m3=inf if row.capacity_m3 is None else row.capacity_m3,
            excluded=frozenset(context.groups.items_in(row.excludes or ())),
            nations=frozenset(context.groups.nations_in(row.nations or ())),
            days=row.days,
        )
        if row.both_ways:
            back = row.route + BACK
            while back in taken:
                back += "~"
            taken.add(back)
            by_name[back] = replace(there, name=back, origin=row.destination, destination=row.origin)
    return by_name


def route_items(context: Context) -> dict[tuple[str, str], RouteItem]:
    """Table RouteItems, by item and route."""
    return {
        (item, route): RouteItem(cost, inf if capacity is None else capacity)
        for _, route, item, cost, capacity in context.rows("RouteItems", "route", "item", "cost", "capacity")
    }


def supplies(context: Context) -> tuple[Supply, ...]:
    """Stocks by node, item, period, nation and age; rows with the same key add up."""
    totals: dict[tuple[str, str, int | None, str | None, int], float] = {}
    columns = ("node", "item", "period", "nation", "age", "quantity")
    for record, node, item, period, nation, age, quantity in context.rows("Stocks", *columns):
        if period is NEVER:
            context.removes("Stocks", record, "period", period)
        elif quantity:
            key = (node, item, period, nation, age)
            totals[key] = totals.get(key, 0.0) + quantity
    return tuple(
        Supply(node, item, quantity, period or 0, period is None, age, nation)
        for (node, item, period, nation, age), quantity in totals.items()
    )
