"""The rules that a model leaves out although the data would need them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import inf, isfinite

from planner.catalogue import Catalogue
from planner.domain.history_slack import lacks
from planner.domain.instance import Nation, PlanningInstance
from planner.formulation.goods.circulation import asked_for

Need = Callable[[PlanningInstance], bool]


def not_enforced(instance: PlanningInstance, catalogue: Catalogue) -> tuple[str, ...]:
    """Filled rules that the plan need not obey: those this version cannot enforce, then those the model leaves out.

    A family that is switched off but has nothing to do in this workbook is not listed.
    """
    left_out = (
        f"{family.title} ({family.meaning}): left out by model '{catalogue.name}'"
        for family in catalogue.switched_off
        if NEEDS.get(family.name, _always)(instance)
    )
    return (*instance.not_enforced, *left_out, *_without_levels(instance, catalogue))


def _without_levels(instance: PlanningInstance, catalogue: Catalogue) -> Iterator[str]:
    """A family that is nothing but an objective level has no say in a weighted sum."""
    if instance.settings.objective == "weighted" and catalogue.enabled("least_served"):
        title = catalogue.constraints["least_served"].title
        yield f"{title}: the objective of this workbook is weighted; it needs the lexicographic one"


def _always(_: PlanningInstance) -> bool:
    return True


def _limited(values: Iterable[float]) -> bool:
    return any(isfinite(value) for value in values)


def _perishable_components(instance: PlanningInstance) -> bool:
    return any(
        instance.items[component].shelf_life is not None
        for line in instance.lines.values()
        for component in line.components
    )


def _names_beneficiaries(instance: PlanningInstance) -> bool:
    return any(rule.beneficiaries is not None for fund in instance.funds.values() for rule in fund.eligibility)


def _shares(instance: PlanningInstance, asks: Callable[[Nation], bool]) -> bool:
    return instance.money_is_limited and any(asks(nation) for nation in instance.nations.values())


def _by_key(instance: PlanningInstance) -> bool:
    return instance.settings.key_tolerance is not None and _shares(instance, lambda nation: nation.key is not None)


def _joint(instance: PlanningInstance) -> bool:
    funds = instance.funds.values()
    return instance.money_is_limited and any(fund.min_nations and fund.min_nations_enforced for fund in funds)


def _split(instance: PlanningInstance) -> bool:
    """Does a rule ask who pays in whose name?"""
    return (
        _shares(instance, lambda n: bool(n.contribution_min or n.work_share_min) or n.contribution_max is not None)
        or _by_key(instance)
        or _joint(instance)
        or any(lock.kind == "pay" for lock in instance.locks)
    )


# What in the data calls for a family. A family not named here is always called for.
NEEDS: dict[str, Need] = {
    "component_use": _perishable_components,
    "line_capacity": lambda p: any(_limited(line.capacity) for line in p.lines.values()),
    "placed_order": lambda p: any(line.orders for line in p.lines.values()),
    "departure": lambda p: bool(p.previous),
    "departure_cap": lambda p: bool(p.previous) and p.settings.departure_cap is not None,
    "frozen_plan": lambda p: bool(p.previous) and p.settings.frozen > 0,
    "minimum_rate": lambda p: any(line.min_rate > 0 for line in p.lines.values()),
    "ramp": lambda p: any(line.ramp < inf for line in p.lines.values()),
    "resource_capacity": lambda p: any(_limited(resource.capacity) for resource in p.resources.values()),
    "expansion_limit": lambda p: any(expansion.limit < inf for expansion in p.expansions.values()),
    "route_capacity": lambda p: any(_limited(leg.capacity_t) for leg in p.legs.values()),
    "route_volume": lambda p: any(leg.capacity_m3 < inf for leg in p.legs.values()),
    "route_item_capacity": lambda p: any(entry.capacity < inf for entry in p.route_items.values()),
    "circulation": lambda p: bool(asked_for(p) & {leg.route for leg in p.legs.values() if leg.lead_time == 0}),
    "throughput": lambda p: any(node.throughput_t < inf for node in p.nodes.values()),
    "storage_weight": lambda p: any(_limited(node.storage_t) for node in p.nodes.values()),
    "storage_volume": lambda p: any(node.storage_m3 < inf for node in p.nodes.values()),
    "storage_explosive": lambda p: any(node.storage_neq_kg < inf for node in p.nodes.values()),
    "storage_item": lambda p: any(entry.storage is not None for entry in p.node_items.values()),
    "stock_target": lambda p: any(target.quantity is not None for target in p.targets.values()),
    "days_of_supply": lambda p: any(target.days_of_supply is not None for target in p.targets.values()),
    "spend_balance": lambda p: p.money_is_limited,
    "payment_balance": lambda p: p.money_is_limited,
    "fund_limit": lambda p: p.money_is_limited,
    "fund_ceiling": lambda p: p.money_is_limited and any(fund.ceiling < inf for fund in p.funds.values()),
    "cofinancing": lambda p: p.money_is_limited and any(fund.cofinancing < 1 for fund in p.funds.values()),
    "fund_content": lambda p: (
        p.money_is_limited
        and any(fund.content_min is not None and fund.content_scope == "fund" for fund in p.funds.values())
    ),
    "contribution_balance": _split,
    "contribution_limit": _split,
    "contributed_total": _split,
    "contribution_min": lambda p: _shares(p, lambda nation: bool(nation.contribution_min)),
    "contribution_max": lambda p: _shares(p, lambda nation: nation.contribution_max is not None),
    "key_min": _by_key,
    "key_max": _by_key,
    "work_share": lambda p: _shares(p, lambda nation: bool(nation.work_share_min)),
    "payment_lock": lambda p: any(lock.kind == "pay" for lock in p.locks),
    "taking_part": _joint,
    "common_procurement": _joint,
    "largest_share": lambda p: any(policy.kind == "largest_share" for policy in p.policies),
    "smallest_share": lambda p: any(policy.kind == "smallest_share" for policy in p.policies),
    "past_lack_limit": lambda p: bool(lacks(p)),
    "consent": lambda p: any(consent.withheld for consent in p.consents),
    "lock": lambda p: any(lock.kind != "pay" for lock in p.locks),
    "least_served": lambda _: False,  # an aim, which no data call for
    "allocation_balance": lambda p: p.money_is_limited and _names_beneficiaries(p),
    "beneficiary": lambda p: p.money_is_limited and _names_beneficiaries(p),
    "forbid": lambda p: any(policy.kind == "forbid" for policy in p.policies),
}
