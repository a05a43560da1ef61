"""Funding: every cost is paid, by funds that admit it, within their limits.

Index sets: funds f; payable objects o (line, expansion, route, node, each under one cost type); spans s, the
fiscal years, cut where a fund's window or a budget's availability begins or ends within one; cost buckets b,
the objects that no fund's rules tell apart.
Variables: spend[o, s] ≥ 0, what o costs in s; payment[f, b, s] ≥ 0, what f pays of it.

Money columns are in `model.money_unit` (a power of two of the currency), so that budgets of billions and
unit costs of cents meet in one matrix.

A bucket is exact: its objects are admitted by the same funds with the same content, so that a payment may be
shared among them in proportion to their cost without breaking a rule of any of them. The contributors of a
fund are one payer here for the same reason: they admit the same, and what each still has available can be
used in any proportion (see `planner.solve.payments`).
"""

from __future__ import annotations

from collections import defaultdict
from math import floor, log2
from typing import NamedTuple

from planner.domain.eligibility import CONTENT_COST_TYPES, Payable, admits, content_share, payable
from planner.domain.instance import Fund, PlanningInstance
from planner.formulation.model import EQUAL, GREATER, Bounds, Frame, Model, Terms, Variable
from planner.formulation.spans import Spans

TINY = 1e-6  # coefficients below are brought up


class Bucket(NamedTuple):
    """Objects that no rule tells apart: the funds that admit them, each with the content that it counts."""

    admitted: tuple[tuple[str, float | None], ...]
    apart: str = ""  # the one object, where rules of it must be kept by itself


def add_funding(model: Model) -> None:
    """Spending of each object, who pays it, and the rules of each fund. Nothing where money is not limited."""
    if not model.instance.money_is_limited:
        return
    spans = Spans(model.instance)
    buckets = _add_spending(model, spans)
    paid = _add_payments(model, spans, buckets)
    for fund in model.instance.funds.values():
        _add_fund_limit(model, spans, fund, paid[fund.name])
        _add_ceiling(model, fund, paid[fund.name])
        _add_cofinancing(model, spans, fund, paid)
        _add_content(model, fund, paid[fund.name])
        _price_interest(model, spans, fund, paid[fund.name])


Spending = dict[tuple[Bucket, int], Terms]  # (bucket, span) -> +1 per spend column
Paid = dict[tuple[Bucket, int], Variable]  # (bucket, span) -> payment column of one fund


def bucket_of(instance: PlanningInstance, what: Payable, cut_years: bool) -> Bucket:
    """The funds that admit an object, each with the content that a portfolio rule of it counts.

    Co-financing holds per object and fiscal year. Where years are cut, objects under a co-financing fund
    stay apart: payments shared in proportion within a span could break it for one of them.
    """
    admitted: list[tuple[str, float | None]] = []
    apart = ""
    for fund in instance.funds.values():
        if admits(fund, what):
            counts = fund.content_scope == "fund" and what.cost_type in CONTENT_COST_TYPES
            admitted.append((fund.name, content_share(fund, what) if counts else None))
            if cut_years and fund.cofinancing < 1:
                apart = f"{what.cost_type} {what.object}"
    return Bucket(tuple(admitted), apart)


def _add_spending(model: Model, spans: Spans) -> Spending:
    """spend_balance (o, s):  Σ cost per unit · activity − spend[o, s] = 0
    dual of either sign: objective per further unit of money that o costs.
    Rows with tiny costs (HiGHS drops coefficients below 1e-9) are multiplied by a power of two.
    """
    cut_years = len(spans.ranges) > len(model.instance.horizon.years)
    by_object: dict[tuple[str, str, int], dict[Variable, float]] = defaultdict(lambda: defaultdict(float))
    for key, entries in model.costs.items():
        for cost in entries:
            by_object[key.cost_type, key.object, spans.of_period[cost.period]][cost.variable] += cost.amount
    spending: Spending = defaultdict(list)
    for (cost_type, name, span), costs in by_object.items():
        index = (cost_type, name, span)
        spend = model.variable("spend", index, index)
        scale = _row_scale(min(costs.values()) / model.money_unit)
        terms: Terms = [(variable, amount * scale / model.money_unit) for variable, amount in costs.items()]
        model.row("spend_balance", index, [*terms, (spend, -scale)], EQUAL, 0.0, index)
        what = payable(model.instance, cost_type, name)
        spending[bucket_of(model.instance, what, cut_years), span].append((spend, 1.0))
    return spending


def _row_scale(least: float) -> float:
    """1, or for a row whose least coefficient is tiny the power of two that brings it halfway up to 1."""
    return 1.0 if least >= TINY else 2.0 ** -floor(log2(least) / 2)


