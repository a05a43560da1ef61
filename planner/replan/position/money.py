"""What money is left: budgets less payments, and the capacity that payments have bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from planner.domain.instance import Budget, Fund, PlanningInstance
from planner.replan.position.actuals import Actuals
from planner.replan.position.conflict import ReportConflict
from planner.replan.position.orders import Orders
from planner.tolerances import close, matters

Payer = tuple[str, str]  # fund, contributor


@dataclass
class RemainingMoney:
    """`budgets[fund]` what is still available, `ceilings[fund]` what may still be paid, `bought[expansion, period]`
    the capacity that was paid for in each past period.
    """

    budgets: dict[str, list[Budget]] = field(default_factory=dict)
    ceilings: dict[str, float] = field(default_factory=dict)
    bought: dict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    conflicts: list[ReportConflict] = field(default_factory=list)


def follow(
    instance: PlanningInstance,
    actuals: Actuals,
    orders: Orders | None = None,
    planned: Mapping[tuple[str, str, str, int], float] | None = None,
) -> RemainingMoney:
    """Payments are taken off the rows that a fund's rule of carry-over lets them use, the earliest first.

    A fund that counts commitments counts what is paid on completion in the year of the order. What it has committed in
    that year to `orders` that are completed in a later one stays at its disposal then: as much as it was `planned` to
    pay (see `LastPlan.payments`).
    """
    orders = orders or Orders()
    remaining = RemainingMoney()
    spent: dict[Payer, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (payer, contributor, _type, thing, period), amount in actuals.paid.items():
        for year, part in _counted(instance, instance.funds[payer], orders, thing, period).items():
            spent[payer, contributor][year] += amount * part
    _buy(remaining, instance, actuals)
    for name, fund in instance.funds.items():
        remaining.budgets[name] = _left(remaining, instance, fund, spent)
        if fund.basis == "commitment" and not fund.carry_over:
            _reserve(remaining.budgets[name], instance, fund, actuals.now, orders, planned or {})
        paid = sum(sum(years.values()) for (by, _), years in spent.items() if by == name)
        remaining.ceilings[name] = max(fund.ceiling - paid, 0.0)
    return remaining


def _counted(instance: PlanningInstance, fund: Fund, orders: Orders, thing: str, period: int) -> dict[int, float]:
    """The fiscal years in which a fund counts what it paid for an object in a period, and their shares of it.

    What was paid on completion counts in the year of the order, however late it came.
    """
    years, line = instance.horizon.fiscal_years, instance.lines.get(thing)
    if fund.basis != "commitment" or line is None:
        return {years[period]: 1.0}
    weights: dict[int, float] = defaultdict(float)
    for due, units in orders.completed.get((thing, period), {}).items():
        ordered = due - line.order_lead_time
        weights[years[ordered if ordered >= 0 else period]] += (1.0 - line.advance) * units
    if not weights:
        return {years[period]: 1.0}
    weights[years[period]] += line.advance * orders.due.get((thing, period + line.order_lead_time), 0.0)
    whole = sum(weights.values())
    return {year: units / whole for year, units in weights.items()} if whole else {years[period]: 1.0}


def _reserve(
    budgets: list[Budget],
    instance: PlanningInstance,
    fund: Fund,
    now: int,
    orders: Orders,
    planned: Mapping[tuple[str, str, str, int], float],
) -> None:
    """Money of the year of an order is moved to the year in which the order is completed and paid."""
    years = instance.horizon.fiscal_years
    for entry in orders.open_:
        order, line = entry.order, instance.lines[entry.order.line]
        ordered = order.due - line.order_lead_time
        if entry.due is None or max(entry.due, order.due) >= len(years) or not 0 <= ordered < now:
            continue
        if years[ordered] == years[entry.due]:
            continue
        owed = entry.left * line.unit_cost * (1.0 - order.paid)
        payers = _payers(planned, order.line, years[entry.due]) or _payers(planned, order.line, years[order.due])
        whole = sum(payers.values())
        for (payer, contributor), amount in payers.items():
            if payer == fund.name and whole:
                _move(budgets, contributor, years[ordered], years[entry.due], owed * amount / whole,
                      years.index(years[entry.due]))  # fmt: skip


def _payers(planned: Mapping[tuple[str, str, str, int], float], line: str, year: int) -> dict[Payer, float]:
    """What each was to pay for a line in a fiscal year."""
    return {(payer, contributor): amount for (payer, contributor, thing, when), amount in planned.items()
            if (thing, when) == (line, year)}  # fmt: skip


def _move(budgets: list[Budget], contributor: str, earlier: int, later: int, amount: float, available: int) -> None:
    for index, budget in enumerate(budgets):
        if (budget.contributor, budget.year) == (contributor, earlier) and amount > 0:
            moved = min(budget.amount, amount)
            budgets[index] = replace(budget, amount=budget.amount - moved)
            budgets.append(Budget(contributor, later, moved, available))
            amount -= moved


def _buy(remaining: RemainingMoney, instance: PlanningInstance, actuals: Actuals) -> None:
    """Capacity as reported; of an expansion of which nothing is reported, what its payments have bought."""
    paid_for: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (_, _, cost_type, thing, period), amount in actuals.paid.items():
        if cost_type == "capacity" and thing in instance.expansions and instance.expansions[thing].cost > 0:
            paid_for[thing][period] += amount / instance.expansions[thing].cost
    stated_names = {name for name, _ in actuals.bought}
    for (name, period), quantity in actuals.bought.items():
        remaining.bought[name, period] += quantity
    for name, periods in paid_for.items():
        if name not in stated_names:
            remaining.bought.update({(name, period): quantity for period, quantity in periods.items()})
            continue
        stated = sum(quantity for (thing, _), quantity in actuals.bought.items() if thing == name)
        computed = sum(periods.values())
        if not close(stated, computed):
            remaining.conflicts.append(
                ReportConflict(
                    "money",
                    name,
                    "more or less was bought than was paid for",
                    stated,
                    computed,
                    "units of capacity",
                    "what was bought holds",
                )
            )


def _left(
    remaining: RemainingMoney, instance: PlanningInstance, fund: Fund, spent: dict[Payer, dict[int, float]]
) -> list[Budget]:
    budgets = sorted(fund.budgets, key=lambda budget: (budget.year, budget.available))
    for (payer, contributor), years in spent.items():
        if payer != fund.name:
            continue
        for year, amount in sorted(years.items()):
            over = amount
            for index, budget in enumerate(budgets):
                if budget.contributor == contributor and fund.pays_in(budget, year):
                    used = min(budget.amount, over)
                    budgets[index] = replace(budget, amount=budget.amount - used)
                    over -= used
            if matters(over, amount):
                where = f"{fund.name}, {contributor}, {year}"
                unit = instance.settings.currency
                conflict = ReportConflict("money", where, "more was paid than was available", amount, amount - over, unit,
                                    "nothing is left")  # fmt: skip
                remaining.conflicts.append(conflict)
    return budgets
