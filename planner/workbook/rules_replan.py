"""Rules of what a re-optimisation starts from: overdue demand, orders placed, the previous plan."""

from __future__ import annotations

from planner.workbook.periods import BAD, show
from planner.workbook.reader import TypedWorkbook
from planner.workbook.typed import TypedTable

PREVIOUS_KEYS = {"make": ("line",), "ship": ("route", "item")}


def check_overdue(book: TypedWorkbook) -> None:
    """What was due before the horizon stands in the first period and may still be late."""
    table = book["Demand"]
    for record, (period, delay, overdue) in enumerate(table.records("period", "max_delay", "overdue")):
        if BAD in (period, delay, overdue) or not overdue:
            continue
        if period != 0:
            message = f"found {show(overdue)} for a demand that is not of the first period; only that can be overdue"
            table.fail(book.faults, record, "overdue", message)
        elif overdue > delay:
            message = f"found {show(overdue)}, but it may be late by {delay} (max_delay): it is lost, not overdue"
            table.fail(book.faults, record, "overdue", message)


def check_orders(book: TypedWorkbook) -> None:
    """An order was placed before the horizon: it is completed before the first new order can be."""
    if not book.names.certain(("line",)):
        return
    lead_times = dict(book["Lines"].records("line", "order_lead_time"))
    table = book["Orders"]
    for record, (line, period) in enumerate(table.records("line", "period")):
        lead_time = lead_times.get(line, BAD)
        if not isinstance(period, int) or not isinstance(lead_time, int) or period < lead_time:
            continue
        found = show(table.cell(record, "period"))
        first = f"its first {lead_time} periods" if lead_time else "none, as it has no order_lead_time"
        message = f"found {found}; what {line!r} was ordered before the horizon is completed in {first}"
        table.fail(book.faults, record, "period", message)


def check_previous(book: TypedWorkbook) -> None:
    """Each kind names its activity, and a shipment starts at an end of its route."""
    table = book["Previous"]
    check_origins(book, table)
    for record, (kind, line, route, item) in enumerate(table.records("kind", "line", "route", "item")):
        given = {"line": line, "route": route, "item": item}
        for column in PREVIOUS_KEYS.get(kind, ()):
            if given[column] is None:
                table.fail(book.faults, record, column, f"is blank; {kind} expects a {column}")


def check_origins(book: TypedWorkbook, table: TypedTable) -> None:
    """Where a row says from where a route was used, that is where the route starts, or ends if it goes both ways."""
    columns = ("route", "origin", "destination", "both_ways")
    ends = {route: (origin, other, both) for route, origin, other, both in book["Routes"].records(*columns)}
    for record, (route, origin) in enumerate(table.records("route", "origin")):
        start, other, both = ends.get(route, (BAD, BAD, BAD))
        if origin is None or BAD in (origin, start, other, both) or origin == start or (both and origin == other):
            continue
        expected = f"{start!r} or {other!r}" if both else f"{start!r}"
        table.fail(book.faults, record, "origin", f"found {show(origin)}, expected {expected}, where {route!r} starts")
