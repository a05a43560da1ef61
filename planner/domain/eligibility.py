"""Which fund may pay for what, and how costs that no rule tells apart are grouped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from planner.domain.instance import EligibilityRule, Fund, PlanningInstance
from planner.tolerances import NOISE

CONTENT_COST_TYPES = frozenset({"procurement", "capacity"})


@dataclass(frozen=True, slots=True)
class Payable:
    """What a payment is for, with all that eligibility rules may ask of it."""

    cost_type: str
    object: str
    kind: str  # line, expansion, route, node
    nation: str | None  # the producing nation; None: no nation
    item: str | None = None  # lines, and expansions of lines
    places_producers: bool = True  # `producers` is asked of it (not of routes and their expansions)
    content: Mapping[str, float] | None = field(default=None, compare=False)  # None: no content rule applies
    unit_cost: float | None = None  # per unit of a finished item; None: who benefits is not asked of it


class PaymentTerms(NamedTuple):
    """Terms on which a fund pays for an object: a tier of preference, and the nations to which what is paid must go."""

    tier: int
    beneficiaries: frozenset[str] | None  # None: wherever it goes


def payable(instance: PlanningInstance, cost_type: str, name: str) -> Payable:
    """The paid object of a cost type: a line, an expansion (capacity), a route (transport) or a node (storage)."""
    if cost_type == "transport":
        return Payable(cost_type, name, "route", None, places_producers=False)
    if cost_type == "storage":
        return Payable(cost_type, name, "node", instance.nation_of(name))
    if cost_type == "capacity":
        return _expansion(instance, name)
    line = instance.lines[name]
    finished = line.unit_cost > 0 and line.item not in instance.components
    return Payable(
        cost_type,
        name,
        "line",
        instance.nation_of(line.factory),
        line.item,
        content=line.content,
        unit_cost=line.unit_cost if finished else None,
    )


def _expansion(instance: PlanningInstance, name: str) -> Payable:
    expansion = instance.expansions[name]
    item: str | None = None
    place: str | None = None
    if expansion.kind == "line":
        item = instance.lines[expansion.object].item
        place = instance.lines[expansion.object].factory
    elif expansion.kind == "resource":
        place = instance.resources[expansion.object].factory
    elif expansion.kind == "node":
        place = expansion.object
    nation = instance.nation_of(place) if place is not None else None
    asks_producers = expansion.kind != "route"
    return Payable("capacity", name, "expansion", nation, item, asks_producers, expansion.content)


def content_share(fund: Fund, what: Payable) -> float | None:
    """Share of the object's content from the fund's group; None where no content rule applies."""
    if fund.content_min is None or what.content is None:
        return None
    return sum(share for nation, share in what.content.items() if nation in fund.content_group)


def admits(fund: Fund, what: Payable) -> bool:
    """May the fund pay for the object, on some terms (in the periods of its window)?"""
    return bool(terms_of(fund, what))


def terms_of(fund: Fund, what: Payable) -> tuple[PaymentTerms, ...]:
    """The terms on which the fund may pay for the object, the earliest tier first; none where it may not.

    Each row of Eligibility that admits the object offers its terms; a fund without rows pays under tier 1. Rows
    of one tier are put together, and a nation that an earlier tier serves is left out of the later ones: no
    other terms are worth choosing. Beneficiaries are asked only of lines that make finished items at a cost.
    Where the fund's content rule holds per line, a line's or expansion's content from the group must reach
    content_min.
    """
    share = content_share(fund, what)
    holds_per_line = fund.content_scope == "line" and fund.content_min is not None
    # Shares are typed as decimals: 0.45 + 0.2 must reach 0.65.
    if holds_per_line and share is not None and share < (fund.content_min or 0.0) - NOISE:
        return ()
    rules = [rule for rule in fund.eligibility if _row_admits(rule, what)]
    if not fund.eligibility:
        rules = [EligibilityRule()]
    terms: list[PaymentTerms] = []
    served: frozenset[str] = frozenset()
    for tier in sorted({rule.tier for rule in rules}):
        wanted = [rule.beneficiaries for rule in rules if rule.tier == tier]
        if what.unit_cost is None or None in wanted:
            return (*terms, PaymentTerms(tier, None))
        nations = frozenset().union(*(nations for nations in wanted if nations)) - served
        served |= nations
        if nations:
            terms.append(PaymentTerms(tier, nations))
    return tuple(terms)


def _row_admits(rule: EligibilityRule, what: Payable) -> bool:
    if rule.cost_types is not None and what.cost_type not in rule.cost_types:
        return False
    if rule.items is not None and what.item is not None and what.item not in rule.items:
        return False
    return rule.producers is None or not what.places_producers or what.nation in rule.producers
