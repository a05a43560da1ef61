"""What each response counts in the objectives of the plan: lateness, days in transit, cost;
and the money it may cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from planner.domain.instance import Leg, PlanningInstance
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, figure
from planner.formulation.model.model import LESS, Model, Terms, Variable
from planner.formulation.responses.response import Response


def add_money(response: Response) -> None:
    """response_money (c):  Σ undiscounted cost of the response ≤ money[c]
    dual ≤ 0: objective per further unit of money.
    """
    limit = response.case.contingency.money
    terms = summed([(charge.variable, charge.amount) for charge in response.charges])
    if limit is not None and terms:
        case_key = response.case.key
        response.plan.row("response_money", case_key, terms, LESS, limit, case_key)


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
    """The terms with each variable once, its coefficients added up."""
    total: dict[Variable, float] = defaultdict(float)
    for variable, factor in terms:
        total[variable] += factor
    return list(total.items())


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class CaseIndex(NamedTuple):
    """A case; `strike`: its period (0-based)."""

    contingency: str
    strike: int


def case_place(_: Directory, row: CaseIndex) -> Place:
    """The place of a row of a case: the contingency, no item, the period of the strike (1…P)."""
    return row.contingency, None, row.strike + 1


def _origins(model: Model, row: CaseIndex) -> Iterator[Origin]:
    money = model.instance.contingencies[row.contingency].money
    yield Origin(figure("Contingencies", "money", contingency=row.contingency), money, 1.0)


RESPONSE_MONEY = Family(
    name="response_money",
    index=CaseIndex,
    unit="{currency}",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=case_place,
    built_anew=True,
    origins=_origins,
    needed=lambda instance: any(case.contingency.money is not None for case in instance.cases),
    words=Words(limit="the money for the response to {object}", lacking="of money for the response to {object}"),
)
FAMILIES = (RESPONSE_MONEY,)
