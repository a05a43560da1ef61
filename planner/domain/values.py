"""What a unit of an item is worth in the lexicographic objective."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import TopologicalSorter

from planner.domain.instance import Item, Line, PlanningInstance


def unit_values(items: Mapping[str, Item], lines: Iterable[Line], removed: Collection[str] = ()) -> dict[str, float]:
    """The value of each item that has one, in money per unit.

    A given `value` stands. Otherwise it is the least over the item's lines (purchase offers included) of

        unit_cost + Σ over components (quantity × value of the component) ÷ yield

    where a component without a value counts 0. Items for which that is 0, or which no line makes, are left out.
    `removed`: the lines whose opening event does not happen; they count only for an item that has no other line, so
    that an event that is put off does not leave the item without a value.
    The components must be free of cycles (graphlib.CycleError otherwise).
    """
    makers: dict[str, list[Line]] = {}
    for line in lines:
        makers.setdefault(line.item, []).append(line)
    for item, made_by in makers.items():
        makers[item] = [line for line in made_by if line.name not in removed] or made_by
    order = TopologicalSorter(
        {item: {c for line in made_by for c in line.components} for item, made_by in makers.items()}
    )
    values: dict[str, float] = {}
    for item in (*order.static_order(), *items):
        value = items[item].value
        if value is not None:
            values[item] = value
        elif item in makers and item not in values:
            least = min(_unit_value(line, values) for line in makers[item])
            if least > 0:
                values[item] = least
    return {item: values[item] for item in items if item in values}


def _unit_value(line: Line, values: Mapping[str, float]) -> float:
    parts = sum(quantity * values.get(component, 0.0) for component, quantity in line.components.items())
    return line.unit_cost + parts / line.yield_


def values_wanted(instance: PlanningInstance) -> dict[str, float] | None:
    """The value of each item of a demand, in money per unit; None where one of them has no value:
    then only units can be reported.
    """
    values = {demand.item: instance.unit_values.get(demand.item, 0.0) for demand in instance.demands}
    return values if all(values.values()) else None
