"""Fractions of lots: quantities that are no whole number of an item's lots.

The plan lists them and does not round them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.plan.plan import Plan
from planner.report.pages.views import View, ViewColumn, coded
from planner.tolerances import SAME

_FLOWS = {"production": ("made", "line"), "shipments": ("shipped", "route"), "deliveries": ("delivered", "demand")}


def lot_views(plan: Plan) -> Iterator[View]:
    """Rows (flow, object, item, period, quantity, lots, unit), in the order of the tables;
    nothing where all lots are whole.
    """
    rows = list(_rows(plan))
    if rows:
        yield View(
            "fractions of lots",
            "Fractions of lots",
            "A lot is the smallest sensible quantity of an item. These quantities are no whole number of lots. The "
            "plan is linear and does not round them: round them up or down when you order.",
            (
                ViewColumn("Flow"),
                ViewColumn("Line, route or demand"),
                ViewColumn("Item"),
                ViewColumn("Period", "month"),
                ViewColumn("Quantity", "quantity"),
                ViewColumn("Lots", "quantity"),
                ViewColumn("Unit"),
            ),
            rows,
            20,
        )


def _rows(plan: Plan) -> Iterator[tuple[Any, ...]]:
    instance = plan.instance
    lots = {name: item.lot for name, item in instance.items.items() if item.lot}
    for table, (flow, column) in _FLOWS.items() if lots else ():
        rows = plan.tables[table]
        rows = rows[rows["item"].isin(list(lots))]
        counts = rows["quantity"] / rows["item"].map(lots)
        fractions = rows[(counts - counts.round()).abs() > SAME * counts.clip(lower=1.0)]
        for name, item, period, quantity in fractions[[column, "item", "period", "quantity"]].itertuples(index=False):
            unit = instance.items[item].unit
            label = instance.horizon.label(period - 1)
            yield flow, name, coded(instance.items, item), label, quantity, quantity / lots[item], unit
