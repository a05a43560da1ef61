"""Contingencies: what may strike, what it asks for and takes away, and the cases that a plan prepares for.

Periods are 0-based. A case is a contingency and one of its strike periods; its response lasts from `begin` to `end`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Strike(NamedTuple):
    """A moment counted from the strike of a contingency."""

    offset: int


Moment = int | Strike | None  # None: the strike (of `first`), the end of the response (of `last`)


@dataclass(frozen=True, slots=True)
class Surge:
    """Demand that a contingency brings, due `offset` periods after its strike. Costs as in `Demand`."""

    destination: str
    item: str
    offset: int
    quantity: float
    priority: float = 1.0
    max_delay: int = 0
    shortage_cost: float | None = None
    delay_cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Disruption:
    """What is left of a node, route, line or nation in the periods `first` … `last`: the share `factor`."""

    kind: str  # node, route, line, nation
    name: str
    factor: float
    first: Moment = None
    last: Moment = None

    def holds(self, strike: int, end: int) -> range:
        """The periods of a case in which it hits, perhaps from before the response on."""
        first = strike if self.first is None else _period(self.first, strike)
        last = end if self.last is None else _period(self.last, strike)
        return range(first, max(min(last, end) + 1, first))


def _period(moment: int | Strike, strike: int) -> int:
    return strike + moment.offset if isinstance(moment, Strike) else moment


@dataclass(frozen=True, slots=True)
class Contingency:
    """`strikes`: the periods of the horizon in which it may strike; `outside`: those named that lie outside it."""

    name: str
    strikes: tuple[int, ...]
    title: str = ""
    probability: float | None = None  # None: must hold
    window: int = 1
    warning: int = 0
    coverage: float = 0.0
    standing: str = "all"  # binding, none
    money: float | None = None
    surges: tuple[Surge, ...] = ()
    disruptions: tuple[Disruption, ...] = ()
    outside: tuple[int, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """The items of its surge, each once."""
        return tuple(dict.fromkeys(surge.item for surge in self.surges))


@dataclass(frozen=True)
class Case:
    """A contingency and one of its strikes, answered in the periods `begin` … `end`."""

    contingency: Contingency
    strike: int
    begin: int
    end: int
    weight: float

    @property
    def key(self) -> tuple[str, int]:
        """(contingency, period of the strike, 0-based)."""
        return self.contingency.name, self.strike

    @cached_property
    def periods(self) -> range:
        """The periods of the horizon in which the response acts (0-based)."""
        return range(self.begin, self.end + 1)

    def surges(self) -> list[tuple[int, Surge]]:
        """(number of the row among the contingency's, surge) of those that fall due in the horizon."""
        return [
            (number, surge)
            for number, surge in enumerate(self.contingency.surges)
            if self.strike + surge.offset <= self.end
        ]


def cases_of(contingencies: Iterable[Contingency], periods: int) -> tuple[Case, ...]:
    """All cases, contingency by contingency. Weight: probability ÷ number of strikes (must hold: 1 ÷ number)."""
    return tuple(
        Case(
            contingency,
            strike,
            max(strike - contingency.warning, 0),
            min(strike + contingency.window, periods) - 1,
            (1.0 if contingency.probability is None else contingency.probability) / len(contingency.strikes),
        )
        for contingency in contingencies
        for strike in contingency.strikes
    )
