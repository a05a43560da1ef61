"""For whom goods are: the nations that an item is delivered to, and what admits them.

Goods are distinguished by recipient only where something that the item may pass does not admit all of its recipients,
or admits none that is not settled yet while an attack may still settle it. Elsewhere what does not admit them is closed
to the item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from planner.domain.instance import Leg, Node, PlanningInstance

Recipient = str | None  # a nation, "" for nodes without nation, None: reserve, for nobody yet
RESERVE: Recipient = None


def recipient_of(node: Node) -> str:
    """The recipient of what is delivered at the node."""
    return node.nation or ""


def may_leave(node: Node, recipient: Recipient) -> bool:
    """May goods for the recipient leave the node, by route or by delivery at it?"""
    return not node.access or recipient in node.access


def moved_items(instance: PlanningInstance, items: Iterable[str]) -> frozenset[str]:
    """The items, and through Components all that they are made of, whether or not a line makes them."""
    items_moved, waiting = set(items), list(items)
    while waiting:
        new = instance.made_of.get(waiting.pop(), frozenset()) - items_moved
        items_moved |= new
        waiting += new
    return frozenset(items_moved)


class Recipients:
    """Recipients of each item, and whether its goods are distinguished by them."""

    def __init__(self, instance: PlanningInstance) -> None:
        self._instance = instance
        self._wanted = self._all_wanted()
        struck = instance.struck_items
        self._apart: Mapping[str, tuple[Recipient, ...]] = {}
        if self.are_restricted:
            self._apart = self._distinguished(struck)

    def of(self, item: str) -> tuple[Recipient, ...]:
        """The recipients among whom goods of the item are distinguished; none where they are not."""
        return self._apart.get(item, ())

    @property
    def are_restricted(self) -> bool:
        """Is there anything that admits some recipients alone: a leg, a node, or stock?"""
        nodes = self._instance.nodes.values()
        return bool(self._restricted_legs() or any(node.access for node in nodes) or self._labelled())

    def settled(self) -> Recipients:
        """The same without reserve: in a response everybody knows what is wanted."""
        other = object.__new__(Recipients)
        other._instance, other._wanted = self._instance, self._wanted
        other._apart = {name: tuple(r for r in of if r is not RESERVE) for name, of in self._apart.items()}
        return other

    def wanted_by(self, item: str) -> tuple[Recipient, ...]:
        """For whom goods of the item may be; reserve alone where nobody needs it."""
        return self._wanted.get(item) or (RESERVE,)

    def carries(self, leg: Leg, origin: Node, item: str, recipient: Recipient) -> bool:
        """May goods of the item be dispatched for the recipient? Where they are not distinguished: for any of its."""
        whom = (recipient,) if self.of(item) else self.wanted_by(item)
        return any((not leg.nations or one in leg.nations) and may_leave(origin, one) for one in whom)

    # ── Who needs what ───────────────────────────────────────────────────────────────────────────

    def _all_wanted(self) -> dict[str, tuple[Recipient, ...]]:
        """Item → nations of its needs and of the needs of what it is made into, and those that Stocks name."""
        instance = self._instance
        nations_of: dict[str, set[str]] = defaultdict(set)
        for demand in instance.demands:
            if demand.quantity:
                nations_of[demand.item].add(recipient_of(instance.nodes[demand.destination]))
        for contingency in instance.contingencies.values():
            for surge in contingency.surges if contingency.strikes else ():
                if surge.quantity:
                    nations_of[surge.item].add(recipient_of(instance.nodes[surge.destination]))
        for supply in instance.supplies:
            if supply.nation is not None:
                nations_of[supply.item].add(supply.nation)
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(instance.items)
        graph.add_edges_from((item, part) for item, parts in instance.made_of.items() for part in parts)
        for item in nx.topological_sort(graph):
            for part in graph.successors(item):
                nations_of[part] |= nations_of[item]
        self._families = list(nx.weakly_connected_components(graph))
        return {item: tuple(sorted(nations)) for item, nations in nations_of.items()}

    def _labelled(self) -> set[str]:
        return {supply.item for supply in self._instance.supplies if supply.nation is not None}

    def _restricted_legs(self) -> list[Leg]:
        nodes = self._instance.nodes
        return [leg for leg in self._instance.legs.values() if leg.nations or nodes[leg.origin].access]

    def _distinguished(self, struck: frozenset[str]) -> dict[str, tuple[Recipient, ...]]:
        """Items that are made of one another are distinguished together."""
        recipients_of: dict[str, tuple[Recipient, ...]] = {}
        for family in self._families:
            if any(len(self._wanted.get(item, ())) > 1 and self._is_restricted(item, struck) for item in family):
                for item in family:
                    recipients = self._wanted.get(item, ())
                    if len(recipients) > 1:
                        recipients_of[item] = (*recipients, RESERVE)
        return recipients_of

    def _is_restricted(self, item: str, struck: frozenset[str]) -> bool:
        instance, wanted = self._instance, self._wanted[item]
        if item in self._labelled():
            return True
        passed = self._passed(item)
        readers = (*wanted, RESERVE) if item in struck else wanted
        for leg in self._restricted_legs():
            if leg.origin in passed and item not in leg.excluded:
                if not all(not leg.nations or one in leg.nations for one in readers):
                    return True
                if not all(may_leave(instance.nodes[leg.origin], one) for one in readers):
                    return True
        return False

    def _passed(self, item: str) -> set[str]:
        """The nodes that goods of the item can come to, whatever the time."""
        instance = self._instance
        onward: dict[str, list[str]] = defaultdict(list)
        for leg in instance.legs.values():
            if item not in leg.excluded:
                onward[leg.origin].append(leg.destination)
        nodes = {supply.node for supply in instance.supplies if supply.item == item}
        nodes |= {line.factory for line in instance.lines.values() if line.item == item}
        waiting = list(nodes)
        while waiting:
            new = set(onward[waiting.pop()]) - nodes
            nodes |= new
            waiting += new
        return nodes
