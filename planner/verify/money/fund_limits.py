"""How much funds may pay: their budgets by contributor and year, ceilings, and shares of a cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from planner.verify.input.eligibility import admits
from planner.verify.input.rule_data import Budget, Fund
from planner.verify.money.ledger import BUCKET, Bucket, Ledger, sums
from planner.verify.sum_rules import SumRule
from planner.verify.verification import Findings, number


def check_limits(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Budgets with carry-over, tranches and the ceiling of one fund."""
    _budgets(ledger, fund, paid, findings)
    _tranches(ledger, fund, paid, findings)
    _ceiling(fund, paid, findings)


def _budgets(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Per contributor: paid in a year ≤ its budget of that year; with carry-over paid so far ≤ budgets so far.

    A budget usable only from some period counts from then on. Within a year the payments table tells no
    periods, so of such a budget a necessary condition is checked: what cannot have been paid for costs
    after it is available must be covered by the money that was there before.
    """
    for contributor, rows in [*paid.groupby("contributor", sort=False), ("", paid)]:
        budgets = [budget for budget in fund.budgets if contributor in {"", budget.contributor}]
        spent = np.bincount(rows["y"].to_numpy(dtype=np.intp), rows["amount"], len(ledger.years))
        who = f"fund {fund.name!r}" + (f", contributor {contributor!r}" if contributor else "")
        for index, year in enumerate(ledger.years):
            before = spent[:index].sum() if fund.carry_over else 0.0
            limit = _available(ledger, fund, budgets, index, ledger.arrays.case.periods)
            total = float(before + spent[index])
            upto = "up to" if fund.carry_over else "in"
            text = f"{who} pays {number(total)} of {number(limit)} {upto} {year}"
            findings.one("fund_limit", total - limit, max(total, limit), text)
            for cut in sorted({budget.available for budget in budgets if _within(ledger, budget.available, index)}):
                early = float(before) + _surely_before(ledger, fund, rows[rows["y"] == index], cut)
                limit = _available(ledger, fund, budgets, index, cut)
                text = f"{who} pays {number(early)} of {number(limit)} before {ledger.arrays.label(cut)}"
                findings.one("fund_limit", early - limit, max(total, limit), text)


def _available(ledger: Ledger, fund: Fund, budgets: Sequence[Budget], index: int, before: int) -> float:
    """Money usable in fiscal year `index` for costs that fall before period `before`."""
    year = ledger.years[index]
    last = max(t for t, y in enumerate(ledger.arrays.case.calendar.years) if y == year)
    total = 0.0
    for budget in budgets:
        in_year = budget.year <= year if fund.carry_over else budget.year == year
        if in_year and budget.available <= last and budget.available < before:
            total += budget.amount
    return total


def _within(ledger: Ledger, period: int, index: int) -> bool:
    """Whether a period lies inside a fiscal year, after its first period."""
    years = ledger.arrays.case.calendar.year_codes
    return 0 < period < len(years) and years[period] == index and years[period - 1] == index


def _surely_before(ledger: Ledger, fund: Fund, rows: pd.DataFrame, cut: int) -> float:
    """What these payments of one year exceed the costs from period `cut` on; it was paid for earlier costs."""
    if rows.empty:
        return 0.0
    both = ledger.beside_costs(fund, rows, cut, fund.last)
    return float(np.maximum(both["paid"] - both["cost"], 0.0).sum())


def _tranches(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Paid before the horizon and up to the end of a period ≤ the tranche, or nothing where the past used it up.

    Within a year the payments table tells no periods: what cannot have been paid for costs after the period counts.
    """
    before = sum(payment.amount for payment in ledger.arrays.case.past.paid if payment.fund == fund.name)
    for period, amount in fund.tranches:
        place = int(ledger.arrays.case.calendar.year_codes[period])
        early = float(paid.loc[paid["y"] < place, "amount"].sum())
        early += _surely_before(ledger, fund, paid[paid["y"] == place], period + 1)
        left = max(amount - before, 0.0)
        text = f"fund {fund.name!r} pays {number(early)} of {number(left)} by the end of {ledger.arrays.label(period)}"
        findings.one("fund_tranche", early - left, max(early, left), text)


def _ceiling(fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Σ of all payments ≤ ceiling."""
    total = float(paid["amount"].sum())
    text = f"fund {fund.name!r} pays {number(total)} of {number(fund.ceiling)} in all"
    findings.one("fund_ceiling", total - fund.ceiling, total, text)


def cofinancing_rules(ledger: Ledger) -> Iterator[SumRule]:
    """Paid for an object in a year ≤ cofinancing × its cost that counts in that year and the fund's window.

    Of a fund that counts by cash, what was paid before the horizon in the fiscal year that has begun counts, as paid
    and as cost.
    """
    for fund in ledger.arrays.case.funds.values():
        if fund.cofinancing < 1:
            paid, cost, past = _now(ledger, fund), _costs(ledger, fund), _before(ledger, fund)
            for bucket, place in dict.fromkeys([*paid, *((bucket, 0) for bucket in past)]):
                yield _share_of_cost(ledger, fund, bucket, place, (paid, cost), past if place == 0 else {})


PaidInBucket = Mapping[tuple[Bucket, int], float]


def _share_of_cost(
    ledger: Ledger,
    fund: Fund,
    bucket: Bucket,
    index: int,
    now: tuple[PaidInBucket, PaidInBucket],
    past: Mapping[Bucket, tuple[float, float]],
) -> SumRule:
    """`index` is that of the year; `now`: paid and cost in the horizon; `past`: before it."""
    past_paid, past_cost = past.get(bucket, (0.0, 0.0))
    spent = now[0].get((bucket, index), 0.0) + past_paid
    admitted = (bucket, index) in now[0] or admits(ledger, fund, bucket)
    limit = fund.cofinancing * ((now[1].get((bucket, index), 0.0) if admitted else 0.0) + past_cost)
    past_limit = fund.cofinancing * past_cost
    what = f"fund {fund.name!r} pays {number(spent)} for {bucket[0]} of {bucket[1]!r}"
    text = f"{what} in {ledger.years[index]}; {number(limit)} it may pay"
    sizes = max(spent, limit), past_paid - past_limit, max(past_paid, past_limit)
    return SumRule("cofinancing", text, spent - limit, *sizes)


def _now(ledger: Ledger, fund: Fund) -> PaidInBucket:
    rows = ledger.by_fund.get(fund.name)
    return {} if rows is None else _by_bucket(rows)


def _costs(ledger: Ledger, fund: Fund) -> PaidInBucket:
    costs = ledger.counted(fund)
    return _by_bucket(costs[(costs["when"] >= fund.first) & (costs["when"] <= fund.last)])


def _by_bucket(rows: pd.DataFrame) -> PaidInBucket:
    amounts = {}
    for kind, thing, year, amount in sums(rows, [*BUCKET, "y"]).itertuples(index=False):
        amounts[(str(kind), str(thing)), int(year)] = float(amount)
    return amounts


def _before(ledger: Ledger, fund: Fund) -> dict[Bucket, tuple[float, float]]:
    """(what the fund paid, what all did) for each thing this fiscal year before the horizon, in the fund's window."""
    calendar, amounts = ledger.arrays.case.calendar, dict[Bucket, tuple[float, float]]()
    if fund.commits or fund.first > 0:
        return amounts
    for payment in ledger.arrays.case.past.paid:
        if calendar.year_of(payment.period) == calendar.years[0] and payment.period >= fund.first and payment.bucket[1]:
            bucket_paid, cost = amounts.get(payment.bucket, (0.0, 0.0))
            more = payment.amount if payment.fund == fund.name else 0.0
            amounts[payment.bucket] = bucket_paid + more, cost + payment.amount
    return amounts
