"""What one unit would pay in rents: mean prices of limits over periods, and of the money of funds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.domain.eligibility import admits, payable
from planner.domain.instance import Line, PlanningInstance
from planner.formulation.families import FAMILIES
from planner.formulation.money.funding import FUND_LIMIT
from planner.report.data.money import fund_limit

Row = npt.NDArray[np.float64]
# Limits of a fund's money beside its budgets: each stands in the period by which it counts.
WITHIN = tuple(name for name, family in FAMILIES.items() if family.is_fund_money and not family.cumulative)


@dataclass(frozen=True)
class PriceMeans:
    """`prices` are the limit prices of one level (see limits.limit_prices)."""

    instance: PlanningInstance
    prices: pd.DataFrame

    @cached_property
    def _rows(self) -> dict[tuple[str, str, str], Row]:
        """Prices of each (family, object, item) by period; item "" for all of them.

        The price of a limit of the whole horizon stands in its last period.
        """
        count = self.instance.horizon.periods
        rows: dict[tuple[str, str, str], Row] = {}
        periods = pd.to_numeric(self.prices["period"], errors="coerce").fillna(count)
        columns = [self.prices[name].tolist() for name in ("family", "object", "item", "price")]
        for family, name, item, price, period in zip(*columns, periods.tolist(), strict=True):
            place = min(max(int(period), 1), count) - 1
            for key in {(family, name, item), (family, name, "")}:
                rows.setdefault(key, np.zeros(count))[place] += price
        return rows

    def mean(self, family: str, name: str, periods: range, item: str = "") -> float:
        """The mean price over `periods` (0-based), periods without a price counting 0."""
        row = self._rows.get((family, name, item))
        return 0.0 if row is None or not len(periods) else float(row[periods.start : periods.stop].mean())

    @cached_property
    def _fund_rents(self) -> dict[str, Row]:
        """What a unit of money spent from each fund in each period pays.

        A limit's price is that of money that counts from its period on. So money spent in t pays the price of the first
        limit from t on (in the same year, or with carry-over to the end); and those of all ceilings from t on.
        """
        years = self.instance.horizon.fiscal_years
        rents: dict[str, Row] = {}
        for fund in self.instance.funds.values():
            row = np.zeros(len(years))
            price = self._rows.get((FUND_LIMIT.name, fund.name, ""), row)
            for t in reversed(range(len(years))):
                later = row[t + 1] if t + 1 < len(years) and (fund.carry_over or years[t + 1] == years[t]) else 0.0
                row[t] = price[t] or later
            for family in WITHIN:
                limits = self._rows.get((family, fund.name, ""), np.zeros(len(years)))
                row += np.cumsum(limits[::-1])[::-1]
            rents[fund.name] = row
        return rents

    def money(self, line: Line, periods: range) -> tuple[float, str]:
        """Rent of the money for one unit of a line, of the fund that takes least; and what that says, in words."""
        if not self.instance.money_is_limited or line.unit_cost <= 0 or not len(periods):
            return 0.0, ""
        what = payable(self.instance, self.instance.items[line.item].cost_type, line.name)
        rents: dict[str, float] = {}
        for fund in self.instance.funds.values():
            lead = line.order_lead_time if fund.basis == "commitment" else 0  # it counts what was ordered then
            usable = [t - lead for t in periods if t - lead in fund.open]
            if usable and admits(fund, what) and fund_limit(fund, self.instance) > 0:
                rents[fund.name] = float(self._fund_rents[fund.name][usable].mean())
        if not rents:
            return 0.0, ""
        least = min(rents.values())
        names = sorted(rents, key=lambda name: (rents[name], name))
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return line.unit_cost * least, f"the money of {shown}"
