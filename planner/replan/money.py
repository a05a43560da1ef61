"""What money is left: budgets less payments, and the capacity that payments have bought."""

from __future__ import annotations

from collections import defaultdict
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


def follow(instance: PlanningInstance, actuals: Actuals) -> Money:
    """Payments are taken off the rows that a fund's rule of carry-over lets them use, the earliest first."""
    found = Money()
    spent: dict[Payer, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (payer, contributor, _type, _object, period), amount in actuals.paid.items():
        spent[payer, contributor][instance.horizon.fiscal_years[period]] += amount
    _buy(found, instance, actuals)
    for name, fund in instance.funds.items():
        found.budgets[name] = _left(found, instance, fund, spent)
        paid = sum(sum(years.values()) for (by, _), years in spent.items() if by == name)
        found.ceilings[name] = max(fund.ceiling - paid, 0.0)
    return found


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
