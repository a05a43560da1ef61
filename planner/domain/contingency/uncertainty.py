"""What planner stress lets vary: rows of Uncertainty, and to which things of a response each of them applies."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.domain.instance import Demand, Leg, Line


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """One number for all that it names: a factor, or (`delay`) periods; triangular between `low` and `high`.

    `names`: contingencies and nodes (surge), demands, commitments and nodes (demand), nodes (stock), lines (yield,
    capacity) or routes (delay); `names` and `items` None: all.
    """

    name: str
    what: str  # surge, demand, stock, yield, capacity, delay
    low: float
    likely: float
    high: float
    names: frozenset[str] | None = None
    items: frozenset[str] | None = None

    def concerns_surge(self, contingency: str, destination: str, item: str) -> bool:
        """Does it vary the surge of an item at a destination?"""
        return self.what == "surge" and self._names(contingency, destination) and self._has(item)

    def concerns_demand(self, demand: Demand) -> bool:
        """Does it vary the demand? Names may be those of demand, destination or commitment."""
        known = (demand.name, demand.destination, *([demand.commitment] if demand.commitment else []))
        return self.what == "demand" and self._names(*known) and self._has(demand.item)

    def concerns_stock(self, item: str, node: str) -> bool:
        """Does it vary the stock of an item at a node?"""
        return self.what == "stock" and self._names(node) and self._has(item)

    def concerns_line(self, what: str, line: Line) -> bool:
        """`what`: yield or capacity."""
        return self.what == what and self._names(line.name) and self._has(line.item)

    def delays(self, leg: Leg) -> bool:
        """Does it delay what the leg's route carries?"""
        return self.what == "delay" and self._names(leg.route)

    def _names(self, *names: str) -> bool:
        return self.names is None or not self.names.isdisjoint(names)

    def _has(self, item: str) -> bool:
        return self.items is None or item in self.items


def whole_periods(number: float) -> int:
    """The nearest whole number of periods; half a period counts as one."""
    return floor(number + 0.5)
