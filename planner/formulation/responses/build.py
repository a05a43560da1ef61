"""Responses to all cases, in one program with the plan: the deterministic equivalent of a two-stage stochastic program.

Decisions of the plan before a response begins are common to all cases; each response is planned for its case alone.
"""

from __future__ import annotations

from planner.formulation.goods.balance import add_balance, add_supply
from planner.formulation.goods.demand import add_demand
from planner.formulation.goods.production import add_production
from planner.formulation.goods.storage import add_storage
from planner.formulation.goods.transport import add_throughput, add_transport
from planner.formulation.model.bounds import stated_bounds
from planner.formulation.model.model import Model
from planner.formulation.responses.coverage import add_coverage
from planner.formulation.responses.links import add_bought_capacity, add_first_rise, add_inflow, add_orders
from planner.formulation.responses.losses import add_losses
from planner.formulation.responses.measures import add_measures, add_money
from planner.formulation.responses.response import PlanFlows, Response
from planner.formulation.rules.consents import add_consents


def add_responses(model: Model) -> None:
    """The response to each case, and what all of them together count in the objectives."""
    if not model.instance.cases:
        return
    flows = PlanFlows(model)
    for case in model.instance.cases:
        response = Response(model, case, flows)
        fill(response)
        model.responses.append(response)
    add_losses(model)


def fill(response: Response) -> None:
    """The plan's concepts once more, for the response."""
    response.bounds = stated_bounds(response.frame)
    add_inflow(response)
    add_supply(response)
    add_bought_capacity(response)
    add_production(response)
    add_orders(response)
    add_first_rise(response)
    add_transport(response)
    add_storage(response)
    add_demand(response)
    add_throughput(response)
    add_balance(response)
    add_consents(response)
    add_coverage(response)
    add_money(response)
    add_measures(response)
