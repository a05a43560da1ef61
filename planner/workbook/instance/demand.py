"""Demands and stock targets."""

from __future__ import annotations

from collections.abc import Mapping

from planner.domain.instance import Commitment, Demand, Target
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER


def demands(context: Context, commitments: Mapping[str, Commitment]) -> tuple[Demand, ...]:
    """Table Demand in its order; `binding` comes from the commitment where it is blank."""
    columns = (
        "demand", "destination", "item", "period", "quantity", "max_delay", "commitment", "binding", "priority",
        "shortage_cost", "delay_cost", "overdue",
    )  # fmt: skip
    rows = []
    for record, *row in context.rows("Demand", *columns):
        name, destination, item, due, quantity, delay, commitment, binding, priority, shortage, late, overdue = row
        if due is NEVER:
            context.removes("Demand", record, "period", due)
            continue
        if binding is None:
            binding = commitment is not None and commitments[commitment].binding
        due -= overdue
        window = context.horizon.clip(due, due + delay)
        rows.append(
            Demand(name, destination, item, due, quantity, window, commitment, binding, priority, shortage, late, delay)
        )
    return tuple(rows)


def targets(context: Context) -> dict[str, Target]:
    """Table Targets, by name."""
    columns = ("target", "nodes", "items", "from", "to", "quantity", "days_of_supply", "priority", "shortage_cost")
    by_name = {}
    for record, name, nodes, items, first, last, quantity, days, priority, cost in context.rows("Targets", *columns):
        if first is NEVER:
            context.removes("Targets", record, "from", first)
            continue
        by_name[name] = Target(
            name=name,
            nodes=context.groups.nodes_in(nodes, depots_only=True),
            items=context.groups.items_in(items),
            periods=context.window(first, last),
            quantity=quantity,
            days_of_supply=days,
            priority=priority,
            shortage_cost=cost,
        )
    return by_name
