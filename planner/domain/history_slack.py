"""How rules about sums stand by what happened before the horizon alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from planner.domain.eligibility import CONTENT_COST_TYPES
from planner.domain.instance import Fund, PlanningInstance
from planner.domain.rules import Policy
from planner.tolerances import LAST_DIGITS


class CountedRule(Enum):
    """The rules about sums that count what happened before the horizon, with the fields of their keys."""

    CONTENT = "fund"
    COFINANCING = "fund, cost type, object"
    TAKING_PART = "fund, nation"
    CONTRIBUTION_MIN = "contributor that must give at least a share"
    CONTRIBUTION_MAX = "contributor that may give at most a share"
    KEY_MIN = "contributor that must give at least its part in the keys"
    KEY_MAX = "contributor that may give at most its part in the keys"
    WORK_SHARE = "nation"
    LARGEST_SHARE = "policy with a largest share, made or dispatched, name, item"
    SMALLEST_SHARE = "policy with a smallest share, made or dispatched, name, item"


RuleKey = tuple[str, ...]
CountedKey = tuple[CountedRule, RuleKey]


class HistorySlack(NamedTuple):
    """How far the past alone is over (above 0) or short of (below 0) what a rule asks,
    and the larger of the two figures.
    """

    rule: CountedRule
    key: RuleKey
    amount: float
    size: float


def history_slacks(instance: PlanningInstance) -> dict[CountedKey, float]:
    """How far the past alone is over (above 0) or short of (below 0) what each rule asks: money in currency, supply in
    units.

    Rules at 0 are left out: those whose amount is no more than the arithmetic of many payments (`LAST_DIGITS` of its
    size).
    """
    if not instance.past:
        return {}
    return {
        (slack.rule, slack.key): slack.amount
        for slack in (*_of_money(instance), *_of_supply(instance))
        if abs(slack.amount) > LAST_DIGITS * slack.size
    }


def lacks(instance: PlanningInstance) -> dict[CountedKey, float]:
    """The rules that the past alone breaks, and by how much (above 0).

    A fund in which enough nations took part lacks nothing, whatever the others paid.
    """
    short = {rule: -slack for rule, slack in history_slacks(instance).items() if slack < 0}
    return {rule: lack for rule, lack in short.items() if not _enough_took_part(instance, *rule)}


def _enough_took_part(instance: PlanningInstance, rule: CountedRule, key: RuleKey) -> bool:
    """Is the rule about taking part in a fund, in which enough nations took part before the horizon?"""
    if rule is not CountedRule.TAKING_PART:
        return False
    fund, _nation = key
    return _took_part(instance, fund) >= (instance.funds[fund].min_nations or 0)


def _took_part(instance: PlanningInstance, fund: str) -> int:
    """How many nations took part in what a fund paid before the horizon."""
    paid = instance.past.paid_into(fund)
    needed = instance.funds[fund].part_min * sum(paid.values()) * (1 - LAST_DIGITS)
    return sum(1 for name, amount in paid.items() if name in instance.nations and amount >= needed and amount > 0)


def _of_money(instance: PlanningInstance) -> Iterator[HistorySlack]:
    if not instance.money_is_limited:
        return
    for fund in (each for each in instance.funds.values() if each.since < instance.horizon.periods):
        yield from _content(instance, fund)
        yield from _cofinancing(instance, fund)
        yield from _taking_part(instance, fund)
    yield from _contributions(instance)
    yield from _keys(instance)


def _content(instance: PlanningInstance, fund: Fund) -> Iterator[HistorySlack]:
    """Σ (content − content_min) · paid."""
    if fund.content_min is None or fund.content_scope != "fund":
        return
    counted = [
        payment
        for payment in instance.past.payments
        if payment.fund == fund.name and payment.cost_type in CONTENT_COST_TYPES and payment.content is not None
    ]
    inside = sum(
        payment.amount * sum(share for nation, share in (payment.content or {}).items() if nation in fund.content_group)
        for payment in counted
    )
    needed = fund.content_min * sum(payment.amount for payment in counted)
    yield HistorySlack(CountedRule.CONTENT, (fund.name,), inside - needed, max(inside, needed))


def _cofinancing(instance: PlanningInstance, fund: Fund) -> Iterator[HistorySlack]:
    """rate · what all paid for the object since the fund is open, in the fiscal year that has begun − what the fund
    paid.

    A fund that counts commitments is left out: reports do not say in which year it counted a payment.
    """
    if fund.cofinancing >= 1 or fund.basis == "commitment" or fund.open.start > 0:
        return
    year = instance.horizon.fiscal_years[0]
    cost: dict[tuple[str, str], float] = defaultdict(float)
    paid_by_fund: dict[tuple[str, str], float] = defaultdict(float)
    for payment in instance.past.payments:
        if payment.year == year and payment.period >= fund.since and payment.object:
            cost[payment.cost_type, payment.object] += payment.amount
            paid_by_fund[payment.cost_type, payment.object] += payment.amount if payment.fund == fund.name else 0.0
    for thing, amount in cost.items():
        limit = fund.cofinancing * amount
        yield HistorySlack(
            CountedRule.COFINANCING, (fund.name, *thing), limit - paid_by_fund[thing], max(limit, paid_by_fund[thing])
        )


def _taking_part(instance: PlanningInstance, fund: Fund) -> Iterator[HistorySlack]:
    """What each nation paid − part_min · what the fund paid."""
    if not fund.min_nations or not fund.min_nations_enforced:
        return
    paid = instance.past.paid_into(fund.name)
    needed = fund.part_min * sum(paid.values())
    for nation in dict.fromkeys([*(budget.contributor for budget in fund.budgets), *paid]):
        if nation in instance.nations:
            paid_by_nation = paid.get(nation, 0.0)
            yield HistorySlack(
                CountedRule.TAKING_PART, (fund.name, nation), paid_by_nation - needed, max(paid_by_nation, needed)
            )


def _contributions(instance: PlanningInstance) -> Iterator[HistorySlack]:
    """Contributions − least · all; largest · all − contributions; value produced − least · contributions."""
    past = instance.past
    paid = past.contributed()
    everything = sum(paid.values())
    for name, nation in instance.nations.items():
        contributed = paid.get(name, 0.0)
        if nation.contribution_min:
            needed = nation.contribution_min * everything
            yield HistorySlack(CountedRule.CONTRIBUTION_MIN, (name,), contributed - needed, max(contributed, needed))
        if nation.contribution_max is not None:
            allowed = nation.contribution_max * everything
            yield HistorySlack(CountedRule.CONTRIBUTION_MAX, (name,), allowed - contributed, max(contributed, allowed))
        if nation.work_share_min:
            made, needed = past.produced.get(name, 0.0), nation.work_share_min * contributed
            yield HistorySlack(CountedRule.WORK_SHARE, (name,), made - needed, max(made, needed))


def _keys(instance: PlanningInstance) -> Iterator[HistorySlack]:
    """Contributions beside key ÷ Σ keys · (1 ∓ key_tolerance) · contributions of all nations with a key."""
    tolerance = instance.settings.key_tolerance
    keys = {name: nation.key for name, nation in instance.nations.items() if nation.key is not None}
    if tolerance is None or not sum(keys.values()):
        return
    paid = instance.past.contributed()
    together = sum(paid.get(name, 0.0) for name in keys)
    for name, key in keys.items():
        contributed, due = paid.get(name, 0.0), key / sum(keys.values()) * together
        yield HistorySlack(CountedRule.KEY_MIN, (name,), contributed - due * (1 - tolerance), max(contributed, due))
        yield HistorySlack(CountedRule.KEY_MAX, (name,), due * (1 + tolerance) - contributed, max(contributed, due))


def _of_supply(instance: PlanningInstance) -> Iterator[HistorySlack]:
    """What each listed name supplied beside its share of what was supplied since the policy holds."""
    for policy in instance.policies:
        if policy.kind == "forbid":
            continue
        for item in (name for name in instance.items if name in policy.items):
            made = instance.past.supplied("made", policy, item)
            for name, nodes in policy.places.items():
                supplied = sum(quantity for place, quantity in made.items() if place in nodes)
                yield _share(policy, ("made", name, item), supplied, sum(made.values()))
            sent = instance.past.supplied("dispatched", policy, item)
            among = sum(sent.get(route, 0.0) for route in policy.routes)
            for route in policy.routes:
                yield _share(policy, ("dispatched", route, item), sent.get(route, 0.0), among)


def _share(policy: Policy, key: tuple[str, str, str], supplied: float, whole: float) -> HistorySlack:
    limit = (policy.share or 0.0) * whole
    if policy.kind == "largest_share":
        return HistorySlack(CountedRule.LARGEST_SHARE, (policy.name, *key), limit - supplied, max(supplied, limit))
    return HistorySlack(CountedRule.SMALLEST_SHARE, (policy.name, *key), supplied - limit, max(supplied, limit))
