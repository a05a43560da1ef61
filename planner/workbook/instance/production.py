"""Lines, resources, components and expansions."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from planner.domain.instance import Expansion, Line, Node, Order, Resource
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER


def resources(context: Context) -> dict[str, Resource]:
    """Table Resources, by name."""
    return {
        name: Resource(name, factory, context.profile(name, capacity, inf))
        for _, name, factory, capacity in context.rows("Resources", "resource", "factory", "capacity")
    }


def lines(context: Context, nodes: Mapping[str, Node]) -> dict[str, Line]:
    """Tables Lines, Components, ResourceUse and Orders, by line."""
    columns = (
        "line", "factory", "item", "opens", "closes", "unit_cost", "capacity", "min_rate", "start_rate", "ramp",
        "yield", "order_lead_time", "advance", "content",
    )  # fmt: skip
    used = _resources_used(context)
    ordered = _orders(context)
    general, named = _components(context)
    by_name = {}
    for record, *row in context.rows("Lines", *columns):
        name, factory, item, opens, closes, cost, capacity, least, start, ramp, good, lead_time, advance, content = row
        context.removes("Lines", record, "opens", opens, "it never opens")
        node = nodes[factory]
        components = dict(general.get(item, {})) if node.kind != "market" else {}
        for component, quantity in named.get(name, {}).items():
            components[component] = components.get(component, 0.0) + quantity
        by_name[name] = Line(
            name=name,
            factory=factory,
            item=item,
            open=completions(context.window(opens, closes), node.open, lead_time),
            unit_cost=cost,
            capacity=context.profile(name, capacity, inf),
            min_rate=least,
            start_rate=start,
            ramp=inf if ramp is None else ramp,
            yield_=good,
            resources=used.get(name, {}),
            order_lead_time=lead_time,
            advance=advance,
            content=content_of(node.nation) if content is None else _positive(content),
            components=_positive(components),
            orders={
                period: Order(quantity, advance if paid is None else paid)
                for period, (quantity, paid) in sorted(ordered.get(name, {}).items())
            },
        )
    return by_name


def _orders(context: Context) -> dict[str, dict[int, tuple[float, float | None]]]:
    """(quantity, share paid) of the orders placed with each line before the horizon, by period of completion."""
    orders_of: dict[str, dict[int, tuple[float, float | None]]] = {}
    for record, line, period, quantity, paid in context.rows("Orders", "line", "period", "quantity", "paid"):
        if not context.removes("Orders", record, "period", period) and quantity:
            orders_of.setdefault(line, {})[period] = quantity, paid
    return orders_of


def never_opened(context: Context) -> frozenset[str]:
    """The lines whose opening event does not happen in the horizon."""
    return frozenset(line for _, line, opens in context.rows("Lines", "line", "opens") if opens is NEVER)


def completions(line: range, node: range, order_lead_time: int) -> range:
    """The periods in which a line can complete: in its own and its node's window, and not before the first
    order can be ready."""
    start = max(line.start, node.start, order_lead_time)
    return range(start, max(min(line.stop, node.stop), start))


def content_of(nation: str | None) -> dict[str, float]:
    """Content that comes from one nation alone; no content where there is none."""
    return {} if nation is None else {nation: 1.0}


def _positive(quantities: Mapping[str, float]) -> dict[str, float]:
    return {name: quantity for name, quantity in quantities.items() if quantity}


def _resources_used(context: Context) -> dict[str, dict[str, float]]:
    used: dict[str, dict[str, float]] = {}
    for _, line, resource, use in context.rows("Lines", "line", "resource", "resource_use"):
        if resource is not None:
            used.setdefault(line, {})[resource] = use
    for _, line, resource, use in context.rows("ResourceUse", "line", "resource", "use"):
        used.setdefault(line, {})[resource] = use
    return {line: _positive(uses) for line, uses in used.items()}


def _components(context: Context) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Components by item (for all lines that are not at a market) and by line (on top)."""
    general: dict[str, dict[str, float]] = {}
    named: dict[str, dict[str, float]] = {}
    for _, item, component, line, quantity in context.rows("Components", "item", "component", "line", "quantity"):
        parts = general.setdefault(item, {}) if line is None else named.setdefault(line, {})
        parts[component] = quantity
    return general, named


def bill(context: Context) -> dict[str, frozenset[str]]:
    """Item -> all that it is made of, by any line."""
    components_of: dict[str, frozenset[str]] = {}
    for _, item, component, quantity in context.rows("Components", "item", "component", "quantity"):
        if quantity > 0:
            components_of[item] = components_of.get(item, frozenset()) | {component}
    return components_of


def expansions(
    context: Context, lines: Mapping[str, Line], resources: Mapping[str, Resource], nodes: Mapping[str, Node]
) -> dict[str, Expansion]:
    """Table Expansions, by name."""
    columns = (
        "expansion",
        "line",
        "resource",
        "node",
        "route",
        "cost",
        "first",
        "last",
        "limit",
        "lead_time",
        "content",
    )
    by_name = {}
    for record, *row in context.rows("Expansions", *columns):
        name, line, resource, node, route, cost, first, last, limit, lead_time, content = row
        if first is NEVER:
            context.removes("Expansions", record, "first", first)
            continue
        if line is not None:
            kind, target, default = "line", line, lines[line].content
        elif resource is not None:
            factory = resources[resource].factory
            kind, target, default = "resource", resource, content_of(nodes[factory].nation if factory else None)
        elif node is not None:
            kind, target, default = "node", node, content_of(nodes[node].nation)
        else:
            kind, target, default = "route", route, {}
        window = context.window(first, last)
        ready = max(context.horizon.periods - lead_time, 0)  # what is bought later is never ready
        buy = range(window.start, max(min(window.stop, ready), window.start))
        limit = inf if limit is None else limit
        by_name[name] = Expansion(
            name=name,
            kind=kind,
            object=target,
            cost=cost,
            buy=buy,
            limit=limit,
            lead_time=lead_time,
            content=default if content is None else _positive(content),
        )
    return by_name
