"""Which places and routes admit too few nations for goods to come to where they are wanted in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from planner.domain.cells import Field
from planner.domain.contingency.closing import arrives
from planner.domain.contingency.recipients import may_leave, recipient_of
from planner.domain.instance import Demand, PlanningInstance
from planner.domain.reach import Reach


class Restriction(NamedTuple):
    """What is for some nations only: the `access` of a node, the `nations` of a route, or the `stock` at a node."""

    kind: str  # access, nations, stock
    name: str


@dataclass(frozen=True)
class Admission:
    """The restrictions of an instance. Each set of them is looked at once.

    They are the reason if goods could be there in time without them. Then the answer is an irreducible set, found by a
    deletion filter, as in `planner.domain.contingency.closing`.
    """

    instance: PlanningInstance
    _reaches: dict[tuple[Restriction, ...], Reach] = field(default_factory=dict)

    def of_demand(self, demand: Demand) -> tuple[Restriction, ...]:
        """Those that together keep all goods from a demand; none where they are not the reason."""
        rows = tuple(dict.fromkeys(self._refusing(demand)))
        if not rows or self._comes(rows, demand) or not self._comes((), demand):
            return ()
        for row in rows:
            others = tuple(other for other in rows if other != row)
            if not self._comes(others, demand):
                rows = others
        return rows

    def fields_of_demand(self, demand: Demand) -> Iterator[Field]:
        """The figures of the input that say so."""
        nation = recipient_of(self.instance.nodes[demand.destination])
        for kind, name in self.of_demand(demand):
            if kind == "access":
                yield Field("Nodes", (("node", name),), "access")
            elif kind == "nations":
                yield Field("Routes", (("route", name),), "nations")
            for supply in self.instance.supplies if kind == "stock" else ():
                if supply.node == name and supply.nation not in (None, nation):
                    key = (("node", name), ("item", supply.item), ("nation", supply.nation))
                    yield Field("Stocks", key, "nation")

    def _refusing(self, demand: Demand) -> Iterator[Restriction]:
        """All that do not admit the nation of the destination."""
        instance = self.instance
        nation = recipient_of(instance.nodes[demand.destination])
        yield from (Restriction("access", node.name) for node in instance.nodes.values() if not may_leave(node, nation))
        for leg in instance.legs.values():
            if leg.nations and nation not in leg.nations:
                yield Restriction("nations", leg.route)
        for supply in instance.supplies:
            if supply.nation not in (None, nation):
                yield Restriction("stock", supply.node)

    def _comes(self, kept: tuple[Restriction, ...], demand: Demand) -> bool:
        """Could goods be there in time with these restrictions alone?"""
        if kept not in self._reaches:
            self._reaches[kept] = Reach(_with(self.instance, frozenset(kept)))
        return arrives(self._reaches[kept], demand)


def _with(instance: PlanningInstance, kept: frozenset[Restriction]) -> PlanningInstance:
    nodes = {
        name: node if Restriction("access", name) in kept else replace(node, access=frozenset())
        for name, node in instance.nodes.items()
    }
    legs = {
        name: leg if Restriction("nations", leg.route) in kept else replace(leg, nations=frozenset())
        for name, leg in instance.legs.items()
    }
    supplies = tuple(
        supply if Restriction("stock", supply.node) in kept else replace(supply, nation=None)
        for supply in instance.supplies
    )
    return replace(instance, nodes=nodes, legs=legs, supplies=supplies)
