"""Production: what lines make, at which rates, from which components.

Index sets: lines l (one item at one factory or market), periods t of completion.
Variables: production[l, t] ≥ 0, good units completed in t; made_for[l, t, e] ≥ 0, those of an item that is
distinguished, by goods class; consumption[c, l, t, e] ≥ 0, units of a perishable component c of goods class e that l
consumes in t.

Rates count units started, production ÷ yield, in the period of completion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from planner.domain.contingency.losses import line_hits, resource_hits
from planner.domain.contingency.recipients import Recipient
from planner.domain.instance import Line, PlanningInstance, Profile, share_left
from planner.formulation.goods.balance import are_distinguished
from planner.formulation.model.family import (
    Directory,
    Family,
    Kind,
    Origin,
    Place,
    Sign,
    Words,
    anything,
    capacity,
    figure,
)
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
    """(recipient, goods class, column) of what is completed: of the one recipient, or of each where they are
    distinguished.

    made_for_balance (l, t), items that are distinguished only:  Σ_e made_for[l, t, e] − production[l, t] = 0
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
    """A component leaves the balance of the classes for the recipient:
    `use` is the column that needs it, and how much.
    """
    reach = model.reach
    variable, per_unit = use
    classes = reach.classes_for(component, recipient)
    if len(classes) == 1:
        model.balance[component, line.factory, period, classes[0]].append((variable, -per_unit))
        return
    terms: Terms = [(variable, -per_unit)]
    goods = reach.items[component]
    for goods_class in classes:
        is_there = goods.present[goods.classes.index(goods_class), reach.node_index[line.factory], period]
        if not is_there or reach.last_use(goods_class) < period:
            continue
        names = (component, line.name, period, goods_class)
        used = model.variable("consumption", names, names)
        model.balance[component, line.factory, period, goods_class].append((used, -1.0))
        terms.append((used, 1.0))
    recipients = reach.recipients.of(component)
    place = recipients.index(recipient) if recipients else 0
    whom = (recipient or place,) if recipients else ()
    key = ComponentIndex(component, line.name, place, period)
    model.row("component_use", key, terms, EQUAL, 0.0, (component, line.name, *whom, period))


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
    """placed_order (l, t):  production = left[l, t] · quantity ordered before the horizon, for completion in t
    dual of either sign: objective per further unit due. left: what certain disruptions leave of the line and its node.
    """
    if not model.enabled("placed_order"):
        return
    for period, order in line.orders.items():
        variable = model.columns["production"].get((line.name, period))
        terms: Terms = [] if variable is None else [(variable, 1.0)]
        quantity = order.quantity * model.reach.line_left(line, period)
        model.row("placed_order", (line.name, period), terms, EQUAL, quantity, (line.name, period))


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
    bounds: Bounds = {}
    for line in frame.instance.lines.values():
        if line.min_rate > 0:
            capacity = {period: frame.reach.rate_limit(line, period) for period in line.open}
            bounds |= {(line.name, period): due for period, due in due_rates(line, capacity).items() if due > 0}
    return bounds


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
    bounds: Bounds = {}
    for line in frame.instance.lines.values():
        bounds |= {(line.name, period): line.ramp for period in line.open if line.ramp != inf}
        if line.open:
            first = inf if line.start_rate is None else line.start_rate + line.ramp
            bounds[line.name, line.open.start] = first
    return bounds


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


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class LineIndex(NamedTuple):
    """A line in a period (0-based)."""

    line: str
    period: int


class ComponentIndex(NamedTuple):
    """A component that a line uses in a period (0-based)."""

    component: str
    line: str
    recipient: int  # place among the component's; 0 where it is not distinguished
    period: int


class ResourceIndex(NamedTuple):
    """A resource in a period (0-based)."""

    resource: str
    period: int


def _place(directory: Directory, row: LineIndex) -> Place:
    return row.line, directory.instance.lines[row.line].item, row.period + 1


def _component_place(_: Directory, row: ComponentIndex) -> Place:
    return row.line, row.component, row.period + 1


def _resource_place(_: Directory, row: ResourceIndex) -> Place:
    return row.resource, None, row.period + 1


def _order_origins(model: Model, row: LineIndex) -> Iterator[Origin]:
    line = model.instance.lines[row.line]
    field = figure("Orders", "quantity", line=row.line, period=row.period)
    yield Origin(field, line.orders[row.period].quantity, 1.0)


def _capacity_origins(model: Model, row: LineIndex) -> Iterator[Origin]:
    line = model.instance.lines[row.line]
    yield from capacity(model, figure("Lines", "capacity", line=line.name), line.name, line.capacity, row.period)


def _rate_origins(model: Model, row: LineIndex) -> Iterator[Origin]:
    yield Origin(figure("Lines", "min_rate", line=row.line), model.instance.lines[row.line].min_rate, 1.0)


def _ramp_origins(model: Model, row: LineIndex) -> Iterator[Origin]:
    line = model.instance.lines[row.line]
    yield Origin(figure("Lines", "ramp", line=line.name), line.ramp, 1.0)
    if row.period == line.open.start:
        yield Origin(figure("Lines", "start_rate", line=line.name), line.start_rate, 1.0)


