"""Where money comes from, what it pays for, where it goes: by fund, contributor, nation and year."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planner.domain.instance import Fund, PlanningInstance
from planner.plan.plan import Plan
from planner.report.words.numbers import Money

COST_TABLES = {"production": "period", "shipments": "period", "investments": "period", "scrap": "period"}


@dataclass(frozen=True, slots=True)
class FundUse:
    """What a fund paid, over the horizon and by fiscal year (currency)."""

    name: str
    kind: str
    paid: float
    available: float  # inf: without limit
    by_year: dict[int, float]

    @property
    def used_share(self) -> float | None:
        """Paid ÷ available; None without a limit, or where nothing is available."""
        return self.paid / self.available if 0 < self.available < np.inf else None


@dataclass(frozen=True, slots=True)
class NationRow:
    """What a nation contributed, produced and received, over the horizon (currency); `balance`: the difference."""

    nation: str
    title: str
    contributed: float
    produced: float
    received: float
    balance: float


@dataclass(frozen=True)
class Finances:
    """`paid` is false where the plan has no payments: then `by_type` counts the costs in the tables."""

    paid: bool
    total: float
    funds: list[FundUse] = field(default_factory=list)
    by_type: dict[str, dict[int, float]] = field(default_factory=dict)  # cost type -> year -> amount
    contributors: dict[str, float] = field(default_factory=dict)  # who pays, largest first
    destinations: dict[str, float] = field(default_factory=dict)  # nation where it is spent, largest first
    nations: list[NationRow] = field(default_factory=list)


def money_scale(plan: Plan) -> Money:
    """Millions or plain currency, by the largest total of the plan: payments, costs or worth of demand."""
    instance = plan.instance
    totals = [float(plan.tables["payments"]["amount"].sum())]
    totals += [float(plan.tables[name]["cost"].sum()) for name in COST_TABLES]
    totals.append(sum(d.quantity * (instance.unit_values.get(d.item) or 0.0) for d in instance.demands))
    totals += [budget.amount for fund in instance.funds.values() for budget in fund.budgets]
    return Money.scaled(instance.settings.currency, max(totals))


def read_finances(plan: Plan) -> Finances:
    """Where the money of a plan comes from and what it pays for, in the currency of Settings."""
    payments, nations = plan.tables["payments"], _nation_rows(plan)
    if not len(payments):
        by_type = _costs_by_type(plan)
        total = sum(amount for years in by_type.values() for amount in years.values())
        return Finances(paid=False, total=total, by_type=by_type, nations=nations)
    return Finances(
        paid=True,
        total=float(payments["amount"].sum()),
        funds=_fund_uses(plan.instance, payments),
        by_type=_by_year(payments, "cost_type"),
        contributors=_ranked(payments, "contributor"),
        destinations=_ranked(payments, "nation"),
        nations=nations,
    )


def fund_limit(fund: Fund, instance: PlanningInstance, period: int | None = None) -> float:
    """What the payments of a fund may not exceed, up to `period` (0-based) or in the whole horizon (None).

    Without carry-over, up to a period counts within its fiscal year; the ceiling always holds.
    """
    horizon = instance.horizon
    if period is None:
        usable = fund.usable_within(horizon)
    else:
        last = min(period, horizon.periods - 1)
        usable = fund.usable(last, horizon.fiscal_years[last])
    return min(sum(budget.amount for budget in usable), fund.ceiling)


def fund_money(fund: Fund, instance: PlanningInstance, period: int) -> float:
    """The fund's money that counts from `period` (0-based) on, in its fiscal year;
    what earlier years left not counted.
    """
    years = instance.horizon.fiscal_years
    first = years.index(years[period])
    before = fund_limit(fund, instance, first - 1) if fund.carry_over and first else 0.0
    return fund_limit(fund, instance, period) - before


def _fund_uses(instance: PlanningInstance, payments: pd.DataFrame) -> list[FundUse]:
    by_year = _by_year(payments, "fund")
    uses = []
    for name, fund in instance.funds.items():
        years = by_year.get(name, {})
        uses.append(FundUse(name, fund.kind, sum(years.values()), fund_limit(fund, instance), years))
    return sorted(uses, key=lambda use: -use.paid)


def _by_year(payments: pd.DataFrame, column: str) -> dict[str, dict[int, float]]:
    sums = payments.groupby([payments[column].fillna(""), "year"], sort=False)["amount"].sum()
    table: dict[str, dict[int, float]] = {}
    names, years = sums.index.get_level_values(0), sums.index.get_level_values(1)
    for name, year, amount in zip(names, years, sums.to_numpy(), strict=True):
        table.setdefault(str(name), {})[int(year)] = float(amount)
    return dict(sorted(table.items(), key=lambda entry: -sum(entry[1].values())))


def _ranked(payments: pd.DataFrame, column: str) -> dict[str, float]:
    sums = payments.groupby(payments[column].fillna("").astype(str))["amount"].sum().sort_values(ascending=False)
    return {str(name): float(amount) for name, amount in sums.items()}


def _costs_by_type(plan: Plan) -> dict[str, dict[int, float]]:
    """Costs by cost type and fiscal year; of types that cost something."""
    costs_by_year = _by_year(costs(plan), "cost_type")
    return {name: years for name, years in costs_by_year.items() if sum(years.values()) > 0}


def costs(plan: Plan) -> pd.DataFrame:
    """What a plan costs, not discounted, in the fiscal year in which it falls: what is made, moved, held in stock at
    the end of a period, scrapped and bought of capacity.

    Columns: table (the result table that counts it), cost_type, year, amount (currency).
    """
    instance = plan.instance
    year_of = np.asarray(instance.horizon.fiscal_years)
    frames = []
    for name, column in COST_TABLES.items():
        table = plan.tables[name]
        if not len(table):
            continue
        years = year_of[table[column].to_numpy(dtype=int) - 1]
        if name == "production":
            types = table["item"].map({item.name: item.cost_type for item in instance.items.values()}).to_numpy()
        else:
            types = np.full(len(table), {"shipments": "transport", "investments": "capacity", "scrap": "storage"}[name])
        amounts = table["cost"].to_numpy()
        frames.append(pd.DataFrame({"table": name, "cost_type": types, "year": years, "amount": amounts}))
    frames.append(_holding(plan, year_of))
    return pd.concat(frames)


def _holding(plan: Plan, year_of: np.ndarray) -> pd.DataFrame:
    """What stocks cost at the end of each period, as `costs`."""
    stocks = plan.tables["stocks"]
    places = zip(stocks["item"].astype(str), stocks["node"].astype(str), strict=True)
    rates = np.array([plan.instance.holding_cost(item, node) for item, node in places], dtype=float)
    years = year_of[stocks["period"].to_numpy(dtype=int) - 1]
    amounts = stocks["quantity"].to_numpy(dtype=float) * rates
    return pd.DataFrame({"table": "stocks", "cost_type": "storage", "year": years, "amount": amounts})


def _nation_rows(plan: Plan) -> list[NationRow]:
    table = plan.tables["nations"]
    if not len(table):
        return []
    sums = table.groupby(table["nation"].fillna("").astype(str))[
        ["contributed", "produced", "received", "balance"]
    ].sum()
    rows = []
    for name, values in zip(sums.index, sums.to_numpy(), strict=True):
        nation = plan.instance.nations.get(str(name))
        title = nation.title if nation and nation.title else str(name)
        rows.append(NationRow(str(name), title, *map(float, values)))
    return sorted(rows, key=lambda row: (-row.contributed, -row.produced, row.nation))
