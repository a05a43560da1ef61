"""Who pays what, by contributor and object: payments of buckets, taken apart again by convention.

A bucket's payment in a span is shared among its objects in proportion to what they cost then, and a fund's
payment among its contributors in proportion to what each still has available. Both keep every rule that
held for the bucket and the fund (see `planner.formulation.funding`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from planner.domain.eligibility import payable
from planner.domain.instance import Fund
from planner.formulation.funding import bucket_of
from planner.formulation.model import Key, Model
from planner.formulation.spans import Spans

PaymentRow = tuple[str, str, str, str, str | None, int, float, int]


def payments(model: Model, spend: Mapping[Key, float], paid: Mapping[Key, float]) -> Iterator[PaymentRow]:
    """Rows of the payments table: fund, contributor, cost_type, object, nation, year, amount (currency), cash_year."""
    instance, spans = model.instance, Spans(model.instance)
    cut_years = len(spans.ranges) > len(instance.horizon.years) if spend else False
    costs: dict[Key, dict[tuple[str, str], float]] = defaultdict(dict)
    for (cost_type, name, span), amount in spend.items():
        bucket = bucket_of(instance, payable(instance, str(cost_type), str(name)), cut_years)
        costs[bucket, span][str(cost_type), str(name)] = amount
    by_fund: dict[str, list[tuple[Key, int, float]]] = defaultdict(list)
    for (fund, bucket, span), amount in paid.items():
        by_fund[str(fund)].append(((bucket, span), span, amount))
    for name, entries in by_fund.items():
        fund = instance.funds[name]
        totals: dict[int, float] = defaultdict(float)
        for _where, span, amount in entries:
            totals[span] += amount * model.money_unit
        shares = contributor_shares(spans, fund, totals)
        rows: dict[tuple[str, str, str, int], float] = defaultdict(float)
        for where, span, amount in entries:
            whole = sum(costs[where].values())
            for (cost_type, object_), cost in costs[where].items():
                for contributor, share in shares[span].items():
                    part = amount * model.money_unit * cost / whole * share
                    rows[contributor, cost_type, object_, spans.year(span)] += part
        for (contributor, cost_type, object_, year), amount in sorted(rows.items()):
            nation = payable(instance, cost_type, object_).nation
            yield name, contributor, cost_type, object_, nation, year, amount, year


def contributor_shares(spans: Spans, fund: Fund, totals: Mapping[int, float]) -> dict[int, dict[str, float]]:
    """Each contributor's share of a fund's payments in each span (adding to 1).

    In proportion to what is still available: the limit up to the span less what was paid against it, in the
    same year, or with carry-over in all years.
    """
    shares: dict[int, dict[str, float]] = {}
    used: dict[str, float] = defaultdict(float)
    year: int | None = None
    for span in sorted(totals):
        if not fund.carry_over and spans.year(span) != year:
            used = defaultdict(float)
        year = spans.year(span)
        left = {name: max(limit - used[name], 0.0) for name, limit in spans.available_of(fund, span).items()}
        whole = sum(left.values())
        shares[span] = {name: amount / whole for name, amount in left.items() if amount > 0}
        for name, share in shares[span].items():
            used[name] += share * totals[span]
    return shares
