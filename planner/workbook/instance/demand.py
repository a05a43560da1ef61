"""Demands and stock targets."""

from __future__ import annotations

from collections.abc import Mapping

from planner.domain.instance import Commitment, Demand, Target
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER


def demands(context: Context, commitments: Mapping[str, Commitment]) -> tuple[Demand, ...]:
    """Table Demand in its order; `binding` comes from the commitment where it is blank."""
    rows = []
    for row in context.rows("Demand"):
        if row.period is NEVER:
            context.removes("Demand", row.record, "period", row.period)
            continue
        by_commitment = row.commitment is not None and commitments[row.commitment].binding
        due = row.period - row.overdue
        rows.append(
            Demand(
                name=row.demand,
                destination=row.destination,
                item=row.item,
                due=due,
                quantity=row.quantity,
                window=context.horizon.clip(due, due + row.max_delay),
                commitment=row.commitment,
                binding=by_commitment if row.binding is None else row.binding,
                priority=row.priority,
                shortage_cost=row.shortage_cost,
                delay_cost=row.delay_cost,
                max_delay=row.max_delay,
            )
        )
    return tuple(rows)


def targets(context: Context) -> dict[str, Target]:
    """Table Targets, by name."""
    by_name = {}
    for row in context.rows("Targets"):
        if row.from_ is NEVER:
            context.removes("Targets", row.record, "from", row.from_)
            continue
        by_name[row.target] = Target(
            name=row.target,
            nodes=context.groups.nodes_in(row.nodes, depots_only=True),
            items=context.groups.items_in(row.items),
            periods=context.window(row.from_, row.to),
            quantity=row.quantity,
            days_of_supply=row.days_of_supply,
            priority=row.priority,
            shortage_cost=row.shortage_cost,
        )
    return by_name
