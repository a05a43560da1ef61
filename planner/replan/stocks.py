"""Stock at the present, followed from the opening stock through everything that was reported.

Goods are kept by the period in which they were made, so that shelf life goes on; the oldest are used first.
Where a count was reported it holds, and what the reports add up to instead is named as a conflict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from planner.domain.instance import PlanningInstance
from planner.replan.actuals import Actuals
from planner.replan.conflict import Conflict

SAME = 1e-6
Key = TypeVar("Key", bound=tuple[object, ...])
Place = tuple[str, str]  # item, node
Batches = dict[int, float]  # period made -> units


@dataclass(frozen=True)
class Transit:
    """Goods under way at the present."""

    item: str
    node: str
    arrives: int
    made: int
    quantity: float


@dataclass
class Stocks:
    """`held[place]` by period made; `transit` what arrives later; `expired` what had to be written off, as it was too
    old or its node closed.
    """

    held: dict[Place, Batches] = field(default_factory=lambda: defaultdict(dict))
    transit: list[Transit] = field(default_factory=list)
    expired: dict[Place, float] = field(default_factory=lambda: defaultdict(float))
    conflicts: list[Conflict] = field(default_factory=list)


def follow(instance: PlanningInstance, actuals: Actuals) -> Stocks:
    """Stock at the end of the last past period, and goods under way."""
    return _Walk(instance, actuals).run()


class _Walk:
    """One walk through the past, period by period."""

    def __init__(self, instance: PlanningInstance, actuals: Actuals) -> None:
        self._instance = instance
        self._actuals = actuals
        self._stocks = Stocks()
        self._passed: dict[Place, float] = defaultdict(float)  # everything that ever came to a place
        self._made, self._shipped, self._delivered = (
            _by_period(table) for table in (actuals.made, actuals.shipped, actuals.delivered)
        )
        self._destinations = {demand.name: (demand.item, demand.destination) for demand in instance.demands}

    def run(self) -> Stocks:
        for supply in self._instance.supplies:
            if supply.opening:
                self._add((supply.item, supply.node), supply.made, supply.quantity)
        for period in range(self._actuals.now):
            self._arrive(period)
            self._make(period)
            for (item, leg_name, _), quantity in self._shipped[period]:
                self._send(item, leg_name, period, quantity)
            # A chain without lead time passes a node within the period: what arrived is there to be delivered.
            for (demand, _due, _), quantity in self._delivered[period]:
                self._take(self._destinations[demand], quantity, period)
            self._close(period)
        now = self._actuals.now
        for supply in self._instance.supplies:
            if not supply.opening and supply.period >= now:
                self._stocks.transit.append(
                    Transit(supply.item, supply.node, supply.period, supply.made, supply.quantity)
                )
        return self._stocks

    def _arrive(self, period: int) -> None:
        for supply in self._instance.supplies:
            if not supply.opening and supply.period == period:
                self._add((supply.item, supply.node), supply.made, supply.quantity)
        waiting, self._stocks.transit = self._stocks.transit, []
        for goods in waiting:
            if goods.arrives == period:
                self._add((goods.item, goods.node), goods.made, goods.quantity)
            else:
                self._stocks.transit.append(goods)

    def _make(self, period: int) -> None:
        for (name, _), quantity in self._made[period]:
            line = self._instance.lines[name]
            self._add((line.item, line.factory), period, quantity)
            for component, per_unit in line.components.items():
                self._take((component, line.factory), quantity * per_unit / line.yield_, period)

    def _send(self, item: str, leg_name: str, period: int, quantity: float) -> None:
        leg = self._instance.legs[leg_name]
        arrives = period + leg.lead_time
        for made, units in self._take((item, leg.origin), quantity, period, arrives).items():
            if arrives == period:
                self._add((item, leg.destination), made, units)
            else:
                self._stocks.transit.append(Transit(item, leg.destination, arrives, made, units))

    def _add(self, place: Place, made: int, quantity: float) -> None:
        self._passed[place] += quantity
        batches = self._stocks.held[place]
        batches[made] = batches.get(made, 0.0) + quantity

    def _take(self, place: Place, quantity: float, period: int, used: int | None = None) -> Batches:
        """The oldest goods first, those that expire before they are `used` last; what is not there is owed until the
        period's end, as if made in it."""
        batches, taken = self._stocks.held[place], Batches()
        life = self._instance.items[place[0]].shelf_life
        for made in sorted(batches, key=lambda made: (life is not None and made + life < (used or period), made)):
            units = min(max(batches[made], 0.0), quantity - sum(taken.values()))
            if units > 0:
                taken[made] = units
                batches[made] -= units
        owed = quantity - sum(taken.values())
        if owed > SAME * max(1.0, quantity):
            taken[period] = taken.get(period, 0.0) + owed
            batches[period] = batches.get(period, 0.0) - owed
        return taken

    def _close(self, period: int) -> None:
        """At a period's end: what was scrapped goes, what expired or lies in a node that closes is written off, counts
        hold, nothing stays owed."""
        reported = (*self._actuals.counted, *self._actuals.scrapped)
        for place in sorted({*self._stocks.held, *(key[:2] for key in reported)}):
            batches = self._stocks.held[place]
            _repay(batches)
            scrapped = self._actuals.scrapped.get((*place, period), 0.0)
            if scrapped:
                self._take(place, scrapped, period)
            life = self._instance.items[place[0]].shelf_life
            closes = self._instance.nodes[place[1]].closing == period
            for made in [m for m in batches if closes or (life is not None and m + life <= period)]:
                if batches[made] > 0:
                    self._stocks.expired[place] += batches.pop(made)
            counted = self._actuals.counted.get((*place, period))
            computed = sum(batches.values())
            if counted is not None:
                self._recount(place, period, counted, computed)
            elif computed < -SAME:
                self._conflict(place, period, "more has left than was there", 0.0, computed, "taken as empty")
                batches.clear()
            # What nobody counted, and is less than the last digits of what passed, is what rounded reports leave.
            least = SAME * max(1.0, self._passed[place] if counted is None else 1.0)
            for made in [m for m, units in batches.items() if units <= least]:
                del batches[made]

    def _recount(self, place: Place, period: int, counted: float, computed: float) -> None:
        batches = self._stocks.held[place]
        if abs(counted - computed) > SAME * max(1.0, abs(counted), abs(computed)):
            self._conflict(place, period, "the count differs from the reports", counted, computed, "the count holds")
        missing = computed - counted
        if missing > 0:
            self._take(place, missing, period)
        elif missing < 0:
            youngest = max((made for made, units in batches.items() if units > 0), default=period)
            self._add(place, youngest, -missing)

    def _conflict(self, place: Place, period: int, what: str, stated: float, computed: float, used: str) -> None:
        where = f"{place[0]} at {place[1]}, end of {self._instance.horizon.label(period)}"
        unit = self._instance.items[place[0]].unit
        self._stocks.conflicts.append(Conflict("stock", where, what, stated, computed, unit, used, period))


def _repay(batches: Batches) -> None:
    """What was owed within a period is taken from what came in it, the oldest first."""
    owed = -sum(units for units in batches.values() if units < 0)
    for made in [made for made, units in batches.items() if units < 0]:
        del batches[made]
    for made in sorted(batches):
        units = min(batches[made], owed)
        batches[made] -= units
        owed -= units
    if owed > SAME:
        batches[min(batches, default=0)] = batches.get(min(batches, default=0), 0.0) - owed


def _by_period(table: Mapping[Key, float]) -> Mapping[int, list[tuple[Key, float]]]:
    """The entries of each period, in their order."""
    found: dict[int, list[tuple[Key, float]]] = defaultdict(list)
    for key, quantity in table.items():
        found[int(str(key[-1]))].append((key, quantity))
    return found
