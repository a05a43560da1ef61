"""A response as a small planning instance of its own: the periods of the case, what moves in it, and its need.

Periods are counted from the beginning of the response. What comes in from the plan (its stock, goods under way, orders
placed, capacity bought) is not part of it; `planner.formulation.responses` links the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf

from planner.domain.contingency.contingencies import Case
from planner.domain.contingency.losses import Hits, Network, struck
from planner.domain.contingency.recipients import moved_items
from planner.domain.instance import Demand, Expansion, Leg, Line, Node, Order, PlanningInstance, Resource, Supply
from planner.domain.rules import Consent, Policy


@dataclass(frozen=True, slots=True)
class Need:
    """What a response is to deliver: a surge, or standing demand of the plan (`demand`: its name)."""

    kind: str  # surge, demand
    demand: str  # blank for a surge
    wanted: Demand  # periods from the beginning of the response


def ordered_before(line: Line, case: Case, period: int) -> bool:
    """Was what the line completes in a period of the horizon ordered before the response begins?"""
    return period < case.begin + line.order_lead_time or period in line.orders


def needs(instance: PlanningInstance, case: Case) -> list[Need]:
    """The surge that falls due in the horizon, and the plan's own demand that stands beside it."""
    taken, moved = {demand.name for demand in instance.demands}, frozenset(case.contingency.items)
    needs_of_case = []
    for number, surge in case.surges():
        name = f"surge {number + 1}"
        while name in taken:
            name += "~"
        due = case.strike + surge.offset
        needs_of_case.append(Need("surge", "", Demand(
            name, surge.destination, surge.item, due - case.begin, surge.quantity, _window(case, due, surge.max_delay),
            None, False, surge.priority, surge.shortage_cost, surge.delay_cost, surge.max_delay,
        )))  # fmt: skip
    for demand in instance.demands:
        if demand.item in moved and demand.due in case.periods and _stands(case, demand):
            window = _window(case, demand.due, demand.max_delay)
            wanted = replace(demand, due=demand.due - case.begin, window=window, commitment=None, binding=False)
            needs_of_case.append(Need("demand", demand.name, wanted))
    return needs_of_case


def _stands(case: Case, demand: Demand) -> bool:
    return case.contingency.standing == "all" or (case.contingency.standing == "binding" and demand.binding)


def _window(case: Case, due: int, delay: int) -> range:
    return _within(case, range(due, due + delay + 1))


def _within(case: Case, periods: range) -> range:
    """The part of some periods of the horizon that lies in the response, counted from its beginning."""
    start = max(periods.start, case.begin)
    return range(start - case.begin, max(min(periods.stop, case.end + 1), start) - case.begin)


def _resources(instance: PlanningInstance, case: Case, used: Collection[str]) -> dict[str, Resource]:
    """The resources that are used, with their capacity in the periods of the response."""
    return {
        name: replace(resource, capacity=resource.capacity[case.begin : case.end + 1])
        for name, resource in instance.resources.items()
        if name in used
    }


def _embargoes(instance: PlanningInstance, case: Case) -> tuple[Policy, ...]:
    """What supply rules forbid in the periods of the response; shares of supply are not asked of it."""
    return tuple(
        replace(policy, periods=_within(case, policy.periods))
        for policy in instance.policies
        if policy.kind == "forbid"
    )


def _consent(consent: Consent, case: Case, legs: Collection[str]) -> Consent:
    """The consent as it holds in the periods of the response, for the legs that are in it."""
    legs_left = tuple(leg for leg in consent.legs if leg in legs)
    return replace(consent, withheld=_within(case, consent.withheld), legs=legs_left)


