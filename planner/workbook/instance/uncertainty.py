"""Rows of Uncertainty, with groups and categories spelled out."""

from __future__ import annotations

from planner.domain.contingency.uncertainty import Uncertainty
from planner.workbook.instance.context import Context


def uncertainties(context: Context) -> tuple[Uncertainty, ...]:
    """Table Uncertainty in its order."""
    columns = ("uncertainty", "what", "names", "items", "low", "likely", "high")
    rows = []
    for _, name, what, names, items, low, likely, high in context.rows("Uncertainty", *columns):
        listed = None if names is None else frozenset(context.groups.nodes_in(names) if what == "stock" else names)
        rows.append(
            Uncertainty(
                name,
                what,
                low,
                (low + high) / 2 if likely is None else likely,
                high,
                listed,
                None if items is None else frozenset(context.groups.items_in(items)),
            )
        )
    return tuple(rows)
