"""Spending: what every object costs, and which fund pays how much of it on which terms.

Index sets: payable objects o (line, expansion, route, node, each under one cost type); budget periods s, the fiscal
years cut where a fund's window or a budget's availability begins or ends (`planner.domain.budget_periods`); cost
buckets b, the objects that no fund's rules tell apart; terms k of eligibility, a tier and its beneficiaries. Variables:
spend[o, s°, s] ≥ 0, what o costs in s of what was ordered in s°; payment[f, b, k, s°, s] ≥ 0, what f pays of it on the
terms k. The budget period of the order is distinguished only where a fund that counts commitments may pay; elsewhere s°
= s.

Money columns are in `model.money_unit` (a power of two of the currency), so that budgets of billions and unit
costs of cents meet in one matrix.

A bucket is exact: its objects are admitted by the same funds on the same terms with the same content, and where
payments are allocated to beneficiaries they are one item at one unit cost; so a payment may be shared among them
in proportion to their cost without breaking a rule of any of them. The contributors of a fund are one payer here
for the same reason: they admit the same, and what each still has available can be used in any proportion (see
`planner.plan.settle.payments`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import floor, log2
from typing import NamedTuple

from planner.domain import eligibility
from planner.domain.budget_periods import BudgetPeriods
from planner.domain.eligibility import CONTENT_COST_TYPES, Payable, content_share, payable, terms_of
from planner.domain.instance import Fund, PlanningInstance
from planner.formulation.model.family import Directory, Family, Kind, Place, Sign
from planner.formulation.model.model import EQUAL, Model, Terms, Variable
from planner.tolerances import LEAST_COEFFICIENT


class Admitted(NamedTuple):
    """A fund that may pay: on which terms, and the content that a rule of its portfolio counts."""

    fund: str
    terms: tuple[eligibility.PaymentTerms, ...]
    content: float | None


class Bucket(NamedTuple):
    """Objects that no rule tells apart."""

    admitted: tuple[Admitted, ...]
    goods: tuple[str, float] | None = None  # item and unit cost, where payments are allocated to beneficiaries
    apart: str = ""  # the one object, where rules of it must be kept by itself
    past: tuple[str, ...] = ()  # its cost type and name, where a rule of it counts what was paid before


class SpendingCell(NamedTuple):
    """A bucket's cost in `budget_period` of what was ordered in the budget period `ordered`."""

    bucket: Bucket
    ordered: int
    budget_period: int

    def counted(self, fund: Fund) -> int:
        """The budget period in which the fund counts what it pays of it."""
        return self.ordered if fund.basis == "commitment" else self.budget_period


class PaymentKey(NamedTuple):
    """Which payment a column is."""

    fund: str
    bucket: Bucket
    tier: int
    ordered: int
    budget_period: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment column with what the rules of its fund ask of it."""

    variable: Variable
    fund: str
    cell: SpendingCell
    terms: eligibility.PaymentTerms
    content: float | None
    counted: int  # the budget period in which the fund counts it


@dataclass(frozen=True)
class Buckets:
    """The bucket of each object."""

    instance: PlanningInstance
    budget_periods: BudgetPeriods

    @cached_property
    def _cut_years(self) -> bool:
        return len(self.budget_periods.ranges) > len(self.instance.horizon.years)

    @cached_property
    def _known(self) -> dict[tuple[str, str], Bucket]:
        return {}

    def of(self, cost_type: str, name: str) -> Bucket:
        """The bucket of an object's costs; each is made once."""
        if (cost_type, name) not in self._known:
            self._known[cost_type, name] = self._of(cost_type, name)
        return self._known[cost_type, name]

    def _of(self, cost_type: str, name: str) -> Bucket:
        """The funds that admit an object, and what else tells it apart.

        Co-financing holds per object and fiscal year. Where a year has several cells, objects under a
        co-financing fund stay apart: payments shared in proportion within each cell could break it for one.
        So do objects of which something was paid before the horizon in the fiscal year that has begun.
        """
        what = payable(self.instance, cost_type, name)
        funds = self.instance.funds
        admitted = tuple(self._admitted(what))
        split = self._cut_years or self._ordered_early(what, admitted)
        shared = any(funds[entry.fund].cofinancing < 1 for entry in admitted)
        names_beneficiaries = any(terms.beneficiaries is not None for entry in admitted for terms in entry.terms)
        goods = (what.item or "", what.unit_cost or 0.0) if names_beneficiaries else None
        past = (cost_type, name) if (cost_type, name) in self._paid_before and shared else ()
        return Bucket(admitted, goods, f"{cost_type} {name}" if (split or past) and shared else "", past)

    @cached_property
    def _paid_before(self) -> frozenset[tuple[str, str]]:
        """Objects (cost type, name) of which something was paid in the fiscal year that has begun."""
        year = self.instance.horizon.fiscal_years[0]
        return frozenset((paid.cost_type, paid.object) for paid in self.instance.past.payments if paid.year == year)

    def _admitted(self, what: Payable) -> Iterator[Admitted]:
        for fund in self.instance.funds.values():
            terms = terms_of(fund, what)
            if terms:
                counts = fund.content_scope == "fund" and what.cost_type in CONTENT_COST_TYPES
                yield Admitted(fund.name, terms, content_share(fund, what) if counts else None)

    def _ordered_early(self, what: Payable, admitted: tuple[Admitted, ...]) -> bool:
        leads = what.kind == "line" and self.instance.lines[what.object].order_lead_time > 0
        return leads and self.tells_orders_apart(Bucket(admitted))

    def tells_orders_apart(self, bucket: Bucket) -> bool:
        """May a fund that counts commitments pay for it?"""
        return any(self.instance.funds[entry.fund].basis == "commitment" for entry in bucket.admitted)


