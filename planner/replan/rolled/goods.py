"""Goods and demand of the rolled input: stocks, what is wanted, orders placed, the previous plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.domain.instance import share_left
from planner.replan.position.last_plan import LastPlan
from planner.replan.rolled.rolling import Roll, RowCells, before_loss, overdue_name


def stocks(roll: Roll) -> Iterator[RowCells]:
    """What lies there at the present, and what is under way."""
    present = roll.now.now
    for (item, node), batches in sorted(roll.now.stocks.held.items()):
        place = roll.instance.nodes[node]
        # A disruption that is in force already has taken its part: it takes none again.
        room_left = place.kept(present)
        for made, quantity in sorted(batches.items()):
            whole = before_loss(quantity * room_left, share_left(place.left, present)) if room_left else quantity
            yield {"node": node, "item": item, "quantity": whole, "period": None,
                   "age": _age(roll, item, made, present)}  # fmt: skip
    for goods in roll.now.stocks.transit:
        if goods.arrives < roll.end:
            left = share_left(roll.instance.nodes[goods.node].left, goods.arrives) if goods.leg else 1.0
            yield {"node": goods.node, "item": goods.item, "quantity": before_loss(goods.quantity, left),
                   "period": roll.label(goods.arrives), "age": _age(roll, goods.item, goods.made, goods.arrives)}  # fmt: skip


def _age(roll: Roll, item: str, made: int, entered: int) -> int | None:
    return entered - made if roll.instance.items[item].shelf_life is not None else None


def demand(roll: Roll) -> Iterator[RowCells]:
    """What is still wanted, in the form that was typed. A wide row keeps its name for what is to come; each of its
    overdue periods is a row of its own."""
    table = roll.book["Demand"]
    coming: dict[int, dict[str, Any]] = {}  # row of the sheet -> the wide row
    for record, (name, period, before) in enumerate(table.records("demand", "period", "overdue")):
        if not isinstance(period, int):
            continue  # it hangs on an event that does not happen
        due = period - before
        wanted = roll.now.backlog.open_.get((name, due))
        if wanted is None or due >= roll.end:
            continue
        row = roll.typed(table, record, leave_out=("period", "quantity", "overdue")) | {"demand": name}
        label, overdue = roll.label(max(due, roll.now.now)), max(roll.now.now - due, 0)
        if table.quantity_at is None:
            yield row | {"period": label, "quantity": wanted, "overdue": overdue}
        elif overdue:
            name_now = name if before else overdue_name(name, roll.instance.horizon, due)
            yield row | {"demand": name_now, "overdue": overdue, label: wanted}
        else:
            coming.setdefault(table.rows[record], row)[label] = wanted
    yield from coming.values()


def orders(roll: Roll) -> Iterator[RowCells]:
    """Completions that were ordered before the present,
    what is late of them in the first period in which it can come.
    """
    for (line, period), order in sorted(roll.now.orders.placed.items()):
        if period < roll.end:
            made_on = roll.instance.lines[line]
            left = share_left(made_on.left, period) * share_left(roll.instance.nodes[made_on.factory].left, period)
            quantity = order.quantity - order.by_plan + before_loss(order.by_plan, left)
            yield {"line": line, "period": roll.label(period), "quantity": quantity, "paid": order.paid}


def previous(roll: Roll) -> Iterator[RowCells]:
    """What the last plan had from the present on; where that is nothing, a row that says so,
    as without rows there is no previous plan.
    """
    if roll.last is None:
        return
    rows = list(_planned(roll, roll.last))
    yield from rows or _nothing(roll)


def _nothing(roll: Roll) -> Iterator[RowCells]:
    """A quantity of 0, of the first thing that could be done."""
    row = {
        "line": None,
        "route": None,
        "origin": None,
        "item": None,
        "period": roll.label(roll.now.now),
        "quantity": 0.0,
    }
    for line in roll.instance.lines:
        yield {**row, "kind": "make", "line": line}
        return
    for leg in roll.instance.legs.values():
        yield {**row, "kind": "ship", "route": leg.route, "origin": leg.origin, "item": next(iter(roll.instance.items))}
        return


def _planned(roll: Roll, last: LastPlan) -> Iterator[RowCells]:
    """What the last plan had from the present on; a line or route that is no more is left out. Of what was ordered
    before, what is on order now: that it is late is no departure of the next plan."""
    legs = {(leg.route, leg.origin) for leg in roll.instance.legs.values()}
    made = {key: quantity for key, quantity in last.production.items() if key[0] in roll.instance.lines}
    if made and not roll.now.happened.to_plan:
        first = {name: roll.now.now + line.order_lead_time for name, line in roll.instance.lines.items()}
        made = {key: quantity for key, quantity in made.items() if key[1] >= first[key[0]]}
        made |= {key: order.quantity for key, order in roll.now.orders.placed.items()}
    for (line, period), quantity in made.items():
        if roll.now.now <= period < roll.end:
            yield {"kind": "make", "line": line, "route": None, "origin": None, "item": None,
                   "period": roll.label(period), "quantity": quantity}  # fmt: skip
    for (route, origin, item, period), quantity in last.shipments.items():
        if roll.now.now <= period < roll.end and (route, origin) in legs and item in roll.instance.items:
            yield {"kind": "ship", "line": None, "route": route, "origin": origin, "item": item,
                   "period": roll.label(period), "quantity": quantity}  # fmt: skip


def start_rate(roll: Roll, record: int, cell: Any) -> Any:
    """A line's rate before its first new completion."""
    return roll.now.rates.get(roll.book["Lines"]["line"][record], cell)
