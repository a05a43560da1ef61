"""Rules of what a re-optimisation starts from: overdue demand, orders placed, the previous plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planner.workbook.reading.periods import BAD, NEVER, show
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.typed import TypedTable

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
    """An order was placed before the horizon: it is completed in it, while the line's node is open, and before the
    first new order can be. The line's own window bounds new orders; one that never opens completes none."""
    if not book.names.certain(("line", "node")):
        return  # two lines or nodes of one name: which is meant is not known
    columns = ("line", "factory", "order_lead_time", "opens")
    lines = {line: facts for line, *facts in book["Lines"].records(*columns)}
    nodes = {node: window for node, *window in book["Nodes"].records("node", "opens", "closes")}
    table = book["Orders"]
    for record, (line, period, quantity) in enumerate(table.records("line", "period", "quantity")):
        factory, lead_time, opens = lines.get(line, (BAD, BAD, BAD))
        if not isinstance(period, int) or not isinstance(lead_time, int) or quantity == 0:
            continue
        problem = (
            _outside_horizon(book, period)
            or _too_late(line, period, lead_time)
            or _closed(f"the line {line!r}", period, (NEVER if opens is NEVER else None, None))
            or _closed(f"its node {factory!r}", period, nodes.get(factory, (BAD, BAD)))
        )
        if problem:
            table.fail(book.faults, record, "period", f"found {show(table.cell(record, 'period'))}{problem}")


def _outside_horizon(book: TypedWorkbook, period: int) -> str:
    """What is late is late, not lost: it is completed in a period that is still to come."""
    if period >= 0 or book.horizon is None:
        return ""
    first = book.horizon.label(0)
    return (
        f", which is before the horizon; expected the period from {first} on in which the order will be completed "
        "(what is completed already is stock)"
    )


def _too_late(line: str, period: int, lead_time: int) -> str:
    if period < lead_time:
        return ""
    first = f"its first {lead_time} periods" if lead_time else "none, as it has no order_lead_time"
    return f"; what {line!r} was ordered before the horizon is completed in {first}"


def _closed(what: str, period: int, window: Sequence[Any]) -> str:
    """Why nothing is completed in the period: the thing is not open in it. Silent where its window is not known."""
    opens, closes = window
    if BAD in (opens, closes):
        return ""
    if opens is NEVER:
        return f", but {what} never opens; expected no order, or another opening"
    if (opens or 0) <= period <= (period if closes is None else closes):
        return ""
    return f", when {what} is not open; expected a period in which it is"


def check_previous(book: TypedWorkbook) -> None:
    """Each kind names its activity, and a shipment starts at an end of its route."""
    table = book["Previous"]
    check_origins(book, table)
    for record, (kind, line, route, item) in enumerate(table.records("kind", "line", "route", "item")):
        names = {"line": line, "route": route, "item": item}
        for column in PREVIOUS_KEYS.get(kind, ()):
            if names[column] is None:
                table.fail(book.faults, record, column, f"is blank; {kind} expects a {column}")


def check_origins(book: TypedWorkbook, table: TypedTable) -> None:
    """Where a row says from where a route was used, that is where the route starts, or ends if it goes both ways."""
    if not book.names.certain(("route",)):
        return  # two routes of one name: which is meant is not known
    columns = ("route", "origin", "destination", "both_ways")
    ends = {route: (origin, other, both) for route, origin, other, both in book["Routes"].records(*columns)}
    for record, (route, origin) in enumerate(table.records("route", "origin")):
        start, other, both = ends.get(route, (BAD, BAD, BAD))
        if origin is None or BAD in (origin, start, other, both) or origin == start or (both and origin == other):
            continue
        expected = f"{start!r} or {other!r}" if both else f"{start!r}"
        table.fail(book.faults, record, "origin", f"found {show(origin)}, expected {expected}, where {route!r} starts")