def _add_payments(model: Model, spans: Spans, spending: Spending) -> dict[str, Paid]:
    """payment_balance (b, s):  Σ_f payment[f, b, s] − Σ_o∈b spend[o, s] = 0
    Funds whose window holds the span pay; where none does, there is no such spending.
    dual of either sign: objective per further unit of money to be paid.
    """
    usable = {name: set(spans.open_to(fund)) for name, fund in model.instance.funds.items()}
    paid: dict[str, Paid] = {name: {} for name in model.instance.funds}
    numbers = {bucket: number for number, bucket in enumerate(dict.fromkeys(bucket for bucket, _ in spending))}
    for (bucket, span), spent in spending.items():
        terms: Terms = [(variable, -sign) for variable, sign in spent]
        for fund, _content in bucket.admitted:
            if span in usable[fund]:
                names = (fund, numbers[bucket], span)
                payment = paid[fund][bucket, span] = model.variable("payment", (fund, bucket, span), names)
                terms.append((payment, 1.0))
                model.paid[fund, span].append((payment, 1.0))
        model.row("payment_balance", (bucket, span), terms, EQUAL, 0.0, (numbers[bucket], span))
    return paid


def _add_fund_limit(model: Model, spans: Spans, fund: Fund, paid: Paid) -> None:
    """fund_limit (f, s):  Σ payments of the year (with carry-over: of all years) up to s ≤ available[f, s]
    dual ≤ 0: objective per further unit of money.
    """
    spent_by_span: dict[int, Terms] = defaultdict(list)
    for (_bucket, span), payment in paid.items():
        spent_by_span[span].append((payment, 1.0))
    so_far: Terms = []
    for span in range(len(spans.ranges)):
        if span and not fund.carry_over and spans.year(span) != spans.year(span - 1):
            so_far = []
        so_far = so_far + spent_by_span.get(span, [])
        bound = model.bound("fund_limit", (fund.name, span))
        model.limit("fund_limit", (fund.name, span), so_far, bound, (fund.name, span))


def fund_limits(frame: Frame) -> Bounds:
    """fund_limit: money available, for the last span before some is added, and the last of a year (of the horizon)."""
    spans = Spans(frame.instance)
    found: Bounds = {}
    for fund in frame.instance.funds.values() if frame.instance.money_is_limited else ():
        available = [spans.available(fund, span) for span in range(len(spans.ranges))]
        for span, amount in enumerate(available):
            last = span + 1 == len(available)
            same_pot = not last and (fund.carry_over or spans.year(span + 1) == spans.year(span))
            if not same_pot or available[span + 1] != amount:
                found[fund.name, span] = amount / frame.money_unit
    return found


def _add_ceiling(model: Model, fund: Fund, paid: Paid) -> None:
    """fund_ceiling (f):  Σ payments ≤ ceiling. dual ≤ 0: objective per further unit of ceiling."""
    terms: Terms = [(payment, 1.0) for payment in paid.values()]
    key = (fund.name,)
    model.limit("fund_ceiling", key, terms, model.bound("fund_ceiling", key), key)


def fund_ceilings(frame: Frame) -> Bounds:
    """fund_ceiling: money."""
    return {(fund.name,): fund.ceiling / frame.money_unit for fund in frame.instance.funds.values()}


def _add_cofinancing(model: Model, spans: Spans, fund: Fund, paid: dict[str, Paid]) -> None:
    """cofinancing (f, b, y):  Σ_s∈y payment[f, b, s] − rate · Σ_s∈y∩window Σ_g payment[g, b, s] ≤ 0
    What all funds pay is the cost (payment_balance); spelled out as spending, the row would be dense, and a
    cold solve took up to thirty times as long.
    dual ≤ 0: objective per further unit of money that the fund may pay.
    """
    if fund.cofinancing >= 1:
        return
    by_year: dict[tuple[Bucket, int], Terms] = defaultdict(list)
    for bucket, span in paid[fund.name]:
        terms = by_year[bucket, spans.year(span)]
        for name, payments in paid.items():
            if (bucket, span) in payments:
                own = 1.0 if name == fund.name else 0.0
                terms.append((payments[bucket, span], own - fund.cofinancing))
    numbers = {bucket: number for number, bucket in enumerate(dict.fromkeys(bucket for bucket, _ in by_year))}
    for (bucket, year), terms in by_year.items():
        names = (fund.name, numbers[bucket], str(year))
        model.limit("cofinancing", (fund.name, bucket, year), terms, 0.0, names)


def _add_content(model: Model, fund: Fund, paid: Paid) -> None:
    """fund_content (f):  Σ (content from the group − content_min) · payment ≥ 0
    over payments of procurement and capacity. dual ≥ 0: objective per unit of money of content.
    """
    if fund.content_min is None or fund.content_scope != "fund" or not model.enabled("fund_content"):
        return
    terms: Terms = []
    for (bucket, _span), payment in paid.items():
        share = dict(bucket.admitted).get(fund.name)
        if share is not None:
            terms.append((payment, share - fund.content_min))
    if terms:
        model.row("fund_content", (fund.name,), terms, GREATER, 0.0, (fund.name,))


def _price_interest(model: Model, spans: Spans, fund: Fund, paid: Paid) -> None:
    """A loan costs interest × amount in the fiscal year of payment and in each later one of the horizon,
    discounted from that year's first period in the horizon.
    """
    if fund.kind != "loan" or fund.interest == 0:
        return
    horizon, discount = model.instance.horizon, model.instance.discount
    first = {year: horizon.fiscal_years.index(year) for year in horizon.years}
    for (_bucket, span), payment in paid.items():
        years = [year for year in horizon.years if year >= spans.year(span)]
        factor = sum(discount[first[year]] for year in years)
        model.objectives["interest"].append((payment, fund.interest * factor * model.money_unit))
