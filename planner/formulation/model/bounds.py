"""The right-hand sides of all rows, from the input: what a model is built with, and what alone changes when only
limits and amounts do.

Each family that takes a bound from the input has one function that states it, beside the function that adds its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf

from planner.formulation.goods import balance, demand, expansion, production, storage, targets, transport
from planner.formulation.model.model import Bounds, Frame
from planner.formulation.money import contributions, funding
from planner.formulation.rules import locks

STATED: Mapping[str, Callable[[Frame], Bounds]] = {
    "material_balance": balance.supplies,
    "settled_supply": balance.unsettled_supplies,
    "line_capacity": production.line_capacities,
    "minimum_rate": production.minimum_rates,
    "ramp": production.ramps,
    "resource_capacity": production.resource_capacities,
    "expansion_limit": expansion.limits,
    "route_capacity": transport.capacities,
    "route_volume": transport.volumes,
    "route_item_capacity": transport.item_capacities,
    "throughput": transport.throughputs,
    "storage_weight": storage.weights,
    "storage_volume": storage.volumes,
    "storage_explosive": storage.explosives,
    "storage_item": storage.item_storages,
    "demand_balance": demand.quantities,
    "stock_target": targets.quantities,
    "days_of_supply": targets.supplies,
    "lock": locks.amounts,
    "contribution_limit": contributions.contribution_limits,
    "payment_lock": contributions.payment_amounts,
    "fund_limit": funding.fund_limits,
    "fund_ceiling": funding.fund_ceilings,
}
# Families whose right-hand side is 0, or comes from what is no limit or amount of the plan to be (orders placed,
# the previous plan, what happened before the horizon); and whose coefficients no such limit or amount enters.
FIXED = frozenset(
    {
        "component_use",
        "made_for_balance",
        "spend_balance",
        "payment_balance",
        "cofinancing",
        "fund_content",
        "contribution_balance",
        "contributed_total",
        "contribution_min",
        "contribution_max",
        "key_min",
        "key_max",
        "work_share",
        "allocation_balance",
        "beneficiary",
        "consent",
        "largest_share",
        "smallest_share",
        "placed_order",
        "departure",
        "departure_cap",
        "frozen_plan",
        "past_lack_limit",
    }
)
# Families with quantities or budgets among their coefficients, or sums of amounts as their bounds: where a model has
# them, it is built anew.
BUILT_ANEW = frozenset({"least_served", "taking_part", "common_procurement", "circulation"})


def stated_bounds(frame: Frame) -> dict[str, Bounds]:
    """family → key → bound. A key without a bound has no limit; in the material balance, nothing that comes in."""
    return {family: finite(state(frame)) for family, state in STATED.items()}


def finite(bounds: Bounds) -> Bounds:
    """Unlimited is no bound."""
    return {key: bound for key, bound in bounds.items() if bound < inf}
