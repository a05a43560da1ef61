"""The value of what was made before the horizon."""

from __future__ import annotations

from planner.verify.input.data import Case


def produced_before(case: Case) -> dict[str, float]:
    """By nation: goods made × unit cost, capacity bought × cost, and what of orders placed was paid.

    Nothing where nothing was reported.
    """
    values: dict[str, float] = {}
    if not case.past:
        return values

    def add(nation: str | None, value: float) -> None:
        if nation:
            values[nation] = values.get(nation, 0.0) + value

    lines = {**case.lines, **case.removed_lines}
    for name, _period, units in case.past.made:
        add(case.nodes[lines[name].factory].nation, units * lines[name].unit_cost)
    for name, units in case.past.bought:
        if name in case.expansions:
            add(case.object_nation(case.expansions[name]), units * case.expansions[name].cost)
    for (name, _completed), order in case.orders.items():
        add(case.nodes[lines[name].factory].nation, order.quantity * order.paid * lines[name].unit_cost)
    return values
