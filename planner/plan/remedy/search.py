"""The cheapest rises of levers that make a goal whole, on one LP: the plan's own, each lever a column beside it.

    minimise Σ price · rise   subject to   A x − Σ gives · rise ≤ b,  goal short ≤ what is left,  nobody worse off

What is left is the least that all levers together can do, mostly nothing. Nobody worse off: neither the shortfall and
the lateness of each other commitment, nor what each contingency leaves uncovered, nor missed targets, nor what the past
lacks is more in sum, though within a sum one item may lack more and another less; cost is free. (The elastic program
with prices; Chinneck, Feasibility and Infeasibility in Optimization, 2008.) Of a large program, all that is done with
goods that the goal does not lack stays as planned (`neighbourhood`).

Default prices leave many remedies that cost the same: a unit of money is as dear from whoever pays it. Of these one
with few changes is taken, of figures that are large for what they rise by: prices lean by next to nothing to such
figures. Then fewer changes are looked for that cost next to nothing more: each has a fixed charge, spread over its rise
(a linear program for the fixed-charge problem; Kim and Pardalos, A solution approach to the fixed charge network flow
problem, 1999), and at last each is left out by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import log2

import numpy as np

from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.model.rhs_update import rhs_update
from planner.plan.again.optimal_program import OptimalProgram
from planner.plan.again.structure import Structure
from planner.plan.beside import TOO_TIGHT
from planner.plan.program import built_program
from planner.plan.remedy.levers import Lever, levers
from planner.plan.remedy.measures import CONTINGENCY, EVERYTHING, MEASURES, Goal, lacking, measures
from planner.plan.remedy.neighbourhood import (
    MOST_SEARCHED,
    MOST_WHOLE,
    MOST_WHOLE_QUICKLY,
    Neighbourhood,
    Positions,
    with_parts,
)
from planner.plan.remedy.results import Remedy
from planner.solver.highs import Basis, Vector
from planner.solver.lexicographic import inner
from planner.solver.parametric.study import Extension, ParametricStudy, Point
from planner.tolerances import NO_LESS, SAME, matters

HELD = ("frozen_departure", "past_lack", "target_shortfall", "coverage", "contingency")
TARGET_SHORTAGES = ("target_shortage", "supply_shortage")  # families of columns
MOST_ALONE = 25  # levers that are tried by themselves
LEANING = 1e-3  # by how much of its price a figure is dearer that is small beside its rise, only to choose among equals
MOST_PIVOTS = 10_000  # of a solve that looks for fewer changes
SPARED_PIVOTS = (
    300  # of a solve that sees whether one change can be left out: on small programs it mostly takes some ten
)
MOST_SPARED = 20_000  # columns up to which each change is left out by itself, to see whether it can be
MOST_BY_SIMPLEX = (
    20_000  # columns of a neighbourhood of which dual simplex mostly finds the optimum sooner than interior point
)
MOST_CHARGED = 1e4  # times its price: more a fixed charge does not add to it
SLACK = 1e-3  # of its cost: by how much a remedy of fewer changes may be dearer; prices are not known better
PARTS = (0.25, 0.5, 0.75)  # of what is short, on the frontier
PENALTY = 100.0  # currency for a unit of what a goal lacks: a hundred times the value of the goods
ALTERNATIVES = 2
LEAST_ENTRY, LARGEST_ENTRY = 1e-4, 1e3  # between which the largest coefficient of a lever is to be


@dataclass(frozen=True)
class Least:
    """The least that a goal lacks; `row_duals` of the program's rows there, 0 of those that are not searched."""

    value: float
    row_duals: Vector


