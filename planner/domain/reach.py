"""Where and when goods can matter: reachability on the time-expanded network.

A column of the model can only be worth something in periods that a supply can reach and from which a
demand, a component use or a stock target can still be served. Both questions are reachability on the
time-expanded network (nodes × periods, with arcs for waiting and for each leg); they are answered here for
all places at once with arrays, and a test holds the answers equal to networkx on the explicit graph.

Goods that are there although nothing wants them (`planner.domain.surplus`) must be able to lie, or be written off,
wherever they are: they have scrap columns, and where scrapping costs money nothing of theirs is pruned.

Expiry classes: a perishable item's goods are distinguished by their last period of use, `made + shelf_life`,
while that lies in the horizon; all later ones share the class `P` (the number of periods), which is also the
only class of an item that does not perish. Stock of class e may be held at the end of t only if t < e.

Goods classes: expiry classes, and of items that are distinguished by recipient each of them once more for every
recipient. A class is a number: the last period of use, and (P + 1) × the place of the recipient among the item's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from planner.domain.contingency.recipients import Recipient, Recipients, may_leave, recipient_of
from planner.domain.eligibility import payable, terms_of
from planner.domain.embargo import Embargo
from planner.domain.instance import Demand, Expansion, Item, Leg, Line, PlanningInstance, Supply, share_left
from planner.domain.surplus import Surplus

Mask = NDArray[np.bool_]
MOST_EMPTY = 5000  # depots × items × periods up to which goods are kept in that could lie in a depot at the start
Thing = TypeVar("Thing")
Name = TypeVar("Name")
Entry = tuple[int, str, int]  # goods class, node, period


@dataclass(frozen=True)
class ItemReach:
    """Where one item's columns exist. Arrays are indexed [class, place, period]."""

    classes: tuple[int, ...]  # goods classes
    present: Mask  # [class, node, period] goods of the class can be here
    useful: Mask  # [class, node, period] goods here can still serve something
    stock: Mask  # [class, node, period] columns of stock at the end of the period
    shipment: Mask  # [class, leg, period of dispatch]
    scrapped: bool  # has scrap columns


class _Chains:
    """Arcs that may be passed one after the other within a period; each is looked at once."""

    def __init__(self, tails: NDArray[np.intp], heads: NDArray[np.intp], nodes: int) -> None:
        self._arcs = np.argsort(tails, kind="stable")
        self._heads = heads
        self._first = np.searchsorted(tails[self._arcs], np.arange(nodes + 1))

    def flood(self, reached: NDArray[np.bool_], open_arcs: NDArray[np.bool_]) -> None:
        """Mark every node that can be come to from a marked one over open arcs. In place."""
        heads_now = np.flatnonzero(reached)
        while len(heads_now):
            leaving = self._leaving(heads_now)
            heads = self._heads[leaving[open_arcs[leaving]]]
            heads_now = np.unique(heads[~reached[heads]])
            reached[heads_now] = True

    def _leaving(self, nodes: NDArray[np.intp]) -> NDArray[np.intp]:
        """The arcs that leave the nodes."""
        first, count = self._first[nodes], self._first[nodes + 1] - self._first[nodes]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        arcs: NDArray[np.intp] = self._arcs[np.repeat(first, count) + within]
        return arcs


