"""What the input says about contingencies, as the checker reads it (periods 0-based)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from planner.verify.verification import Floats

PeriodBounds = tuple[int, int]  # first and last period


@dataclass(frozen=True)
class Moment:
    """A period, or one counted from the strike."""

    period: int
    from_strike: bool = False

    def at(self, strike: int) -> int:
        """The 0-based period that it is when the contingency strikes in `strike`."""
        return strike + self.period if self.from_strike else self.period


@dataclass(frozen=True)
class Hit:
    """A row of Disruptions on one thing. `last` None: the end of the response, or of the horizon."""

    kind: str  # node, route, line; of certain rows also fund and contributor
    name: str
    first: Moment
    last: Moment | None
    factor: float


@dataclass(frozen=True)
class Surge:
    """A need of a contingency. `offset`: periods after the strike at which it is due; costs per unit."""

    destination: str
    item: str
    offset: int
    quantity: float
    priority: float
    max_delay: int
    shortage_cost: float | None
    delay_cost: float


@dataclass(frozen=True)
class Contingency:
    """A contingency with its hits and its need. Periods are 0-based; `window` and `warning` count periods."""

    name: str
    probability: float | None  # None: must hold
    strikes: tuple[int, ...]  # that lie in the horizon
    window: int
    warning: int
    coverage: float
    standing: str  # all, binding or none
    money: float
    surges: tuple[Surge, ...]
    hits: tuple[Hit, ...]

    @property
    def weight(self) -> float:
        """Of one of its cases."""
        return (1.0 if self.probability is None else self.probability) / len(self.strikes)


@dataclass(frozen=True)
class Strike:
    """A case: a contingency at one of its strikes, answered from `begin` to `end`."""

    contingency: Contingency
    period: int
    begin: int
    end: int

    def hits(self) -> list[tuple[Hit, PeriodBounds]]:
        """Its own rows, each with the periods that it hits, cut to the response."""
        factors = []
        for hit in self.contingency.hits:
            last = self.end if hit.last is None else hit.last.at(self.period)
            factors.append((hit, (max(hit.first.at(self.period), self.begin), min(last, self.end))))
        return factors


@dataclass(frozen=True)
class Contingencies:
    """All of them, certain rows of Disruptions, and how risk is weighed."""

    all: tuple[Contingency, ...] = ()
    certain: tuple[Hit, ...] = ()
    risk_weight: float = 0.0
    risk_tail: float = 0.9
    has_days: bool = False  # whether any route has days in transit of its own

    def strikes(self, periods: int) -> tuple[Strike, ...]:
        """Each contingency with each of its strikes; the response is cut to the `periods` of the horizon."""
        return tuple(
            Strike(each, strike, max(0, strike - each.warning), min(periods, strike + each.window) - 1)
            for each in self.all
            for strike in each.strikes
        )


@dataclass(frozen=True)
class Factors:
    """The share of a thing that is left, by period; 1 where no row hits it."""

    periods: int
    by_thing: Mapping[tuple[str, str], Floats] = field(default_factory=dict)  # (kind, name)

    @classmethod
    def of(cls, hits: Iterable[tuple[Hit, PeriodBounds]], periods: int) -> Factors:
        """In each period the smallest factor of the rows that hit the thing."""
        factors: dict[tuple[str, str], Floats] = {}
        for hit, (first, last) in hits:
            left = factors.setdefault((hit.kind, hit.name), np.ones(periods))
            span = slice(max(first, 0), max(last + 1, 0))
            left[span] = np.minimum(left[span], hit.factor)
        return cls(periods, factors)

    def table(self, kind: str, names: Iterable[str]) -> Floats:
        """[name, period]."""
        rows = [self.by_thing.get((kind, name)) for name in names]
        whole = np.ones(self.periods)
        return np.array([whole if row is None else row for row in rows]).reshape(len(rows), self.periods)


def certain_factors(hits: Iterable[Hit], periods: int) -> Factors:
    """Of the rows without a contingency."""
    dated = [(hit, (hit.first.period, periods - 1 if hit.last is None else hit.last.period)) for hit in hits]
    return Factors.of(dated, periods)


def scaled(limit: Floats, factor: Floats) -> Floats:
    """limit × factor; without limit it stays so unless the factor is 0."""
    closed = factor == 0
    return np.where(closed, 0.0, np.where(closed, 0.0, limit) * factor)


def left_of_stock(factor: Floats, before: Floats) -> Floats:
    """new ÷ old where the factor falls, else 1, of the stock carried into each period (last axis);
    `before` the first.
    """
    old = np.concatenate([before[..., None], factor[..., :-1]], axis=-1)
    return np.where(factor < old, factor / np.where(old > 0, old, 1.0), 1.0)
