"""Rules that partners set beside the network and the money: policies, consents and locks, fully spelled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Policy:
    """A share of supply, or an embargo. `items` is always spelled out.

    `places` has the nodes of production of each nation, group or node that the row lists: a share is asked of
    each listed name as a whole.
    """

    name: str
    kind: str  # largest_share, smallest_share, forbid
    items: frozenset[str]
    periods: range
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)
    routes: tuple[str, ...] = ()
    share: float | None = None
    since: int = 0  # its first period, perhaps before the horizon

    @property
    def nodes(self) -> frozenset[str]:
        """All nodes that its listed names mean."""
        return frozenset().union(*self.places.values())


@dataclass(frozen=True, slots=True)
class Consent:
    """Dispatches of `items` on `legs` that a nation withholds in the periods `withheld`."""

    name: str
    nation: str
    kind: str  # export, transit, end use
    status: str  # given, pending, refused
    items: frozenset[str]
    legs: tuple[str, ...]
    withheld: range  # from the start until it is given; the whole horizon where it never is


# What a row of Remedies may let change.
CHANGEABLE = ("money", "capacity", "throughput", "storage", "consent", "access", "date", "lead_time", "share")


@dataclass(frozen=True, slots=True)
class Changeable:
    """What may be changed to make a plan whole: a row of Remedies. `names`: None means all.

    `limit`: the most that each figure may rise by; `price` per unit that it rises by (None: a default).
    """

    name: str
    what: str  # one of CHANGEABLE
    names: frozenset[str] | None = None
    limit: float | None = None
    price: float | None = None
    decides: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """Bounds on a decision, in each of its periods or (`total`) on their sum; None: no bound.

    A key that is None sums over it. Payments are bounded by fiscal year in place of period, in the currency of
    the settings; everything else in units.
    """

    name: str
    kind: str  # make, ship, stock, deliver, invest, pay
    periods: range
    total: bool = False
    minimum: float | None = None
    maximum: float | None = None
    line: str | None = None
    route: str | None = None
    origin: str | None = None
    node: str | None = None
    item: str | None = None
    demand: str | None = None
    expansion: str | None = None
    fund: str | None = None
    contributor: str | None = None

    @property
    def asks(self) -> bool:
        """Must something be done for it that nothing else may want?"""
        return self.minimum is not None and self.minimum > 0
