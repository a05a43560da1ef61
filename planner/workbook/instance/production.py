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
    used = _resources_used(context)
    ordered = _orders(context)
    general, named = _components(context)
    by_name = {}
    for row in context.rows("Lines"):
        context.removes("Lines", row.record, "opens", row.opens, "it never opens")
        node = nodes[row.factory]
        components = dict(general.get(row.item, {})) if node.kind != "market" else {}
        for component, quantity in named.get(row.line, {}).items():
            components[component] = components.get(component, 0.0) + quantity
        by_name[row.line] = Line(
            name=row.line,
            factory=row.factory,
            item=row.item,
            open=completions(context.window(row.opens, row.closes), node.open, row.order_lead_time),
            unit_cost=row.unit_cost,
            capacity=context.profile(row.line, row.capacity, inf),
            min_rate=row.min_rate,
            start_rate=row.start_rate,
            ramp=inf if row.ramp is None else row.ramp,
            yield_=row.yield_,
            resources=used.get(row.line, {}),
            order_lead_time=row.order_lead_time,
            advance=row.advance,
            content=content_of(node.nation) if row.content is None else _positive(row.content),
            components=_positive(components),
            orders={
                period: Order(quantity, row.advance if paid is None else paid)
                for period, (quantity, paid) in sorted(ordered.get(row.line, {}).items())
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
    """Nation → 1, where content comes from one nation alone; empty without a nation."""
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
    by_name = {}
    for row in context.rows("Expansions"):
        if row.first is NEVER:
            context.removes("Expansions", row.record, "first", row.first)
            continue
        if row.line is not None:
            kind, target, default = "line", row.line, lines[row.line].content
        elif row.resource is not None:
            factory = resources[row.resource].factory
            kind, target, default = "resource", row.resource, content_of(nodes[factory].nation if factory else None)
        elif row.node is not None:
            kind, target, default = "node", row.node, content_of(nodes[row.node].nation)
        else:
            kind, target, default = "route", row.route, {}
        window = context.window(row.first, row.last)
        ready = max(context.horizon.periods - row.lead_time, 0)  # what is bought later is never ready
        by_name[row.expansion] = Expansion(
            name=row.expansion,
            kind=kind,
            object=target,
            cost=row.cost,
            buy=range(window.start, max(min(window.stop, ready), window.start)),
            limit=inf if row.limit is None else row.limit,
            lead_time=row.lead_time,
            content=default if row.content is None else _positive(row.content),
        )
    return by_name
