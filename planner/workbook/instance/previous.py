"""The previous plan: what departures are weighed from."""

from __future__ import annotations

from collections.abc import Mapping

from planner.domain.instance import Leg, PreviousPlan
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER


def previous_plan(context: Context, legs: Mapping[str, Leg]) -> PreviousPlan:
    """What was to be made by line and period, and dispatched by item, leg and period."""
    directions = {(leg.route, leg.origin): leg.name for leg in legs.values()}
    as_typed = {leg.route: leg.origin for leg in reversed(list(legs.values()))}
    production: dict[tuple[str, int], float] = {}
    shipments: dict[tuple[str, str, int], float] = {}
    columns = ("kind", "line", "route", "origin", "item", "period", "quantity")
    for record, kind, line, route, origin, item, period, quantity in context.rows("Previous", *columns):
        if period is NEVER:
            context.removes("Previous", record, "period", period)
        elif kind == "make":
            production[line, period] = quantity
        else:
            shipments[item, directions[route, origin or as_typed[route]], period] = quantity
    return PreviousPlan(production, shipments)
