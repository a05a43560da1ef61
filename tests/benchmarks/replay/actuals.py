"""What happened, as rows of the sheet Actuals; what is less than a billionth is rounding, and 0."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.instance import PlanningInstance
from planner.replan.position.actuals import Actuals

Row = dict[str, object]


def actuals_rows(happened: Actuals, instance: PlanningInstance) -> Iterator[Row]:
    """The rows that a reader of the sheet takes for `happened`; periods as numbers of `instance`."""
    for (line, period), quantity in happened.made.items():
        yield {"period": period + 1, "kind": "made", "line": line, "quantity": round(quantity, 9)}
    for (item, name, period), quantity in happened.shipped.items():
        leg = instance.legs[name]
        yield {"period": period + 1, "kind": "shipped", "route": leg.route, "origin": leg.origin, "item": item,
               "quantity": round(quantity, 9)}  # fmt: skip
    for (demand, _due, period), quantity in happened.delivered.items():
        yield {"period": period + 1, "kind": "delivered", "demand": demand, "quantity": round(quantity, 9)}
    for (item, node, period), quantity in happened.counted.items():
        yield {"period": period + 1, "kind": "stock", "node": node, "item": item, "quantity": round(quantity, 9)}
    for (item, node, period), quantity in happened.scrapped.items():
        yield {"period": period + 1, "kind": "scrapped", "node": node, "item": item, "quantity": round(quantity, 9)}
    for (expansion, period), quantity in happened.bought.items():
        yield {"period": period + 1, "kind": "bought", "expansion": expansion, "quantity": round(quantity, 9)}
    for (fund, contributor, cost_type, thing, period), amount in happened.paid.items():
        yield {"period": period + 1, "kind": "paid", "fund": fund, "contributor": contributor,
               "cost_type": cost_type, "object": thing, "quantity": round(amount, 9)}  # fmt: skip
