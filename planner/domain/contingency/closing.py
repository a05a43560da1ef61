"""Which certain disruptions keep goods from a place: those that close every way there in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from planner.domain.contingency.contingencies import Disruption
from planner.domain.contingency.losses import Network, struck
from planner.domain.instance import Demand, PlanningInstance
from planner.domain.reach import Reach


@dataclass(frozen=True)
class Closing:
    """What certain rows of Disruptions with factor 0 close in an instance. Each set of them is looked at once."""

    instance: PlanningInstance
    _reaches: dict[tuple[Disruption, ...], Reach] = field(default_factory=dict)

    def of(self, demand: Demand) -> tuple[Disruption, ...]:
        """An irreducible set of rows that together keep all goods from a demand; none where they are not the reason.

        With all of them nothing can come there in time; without any one of them something could, money and capacities
        aside. A deletion filter (Chinneck, Feasibility and Infeasibility in Optimization, 2008) finds it.
        """
        rows = tuple(hit for hit in self.instance.certain if hit.factor == 0)
        if not rows or self._comes(demand, rows) or not self._comes(demand, ()):
            return ()
        for row in rows:
            others = tuple(other for other in rows if other is not row)
            if not self._comes(demand, others):
                rows = others
        return rows

    def _comes(self, demand: Demand, rows: tuple[Disruption, ...]) -> bool:
        """Can the item be at the destination within the demand's window, if these rows of factor 0 alone happen?"""
        if rows not in self._reaches:
            self._reaches[rows] = Reach(_with(self.instance, rows))
        reach = self._reaches[rows]
        at = reach.node_index[demand.destination]
        return bool(reach.items[demand.item].present[:, at, reach.delivery_periods(demand)].any())


def _with(instance: PlanningInstance, rows: Sequence[Disruption]) -> PlanningInstance:
    """The instance of which only these certain disruptions take something away."""
    whole = Network(
        {name: replace(node, left=()) for name, node in instance.nodes.items()},
        {name: replace(line, left=()) for name, line in instance.lines.items()},
        {name: replace(leg, left=()) for name, leg in instance.legs.items()},
    )
    periods = instance.horizon.periods
    left = struck(whole, [(row, row.holds(0, periods - 1)) for row in rows], periods)
    return replace(instance, nodes=left.nodes, lines=left.lines, legs=left.legs, certain=tuple(rows))