class Reach:
    """Reachability for every item of an instance.

    With `prune` off everything that the windows and rules allow exists, whether or not it can matter.
    `embargo` off ignores `forbid` policies (a model may switch that rule off). With `closed` there is also what nothing
    but a limit of 0 keeps shut, and goods that could lie in a depot at the start (`MOST_EMPTY`): a model prices them.
    `entering`: goods that come in beside the supplies, by item.
    """

    def __init__(
        self,
        instance: PlanningInstance,
        prune: bool = True,
        embargo: bool = True,
        closed: bool = False,
        recipients: Recipients | None = None,
        entering: Mapping[str, Sequence[Entry]] | None = None,
    ) -> None:
        self.instance = instance
        self.prune = prune
        self.recipients = instance.recipients if recipients is None else recipients
        self._closed = closed
        self._entering = entering or {}
        self.periods = instance.horizon.periods
        self.node_index = {name: index for index, name in enumerate(instance.nodes)}
        self.legs = tuple(instance.legs.values())
        self._embargo = Embargo(instance, embargo)
        self._lead_groups = self._group_legs()
        self._demands_of = _group(instance.demands, lambda demand: demand.item)
        self._supplies_of = _group(instance.supplies, lambda supply: supply.item)
        self.lines_of = _group(instance.lines.values(), lambda line: line.item)
        self._order = _component_order(instance)
        self._surplus = Surplus(instance, self._order, self.lines_of)
        self.makes: dict[str, Mask] = {}
        self.items: dict[str, ItemReach] = {}
        self._solve()

    def hold_only(self, places: Collection[tuple[str, str, int]]) -> None:
        """Leave out the columns of stock but for those of (item, node, period) in `places`."""
        held = {name: np.zeros((len(self.node_index), self.periods), dtype=bool) for name in self.items}
        for item, node, period in places:
            held[item][self.node_index[node], period] = True
        self.items = {name: replace(goods, stock=goods.stock & held[name]) for name, goods in self.items.items()}

    # ── What exists, before asking whether it matters ────────────────────────────────────────────

    def classes(self, item: Item) -> tuple[int, ...]:
        """The goods classes that production or stock of the item can be in, by recipient, earliest first."""
        last = {self.periods}
        if item.shelf_life is not None:
            made = {m for line in self.lines_of[item.name] for m in (*line.orders, *line.open)}
            made |= {supply.made for supply in self._supplies_of[item.name]} | ({0} if self._empty_depots else set())
            last |= {self.expires(item, m) for m in made}
            last |= {self.last_use(entry[0]) for entry in self._entering.get(item.name, ())}
        return tuple(
            goods_class for whom in self._recipients_of(item.name) for goods_class in sorted(self._classes(whom, last))
        )

    def _recipients_of(self, item: str) -> range:
        """The places of the item's recipients; 0 alone where it is not distinguished."""
        return range(max(len(self.recipients.of(item)), 1))

    def _classes(self, index: int, last: Iterable[int]) -> list[int]:
        """The classes of the recipient at a place; what has expired before the horizon is for nobody."""
        return [index * (self.periods + 1) + expires if expires >= 0 else expires for expires in last]

    def _place(self, goods_class: int) -> int:
        """The place of the class's recipient; that of what has expired before the horizon, however long ago,
        is the last.
        """
        return max(goods_class // (self.periods + 1), -1)

    def last_use(self, goods_class: int) -> int:
        """The last period in which goods of the class may be used; P: they do not expire within the horizon."""
        return goods_class % (self.periods + 1) if goods_class >= 0 else goods_class

    def recipient(self, item: str, goods_class: int) -> Recipient:
        """For whom goods of the class are, where the item is distinguished."""
        return self.recipients.of(item)[self._place(goods_class)]

    def class_for(self, item: str, expires: int, recipient: Recipient) -> int:
        """The class of goods for a recipient; where the item is not distinguished they are for anybody."""
        whom = self.recipients.of(item)
        return self._classes(whom.index(recipient) if whom else 0, (expires,))[0]

    def classes_for(self, item: str, recipient: Recipient) -> list[int]:
        """The classes of an item's goods for a recipient; all where they are not distinguished."""
        classes = self.items[item].classes
        return [k for k in classes if not self.recipients.of(item) or self.recipient(item, k) == recipient]

    def entry_classes(self, supply: Supply) -> tuple[int, ...]:
        """The classes that goods of a supply may be in: of all recipients, or of the one that it names."""
        expires = self.expires(self.instance.items[supply.item], supply.made)
        if supply.nation is not None:
            return (self.class_for(supply.item, expires, supply.nation),)
        places = self._recipients_of(supply.item)
        return tuple(dict.fromkeys(self._classes(place, (expires,))[0] for place in places))

    def is_for(self, item: str, goods_class: int, node: str) -> bool:
        """May goods of the class be delivered at the node?"""
        place = self.instance.nodes[node]
        whom = recipient_of(place)
        return may_leave(place, whom) and (not self.recipients.of(item) or self.recipient(item, goods_class) == whom)

    def expires(self, item: Item, made: int) -> int:
        """The last period of use of goods made in period `made` (negative: before the horizon); P: not within it."""
        return self.periods if item.shelf_life is None else min(made + item.shelf_life, self.periods)

    def rate_limit(self, line: Line, period: int) -> float:
        """Units that may be started in a period without expansions;
        an embargo makes it 0, and so does a closed place.
        """
        left = self.line_left(line, period)
        return 0.0 if self._embargo.making(line, period) or left == 0 else line.capacity[period] * left

    def line_left(self, line: Line, period: int) -> float:
        """The share of a line's capacity that is left, of its own and where it stands."""
        return share_left(line.left, period) * share_left(self.instance.nodes[line.factory].left, period)

    @cached_property
    def _empty_depots(self) -> list[int]:
        """Depots in which goods that are not there at the start are kept in, to be priced: where that stays small.

        Elsewhere a row of Stocks asks for it, be it of 0.
        """
        if not self._closed:
            return []
        depots = [self.node_index[name] for name, node in self.instance.nodes.items() if node.kind == "depot"]
        return depots if len(depots) * len(self.instance.items) * self.periods <= MOST_EMPTY else []

    @cached_property
    def leg_open(self) -> Mask:
        """[leg, period]: dispatch is possible and the goods arrive in the horizon at an open node."""
        nodes = self.instance.nodes
        allowed = np.zeros((len(self.legs), self.periods), dtype=bool)
        for index, leg in enumerate(self.legs):
            origin, destination = nodes[leg.origin], nodes[leg.destination]
            for period in leg.open:
                allowed[index, period] = (
                    share_left(leg.left, period) > 0
                    and origin.is_open(period)
                    and period + leg.lead_time < self.periods
                    and destination.is_open(period + leg.lead_time)
                )
        return allowed

    def carried(self, item: Item, recipient: Recipient = None) -> Mask:
        """[leg, period]: the item may be dispatched, for a recipient where it is distinguished."""
        allowed = self.leg_open.copy()
        allowed[self._excluding[item.name]] = False
        for index, leg in self._restricted:
            if not self.recipients.carries(leg, self.instance.nodes[leg.origin], item.name, recipient):
                allowed[index] = False
        for route, periods in self._embargo.dispatching(item.name).items():
            for index in self._legs_of[route]:
                allowed[index, list(periods)] = False
        return allowed

    def carried_for_anybody(self, item: Item) -> Mask:
        """[leg, period]: the item may be dispatched, for one of its recipients at least."""
        allowed = [self.carried(item, recipient) for recipient in self.recipients.of(item.name) or (None,)]
        return np.asarray(np.any(allowed, axis=0), dtype=bool)

    @cached_property
    def _restricted(self) -> list[tuple[int, Leg]]:
        """Legs that do not carry goods for everybody, by index."""
        nodes = self.instance.nodes
        return [(index, leg) for index, leg in enumerate(self.legs) if leg.nations or nodes[leg.origin].access]

    @cached_property
    def _excluding(self) -> Mapping[str, list[int]]:
        """Item → the legs that may not carry it, by index."""
        legs: dict[str, list[int]] = defaultdict(list)
        for index, leg in enumerate(self.legs):
            for item in leg.excluded:
                legs[item].append(index)
        return legs

    @cached_property
    def _legs_of(self) -> Mapping[str, list[int]]:
        """Route → its legs, by index."""
        return _group(range(len(self.legs)), lambda index: self.legs[index].route)

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
        allowed = self._storage_open.copy()
        for name, first in self._expandable.items() if item.weight_t > 0 else ():
            allowed[self.node_index[name], first:] = True
        if self._closed and item.weight_t > 0:
            allowed |= self._states_storage
        for name, storage in self._own_storages[item.name]:
            if storage == 0 and not self._closed:
                allowed[self.node_index[name]] = False
            elif self.instance.nodes[name].storage_by_default:
                allowed[self.node_index[name]] = True
        return allowed & self._before_closing

    @cached_property
    def _storage_open(self) -> Mask:
        """[node, period]: the node has storage of its own."""
        tonnes = [node.storage_t for node in self.instance.nodes.values()]
        return np.array(tonnes, dtype=float).reshape(len(tonnes), self.periods) > 0

    @cached_property
    def _states_storage(self) -> Mask:
        """[node, 1]: how much it stores is stated, and not 0 by default."""
        return np.array([not node.storage_by_default for node in self.instance.nodes.values()]).reshape(-1, 1)

    @cached_property
    def _before_closing(self) -> Mask:
        """[node, period]: the node does not close at the end of the period, or before."""
        ends = [self.periods if n.closing is None else max(n.closing, 0) for n in self.instance.nodes.values()]
        return np.arange(self.periods)[None, :] < np.array(ends, dtype=int)[:, None]

    @cached_property
    def _own_storages(self) -> Mapping[str, list[tuple[str, float]]]:
        """Item → (node, units) where NodeItems states a storage."""
        storages: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for (item, node), special in self.instance.node_items.items():
            if special.storage is not None:
                storages[item].append((node, special.storage))
        return storages

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

    @cached_property
    def _onward(self) -> _Chains:
        """Legs without lead time, as goods go."""
        _, _, origins, destinations = self._lead_groups[0]
        return _Chains(origins, destinations, len(self.node_index))

    @cached_property
    def _back(self) -> _Chains:
        """Legs without lead time, from where goods get to."""
        _, _, origins, destinations = self._lead_groups[0]
        return _Chains(destinations, origins, len(self.node_index))

    def _spread(self, present: Mask, hold: Mask, carry: Mask) -> None:
        """Forward: goods wait where they may be held and move along open legs. In place."""
        for period in range(self.periods):
            for lead, legs, origins, destinations in self._lead_groups:
                if period + lead >= self.periods:
                    continue
                source, target = present[:, :, period], present[:, :, period + lead]
                open_legs = carry[:, legs, period]
                for goods_class in range(len(present)):
                    if lead == 0:
                        self._onward.flood(target[goods_class], open_legs[goods_class])
                    else:
                        target[goods_class, destinations[source[goods_class, origins] & open_legs[goods_class]]] = True
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
                for goods_class in range(len(useful)):
                    if lead == 0:
                        self._back.flood(now[goods_class], open_legs[goods_class])
                    else:
                        now[goods_class, origins[source[goods_class, destinations] & open_legs[goods_class]]] = True

    # ── Items, components before what is made of them ────────────────────────────────────────────

    def _solve(self) -> None:
        self._present: dict[str, Mask] = {}
        forward = {name: self._forward(self.instance.items[name]) for name in self._order}
        for name in reversed(list(forward)):
            self.items[name] = self._backward(self.instance.items[name], *forward[name])

    def _forward(self, item: Item) -> tuple[tuple[int, ...], Mask, Mask, Mask]:
        classes = self.classes(item)
        shape = (len(classes), len(self.node_index), self.periods)
        last = [self.last_use(goods_class) for goods_class in classes]
        alive = np.array([[period < e or e == self.periods for period in range(self.periods)] for e in last])
        usable = np.array([[period <= e for period in range(self.periods)] for e in last])
        hold = self.storable(item)[None] & alive[:, None, :]
        carry = self._carry(item, classes)
        present = np.zeros(shape, dtype=bool)
        for line in self.lines_of[item.name]:
            self.makes[line.name] = self._can_make(line)
            for period in np.flatnonzero(self.makes[line.name]):
                expires = self.expires(item, int(period))
                for place in self._recipients_of(item.name):
                    goods_class = classes.index(self._classes(place, (expires,))[0])
                    present[goods_class, self.node_index[line.factory], period] = True
        for supply in self._supplies_of[item.name]:
            for entered in self.entry_classes(supply):
                if self.last_use(entered) >= supply.period:
                    present[classes.index(entered), self.node_index[supply.node], supply.period] = True
        for entered, node, when in self._entering.get(item.name, ()):
            present[classes.index(entered), self.node_index[node], when] = True
        if self._empty_depots:
            for place in self._recipients_of(item.name):
                fresh = classes.index(self._classes(place, (self.expires(item, 0),))[0])
                present[fresh, self._empty_depots, 0] |= hold[fresh, self._empty_depots, 0]
        if self.prune:
            self._spread(present, hold, carry)
        else:
            present[:] = usable[:, None, :]
        self._present[item.name] = present
        return classes, present, hold, carry

    def _carry(self, item: Item, classes: tuple[int, ...]) -> Mask:
        """[class, leg, period]: may be dispatched and is still usable on arrival."""
        whom = self.recipients.of(item.name)
        carried = [self.carried(item, recipient) for recipient in whom or (None,)]
        lead = np.array([leg.lead_time for leg in self.legs], dtype=int).reshape(-1, 1)
        arrival = np.arange(self.periods)[None, :] + lead if self.legs else np.zeros((0, self.periods), dtype=int)
        allowed = [carried[self._place(k)] & (arrival <= self.last_use(k)) for k in classes]
        return np.array(allowed).reshape(len(classes), len(self.legs), self.periods)

    def _can_make(self, line: Line) -> Mask:
        """[period]: the line is open, has or can get capacity, and its components can be there."""
        possible = np.zeros(self.periods, dtype=bool)
        for period in line.open:
            forced = self._surplus.forced(line)
            has_parts = all(
                self._present[component][:, self.node_index[line.factory], period].any()
                for component, quantity in line.components.items()
                if quantity > 0
            )
            possible[period] = self.can_start(line, period) and (has_parts or forced or not self.prune)
        possible[list(line.orders)] = True
        return possible

    def can_start(self, line: Line, period: int) -> bool:
        """Has the line capacity in an open period, or can it be bought in time?

        `closed`: or is it its capacity of 0?
        """
        opened = not self._embargo.making(line, period) if self._closed else self.rate_limit(line, period) > 0
        return opened or self._can_expand(line, period)

    def _can_expand(self, line: Line, period: int) -> bool:
        if self._embargo.making(line, period):
            return False
        return any(
            expansion.kind == "line" and expansion.buy and expansion.buy.start + expansion.lead_time <= period
            for expansion in self._expansions_of[line.name]
        )

    @cached_property
    def _expansions_of(self) -> Mapping[str, list[Expansion]]:
        return _group(self.instance.expansions.values(), lambda expansion: expansion.object)

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
        shipment = carry.copy()
        for lead, legs, origins, destinations in self._lead_groups:
            arrived = np.zeros((len(classes), len(legs), self.periods), dtype=bool)
            if lead < self.periods:
                arrived[:, :, : self.periods - lead] = useful[:, destinations, lead:]
            shipment[:, legs] &= present[:, origins] & arrived
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
        for nation in self._beneficiaries.get(item.name, ()):
            wanted[:, self._nodes_of[nation], -1] = True
        return wanted

    @cached_property
    def _nodes_of(self) -> Mapping[str | None, list[int]]:
        """Nation → its nodes, by index."""
        return _group(self.node_index.values(), [node.nation for node in self.instance.nodes.values()].__getitem__)

    def _mark_previous(self, item: Item, useful: Mask) -> None:
        """Where the previous plan made or sent goods, they are useful: not to depart from it."""
        for node, period in self._previously_at[item.name]:
            useful[:, node, period] = True

    @cached_property
    def _previously_at(self) -> Mapping[str, list[tuple[int, int]]]:
        """Item → (node, period) where the previous plan made it, or let it arrive."""
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for name, period in self.instance.previous.production:
            line = self.instance.lines[name]
            places[line.item].append((self.node_index[line.factory], period))
        for item, leg_name, period in self.instance.previous.shipments:
            leg = self.instance.legs[leg_name]
            if period + leg.lead_time < self.periods:
                places[item].append((self.node_index[leg.destination], period + leg.lead_time))
        return places

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
            open_to = [self.is_for(item.name, goods_class, demand.destination) for goods_class in classes]
            for period in self.delivery_periods(demand):
                uses[open_to, self.node_index[demand.destination], period] = True
        for line in self._users_of[item.name]:
            uses[:, self.node_index[line.factory], self.makes[line.name]] = True
        for index, goods_class in enumerate(classes):
            uses[index, :, max(self.last_use(goods_class) + 1, 0) :] = False
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
        destination = self.instance.nodes[demand.destination]
        return [period for period in demand.window if destination.is_open(period)]

    def _keep_useful_lines(self, item: Item, classes: tuple[int, ...], useful: Mask) -> None:
        for line in self.lines_of[item.name]:
            if not self.prune or self._surplus.runs(line):
                continue
            for period in np.flatnonzero(self.makes[line.name]):
                expires = self.expires(item, int(period))
                made = [classes.index(self._classes(place, (expires,))[0]) for place in self._recipients_of(item.name)]
                if not useful[made, self.node_index[line.factory], period].any():
                    self.makes[line.name][period] = False


def _next_period(mask: Mask) -> Mask:
    shifted = np.zeros_like(mask)
    shifted[:, :, :-1] = mask[:, :, 1:]
    return shifted


def _group(things: Iterable[Thing], key: Callable[[Thing], Name]) -> Mapping[Name, list[Thing]]:
    groups: dict[Name, list[Thing]] = defaultdict(list)
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
