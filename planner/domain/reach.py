"""Where and when goods can matter: reachability on the time-expanded network.

A column of the model can only be worth something in periods that a supply can reach and from which a
demand, a component use or a stock target can still be served. Both questions are reachability on the
time-expanded network (nodes × periods, with arcs for waiting and for each leg); they are answered here for
all places at once with arrays, and a test holds the answers equal to networkx on the explicit graph.

Goods that are there although nothing wants them (`planner.domain.surplus`) must be able to lie, or be written off,
wherever they are: they have scrap columns, and where scrapping costs money nothing of theirs is pruned.

Expiry classes: a perishable item's goods are told apart by their last period of use, `made + shelf_life`,
while that lies in the horizon; all later ones share the class `P` (the number of periods), which is also the
only class of an item that does not perish. Stock of class e may be held at the end of t only if t < e.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from planner.domain.eligibility import payable, terms_of
from planner.domain.embargo import Embargo
from planner.domain.instance import Demand, Item, Line, PlanningInstance
from planner.domain.surplus import Surplus

Mask = NDArray[np.bool_]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class ItemReach:
    """Where one item's columns exist. Arrays are indexed [class, place, period]."""

    classes: tuple[int, ...]  # last period of use; P: does not expire within the horizon
    present: Mask  # [class, node, period] goods of the class can be here
    useful: Mask  # [class, node, period] goods here can still serve something
    stock: Mask  # [class, node, period] columns of stock at the end of the period
    shipment: Mask  # [class, leg, period of dispatch]
    scrapped: bool  # has scrap columns


