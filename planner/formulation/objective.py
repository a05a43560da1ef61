"""The objectives: what each level, or the one weighted sum, minimises."""

from __future__ import annotations

from collections import defaultdict

from planner.formulation.model import Model, Variable

Objective = dict[Variable, float]

SERVICE_LEVELS = ("binding_shortfall", "other_shortfall", "lateness", "target_shortfall")


def real_cost(model: Model) -> Objective:
    """Discounted cost: Σ (1 + rate)^(−t ÷ periods per year) · amount due in t, and interest.

    Production, transport, holding, expansion and scrap, as registered; an advance counts when it is paid.
    """
    discount = model.instance.discount
    total: Objective = defaultdict(float)
    for entries in model.costs.values():
        for period, variable, amount in entries:
            total[variable] += amount * discount[period]
    for variable, amount in model.objectives.get("interest", ()):
        total[variable] += amount
    return total


def objectives(model: Model) -> list[tuple[str, Objective]]:
    """What to minimise, in order: the levels of the catalogue that have data, or the weighted sum.

    Weighted: discounted cost + shortage + delay + target shortage. Levels are undiscounted sums but for
    `cost`; `contingency` and `nervousness` have no terms in this version.
    """
    if model.weighted:
        total = real_cost(model)
        for variable, weight in model.objectives["weighted"]:
            total[variable] += weight
        return [("weighted", total)]
    found: list[tuple[str, Objective]] = []
    for level in model.catalogue.levels:
        terms = real_cost(model) if level.name == "cost" else _summed(model, level.name)
        if terms:
            found.append((level.name, terms))
    return found


def _summed(model: Model, level: str) -> Objective:
    total: Objective = defaultdict(float)
    for variable, weight in model.objectives.get(level, ()):
        total[variable] += weight
    return total
