"""Rules about what is asked for where nothing can be: no plan could hold it, whatever it cost.

Locks that ask for something, and the previous plan in its frozen periods. Demands and targets that must be met are
warned of (`planner.workbook.validate.checks`): a plan without them is only a shortage cost away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from planner.domain.instance import Item, Leg, PlanningInstance
from planner.domain.reach import Reach
from planner.domain.rules import Lock
from planner.workbook.reading.periods import show
from planner.workbook.reading.reader import TypedWorkbook

DONE = {
    "make": "made",
    "ship": "dispatched",
    "stock": "stored",
    "deliver": "delivered",
    "invest": "bought",
    "pay": "paid",
}


def check_asked(book: TypedWorkbook, instance: PlanningInstance) -> None:
    """Adds the faults of rows that ask for what cannot be, each at the cell that asks."""
    possible = _Possible(instance)
    _check_locks(book, instance, possible)
    _check_frozen(book, instance, possible)


def _check_locks(book: TypedWorkbook, instance: PlanningInstance, possible: _Possible) -> None:
    table = book["Locks"]
    rows = {name: record for record, name in enumerate(table["lock"])}
    last_reported = _last_reported(book)
    for lock in instance.locks:
        if not lock.minimum or (lock.kind == "pay" and not instance.money_is_limited):
            continue
        empty = possible.nothing_to_decide(
            lock, (span for span in _spans(instance, lock) if span.start > last_reported)
        )
        if empty is None:
            continue
        record = rows[lock.name]
        column = "quantity" if table["quantity"][record] is not None else "minimum"
        found = show(table.cell(record, column))
        message = (
            f"found {found}, but {_span_text(instance, empty)} nothing that the lock names can be {DONE[lock.kind]}: "
            "it is closed, or has no capacity; expected 0, or other periods"
        )
        table.fail(book.faults, record, column, message)


def _last_reported(book: TypedWorkbook) -> int:
    """The last period of which Actuals tell what happened, −1 where none: until then a lock is over, or begun."""
    return max((period for period in book["Actuals"]["period"] if isinstance(period, int)), default=-1)


def _spans(instance: PlanningInstance, lock: Lock) -> Iterator[range]:
    """The periods of each bound: all together, one by one, or (payments) fiscal year by fiscal year."""
    if lock.total:
        yield lock.periods
    elif lock.kind == "pay":
        years = instance.horizon.fiscal_years
        for year in dict.fromkeys(years[period] for period in lock.periods):
            yield range(years.index(year), len(years) - years[::-1].index(year))
    else:
        yield from (range(period, period + 1) for period in lock.periods)


def _span_text(instance: PlanningInstance, span: range) -> str:
    label = instance.horizon.label
    return f"in {label(span[0])}" if len(span) == 1 else f"from {label(span[0])} to {label(span[-1])}"


def _check_frozen(book: TypedWorkbook, instance: PlanningInstance, possible: _Possible) -> None:
    """What is frozen can happen: its line is open then, or an order was placed, or its route is open at both ends.

    Under the weighted objective what is frozen is fixed; by levels what cannot happen is a departure.
    """
    if instance.settings.objective == "weighted":
        ending, severity = "expected another period, no row, or fewer frozen periods", "error"
    else:
        ending, severity = "it counts as a departure from the previous plan", "warning"
    table = book["Previous"]
    columns = ("kind", "line", "route", "origin", "item", "period", "quantity")
    for record, (kind, line, route, origin, item, period, quantity) in enumerate(table.records(*columns)):
        if not (isinstance(period, int) and period < instance.settings.frozen and quantity):
            continue
        frozen = Lock("", kind, range(period, period + 1), line=line, route=route, origin=origin, item=item)
        if possible.nothing_to_decide(frozen, [frozen.periods]) is None:
            continue
        what, done = (f"the line {line!r}", "made") if kind == "make" else (f"the route {route!r}", "dispatched")
        message = (
            f"found {show(table.cell(record, 'period'))}, which is frozen (Settings, frozen), but nothing can be "
            f"{done} then: {what} is closed, or has no capacity; {ending}"
        )
        table.fail(book.faults, record, "period", message, severity)


class _Possible:
    """Where decisions can be above 0 at all, money and the supply of goods aside."""

    def __init__(self, instance: PlanningInstance) -> None:
        self.instance = instance
        self._storable: dict[str, np.ndarray] = {}

    @cached_property
    def reach(self) -> Reach:
        return Reach(self.instance, prune=False)

    def nothing_to_decide(self, lock: Lock, spans: Iterable[range]) -> range | None:
        """The first span without a decision that the lock names."""
        decided = set(getattr(self, f"_{lock.kind}")(lock))
        return next((span for span in spans if decided.isdisjoint(span)), None)

    def holds(self, items: Iterable[str], nodes: Iterable[str], period: int) -> bool:
        """May one of the nodes hold stock of one of the items at the end of the period?"""
        places = [self.reach.node_index[node] for node in nodes]
        return any(bool(self._storage(item)[places, period].any()) for item in items)

    def _storage(self, item: str) -> np.ndarray:
        if item not in self._storable:
            self._storable[item] = self.reach.storable(self.instance.items[item])
        return self._storable[item]

    def _items(self, lock: Lock) -> list[Item]:
        return [item for item in self.instance.items.values() if lock.item in (None, item.name)]

    def _make(self, lock: Lock) -> Iterator[int]:
        for line in self.instance.lines.values():
            if lock.line in (None, line.name) and lock.node in (None, line.factory) and lock.item in (None, line.item):
                yield from line.orders
                yield from (period for period in line.open if self.reach.can_start(line, period))

    def _ship(self, lock: Lock) -> Iterator[int]:
        named = [
            index
            for index, leg in enumerate(self.reach.legs)
            if lock.route in (None, leg.route) and lock.origin in (None, leg.origin)
        ]
        for item in self._items(lock):
            carried = self.reach.carried_for_anybody(item)
            for index in named:
                leg = self.reach.legs[index]
                yield from (int(t) for t in np.flatnonzero(carried[index]) if self._has_room(leg, item, int(t)))

    def _has_room(self, leg: Leg, item: Item, period: int) -> bool:
        stated = self.instance.route_items.get((item.name, leg.route))
        if (stated is not None and stated.capacity == 0) or (leg.capacity_m3 == 0 and item.volume_m3 > 0):
            return False
        return item.weight_t == 0 or leg.capacity_t[period] > 0 or leg.route in self._widened

    @cached_property
    def _widened(self) -> frozenset[str]:
        return frozenset(each.object for each in self.instance.expansions.values() if each.kind == "route" and each.buy)

    def _stock(self, lock: Lock) -> Iterator[int]:
        nodes = [lock.node] if lock.node is not None else list(self.instance.nodes)
        items = [item.name for item in self._items(lock)]
        yield from (period for period in range(self.instance.horizon.periods) if self.holds(items, nodes, period))

    def _deliver(self, lock: Lock) -> Iterator[int]:
        for demand in self.instance.demands:
            named = (lock.demand, demand.name), (lock.node, demand.destination), (lock.item, demand.item)
            if all(wanted in (None, name) for wanted, name in named):
                yield from self.reach.delivery_periods(demand)

    def _invest(self, lock: Lock) -> Iterator[int]:
        for expansion in self.instance.expansions.values():
            if lock.expansion in (None, expansion.name) and expansion.limit > 0:
                yield from expansion.buy

    def _pay(self, lock: Lock) -> Iterator[int]:
        for fund in self.instance.funds.values():
            if lock.fund in (None, fund.name):
                yield from fund.open
