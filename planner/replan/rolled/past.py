"""What is past in the rolled input: rows of Actuals before its start, which rules about sums count."""

from __future__ import annotations

from collections.abc import Iterator

from planner.replan.rolled.rolling import Roll, RowCells
from planner.workbook.instance.past import COUNTED


def actuals(roll: Roll) -> Iterator[RowCells]:
    """What the workbook itself says was past, then what happened since, by kind."""
    yield from _reported_before(roll)
    happened = roll.now.happened
    for (line, period), quantity in happened.made.items():
        yield {"period": roll.label(period), "kind": "made", "line": line, "quantity": quantity}
    for (item, name, period), quantity in happened.shipped.items():
        leg = roll.instance.legs[name]
        yield {"period": roll.label(period), "kind": "shipped", "route": leg.route, "origin": leg.origin, "item": item,
               "quantity": quantity}  # fmt: skip
    for (expansion, period), quantity in roll.now.money.bought.items():
        yield {"period": roll.label(period), "kind": "bought", "expansion": expansion, "quantity": quantity}
    for (fund, contributor, cost_type, thing, period), amount in happened.paid.items():
        yield {"period": roll.label(period), "kind": "paid", "fund": fund, "contributor": contributor,
               "cost_type": cost_type or None, "object": thing or None, "quantity": amount}  # fmt: skip


def _reported_before(roll: Roll) -> Iterator[RowCells]:
    """Rows before the workbook's own start, as typed."""
    table = roll.book["Actuals"]
    names = [column.name for column in table.schema.columns if column.name not in ("period", "quantity")]
    for record, (period, kind, quantity) in enumerate(table.records("period", "kind", "quantity")):
        if isinstance(period, int) and period < 0 and kind in COUNTED:
            named = {name: table[name][record] for name in names}
            yield {"period": roll.label(period), **named, "quantity": quantity}
