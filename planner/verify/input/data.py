"""What the input says about goods, places and making, as the checker reads it (periods 0-based)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from planner.verify.contingency.data import Contingencies
from planner.verify.input.calendar import Calendar
from planner.verify.input.past import Past
from planner.verify.input.rule_data import Burden, Consent, Embargo, Fund, Lock, SupplyShare
from planner.verify.input.stability_data import Order, Previous
from planner.verify.verification import Floats

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Item:
    """A kind of goods."""

    name: str
    category: str
    cost_type: str
    weight: float  # t per unit
    volume: float  # m3 per unit
    neq: float  # kg per unit
    shelf_life: int | None
    holding_cost: float  # per unit and period
    scrap_cost: float
    value: float | None  # as given
    domain: str = ""


@dataclass(frozen=True)
class Node:
    """A place."""

    name: str
    kind: str
    nation: str | None
    holding_cost: float  # per t and period
    throughput: float  # t per period
    first: int  # first and last open period, perhaps outside the horizon
    last: int
    storage: Floats  # t by period, expansions not counted
    by_default: Mask  # periods in which the storage of 0 is only a transit node's default
    storage_volume: float  # m3
    storage_explosive: float  # kg
    access: frozenset[str] | None = None  # the nations that may draw on it; None: all


@dataclass(frozen=True)
class Leg:
    """One direction of a route."""

    route: str
    origin: str
    destination: str
    mode: str
    lead_time: int
    cost: float  # per t
    capacity: Floats  # t by period
    capacity_volume: float  # m3
    first: int
    last: int
    excludes: frozenset[str]  # items
    nations: frozenset[str] | None = None  # for whom it carries; None: all
    days: float = 0.0  # in transit


@dataclass(frozen=True)
class Line:
    """A production line; its rates are units started a period, its yield good units per unit started."""

    name: str
    factory: str
    item: str
    unit_cost: float
    capacity: Floats  # units started, by period
    min_rate: float
    start_rate: float | None
    ramp: float
    yield_: float
    resources: Mapping[str, float]
    order_lead_time: int
    advance: float
    first: int
    last: int
    content: Mapping[str, float]  # nation -> share
    components: Mapping[str, float]  # item -> units per unit started


@dataclass(frozen=True)
class Resource:
    """Something that lines share, with its capacity by period."""

    name: str
    factory: str | None
    capacity: Floats


@dataclass(frozen=True)
class Expansion:
    """Capacity that can be bought, at `cost` for a unit of it."""

    name: str
    kind: str  # line, resource, node or route
    object: str
    cost: float
    limit: float
    lead_time: int
    first: int
    last: int
    content: Mapping[str, float]


@dataclass(frozen=True)
class Supply:
    """Opening stock, or goods on order that arrive in `period`."""

    node: str
    item: str
    quantity: float
    period: int
    made: int  # the period it counts as made in
    nation: str | None = None  # the recipient that it is for
    on_order: bool = False


@dataclass(frozen=True)
class Demand:
    """Goods wanted in a period (`due`, 0-based; negative: overdue)."""

    name: str
    commitment: str | None
    destination: str
    item: str
    due: int
    quantity: float
    binding: bool
    priority: float
    max_delay: int
    shortage_cost: float | None
    delay_cost: float


@dataclass(frozen=True)
class Target:
    """Stock that is wanted from the first to the last period, as a quantity or as days of supply."""

    name: str
    nodes: tuple[str, ...]
    items: tuple[str, ...]
    first: int
    last: int
    quantity: float | None
    days: float | None
    priority: float
    shortage_cost: float | None


@dataclass(frozen=True)
class Case:
    """Everything the input says that a plan can be checked against."""

    calendar: Calendar
    objective: str
    nations: frozenset[str]
    items: Mapping[str, Item]
    nodes: Mapping[str, Node]
    node_storage: Mapping[tuple[str, str], float]  # (node, item) -> units, where given
    node_holding: Mapping[tuple[str, str], float]  # (node, item) -> cost per unit and period
    legs: tuple[Leg, ...]
    route_cost: Mapping[tuple[str, str], float]  # (route, item) -> cost per unit, where given
    route_limit: Mapping[tuple[str, str], float]  # (route, item) -> units per period and direction
    lines: Mapping[str, Line]
    resources: Mapping[str, Resource]
    expansions: Mapping[str, Expansion]
    supplies: tuple[Supply, ...]
    demands: Mapping[tuple[str, int], Demand]
    targets: Mapping[str, Target]
    funds: Mapping[str, Fund]
    burdens: Mapping[str, Burden]
    key_tolerance: float | None
    embargoes: tuple[Embargo, ...]
    supply_shares: tuple[SupplyShare, ...]
    consents: tuple[Consent, ...]
    locks: tuple[Lock, ...]
    removed_lines: Mapping[str, Line] = field(default_factory=dict)  # whose opening event does not happen
    bill: frozenset[tuple[str, str]] = frozenset()  # (item, component), by any line
    orders: Mapping[tuple[str, int], Order] = field(default_factory=dict)  # (line, period of completion)
    previous: Previous = field(default_factory=Previous)
    past: Past = field(default_factory=Past)
    contingencies: Contingencies = field(default_factory=Contingencies)
    frozen: int = 0  # first periods in which the previous plan is fixed
    departure_cap: float | None = None
    level_tolerance: float = 0.0  # relative: what a level may give back to later ones

    @property
    def periods(self) -> int:
        """The number of periods."""
        return self.calendar.periods

    @property
    def money_is_limited(self) -> bool:
        """Does any fund have a budget?"""
        return any(fund.budgets for fund in self.funds.values())

    @cached_property
    def values(self) -> dict[str, float]:
        """Value of every item: given, or the least cost of making one with its components.

        A line that an event removed counts only where the item has no other.
        """
        lines: dict[str, list[Line]] = {}
        for line in self.lines.values():
            lines.setdefault(line.item, []).append(line)
        present_lines = frozenset(lines)
        for line in self.removed_lines.values():
            if line.item not in present_lines:
                lines.setdefault(line.item, []).append(line)
        known: dict[str, float] = {}

        def value(item: str) -> float:
            if item not in known:
                stated = self.items[item].value
                costs = [line.unit_cost + parts(line) / line.yield_ for line in lines.get(item, [])]
                known[item] = stated if stated is not None else min(costs, default=0.0)
            return known[item]

        def parts(line: Line) -> float:
            return sum(quantity * value(component) for component, quantity in line.components.items())

        return {item: value(item) for item in self.items}

    def line_window(self, line: Line) -> tuple[int, int]:
        """First and last completion period: the line's window, its node's, and not before the order lead time."""
        node = self.nodes[line.factory]
        return max(line.first, node.first, line.order_lead_time, 0), min(line.last, node.last, self.periods - 1)

    def object_nation(self, expansion: Expansion) -> str | None:
        """The nation of what an expansion widens; None for a route or where it is blank."""
        if expansion.kind == "line":
            return self.nodes[self.lines[expansion.object].factory].nation
        if expansion.kind == "resource":
            factory = self.resources[expansion.object].factory
            return self.nodes[factory].nation if factory else None
        return self.nodes[expansion.object].nation if expansion.kind == "node" else None
