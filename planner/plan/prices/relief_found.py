"""What was proved about limits that would bring more of what is short (see `relief`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Kind
from planner.formulation.money.funding import FUND_LIMIT

Gap = tuple[str, str, str]  # commitment (blank: none), destination, item
# One name for all the money of a fund.
FUND = FUND_LIMIT.name
FUND_MONEY = frozenset(name for name, family in FAMILIES.items() if family.is_fund_money)
AMOUNTS = frozenset(name for name, family in FAMILIES.items() if family.kind is Kind.LIMIT)
MATERIAL = 0.05  # of what a gap lacks: what brings less is no reason for it


@dataclass(frozen=True, slots=True)
class Raised:
    """A limit under one name: its family (`fund_limit` for all the money of a fund), object and item.

    `by_half`: raised by half in every period; else taken away.
    """

    family: str
    object: str
    item: str
    by_half: bool


@dataclass(frozen=True)
class Relief:
    """`alone`: for a gap the limits of which each brings by itself at least that share of what it lacks, the largest first.

    `together`: gaps that provably no limit helps by itself, with limits that together do, and the share that they bring at
    least.
    `bring`: what a limit brings by itself to each gap, in units, in one and the same plan. `not_worth`: gaps of the
    weighted objective of which more could be delivered as things are, but at no less than the shortage costs. `most`: what
    a limit by itself can bring at most, to all gaps, in the weight of `worth`, what each gap lacks.
    """

    alone: Mapping[Gap, tuple[tuple[Raised, float], ...]] = field(default_factory=dict)
    together: Mapping[Gap, tuple[tuple[Raised, ...], float]] = field(default_factory=dict)
    bring: Mapping[Raised, Mapping[Gap, float]] = field(default_factory=dict)
    not_worth: frozenset[Gap] = frozenset()
    most: Mapping[Raised, float] = field(default_factory=dict)
    worth: Mapping[Gap, float] = field(default_factory=dict)

    def cannot(self, limit: Raised, gap: Gap) -> bool:
        """Is it proved that a limit by itself brings no material part of a gap?"""
        return limit in self.most and gap in self.worth and self.most[limit] < MATERIAL * self.worth[gap]
