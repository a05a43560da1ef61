"""Funds with their budgets and rules of eligibility."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from planner.domain.instance import Budget, EligibilityRule, Fund, Tranche
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER


def funds(context: Context) -> dict[str, Fund]:
    """Tables Funds, Budgets, Tranches and Eligibility, by fund; money in the currency of Settings."""
    columns = (
        "fund", "name", "opens", "closes", "kind", "carry_over", "cofinancing", "interest", "ceiling", "content_group",
        "content_min", "content_scope", "min_nations", "min_nations_enforced", "part_min", "basis",
    )  # fmt: skip
    money = _budgets(context)
    rules = _eligibility(context)
    tranches = _tranches(context)
    by_name = {}
    for record, *row in context.rows("Funds", *columns):
        (
            name,
            title,
            opens,
            closes,
            kind,
            carry_over,
            cofinancing,
            interest,
            ceiling,
            group,
            least,
            scope,
            *taking_part,
            basis,
        ) = row
        context.removes("Funds", record, "opens", opens, "it never opens")
        by_name[name] = Fund(
            name=name,
            open=context.window(opens, closes),
            kind=kind,
            carry_over=carry_over,
            cofinancing=1.0 if cofinancing is None else cofinancing,
            interest=interest,
            ceiling=inf if ceiling is None else ceiling,
            content_group=frozenset(context.groups.nations_in(group or ())),
            content_min=least,
            content_scope=scope,
            min_nations=taking_part[0],
            min_nations_enforced=taking_part[1],
            part_min=taking_part[2],
            basis=basis,
            eligibility=tuple(rules.get(name, ())),
            budgets=tuple(money.get(name, ())),
            since=context.horizon.periods if opens is NEVER else context.since(opens),
            tranches=tuple(tranches.get(name, ())),
            title=title,
        )
    return by_name


def _budgets(context: Context) -> dict[str, list[Budget]]:
    """Rows with the same fund, contributor, year and first period add up. Money that hangs on an event which does
    not happen stays as money that never comes, so that it still is a limit."""
    totals: dict[tuple[str, str, int, int], float] = {}
    columns = ("fund", "contributor", "year", "amount", "from")
    for record, fund, contributor, year, amount, first in context.rows("Budgets", *columns):
        context.removes("Budgets", record, "from", first, "the money never comes")
        key = (fund, contributor or fund, year, available_from(context, year, first))
        totals[key] = totals.get(key, 0.0) + amount
    budgets_of: dict[str, list[Budget]] = {}
    for (fund, contributor, year, available), amount in totals.items():
        budgets_of.setdefault(fund, []).append(Budget(contributor, year, amount, available))
    return budgets_of


def available_from(context: Context, year: int, first: int | None) -> int:
    """The first period in which a year's money can be used: of the year, or of the horizon for earlier years."""
    horizon = context.horizon
    if first is NEVER:
        return horizon.periods
    opening = next((period for period, named in enumerate(horizon.fiscal_years) if named >= year), horizon.periods)
    return min(max(opening, first or 0), horizon.periods)


def _tranches(context: Context) -> dict[str, list[Tranche]]:
    """Those by a period of the horizon: what an earlier one allowed is past."""
    tranches_of: dict[str, list[Tranche]] = {}
    for record, fund, period, amount in context.rows("Tranches", "fund", "period", "amount"):
        if not context.removes("Tranches", record, "period", period) and period >= 0:
            tranches_of.setdefault(fund, []).append(Tranche(period, amount))
    return tranches_of


def _eligibility(context: Context) -> dict[str, list[EligibilityRule]]:
    rules_of: dict[str, list[EligibilityRule]] = {}
    columns = ("fund", "cost_types", "items", "producers", "beneficiaries", "tier")
    for _, fund, cost_types, items, producers, beneficiaries, tier in context.rows("Eligibility", *columns):
        rule = EligibilityRule(
            _spelled(cost_types, cost_types or ()),
            _spelled(items, context.groups.items_in(items or ())),
            _spelled(producers, context.groups.nations_in(producers or ())),
            _spelled(beneficiaries, context.groups.nations_in(beneficiaries or ())),
            tier,
        )
        rules_of.setdefault(fund, []).append(rule)
    return rules_of


def _spelled(listed: object, members: Iterable[str]) -> frozenset[str] | None:
    """None where nothing was listed: everything is admitted."""
    return None if listed is None else frozenset(members)
