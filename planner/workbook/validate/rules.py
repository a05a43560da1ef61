"""The rules across cells and tables, in one list. Each is silent about cells that are faulty already."""

from __future__ import annotations

from planner.domain.instance import PlanningInstance
from planner.workbook.reading.periods import BAD
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.validate.across.contingencies import check_disruptions, check_surge, check_uncertainty
from planner.workbook.validate.across.later import check_actuals, check_options
from planner.workbook.validate.across.locks import check_locks
from planner.workbook.validate.across.money import check_currencies, check_funds, check_nation_shares
from planner.workbook.validate.across.places import (
    check_capacity,
    check_consents,
    check_policies,
    check_routes,
    check_stocks,
    check_targets,
)
from planner.workbook.validate.across.production import (
    check_component_cycles,
    check_component_lines,
    check_expansions,
    check_resource_use,
)
from planner.workbook.validate.across.replan import check_orders, check_overdue, check_previous
from planner.workbook.validate.across.windows import check_windows

RULES = (
    check_windows,
    check_capacity,
    check_routes,
    check_stocks,
    check_targets,
    check_policies,
    check_consents,
    check_locks,
    check_resource_use,
    check_component_lines,
    check_component_cycles,
    check_expansions,
    check_currencies,
    check_funds,
    check_nation_shares,
    check_overdue,
    check_orders,
    check_previous,
    check_surge,
    check_disruptions,
    check_uncertainty,
    check_options,
    check_actuals,
)


def check_rules(book: TypedWorkbook) -> None:
    """Adds the faults that no single cell shows."""
    for rule in RULES:
        rule(book)


def check_values(book: TypedWorkbook, instance: PlanningInstance) -> None:
    """Under the lexicographic objective every item with demand, target or surge needs a value (see domain.values)."""
    if instance.settings.objective != "lexicographic":
        return
    wanted = {demand.item for demand in instance.demands if demand.quantity}
    wanted.update(item for target in instance.targets.values() for item in target.items)
    wanted.update(item for item in book["Surge"]["item"] if item is not BAD)
    makes = {line.item for line in instance.lines.values()}
    table = book["Items"]
    for record, item in enumerate(table["item"]):
        if item in wanted and item not in instance.unit_values:
            why = "its lines cost nothing" if item in makes else "no line makes it"
            message = (
                f"the value of {item!r} is blank and {why}; the lexicographic objective needs a value "
                "for every item with demand, target or surge (or set the objective to weighted)"
            )
            table.fail(book.faults, record, "value", message)