# (budget period of the order, budget period) -> money per unit of each column
ByBudgetPeriod = dict[tuple[int, int], dict[Variable, float]]
Spending = dict[SpendingCell, Terms]  # +1 per spend column


def add_spending(model: Model, budget_periods: BudgetPeriods) -> list[Payment]:
    """Spending of each object, and the payments that cover it."""
    return _add_payments(model, budget_periods, _add_spend(model, budget_periods))


def _add_spend(model: Model, budget_periods: BudgetPeriods) -> Spending:
    """spend_balance (o, s°, s):  Σ cost per unit · activity − spend[o, s°, s] = 0
    dual of either sign: objective per further unit of money that o costs.
    Rows with tiny costs (HiGHS drops coefficients below 1e-9) are multiplied by a power of two.
    """
    buckets = Buckets(model.instance, budget_periods)
    spending: Spending = defaultdict(list)
    for (cost_type, name), by_period in _by_object(model, budget_periods, buckets).items():
        bucket = buckets.of(cost_type, name)
        for (ordered, budget_period), costs in by_period.items():
            cell = SpendingCell(bucket, ordered, budget_period)
            index = (cost_type, name, ordered, budget_period)
            names = (cost_type, name, *_when(cell))
            spend = model.variable("spend", index, names)
            scale = row_scale(min(costs.values()) / model.money_unit)
            terms: Terms = [(variable, amount * scale / model.money_unit) for variable, amount in costs.items()]
            model.row("spend_balance", index, [*terms, (spend, -scale)], EQUAL, 0.0, names)
            spending[cell].append((spend, 1.0))
    return spending


def _by_object(model: Model, budget_periods: BudgetPeriods, buckets: Buckets) -> dict[tuple[str, str], ByBudgetPeriod]:
    """What each object (cost type, name) costs, in the order in which costs were registered."""
    by_object: dict[tuple[str, str], ByBudgetPeriod] = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    budget_period_of = budget_periods.of_period
    for key, entries in model.costs.items():
        thing = key.cost_type, key.object
        by_order = buckets.tells_orders_apart(buckets.of(*thing))
        for cost in entries:
            budget_period = budget_period_of[cost.period]
            by_object[thing][budget_period_of[cost.ordered] if by_order else budget_period, budget_period][
                cost.variable
            ] += cost.amount
    return by_object


def _when(cell: SpendingCell) -> tuple[str | int, ...]:
    """How a written LP names the budget periods of a cell."""
    return (
        (cell.budget_period,)
        if cell.ordered == cell.budget_period
        else (f"ordered {cell.ordered + 1}", cell.budget_period)
    )


def row_scale(least: float) -> float:
    """1, or for a row whose least coefficient is tiny the power of two that brings it halfway up to 1."""
    return 1.0 if least >= LEAST_COEFFICIENT else 2.0 ** -floor(log2(least) / 2)


def _add_payments(model: Model, budget_periods: BudgetPeriods, spending: Spending) -> list[Payment]:
    """payment_balance (b, s°, s):  Σ_f Σ_k payment[f, b, k, s°, s] − Σ_o∈b spend[o, s°, s] = 0
    A fund pays what it counts within its window; where none does, there is no such spending.
    dual of either sign: objective per further unit of money to be paid.
    """
    usable = {name: set(budget_periods.open_to(fund)) for name, fund in model.instance.funds.items()}
    numbers = {bucket: number for number, bucket in enumerate(dict.fromkeys(cell.bucket for cell in spending))}
    payments: list[Payment] = []
    for cell, spent in spending.items():
        number, when = numbers[cell.bucket], _when(cell)
        balance: Terms = [(variable, -sign) for variable, sign in spent]
        for name, all_terms, content in cell.bucket.admitted:
            counted = cell.counted(model.instance.funds[name])
            for terms in all_terms if counted in usable[name] else ():
                key = PaymentKey(name, cell.bucket, terms.tier, cell.ordered, cell.budget_period)
                tier = (f"tier {terms.tier}",) if len(all_terms) > 1 else ()
                variable = model.variable("payment", key, (name, number, *tier, *when))
                model.paid[name, counted].append((variable, 1.0))
                balance.append((variable, 1.0))
                payments.append(Payment(variable, name, cell, terms, content, counted))
        model.row("payment_balance", cell, balance, EQUAL, 0.0, (number, *when))
    return payments


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class SpendIndex(NamedTuple):
    """A cost: its type, its object, the period of the order (0-based), and the budget period (place)
    in which it falls.
    """

    cost_type: str
    object: str
    ordered: int
    budget_period: int


def _spend_place(directory: Directory, row: SpendIndex) -> Place:
    return row.object, None, directory.budget_periods[row.budget_period].stop


def _payment_place(directory: Directory, row: SpendingCell) -> Place:
    return (
        ", ".join(admitted.fund for admitted in row.bucket.admitted),
        None,
        directory.budget_periods[row.budget_period].stop,
    )


SPEND_BALANCE = Family(
    name="spend_balance",
    index=SpendIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=_spend_place,
    needed=lambda instance: instance.money_is_limited,
)
PAYMENT_BALANCE = Family(
    name="payment_balance",
    index=SpendingCell,
    unit="money",
    dual="per unit of money",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=_payment_place,
    needed=lambda instance: instance.money_is_limited,
)
FAMILIES = (SPEND_BALANCE, PAYMENT_BALANCE)
