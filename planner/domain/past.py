"""What happened before the horizon, as far as rules about sums count it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from planner.domain.rules import Policy


@dataclass(frozen=True, slots=True)
class PastPayment:
    """Money paid before the horizon. Periods are 0-based, so negative; `year` is the period's fiscal year."""

    fund: str
    contributor: str
    cost_type: str  # blank where it was not reported
    object: str
    period: int
    year: int
    amount: float
    content: Mapping[str, float] | None = None  # of the line or expansion: nation -> share; None: it has none


@dataclass(frozen=True, slots=True)
class PastSupply:
    """Units of an item made at a node, or dispatched on a route, before the horizon."""

    kind: str  # made, dispatched
    place: str
    item: str
    period: int
    quantity: float


@dataclass(frozen=True, slots=True)
class Past:
    """`produced`: nation -> value produced before the horizon, and what of orders placed was paid by then."""

    payments: tuple[PastPayment, ...] = ()
    supplies: tuple[PastSupply, ...] = ()
    produced: Mapping[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.payments or self.supplies or self.produced)

    def contributed(self) -> dict[str, float]:
        """contributor -> all that was paid in its name."""
        return _sums((payment.contributor, payment.amount) for payment in self.payments)

    def paid_into(self, fund: str) -> dict[str, float]:
        """contributor -> what of the fund's payments was paid in its name."""
        return _sums((payment.contributor, payment.amount) for payment in self.payments if payment.fund == fund)

    def supplied(self, kind: str, policy: Policy, item: str) -> dict[str, float]:
        """node or route -> units of the item made or dispatched there since the policy holds."""
        if not policy.periods:
            return {}
        return _sums(
            (supply.place, supply.quantity)
            for supply in self.supplies
            if supply.kind == kind and supply.item == item and supply.period >= policy.since
        )


def _sums(amounts: Iterator[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for name, amount in amounts:
        sums[name] += amount
    return dict(sums)
