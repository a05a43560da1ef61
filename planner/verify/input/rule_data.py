"""What the input says about money, shares, consents and locks, as the checker reads it (periods 0-based)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """What a contributor pays into a fund in a fiscal year (currency)."""

    contributor: str
    year: int
    amount: float
    available: int  # first period in which it may be used


@dataclass(frozen=True)
class EligibilityRow:
    """None: no condition."""

    cost_types: frozenset[str] | None
    items: frozenset[str] | None
    producers: frozenset[str] | None
    beneficiaries: frozenset[str] | None
    tier: int


@dataclass(frozen=True)
class Fund:
    """A fund with its rules, budgets and tranches. Shares are fractions; money is in currency."""

    name: str
    kind: str
    carry_over: bool
    cofinancing: float
    interest: float
    ceiling: float
    content_group: frozenset[str]
    content_min: float | None
    content_scope: str
    min_nations: int | None  # where the program is to enforce it
    part_min: float
    commits: bool  # counts what it pays in the fiscal year of the order
    first: int
    last: int
    rows: tuple[EligibilityRow, ...]
    budgets: tuple[Budget, ...]
    tranches: tuple[tuple[int, float], ...]  # (period, what may be paid up to its end)


@dataclass(frozen=True)
class Burden:
    """What a nation should contribute and make; None: no rule."""

    key: float | None
    contribution_min: float | None  # share of all that is paid
    contribution_max: float | None
    work_share_min: float | None  # value produced ÷ contribution


@dataclass(frozen=True)
class Embargo:
    """A policy of kind forbid; `factories` and `routes` are where its items may not be made or go."""

    name: str
    items: frozenset[str]
    factories: frozenset[str]
    routes: frozenset[str]
    first: int
    last: int


@dataclass(frozen=True)
class SupplyShare:
    """A policy of kind largest_share or smallest_share: `makers` and `carriers` by the name that is listed."""

    name: str
    largest: bool
    items: tuple[str, ...]
    makers: Mapping[str, frozenset[str]]  # nodes where it makes
    carriers: tuple[str, ...]  # routes
    share: float
    first: int
    last: int


@dataclass(frozen=True)
class Consent:
    """Dispatches that the nation must agree to: of `items` on `routes`, from `origins` into `destinations`."""

    nation: str
    items: frozenset[str]
    routes: frozenset[str] | None  # None: all
    origins: frozenset[str]
    destinations: frozenset[str]
    abroad: bool  # only between nodes of different nations
    given: int | None  # from this period on; None: not at all


@dataclass(frozen=True)
class Lock:
    """Bounds on a decision; `keys` are the filled key columns, a blank one sums over it."""

    name: str
    kind: str  # make, ship, stock, deliver, invest or pay
    keys: Mapping[str, str]
    total: bool  # the sum over first … last, else each period of it
    first: int
    last: int
    minimum: float
    maximum: float
