"""What the checks look at: the instance, and where its goods can come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.contingency.admission import Admission
from planner.domain.contingency.closing import Closers, Closing
from planner.domain.contingency.recipients import recipient_of
from planner.domain.instance import Demand, Leg, Line, PlanningInstance
from planner.domain.reach import Reach

Mask = NDArray[np.bool_]


class InstanceView:
    """An instance with its reachability; everything is computed once, when first asked for."""

    def __init__(self, instance: PlanningInstance) -> None:
        self.instance = instance
        self._ever_carried: dict[str, Mask] = {}
        self._present: dict[str, Mask] = {}

    @cached_property
    def reach(self) -> Reach:
        """What can reach what."""
        return Reach(self.instance)

    @cached_property
    def closing(self) -> Closing:
        """What certain disruptions of factor 0 close."""
        return Closing(self.instance)

    @cached_property
    def admission(self) -> Admission:
        """What is for some nations only."""
        return Admission(self.instance)

    def closed_to_words(self, demand: Demand) -> str:
        """What admits too few nations for goods to come to a demand in time; blank where that is not the reason."""
        words = {
            "access": "the access of {}",
            "nations": "the nations of route {}",
            "stock": "the nation of stock at {}",
        }
        rows = [words[row.kind].format(row.name) for row in self.admission.of_demand(demand)]
        whom = recipient_of(self.instance.nodes[demand.destination]) or "goods for a node without a nation"
        return f"; every way in time is closed to {whom} by {listed(rows)}" if rows else ""

    def present(self, item: str) -> Mask:
        """[node, period]: the item can be there (capacities and money aside)."""
        if item not in self._present:
            self._present[item] = np.asarray(self.reach.items[item].present.any(axis=0), dtype=bool)
        return self._present[item]

    def deliverable(self, item: str, node: str) -> Mask:
        """[period]: goods of the item that may be delivered at the node can be there."""
        reach = self.reach
        goods = reach.items[item]
        classes = [index for index, own in enumerate(goods.classes) if reach.is_for(item, own, node)]
        return np.asarray(goods.present[classes, reach.node_index[node]].any(axis=0), dtype=bool)

    def earliest(self, item: str, node: str) -> int | None:
        """The first period in which the item can be at the node; None: never in the horizon."""
        periods = np.flatnonzero(self.present(item)[self.reach.node_index[node]])
        return int(periods[0]) if len(periods) else None

    def is_provided(self, item: str) -> bool:
        """Does a line make it, or a stock hold it, in any quantity?"""
        return item in self._provided

    @cached_property
    def lines_of(self) -> Mapping[str, list[Line]]:
        """Item → the lines that make it."""
        lines: dict[str, list[Line]] = defaultdict(list)
        for line in self.instance.lines.values():
            lines[line.item].append(line)
        return dict(lines)

    @cached_property
    def _provided(self) -> frozenset[str]:
        return frozenset(self.lines_of) | {item for item, _ in self.supplied_at}

    @cached_property
    def supplied_at(self) -> frozenset[tuple[str, str]]:
        """(item, node) of opening stocks and goods on order."""
        return frozenset((supply.item, supply.node) for supply in self.instance.supplies if supply.quantity > 0)

    @cached_property
    def wanted_at(self) -> Mapping[str, frozenset[str]]:
        """Item → nodes where it is delivered against a demand or a surge, or consumed by a line."""
        nodes: dict[str, set[str]] = defaultdict(set)
        for demand in self.instance.demands:
            if demand.quantity > 0:
                nodes[demand.item].add(demand.destination)
        for contingency in self.instance.contingencies.values():
            for surge in contingency.surges if contingency.strikes else ():
                if surge.quantity > 0:
                    nodes[surge.item].add(surge.destination)
        for line in self.instance.lines.values():
            for component, quantity in line.components.items():
                if quantity > 0:
                    nodes[component].add(line.factory)
        return {item: frozenset(names) for item, names in nodes.items()}

    @cached_property
    def targeted_at(self) -> Mapping[str, frozenset[str]]:
        """Item → nodes where a stock target counts it."""
        nodes: dict[str, set[str]] = defaultdict(set)
        for target in self.instance.targets.values():
            for item in target.items:
                nodes[item].update(target.nodes)
        return {item: frozenset(names) for item, names in nodes.items()}

    def outgoing(self, item: str, node: str) -> list[Leg]:
        """The legs on which the item may ever leave the node."""
        if item not in self._ever_carried:
            carried = self.reach.carried_for_anybody(self.instance.items[item])
            self._ever_carried[item] = np.asarray(carried.any(axis=1), dtype=bool)
        carried = self._ever_carried[item]
        return [self.reach.legs[index] for index in self._legs_from.get(node, ()) if carried[index]]

    @cached_property
    def _legs_from(self) -> Mapping[str, list[int]]:
        """Node → the legs that leave it, by index."""
        legs: dict[str, list[int]] = defaultdict(list)
        for index, leg in enumerate(self.reach.legs):
            legs[leg.origin].append(index)
        return dict(legs)

    @cached_property
    def held_at(self) -> Mapping[str, list[str]]:
        """Node → the items that can be there, in the order of the input."""
        names = list(self.instance.nodes)
        items: dict[str, list[str]] = defaultdict(list)
        for item in self.instance.items:
            for index in np.flatnonzero(self.present(item).any(axis=1)).tolist():
                items[names[index]].append(item)
        return dict(items)

    def storable(self, item: str) -> Mask:
        """[node, period]: stock of the item may be held at the end of the period."""
        return self.reach.storable(self.instance.items[item])

    def leg_is_usable(self, leg: Leg) -> bool:
        """Is there a period in which its origin is open, and its destination when the goods arrive?"""
        leaves, enters = self.instance.nodes[leg.origin].open, self.instance.nodes[leg.destination].open
        return any(period in leaves and period + leg.lead_time in enters for period in leg.open)

    def is_dispatchable(self, leg: Leg) -> bool:
        """Is there a period in which goods may leave on the leg and arrive,
        whatever they are and whoever they are for?
        """
        return bool(self.reach.leg_open[self.reach.legs.index(leg)].any())

    @cached_property
    def holding_costs(self) -> Mapping[str, list[str]]:
        """Item → nodes with a holding cost of its own there."""
        nodes: dict[str, list[str]] = defaultdict(list)
        for (item, node), entry in self.instance.node_items.items():
            if entry.holding_cost > 0:
                nodes[item].append(node)
        return dict(nodes)

    def must_be_met(self, shortage_cost: float | None) -> bool:
        """Is a shortage not to be had at any price?"""
        return self.instance.settings.objective == "weighted" and shortage_cost is None

    def label(self, period: int) -> str:
        """A period (0-based), as people write it."""
        return self.instance.horizon.label(period)


def listed(names: Iterable[str], at_most: int = 6) -> str:
    """`A, B and C`, or the first few `and 12 more`."""
    texts = list(names)
    if len(texts) > at_most:
        return f"{', '.join(texts[:at_most])} and {len(texts) - at_most} more"
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def closed_by_words(closers: Closers) -> str:
    """The rows of Disruptions that close every way; blank where they are not the reason."""
    if not closers:
        return ""
    return f"; Disruptions closes every way in time: {listed(f'{one.hit.kind} {one.hit.name}' for one in closers)}"
