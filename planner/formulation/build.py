"""The table of contents of the planning model."""

from __future__ import annotations

from collections.abc import Collection

from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.reach import Reach
from planner.formulation.goods.balance import add_balance, add_supply
from planner.formulation.goods.circulation import add_circulation, asked_for
from planner.formulation.goods.demand import add_demand
from planner.formulation.goods.expansion import add_expansion
from planner.formulation.goods.production import add_production
from planner.formulation.goods.storage import add_storage
from planner.formulation.goods.targets import add_targets
from planner.formulation.goods.transport import add_throughput, add_transport
from planner.formulation.model.bounds import stated_bounds
from planner.formulation.model.model import Model
from planner.formulation.money.common_procurement import add_common_procurement
from planner.formulation.money.contributions import add_contributions
from planner.formulation.money.funding import add_funding
from planner.formulation.responses.build import add_responses
from planner.formulation.responses.waste import add_waste
from planner.formulation.rules.consents import add_consents
from planner.formulation.rules.least_served import add_least_served
from planner.formulation.rules.locks import add_locks
from planner.formulation.rules.stability import add_stability
from planner.formulation.rules.supply_shares import add_supply_shares


def build(
    instance: PlanningInstance,
    catalogue: Catalogue,
    prune: bool = True,
    stocks: Collection[tuple[str, str, int]] | None = None,
) -> Model:
    """The planning model of an instance: sections 1–14 of the formulation.

    `stocks`: (item, node, period) where stock may be held, and nowhere else; None: wherever the input allows it.
    """
    reach = Reach(instance, prune, embargo=catalogue.enabled("forbid"), closed=True)
    if stocks is not None:
        reach.hold_only(stocks)
    model = Model(instance, catalogue, reach)
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
    add_responses(model)
    add_waste(model)
    add_circulation(model, asked_for(model.instance))
    add_supply_shares(model)
    add_consents(model)
    add_locks(model)
    add_funding(model)
    add_contributions(model)
    add_common_procurement(model)
