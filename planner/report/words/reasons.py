"""Why something is not delivered: the reason for each shortfall, in words, as far as there is a proof of it.

First what needs no proof by another plan: nothing makes or holds the item; it cannot arrive in time. Then what was proved
(`planner.plan.prices.relief`): a limit that helps by itself, or several together where none does by itself. Otherwise no reason
is given: what is full on the way is named, by the prices of limits on the cheapest way (line with its components and
money, then legs and nodes to the destination). A limit with a price is used up in every optimal plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from math import inf

import pandas as pd

from planner.domain.instance import Leg, Line, PlanningInstance
from planner.formulation.goods.production import LINE_CAPACITY, RAMP, RESOURCE_CAPACITY
from planner.formulation.goods.transport import ROUTE_CAPACITY, ROUTE_ITEM_CAPACITY, ROUTE_VOLUME, THROUGHPUT
from planner.formulation.rules.consents import CONSENT
from planner.plan.prices.relief_found import MATERIAL, Gap, Relief
from planner.report.data.rents import PriceMeans
from planner.report.words.limit_words import limit_words, raised_words
from planner.report.words.numbers import least_share, listing
from planner.tolerances import NOISE

Rents = list[tuple[float, str]]  # rent per unit of the item, and what takes it
NOT_FOUND = "not found"
NONE_ALONE = f"nothing that is full on its cheapest way brings {100 * MATERIAL:.0f}\u00a0% of it by itself"
NOT_WORTH_IT = "more of it would cost no less than its shortage does"  # only where shortage has a price
MOST_NAMED = 4  # limits in one reason


@dataclass(frozen=True)
class Reasons:
    """`prices` are the limit prices of one level (see limits.limit_prices); `relief` what was proved of limits."""

    instance: PlanningInstance
    prices: pd.DataFrame
    relief: Relief = field(default_factory=Relief)

    def reason(self, gap: Gap, first: int, last: int) -> str:
        """Why more of the gap's item is not at its destination within the periods first … last (0-based)."""
        _, destination, item = gap
        if certain := self._certain(item, destination, last):
            return certain
        if gap in self.relief.not_worth:
            return NOT_WORTH_IT
        if gap in self.relief.alone:
            limit, part = self.relief.alone[gap][0]
            return f"{limit_words(limit)}: {raised_words([limit])} could bring {least_share(part)} of it"
        if gap in self.relief.together:
            limits, part = self.relief.together[gap]
            names = listing([limit_words(limit) for limit in limits], MOST_NAMED)
            words = f"several limits together, none by itself: {names}"
            return f"{words}; {raised_words(limits)} could bring {least_share(part)} of it"
        return self._full(gap, first, last)

    def _certain(self, item: str, destination: str, last: int) -> str:
        arrivals = self._arrivals(item)
        if not arrivals:
            return "nothing makes or holds this item"
        earliest = arrivals.get(destination, inf)
        if earliest == inf:
            return "no route leads here from where it is made or held"
        if earliest > last:
            return f"cannot arrive before {self.instance.horizon.label(int(earliest))}"
        return ""

    def _full(self, gap: Gap, first: int, last: int) -> str:
        """What is used up on the way that takes the least rents, but for what provably brings next to nothing by itself."""
        _, destination, item = gap
        ways = self._ways(item, destination, first, last)
        cheapest = min(ways, key=lambda rents: sum(rent for rent, _ in rents), default=[])
        taking = sorted((entry for entry in cheapest if entry[0] > NOISE), key=lambda entry: -entry[0])
        every = list(dict.fromkeys(name for _, name in taking))
        idle = {limit_words(limit) for limit in self.relief.most if self.relief.cannot(limit, gap)}
        names = [name for name in every if name not in idle]
        if every and not names:
            return NONE_ALONE
        makers = "" if any(line.item == item for line in self.instance.lines.values()) else "no line makes it; "
        found = f"full on the way: {listing(names, MOST_NAMED)}" if names else NOT_FOUND
        return makers.removesuffix("; ") if makers and not names else f"{makers}{found}"

    @cached_property
    def _means(self) -> PriceMeans:
        return PriceMeans(self.instance, self.prices)

    @cached_property
    def _sources(self) -> dict[str, list[tuple[str, int]]]:
        """Where and when each item first is: from lines that have capacity, stocks and goods on order."""
        found: dict[str, list[tuple[str, int]]] = {}
        grown = {e.object for e in self.instance.expansions.values()}
        for line in self.instance.lines.values():
            able = (t for t in line.open if line.name in grown or not line.capacity or line.capacity[t] > 0)
            first = next(able, None)
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

    @cached_property
    def _legs_to(self) -> dict[str, list[Leg]]:
        table: dict[str, list[Leg]] = {}
        for leg in self.instance.legs.values():
            table.setdefault(leg.destination, []).append(leg)
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

    def _ways(self, item: str, destination: str, first: int, last: int) -> list[Rents]:
        """The rents of each line's way to the destination; where no line makes the item, of the way from each stock."""
        transport = self._transport_rents(item, destination, last)
        made = [
            [*self._line_rents(line, first, last, ()), *transport[line.factory]]
            for line in self.instance.lines.values()
            if line.item == item and line.open.start <= last and line.factory in transport
        ]
        return made or [transport[node] for node, _ in self._sources.get(item, ()) if node in transport]

    def _line_rents(self, line: Line, first: int, last: int, above: tuple[str, ...]) -> Rents:
        """Of capacity, resources and money of the line, and of those of its components."""
        means, periods = self._means, range(line.open.start, min(last + 1, line.open.stop))
        capacity = means.mean(LINE_CAPACITY.name, line.name, periods) + means.mean(RAMP.name, line.name, periods)
        rents = [(capacity / line.yield_, f"the capacity of {line.name}")]
        for resource, use in line.resources.items():
            rent = means.mean(RESOURCE_CAPACITY.name, resource, periods) * use / line.yield_
            rents.append((rent, f"shared resource {resource}"))
        rents.append(means.money(line, range(min(first, last), last + 1)))
        for component, quantity in line.components.items():
            if component not in above:
                below = self._component_rents(component, first, last, (*above, line.item))
                rents += [(rent * quantity / line.yield_, f"{text} for {component}") for rent, text in below]
        return rents

    def _component_rents(self, item: str, first: int, last: int, above: tuple[str, ...]) -> Rents:
        """Of the line that takes the least; bringing the component to the factory is left out."""
        choices = [
            self._line_rents(line, first, last, above)
            for line in self.instance.lines.values()
            if line.item == item and line.open.start <= last
        ]
        return min(choices, key=lambda rents: sum(rent for rent, _ in rents), default=[])

    def _transport_rents(self, item: str, destination: str, last: int) -> dict[str, Rents]:
        """For each node from which the destination can be reached: the rents of the cheapest way there."""
        weight, periods = self.instance.items[item].weight_t, range(last + 1)
        queue: list[tuple[float, int, str, Rents]] = [(0.0, 0, destination, [])]
        found: dict[str, Rents] = {}
        pushed = 0
        while queue:
            total, _, node, rents = heappop(queue)
            if node in found:
                continue
            handled = weight * self._means.mean(THROUGHPUT.name, node, periods)
            found[node] = here = [*rents, (handled, f"handling at {node}")]
            for leg in self._legs_to.get(node, ()):
                if item not in leg.excluded and leg.origin not in found:
                    rent = self._leg_rent(leg, item, weight, periods)
                    withheld = self._withheld(leg, item, periods)
                    pushed += 1
                    way = [*here, (rent, f"route {leg.name}"), *withheld]
                    taken = rent + sum(price for price, _ in withheld)
                    heappush(queue, (total + handled + taken, pushed, leg.origin, way))
        return found

    def _withheld(self, leg: Leg, item: str, periods: range) -> Rents:
        """The prices of the consents that the leg waits for."""
        return [
            (
                self._means.mean(CONSENT.name, consent.name, periods),
                f"consent {consent.name}, withheld by {consent.nation}",
            )
            for consent in self.instance.consents
            if item in consent.items and leg.name in consent.legs and consent.withheld
        ]

    def _leg_rent(self, leg: Leg, item: str, weight: float, periods: range) -> float:
        means, volume = self._means, self.instance.items[item].volume_m3
        return (
            weight * means.mean(ROUTE_CAPACITY.name, leg.name, periods)
            + volume * means.mean(ROUTE_VOLUME.name, leg.name, periods)
            + means.mean(ROUTE_ITEM_CAPACITY.name, leg.name, periods, item)
        )
