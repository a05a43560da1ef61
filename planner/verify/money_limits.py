"""How much funds may pay: their budgets by contributor and year, ceilings, and shares of a cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.verify.ledger import Ledger, bucket_words
from planner.verify.rule_data import Budget, Fund
from planner.verify.verification import Findings, number


def check_limits(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    _budgets(ledger, fund, paid, findings)
    _ceiling(fund, paid, findings)
    _cofinancing(ledger, fund, paid, findings)


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
        for place, year in enumerate(ledger.years):
            before = spent[:place].sum() if fund.carry_over else 0.0
            limit = _available(ledger, fund, budgets, place, ledger.books.case.periods)
            total = float(before + spent[place])
            upto = "up to" if fund.carry_over else "in"
            text = f"{who} pays {number(total)} of {number(limit)} {upto} {year}"
            findings.one("fund_limit", total - limit, max(total, limit), text)
            for cut in sorted({budget.available for budget in budgets if _within(ledger, budget.available, place)}):
                early = float(before) + _surely_before(ledger, fund, rows[rows["y"] == place], cut)
                limit = _available(ledger, fund, budgets, place, cut)
                text = f"{who} pays {number(early)} of {number(limit)} before {ledger.books.label(cut)}"
                findings.one("fund_limit", early - limit, max(total, limit), text)


def _available(ledger: Ledger, fund: Fund, budgets: Sequence[Budget], place: int, before: int) -> float:
    """Money usable in fiscal year `place` for costs that fall before period `before`."""
    year = ledger.years[place]
    last = max(t for t, y in enumerate(ledger.books.case.calendar.years) if y == year)
    total = 0.0
    for budget in budgets:
        in_year = budget.year <= year if fund.carry_over else budget.year == year
        if in_year and budget.available <= last and budget.available < before:
            total += budget.amount
    return total


def _within(ledger: Ledger, period: int, place: int) -> bool:
    """Whether a period lies inside a fiscal year, after its first period."""
    years = ledger.books.case.calendar.year_codes
    return 0 < period < len(years) and years[period] == place and years[period - 1] == place


def _surely_before(ledger: Ledger, fund: Fund, rows: pd.DataFrame, cut: int) -> float:
    """What these payments of one year exceed the costs from period `cut` on; it was paid for earlier costs."""
    if rows.empty:
        return 0.0
    both = ledger.beside_costs(fund, rows, cut, fund.last)
    return float(np.maximum(both["paid"] - both["cost"], 0.0).sum())


def _ceiling(fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Σ of all payments ≤ ceiling."""
    total = float(paid["amount"].sum())
    text = f"fund {fund.name!r} pays {number(total)} of {number(fund.ceiling)} in all"
    findings.one("fund_ceiling", total - fund.ceiling, total, text)


def _cofinancing(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Paid for an object in a year ≤ cofinancing × its cost that counts in that year and the fund's window."""
    if fund.cofinancing >= 1:
        return
    both = ledger.beside_costs(fund, paid, fund.first, fund.last)
    spent = both["paid"].to_numpy(dtype=float)
    limit = fund.cofinancing * both["cost"].to_numpy(dtype=float)

    def say(row: int) -> str:
        what = f"pays {number(spent[row])} for {bucket_words(both.iloc[row])}"
        return f"fund {fund.name!r} {what} in {ledger.years[int(both['y'].iloc[row])]}; {number(limit[row])} it may pay"

    findings.check("cofinancing", spent - limit, np.maximum(spent, limit), say)