def response_instance(
    instance: PlanningInstance, case: Case, wanted: list[Need], delays: Mapping[str, int]
) -> PlanningInstance:
    """The instance of a response. Rules that are not asked of it (least rates, targets, locks, shares, money) are not
    in it. `delays`: periods that are added to the lead time of what it sends, by leg."""
    moved = moved_items(instance, case.contingency.items)
    periods = len(case.periods)
    horizon = replace(instance.horizon, start=instance.horizon.first_day(case.begin), periods=periods)
    network = Network(
        {node.name: _node(instance, node, case) for node in instance.nodes.values()},
        {line.name: _line(line, case) for line in instance.lines.values() if line.item in moved},
        {leg.name: reduced for leg in instance.legs.values() if (reduced := _leg(leg, case, delays)).open},
    )
    nodes, lines, legs = struck(network, _hits(case), periods)
    used = {resource for line in lines.values() for resource in line.resources}
    return PlanningInstance(
        settings=instance.settings,
        horizon=horizon,
        items={name: item for name, item in instance.items.items() if name in moved},
        nodes=nodes,
        node_items={(item, node): stated for (item, node), stated in instance.node_items.items() if item in moved},
        legs=legs,
        route_items={(item, route): stated for (item, route), stated in instance.route_items.items() if item in moved},
        lines=lines,
        resources=_resources(instance, case, used),
        expansions=dict(_expansions(instance.expansions, case)),
        supplies=tuple(_supplies(instance, case, moved)),
        demands=tuple(need.wanted for need in wanted),
        policies=_embargoes(instance, case),
        consents=tuple(_consent(consent, case, legs) for consent in instance.consents),
        unit_values=instance.unit_values,
    )


def left_by_case(instance: PlanningInstance, response: PlanningInstance, case: Case) -> Network:
    """What the case's own disruptions leave of the network of its response:
    the plan knows of those that are certain.
    """
    if not instance.certain:
        return Network(response.nodes, response.lines, response.legs)
    whole = Network(
        {name: replace(node, left=()) for name, node in response.nodes.items()},
        {name: replace(line, left=()) for name, line in response.lines.items()},
        response.legs,
    )
    return struck(whole, _hits(case), len(case.periods))


def _hits(case: Case) -> Hits:
    """The case's own disruptions, with the periods from its beginning in which they hold."""
    return [(hit, _shifted(hit.holds(case.strike, case.end), case.begin)) for hit in case.contingency.disruptions]


def _shifted(periods: range, begin: int) -> range:
    return range(periods.start - begin, periods.stop - begin)


def _node(instance: PlanningInstance, node: Node, case: Case) -> Node:
    return replace(
        node,
        access=frozenset() if node.name in instance.open_to_responses else node.access,
        open=_within(case, node.open),
        storage_t=node.storage_t[case.begin : case.end + 1],
        closing=None if node.closing is None else node.closing - case.begin,
        left=node.left[case.begin : case.end + 1],
    )


def _leg(leg: Leg, case: Case, delays: Mapping[str, int]) -> Leg:
    return replace(
        leg,
        open=_within(case, leg.open),
        lead_time=leg.lead_time + delays.get(leg.name, 0),
        capacity_t=leg.capacity_t[case.begin : case.end + 1],
        left=leg.left[case.begin : case.end + 1],
    )


def _line(line: Line, case: Case) -> Line:
    """No least rate, no advance; what was ordered before has the limits of its own that the plan sets, and costs
    nothing any more. A rate is measured from the plan's where the line was open before."""
    capacity = (inf if ordered_before(line, case, period) else line.capacity[period] for period in case.periods)
    return replace(
        line,
        open=_within(case, line.open),
        capacity=tuple(capacity),
        min_rate=0.0,
        start_rate=line.start_rate if line.open.start >= case.begin else None,
        advance=0.0,
        orders={
            period - case.begin: Order(order.quantity, 1.0)
            for period, order in line.orders.items()
            if period in case.periods
        },
        left=line.left[case.begin : case.end + 1],
    )


def _expansions(expansions: Mapping[str, Expansion], case: Case) -> Iterator[tuple[str, Expansion]]:
    """What the plan may have bought by the end of the response, ready from its first possible period on."""
    for name, expansion in expansions.items():
        ready = expansion.buy.start + expansion.lead_time
        if expansion.buy and ready <= case.end:
            first = max(ready - case.begin, 0)
            yield name, replace(expansion, buy=range(first, first + 1), lead_time=0)


def _supplies(instance: PlanningInstance, case: Case, moved: frozenset[str]) -> Iterator[Supply]:
    """Goods on order, and opening stock where the response begins with the horizon."""
    for supply in instance.supplies:
        if supply.item in moved and supply.period in case.periods and (not supply.opening or case.begin == 0):
            yield replace(supply, period=supply.period - case.begin)
