"""Costs and payments side by side: what falls due when, what was ordered when, and who paid for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from planner.verify.input.rule_data import Fund
from planner.verify.money.costs import Costs
from planner.verify.plan_arrays import PlanArrays

MAKING = ("procurement", "works", "training")
BUCKET = ["cost_type", "object"]
Bucket = tuple[str, str]  # cost type, object


@dataclass(frozen=True)
class Ledger:
    """Years are places in the calendar's `year_list`: `y` is the year that counts, `c` the year of the cash."""

    costs: Costs

    @property
    def arrays(self) -> PlanArrays:
        """The plan that is paid for."""
        return self.costs.arrays

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The fiscal years of the horizon, ascending."""
        return self.arrays.case.calendar.year_list

    @cached_property
    def payments(self) -> pd.DataFrame:
        """Columns fund, contributor, cost_type, object, nation, amount (currency); y, c:
        places in `years` of the year that counts, and of the cash.
        """
        table = self.arrays.plan.payments
        y, c = (np.searchsorted(self.years, table[column].to_numpy(dtype=int)) for column in ("year", "cash_year"))
        return table.assign(y=y, c=c)

    @cached_property
    def by_fund(self) -> dict[str, pd.DataFrame]:
        """Fund → its rows of `payments`."""
        return {str(fund): rows for fund, rows in self.payments.groupby("fund", sort=False)}

    @cached_property
    def cash(self) -> pd.DataFrame:
        """cost_type, object, t (of the cash), order (its period), c, amount."""
        cash = self.costs.cash
        return cash.assign(c=self.arrays.case.calendar.year_codes[cash["t"].to_numpy(dtype=int)])

    @cached_property
    def nation(self) -> dict[Bucket, str]:
        """The nation of each thing that can be paid for; "" where it has none."""
        case = self.arrays.case
        nation_of: dict[Bucket, str] = {("transport", leg.route): "" for leg in case.legs}
        for line in case.lines.values():
            nation_of[case.items[line.item].cost_type, line.name] = case.nodes[line.factory].nation or ""
        for expansion in case.expansions.values():
            nation_of["capacity", expansion.name] = case.object_nation(expansion) or ""
        for node in case.nodes.values():
            nation_of["storage", node.name] = node.nation or ""
        return nation_of

    def counted(self, fund: Fund) -> pd.DataFrame:
        """The rows of `cash` by the fund's basis: `when`, the period that counts, and `y`, its fiscal year."""
        return self._by_order if fund.commits else self._by_cash

    @cached_property
    def _by_cash(self) -> pd.DataFrame:
        return self.cash.assign(when=self.cash["t"], y=self.cash["c"])

    @cached_property
    def _by_order(self) -> pd.DataFrame:
        order = self.cash["order"]
        return self.cash.assign(when=order, y=self.arrays.case.calendar.year_codes[order.to_numpy(dtype=int)])

    def beside_costs(
        self, fund: Fund, paid: pd.DataFrame, first: int, last: int, *, by_cash: bool = False
    ) -> pd.DataFrame:
        """Payments summed over contributors (`paid`) beside the `cost` that counts within first … last.

        By cost type, object and y, and where `by_cash`, the year of the cash too.
        """
        keys = [*BUCKET, "y", *(["c"] if by_cash else [])]
        costs = self.counted(fund)
        within = costs[(costs["when"] >= first) & (costs["when"] <= last)]
        cost = by_key(sums(within, keys))
        both = sums(paid, keys).rename(columns={"amount": "paid"})
        return both.assign(cost=[cost.get(key, 0.0) for key in both[keys].itertuples(index=False, name=None)])


def sums(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One row for each combination of the keys that occurs, with the sum of its `amount`.

    In the order in which they come. The combinations are numbered here, as `groupby` takes as long for a few rows as
    for thousands.
    """
    code = np.zeros(len(frame), dtype=np.intp)
    for key in keys:
        codes, names = pd.factorize(frame[key].to_numpy())
        code, _ = pd.factorize(code * len(names) + codes)
    amounts = np.bincount(code, weights=frame["amount"].to_numpy(dtype=np.float64))
    first = np.unique(code, return_index=True)[1]
    return frame[keys].iloc[first].reset_index(drop=True).assign(amount=amounts)


def by_key(summed: pd.DataFrame) -> dict[tuple[Any, ...], float]:
    """What `sums` found, by the combination of its keys."""
    return {key: amount for *parts, amount in summed.itertuples(index=False, name=None) for key in (tuple(parts),)}


def bucket_words(row: object) -> str:
    """A cost as messages name it: type and object."""
    return f"{row['cost_type']} of {row['object']!r}"  # type: ignore[index]
