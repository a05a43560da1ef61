"""From the raw tables to a `Case`: defaults, groups, windows, events, wide tables, currencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import inf

import numpy as np

from planner.verify.contingency.reading import read_contingencies, reduced_funds
from planner.verify.input.agreements import read_consents, read_embargoes, read_locks, read_supply_shares
from planner.verify.input.calendar import DAYS_PER_PERIOD, Calendar, first_day_of_horizon
from planner.verify.input.data import (
    Case,
    Item,
    Leg,
    Node,
    Supply,
)
from planner.verify.input.funds_input import read_burdens, read_demands, read_funds, read_targets
from planner.verify.input.names import Names, read_names
from planner.verify.input.past import read_past
from planner.verify.input.production_input import (
    capacity_rows,
    profile,
    read_bill,
    read_expansions,
    read_lines,
    read_resources,
)
from planner.verify.input.sheets import Row, Sheets, read_sheets
from planner.verify.input.stability_input import read_orders, read_previous
from planner.workbook.reading.raw import RawInput, normalise

ObjectItem = tuple[str, str]  # of a node or route and an item


def settings_of(sheets: Sheets) -> dict[str, object]:
    """What each setting says; a blank one is not there."""
    cells = {normalise(row.name("key") or ""): row.raw("value") for row in sheets("Settings")}
    return {key: cell for key, cell in cells.items() if cell is not None}


def read_calendar(sheets: Sheets, settings: Mapping[str, object]) -> Calendar:
    """Periods and fiscal years, by Settings and Events."""
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
    capacity = capacity_rows(sheets, calendar)
    lines, removed_lines = read_lines(sheets, calendar, names, capacity)
    resources = read_resources(sheets, calendar, capacity)
    contingencies = read_contingencies(sheets, calendar, names, settings)
    nodes_stated, routes_stated = list(sheets("NodeItems")), list(sheets("RouteItems"))
    case = Case(
        calendar=calendar,
        objective=str(settings.get("objective", "lexicographic")).strip().lower(),
        level_tolerance=float(str(settings.get("leveltolerance", 0.0))),
        nations=names.nations,
        items=_items(sheets),
        nodes=_nodes(sheets, calendar, names, capacity),
        node_storage=_by_item(nodes_stated, "node", lambda row: row.optional("storage", row.number)),
        node_holding=_by_item(nodes_stated, "node", lambda row: row.money("holding_cost", 0.0)),
        legs=tuple(_legs(sheets, calendar, names, capacity)),
        route_cost=_by_item(routes_stated, "route", lambda row: row.optional("cost", row.money)),
        route_limit=_by_item(routes_stated, "route", lambda row: row.number("capacity", inf)),
        lines=lines,
        removed_lines=removed_lines,
        bill=read_bill(sheets),
        resources=resources,
        expansions={},
        supplies=tuple(_supplies(sheets, calendar)),
        demands=read_demands(sheets, calendar),
        targets=read_targets(sheets, calendar, names),
        funds=reduced_funds(read_funds(sheets, calendar, names), contingencies.certain, calendar),
        burdens=read_burdens(sheets),
        key_tolerance=_number(settings, "keytolerance"),
        embargoes=tuple(read_embargoes(sheets, calendar, names)),
        supply_shares=tuple(read_supply_shares(sheets, calendar, names)),
        consents=tuple(read_consents(sheets, calendar, names)),
        locks=tuple(read_locks(sheets, calendar)),
        orders=read_orders(sheets, calendar, {line.name: line.advance for line in lines.values()}),
        previous=read_previous(sheets, calendar, _origins(sheets)),
        frozen=int(_number(settings, "frozen") or 0),
        departure_cap=_number(settings, "departurecap"),
        contingencies=contingencies,
    )
    expansions, past = read_expansions(sheets, calendar, case), read_past(sheets, calendar, case.funds)
    return replace(case, expansions=expansions, past=past)


def _by_item(rows: Iterable[Row], object_column: str, figure: Callable[[Row], float | None]) -> dict[ObjectItem, float]:
    """(node or route, item) → the figure of the last row that states it; a row for which it is None is left out."""
    stated = ((row.name(object_column) or "", row.name("item") or "", figure(row)) for row in rows)
    return {(name, item): value for name, item, value in stated if value is not None}


def _origins(sheets: Sheets) -> dict[str, str]:
    """Where each route starts, as typed."""
    origins = {}
    for row in sheets("Routes"):
        origin, destination, mode = row.name("origin") or "", row.name("destination") or "", row.name("mode")
        unnamed = f"{origin}>{destination}:{mode}" if mode else f"{origin}>{destination}"
        origins[row.name("route") or unnamed] = origin
    return origins


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
            domain=row.name("domain") or "",
        )
    return items


def _nodes(
    sheets: Sheets, calendar: Calendar, names: Names, capacity: Mapping[str, list[tuple[int, int, float]]]
) -> dict[str, Node]:
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
            storage=profile(fixed, rows, calendar),
            by_default=by_default,
            storage_volume=row.number("storage_m3", inf),
            storage_explosive=row.number("storage_neq", inf),
            access=_admitted(row, "access", names),
        )
    return nodes


def _admitted(row: Row, column: str, names: Names) -> frozenset[str] | None:
    """The nations that a cell lists; None where it is blank."""
    return None if row.raw(column) is None else names.to_nations(row.names(column))


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
                capacity=profile(row.number("capacity_t", inf), capacity.get(route, []), calendar),
                capacity_volume=row.number("capacity_m3", inf),
                first=opens,
                last=calendar.closing(row.raw("closes")),
                excludes=frozenset(names.to_items(row.names("excludes"))),
                nations=_admitted(row, "nations", names),
                days=row.number("days", row.whole("lead_time", 0) * DAYS_PER_PERIOD[calendar.length]),
            )


def _supplies(sheets: Sheets, calendar: Calendar) -> Iterable[Supply]:
    for row in sheets.long("Stocks"):
        period = calendar.opening(row.raw("period"))
        if period is not None and 0 <= period < calendar.periods:
            made = period - row.whole("age", 0)
            yield Supply(
                node=row.name("node") or "",
                item=row.name("item") or "",
                quantity=row.number("quantity", 0.0),
                period=period,
                made=made,
                nation=row.name("nation"),
                on_order=row.raw("period") is not None,
            )
