"""Why something is not delivered: the likeliest reason for each shortfall, in words.

First what can be said without prices: nothing makes or holds the item; it cannot arrive in time. Otherwise the
rents that one more unit would pay on its cheapest way through lines, legs and funds are compared, and the
dearest is named. This is an indication (mean prices over the periods that come into question), not the exact
attribution along the dual solution.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from math import inf

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.domain.instance import Leg, Line, PlanningInstance
from planner.report.limits import fund_of

Rents = list[tuple[float, str]]  # rent per unit of the item, what takes it
NO_REASON = "several limits together; see what is binding"
NOT_WORTH_IT = "more of it would cost more than its shortage does"  # only where shortage has a price


@dataclass(frozen=True)
class Reasons:
    """`prices` are the limit prices of one level (see limits.limit_prices), `weighted` if it is the weighted objective."""

    instance: PlanningInstance
    prices: pd.DataFrame
    weighted: bool = False

    def likely(self, item: str, destination: str, last: int) -> str:
        """The reason why more of `item` does not reach `destination` by period `last` (0-based)."""
        arrivals = self._arrivals(item)
        if not arrivals:
            return "nothing makes or holds this item"
        first = arrivals.get(destination, inf)
        if first == inf:
            return "no route leads here from where it is made or held"
        if first > last:
            label = self.instance.horizon.label(int(first))
            return f"cannot arrive before {label}"
        rents = [*self._production_rents(item, last, ()), *self._transport_rents(item, destination, last)]
        rents += self._money_rents(item, last)
        worst = max(rents, default=(0.0, ""))
        if worst[0] > 1e-9:
            return worst[1]
        return NOT_WORTH_IT if self.weighted else NO_REASON

    @cached_property
    def _sums(self) -> dict[tuple[str, str, str], npt.NDArray[np.float64]]:
        """Σ of the prices of each (family, object, item) up to each period; item "" for all of them."""
        count = self.instance.horizon.periods
        sums: dict[tuple[str, str, str], npt.NDArray[np.float64]] = {}
        columns = [self.prices[name].tolist() for name in ("family", "object", "item", "period", "price")]
        for family, name, item, period, price in zip(*columns, strict=True):
            if period == period:  # a limit of the whole horizon has none
                for key in {(family, name, item), (family, name, "")}:
                    sums.setdefault(key, np.zeros(count + 1))[int(period)] += price
        return {key: np.cumsum(row) for key, row in sums.items()}

    def _mean(self, family: str, name: str, periods: range, item: str = "") -> float:
        """The mean price over `periods` (0-based), periods without a price counting 0."""
        sums = self._sums.get((family, name, item))
        if sums is None or not len(periods):
            return 0.0
        return float(sums[periods.stop] - sums[periods.start]) / len(periods)

    @cached_property
    def _sources(self) -> dict[str, list[tuple[str, int]]]:
        """Where and when each item first is: from lines that have capacity, stocks and goods on order."""
        found: dict[str, list[tuple[str, int]]] = {}
        grown = {e.object for e in self.instance.expansions.values()}
        for line in self.instance.lines.values():
            first = next(
                (t for t in line.open if line.name in grown or not line.capacity or line.capacity[t] > 0), None
            )
            if first is not None:
                found.setdefault(line.item, []).append((line.factory, first))
        for supply in self.instance.supplies:
            found.setdefault(supply.item, []).append((supply.node, 0 if supply.opening else supply.period))
        return found

    @cached_property
    def _legs_from(self) -> dict[str, list[Leg]]:
        table: dict[str, list[Leg]] = {}
        for leg in self.instance.legs.values():
            table.setdefault(leg.origin, []).append(leg)
        return table

    def _arrivals(self, item: str) -> dict[str, float]:
        """The first period in which the item can be at each node (windows of nodes are not looked at)."""
        queue: list[tuple[float, str]] = []
        period: float
        for node, period in self._sources.get(item, ()):
            heappush(queue, (period, node))
        first: dict[str, float] = {}
        while queue:
            period, node = heappop(queue)
            if node in first:
                continue
            first[node] = period
            for leg in self._legs_from.get(node, ()):
                departure = max(period, leg.open.start)
                if item not in leg.excluded and departure < leg.open.stop:
                    heappush(queue, (departure + leg.lead_time, leg.destination))
        return first

    def _production_rents(self, item: str, last: int, above: tuple[str, ...]) -> Rents:
        """Of the line that takes the least rent; with those of its components."""
        choices = [
            self._line_rents(line, last, above)
            for line in self.instance.lines.values()
            if line.item == item and line.open.start <= last
        ]
        return min(choices, key=lambda rents: sum(rent for rent, _ in rents), default=[])

    def _line_rents(self, line: Line, last: int, above: tuple[str, ...]) -> Rents:
        periods = range(line.open.start, min(last + 1, line.open.stop))
        capacity = self._mean("line_capacity", line.name, periods) + self._mean("ramp", line.name, periods)
        rents = [(capacity / line.yield_, f"production: line {line.name} is at its capacity")]
        for resource, use in line.resources.items():
            rent = self._mean("resource_capacity", resource, periods) * use / line.yield_
            rents.append((rent, f"production: {resource} is fully used"))
        for component, quantity in line.components.items():
            if component not in above:
                below = self._production_rents(component, last, (*above, line.item))
                rents += [
                    (rent * quantity / line.yield_, f"component {component}: {text.removeprefix('production: ')}")
                    for rent, text in below
                ]
        return rents

    def _transport_rents(self, item: str, destination: str, last: int) -> Rents:
        """Along the way from any source that takes the least rent."""
        weight = self.instance.items[item].weight_t
        periods = range(last + 1)
        queue: list[tuple[float, int, str, Rents]] = []
        for place, (node, _) in enumerate(self._sources.get(item, ())):
            heappush(queue, (0.0, place, node, []))
        seen: set[str] = set()
        place = len(queue)
        while queue:
            total, _, node, rents = heappop(queue)
            if node in seen:
                continue
            seen.add(node)
            handled = weight * self._mean("throughput", node, periods)
            here = [*rents, (handled, f"handling: {node} is at its throughput")]
            if node == destination:
                return here
            for leg in self._legs_from.get(node, ()):
                if item in leg.excluded:
                    continue
                rent = self._leg_rent(leg, item, weight, periods)
                place += 1
                text = f"transport: route {leg.name} is full"
                heappush(queue, (total + handled + rent, place, leg.destination, [*here, (rent, text)]))
        return []

    def _leg_rent(self, leg: Leg, item: str, weight: float, periods: range) -> float:
        names: Iterable[str] = {leg.name, leg.route}
        volume = self.instance.items[item].volume_m3
        return sum(
            weight * self._mean("route_capacity", name, periods)
            + volume * self._mean("route_volume", name, periods)
            + self._mean("route_item_capacity", name, periods, item)
            for name in names
        )

    def _money_rents(self, item: str, last: int) -> Rents:
        """Of the fund whose money is least scarce; per unit of the item at its cheapest line."""
        cost = min((line.unit_cost for line in self.instance.lines.values() if line.item == item), default=0.0)
        funds: dict[str, float] = {}
        rows = self.prices[self.prices["family"].isin(["fund_limit", "fund_ceiling"])]
        for name, price in rows.groupby("object", sort=False)["price"].max().items():
            fund = fund_of(self.instance, str(name))
            if fund is not None:
                funds[fund.name] = max(funds.get(fund.name, 0.0), float(price))
        usable = [f.name for f in self.instance.funds.values() if f.budgets and f.open.start <= last]
        if not usable or any(name not in funds for name in usable):
            return self._scarce_for_item(item, last, funds, cost)
        cheapest = min(usable, key=lambda name: funds[name])
        return [(cost * funds[cheapest], f"money: {', '.join(sorted(usable)[:3])} are used up")]

    def _scarce_for_item(self, item: str, last: int, funds: dict[str, float], cost: float) -> Rents:
        """Some fund has money left: it is no reason only if that fund may pay for the item."""
        free = [
            fund
            for fund in self.instance.funds.values()
            if fund.budgets and fund.name not in funds and fund.open.start <= last
        ]
        admitted = any(
            not fund.eligibility or any(row.items is None or item in row.items for row in fund.eligibility)
            for fund in free
        )
        if admitted or not funds:
            return []
        scarce = sorted(funds, key=lambda name: funds[name])
        return [(cost * funds[scarce[0]], f"money: {', '.join(scarce[:3])} used up, and no other fund admits it")]
