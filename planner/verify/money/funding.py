"""Funding: every cost is paid in its fiscal year, by funds that admit it, within their limits."""

from __future__ import annotations

import numpy as np

from planner.verify.input.eligibility import check_admitted
from planner.verify.money.beneficiaries import check_beneficiaries
from planner.verify.money.commitments import check_counting
from planner.verify.money.contributions import check_enough_nations
from planner.verify.money.fund_limits import check_limits
from planner.verify.money.ledger import BUCKET, Ledger, bucket_words, by_key, sums
from planner.verify.verification import Findings, number


def check_money(ledger: Ledger, findings: Findings) -> None:
    """Nothing is asked where there are no budgets: money is then only counted."""
    if not ledger.arrays.case.money_is_limited or "payment_balance" in findings.skipped:
        return
    _balance(ledger, findings)
    _names(ledger, findings)
    for fund in ledger.arrays.case.funds.values():
        paid = ledger.by_fund.get(fund.name)
        if paid is not None:
            check_admitted(ledger, fund, paid, findings)
            check_limits(ledger, fund, paid, findings)
    check_counting(ledger, findings)
    check_beneficiaries(ledger, findings)
    check_enough_nations(ledger, findings)


def _balance(ledger: Ledger, findings: Findings) -> None:
    """Σ over funds and contributors of payments = cost, for every cost type, object and fiscal year of the cash."""
    keys = [*BUCKET, "c"]
    costs, payments = by_key(sums(ledger.cash, keys)), by_key(sums(ledger.payments, keys))
    buckets = sorted(costs.keys() | payments.keys())
    cost = np.array([costs.get(bucket, 0.0) for bucket in buckets])
    spent = np.array([payments.get(bucket, 0.0) for bucket in buckets])

    def say(row: int) -> str:
        amounts = f"{number(spent[row])} paid for a cost of {number(cost[row])}"
        *bucket, year = buckets[row]
        return f"{bucket_words(dict(zip(BUCKET, bucket, strict=True)))} in {ledger.years[year]}: {amounts}"

    findings.check("payment_balance", np.abs(cost - spent), np.maximum(cost, spent), say)


def _names(ledger: Ledger, findings: Findings) -> None:
    """The table's nation is that of the paid object; its contributor has a budget in the fund."""
    table = ledger.payments
    buckets = zip(table["cost_type"], table["object"], strict=True)
    right = [ledger.nation.get(bucket) for bucket in buckets]
    for row, (stated, expected) in enumerate(zip(table["nation"], right, strict=True)):
        line = int(table.index[row]) + 2
        if expected is None:
            findings.fault("names", f"payments, row {line}: no cost is called {bucket_words(table.iloc[row])}")
        elif stated != expected:
            findings.fault("names", f"payments, row {line}: nation is {stated!r}, expected {expected!r}")
    payers = {(fund.name, budget.contributor) for fund in ledger.arrays.case.funds.values() for budget in fund.budgets}
    for fund, contributor in dict.fromkeys(zip(table["fund"], table["contributor"], strict=True)):
        if (fund, contributor) not in payers:
            findings.fault("names", f"payments: {contributor!r} has no budget in fund {fund!r}")
