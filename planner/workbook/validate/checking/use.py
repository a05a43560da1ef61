"""Is there a use for what is made and stored?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from planner.domain.contingency.recipients import may_leave
from planner.domain.instance import Leg, Node
from planner.workbook.names.places import Finding
from planner.workbook.validate.checking.view import InstanceView, listed


def nothing_wanted(view: InstanceView) -> Iterator[Finding]:
    """No demand, surge or target: the plan may do nothing at all."""
    instance = view.instance
    surges = (surge for each in instance.contingencies.values() if each.strikes for surge in each.surges)
    wanted = any(demand.quantity > 0 for demand in instance.demands) or any(surge.quantity > 0 for surge in surges)
    if not wanted and not instance.targets:
        yield Finding("Demand", {}, "nothing is wanted: there is no demand, surge or stock target")


def lines_without_use(view: InstanceView) -> Iterator[Finding]:
    """A line whose product can come to no demand, no target and no line that consumes it."""
    for line in view.instance.lines.values():
        used = view.wanted_at.get(line.item, frozenset()) | view.targeted_at.get(line.item, frozenset())
        if not line.open or not used.isdisjoint(_within_reach(line.factory, partial(view.outgoing, line.item))):
            continue
        if not used:
            reason = "nothing asks for it"
        elif used.isdisjoint(_within_reach(line.factory, partial(_routes_out, view, line.item))):
            reason = "no route leads there"
        else:
            reason = f"every way there is closed to it {_closed_by(view, line.item, line.factory)}"
        yield Finding(
            "Lines",
            {"line": line.name},
            f"what line {line.name!r} makes ({line.item}) can never reach a demand, a target or a line that "
            f"consumes it: {reason}",
        )


def _closed_by(view: InstanceView, item: str, start: str) -> str:
    """What admits none of those who need the item, where its ways from `start` end; otherwise that no time is open."""
    ends = [
        leg
        for origin in sorted(_within_reach(start, partial(view.outgoing, item)))
        for leg in _routes_out(view, item, origin)
        if view.is_dispatchable(leg) and leg not in view.outgoing(item, origin)
    ]
    needy = frozenset(view.reach.recipients.wanted_by(item))
    nodes = [leg.origin for leg in ends if not _admits_any(view, [item], view.instance.nodes[leg.origin])]
    routes = [leg.route for leg in ends if leg.nations and not leg.nations & needy]
    names = [f"the access of {name}" for name in dict.fromkeys(nodes)]
    names += [f"the nations of route {name}" for name in dict.fromkeys(routes)]
    return f"by {listed(names)}" if names else "throughout the horizon"


def _within_reach(start: str, outgoing: Callable[[str], Iterable[Leg]]) -> set[str]:
    """The nodes that can be come to from `start` on the legs that are `outgoing` of each, whatever the time."""
    reached, open_ends = {start}, [start]
    while open_ends:
        for leg in outgoing(open_ends.pop()):
            if leg.destination not in reached:
                reached.add(leg.destination)
                open_ends.append(leg.destination)
    return reached


def depots_never_emptied(view: InstanceView) -> Iterator[Finding]:
    """A depot where goods can come to lie, and from which nothing leads out and where nothing is used."""
    for name, node in view.instance.nodes.items():
        if node.kind != "depot":
            continue
        held = view.held_at.get(name, [])
        stuck = [item for item in held if not _leaves(view, item, name)]
        if stuck != held:  # others pass through: only what lies there already cannot be avoided
            stuck = [item for item in stuck if (item, name) in view.supplied_at]
        if stuck:
            what = "goods" if stuck == held else listed(stuck)
            ways = [leg for item in stuck for leg in _routes_out(view, item, name)]
            if any(view.is_dispatchable(leg) for leg in ways) and not _admits_any(view, stuck, node):
                reason = "its access admits none of those who need them, and nothing is consumed there"
            elif ways:
                reason = (
                    "every route out is closed to them throughout the horizon, and nothing is delivered or "
                    "consumed there"
                )
            else:
                reason = "no route leads out, and nothing is delivered or consumed there"
            yield Finding(
                "Nodes", {"node": name}, f"depot {name} is never emptied: {what} can come there, but {reason}"
            )


def _leaves(view: InstanceView, item: str, node: str) -> bool:
    return node in view.wanted_at.get(item, ()) or bool(view.outgoing(item, node))


def _admits_any(view: InstanceView, items: Iterable[str], node: Node) -> bool:
    """May goods of one of the items leave the node, for one of those who need it?"""
    return any(may_leave(node, one) for item in items for one in view.reach.recipients.wanted_by(item))


def _routes_out(view: InstanceView, item: str, node: str) -> list[Leg]:
    """The legs that carry the item out of the node, closed or open, whoever may use them."""
    return [leg for leg in view.instance.legs.values() if leg.origin == node and item not in leg.excluded]