def _resource_origins(model: Model, row: ResourceIndex) -> Iterator[Origin]:
    resource = model.instance.resources[row.resource]
    fixed = figure("Resources", "capacity", resource=resource.name)
    yield from capacity(model, fixed, resource.name, resource.capacity, row.period)


def _size_of_line(of: Callable[[Line], Profile]) -> Callable[[PlanningInstance, str, str], Profile]:
    return lambda instance, name, _: of(instance.lines[name]) if name in instance.lines else ()


def _resource_size(instance: PlanningInstance, name: str, _: str) -> Profile:
    return instance.resources[name].capacity if name in instance.resources else ()


def _perishable_components(instance: PlanningInstance) -> bool:
    return any(
        instance.items[component].shelf_life is not None
        for line in instance.lines.values()
        for component in line.components
    )


MADE_FOR_BALANCE = Family(
    name="made_for_balance",
    index=LineIndex,
    unit="units",
    dual="per unit of goods",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=_place,
    needed=are_distinguished,
    in_responses=True,
)
COMPONENT_USE = Family(
    name="component_use",
    index=ComponentIndex,
    unit="units",
    dual="per unit of component",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=_component_place,
    needed=_perishable_components,
    in_responses=True,
)
PLACED_ORDER = Family(
    name="placed_order",
    index=LineIndex,
    unit="units",
    dual="per unit ordered",
    sign=Sign.EITHER,
    kind=Kind.TASK,
    place=_place,
    origins=_order_origins,
    hits=lambda instance, row: line_hits(instance, row.line, row.period),
    needed=lambda instance: any(line.orders for line in instance.lines.values()),
    adds_up=True,
    in_responses=True,
    words=Words(limit="the order placed with {object}", lacking="of the order placed with {object}"),
)
LINE_CAPACITY = Family(
    name="line_capacity",
    index=LineIndex,
    unit="units started",
    dual="per unit of capacity",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_place,
    right_hand_side=line_capacities,
    # Nothing is made without capacity.
    figures={"lines": {"capacity": lambda line: [capacity > 0 for capacity in line.capacity]}},
    origins=_capacity_origins,
    hits=lambda instance, row: line_hits(instance, row.line, row.period),
    size=_size_of_line(lambda line: line.capacity),
    needed=lambda instance: any(map(isfinite, (most for line in instance.lines.values() for most in line.capacity))),
    adds_up=True,
    in_responses=True,
    words=Words(
        group="production",
        limit="the capacity of {object}",
        step="unit of capacity on line",
        lacking="of capacity at {object}",
    ),
)
MINIMUM_RATE = Family(
    name="minimum_rate",
    index=LineIndex,
    unit="units started",
    dual="per unit of rate",
    sign=Sign.NEVER_BELOW,
    kind=Kind.RULE,
    place=_place,
    right_hand_side=minimum_rates,
    # What must run may make what nobody wants.
    figures={"lines": {"min_rate": lambda line: line.min_rate > 0}},
    origins=_rate_origins,
    size=_size_of_line(lambda line: (line.min_rate,)),
    needed=lambda instance: any(line.min_rate > 0 for line in instance.lines.values()),
    adds_up=True,
    words=Words(
        group="production",
        limit="the minimum rate of {object}",
        step="unit less of minimum rate on line",
        lacking="to the minimum rate of {object}",
    ),
)
RAMP = Family(
    name="ramp",
    index=LineIndex,
    unit="units started",
    dual="per unit of ramp",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_place,
    right_hand_side=ramps,
    figures={"lines": {"start_rate": anything, "ramp": lambda line: line.ramp == inf}},
    origins=_ramp_origins,
    size=_size_of_line(lambda line: (line.ramp,)),
    needed=lambda instance: any(line.ramp < inf for line in instance.lines.values()),
    in_responses=True,
    words=Words(
        group="production",
        limit="the ramp limit of {object}",
        step="unit of rise per period on line",
        lacking="in the ramp of {object}",
    ),
)
RESOURCE_CAPACITY = Family(
    name="resource_capacity",
    index=ResourceIndex,
    unit="resource units",
    dual="per unit of resource",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_resource_place,
    right_hand_side=resource_capacities,
    figures={"resources": {"capacity": anything}},
    origins=_resource_origins,
    hits=lambda instance, row: resource_hits(instance, row.resource, row.period),
    size=_resource_size,
    needed=lambda instance: any(
        map(isfinite, (most for resource in instance.resources.values() for most in resource.capacity))
    ),
    adds_up=True,
    in_responses=True,
    words=Words(
        group="production",
        limit="shared resource {object}",
        step="unit of the shared resource",
        lacking="of capacity at {object}",
    ),
)
FAMILIES = (
    MADE_FOR_BALANCE,
    COMPONENT_USE,
    PLACED_ORDER,
    LINE_CAPACITY,
    MINIMUM_RATE,
    RAMP,
    RESOURCE_CAPACITY,
)
