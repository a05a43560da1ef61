"""A plan that people made by hand: quantities that are given, the rest left to be completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

GivenKey = tuple[Any, ...]


class FixedQuantity(NamedTuple):
    """A quantity, and the cell (the first, where several add up) in which it stands."""

    quantity: float
    place: str


@dataclass(frozen=True)
class GivenPlan:
    """What a plan gives, by result table. A table that is there says everything about its subject: what it does not
    list is 0. A table that is not there, or has no rows, is left open.

    Keys, with 0-based periods:
        production (line, period)      shipments (item, leg, period)         deliveries (demand, due, period)
        investments (expansion, period)      stocks, scrap (item, node, period)      payments (fund, year)
    """

    tables: Mapping[str, Mapping[GivenKey, FixedQuantity]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of quantities that are given."""
        return sum(len(table) for table in self.tables.values())
