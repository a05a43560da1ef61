"""Is there a supply, and does it come in time?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.cells import Field
from planner.domain.instance import Demand, Line, Target
from planner.numerals import numeral
from planner.workbook.names.places import Finding
from planner.workbook.validate.checking.view import InstanceView, closed_by_words, listed


def items_without_supply(view: InstanceView) -> Iterator[Finding]:
    """An item that a demand or a target wants and that no line makes and no stock holds."""
    wanted = {
        demand.item: f"demand {demand.name!r}" for demand in reversed(view.instance.demands) if demand.quantity > 0
    }
    for target in view.instance.targets.values():
        for item in target.items:
            wanted.setdefault(item, f"target {target.name!r}")
    for item in view.instance.items:
        if item in wanted and not view.is_provided(item):
            yield Finding("Items", {"item": item}, f"no line or stock provides {item}, which {wanted[item]} wants")


def components_without_supply(view: InstanceView) -> Iterator[Finding]:
    """A component that nothing provides, or that never comes to the factory that needs it."""
    for line in view.instance.lines.values():
        for component, quantity in line.components.items():
            if quantity <= 0 or view.earliest(component, line.factory) is not None:
                continue
            yield Finding(
                "Components", {"item": line.item, "component": component}, _missing(view, line, component), "component"
            )


def _missing(view: InstanceView, line: Line, component: str) -> str:
    must = f"; its minimum rate of {numeral(line.min_rate)} cannot be kept" if line.min_rate > 0 else ""
    if not view.is_provided(component):
        return f"no line or stock provides the component {component}, which line {line.name!r} consumes{must}"
    return f"the component {component} can never be at {line.factory}, where line {line.name!r} consumes it{must}"


def demands_out_of_reach(view: InstanceView) -> Iterator[Finding]:
    """A demand that no supply can reach by the end of its window."""
    for demand in view.instance.demands:
        if demand.quantity > 0 and view.is_provided(demand.item):
            problem = _too_late(view, demand)
            if problem:
                must = _must_be_met(view, demand)
                figure = Field("Demand", (("demand", demand.name), ("period", demand.due)), "period")
                closed_by = closed_by_words(view.closing.of_demand(demand)) or view.closed_to_words(demand)
                message = problem + closed_by + must
                yield Finding("Demand", {"demand": demand.name}, message, "period", figure=figure)


def _too_late(view: InstanceView, demand: Demand) -> str:
    periods = view.reach.delivery_periods(demand)
    if not periods:
        return f"{demand.destination} is closed when {demand.item} is due in {view.label(demand.due)}"
    deliverable = view.deliverable(demand.item, demand.destination)
    if deliverable[periods].any():
        return ""
    last = view.label(demand.window[-1])
    by = f"by {last}" if len(demand.window) > 1 else f"in {last}"
    if not deliverable.any():
        return f"no supply of {demand.item} can reach {demand.destination} {by}, nor at any later time of the horizon"
    return (
        f"no supply of {demand.item} can reach {demand.destination} {by}; "
        f"the earliest possible arrival is {view.label(int(deliverable.argmax()))}"
    )


def _must_be_met(view: InstanceView, demand: Demand) -> str:
    if view.must_be_met(demand.shortage_cost):
        return "; with a blank shortage_cost it must be met, so that no plan exists"
    return ""


def targets_out_of_reach(view: InstanceView) -> Iterator[Finding]:
    """A stock target at nodes that no supply of its items can ever reach while it holds."""
    for target in view.instance.targets.values():
        provided = [item for item in target.items if view.is_provided(item)]
        if _is_empty(target) or not provided or _target_is_reached(view, target, provided):
            continue
        yield Finding(
            "Targets",
            {"target": target.name},
            f"no supply of {listed(provided)} can reach {listed(target.nodes)} by {view.label(target.periods[-1])}"
            + closed_by_words(view.closing.of_target(target, provided, range(target.periods.stop))),
            "nodes",
        )


def _is_empty(target: Target) -> bool:
    return not target.periods or not (target.quantity or target.days_of_supply) or not target.nodes


def _target_is_reached(view: InstanceView, target: Target, items: list[str]) -> bool:
    rows = [view.reach.node_index[node] for node in target.nodes]
    return any(view.present(item)[rows, : target.periods.stop].any() for item in items)


def expired_stock(view: InstanceView) -> Iterator[Finding]:
    """Goods whose age exceeds their shelf life when they enter."""
    for supply in view.instance.supplies:
        shelf_life = view.instance.items[supply.item].shelf_life
        if shelf_life is not None and supply.quantity > 0 and supply.made + shelf_life < supply.period:
            where = {"node": supply.node, "item": supply.item}
            when = ("period", None if supply.opening else supply.period), ("age", supply.age)
            message = (
                f"{numeral(supply.quantity)} of {supply.item} at {supply.node} are {supply.age} periods old and keep "
                f"for {shelf_life}: they are expired on entry and only scrapped"
            )
            figure = Field("Stocks", (*where.items(), *when), "age")
            yield Finding("Stocks", where | {"age": str(supply.age)}, message, "age", figure=figure)
