"""From the raw tables to a `Case`: defaults, groups, windows, events, wide tables, currencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf

import numpy as np

from planner.verify.agreements import read_consents, read_embargoes, read_locks, read_supply_shares
from planner.verify.calendar import Calendar, first_day_of_horizon
from planner.verify.data import (
    Case,
    Expansion,
    Item,
    Leg,
    Line,
    Node,
    Resource,
    Supply,
)
from planner.verify.names import Names, read_names
from planner.verify.rules import read_burdens, read_demands, read_funds, read_targets
from planner.verify.sheets import Sheets, read_sheets
from planner.verify.verification import Floats
from planner.workbook.raw import RawInput, normalise


def settings_of(sheets: Sheets) -> dict[str, object]:
    return {normalise(row.name("key") or ""): row.raw("value") for row in sheets("Settings")}


def read_calendar(sheets: Sheets, settings: Mapping[str, object]) -> Calendar:
    length = str(settings.get("periodlength", "month")).strip().lower()
    plain = Calendar(
        start=first_day_of_horizon(settings["start"], length),
        periods=int(float(str(settings["periods"]))),
        length=length,
        fiscal_month=int(float(str(settings.get("fiscalyearstart", 1)))),
        discount_rate=float(str(settings.get("discountrate", 0.0))),
    )
    return replace(plain, events=_events(sheets, plain))


def _events(sheets: Sheets, calendar: Calendar) -> dict[str, int | None]:
    """The period of each event; an event may be dated by another one, in any order."""
    cells = {row.name("event") or "": row.raw("period") for row in sheets("Events")}
    events: dict[str, int | None] = {}
    waiting = dict(cells)
    for _ in range(len(cells) + 1):
        for event, cell in list(waiting.items()):
            try:
                events[event] = replace(calendar, events=events).opening(cell, blank=-1) if cell is not None else None
            except ValueError:
                continue  # hangs on an event that is not dated yet
            del waiting[event]
    return events


def _number(settings: Mapping[str, object], key: str) -> float | None:
    cell = settings.get(key)
    return None if cell is None else float(str(cell))


def read_case(source: RawInput) -> Case:
    """The case in an input that has passed `check`. Raises KeyError or ValueError for one that has not."""
    sheets = read_sheets(source)
    settings = settings_of(sheets)
    calendar = read_calendar(sheets, settings)
    names = read_names(sheets)
    capacity = _capacity_rows(sheets, calendar)
    lines = _lines(sheets, calendar, names, capacity)
    resources = _resources(sheets, calendar, capacity)
    case = Case(
        calendar=calendar,
        objective=str(settings.get("objective", "lexicographic")).strip().lower(),
        nations=names.nations,
        items=_items(sheets),
        nodes=_nodes(sheets, calendar, capacity),
        node_storage={
            (row.name("node") or "", row.name("item") or ""): row.number("storage", inf)
            for row in sheets("NodeItems")
            if row.raw("storage") is not None
        },
        node_holding={
            (row.name("node") or "", row.name("item") or ""): row.money("holding_cost", 0.0)
            for row in sheets("NodeItems")
        },
        legs=tuple(_legs(sheets, calendar, names, capacity)),
        route_cost={
            (row.name("route") or "", row.name("item") or ""): row.money("cost", 0.0)
            for row in sheets("RouteItems")
            if row.raw("cost") is not None
        },
        route_limit={
            (row.name("route") or "", row.name("item") or ""): row.number("capacity", inf)
            for row in sheets("RouteItems")
        },
        lines=lines,
        resources=resources,
        expansions={},
        supplies=tuple(_supplies(sheets, calendar)),
        demands=read_demands(sheets, calendar),
        targets=read_targets(sheets, calendar, names),
        funds=read_funds(sheets, calendar, names),
        burdens=read_burdens(sheets),
        key_tolerance=_number(settings, "keytolerance"),
        embargoes=tuple(read_embargoes(sheets, calendar, names)),
        supply_shares=tuple(read_supply_shares(sheets, calendar, names)),
        consents=tuple(read_consents(sheets, calendar, names)),
        locks=tuple(read_locks(sheets, calendar)),
    )
    return replace(case, expansions=_expansions(sheets, calendar, case))


def _items(sheets: Sheets) -> dict[str, Item]:
    items = {}
    for row in sheets("Items"):
        life = row.optional("shelf_life", row.number)
        name = row.name("item") or ""
        items[name] = Item(
            name=name,
            category=row.name("category") or "",
            cost_type=row.choice("cost_type", "procurement"),
            weight=row.number("weight", 1.0),
            volume=row.number("volume", 0.0),
            neq=row.number("neq", 0.0),
            shelf_life=None if life is None else int(life),
            holding_cost=row.money("holding_cost", 0.0),
            scrap_cost=row.money("scrap_cost", 0.0),
            value=row.optional("value", row.money),
        )
    return items


def _capacity_rows(sheets: Sheets, calendar: Calendar) -> dict[str, list[tuple[int, int, float]]]:
    """By object: first and last period a row names, and its quantity."""
    found: dict[str, list[tuple[int, int, float]]] = {}
    for row in sheets.long("Capacity"):
        span = calendar.span(row.raw("period"))
        if span is not None:
            found.setdefault(row.name("object") or "", []).append((*span, row.number("quantity", 0.0)))
    return found


def _profile(fixed: float, rows: list[tuple[int, int, float]], calendar: Calendar) -> Floats:
    profile = np.full(calendar.periods, fixed)
    for first, last, quantity in rows:
        profile[calendar.mask(first, last)] = quantity
    return profile


def _nodes(sheets: Sheets, calendar: Calendar, capacity: Mapping[str, list[tuple[int, int, float]]]) -> dict[str, Node]:
    nodes = {}
    for row in sheets("Nodes"):
        name, kind = row.name("node") or "", row.choice("kind")
        rows = capacity.get(name, [])
        blank = all(row.raw(column) is None for column in ("storage_t", "storage_m3", "storage_neq"))
        by_default = np.full(calendar.periods, kind == "transit" and blank)
        for first, last, _ in rows:
            by_default &= ~calendar.mask(first, last)
        fixed = 0.0 if kind == "transit" and blank else row.number("storage_t", inf)
        first_open = calendar.opening(row.raw("opens"))
        nodes[name] = Node(
            name=name,
            kind=kind,
            nation=row.name("nation"),
            holding_cost=row.money("holding_cost", 0.0),
            throughput=row.number("throughput_t", inf),
            first=calendar.periods if first_open is None else first_open,
            last=calendar.closing(row.raw("closes")),
            storage=_profile(fixed, rows, calendar),
            by_default=by_default,
            storage_volume=row.number("storage_m3", inf),
            storage_explosive=row.number("storage_neq", inf),
        )
    return nodes


def _legs(
    sheets: Sheets, calendar: Calendar, names: Names, capacity: Mapping[str, list[tuple[int, int, float]]]
) -> Iterable[Leg]:
    for row in sheets("Routes"):
        opens = calendar.opening(row.raw("opens"))
        if opens is None:
            continue
        ends = row.name("origin") or "", row.name("destination") or ""
        mode = row.name("mode") or ""
        route = row.name("route") or f"{ends[0]}>{ends[1]}" + (f":{mode}" if mode else "")
        for origin, destination in (ends, ends[::-1]) if row.flag("both_ways") else (ends,):
            yield Leg(
                route=route,
                origin=origin,
                destination=destination,
                mode=mode,
                lead_time=row.whole("lead_time", 0),
                cost=row.money("cost", 0.0),
                capacity=_profile(row.number("capacity_t", inf), capacity.get(route, []), calendar),
                capacity_volume=row.number("capacity_m3", inf),
                first=opens,
                last=calendar.closing(row.raw("closes")),
                excludes=frozenset(names.to_items(row.names("excludes"))),
            )


def _lines(
    sheets: Sheets, calendar: Calendar, names: Names, capacity: Mapping[str, list[tuple[int, int, float]]]
) -> dict[str, Line]:
    components = _components(sheets)
    further: dict[str, dict[str, float]] = {}
    for row in sheets("ResourceUse"):
        uses = further.setdefault(row.name("line") or "", {})
        uses[row.name("resource") or ""] = row.number("use", 0.0)
    lines = {}
    for row in sheets("Lines"):
        opens = calendar.opening(row.raw("opens"))
        if opens is None:
            continue
        factory, item = row.name("factory") or "", row.name("item") or ""
        name = row.name("line") or f"{factory}:{item}"
        kind, nation = names.nodes[factory]
        resources = dict(further.get(name, {}))
        own = row.name("resource")
        if own:
            resources[own] = resources.get(own, 0.0) + row.number("resource_use", 1.0)
        bill = dict(components.get((item, None), {})) if kind != "market" else {}
        for component, quantity in components.get((item, name), {}).items():
            bill[component] = bill.get(component, 0.0) + quantity
        lines[name] = Line(
            name=name,
            factory=factory,
            item=item,
            unit_cost=row.money("unit_cost", 0.0),
            capacity=_profile(row.number("capacity", inf), capacity.get(name, []), calendar),
            min_rate=row.number("min_rate", 0.0),
            start_rate=row.optional("start_rate", row.number),
            ramp=row.number("ramp", inf),
            yield_=row.number("yield", 1.0),
            resources=resources,
            order_lead_time=row.whole("order_lead_time", 0),
            advance=row.number("advance", 0.0),
            first=opens,
            last=calendar.closing(row.raw("closes")),
            content=row.shares("content") or ({nation: 1.0} if nation else {}),
            components=bill,
        )
    return lines


def _components(sheets: Sheets) -> dict[tuple[str, str | None], dict[str, float]]:
    """(item, line or None) -> component -> units per unit started."""
    found: dict[tuple[str, str | None], dict[str, float]] = {}
    for row in sheets("Components"):
        bill = found.setdefault((row.name("item") or "", row.name("line")), {})
        component = row.name("component") or ""
        bill[component] = bill.get(component, 0.0) + row.number("quantity", 0.0)
    return found


def _resources(
    sheets: Sheets, calendar: Calendar, capacity: Mapping[str, list[tuple[int, int, float]]]
) -> dict[str, Resource]:
    resources = {}
    for row in sheets("Resources"):
        name = row.name("resource") or ""
        profile = _profile(row.number("capacity", inf), capacity.get(name, []), calendar)
        resources[name] = Resource(name, row.name("factory"), profile)
    return resources


def _expansions(sheets: Sheets, calendar: Calendar, case: Case) -> dict[str, Expansion]:
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


def _supplies(sheets: Sheets, calendar: Calendar) -> Iterable[Supply]:
    for row in sheets.long("Stocks"):
        period = calendar.opening(row.raw("period"))
        if period is not None and 0 <= period < calendar.periods:
            made = period - row.whole("age", 0)
            yield Supply(row.name("node") or "", row.name("item") or "", row.number("quantity", 0.0), period, made)
