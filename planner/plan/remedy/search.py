"""The cheapest rises of levers that make a goal whole, on one LP: the plan's own, each lever a column beside it.

    minimise Σ price · rise   subject to   A x − Σ gives · rise ≤ b,  goal short ≤ what is left,  nobody worse off

What is left is the least that all levers together can do, mostly nothing. Nobody worse off: neither the shortfall and the
lateness of other commitments, nor missed targets, nor what the past lacks; cost is free. (The elastic program with prices;
Chinneck, Feasibility and Infeasibility in Optimization, 2008.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from planner.errors import NoPlanError
from planner.plan.again.optimal_program import OptimalProgram
from planner.plan.remedy.found import Remedy
from planner.plan.remedy.levers import Lever
from planner.plan.remedy.measures import CONTINGENCY, EVERYTHING, MEASURES, Goal, measures
from planner.solver.highs import Basis, Vector
from planner.solver.parametric_study import Extension, ParametricStudy
from planner.tolerances import NO_LESS, SAME

HELD = ("frozen_departure", "past_lack", "target_shortfall", "coverage", "contingency")
MOST_ALONE = 25  # levers that are tried by themselves
PARTS = (0.25, 0.5, 0.75)  # of what is short, on the frontier
ALTERNATIVES = 2
LEAST_ENTRY, LARGEST_ENTRY = 1e-4, 1e3  # between which the largest coefficient of a lever is to be


@dataclass
class Search:
    """The LP of a plan (`standing`) with its levers.

    `before`: what each measure and level is in the plan; to be given where `standing` has the LP of a changed input, and no plan.
    `tell` hears what is looked for next.
    """

    standing: OptimalProgram
    levers: Mapping[str, Lever]
    before: Mapping[str, float] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda _: None
    study: ParametricStudy = field(init=False)
    groups: Sequence[str] = field(init=False)
    _units: Mapping[str, float] = field(init=False)  # of the column of a lever, in the unit of its figure
    _start: Basis = field(init=False)

    def __post_init__(self) -> None:
        standing = self.standing
        self.groups, rows = measures(standing.program.model)
        names = (*rows, *(level for level in HELD if level in standing.levels))
        self._units = {name: _unit(lever, standing.program.model.money_unit) for name, lever in self.levers.items()}
        columns = {
            name: {row: entry * self._units[name] for row, entry in lever.entries.items()}
            for name, lever in self.levers.items()
        }
        self.study = standing.study(standing.levels, Extension(rows, columns))
        self._start = self.study.start(standing.basis)
        self.before = self.before or {name: self.study.value(name, standing.values) for name in names}

    def value(self, goal: Goal) -> float:
        """What the goal lacks in the plan."""
        return self.before[goal.row]

    def remedies(self, goal: Goal, alternatives: int = ALTERNATIVES, alone: bool = True) -> list[Remedy]:
        """The cheapest, those that do without its dearest lever, and the cheapest by one lever `alone`."""
        short = self.value(goal)
        best = self.cheapest(goal)
        if best is None:
            return []
        found, free = [best], list(self.levers)
        for _ in range(alternatives):
            dearest = max(found[-1].rises, key=lambda name: self.levers[name].price * found[-1].rises[name])
            free.remove(dearest)
            other = self._cheapest(goal, "alternative", free, short, best.left)
            if other is None:
                break
            found.append(other)
        single = self._alone(goal, short, best.left) if alone else None
        if single is None or any(single.rises.keys() == one.rises.keys() for one in found):
            return found
        return [*found, single]

    def cheapest(self, goal: Goal) -> Remedy | None:
        """The cheapest by all levers; None where they bring nothing."""
        hold_others(self.study, goal, self.before)
        return self._cheapest(goal, "cheapest", list(self.levers), self.value(goal))

    def frontier(self, goal: Goal, best: Remedy) -> list[Remedy]:
        """The least that each part of the way to `best` costs, of the parts that the levers come to."""
        hold_others(self.study, goal, self.before)
        found = []
        for part in PARTS:
            left = best.short - part * (best.short - best.left)
            point = self._cheapest(goal, f"{part:.0%}", list(self.levers), best.short, left)
            found += [point] if point is not None else []
        return found

    def _cheapest(
        self, goal: Goal, how: str, free: Sequence[str], short: float, most: float | None = None
    ) -> Remedy | None:
        """With these levers; None where they do not come to `most` (None: where they bring nothing)."""
        self.tell(f"remedy of {goal.name or 'everything'}, {how}")
        for name in free:
            self.study.bound_column(name, 0.0, self.levers[name].most / self._units[name])
        try:
            left, near = self._reached(goal, short) if most is None else (most, self._start)
            if left is None:
                return None
            self.study.bound(goal.row, upper=left + NO_LESS * left)
            point = self.study.minimise(self._prices(free), near)
        except NoPlanError:
            if most is None:
                raise
            return None
        finally:
            self.study.bound(goal.row)
            for name in free:
                self.study.bound_column(name, 0.0, 0.0)
        rises = {name: float(point.values[self.study.column[name]]) * self._units[name] for name in free}
        kept = {name: rise for name, rise in rises.items() if rise > SAME * max(1.0, self.levers[name].value)}
        return Remedy(how, kept, sum(self.levers[name].price * rise for name, rise in kept.items()), short, left)

    def _reached(self, goal: Goal, short: float) -> tuple[float | None, Basis]:
        """The least that the goal lacks (None: they bring nothing) with the levers that are free, and where to go on from."""
        small = NO_LESS * max(1.0, short)
        reached = self.study.minimise(self.study.costs({goal.row: 1.0}), self._start)
        least = reached.value if reached.value > small else 0.0
        return (None if least > short - small else least), reached.basis

    def _alone(self, goal: Goal, short: float, left: float) -> Remedy | None:
        """The cheapest way by one lever. Only one with a reduced cost below 0 can do anything by itself."""
        point = self.study.minimise(self.study.costs({goal.row: 1.0}), self._start)
        costs = {name: float(point.reduced_costs[self.study.column[name]]) / self._units[name] for name in self.levers}
        able = sorted((cost / self.levers[name].price, name) for name, cost in costs.items() if cost < -SAME)
        tried = (self._cheapest(goal, "single", [name], short, left) for _, name in able[:MOST_ALONE])
        return min((one for one in tried if one is not None), key=lambda one: one.cost, default=None)

    def _prices(self, free: Sequence[str]) -> Vector:
        costs = self.study.column_costs([])
        for name in free:
            costs[self.study.column[name]] = self.levers[name].price * self._units[name]
        return costs


def _unit(lever: Lever, money: float) -> float:
    """In which to count the rise of a lever, a power of two: one that costs as much as a unit of money in the LP, where that
    leaves its coefficients ordinary. In the units of the input prices differ by more than the solver's arithmetic bears.
    """
    largest = max(abs(entry) for entry in lever.entries.values())
    unit = min(max(money / lever.price, LEAST_ENTRY / largest), LARGEST_ENTRY / largest)
    return 2.0 ** round(log2(unit))


def hold_others(study: ParametricStudy, goal: Goal, before: Mapping[str, float]) -> None:
    """Let nothing but the goal lack more than in the plan (`before`: each measure and level); of the goal lateness is free."""
    for name, value in before.items():
        if _is_free(name, goal):
            study.bound(name)
        else:
            study.hold(name, value)


def _is_free(name: str, goal: Goal) -> bool:
    if goal.kind == EVERYTHING:
        return name.startswith(("short ", "late ")) or name == goal.row
    if goal.kind == CONTINGENCY:
        return name in (goal.row, "coverage", "contingency")
    return name in (goal.row, f"late {goal.name}", MEASURES[EVERYTHING])