@dataclass
class Search:
    """The LP of a plan (`optimal`) with those of its levers that have a part in it.

    `before`: what each measure and level is in the plan; to be given where `optimal` has the LP of a changed input, and
    no plan but that of the input as it was. `tell` hears what is looked for next. `items`: goods whose plan may change,
    with all that goes with it; None: all.
    """

    optimal: OptimalProgram
    levers: Mapping[str, Lever]
    before: Mapping[str, float] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda _: None
    items: frozenset[str] | None = None
    study: ParametricStudy = field(init=False)
    groups: Sequence[str] = field(init=False)
    part: Neighbourhood = field(init=False)
    _units: Mapping[str, float] = field(init=False)  # of the column of a lever, in the unit of its figure
    _held: Mapping[str, float] = field(init=False)  # `before`, of the columns that may change
    _start: Basis | None = field(init=False)

    def __post_init__(self) -> None:
        optimal = self.optimal
        program, values = optimal.program, optimal.values
        self.groups, rows = measures(program.model)
        rows |= _held_levels(optimal)
        self.part = part = Neighbourhood.of(program, values, self.items)
        entries = {name: part.entries(lever.entries) for name, lever in self.levers.items()}
        self.levers = {name: lever for name, lever in self.levers.items() if entries[name]}
        self._units = {name: _unit(lever, program.model.money_unit) for name, lever in self.levers.items()}
        columns = {
            name: {row: entry * unit for row, entry in entries[name].items()} for name, unit in self._units.items()
        }
        sums = {name: costs[part.columns] for name, costs in rows.items()}
        self.study = ParametricStudy(part.lp, {}, program.settings(optimal.options), Extension(sums, columns))
        binaries = np.array(program.model.binaries, dtype=np.intp)
        if len(binaries) == len(optimal.choices):
            self.study.fix(*part.among(binaries, optimal.choices))
        if self.items is not None:  # else a remedy could be to spare capacity that other goods were to have
            bought = np.array(list(program.model.columns["expansion"].values()), dtype=np.intp)
            self.study.at_least(*part.among(bought, np.maximum(values[bought], 0.0)))
        self._start = self.study.start(optimal.basis) if self.items is None else None
        self.before = self.before or {name: inner(costs, values) for name, costs in rows.items()}
        if self.items is None:
            self._held = self.before
        else:
            here = np.maximum(values[part.columns], 0.0)
            self._held = {name: inner(costs, here) for name, costs in sums.items()}

    def of(self, goal: Goal, quick: bool = False) -> Search:
        """The search for a goal: of a large program among the goods that it lacks, and what they are made of.

        `quick`: of one of medium size too.
        """
        program = self.optimal.program
        if program.lp.columns <= (MOST_WHOLE_QUICKLY if quick else MOST_WHOLE):
            return self
        items = frozenset(lacking(program.model, goal, self.optimal.values))
        return replace(self, items=with_parts(program.model.instance, items))

    @property
    def is_wide(self) -> bool:
        """Does the goal concern so much of a large program that only the cheapest remedy is looked for?"""
        return self.items is not None and self.part.lp.columns > MOST_SEARCHED

    def of_changed(self, instance: PlanningInstance, free: bool) -> Search:
        """The same on the LP of a changed input; `free`: with its levers.

        Raises NoPlanError where what is to stay as it is cannot.
        """
        optimal = self.optimal
        model = optimal.program.model
        update = rhs_update(model, instance)
        if update is not None:
            program, basis, values = optimal.program.with_rhs(instance, update), optimal.basis, optimal.values
        else:
            program = built_program(instance, optimal.options, moving=False)
            carrier = Structure.of(model).onto(Structure.of(program.model))
            (basis, _), values = carrier.basis(optimal.basis), carrier.values(optimal.values)
        other = replace(optimal, program=program, basis=basis, values=values)
        known = {lever.name: lever for lever in levers(program.model, program.lp)} if free else {}
        return Search(other, known, self.before, self.tell, self.items)

    def least(self, goal: Goal) -> tuple[float, Vector]:
        """The least that the goal lacks without any lever, and the plan: all columns of the LP. Raises NoPlanError,
        SolverStoppedError.
        """
        hold_others(self.study, goal, self._held)
        point = self._minimise(self.study.costs({goal.row: 1.0}))
        return point.value, self.part.values(point.values, self.optimal.values)

    def carried(self, plan: Vector, other: Search) -> Vector:
        """A plan of the LP of another search, on the columns of this one."""
        model, target = other.optimal.program.model, self.optimal.program.model
        return plan if target.columns is model.columns else Structure.of(model).onto(Structure.of(target)).values(plan)

    def is_whole(self, goal: Goal, plan: Vector) -> bool:
        """Does a plan, all columns of the LP, keep its limits without any lever, nobody else worse off, with nothing
        that the goal lacks?
        """
        hold_others(self.study, goal, self._held)
        here = plan[self.part.columns]
        return not matters(self.study.value(goal.row, here), self.value(goal)) and self.study.keeps(here)

    def least_without(self, goal: Goal, rows: Positions) -> Least:
        """The least that the goal lacks with all levers, and without these rows of the program."""
        hold_others(self.study, goal, self._held)
        here = self.part.rows_here(rows)
        self.study.free_rows(here)
        try:
            with self._freed(list(self.levers)):
                point = self._minimise(self.study.costs({goal.row: 1.0}))
        finally:
            self.study.put_back(here)
        return Least(point.value, self.part.row_duals(point.row_duals))

    def value(self, goal: Goal) -> float:
        """How much of the goal is short in the plan, in the unit of its measure."""
        return self.before[goal.row]

    def remedies(self, goal: Goal, alternatives: int = ALTERNATIVES, alone: bool = True) -> list[Remedy]:
        """The cheapest, those that do without its dearest lever, and the cheapest by one lever `alone`."""
        short = self.value(goal)
        best = self.cheapest(goal)
        if best is None:
            return []
        if not best.rises:  # it must only be asked for: nothing is cheaper, and there is nothing to do without
            return [best]
        remedies, free = [best], list(self.levers)
        for index in range(alternatives):
            self.say(goal, f"otherwise ({index + 1} of {alternatives})")
            dearest = max(remedies[-1].rises, key=lambda name: self.levers[name].price * remedies[-1].rises[name])
            free.remove(dearest)
            other = self._cheapest(goal, "alternative", free, short, best.left, slack=SLACK)
            if other is None:
                break
            remedies.append(other)
        single = self._alone(goal, short, best.left) if alone else None
        if single is None or any(single.rises.keys() == one.rises.keys() for one in remedies):
            return remedies
        return [*remedies, single]

    def cheapest(self, goal: Goal, slack: float | None = SLACK) -> Remedy | None:
        """The cheapest by all levers, `slack`: by how much of its cost one of few changes may be dearer (None: as it is
        found); None where they bring nothing.
        """
        self.say(goal, "cheapest")
        hold_others(self.study, goal, self._held)
        return self._cheapest(goal, "cheapest", list(self.levers), self.value(goal), slack=slack)

    def frontier(self, goal: Goal, best: Remedy) -> list[Remedy]:
        """The least that each part of the way to `best` costs, of the parts that the levers come to."""
        hold_others(self.study, goal, self._held)
        points = []
        for part in PARTS:
            self.say(goal, f"{100 * part:.0f} % of the way")
            left = best.short - part * (best.short - best.left)
            point = self._cheapest(goal, f"{part:.0%}", list(self.levers), best.short, left)
            points += [point] if point is not None else []
        return points

    def _cheapest(
        self,
        goal: Goal,
        how: str,
        free: Sequence[str],
        short: float,
        most: float | None = None,
        slack: float | None = None,
    ) -> Remedy | None:
        """With these levers (`slack` as in `cheapest`); None where they do not come to `most` (None: where they bring
        nothing).
        """
        try:
            with self._freed(free):
                left, near = most, None
                point = self._whole(goal, free, short) if most is None and self._is_for_interior_point else None
                if point is not None:
                    left = 0.0
                elif most is None:
                    left, near = self._reached(goal, short)
                if left is None:
                    return None
                self.study.bound(goal.row, upper=left + NO_LESS * left)
                costs = self._prices(free)
                if point is None:
                    point = self.study.minimise(costs, near) if near or len(free) == 1 else self._minimise(costs)
                if slack is not None and len(self._rises(point, free)) > 1:
                    point = self._fewer(point, free, slack)
        except NoPlanError:
            if most is None:
                raise
            return None
        finally:
            self.study.bound(goal.row)
        rises = self._rises(point, free)
        cost = sum(self.levers[name].price * rise for name, rise in rises.items())
        return Remedy(how, rises, cost, short, left, plan=self.part.values(point.values, self.optimal.values))

    def _whole(self, goal: Goal, free: Collection[str], short: float) -> Point | None:
        """The cheapest by these levers with which the goal lacks nothing, in one solve; None where they do not come to
        that.

        What the goal lacks costs a penalty. Where nothing of it is left, the penalty is exact: no plan without a lack
        is cheaper (Han and Mangasarian, Exact penalty functions in nonlinear programming, 1979).
        """
        costs = self._prices(free)
        point = self.study.minimise(costs + self.study.costs({goal.row: PENALTY}), interior_point=True)
        if self.study.value(goal.row, point.values) > NO_LESS * max(1.0, short):
            return None
        return replace(point, value=inner(costs, point.values))

    def _rises(self, point: Point, free: Collection[str]) -> dict[str, float]:
        """By how much each lever rises that does."""
        rises = {name: float(point.values[self.study.column[name]]) * self._units[name] for name in free}
        return {name: rise for name, rise in rises.items() if rise > SAME * max(1.0, self.levers[name].value)}

    def _fewer(self, cheapest: Point, free: Collection[str], slack: float) -> Point:
        """By no more changes than `cheapest`, of figures that are large, and for no more than its cost and the part
        `slack` of it.
        """
        most = cheapest.value + max(slack * cheapest.value, NO_LESS * max(1.0, cheapest.value))
        point = self._by_prices(self._leaning(free, cheapest.value), cheapest, free, most)
        rises = self._rises(point, free)
        if slack:
            point = self._by_prices(self._charged(rises, slack * cheapest.value), point, rises, most)
        if self.part.lp.columns > MOST_SPARED:
            return point
        for name in sorted(rises, key=lambda name: self.levers[name].price * rises[name]):
            raised = self._rises(point, free)
            if name in raised and len(raised) > 1:
                point = self._alone_for(raised.keys() - {name}, point.basis, most, SPARED_PIVOTS) or point
        return point

    def _by_prices(self, prices: Vector, point: Point, free: Collection[str], most: float) -> Point:
        """By the levers that rise at other prices, where they are no more than in `point` and cost no more than `most`;
        else `point`.
        """
        self._let_rise(free)
        nearer = self.study.minimise_within(prices, point.basis, MOST_PIVOTS)
        rises = self._rises(nearer, free) if nearer is not None else {}
        if nearer is None or len(rises) > len(self._rises(point, free)):
            return point
        return self._alone_for(rises, nearer.basis, most) or point

    def _alone_for(self, names: Collection[str], near: Basis, most: float, pivots: int = MOST_PIVOTS) -> Point | None:
        """The cheapest by these levers alone, where few pivots from the basis `near` find it, for `most` at most; else
        None.
        """
        self._let_rise(names)
        point = self.study.minimise_within(self._prices(names), near, pivots)
        return point if point is not None and point.value <= most else None

    def _leaning(self, free: Collection[str], total: float) -> Vector:
        """Prices that lean to figures that are worth much beside `total`."""
        worth = {name: self.levers[name].price * self.levers[name].value for name in free}
        return self._prices(free, {name: 1.0 + LEANING * total / (total + worth[name]) for name in free})

    def _charged(self, rises: Mapping[str, float], charge: float) -> Vector:
        """Prices with a fixed charge for each change, `charge` for all of them, spread over its rise."""
        least = charge / MOST_CHARGED
        cost = {name: max(self.levers[name].price * rise, least) for name, rise in rises.items()}
        return self._prices(rises, {name: 1.0 + charge / len(rises) / cost[name] for name in rises})

    @contextmanager
    def _freed(self, free: Collection[str]) -> Iterator[None]:
        """Let these levers rise."""
        self._let_rise(free)
        try:
            yield
        finally:
            self._let_rise(())

    def _let_rise(self, names: Collection[str]) -> None:
        """Let these levers rise, and no other."""
        most = {name: lever.most / self._units[name] for name, lever in self.levers.items()}
        self.study.let_rise({name: upper if name in names else 0.0 for name, upper in most.items()})

    def _reached(self, goal: Goal, short: float) -> tuple[float | None, Basis | None]:
        """The least that the goal lacks (None: they bring nothing) with the levers that are free, and where to go on
        from.

        The plan itself is such a point: raises SolverStoppedError where arithmetic finds none.
        """
        small = NO_LESS * max(1.0, short)
        try:
            reached = self._minimise(self.study.costs({goal.row: 1.0}))
        except NoPlanError as failure:
            raise SolverStoppedError(TOO_TIGHT) from failure
        least = reached.value if reached.value > small else 0.0
        return (None if least > short - small else least), reached.basis if self._start is not None else None

    def _alone(self, goal: Goal, short: float, left: float) -> Remedy | None:
        """The cheapest way by one lever.

        By its reduced cost, what a unit of it can bring at most, it has to rise by so much at least: by more than it
        may, or for more than another one that does, it is not tried.
        """
        point = self._minimise(self.study.costs({goal.row: 1.0}))
        brings = {
            name: -float(point.reduced_costs[self.study.column[name]]) / self._units[name] for name in self.levers
        }
        least = {name: (point.value - left) / each for name, each in brings.items() if each > SAME}
        able = sorted(
            (self.levers[name].price * rise, name) for name, rise in least.items() if rise <= self.levers[name].most
        )
        best: Remedy | None = None
        for index, (cost, name) in enumerate(able[:MOST_ALONE], 1):
            if best is not None and best.cost <= cost:
                break
            self.say(goal, f"one change alone ({index} of {min(len(able), MOST_ALONE)})")
            one = self._cheapest(goal, "single", [name], short, left)
            best = one if one is not None and (best is None or one.cost < best.cost) else best
        return best

    def _minimise(self, costs: Vector) -> Point:
        """From the plan's basis; among some goods, where most of it is fixed, afresh: presolve leaves little.

        Where much is left interior point is faster.
        """
        return self.study.minimise(costs, self._start, self._start is None, self._is_for_interior_point)

    @property
    def _is_for_interior_point(self) -> bool:
        return self.items is not None and self.part.lp.columns > MOST_BY_SIMPLEX

    def say(self, goal: Goal, what: str) -> None:
        """Tell that something of a goal is looked for."""
        name = object_title(self.optimal.program.model.instance, goal.name) if goal.name else "everything"
        self.tell(f"remedy of {name}, {what}")

    def _prices(self, free: Collection[str], factors: Mapping[str, float] | None = None) -> Vector:
        """What each lever costs, times its factor."""
        costs = self.study.column_costs([])
        for name in free:
            costs[self.study.column[name]] = (
                self.levers[name].price * self._units[name] * (factors or {}).get(name, 1.0)
            )
        return costs


def _held_levels(optimal: OptimalProgram) -> dict[str, Vector]:
    """The levels that are held, by column; of the weighted objective, which has none, what missed targets cost in
    it.
    """
    model = optimal.program.model
    if not model.weighted:
        return {level: costs for level, costs in optimal.levels.items() if level in HELD}
    missed = {column for family in TARGET_SHORTAGES for column in model.columns[family].values()}
    costs = np.zeros(model.column_count)
    for column, cost in model.objectives["weighted"]:
        if column in missed:
            costs[column] += cost
    return {"target_shortfall": costs}


def _unit(lever: Lever, money: float) -> float:
    """In which to count the rise of a lever, a power of two: one that costs as much as a unit of money in the LP, where
    that leaves its coefficients ordinary. In the units of the input prices differ by more than the solver's arithmetic
    bears.
    """
    largest = max(abs(entry) for entry in lever.entries.values())
    unit = min(max(money / lever.price, LEAST_ENTRY / largest), LARGEST_ENTRY / largest)
    return 2.0 ** round(log2(unit))


def hold_others(study: ParametricStudy, goal: Goal, before: Mapping[str, float]) -> None:
    """Let nothing but the goal lack more than in the plan (`before`: each measure and level); of the goal lateness is
    free.
    """
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
