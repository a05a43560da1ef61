"""The table of contents of the planning model."""

from __future__ import annotations

from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.reach import Reach
from planner.formulation.balance import add_balance, add_supply
from planner.formulation.bounds import stated_bounds
from planner.formulation.circulation import add_circulation, asked_for
from planner.formulation.common_procurement import add_common_procurement
from planner.formulation.consents import add_consents
from planner.formulation.contributions import add_contributions
from planner.formulation.demand import add_demand
from planner.formulation.expansion import add_expansion
from planner.formulation.funding import add_funding
from planner.formulation.least_served import add_least_served
from planner.formulation.locks import add_locks
from planner.formulation.model import Model
from planner.formulation.production import add_production
from planner.formulation.stability import add_stability
from planner.formulation.storage import add_storage
from planner.formulation.supply_shares import add_supply_shares
from planner.formulation.targets import add_targets
from planner.formulation.transport import add_throughput, add_transport


def build(instance: PlanningInstance, catalogue: Catalogue, prune: bool = True) -> Model:
    """The planning model of an instance: sections 1–14 of the formulation."""
    model = Model(instance, catalogue, Reach(instance, prune, embargo=catalogue.enabled("forbid"), closed=True))
    fill(model)
    return model


def fill(model: Model) -> None:
    """Add every concept. Modules that move goods and cause costs come first; those that close the registers
    they fill (handling, balance, funding) come after. All read the rows' bounds from the input first.
    """
    model.bounds = stated_bounds(model.frame)
    add_supply(model)
    add_expansion(model)
    add_production(model)
    add_transport(model)
    add_storage(model)
    add_demand(model)
    add_least_served(model)
    add_throughput(model)
    add_targets(model)
    add_stability(model)
    add_balance(model)
    add_circulation(model, asked_for(model.instance))
    add_supply_shares(model)
    add_consents(model)
    add_locks(model)
    add_funding(model)
    add_contributions(model)
    add_common_procurement(model)