class Reach:
    """Reachability for every item of an instance.

    With `prune` off everything that the windows and rules allow exists, whether or not it can matter.
    `embargo` off ignores `forbid` policies (a model may switch that rule off).
    """

    def __init__(self, instance: PlanningInstance, prune: bool = True, embargo: bool = True) -> None:
        self.instance = instance
        self.prune = prune
        self.periods = instance.horizon.periods
        self.node_index = {name: index for index, name in enumerate(instance.nodes)}
        self.legs = tuple(instance.legs.values())
        self._embargo = Embargo(instance, embargo)
        self._lead_groups = self._group_legs()
        self._demands_of = _group(instance.demands, lambda demand: demand.item)
        self.lines_of = _group(instance.lines.values(), lambda line: line.item)
        self._order = _component_order(instance)
        self._surplus = Surplus(instance, self._order, self.lines_of)
        self.makes: dict[str, Mask] = {}
        self.items: dict[str, ItemReach] = {}
        self._solve()

    # ── What exists, before asking whether it matters ────────────────────────────────────────────

    def classes(self, item: Item) -> tuple[int, ...]:
        """The expiry classes that production or stock of the item can be in, earliest first."""
        if item.shelf_life is None:
            return (self.periods,)
        made = {m for line in self.lines_of[item.name] for m in (*line.orders, *line.open)}
        made |= {s.made for s in self.instance.supplies if s.item == item.name}
        return tuple(sorted({self.expires(item, m) for m in made} | {self.periods}))

    def expires(self, item: Item, made: int) -> int:
        """The class of goods made in period `made` (negative: before the horizon)."""
        return self.periods if item.shelf_life is None else min(made + item.shelf_life, self.periods)

    def rate_limit(self, line: Line, period: int) -> float:
        """Units that may be started in a period without expansions; an embargo makes it 0."""
        return 0.0 if self._embargo.making(line, period) else line.capacity[period]

    @cached_property
    def _leg_open(self) -> Mask:
        """[leg, period]: dispatch is possible and the goods arrive in the horizon at an open node."""
        nodes = self.instance.nodes
        allowed = np.zeros((len(self.legs), self.periods), dtype=bool)
        for index, leg in enumerate(self.legs):
            origin, destination = nodes[leg.origin].open, nodes[leg.destination].open
            for period in leg.open:
                allowed[index, period] = period in origin and period + leg.lead_time in destination
        return allowed

    def carried(self, item: Item) -> Mask:
        """[leg, period]: the item may be dispatched."""
        allowed = self._leg_open.copy()
        for index, leg in enumerate(self.legs):
            if item.name in leg.excluded:
                allowed[index] = False
            for period in self._embargo.dispatching(item.name, leg.route):
                allowed[index, period] = False
        return allowed

    @cached_property
    def _expandable(self) -> dict[str, int]:
        """Node → first period in which bought storage could be ready."""
        first: dict[str, int] = {}
        for expansion in self.instance.expansions.values():
            if expansion.kind == "node" and expansion.buy:
                ready = expansion.buy.start + expansion.lead_time
                first[expansion.object] = min(ready, first.get(expansion.object, ready))
        return first

    def storable(self, item: Item) -> Mask:
        """[node, period]: stock of the item may be held at the end of the period."""
        allowed = np.zeros((len(self.node_index), self.periods), dtype=bool)
        for name, node in self.instance.nodes.items():
            own = self.instance.node_items.get((item.name, name))
            own_storage = own.storage if own else None
            if own_storage == 0:
                continue
            storage = np.asarray(node.storage_t) > 0
            if node.storage_by_default and own_storage is not None:
                storage[:] = True
            if name in self._expandable and item.weight_t > 0:
                storage[self._expandable[name] :] = True
            if node.closing is not None:
                storage[max(node.closing, 0) :] = False
            allowed[self.node_index[name]] = storage
        return allowed

    # ── Propagation ──────────────────────────────────────────────────────────────────────────────

    def _group_legs(self) -> list[tuple[int, NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
        """Legs by lead time: (lead time, leg indices, origins, destinations)."""
        by_lead: dict[int, list[int]] = defaultdict(list)
        for index, leg in enumerate(self.legs):
            by_lead[leg.lead_time].append(index)
        ends = [(self.node_index[leg.origin], self.node_index[leg.destination]) for leg in self.legs]
        return [
            (lead, np.array(legs), np.array([ends[i][0] for i in legs]), np.array([ends[i][1] for i in legs]))
            for lead, legs in sorted(by_lead.items())
        ]

    def _spread(self, present: Mask, hold: Mask, carry: Mask) -> None:
        """Forward: goods wait where they may be held and move along open legs. In place."""
        for period in range(self.periods):
            for lead, legs, origins, destinations in self._lead_groups:
                if period + lead >= self.periods:
                    continue
                source, target = present[:, :, period], present[:, :, period + lead]
                open_legs = carry[:, legs, period]
                while True:  # zero-lead chains may be passed within one period
                    before = int(target.sum()) if lead == 0 else -1
                    sent = source[:, origins] & open_legs
                    for klass in range(len(present)):
                        target[klass, destinations[sent[klass]]] = True
                    if lead > 0 or int(target.sum()) == before:
                        break
            if period + 1 < self.periods:
                present[:, :, period + 1] |= present[:, :, period] & hold[:, :, period]

    def _trace_back(self, useful: Mask, wanted_stock: Mask, hold: Mask, carry: Mask) -> None:
        """Backward: goods are useful where they are used, or from where they get to be. In place."""
        for period in reversed(range(self.periods)):
            now = useful[:, :, period]
            later = wanted_stock[:, :, period].copy()
            if period + 1 < self.periods:
                later |= useful[:, :, period + 1]
            now |= later & hold[:, :, period]
            for lead, legs, origins, destinations in reversed(self._lead_groups):
                if period + lead >= self.periods:
                    continue
                source = useful[:, :, period + lead]
                open_legs = carry[:, legs, period]
                while True:
                    before = int(now.sum()) if lead == 0 else -1
                    served = source[:, destinations] & open_legs
                    for klass in range(len(useful)):
                        now[klass, origins[served[klass]]] = True
                    if lead > 0 or int(now.sum()) == before:
                        break

    # ── Items, components before what is made of them ────────────────────────────────────────────

    def _solve(self) -> None:
        self._present: dict[str, Mask] = {}
        forward = {name: self._forward(self.instance.items[name]) for name in self._order}
        for name in reversed(list(forward)):
            self.items[name] = self._backward(self.instance.items[name], *forward[name])

    def _forward(self, item: Item) -> tuple[tuple[int, ...], Mask, Mask, Mask]:
        classes = self.classes(item)
        shape = (len(classes), len(self.node_index), self.periods)
        alive = np.array([[period < e or e == self.periods for period in range(self.periods)] for e in classes])
        usable = np.array([[period <= e for period in range(self.periods)] for e in classes])
        hold = self.storable(item)[None] & alive[:, None, :]
        carry = self._carry(item, classes)
        present = np.zeros(shape, dtype=bool)
        for line in self.lines_of[item.name]:
            self.makes[line.name] = self._can_make(line)
            for period in np.flatnonzero(self.makes[line.name]):
                klass = classes.index(self.expires(item, int(period)))
                present[klass, self.node_index[line.factory], period] = True
        for supply in self.instance.supplies:
            expires = self.expires(item, supply.made) if supply.item == item.name else -1
            if supply.item == item.name and expires >= supply.period:
                present[classes.index(expires), self.node_index[supply.node], supply.period] = True
        if self.prune:
            self._spread(present, hold, carry)
        else:
            present[:] = usable[:, None, :]
        self._present[item.name] = present
        return classes, present, hold, carry

    def _carry(self, item: Item, classes: tuple[int, ...]) -> Mask:
        """[class, leg, period]: may be dispatched and is still usable on arrival."""
        carried = self.carried(item)
        lead = np.array([leg.lead_time for leg in self.legs], dtype=int).reshape(-1, 1)
        arrival = np.arange(self.periods)[None, :] + lead if self.legs else np.zeros((0, self.periods), dtype=int)
        return np.array([carried & (arrival <= e) for e in classes]).reshape(len(classes), len(self.legs), self.periods)

    def _can_make(self, line: Line) -> Mask:
        """[period]: the line is open, has or can get capacity, and its components can be there."""
        possible = np.zeros(self.periods, dtype=bool)
        for period in line.open:
            forced = self._surplus.forced(line)
            has_capacity = self.rate_limit(line, period) > 0 or self._can_expand(line, period)
            has_parts = all(
                self._present[component][:, self.node_index[line.factory], period].any()
                for component, quantity in line.components.items()
                if quantity > 0
            )
            possible[period] = has_capacity and (has_parts or forced or not self.prune)
        possible[list(line.orders)] = True
        return possible

    def _can_expand(self, line: Line, period: int) -> bool:
        if self._embargo.making(line, period):
            return False
        return any(
            expansion.kind == "line"
            and expansion.object == line.name
            and expansion.buy
            and expansion.buy.start + expansion.lead_time <= period
            for expansion in self.instance.expansions.values()
        )

    def _backward(self, item: Item, classes: tuple[int, ...], present: Mask, hold: Mask, carry: Mask) -> ItemReach:
        surplus = not self.prune or item.name in self._surplus.items
        wanted_stock = self._wanted_stock(item, present.shape) & hold
        if not self.prune or item.name in self._surplus.everywhere:
            useful = np.ones_like(present)
            wanted_stock = hold.copy()
        else:
            useful = self._uses(item, classes, present.shape)
            self._mark_previous(item, useful)
            self._trace_back(useful, wanted_stock, hold, carry)
        self._keep_useful_lines(item, classes, useful)
        stock = present & hold & (wanted_stock | _next_period(useful))
        ends = np.array([(self.node_index[leg.origin], self.node_index[leg.destination]) for leg in self.legs])
        shipment = carry.copy()
        for index, leg in enumerate(self.legs):
            arrived = np.zeros((len(classes), self.periods), dtype=bool)
            lead = leg.lead_time
            if lead < self.periods:
                arrived[:, : self.periods - lead] = useful[:, ends[index][1], lead:]
            shipment[:, index] &= present[:, ends[index][0]] & arrived
        return ItemReach(classes, present, useful, stock, shipment, scrapped=surplus)

    def _wanted_stock(self, item: Item, shape: tuple[int, ...]) -> Mask:
        """[class, node, period]: a target or lock, or at the end a fund for this nation, counts what is here."""
        wanted = np.zeros(shape, dtype=bool)
        for lock in self.instance.locks:
            if lock.kind == "stock" and lock.asks and lock.item in (None, item.name):
                rows = slice(None) if lock.node is None else self.node_index[lock.node]
                wanted[:, rows, lock.periods.start : lock.periods.stop] = True
        for target in self.instance.targets.values():
            if item.name in target.items:
                for name in target.nodes:
                    wanted[:, self.node_index[name], target.periods.start : target.periods.stop] = True
        for name, node in self.instance.nodes.items():
            if node.nation in self._beneficiaries.get(item.name, ()):
                wanted[:, self.node_index[name], -1] = True
        return wanted

    def _mark_previous(self, item: Item, useful: Mask) -> None:
        """Where the previous plan made or sent goods, they are useful: not to depart from it."""
        for name, period in self.instance.previous.production:
            line = self.instance.lines[name]
            if line.item == item.name:
                useful[:, self.node_index[line.factory], period] = True
        for name, leg_name, period in self.instance.previous.shipments:
            leg = self.instance.legs[leg_name]
            if name == item.name and period + leg.lead_time < self.periods:
                useful[:, self.node_index[leg.destination], period + leg.lead_time] = True

    @cached_property
    def _beneficiaries(self) -> dict[str, set[str]]:
        """Item → nations for which some fund may pay for it."""
        served: dict[str, set[str]] = defaultdict(set)
        for line in self.instance.lines.values() if self.instance.money_is_limited else ():
            what = payable(self.instance, self.instance.items[line.item].cost_type, line.name)
            for fund in self.instance.funds.values():
                for terms in terms_of(fund, what):
                    served[line.item] |= terms.beneficiaries or frozenset()
        return served

    def _uses(self, item: Item, classes: tuple[int, ...], shape: tuple[int, ...]) -> Mask:
        """[class, node, period]: delivered against a demand here, or consumed by a line here."""
        uses = np.zeros(shape, dtype=bool)
        for demand in self._demands_of[item.name]:
            for period in self.delivery_periods(demand):
                uses[:, self.node_index[demand.destination], period] = True
        for line in self._users_of[item.name]:
            uses[:, self.node_index[line.factory], self.makes[line.name]] = True
        for klass, expires in enumerate(classes):
            uses[klass, :, max(expires + 1, 0) :] = False
        return uses

    @cached_property
    def _users_of(self) -> Mapping[str, list[Line]]:
        users: dict[str, list[Line]] = defaultdict(list)
        for line in self.instance.lines.values():
            for component, quantity in line.components.items():
                if quantity > 0:
                    users[component].append(line)
        return users

    def delivery_periods(self, demand: Demand) -> list[int]:
        """The periods of the demand's window in which its destination is open."""
        opened = self.instance.nodes[demand.destination].open
        return [period for period in demand.window if period in opened]

    def _keep_useful_lines(self, item: Item, classes: tuple[int, ...], useful: Mask) -> None:
        for line in self.lines_of[item.name]:
            if not self.prune or self._surplus.runs(line):
                continue
            for period in np.flatnonzero(self.makes[line.name]):
                klass = classes.index(self.expires(item, int(period)))
                if not useful[klass, self.node_index[line.factory], period]:
                    self.makes[line.name][period] = False


def _next_period(mask: Mask) -> Mask:
    shifted = np.zeros_like(mask)
    shifted[:, :, :-1] = mask[:, :, 1:]
    return shifted


def _group(things: Iterable[Thing], key: Callable[[Thing], str]) -> Mapping[str, list[Thing]]:
    groups: dict[str, list[Thing]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups


def _component_order(instance: PlanningInstance) -> list[str]:
    """Items, components before what is made of them (the reader has refused cycles)."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(instance.items)
    for line in instance.lines.values():
        graph.add_edges_from((component, line.item) for component in line.components)
    return list(nx.topological_sort(graph))
