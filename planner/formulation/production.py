"""Production: what lines make, at which rates, from which components.

Index sets: lines l (one item at one factory or market), periods t of completion.
Variables: production[l, t] ≥ 0, good units completed in t; consumption[c, l, t, e] ≥ 0, units of a
perishable component c of expiry class e that l consumes in t.

Rates count units started, production ÷ yield, in the period of completion.
"""

from __future__ import annotations

from collections import defaultdict
from math import inf

import numpy as np

from planner.domain.instance import Line
from planner.formulation.model import EQUAL, GREATER, Bounds, CostKey, Frame, Model, Terms, by_profile


def add_production(model: Model) -> None:
    """Columns of production with their goods and cost, and the rules of each line."""
    resource_use: dict[tuple[str, int], Terms] = defaultdict(list)
    for line in model.instance.lines.values():
        for period in np.flatnonzero(model.reach.makes[line.name]).tolist():
            variable = model.variable("production", (line.name, period), (line.name, period))
            _add_goods(model, line, period, variable)
            _add_cost(model, line, period, variable)
            for resource, use in line.resources.items():
                resource_use[resource, period].append((variable, use / line.yield_))
        _add_orders(model, line)
        _add_line_capacity(model, line)
        _add_minimum_rate(model, line)
        _add_ramp(model, line)
    _add_resource_capacity(model, resource_use)


def _add_goods(model: Model, line: Line, period: int, variable: object) -> None:
    """Output enters, and quantity ÷ yield of each component leaves, the factory's material balance.

    component_use (c, l, t), perishable components of several classes only:
        Σ_e consumption[c, l, t, e] − quantity ÷ yield · production[l, t] = 0
        dual of either sign: objective per further unit of the component needed.
    """
    reach = model.reach
    made = reach.expires(model.instance.items[line.item], period)
    model.balance[line.item, line.factory, period, made].append((variable, 1.0))
    for component, quantity in line.components.items():
        per_unit = quantity / line.yield_
        classes = reach.items[component].classes
        if per_unit == 0:
            continue
        if len(classes) == 1:
            model.balance[component, line.factory, period, classes[0]].append((variable, -per_unit))
            continue
        terms: Terms = [(variable, -per_unit)]
        present = reach.items[component].present[:, reach.node_index[line.factory], period]
        for index in np.flatnonzero(present).tolist():
            expires = classes[index]
            if expires < period:
                continue
            key = (component, line.name, period, expires)
            used = model.variable("consumption", key, key)
            model.balance[component, line.factory, period, expires].append((used, -1.0))
            terms.append((used, 1.0))
        key3 = (component, line.name, period)
        model.row("component_use", key3, terms, EQUAL, 0.0, key3)


def _add_cost(model: Model, line: Line, period: int, variable: object) -> None:
    """unit_cost per good unit: the share `advance` at order (t − order_lead_time), the rest in t; of an order
    placed before the horizon, what has not been paid before it."""
    key = CostKey("production", model.instance.items[line.item].cost_type, line.name)
    if period in line.orders:
        model.cost(key, period, variable, (1.0 - line.orders[period].paid) * line.unit_cost)
        return
    early = line.advance if line.order_lead_time else 0.0
    ordered = period - line.order_lead_time
    model.cost(key, ordered, variable, early * line.unit_cost, ordered)
    model.cost(key, period, variable, (1.0 - early) * line.unit_cost, ordered)


def _add_orders(model: Model, line: Line) -> None:
    """placed_order (l, t):  production = quantity ordered before the horizon, for completion in t
    dual of either sign: objective per further unit ordered.
    """
    for period, order in line.orders.items():
        variable = model.columns["production"].get((line.name, period))
        terms: Terms = [] if variable is None else [(variable, 1.0)]
        model.row("placed_order", (line.name, period), terms, EQUAL, order.quantity, (line.name, period))


