"""From the raw tables to lines, resources, expansions, and capacity by period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf

import numpy as np

from planner.verify.input.calendar import Calendar
from planner.verify.input.data import Case, Expansion, Line, Resource
from planner.verify.input.names import Names
from planner.verify.input.sheets import Sheets
from planner.verify.verification import Floats


def capacity_rows(sheets: Sheets, calendar: Calendar) -> dict[str, list[tuple[int, int, float]]]:
    """By object: first and last period a row names, and its quantity."""
    rows_of: dict[str, list[tuple[int, int, float]]] = {}
    for row in sheets.long("Capacity"):
        span = calendar.span(row.raw("period"))
        if span is not None:
            rows_of.setdefault(row.name("object") or "", []).append((*span, row.number("quantity", 0.0)))
    return rows_of


def profile(fixed: float, rows: list[tuple[int, int, float]], calendar: Calendar) -> Floats:
    """The amount of each period: `fixed`, or that of the Capacity row which covers the period."""
    amounts = np.full(calendar.periods, fixed)
    for first, last, quantity in rows:
        amounts[calendar.mask(first, last)] = quantity
    return amounts


def _resource_uses(sheets: Sheets) -> dict[str, dict[str, float]]:
    """Table ResourceUse: line → resource → use of a unit started."""
    uses: dict[str, dict[str, float]] = {}
    for row in sheets("ResourceUse"):
        uses.setdefault(row.name("line") or "", {})[row.name("resource") or ""] = row.number("use", 0.0)
    return uses


def read_lines(
    sheets: Sheets, calendar: Calendar, names: Names, capacity: Mapping[str, list[tuple[int, int, float]]]
) -> tuple[dict[str, Line], dict[str, Line]]:
    """The lines by name, and those whose opening event does not happen."""
    components, further = _components(sheets), _resource_uses(sheets)
    lines: dict[str, Line] = {}
    removed: dict[str, Line] = {}
    for row in sheets("Lines"):
        opens = calendar.opening(row.raw("opens"))
        factory, item = row.name("factory") or "", row.name("item") or ""
        name = row.name("line") or f"{factory}:{item}"
        kind, nation = names.nodes[factory]
        resources = dict(further.get(name, {}))
        named_here = row.name("resource")
        if named_here:
            resources[named_here] = resources.get(named_here, 0.0) + row.number("resource_use", 1.0)
        bill = dict(components.get((item, None), {})) if kind != "market" else {}
        for component, quantity in components.get((item, name), {}).items():
            bill[component] = bill.get(component, 0.0) + quantity
        (removed if opens is None else lines)[name] = Line(
            name=name,
            factory=factory,
            item=item,
            unit_cost=row.money("unit_cost", 0.0),
            capacity=profile(row.number("capacity", inf), capacity.get(name, []), calendar),
            min_rate=row.number("min_rate", 0.0),
            start_rate=row.optional("start_rate", row.number),
            ramp=row.number("ramp", inf),
            yield_=row.number("yield", 1.0),
            resources=resources,
            order_lead_time=row.whole("order_lead_time", 0),
            advance=row.number("advance", 0.0),
            first=calendar.periods if opens is None else opens,
            last=calendar.closing(row.raw("closes")),
            content=row.shares("content") or ({nation: 1.0} if nation else {}),
            components=bill,
        )
    return lines, removed


def _components(sheets: Sheets) -> dict[tuple[str, str | None], dict[str, float]]:
    """(item, line or None) -> component -> units per unit started."""
    components: dict[tuple[str, str | None], dict[str, float]] = {}
    for row in sheets("Components"):
        bill = components.setdefault((row.name("item") or "", row.name("line")), {})
        component = row.name("component") or ""
        bill[component] = bill.get(component, 0.0) + row.number("quantity", 0.0)
    return components


def read_bill(sheets: Sheets) -> frozenset[tuple[str, str]]:
    """(item, component) of every row of Components with a quantity."""
    return frozenset(
        (item, part)
        for (item, _), bill in _components(sheets).items()
        for part, quantity in bill.items()
        if quantity > 0
    )


def read_resources(
    sheets: Sheets, calendar: Calendar, capacity: Mapping[str, list[tuple[int, int, float]]]
) -> dict[str, Resource]:
    """Table Resources, by name."""
    resources = {}
    for row in sheets("Resources"):
        name = row.name("resource") or ""
        amounts = profile(row.number("capacity", inf), capacity.get(name, []), calendar)
        resources[name] = Resource(name, row.name("factory"), amounts)
    return resources


def read_expansions(sheets: Sheets, calendar: Calendar, case: Case) -> dict[str, Expansion]:
    """Expansions of what exists; one whose object an event removed is gone with it."""
    known = {
        "line": set(case.lines),
        "resource": set(case.resources),
        "node": set(case.nodes),
        "route": {leg.route for leg in case.legs},
    }
    expansions = {}
    for row in sheets("Expansions"):
        opens = calendar.opening(row.raw("first"))
        kind = next(kind for kind in known if row.raw(kind) is not None)
        thing = row.name(kind) or ""
        if opens is None or thing not in known[kind]:
            continue
        plain = Expansion(
            name=row.name("expansion") or "",
            kind=kind,
            object=thing,
            cost=row.money("cost", 0.0),
            limit=row.number("limit", inf),
            lead_time=row.whole("lead_time", 0),
            first=opens,
            last=calendar.closing(row.raw("last")),
            content=row.shares("content"),
        )
        expansions[plain.name] = plain if plain.content else replace(plain, content=_own_content(plain, case))
    return expansions


def _own_content(expansion: Expansion, case: Case) -> Mapping[str, float]:
    if expansion.kind == "line":
        return case.lines[expansion.object].content
    nation = case.object_nation(expansion)
    return {nation: 1.0} if nation else {}
