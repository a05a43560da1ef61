"""What each response counts in the objectives of the plan: lateness, days in transit, cost; and the money it may cost."""

from __future__ import annotations

from collections import defaultdict

from planner.domain.instance import Leg, PlanningInstance
from planner.formulation.model.model import LESS, Terms, Variable
from planner.formulation.responses.response import Response


def add_money(response: Response) -> None:
    """response_money (c):  Σ undiscounted cost of the response ≤ money[c]
    dual ≤ 0: objective per further unit of money.
    """
    limit = response.case.contingency.money
    terms = summed([(charge.variable, charge.amount) for charge in response.charges])
    if limit is not None and terms:
        own = response.case.key
        response.plan.row("response_money", own, terms, LESS, limit, own)


def add_measures(response: Response) -> None:
    """By weight of the case.

    lateness: Σ priority × value × units × periods late · response_days: Σ value × units × days in transit ·
    response_cost: Σ discounted (unit_cost × good units of own orders, in the period of completion, + transport).
    """
    plan, weight = response.plan, response.case.weight
    if plan.weighted or weight == 0:
        return
    plan.objectives["lateness"] += [(variable, weight * late) for variable, late in response.objectives["lateness"]]
    values = plan.instance.unit_values
    for (item, name, _period, _class), variable in response.columns["shipment"].items():
        days = days_in_transit(plan.instance, plan.instance.legs[name])
        plan.objectives["response_days"].append((variable, weight * values.get(item, 0.0) * days))
    plan.objectives["response_cost"] += [(variable, weight * amount) for variable, amount in discounted_cost(response)]


def days_in_transit(instance: PlanningInstance, leg: Leg) -> float:
    """Days on a leg: as given, else as many as its lead time has."""
    return leg.lead_time * instance.horizon.days_per_period if leg.days is None else leg.days


def discounted_cost(response: Response) -> Terms:
    """Money per unit of each column of the response, discounted to the start of the horizon."""
    discount = response.plan.instance.discount
    return [(charge.variable, charge.amount * discount[charge.period]) for charge in response.charges]


def summed(terms: Terms) -> Terms:
    """Each variable once."""
    total: dict[Variable, float] = defaultdict(float)
    for variable, factor in terms:
        total[variable] += factor
    return list(total.items())
