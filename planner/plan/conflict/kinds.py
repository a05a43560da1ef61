"""What the families of rows have in common, as far as conflicts tell of them."""

from __future__ import annotations

from collections.abc import Mapping

# Rows of a share whose part is among what makes up the whole, and rows of a part beside a whole that is told apart.
PER_WHOLE = frozenset({"largest_share", "smallest_share", "cofinancing", "fund_content"})
PER_PART = frozenset({"contribution_min", "contribution_max", "work_share"})
# Rows whose figure is a share; their right-hand sides say nothing to a reader.
SHARES = PER_PART | PER_WHOLE | {"taking_part"}
# Rows whose amounts add up over periods and objects: what flows. What is in stock, or a rise, does not.
ADDS_UP = frozenset(
    {
        "line_capacity",
        "placed_order",
        "minimum_rate",
        "resource_capacity",
        "route_capacity",
        "route_volume",
        "route_item_capacity",
        "throughput",
        "demand_balance",
        "frozen_plan",
        "lock",
        "payment_lock",
        "material_balance",
    }
)
# Rows that count what came before them too: the figures add up, the rows do not.
CUMULATIVE = frozenset({"fund_limit", "contribution_limit"})
# What is lacking, after the amount.
LACKING: Mapping[str, str] = {
    "line_capacity": "of capacity at {object}",
    "resource_capacity": "of capacity at {object}",
    "expansion_limit": "in the limit of {object}",
    "route_capacity": "of capacity at {object}",
    "route_volume": "of capacity at {object}",
    "route_item_capacity": "of capacity for {item} at {object}",
    "throughput": "of handling at {object}",
    "storage_weight": "of storage at {object}",
    "storage_volume": "of storage at {object}",
    "storage_explosive": "of storage at {object}",
    "storage_item": "of storage for {item} at {object}",
    "ramp": "in the ramp of {object}",
    "fund_limit": "in the budget of {object}",
    "contribution_limit": "in the budget of {object}",
    "fund_ceiling": "under the ceiling of {object}",
    "material_balance": "of {item} in stock at {object}",
    "demand_balance": "of {item} at {object}",
    "minimum_rate": "to the minimum rate of {object}",
    "stock_target": "in stock for the target {object}",
    "days_of_supply": "of {item} in stock for the target {object}",
    "placed_order": "of the order placed with {object}",
    "frozen_plan": "of the frozen plan at {object}",
    "lock": "for the lock {object}",
    "payment_lock": "for the lock {object}",
}
