"""Funding: every cost is paid in its fiscal year, by funds that admit it, within their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.verify.books import Books
from planner.verify.costs import Costs
from planner.verify.data import Budget, EligibilityRow, Fund
from planner.verify.verification import Findings, Floats, number

MAKING = ("procurement", "works", "training")
Bucket = tuple[str, str]  # cost type, object
YEARLY = ["cost_type", "object", "y"]


def check_money(costs: Costs, findings: Findings) -> None:
    """Nothing is asked where there are no budgets: money is then only counted."""
    if not costs.books.case.money_is_limited or "payment_balance" in findings.skipped:
        return
    ledger = Ledger(costs)
    _balance(ledger, findings)
    _nation_column(ledger, findings)
    for fund in costs.books.case.funds.values():
        paid = ledger.by_fund.get(fund.name)
        if paid is not None:
            _admitted(ledger, fund, paid, findings)
            _window_and_share(ledger, fund, paid, findings)
            _limits(ledger, fund, paid, findings)
            _ceiling(fund, paid, findings)
            _portfolio(ledger, fund, paid, findings)


@dataclass(frozen=True)
class Ledger:
    """Costs and payments side by side. Years are places in the calendar's `year_list`."""

    costs: Costs

    @property
    def books(self) -> Books:
        return self.costs.books

    @cached_property
    def years(self) -> tuple[int, ...]:
        return self.books.case.calendar.year_list

    @cached_property
    def payments(self) -> pd.DataFrame:
        table = self.books.plan.payments
        place = {year: code for code, year in enumerate(self.years)}
        return table.assign(y=table["year"].map(place).astype(np.intp))

    @cached_property
    def by_fund(self) -> dict[str, pd.DataFrame]:
        return {str(fund): rows for fund, rows in self.payments.groupby("fund", sort=False)}

    @cached_property
    def cash(self) -> pd.DataFrame:
        """cost_type, object, t, y, amount."""
        cash = self.costs.cash
        return cash.assign(y=self.books.case.calendar.year_codes[cash["t"].to_numpy(dtype=np.intp)])

    @cached_property
    def nation(self) -> dict[Bucket, str]:
        """The nation of each thing that can be paid for; "" where it has none."""
        case = self.books.case
        found: dict[Bucket, str] = {("transport", leg.route): "" for leg in case.legs}
        for line in case.lines.values():
            found[case.items[line.item].cost_type, line.name] = case.nodes[line.factory].nation or ""
        for expansion in case.expansions.values():
            found["capacity", expansion.name] = case.object_nation(expansion) or ""
        for node in case.nodes.values():
            found["storage", node.name] = node.nation or ""
        return found

    def costs_within(self, first: int, last: int) -> pd.DataFrame:
        """Costs that fall in first … last, by cost_type, object and y."""
        when = self.cash["t"]
        rows = self.cash[(when >= first) & (when <= last)]
        return _sums(rows, YEARLY)

    def beside_costs(self, paid: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
        """Payments summed over contributors (`paid`) beside the cost within first … last (`cost`)."""
        sums = _sums(paid, YEARLY).rename(columns={"amount": "paid"})
        costs = self.costs_within(first, last).rename(columns={"amount": "cost"})
        return sums.merge(costs, on=YEARLY, how="left").fillna({"cost": 0.0})


def _sums(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return frame.groupby(keys, sort=False)[["amount"]].sum().reset_index()


def _bucket_words(row: object) -> str:
    return f"{row['cost_type']} of {row['object']!r}"  # type: ignore[index]


def _balance(ledger: Ledger, findings: Findings) -> None:
    """Σ over funds and contributors of payments = cost, for every cost type, object and fiscal year."""
    costs = ledger.costs_within(0, ledger.books.case.periods - 1)
    paid = _sums(ledger.payments, YEARLY)
    both = costs.merge(paid, on=YEARLY, how="outer", suffixes=("_cost", "_paid")).fillna(
        {"amount_cost": 0.0, "amount_paid": 0.0}
    )
    cost, spent = both["amount_cost"].to_numpy(dtype=float), both["amount_paid"].to_numpy(dtype=float)

    def say(row: int) -> str:
        year = ledger.years[int(both["y"].iloc[row])]
        amounts = f"{number(spent[row])} paid for a cost of {number(cost[row])}"
        return f"{_bucket_words(both.iloc[row])} in {year}: {amounts}"

    findings.check("payment_balance", np.abs(cost - spent), np.maximum(cost, spent), say)


def _nation_column(ledger: Ledger, findings: Findings) -> None:
    """The table's nation is that of the paid object; its contributor has a budget in the fund."""
    table = ledger.payments
    buckets = zip(table["cost_type"], table["object"], strict=True)
    right = [ledger.nation.get(bucket) for bucket in buckets]
    for row, (given, expected) in enumerate(zip(table["nation"], right, strict=True)):
        line = int(table.index[row]) + 2
        if expected is None:
            findings.fault("names", f"payments, row {line}: no cost is called {_bucket_words(table.iloc[row])}")
        elif given != expected:
            findings.fault("names", f"payments, row {line}: nation is {given!r}, expected {expected!r}")
    payers = {(fund.name, budget.contributor) for fund in ledger.books.case.funds.values() for budget in fund.budgets}
    for fund, contributor in dict.fromkeys(zip(table["fund"], table["contributor"], strict=True)):
        if (fund, contributor) not in payers:
            findings.fault("names", f"payments: {contributor!r} has no budget in fund {fund!r}")


def admits(ledger: Ledger, fund: Fund, bucket: Bucket) -> bool:
    """Whether one of the fund's rows admits a cost (none given: all), and its content rule per line does."""
    if fund.content_min is not None and fund.content_scope == "line":
        share = content_share(ledger, fund, bucket)
        if share is not None and share < fund.content_min - 1e-9:
            return False
    return not fund.rows or any(_row_admits(ledger, row, bucket) for row in fund.rows)


def _row_admits(ledger: Ledger, row: EligibilityRow, bucket: Bucket) -> bool:
    """`items` is asked of lines and expansions of lines, `producers` of all but routes and what widens them."""
    case, (kind, thing) = ledger.books.case, bucket
    if row.cost_types is not None and kind not in row.cost_types:
        return False
    line = case.lines.get(thing) if kind in MAKING else None
    expansion = case.expansions.get(thing) if kind == "capacity" else None
    if expansion and expansion.kind == "line":
        line = case.lines[expansion.object]
    if row.items is not None and line and line.item not in row.items:
        return False
    has_nation = kind != "transport" and not (expansion and expansion.kind == "route")
    return row.producers is None or not has_nation or ledger.nation.get(bucket, "") in row.producers


def content_share(ledger: Ledger, fund: Fund, bucket: Bucket) -> float | None:
    """The share of a line's or expansion's cost from the fund's group; None for other costs."""
    case, (kind, thing) = ledger.books.case, bucket
    made = case.lines.get(thing) if kind in MAKING else case.expansions.get(thing) if kind == "capacity" else None
    if made is None:
        return None
    return sum(share for nation, share in made.content.items() if nation in fund.content_group)


def _admitted(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """A fund pays only what it admits."""
    sums = _sums(paid, ["cost_type", "object"])
    allowed = np.array(
        [admits(ledger, fund, bucket) for bucket in zip(sums["cost_type"], sums["object"], strict=True)], dtype=bool
    )
    size = np.where(allowed, 0.0, sums["amount"].to_numpy(dtype=float))

    def say(row: int) -> str:
        what = f"{number(size[row])} for {_bucket_words(sums.iloc[row])}"
        return f"fund {fund.name!r} pays {what}, which it does not admit"

    findings.check("eligibility", size, size, say)


def _window_and_share(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Paid for an object in a year ≤ its cost in the fund's window, and ≤ cofinancing × that cost."""
    both = ledger.beside_costs(paid, fund.first, fund.last)
    spent, cost = both["paid"].to_numpy(dtype=float), both["cost"].to_numpy(dtype=float)
    whole = fund.first <= 0 and fund.last >= ledger.books.case.periods - 1
    for family, limit, rule in (
        ("fund_window", np.full_like(cost, np.inf) if whole else cost, "falls in its window"),
        ("cofinancing", np.full_like(cost, np.inf) if fund.cofinancing >= 1 else fund.cofinancing * cost, "it may pay"),
    ):

        def say(row: int, limit: Floats = limit, rule: str = rule) -> str:
            what = f"pays {number(spent[row])} for {_bucket_words(both.iloc[row])}"
            year = ledger.years[int(both["y"].iloc[row])]
            return f"fund {fund.name!r} {what} in {year}; {number(limit[row])} {rule}"

        findings.check(family, spent - limit, np.maximum(spent, limit), say)


def _limits(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
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
    both = ledger.beside_costs(rows, cut, fund.last)
    return float(np.maximum(both["paid"] - both["cost"], 0.0).sum())


def _ceiling(fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Σ of all payments ≤ ceiling."""
    total = float(paid["amount"].sum())
    text = f"fund {fund.name!r} pays {number(total)} of {number(fund.ceiling)} in all"
    findings.one("fund_ceiling", total - fund.ceiling, total, text)


def _portfolio(ledger: Ledger, fund: Fund, paid: pd.DataFrame, findings: Findings) -> None:
    """Scope fund: Σ content share × payments ≥ content_min × Σ payments, over procurement and capacity."""
    if fund.content_min is None or fund.content_scope != "fund":
        return
    rows = paid[paid["cost_type"].isin(("procurement", "capacity"))]
    amounts = rows["amount"].to_numpy(dtype=float)
    buckets = zip(rows["cost_type"], rows["object"], strict=True)
    shares = np.array([content_share(ledger, fund, bucket) or 0.0 for bucket in buckets])
    inside, needed = float((shares * amounts).sum()), fund.content_min * float(amounts.sum())
    text = f"fund {fund.name!r} pays {number(inside)} for content of its group, {number(needed)} needed"
    findings.one("fund_content", needed - inside, max(needed, inside), text)
