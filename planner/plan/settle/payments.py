"""Who pays what, by contributor and object: payments of buckets, taken apart again by convention.

A bucket's payment is shared among its objects in proportion to what they cost then; a fund's payment among its
contributors in proportion to what each still has available; the units paid on behalf of named nations among
these as all units of the item that were paid for the same nations. All of it keeps every rule that held for the
bucket, the fund and the item (see `planner.formulation.money.spending` and `beneficiaries`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.domain.budget_periods import BudgetPeriods
from planner.domain.eligibility import PaymentTerms, payable
from planner.domain.instance import Fund
from planner.formulation.model.model import Key, Model
from planner.formulation.money.beneficiaries import group_of
from planner.formulation.money.spending import Buckets, PaymentKey, SpendingCell

PaymentRow = tuple[str, str, str, str, str | None, int, float, int]
AllocationRow = tuple[str, str, str, str, float]
CostObject = tuple[str, str]  # cost type, object


@dataclass(frozen=True)
class Payments:
    """The solved columns `spend`, `payment`, `allocation` and `contribution` by key, money in the model's unit;
    zeros left out.
    """

    model: Model
    spend: Mapping[Key, float]
    paid: Mapping[Key, float]
    allocated: Mapping[Key, float]
    given: Mapping[Key, float]  # contributions, of the funds in which they are distinguished

    @cached_property
    def _budget_periods(self) -> BudgetPeriods:
        return BudgetPeriods(self.model.instance)

    @cached_property
    def _costs(self) -> dict[SpendingCell, dict[CostObject, float]]:
        """What each object of a bucket costs, as a share of the bucket's cost."""
        buckets = Buckets(self.model.instance, self._budget_periods)
        bucket_of = {thing: buckets.of(*thing) for thing in {(cost_type, name) for cost_type, name, *_ in self.spend}}
        costs: dict[SpendingCell, dict[CostObject, float]] = defaultdict(dict)
        for (cost_type, name, ordered, budget_period), amount in self.spend.items():
            costs[SpendingCell(bucket_of[cost_type, name], ordered, budget_period)][cost_type, name] = amount
        return {
            cell: {thing: cost / whole for thing, cost in parts.items()}
            for cell, parts in costs.items()
            for whole in (sum(parts.values()),)
        }

    @cached_property
    def _by_fund(self) -> dict[str, list[tuple[PaymentKey, SpendingCell, float]]]:
        """Each fund's payments in currency."""
        payments: dict[str, list[tuple[PaymentKey, SpendingCell, float]]] = defaultdict(list)
        for key, amount in self.paid.items():
            payment = PaymentKey(*key)
            cell = SpendingCell(payment.bucket, payment.ordered, payment.budget_period)
            payments[payment.fund].append((payment, cell, amount * self.model.money_unit))
        return payments

    def rows(self) -> Iterator[PaymentRow]:
        """The payments table: fund, contributor, cost_type, object, nation, year, amount (currency), cash_year."""
        instance, budget_periods = self.model.instance, self._budget_periods
        for name, entries in self._by_fund.items():
            fund = instance.funds[name]
            totals: dict[int, float] = defaultdict(float)
            for _key, cell, amount in entries:
                totals[cell.counted(fund)] += amount
            shares = {**contributor_shares(budget_periods, fund, totals), **self._given_shares(name)}
            rows: dict[tuple[str, str, str, int, int], float] = defaultdict(float)
            for _key, cell, amount in entries:
                counted = cell.counted(fund)
                years = budget_periods.year(counted), budget_periods.year(cell.budget_period)
                for thing, part in self._costs.get(cell, {}).items():
                    for contributor, share in shares[counted].items():
                        rows[contributor, *thing, *years] += amount * part * share
            for (contributor, cost_type, object_, year, cash_year), amount in sorted(rows.items()):
                nation = payable(instance, cost_type, object_).nation
                yield name, contributor, cost_type, object_, nation, year, amount, cash_year

    def _given_shares(self, fund: str) -> dict[int, dict[str, float]]:
        """Each contributor's share of what the fund counts in each budget period,
        where rules tell contributors apart.
        """
        amounts: dict[int, dict[str, float]] = defaultdict(dict)
        for (name, contributor, budget_period), amount in self.given.items():
            if name == fund:
                amounts[budget_period][contributor] = amount
        return {
            budget_period: {contributor: amount / sum(parts.values()) for contributor, amount in parts.items()}
            for budget_period, parts in amounts.items()
        }

    def allocations(self) -> Iterator[AllocationRow]:
        """The allocations table: fund, line, item, nation, quantity (units paid for that nation)."""
        shares = self._shares_of_nations()
        rows: dict[tuple[str, str, str, str], float] = defaultdict(float)
        for name, entries in self._by_fund.items():
            for key, cell, amount in entries:
                goods, nations = cell.bucket.goods, _terms(key).beneficiaries
                if goods is None or nations is None:
                    continue
                item, unit_cost = goods
                for (_cost_type, line), part in self._costs.get(cell, {}).items():
                    for nation, share in shares.get(group_of(item, nations), {}).items():
                        rows[name, line, item, nation] += amount * part / unit_cost * share
        for place, quantity in rows.items():
            yield *place, quantity

    def _shares_of_nations(self) -> dict[Key, dict[str, float]]:
        """(item, nations) → how the units that are paid for these nations are attributed to each of them."""
        units: dict[Key, dict[str, float]] = defaultdict(dict)
        for (item, nations, nation), quantity in self.allocated.items():
            units[item, nations][nation] = quantity
        return {
            group: {nation: quantity / sum(by_nation.values()) for nation, quantity in by_nation.items()}
            for group, by_nation in units.items()
        }


def _terms(key: PaymentKey) -> PaymentTerms:
    admitted = next(entry for entry in key.bucket.admitted if entry.fund == key.fund)
    return next(terms for terms in admitted.terms if terms.tier == key.tier)


def contributor_shares(
    budget_periods: BudgetPeriods, fund: Fund, totals: Mapping[int, float]
) -> dict[int, dict[str, float]]:
    """Each contributor's share of what a fund counts in each budget period (adding to 1).

    In proportion to what is still available: the limit up to the budget period less what was paid against it, in the
    same year, or with carry-over in all years.
    """
    shares: dict[int, dict[str, float]] = {}
    used: dict[str, float] = defaultdict(float)
    year: int | None = None
    for budget_period in sorted(totals):
        if not fund.carry_over and budget_periods.year(budget_period) != year:
            used = defaultdict(float)
        year = budget_periods.year(budget_period)
        left = {
            name: max(limit - used[name], 0.0)
            for name, limit in budget_periods.available_of(fund, budget_period).items()
        }
        whole = sum(left.values())
        shares[budget_period] = {name: amount / whole for name, amount in left.items() if amount > 0}
        for name, share in shares[budget_period].items():
            used[name] += share * totals[budget_period]
    return shares
