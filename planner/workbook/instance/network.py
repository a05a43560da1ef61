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
    columns = (
        "node", "name", "kind", "opens", "closes", "nation", "lat", "lon", "storage_t", "storage_m3", "storage_neq",
        "holding_cost", "throughput_t", "access",
    )  # fmt: skip
    by_name = {}
    for record, *row in context.rows("Nodes", *columns):
        (
            name,
            title,
            kind,
            opens,
            closes,
            nation,
            latitude,
            longitude,
            tonnes,
            volume,
            explosive,
            holding,
            throughput,
            access,
        ) = row
        context.removes("Nodes", record, "opens", opens, "it never opens")
        nothing = kind == "transit" and tonnes is None and volume is None and explosive is None
        by_name[name] = Node(
            name=name,
            kind=kind,
            open=context.window(opens, closes),
            nation=nation,
            latitude=latitude,
            longitude=longitude,
            storage_t=context.profile(name, tonnes, 0.0 if nothing else inf),
            storage_by_default=nothing,
            storage_m3=inf if volume is None else volume,
            storage_neq_kg=inf if explosive is None else explosive,
            holding_cost=holding,
            throughput_t=inf if throughput is None else throughput,
            access=frozenset(context.groups.nations_in(access or ())),
            closing=_closing(context, opens, closes),
            title=title,
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
    columns = (
        "route", "origin", "destination", "mode", "lead_time", "cost", "capacity_t", "capacity_m3", "opens", "closes",
        "both_ways", "excludes", "nations", "days",
    )  # fmt: skip
    taken = {name for kind in ("route", "node", "line", "resource") for name in context.book.names.members[kind]}
    by_name = {}
    for record, *row in context.rows("Routes", *columns):
        route, origin, destination, mode, lead_time, cost, tonnes, volume, opens, closes, *others = row
        both_ways, excludes, nations, days = others
        context.removes("Routes", record, "opens", opens, "it never opens")
        there = by_name[route] = Leg(
            name=route,
            route=route,
            origin=origin,
            destination=destination,
            open=context.window(opens, closes),
            mode=mode or "",
            lead_time=lead_time,
            cost_per_t=cost,
            capacity_t=context.profile(route, tonnes, inf),
            capacity_m3=inf if volume is None else volume,
            excluded=frozenset(context.groups.items_in(excludes or ())),
            nations=frozenset(context.groups.nations_in(nations or ())),
            days=days,
        )
        if both_ways:
            back = route + BACK
            while back in taken:
                back += "~"
            taken.add(back)
            by_name[back] = replace(there, name=back, origin=destination, destination=origin)
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
