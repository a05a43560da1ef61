"""Which disruptions keep goods from where they are wanted: those that close every way there in time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from planner.domain.contingency.contingencies import Case, Disruption
from planner.domain.contingency.losses import Network, struck
from planner.domain.contingency.response import Need
from planner.domain.instance import Demand, PlanningInstance, Target
from planner.domain.reach import Reach


class Closer(NamedTuple):
    """A row of Disruptions with factor 0, and the periods of the horizon in which it holds; `contingency` None:
    a certain one.
    """

    contingency: str | None
    hit: Disruption
    periods: range


Closers = tuple[Closer, ...]


@dataclass(frozen=True)
class Closing:
    """What rows of Disruptions with factor 0 close in an instance. Each set of them is looked at once.

    Each question is answered by an irreducible set of rows that together keep all goods away; by none where they are
    not the reason. With all of them nothing can come in time; without any one of them something could, money and
    capacities aside. A deletion filter (Chinneck, Feasibility and Infeasibility in Optimization, 2008) finds it.
    """

    instance: PlanningInstance
    _reaches: dict[Closers, Reach] = field(default_factory=dict)

    def of_demand(self, demand: Demand) -> Closers:
        """The certain rows that keep all goods from a demand of the plan."""
        return self._irreducible(self._certain, lambda reach: arrives(reach, demand))

    def of_target(self, target: Target, items: Iterable[str], periods: Collection[int]) -> Closers:
        """The certain rows for which none of the items can lie at any node of a target at the end of any of the periods
        (0-based).
        """
        wanted = list(items)
        return self._irreducible(
            self._certain, lambda reach: any(_lies(reach, target, item, periods) for item in wanted)
        )

    def of_needs(self, case: Case, needs: Iterable[Need]) -> Closers:
        """The rows that keep all goods from each of these needs of a case:
        certain ones, and where these do not suffice its own.
        """
        wanted = [by_horizon(need.wanted, case) for need in needs]
        of_case = (
            Closer(case.contingency.name, hit, range(max(held.start, case.begin), held.stop))
            for hit in case.contingency.disruptions
            if hit.factor == 0 and (held := hit.holds(case.strike, case.end))
        )
        return self._irreducible(
            (*of_case, *self._certain), lambda reach: any(arrives(reach, demand) for demand in wanted)
        )

    @property
    def _certain(self) -> Closers:
        last = self.instance.horizon.periods - 1
        return tuple(Closer(None, hit, hit.holds(0, last)) for hit in self.instance.certain if hit.factor == 0)

    def _irreducible(self, rows: Closers, comes: Callable[[Reach], bool]) -> Closers:
        """An irreducible set of the rows with which nothing `comes`; none where something does,
        or nothing does without them.
        """
        if not rows or comes(self._reach(rows)) or not comes(self._reach(())):
            return ()
        for row in rows:
            others = tuple(other for other in rows if other is not row)
            if not comes(self._reach(others)):
                rows = others
        return rows

    def _reach(self, rows: Closers) -> Reach:
        """What could come where if these rows alone happened."""
        if rows not in self._reaches:
            self._reaches[rows] = Reach(_with(self.instance, rows))
        return self._reaches[rows]


def by_horizon(wanted: Demand, case: Case) -> Demand:
    """A need with its window in periods of the horizon."""
    window = range(wanted.window.start + case.begin, wanted.window.stop + case.begin)
    return replace(wanted, window=window, due=wanted.due + case.begin)


def arrives(reach: Reach, demand: Demand) -> bool:
    """Can goods that may be delivered at the destination be there within the window?"""
    of_item = reach.items[demand.item]
    classes = [
        index
        for index, goods_class in enumerate(of_item.classes)
        if reach.is_for(demand.item, goods_class, demand.destination)
    ]
    return bool(of_item.present[classes, reach.node_index[demand.destination]][:, reach.delivery_periods(demand)].any())


def _lies(reach: Reach, target: Target, item: str, periods: Collection[int]) -> bool:
    """Can some of the item lie at a node of the target at the end of one of the periods?"""
    nodes = [reach.node_index[node] for node in target.nodes]
    present = reach.items[item].present.any(axis=0) & reach.storable(reach.instance.items[item])
    return bool(present[nodes][:, list(periods)].any())


def _with(instance: PlanningInstance, rows: Sequence[Closer]) -> PlanningInstance:
    """The instance of which only these disruptions take something away."""
    whole = Network(
        {name: replace(node, left=()) for name, node in instance.nodes.items()},
        {name: replace(line, left=()) for name, line in instance.lines.items()},
        {name: replace(leg, left=()) for name, leg in instance.legs.items()},
    )
    left = struck(whole, [(row.hit, row.periods) for row in rows], instance.horizon.periods)
    certain = tuple(row.hit for row in rows)
    return replace(instance, nodes=left.nodes, lines=left.lines, legs=left.legs, certain=certain)
