"""Reads what a re-optimisation starts from: orders placed before the horizon, and the previous plan."""

from __future__ import annotations

from collections.abc import Mapping

from planner.verify.input.calendar import Calendar
from planner.verify.input.sheets import Sheets
from planner.verify.input.stability_data import Order, Previous


def read_orders(sheets: Sheets, calendar: Calendar, advances: Mapping[str, float]) -> dict[tuple[str, int], Order]:
    """By line and period of completion."""
    orders = {}
    for row in sheets.long("Orders"):
        period, line = calendar.opening(row.raw("period")), row.name("line") or ""
        if period is not None and row.number("quantity", 0.0):
            orders[line, period] = Order(row.number("quantity", 0.0), row.number("paid", advances[line]))
    return orders


def read_previous(sheets: Sheets, calendar: Calendar, origins: Mapping[str, str]) -> Previous:
    """Quantities by line, or by item, route and origin, and period. `origins` are those of the routes as typed."""
    made: dict[tuple[str, int], float] = {}
    sent: dict[tuple[str, str, str, int], float] = {}
    for row in sheets.long("Previous"):
        period, quantity = calendar.opening(row.raw("period")), row.number("quantity", 0.0)
        if period is None:
            continue
        if row.choice("kind") == "make":
            made[row.name("line") or "", period] = quantity
        else:
            route = row.name("route") or ""
            sent[row.name("item") or "", route, row.name("origin") or origins[route], period] = quantity
    return Previous(made, sent)
