"""The objectives: what each level, or the one weighted sum, minimises."""

from __future__ import annotations

from collections import defaultdict

from planner.domain.history_slack import lacks
from planner.domain.instance import PlanningInstance
from planner.formulation.model.model import Model, Variable

Objective = dict[Variable, float]


def real_cost(model: Model) -> Objective:
    """Discounted cost: Σ (1 + rate)^(−t ÷ periods per year) · amount due in t, and interest.

    Production, transport, holding, expansion and scrap, as registered; an advance counts when it is paid.
    """
    discount = model.instance.discount
    total: Objective = defaultdict(float)
    for entries in model.costs.values():
        for entry in entries:
            total[entry.variable] += entry.amount * discount[entry.period]
    for variable, amount in model.objectives.get("interest", ()):
        total[variable] += amount
    return total


def objectives(model: Model) -> list[tuple[str, Objective]]:
    """What to minimise, in order: the levels of the catalogue that have data, or the weighted sum.

    Weighted: discounted cost + shortage + delay + target shortage, and what the cases are expected to cost, their
    worst weighed more. Levels are undiscounted sums but for `cost` and `response_cost`.
    """
    if model.weighted:
        total = real_cost(model)
        for variable, weight in model.objectives["weighted"]:
            total[variable] += weight
        return [("weighted", total)]
    objectives_of: list[tuple[str, Objective]] = []
    for level in model.catalogue.levels:
        if has_data(model.instance, level.name):
            terms = real_cost(model) if level.name == "cost" else _summed(model, level.name)
            objectives_of.append((level.name, terms))
    return objectives_of


def has_data(instance: PlanningInstance, level: str) -> bool:
    """Does the input say anything that the level is about? Others are skipped."""
    if level in {"binding_shortfall", "least_served_binding"}:
        return any(demand.binding for demand in instance.demands)
    if level in {"other_shortfall", "least_served_other"}:
        return any(not demand.binding for demand in instance.demands)
    if level == "lateness":
        return any(len(demand.window) > 1 or demand.due < 0 for demand in instance.demands) or any(
            surge.max_delay > 0 for case in instance.cases for surge in case.contingency.surges
        )
    if level in {"contingency", "response_cost"}:
        return bool(instance.cases)
    if level == "waste":
        return bool(instance.struck_items)
    if level == "coverage":
        return any(case.contingency.coverage > 0 and case.contingency.surges for case in instance.cases)
    if level == "response_days":
        return bool(instance.cases) and any(leg.days is not None for leg in instance.legs.values())
    if level == "target_shortfall":
        return bool(instance.targets)
    if level == "past_lack":
        return bool(lacks(instance))
    if level == "frozen_departure":
        return bool(instance.previous) and instance.settings.frozen > 0
    if level == "nervousness":
        return bool(instance.previous)
    if level in {"tier_2", "tier_3"}:
        return instance.money_is_limited and _latest_tier(instance) >= int(level[-1])
    return level == "cost"


def _latest_tier(instance: PlanningInstance) -> int:
    return max((rule.tier for fund in instance.funds.values() for rule in fund.eligibility), default=1)


def _summed(model: Model, level: str) -> Objective:
    total: Objective = defaultdict(float)
    for variable, weight in model.objectives.get(level, ()):
        total[variable] += weight
    return total
