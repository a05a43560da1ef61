"""Stock at the present, followed from the opening stock through everything that was reported.

Goods are kept by the period in which they were made, so that shelf life goes on; the oldest are used first.
Where a count was reported it holds, and what the reports add up to instead is named as a conflict. Of what is missing
in a count, as much as should have arrived since the last one has not arrived: it is late, the last to arrive first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from planner.domain.instance import PlanningInstance, share_left
from planner.replan.position.actuals import Actuals, counted
from planner.replan.position.conflict import ReportConflict
from planner.replan.position.late import CANCELLED, GOODS, LATE, LOST, SHIPMENT, Late
from planner.replan.position.orders import is_open
from planner.tolerances import SAME, close, matters

AnyKey = TypeVar("AnyKey", bound=tuple[object, ...])
GoodsPlace = tuple[str, str]  # item, node
Batches = dict[int, float]  # period made -> units


@dataclass(frozen=True)
class Transit:
    """Goods under way; `due` when they should have arrived, `leg` on which they were sent (blank: goods on order)."""

    item: str
    node: str
    arrives: int
    made: int
    quantity: float
    due: int
    leg: str = ""


@dataclass
class Stocks:
    """`held[place]` by period made; `transit` what arrives later; `expired` what had to be written off, as it was too
    old or its node closed.
    """

    held: dict[GoodsPlace, Batches] = field(default_factory=lambda: defaultdict(dict))
    transit: list[Transit] = field(default_factory=list)
    expired: dict[GoodsPlace, float] = field(default_factory=lambda: defaultdict(float))
    conflicts: list[ReportConflict] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)


def follow(instance: PlanningInstance, actuals: Actuals) -> Stocks:
    """Stock at the end of the last past period, and goods under way."""
    return _PastWalk(instance, actuals).run()


class _PastWalk:
    """One walk through the past, period by period."""

    def __init__(self, instance: PlanningInstance, actuals: Actuals) -> None:
        self._instance = instance
        self._actuals = actuals
        self._stocks = Stocks()
        self._passed: dict[GoodsPlace, float] = defaultdict(float)  # everything that ever came to a place
        self._arrived: dict[GoodsPlace, list[Transit]] = defaultdict(list)  # since the last count there
        self._made, self._shipped, self._delivered = (
            _by_period(table) for table in (actuals.made, actuals.shipped, actuals.delivered)
        )
        self._destinations = {demand.name: (demand.item, demand.destination) for demand in instance.demands}

    def run(self) -> Stocks:
        for supply in self._instance.supplies:
            if supply.opening:
                self._add((supply.item, supply.node), supply.made, supply.quantity)
        self._stocks.transit = [
            Transit(supply.item, supply.node, supply.period, supply.made, supply.quantity, supply.period)
            for supply in self._instance.supplies
            if not supply.opening
        ]
        for period in range(self._actuals.now):
            self._cancel(period)
            self._lose(period)
            self._arrive(period)
            self._make(period)
            for (item, leg_name, _), quantity in self._shipped[period]:
                self._send(item, leg_name, period, quantity)
            # A chain without lead time passes a node within the period: what arrived is there to be delivered.
            for (demand, _due, _), quantity in self._delivered[period]:
                self._take(self._destinations[demand], quantity, period)
            self._close(period)
        self._stocks.transit = [goods for under_way in self._stocks.transit for goods in self._coming(under_way)]
        return self._stocks

    def _coming(self, goods: Transit) -> list[Transit]:
        """Goods under way as they will arrive: while their node is open. Nothing where it is closed for good."""
        node, now, beyond = self._instance.nodes[goods.node], self._actuals.now, self._instance.horizon.periods
        first = max(goods.arrives, now)
        arrives = next((period for period in range(first, max(first + 1, beyond)) if is_open(node, period)), None)
        if arrives is None:
            self._tell(goods, None, LOST, f"{node.name} is closed")
            return []
        if arrives > goods.due:
            self._tell(goods, arrives, LATE, "" if arrives == first else f"{node.name} is not open before")
        return [replace(goods, arrives=arrives)]

    def _tell(self, goods: Transit, due: int | None, state: str, why: str, reported: int | None = None) -> None:
        leg = self._instance.legs.get(goods.leg)
        kind, what = (GOODS, "") if leg is None else (SHIPMENT, leg.route)
        self._stocks.late.append(
            Late(kind, what, goods.item, goods.node, goods.quantity, goods.due, due, state, why, reported)
        )

    def _lose(self, period: int) -> None:
        """What certain disruptions take of the stock carried into a period is gone; it is neither scrap nor late."""
        for (_, node), batches in self._stocks.held.items():
            room_left = self._instance.nodes[node].kept(period)
            if room_left < 1:
                batches.update({made: units * room_left for made, units in batches.items()})

    def _cancel(self, period: int) -> None:
        """What was cancelled of goods under way, or on order for a node, comes no more; the first to arrive first.

        Of goods that are late for one node a count cannot tell which they are: what is cancelled of one kind and was
        not taken to be late is taken from the others.
        """
        for (line, leg, node, item, when), quantity in self._actuals.cancelled.items():
            if line or when != period:
                continue
            place, left = (item, self._instance.legs[leg].destination if leg else node), quantity
            under_way = [goods for goods in self._stocks.transit if (goods.item, goods.node) == place]
            for goods in sorted(under_way, key=lambda goods: (goods.leg != leg, goods.due)):
                part = min(goods.quantity, left) if goods.leg == leg or goods.due < period else 0.0
                if part > 0:
                    left -= part
                    self._tell(replace(goods, quantity=part), None, CANCELLED, "as reported", period)
                    self._stocks.transit.remove(goods)
                    self._stocks.transit += [replace(goods, quantity=goods.quantity - part)] * (part < goods.quantity)
            if matters(left, quantity):
                where = f"{item} {f'on {leg}' if leg else f'for {node}'}, {self._instance.horizon.label(period)}"
                self._stocks.conflicts.append(
                    ReportConflict("order", where, "more was cancelled than was under way", quantity, quantity - left,
                             self._instance.items[item].unit, "nothing is under way", period))  # fmt: skip

    def _arrive(self, period: int) -> None:
        waiting, self._stocks.transit = self._stocks.transit, []
        for goods in waiting:
            if goods.arrives > period:
                self._stocks.transit.append(goods)
            elif is_open(self._instance.nodes[goods.node], period):
                # Of goods on order as much arrives as is left of the node; a plan sends what arrives.
                left = 1.0 if goods.leg else share_left(self._instance.nodes[goods.node].left, period)
                self._come(replace(goods, quantity=goods.quantity * left))
            else:  # until the node opens
                self._stocks.transit.append(replace(goods, arrives=period + 1))

    def _come(self, goods: Transit) -> None:
        self._add((goods.item, goods.node), goods.made, goods.quantity)
        self._arrived[goods.item, goods.node].append(goods)

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
            goods = Transit(item, leg.destination, arrives, made, units, arrives, leg_name)
            if arrives == period:
                self._come(goods)
            else:
                self._stocks.transit.append(goods)

    def _add(self, place: GoodsPlace, made: int, quantity: float) -> None:
        self._passed[place] += quantity
        batches = self._stocks.held[place]
        batches[made] = batches.get(made, 0.0) + quantity

    def _take(self, place: GoodsPlace, quantity: float, period: int, used: int | None = None) -> Batches:
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
        if matters(owed, quantity):
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

    def _recount(self, place: GoodsPlace, period: int, counted: float, computed: float) -> None:
        batches = self._stocks.held[place]
        if not close(counted, computed):
            late = self._not_arrived(place, period, computed - counted)
            used = "the count holds; what is missing has not arrived" if late else "the count holds"
            self._conflict(place, period, "the count differs from the reports", counted, computed, used)
        self._arrived.pop(place, None)
        for made in [made for made, units in batches.items() if units < 0]:  # more has left than was there
            del batches[made]
        missing = sum(batches.values()) - counted
        if missing > 0:
            self._take(place, missing, period)
        elif missing < 0:
            youngest = max((made for made, units in batches.items() if units > 0), default=period)
            self._add(place, youngest, -missing)

    def _not_arrived(self, place: GoodsPlace, period: int, missing: float) -> float:
        """Send back under way what a count lacks, as far as it should have arrived since the last one; how much.

        Where it was taken to have been used since, other goods were used in its place.
        """
        batches, late = self._stocks.held[place], 0.0
        for goods in () if self._actuals.to_plan else reversed(self._arrived[place]):
            part = min(goods.quantity, missing - late)
            if matters(part, goods.quantity):
                of_batch = min(part, max(batches.get(goods.made, 0.0), 0.0))
                batches[goods.made] = batches.get(goods.made, 0.0) - of_batch
                self._take(place, part - of_batch, period)
                late += part
                self._stocks.transit.append(replace(goods, arrives=period + 1, quantity=part))
        return late

    def _conflict(self, place: GoodsPlace, period: int, what: str, stated: float, computed: float, used: str) -> None:
        where = counted(self._instance, *place, period)
        unit = self._instance.items[place[0]].unit
        self._stocks.conflicts.append(ReportConflict("stock", where, what, stated, computed, unit, used, period))


def _repay(batches: Batches) -> None:
    """What was owed within a period is taken from what came in it, the oldest first."""
    owed = -sum(units for units in batches.values() if units < 0)
    for made in [made for made, units in batches.items() if units < 0]:
        del batches[made]
    for made in sorted(batches):
        units = min(batches[made], owed)
        batches[made] -= units
        owed -= units
    if matters(owed):
        batches[min(batches, default=0)] = batches.get(min(batches, default=0), 0.0) - owed


def _by_period(table: Mapping[AnyKey, float]) -> Mapping[int, list[tuple[AnyKey, float]]]:
    """The entries of each period, in their order."""
    by_period: dict[int, list[tuple[AnyKey, float]]] = defaultdict(list)
    for key, quantity in table.items():
        by_period[int(str(key[-1]))].append((key, quantity))
    return by_period
