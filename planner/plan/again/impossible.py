"""Why something that people planned has no place in the model at all: in the planner's words."""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.embargo import Embargo
from planner.domain.fixed_plan import GivenKey
from planner.domain.instance import PlanningInstance, Profile, share_left
from planner.domain.titles import object_title, title_of
from planner.formulation.model.model import Model


def reason(model: Model, table: str, key: GivenKey) -> str:
    """Why the model has no column for a quantity of `table`, keyed as in `planner.domain.fixed_plan`."""
    instance = model.instance
    if table == "payments":
        return _payment(instance, *key)
    what, *where, period = key
    name = object_title(instance, what)
    label = instance.horizon.label(period) if 0 <= period < instance.horizon.periods else str(period + 1)
    if table == "production":
        return f"nothing can be made on {name} in {label}: {_production(instance, *key)}"
    if table == "shipments":
        (leg,) = where
        return f"{name} cannot be dispatched on {object_title(instance, leg)} in {label}: {_shipment(instance, *key)}"
    if table == "deliveries":
        return f"nothing can be delivered against {name} in {label}: {_delivery(instance, *key)}"
    if table == "investments":
        return f"{name} cannot be bought in {label}: {_investment(instance, *key)}"
    (node,) = where
    return f"{name} cannot be at {title_of(instance.nodes, node)} at the end of {label}: {_stored(instance, *key)}"


def _window(instance: PlanningInstance, opened: range) -> str:
    label = instance.horizon.label
    return f"it is open from {label(opened.start)} to {label(opened.stop - 1)}" if opened else "it never opens"


def _shut(left: Profile, period: int, name: str = "it") -> str:
    """That a certain disruption leaves nothing; blank where it leaves something."""
    return "" if share_left(left, period) > 0 else f"Disruptions leaves nothing of {name} then"


def _shut_node(instance: PlanningInstance, node: str, period: int) -> str:
    return _shut(instance.nodes[node].left, period, title_of(instance.nodes, node))


def _closed(instance: PlanningInstance, node: str) -> str:
    return f"{title_of(instance.nodes, node)} is closed then"


def _no_goods(instance: PlanningInstance, items: Iterable[str], node: str) -> str:
    named = " or ".join(title_of(instance.items, item) for item in items)
    return f"no line, stock or arrival brings {named} to {title_of(instance.nodes, node)} by then"


def _periods(count: int) -> str:
    return "1 period" if count == 1 else f"{count} periods"


def _production(instance: PlanningInstance, name: str, period: int) -> str:
    line = instance.lines[name]
    if period not in line.open:
        return _window(instance, line.open)
    if shut := _shut(line.left, period) or _shut_node(instance, line.factory, period):
        return shut
    if Embargo(instance, True).making(line, period):
        return f"an embargo forbids {title_of(instance.items, line.item)} there"
    if not line.capacity or line.capacity[period] <= 0:
        return "it has no capacity then"
    parts = [item for item, quantity in line.components.items() if quantity > 0]
    return _no_goods(instance, parts or [line.item], line.factory)


def _shipment(instance: PlanningInstance, item: str, name: str, period: int) -> str:
    leg = instance.legs[name]
    if period not in leg.open:
        return _window(instance, leg.open)
    if shut := _shut(leg.left, period):
        return shut
    if item in leg.excluded:
        return f"it does not carry {title_of(instance.items, item)}"
    if period + leg.lead_time >= instance.horizon.periods:
        return f"it would arrive after the horizon ({_periods(leg.lead_time)} later)"
    if period in Embargo(instance, True).dispatching(item).get(leg.route, ()):
        return f"an embargo forbids {title_of(instance.items, item)} there"
    for node, when in ((leg.origin, period), (leg.destination, period + leg.lead_time)):
        if when not in instance.nodes[node].open:
            return _closed(instance, node)
        if shut := _shut_node(instance, node, when):
            return shut
    return _no_goods(instance, [item], leg.origin)


def _delivery(instance: PlanningInstance, name: str, due: int, period: int) -> str:
    demand = instance.demands_by_key[name, due]
    label = instance.horizon.label
    if period not in demand.window:
        first, last = label(demand.window.start), label(demand.window.stop - 1)
        return f"it is wanted in {first}" if first == last else f"it is wanted from {first} to {last}"
    if period not in instance.nodes[demand.destination].open:
        return _closed(instance, demand.destination)
    if shut := _shut_node(instance, demand.destination, period):
        return shut
    if demand.quantity == 0:
        return "nothing is wanted"
    lacking = _no_goods(instance, [demand.item], demand.destination)
    if instance.recipients.are_restricted:
        nation = instance.nodes[demand.destination].nation
        return (
            f"{lacking} that may be had by {title_of(instance.nations, nation) if nation else 'a node without nation'}"
        )
    return lacking


def _investment(instance: PlanningInstance, name: str, period: int) -> str:
    expansion = instance.expansions[name]
    if period not in expansion.buy:
        return _window(instance, expansion.buy).replace("open", "offered")
    return f"it would be ready after the horizon ({_periods(expansion.lead_time)} later)"


def _stored(instance: PlanningInstance, item: str, name: str, period: int) -> str:
    node = instance.nodes[name]
    if period not in node.open:
        return _closed(instance, name)
    if shut := _shut_node(instance, name, period):
        return shut
    if node.storage_t and node.storage_t[period] == 0:
        return f"{title_of(instance.nodes, name)} has no storage"
    return _no_goods(instance, [item], name)


def _payment(instance: PlanningInstance, fund: str, year: int) -> str:
    name = title_of(instance.funds, fund)
    if not instance.money_is_limited:
        return f"{name} cannot pay in {year}: the input has no Budgets, so money is only counted"
    return f"{name} cannot pay in {year}: it admits no cost that can fall then"
