"""What really happens in a month: the plan, with seeded mishaps.

Production falls short by up to a fifth, a tenth of the shipments stay where they are, counts miss a little,
payments follow what was done. Nothing is made, sent or delivered that is not there, and no count finds more than there
is: of what the next count then lacks, re-optimisation takes as much as should have arrived for late, and would still
wait for it at the end, with goods that nobody has.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.instance import PlanningInstance
from planner.replan.position.actuals import Actuals
from planner.replan.position.as_planned import as_planned
from planner.run.recorded.load import SavedRun

Place = tuple[str, str]  # item, node
SHORT = 0.2  # the most by which a line falls short
STAYS = 0.1  # of the shipments
COUNTED = 0.2  # of the places, each month
OVERLOOKED = 0.01  # the most that a count misses


def shortfall_of(seed: int, line: str, month: int) -> float:
    """The share by which a line falls short in a month: nothing in half of them."""
    draw = random.Random(f"{seed} {line} {month}")
    return draw.uniform(0.0, SHORT) if draw.random() < 0.5 else 0.0


@dataclass
class Truth:
    """Goods as they really are (`stock`, and what `arrives` in a month), and everything that was reported so far, in
    the months of the first workbook. `cost` is what was really spent."""

    instance: PlanningInstance
    seed: int
    stock: dict[Place, float] = field(default_factory=lambda: defaultdict(float))
    arrives: dict[int, dict[Place, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    reported: list[Actuals] = field(default_factory=list)
    cost: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        for supply in self.instance.supplies:
            (self.stock if supply.opening else self.arrives[supply.period])[supply.item, supply.node] += supply.quantity

    def live(self, run: SavedRun, planned: PlanningInstance, month: int, is_last: bool = False) -> Actuals:
        """The month after a plan, as its reports will say; `month` counts from the first workbook's start.

        After the last month everything is counted, and right: a plan of what was counted too high would deliver goods
        that nobody has, and be better than hindsight.
        """
        course = as_planned(run, planned, 1)
        for place, quantity in self.arrives.pop(month, {}).items():
            self.stock[place] += quantity
        made: dict[tuple[str, int], float] = {}
        sent: dict[tuple[str, str, int], float] = {}
        given: dict[tuple[str, int | None, int], float] = {}
        wanted = {demand.name: demand for demand in planned.demands}
        stays = {key for key in course.shipped if self._random.random() < STAYS}
        makes = {line: units * (1.0 - shortfall_of(self.seed, line, month)) for (line, _), units in course.made.items()}
        # Within a month goods pass several hands: as long as something moves, all are asked again.
        moving = True
        while moving:
            moving = False
            for name, whole in makes.items():
                units = self._make(name, whole - made.get((name, month), 0.0))
                made[name, month] = made.get((name, month), 0.0) + units
                moving |= units > 1e-6
            for (item, leg, _), whole in course.shipped.items():
                key = (item, leg, month)
                units = 0.0 if (item, leg, 0) in stays else self._send(item, leg, month, whole - sent.get(key, 0.0))
                sent[key] = sent.get(key, 0.0) + units
                moving |= units > 1e-6
        for (name, _due, _), whole in course.delivered.items():
            units = self._take((wanted[name].item, wanted[name].destination), whole)
            given[original(name), None, month] = given.get((original(name), None, month), 0.0) + units
        scrapped = {
            (item, node, month): self._take((item, node), units) for (item, node, _), units in course.scrapped.items()
        }
        counted = {(item, node, month): units for (item, node), units in self._counts(is_last).items()}
        bought = {(name, month): units for (name, _), units in course.bought.items()}
        paid = {(*key[:4], month): amount * self._share_done(key[2], key[3], course, made, sent, month)
                for key, amount in course.paid.items()}  # fmt: skip
        self.cost += sum(paid.values())
        happened = Actuals(month + 1, made, sent, given, counted, paid, scrapped, bought)
        self.reported.append(happened)
        return happened

    def _counts(self, is_last: bool) -> dict[Place, float]:
        """What a count finds at some places; at the end, what there is at all of them."""
        if is_last:
            return dict(self.stock)
        return {place: units * self._random.uniform(1 - OVERLOOKED, 1)
                for place, units in self.stock.items() if self._random.random() < COUNTED}  # fmt: skip

    def _share_done(
        self, cost_type: str, thing: str, course: Actuals, made: Mapping[tuple[str, int], float],
        sent: Mapping[tuple[str, str, int], float], month: int,
    ) -> float:  # fmt: skip
        """How much of what was to be paid for has been done."""
        if cost_type == "transport":
            legs = {leg.name for leg in self.instance.legs.values() if leg.route == thing}
            planned = sum(units for (_, leg, _), units in course.shipped.items() if leg in legs)
            done = sum(units for (_, leg, _), units in sent.items() if leg in legs)
        elif thing in self.instance.lines and not self.instance.lines[thing].advance:
            planned, done = course.made.get((thing, 0), 0.0), made.get((thing, month), 0.0)
        else:
            return 1.0
        return done / planned if planned else 1.0

    def _make(self, name: str, units: float) -> float:
        line = self.instance.lines[name]
        for component, per_unit in line.components.items():
            units = min(units, self.stock[component, line.factory] * line.yield_ / per_unit)
        for component, per_unit in line.components.items():
            self.stock[component, line.factory] -= units * per_unit / line.yield_
        self.stock[line.item, line.factory] += max(units, 0.0)
        return max(units, 0.0)

    def _send(self, item: str, name: str, month: int, units: float) -> float:
        leg = self.instance.legs[name]
        units = self._take((item, leg.origin), units)
        if leg.lead_time:
            self.arrives[month + leg.lead_time][item, leg.destination] += units
        else:
            self.stock[item, leg.destination] += units
        return units

    def _take(self, place: Place, units: float) -> float:
        units = max(min(units, self.stock[place]), 0.0)
        self.stock[place] -= units
        return units


def original(demand: str) -> str:
    """The name in the workbook of a demand that became overdue."""
    return demand.partition(", due ")[0]
