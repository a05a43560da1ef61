"""Why something that people planned has no place in the model at all: in the planner's words."""

from __future__ import annotations

from planner.domain.embargo import Embargo
from planner.domain.fixed_plan import GivenKey
from planner.domain.instance import PlanningInstance, Profile, share_left
from planner.formulation.model.model import Model

NO_GOODS = "no line, stock or arrival brings {item} to {node} by then"
NO_ACCESS = "no line, stock or arrival brings {item} to {node} by then that may be had by {nation}"


def reason(model: Model, table: str, key: GivenKey) -> str:
    """Why the model has no column for a quantity of `table`, keyed as in `planner.domain.fixed_plan`."""
    instance = model.instance
    if table == "payments":
        return _payment(instance, *key)
    what, *where, period = key
    label = instance.horizon.label(period) if 0 <= period < instance.horizon.periods else str(period + 1)
    if table == "production":
        return f"nothing can be made on {what} in {label}: {_production(instance, *key)}"
    if table == "shipments":
        (leg,) = where
        return f"{what} cannot be dispatched on {instance.legs[leg].route} in {label}: {_shipment(instance, *key)}"
    if table == "deliveries":
        return f"nothing can be delivered against {what} in {label}: {_delivery(instance, *key)}"
    if table == "investments":
        return f"{what} cannot be bought in {label}: {_investment(instance, *key)}"
    (node,) = where
    return f"{what} cannot be at {node} at the end of {label}: {_stored(instance, *key)}"


def _window(instance: PlanningInstance, opened: range) -> str:
    label = instance.horizon.label
    return f"it is open from {label(opened.start)} to {label(opened.stop - 1)}" if opened else "it never opens"


def _shut(left: Profile, period: int, name: str = "it") -> str:
    """That a certain disruption leaves nothing; blank where it leaves something."""
    return "" if share_left(left, period) > 0 else f"Disruptions leaves nothing of {name} then"


def _production(instance: PlanningInstance, name: str, period: int) -> str:
    line = instance.lines[name]
    if period not in line.open:
        return _window(instance, line.open)
    if shut := _shut(line.left, period) or _shut(instance.nodes[line.factory].left, period, line.factory):
        return shut
    if Embargo(instance, True).making(line, period):
        return f"an embargo forbids {line.item} there"
    if not line.capacity or line.capacity[period] <= 0:
        return "it has no capacity then"
    parts = [item for item, quantity in line.components.items() if quantity > 0]
    return NO_GOODS.format(item=" or ".join(parts) or line.item, node=line.factory)


def _shipment(instance: PlanningInstance, item: str, name: str, period: int) -> str:
    leg = instance.legs[name]
    if period not in leg.open:
        return _window(instance, leg.open)
    if shut := _shut(leg.left, period):
        return shut
    if item in leg.excluded:
        return f"it does not carry {item}"
    if period + leg.lead_time >= instance.horizon.periods:
        return f"it would arrive after the horizon ({leg.lead_time} periods later)"
    if period in Embargo(instance, True).dispatching(item).get(leg.route, ()):
        return f"an embargo forbids {item} there"
    for node, when in ((leg.origin, period), (leg.destination, period + leg.lead_time)):
        if when not in instance.nodes[node].open:
            return f"{node} is closed then"
        if shut := _shut(instance.nodes[node].left, when, node):
            return shut
    return NO_GOODS.format(item=item, node=leg.origin)


def _delivery(instance: PlanningInstance, name: str, due: int, period: int) -> str:
    demand = instance.demands_by_key[name, due]
    label = instance.horizon.label
    if period not in demand.window:
        first, last = label(demand.window.start), label(demand.window.stop - 1)
        return f"it is wanted in {first}" if first == last else f"it is wanted from {first} to {last}"
    if period not in instance.nodes[demand.destination].open:
        return f"{demand.destination} is closed then"
    if shut := _shut(instance.nodes[demand.destination].left, period, demand.destination):
        return shut
    if demand.quantity == 0:
        return "nothing is wanted"
    if instance.recipients.are_restricted:
        nation = instance.nodes[demand.destination].nation or "a node without nation"
        return NO_ACCESS.format(item=demand.item, node=demand.destination, nation=nation)
    return NO_GOODS.format(item=demand.item, node=demand.destination)


def _investment(instance: PlanningInstance, name: str, period: int) -> str:
    expansion = instance.expansions[name]
    if period not in expansion.buy:
        return _window(instance, expansion.buy).replace("open", "offered")
    return f"it would be ready after the horizon ({expansion.lead_time} periods later)"


def _stored(instance: PlanningInstance, item: str, name: str, period: int) -> str:
    node = instance.nodes[name]
    if period not in node.open:
        return f"{name} is closed then"
    if shut := _shut(node.left, period, name):
        return shut
    if node.storage_t and node.storage_t[period] == 0:
        return f"{name} has no storage"
    return NO_GOODS.format(item=item, node=name)


def _payment(instance: PlanningInstance, fund: str, year: int) -> str:
    if not instance.money_is_limited:
        return f"{fund} cannot pay in {year}: the input has no Budgets, so money is only counted"
    return f"{fund} cannot pay in {year}: it admits no cost that can fall then"
