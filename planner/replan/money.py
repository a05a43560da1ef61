"""What money is left: budgets less payments, and the capacity that payments have bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from planner.domain.instance import Budget, Fund, PlanningInstance
from planner.replan.actuals import Actuals
from planner.replan.conflict import Conflict

SAME = 1e-6
Payer = tuple[str, str]  # fund, contributor


@dataclass
class Money:
    """`budgets[fund]` what is still available, `ceilings[fund]` what may still be paid, `bought[expansion, period]`
    the capacity that was paid for in each past period.
    """

    budgets: dict[str, list[Budget]] = field(default_factory=dict)
    ceilings: dict[str, float] = field(default_factory=dict)
    bought: dict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    conflicts: list[Conflict] = field(default_factory=list)


Orders = Mapping[tuple[str, int], float]  # (line, period of completion) -> good units


def follow(
    instance: PlanningInstance,
    actuals: Actuals,
    orders: Orders | None = None,
    planned: Mapping[tuple[str, str, str, int], float] | None = None,
) -> Money:
    """Payments are taken off the rows that a fund's rule of carry-over lets them use, the earliest first.

    A fund that counts commitments counts what is paid on completion in the year of the order. What it has committed in
    that year to `orders` that are completed in a later one stays at its disposal then: as much as it was `planned` to
    pay (see `LastPlan.payments`).
    """
    orders = orders or {}
    found = Money()
    spent: dict[Payer, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (payer, contributor, _type, thing, period), amount in actuals.paid.items():
        for year, part in _counted(instance, instance.funds[payer], actuals, orders, thing, period).items():
            spent[payer, contributor][year] += amount * part
    _buy(found, instance, actuals)
    for name, fund in instance.funds.items():
        found.budgets[name] = _left(found, instance, fund, spent)
        if fund.basis == "commitment" and not fund.carry_over:
            _reserve(found.budgets[name], instance, fund, actuals.now, orders, planned or {})
        paid = sum(sum(years.values()) for (by, _), years in spent.items() if by == name)
        found.ceilings[name] = max(fund.ceiling - paid, 0.0)
    return found


def _counted(
    instance: PlanningInstance, fund: Fund, actuals: Actuals, orders: Orders, thing: str, period: int
) -> dict[int, float]:
    """The fiscal years in which a fund counts what it paid for an object in a period, and their shares of it."""
    years, line = instance.horizon.fiscal_years, instance.lines.get(thing)
    if fund.basis != "commitment" or line is None or period in line.orders or period < line.order_lead_time:
        return {years[period]: 1.0}
    ahead = (thing, period + line.order_lead_time)
    on_completion = (1.0 - line.advance) * actuals.made.get((thing, period), 0.0)
    at_order = line.advance * actuals.made.get(ahead, orders.get(ahead, 0.0))
    if not on_completion:
        return {years[period]: 1.0}
    share = on_completion / (on_completion + at_order)
    found = {years[period]: 1.0 - share}
    ordered = years[period - line.order_lead_time]
    found[ordered] = found.get(ordered, 0.0) + share
    return found


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
    for (name, period), quantity in orders.items():
        line = instance.lines[name]
        ordered = period - line.order_lead_time
        if period >= len(years) or period in line.orders or not 0 <= ordered < now or years[ordered] == years[period]:
            continue
        owed = quantity * line.unit_cost * (1.0 - line.advance)
        whole = sum(amount for (_, _, thing, year), amount in planned.items() if (thing, year) == (name, years[period]))
        for (payer, contributor, thing, year), amount in planned.items():
            if (payer, thing, year) == (fund.name, name, years[period]):
                _move(budgets, contributor, years[ordered], year, owed * amount / whole, years.index(year))


def _move(budgets: list[Budget], contributor: str, earlier: int, later: int, amount: float, available: int) -> None:
    for place, budget in enumerate(budgets):
        if (budget.contributor, budget.year) == (contributor, earlier) and amount > 0:
            moved = min(budget.amount, amount)
            budgets[place] = replace(budget, amount=budget.amount - moved)
            budgets.append(Budget(contributor, later, moved, available))
            amount -= moved


def _buy(found: Money, instance: PlanningInstance, actuals: Actuals) -> None:
    """Capacity as reported; of an expansion of which nothing is reported, what its payments have bought."""
    paid_for: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (_, _, cost_type, thing, period), amount in actuals.paid.items():
        if cost_type == "capacity" and thing in instance.expansions and instance.expansions[thing].cost > 0:
            paid_for[thing][period] += amount / instance.expansions[thing].cost
    told = {name for name, _ in actuals.bought}
    for (name, period), quantity in actuals.bought.items():
        found.bought[name, period] += quantity
    for name, periods in paid_for.items():
        if name not in told:
            found.bought.update({(name, period): quantity for period, quantity in periods.items()})
            continue
        stated = sum(quantity for (thing, _), quantity in actuals.bought.items() if thing == name)
        computed = sum(periods.values())
        if abs(stated - computed) > SAME * max(1.0, stated, computed):
            found.conflicts.append(
                Conflict(
                    "money",
                    name,
                    "more or less was bought than was paid for",
                    stated,
                    computed,
                    "units of capacity",
                    "what was bought holds",
                )
            )


def _left(found: Money, instance: PlanningInstance, fund: Fund, spent: dict[Payer, dict[int, float]]) -> list[Budget]:
    budgets = sorted(fund.budgets, key=lambda budget: (budget.year, budget.available))
    for (payer, contributor), years in spent.items():
        if payer != fund.name:
            continue
        for year, amount in sorted(years.items()):
            over = amount
            for place, budget in enumerate(budgets):
                usable = budget.year <= year if fund.carry_over else budget.year == year
                if budget.contributor == contributor and usable:
                    used = min(budget.amount, over)
                    budgets[place] = replace(budget, amount=budget.amount - used)
                    over -= used
            if over > SAME * max(1.0, amount):
                where = f"{fund.name}, {contributor}, {year}"
                unit = instance.settings.currency
                conflict = Conflict("money", where, "more was paid than was available", amount, amount - over, unit,
                                    "nothing is left")  # fmt: skip
                found.conflicts.append(conflict)
    return budgets