def _add_line_capacity(model: Model, line: Line) -> None:
    """line_capacity (l, t):  production ÷ yield − Σ expansions ready ≤ capacity[l, t]
    dual ≤ 0: objective per further unit started.
    """
    for period in line.open:
        variable = model.columns["production"].get((line.name, period))
        if variable is not None:
            terms = [(variable, 1.0 / line.yield_), *model.added_capacity("line", line.name, period)]
            key = (line.name, period)
            model.limit("line_capacity", key, terms, model.bound("line_capacity", key), key)


def line_capacities(frame: Frame) -> Bounds:
    """line_capacity: units that may be started without expansions."""
    lines = frame.instance.lines.values()
    return {(line.name, period): frame.reach.rate_limit(line, period) for line in lines for period in line.open}


def due_rates(line: Line, capacity: dict[int, float]) -> dict[int, float]:
    """Units that must be started in each open period.

    The least of min_rate, the period's capacity without expansions, and the due rate before plus ramp;
    before the first open period that is start_rate, and where it is blank the first period is free.
    """
    due: dict[int, float] = {}
    before = inf if line.start_rate is None else line.start_rate
    for period in line.open:
        before = due[period] = min(line.min_rate, capacity[period], before + line.ramp)
    return due


def _add_minimum_rate(model: Model, line: Line) -> None:
    """minimum_rate (l, t):  production ÷ yield ≥ due rate[l, t], see `due_rates`
    dual ≥ 0: objective per further unit that must be started.
    """
    if not model.enabled("minimum_rate"):
        return
    for period in line.open:
        due = model.bounds["minimum_rate"].get((line.name, period))
        if due is not None:
            variable = model.columns["production"].get((line.name, period))
            terms = [] if variable is None else [(variable, 1.0 / line.yield_)]
            model.row("minimum_rate", (line.name, period), terms, GREATER, due, (line.name, period))


def minimum_rates(frame: Frame) -> Bounds:
    """minimum_rate: the due rate, where there is one."""
    found: Bounds = {}
    for line in frame.instance.lines.values():
        if line.min_rate > 0:
            capacity = {period: frame.reach.rate_limit(line, period) for period in line.open}
            found |= {(line.name, period): due for period, due in due_rates(line, capacity).items() if due > 0}
    return found


def _add_ramp(model: Model, line: Line) -> None:
    """ramp (l, t):  (production[l, t] − production[l, t−1]) ÷ yield ≤ ramp[l], consecutive open periods;
    the first against start_rate, and free where that is blank. dual ≤ 0: objective per unit of ramp.
    """
    if line.ramp == inf:
        return
    for period in line.open:
        variable = model.columns["production"].get((line.name, period))
        if variable is None:
            continue
        terms = [(variable, 1.0 / line.yield_)]
        if (
            period > line.open.start
            and (before := model.columns["production"].get((line.name, period - 1))) is not None
        ):
            terms.append((before, -1.0 / line.yield_))
        model.limit("ramp", (line.name, period), terms, model.bound("ramp", (line.name, period)), (line.name, period))


def ramps(frame: Frame) -> Bounds:
    """ramp: the highest rise; of the first open period the highest rate."""
    found: Bounds = {}
    for line in frame.instance.lines.values():
        found |= {(line.name, period): line.ramp for period in line.open if line.ramp != inf}
        if line.open:
            first = inf if line.start_rate is None else line.start_rate + line.ramp
            found[line.name, line.open.start] = first
    return found


def _add_resource_capacity(model: Model, resource_use: dict[tuple[str, int], Terms]) -> None:
    """resource_capacity (ρ, t):  Σ_l use · production ÷ yield − Σ expansions ready ≤ capacity[ρ, t]
    dual ≤ 0: objective per further unit of the resource.
    """
    for (name, period), terms in resource_use.items():
        capacity = model.bound("resource_capacity", (name, period))
        added = model.added_capacity("resource", name, period)
        model.limit("resource_capacity", (name, period), terms + added, capacity, (name, period))


def resource_capacities(frame: Frame) -> Bounds:
    """resource_capacity: units of the resource, without expansions."""
    return by_profile((resource.name, resource.capacity) for resource in frame.instance.resources.values())
