"""Funding: every cost is paid, by funds that admit it, within their limits.

The payments are those of `planner.formulation.money.spending`: payment[f, b, k, s°, s], what fund f pays on terms k of
bucket b's cost in budget period s, ordered in budget period s°. A fund counts a payment in s, or in s° where it counts
commitments; its limit, window and co-financing go by that span.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from math import inf
from typing import NamedTuple

from planner.domain.budget_periods import BudgetPeriods
from planner.domain.history_slack import CountedRule
from planner.domain.instance import Fund, PlanningInstance, Profile
from planner.formulation.model.family import (
    Directory,
    Family,
    Kind,
    Origin,
    Place,
    Share,
    Sign,
    Words,
    anything,
    figure,
)
from planner.formulation.model.model import GREATER, LESS, Bounds, Frame, Model, Terms
from planner.formulation.model.past import PastTerm, add_counted_row
from planner.formulation.money.beneficiaries import add_beneficiaries
from planner.formulation.money.contributions import budget_origins, budget_shape, is_split
from planner.formulation.money.indices import FundIndex, FundPeriodIndex, fund_period_place, fund_place
from planner.formulation.money.spending import Bucket, Payment, SpendingCell, add_spending


def add_funding(model: Model) -> None:
    """Spending of each object, who pays it, and the rules of each fund. Nothing where money is not limited."""
    if not model.instance.money_is_limited:
        return
    budget_periods = BudgetPeriods(model.instance)
    payments = add_spending(model, budget_periods)
    by_fund: dict[str, list[Payment]] = {name: [] for name in model.instance.funds}
    by_cell: dict[SpendingCell, list[Payment]] = defaultdict(list)
    for payment in payments:
        by_fund[payment.fund].append(payment)
        by_cell[payment.cell].append(payment)
    for fund in model.instance.funds.values():
        paid = by_fund[fund.name]
        _add_fund_limit(model, budget_periods, fund)
        _add_tranches(model, budget_periods, fund)
        _add_ceiling(model, fund, paid)
        _add_cofinancing(model, budget_periods, fund, paid, by_cell)
        _add_content(model, fund, paid)
        _price_interest(model, budget_periods, fund, paid)
    _price_tiers(model, payments)
    add_beneficiaries(model, payments)


def _add_fund_limit(model: Model, budget_periods: BudgetPeriods, fund: Fund) -> None:
    """fund_limit (f, s):  Σ payments counted in the year (with carry-over: in all years) up to s ≤ available[f, s]
    A fund whose contributors are distinguished has their limits instead (`contribution_limit`).
    dual ≤ 0: objective per further unit of money.
    """
    if is_split(model, fund):
        return
    for so_far, budget_period in budget_periods.pools(fund):
        terms = [term for s in so_far for term in model.paid.get((fund.name, s), ())]
        model.limit(
            "fund_limit",
            (fund.name, budget_period),
            terms,
            model.bound("fund_limit", (fund.name, budget_period)),
            (fund.name, budget_period),
        )


def fund_limits(frame: Frame) -> Bounds:
    """fund_limit: money available, for the last budget period before some is added,
    and the last of a year (of the horizon).
    """
    budget_periods = BudgetPeriods(frame.instance)
    return {
        (fund.name, budget_period): budget_periods.available(fund, budget_period) / frame.money_unit
        for fund in (frame.instance.funds.values() if frame.instance.money_is_limited else ())
        for _, budget_period in budget_periods.pools(fund)
    }


def _add_tranches(model: Model, budget_periods: BudgetPeriods, fund: Fund) -> None:
    """fund_tranche (f, t):  Σ payments counted up to the end of t ≤ amount[f, t] − what f paid before the horizon
    BudgetPeriods end where a tranche does. 0 on the right where more was paid before.
    dual ≤ 0: objective per further unit of money.
    """
    for tranche in fund.tranches:
        so_far = [
            s for s, budget_period in enumerate(budget_periods.ranges) if budget_period.stop <= tranche.period + 1
        ]
        terms = [term for s in so_far for term in model.paid.get((fund.name, s), ())]
        key = (fund.name, tranche.period)
        model.limit("fund_tranche", key, terms, model.bound("fund_tranche", key), key)


def fund_tranches(frame: Frame) -> Bounds:
    """fund_tranche: money that may still be paid."""
    past = frame.instance.past
    return {
        (fund.name, tranche.period): max(tranche.amount - sum(past.paid_into(fund.name).values()), 0.0)
        / frame.money_unit
        for fund in (frame.instance.funds.values() if frame.instance.money_is_limited else ())
        for tranche in fund.tranches
    }


def _add_ceiling(model: Model, fund: Fund, paid: Sequence[Payment]) -> None:
    """fund_ceiling (f):  Σ payments ≤ ceiling. dual ≤ 0: objective per further unit of ceiling."""
    terms: Terms = [(payment.variable, 1.0) for payment in paid]
    key = (fund.name,)
    model.limit("fund_ceiling", key, terms, model.bound("fund_ceiling", key), key)


def fund_ceilings(frame: Frame) -> Bounds:
    """fund_ceiling: money."""
    return {(fund.name,): fund.ceiling / frame.money_unit for fund in frame.instance.funds.values()}


def _add_cofinancing(
    model: Model,
    budget_periods: BudgetPeriods,
    fund: Fund,
    paid: Sequence[Payment],
    by_cell: Mapping[SpendingCell, list[Payment]],
) -> None:
    """cofinancing (f, b, y):  Σ payment[f, b, ·] − rate · Σ_g payment[g, b, ·] ≤ 0
    over the costs that f counts in fiscal year y, within its window.
    What was paid before the horizon in the fiscal year that has begun counts, for each object by itself.
    What all funds pay is the cost (payment_balance); spelled out as spending, the row would be dense, and a
    cold solve took up to thirty times as long.
    dual ≤ 0: objective per further unit of money that the fund may pay.
    """
    if fund.cofinancing >= 1:
        return
    counted: dict[tuple[Bucket, int], dict[SpendingCell, None]] = defaultdict(dict)  # cells in order, each once
    for payment in paid:
        counted[payment.cell.bucket, budget_periods.year(payment.counted)][payment.cell] = None
    numbers = {bucket: number for number, bucket in enumerate(dict.fromkeys(bucket for bucket, _ in counted))}
    for (bucket, year), cells in counted.items():
        terms: Terms = [
            (payment.variable, (1.0 if payment.fund == fund.name else 0.0) - fund.cofinancing)
            for cell in cells
            for payment in by_cell[cell]
        ]
        names = (fund.name, numbers[bucket], str(year))
        before = bucket.past if year == model.instance.horizon.fiscal_years[0] else ()
        rule = PastTerm((CountedRule.COFINANCING, (fund.name, *before)), model.money_unit, model.money_unit)
        add_counted_row(model, "cofinancing", (fund.name, bucket, year), terms, LESS, rule, names)
    this_year = model.instance.horizon.fiscal_years[0]
    _add_past_cofinancing(model, fund, {bucket.past for bucket, year in counted if year == this_year})


def _add_past_cofinancing(model: Model, fund: Fund, known: Set[tuple[str, ...]]) -> None:
    """Objects of which the fund paid too much before the horizon, and can pay nothing in it."""
    year = model.instance.horizon.fiscal_years[0]
    for rule, (of, *thing) in model.lacks:
        if rule is CountedRule.COFINANCING and of == fund.name and tuple(thing) not in known:
            key, names = (fund.name, Bucket((), past=tuple(thing)), year), (fund.name, " ".join(thing), str(year))
            counted = PastTerm((rule, (of, *thing)), model.money_unit, model.money_unit)
            add_counted_row(model, "cofinancing", key, [], LESS, counted, names)


def _add_content(model: Model, fund: Fund, paid: Sequence[Payment]) -> None:
    """fund_content (f):  Σ (content from the group − content_min) · payment ≥ 0
    over payments of procurement and capacity, those before the horizon too. dual ≥ 0: objective per unit of money of
    content.
    """
    if fund.content_min is None or fund.content_scope != "fund" or not model.enabled("fund_content"):
        return
    terms: Terms = [
        (payment.variable, payment.content - fund.content_min) for payment in paid if payment.content is not None
    ]
    counted = PastTerm((CountedRule.CONTENT, (fund.name,)), model.money_unit, model.money_unit)
    add_counted_row(model, "fund_content", (fund.name,), terms, GREATER, counted, (fund.name,))


def _price_interest(model: Model, budget_periods: BudgetPeriods, fund: Fund, paid: Sequence[Payment]) -> None:
    """A loan costs interest × amount in the fiscal year in which the cost falls and in each later one of the
    horizon, discounted from that year's first period in the horizon.
    """
    if fund.kind != "loan" or fund.interest == 0:
        return
    horizon, discount = model.instance.horizon, model.instance.discount
    first = {year: horizon.fiscal_years.index(year) for year in horizon.years}
    for payment in paid:
        years = [year for year in horizon.years if year >= budget_periods.year(payment.cell.budget_period)]
        factor = sum(discount[first[year]] for year in years)
        model.objectives["interest"].append((payment.variable, fund.interest * factor * model.money_unit))


def _price_tiers(model: Model, payments: Sequence[Payment]) -> None:
    """Levels `tier_3` and `tier_2`: money paid under tier 3, and under tiers 2 and 3."""
    for payment in payments:
        for tier in range(2, payment.terms.tier + 1):
            model.objectives[f"tier_{tier}"].append((payment.variable, model.money_unit))


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class TrancheIndex(NamedTuple):
    """A fund and the period (0-based) by whose end a tranche limits what it has paid."""

    fund: str
    period: int


class CofinancingIndex(NamedTuple):
    """A fund, the costs of which it may pay a share, and the fiscal year."""

    fund: str
    bucket: Bucket
    year: int


def _tranche_place(_: Directory, row: TrancheIndex) -> Place:
    return row.fund, None, row.period + 1


def _cofinancing_place(directory: Directory, row: CofinancingIndex) -> Place:
    return row.fund, None, directory.last_period(row.year)


def _limit_origins(model: Model, row: FundPeriodIndex) -> Iterator[Origin]:
    fund = model.instance.funds[row.fund]
    yield from budget_origins(model, fund, BudgetPeriods(model.instance).counting(fund, row.budget_period))


def _tranche_origins(model: Model, row: TrancheIndex) -> Iterator[Origin]:
    amount = next(t.amount for t in model.instance.funds[row.fund].tranches if t.period == row.period)
    yield Origin(figure("Tranches", "amount", fund=row.fund, period=row.period), amount, 1.0 / model.money_unit)


def _tranche_size(instance: PlanningInstance, name: str, _: str) -> Profile:
    """By period; inf in those by whose end nothing is said."""
    amounts = {tranche.period: tranche.amount for tranche in instance.funds[name].tranches}
    return tuple(amounts.get(period, inf) for period in range(instance.horizon.periods))


def _ceiling_origins(model: Model, row: FundIndex) -> Iterator[Origin]:
    yield Origin(
        figure("Funds", "ceiling", fund=row.fund), model.instance.funds[row.fund].ceiling, 1.0 / model.money_unit
    )


def _cofinancing_origins(model: Model, row: CofinancingIndex) -> Iterator[Origin]:
    yield Origin(figure("Funds", "cofinancing", fund=row.fund), model.instance.funds[row.fund].cofinancing)


def _content_origins(model: Model, row: FundIndex) -> Iterator[Origin]:
    yield Origin(figure("Funds", "content_min", fund=row.fund), model.instance.funds[row.fund].content_min)


def _any_fund(asks: Callable[[Fund], bool]) -> Callable[[PlanningInstance], bool]:
    """Is money limited, and does some fund ask for it?"""
    return lambda instance: instance.money_is_limited and any(map(asks, instance.funds.values()))


FUND_LIMIT = Family(
    name="fund_limit",
    index=FundPeriodIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=fund_period_place,
    right_hand_side=fund_limits,
    figures={"funds": {"budgets": budget_shape}},
    origins=_limit_origins,
    needed=lambda instance: instance.money_is_limited,
    lazy=True,
    cumulative=True,
    is_fund_money=True,
    words=Words(
        group="money",
        limit="the money of {object}",
        step="{step} in",
        lacking="in the budget of {object}",
        by_year=True,
    ),
)
FUND_TRANCHE = Family(
    name="fund_tranche",
    index=TrancheIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_tranche_place,
    right_hand_side=fund_tranches,
    figures={"funds": {"tranches": lambda fund: [tranche.period for tranche in fund.tranches]}},
    origins=_tranche_origins,
    size=_tranche_size,
    needed=_any_fund(lambda fund: bool(fund.tranches)),
    lazy=True,
    is_fund_money=True,
    words=Words(
        limit="the tranches of {object}",
        group="money",
        step="{step} of the tranches of",
        lacking="in the tranches of {object}",
        money="its tranches",
    ),
)
FUND_CEILING = Family(
    name="fund_ceiling",
    index=FundIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=fund_place,
    right_hand_side=fund_ceilings,
    figures={"funds": {"ceiling": anything}},
    origins=_ceiling_origins,
    needed=_any_fund(lambda fund: fund.ceiling < inf),
    lazy=True,
    is_fund_money=True,
    words=Words(
        limit="the ceiling of {object}",
        group="money",
        step="{step} of ceiling of",
        lacking="under the ceiling of {object}",
        money="its ceiling",
    ),
)
COFINANCING = Family(
    name="cofinancing",
    index=CofinancingIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.RULE,
    place=_cofinancing_place,
    origins=_cofinancing_origins,
    needed=_any_fund(lambda fund: fund.cofinancing < 1),
    lazy=True,
    counted=CountedRule.COFINANCING,
    share=Share.INCLUDED,
    words=Words(
        group="money",
        limit="the co-financing of {object}",
        step="{step} of the share of",
        money="co-financing",
    ),
)
FUND_CONTENT = Family(
    name="fund_content",
    index=FundIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_BELOW,
    kind=Kind.RULE,
    place=fund_place,
    origins=_content_origins,
    needed=_any_fund(lambda fund: fund.content_min is not None and fund.content_scope == "fund"),
    lazy=True,
    counted=CountedRule.CONTENT,
    share=Share.INCLUDED,
    words=Words(
        group="money",
        limit="the content of origin of {object}",
        step="{step} less of content of origin asked by",
        money="its content-of-origin rule",
    ),
)
FAMILIES = (FUND_LIMIT, FUND_TRANCHE, FUND_CEILING, COFINANCING, FUND_CONTENT)
