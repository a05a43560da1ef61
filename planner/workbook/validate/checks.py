"""What only the network or the money shows: warnings, because a shortage is a legitimate result.

Each check is a function that looks at an instance through a `InstanceView` and yields findings; `CHECKS` lists them
in the order in which they are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from planner.domain.instance import PlanningInstance
from planner.errors import Fault
from planner.workbook.names.places import Finding, InputPlaces
from planner.workbook.reading.raw import RawInput
from planner.workbook.validate.checking import capacity as checks_capacity
from planner.workbook.validate.checking import contingencies as checks_contingencies
from planner.workbook.validate.checking import money as checks_money
from planner.workbook.validate.checking import rules as checks_rules
from planner.workbook.validate.checking import supply as checks_supply
from planner.workbook.validate.checking import use as checks_use
from planner.workbook.validate.checking.view import InstanceView

Check = Callable[[InstanceView], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    checks_use.nothing_wanted,
    checks_supply.items_without_supply,
    checks_supply.components_without_supply,
    checks_supply.demands_out_of_reach,
    checks_supply.targets_out_of_reach,
    checks_supply.expired_stock,
    checks_use.lines_without_use,
    checks_use.depots_never_emptied,
    checks_capacity.targets_without_storage,
    checks_capacity.targets_that_cannot_hold,
    checks_capacity.routes_without_capacity,
    checks_capacity.routes_for_nobody,
    checks_capacity.lines_without_capacity,
    checks_capacity.expansions_of_unlimited_capacity,
    checks_money.budgets_never_usable,
    checks_money.costs_that_no_fund_pays,
    checks_rules.funds_with_too_few_nations,
    checks_rules.nations_without_money,
    checks_rules.payments_of_strangers,
    checks_rules.contributors_called_otherwise,
    checks_rules.shares_that_nobody_supplies,
    checks_rules.consents_that_are_all,
    checks_contingencies.contingencies_without_surge,
    checks_contingencies.strikes_outside_the_horizon,
    checks_contingencies.surges_after_the_horizon,
    checks_contingencies.surges_out_of_reach,
    checks_contingencies.hits_without_effect,
    checks_contingencies.uncertainty_without_effect,
)


def check_network(instance: PlanningInstance, raw: RawInput | None = None) -> list[Fault]:
    """Warnings about the instance, by check. With `raw`, the input as typed, they name sheet and cell."""
    view, places = InstanceView(instance), InputPlaces(raw, instance.cells)
    return [places.fault(finding) for check in CHECKS for finding in check(view)]
