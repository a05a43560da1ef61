"""Funds with their budgets and rules of eligibility."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from planner.domain.instance import Budget, EligibilityRule, Fund, Tranche
from planner.workbook.instance.context import Context
from planner.workbook.reading.periods import NEVER


def funds(context: Context) -> dict[str, Fund]:
    """Tables Funds, Budgets, Tranches and Eligibility, by fund; money in the currency of Settings."""
    budgets, rules, tranches = _budgets(context), _eligibility(context), _tranches(context)
    by_name = {}
    for row in context.rows("Funds"):
        context.removes("Funds", row.record, "opens", row.opens, "it never opens")
        by_name[row.fund] = Fund(
            name=row.fund,
            open=context.window(row.opens, row.closes),
            kind=row.kind,
            carry_over=row.carry_over,
            cofinancing=1.0 if row.cofinancing is None else row.cofinancing,
            interest=row.interest,
            ceiling=inf if row.ceiling is None else row.ceiling,
            content_group=frozenset(context.groups.nations_in(row.content_group or ())),
            content_min=row.content_min,
            content_scope=row.content_scope,
            min_nations=row.min_nations,
            min_nations_enforced=row.min_nations_enforced,
            part_min=row.part_min,
            basis=row.basis,
            eligibility=tuple(rules.get(row.fund, ())),
            budgets=tuple(budgets.get(row.fund, ())),
            since=context.horizon.periods if row.opens is NEVER else context.since(row.opens),
            tranches=tuple(tranches.get(row.fund, ())),
            title=row.name,
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
