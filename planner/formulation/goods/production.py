"""Production: what lines make, at which rates, from which components.

Index sets: lines l (one item at one factory or market), periods t of completion.
Variables: production[l, t] ≥ 0, good units completed in t; made_for[l, t, e] ≥ 0, those of an item that is told apart,
by goods class; consumption[c, l, t, e] ≥ 0, units of a perishable component c of goods class e that l consumes in t.

Rates count units started, production ÷ yield, in the period of completion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import inf

import numpy as np

from planner.domain.instance import Line, PlanningInstance, Profile, share_left
from planner.domain.recipients import Recipient
from planner.formulation.model.model import EQUAL, GREATER, Bounds, CostKey, Frame, Model, Terms, Variable, reduced


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


def _add_goods(model: Model, line: Line, period: int, variable: Variable) -> None:
    """Output enters, and quantity ÷ yield of each component leaves, the factory's material balance.

    component_use (c, l, t), perishable components of several classes only:
        Σ_e consumption[c, l, t, e] − quantity ÷ yield · production[l, t] = 0
        dual of either sign: objective per further unit of the component needed.
    """
    for recipient, made, part in _by_recipient(model, line, period, variable):
        model.balance[line.item, line.factory, period, made].append((part, 1.0))
        for component, quantity in line.components.items():
            if quantity:
                _consume(model, line, period, component, recipient, (part, quantity / line.yield_))


def _by_recipient(
    model: Model, line: Line, period: int, variable: Variable
) -> Iterator[tuple[Recipient, int, Variable]]:
    """(recipient, goods class, column) of what is completed: of the one recipient, or of each where they are told apart.

    made_for_balance (l, t), items that are told apart only:  Σ_e made_for[l, t, e] − production[l, t] = 0
        dual of either sign: objective per further unit made.
    """
    reach = model.reach
    expires = reach.expires(model.instance.items[line.item], period)
    whom = reach.recipients.of(line.item)
    if not whom:
        yield reach.recipients.wanted_by(line.item)[0], expires, variable
        return
    terms: Terms = [(variable, -1.0)]
    for recipient in whom:
        made = reach.class_for(line.item, expires, recipient)
        part = model.variable("made_for", (line.name, period, made), (line.name, period, made))
        terms.append((part, 1.0))
        yield recipient, made, part
    model.row("made_for_balance", (line.name, period), terms, EQUAL, 0.0, (line.name, period))


def _consume(
    model: Model, line: Line, period: int, component: str, recipient: Recipient, use: tuple[Variable, float]
) -> None:
    """A component leaves the balance of the classes for the recipient: `use` is the column that needs it, and how much."""
    reach = model.reach
    variable, per_unit = use
    classes = reach.classes_for(component, recipient)
    if len(classes) == 1:
        model.balance[component, line.factory, period, classes[0]].append((variable, -per_unit))
        return
    terms: Terms = [(variable, -per_unit)]
    found = reach.items[component]
    for klass in classes:
        is_there = found.present[found.classes.index(klass), reach.node_index[line.factory], period]
        if not is_there or reach.last_use(klass) < period:
            continue
        key = (component, line.name, period, klass)
        used = model.variable("consumption", key, key)
        model.balance[component, line.factory, period, klass].append((used, -1.0))
        terms.append((used, 1.0))
    place: tuple[str | int, ...] = (component, line.name, period)
    if reach.recipients.of(component):
        place = (component, line.name, recipient or "nobody", period)
    model.row("component_use", place, terms, EQUAL, 0.0, place)


def _add_cost(model: Model, line: Line, period: int, variable: Variable) -> None:
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
    if not model.enabled("placed_order"):
        return
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
            left = model.reach.line_left(line, period)
            terms = [(variable, 1.0 / line.yield_), *model.added_capacity("line", line.name, period, left)]
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
        added = model.added_capacity("resource", name, period, share_left(_place_left(model.instance, name), period))
        model.limit("resource_capacity", (name, period), terms + added, capacity, (name, period))


def resource_capacities(frame: Frame) -> Bounds:
    """resource_capacity: units of the resource, without expansions."""
    instance = frame.instance
    return {
        (name, period): reduced(limit, _place_left(instance, name), period)
        for name, resource in instance.resources.items()
        for period, limit in enumerate(resource.capacity)
    }


def _place_left(instance: PlanningInstance, resource: str) -> Profile:
    """The share that is left of the place where a resource stands."""
    factory = instance.resources[resource].factory
    return () if factory is None else instance.nodes[factory].left
