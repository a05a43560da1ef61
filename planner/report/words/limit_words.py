"""How limits are told: the groups of their families, what one more unit is called, what it brings."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan.prices.relief_found import AMOUNTS, Raised

GROUPS = {
    "money": ("fund_limit", "contribution_limit", "fund_ceiling", "cofinancing", "fund_content"),
    "production": ("line_capacity", "ramp", "minimum_rate", "resource_capacity", "expansion_limit"),
    "transport": ("route_capacity", "route_volume", "route_item_capacity", "throughput"),
    "storage": ("storage_weight", "storage_volume", "storage_explosive", "storage_item"),
    "partners": (
        *("beneficiary", "contribution_min", "contribution_max", "key_min", "key_max"),
        *("work_share", "taking_part", "largest_share", "smallest_share", "consent", "lock", "payment_lock"),
    ),
}
GROUP_OF = {family: group for group, families in GROUPS.items() for family in families}
# Limits in units of money, and those by fiscal year.
OF_MONEY = frozenset((*GROUPS["money"], *("contribution_min", "contribution_max", "key_min", "key_max"))) | {
    "work_share",
    "taking_part",
    "payment_lock",
}
BY_YEAR = frozenset({"fund_limit", "contribution_limit", "payment_lock"})
GROUP_TITLES = {
    "money": "Money",
    "production": "Production capacity",
    "transport": "Transport and handling",
    "storage": "Storage",
    "partners": "Rules of the partners",
}
# A limit that is used up, or a rule that holds back, by name.
LIMITS = {
    "fund_limit": "the money of {object}",
    "line_capacity": "the capacity of {object}",
    "ramp": "the rise of {object}",
    "minimum_rate": "the minimum rate of {object}",
    "resource_capacity": "shared resource {object}",
    "expansion_limit": "the limit of expansion {object}",
    "route_capacity": "route {object}",
    "route_volume": "route {object}, by volume",
    "route_item_capacity": "route {object} for {item}",
    "throughput": "handling at {object}",
    "storage_weight": "storage at {object}",
    "storage_volume": "storage at {object}, by volume",
    "storage_explosive": "storage at {object}, by its explosive licence",
    "storage_item": "storage of {item} at {object}",
    "cofinancing": "the co-financing of {object}",
    "fund_content": "the content of origin of {object}",
    "beneficiary": "the beneficiaries of {object}",
    "consent": "consent {object}, withheld",
    "lock": "lock {object}",
    "payment_lock": "lock {object}",
}


def limit_words(limit: Raised) -> str:
    """A limit by name, as it stands within a sentence."""
    words = LIMITS.get(limit.family, f"the rule {limit.family.replace('_', ' ')} {{object}}")
    return words.format(object=limit.object, item=limit.item)


def raised_words(limits: Sequence[Raised]) -> str:
    """What is done with limits to see what they hold back."""
    each = " of each" if len(limits) > 1 else ""
    if len(limits) == 1 and not limits[0].by_half and limits[0].family in AMOUNTS:
        return "as much of it as it takes"
    if all(limit.by_half for limit in limits):
        return f"half as much again{each}"
    if not any(limit.by_half for limit in limits):
        return "to do without them" if len(limits) > 1 else "to do without it"
    return "half as much again of each amount, and to do without the rest,"


# What one more unit of a limit is called; {step} is the unit of money, {unit} the item's unit.
STEPS = {
    "fund_limit": "{step} in",
    "fund_ceiling": "{step} of ceiling of",
    "cofinancing": "{step} of the share of",
    "fund_content": "{step} less of content of origin asked by",
    "line_capacity": "unit of capacity on line",
    "ramp": "unit of rise per period on line",
    "minimum_rate": "unit less of minimum rate on line",
    "resource_capacity": "unit of the shared resource",
    "expansion_limit": "unit allowed of expansion",
    "route_capacity": "tonne on route",
    "route_volume": "m³ on route",
    "route_item_capacity": "{unit} on route",
    "throughput": "tonne handled at",
    "storage_weight": "tonne of storage at",
    "storage_volume": "m³ of storage at",
    "storage_explosive": "kg of explosive licence at",
    "storage_item": "{unit} of storage at",
    "beneficiary": "{unit} that reaches",
    "contribution_limit": "{step} of",
    "contribution_min": "{step} less asked of",
    "contribution_max": "{step} allowed to",
    "key_min": "{step} less asked by the key of",
    "key_max": "{step} allowed by the key to",
    "work_share": "{step} less of work asked for in",
    "taking_part": "{step} less asked for taking part in",
    "largest_share": "{unit} allowed by",
    "smallest_share": "{unit} less asked by",
    "consent": "{unit} let through by",
    "lock": "{unit} less bound by lock",
    "payment_lock": "{step} less bound by lock",
}
# What a better value of a level means; {amount} is in money of value, {unit} its unit.
GAINS = {
    "past_lack": "make up for {amount} more of what the past lacks",
    "binding_shortfall": "bring {amount} more of the binding commitments",
    "contingency": "cover {amount} more of contingency demand",
    "other_shortfall": "bring {amount} more of the other goods wanted",
    "lateness": "save {amount} of lateness (value × periods)",
    "target_shortfall": "fill {amount} of missing stock (value × periods)",
    "tier_3": "save {amount} paid under tier 3",
    "tier_2": "save {amount} paid under tiers 2 and 3",
    "cost": "save {amount}",
    "nervousness": "spare {amount} of departure from the previous plan",
    "weighted": "lower the weighted objective by {amount}",
    "least_served_binding": "raise the least fill rate of binding commitments by {amount}",
    "least_served_other": "raise the least fill rate of other commitments by {amount}",
}
# What a worse value of a level means.
LOSSES = {
    "frozen_departure": "add {amount} of departure from the frozen plan",
    "past_lack": "leave {amount} more of what the past lacks",
    "binding_shortfall": "lose {amount} of the binding commitments",
    "contingency": "leave {amount} more of contingency demand uncovered",
    "other_shortfall": "lose {amount} of the other goods wanted",
    "lateness": "add {amount} of lateness (value × periods)",
    "target_shortfall": "add {amount} of missing stock (value × periods)",
    "tier_3": "add {amount} paid under tier 3",
    "tier_2": "add {amount} paid under tiers 2 and 3",
    "cost": "cost {amount}",
    "nervousness": "add {amount} of departure from the previous plan",
    "weighted": "raise the weighted objective by {amount}",
    "least_served_binding": "lower the least fill rate of binding commitments by {amount}",
    "least_served_other": "lower the least fill rate of other commitments by {amount}",
}
RATES = frozenset({"least_served_binding", "least_served_other"})  # levels that are a share, not money
