"""What each coalition reaches: the best value of a level with its means alone, solved from the joint plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from planner.analysis.fairness.game import everybody, members
from planner.analysis.fairness.means import Means, means_of, restricted
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, UsageError
from planner.numerals import numeral
from planner.options.cluster import TaskPool
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import LevelResult, Plan
from planner.report.words.numbers import listing
from planner.solver.highs import Progress, ProgressListener
from planner.solver.options import SolveOptions
from planner.tolerances import matters
from planner.workbook.names.names import nearest

DELIVERED = "delivered"
PAST_LACK = "past_lack"  # no measure: what happened before, and so what it lacks, counts for the whole alone
SHORTFALLS = ("binding_shortfall", "other_shortfall")

Solved = Callable[[int], None]  # gets the number of coalitions solved so far


@dataclass(frozen=True, slots=True)
class CoalitionMeasure:
    """What a coalition's plan is judged by: the sum of some levels, of which less is better."""

    name: str
    title: str
    unit: str
    levels: tuple[str, ...]


def choose_measure(levels: Sequence[LevelResult], wanted: str | None, currency: str) -> CoalitionMeasure:
    """The measure of a name: a level of the plan, or `delivered` (binding and other shortfall avoided, together).

    Blank: `delivered` where the plan has a level of shortfall, else its first level. Raises UsageError for a name
    that this plan does not have.
    """
    by_name = {level.name: level for level in levels if level.name != PAST_LACK}
    short = tuple(name for name in SHORTFALLS if name in by_name)
    known = [*((DELIVERED,) if short else ()), *by_name]
    name = wanted or (known[0] if DELIVERED in known else next(iter(by_name)))
    if name not in known:
        near = nearest(name, known)
        hint = f", did you mean {near!r}?" if near else ""
        raise UsageError(f"--level: found {name!r}, expected {', '.join(known)}{hint}")
    if name == DELIVERED:
        return CoalitionMeasure(
            DELIVERED, "Goods delivered, by value and priority", f"{currency} of value x priority", short
        )
    return CoalitionMeasure(name, by_name[name].title, by_name[name].unit, (name,))


@dataclass(frozen=True)
class CoalitionContext:
    """What every coalition is solved from, wherever that is done."""

    warm_start: WarmStart
    instance: PlanningInstance
    until: str  # the last level that matters


LevelsReached = dict[str, float] | None  # level -> value; None: there is no plan


def solve_means(context: CoalitionContext, means: Means) -> LevelsReached:
    """The levels of the best plan with these means."""
    try:
        return _best(context, means)
    except NoPlanError:
        return None


def _best(context: CoalitionContext, means: Means) -> dict[str, float]:
    """The same. Raises NoPlanError where there is no plan."""
    return _values(context.warm_start.solve_changed(restricted(context.instance, means), until=context.until))


class Coalitions:
    """The game of some players over an input: `value(coalition)` is v, memorised.

    v(S) = Z(nobody) − Z(S), Z being the measure's value in the best plan with the means of S and of the beneficiaries.
    So v(nobody) = 0, and v(S) is what S adds to what the beneficiaries manage alone. Levels are held in order, as in
    every plan. Raises NoPlanError where a coalition has no plan, and otherwise as `planner.solve`.
    """

    def __init__(
        self,
        instance: PlanningInstance,
        players: Sequence[str],
        level: str | None = None,
        options: SolveOptions | None = None,
        progress: ProgressListener | None = None,
        solved: Solved | None = None,
    ) -> None:
        self.players = tuple(players)
        self._instance = instance
        self._solved = solved
        self._full = everybody(len(players))
        self.coalitions: dict[int, float] = {}  # v of each coalition asked for so far
        self._levels: dict[Means, LevelsReached] = {}
        joint = restricted(instance, self._means(self._full))
        try:
            warm_start = WarmStart(joint, options, self._listener(progress), priced=False)
        except NoPlanError as problem:
            raise problem if self.joint_is_whole else self._no_plan(self._full, problem) from None
        self.joint_plan: Plan = warm_start.base_plan
        self.measure = choose_measure(self.joint_plan.levels, level, instance.settings.currency)
        self._context = CoalitionContext(warm_start, instance, self.measure.levels[-1])
        self._levels[self._means(self._full)] = _values(self.joint_plan)
        self._alone = self._result(0)
        self.coalitions |= {0: 0.0, self._full: self._alone - self._result(self._full)}

    def value(self, coalition: int) -> float:
        """v(coalition), in the unit of the measure. Raises UsageError where it cannot be compared with the others."""
        if coalition not in self.coalitions:
            self.coalitions[coalition] = self._alone - self._result(coalition)
        return self.coalitions[coalition]

    def _listener(self, progress: ProgressListener | None) -> ProgressListener:
        """Progress of the joint plan; of the many that follow, only the number solved."""

        def listen(event: Progress) -> None:
            if progress is not None and not self._levels:
                progress(event)

        return listen

    @property
    def start(self) -> bytes:
        """What every coalition is solved from: the joint plan."""
        return self._context.warm_start.start

    @property
    def joint_is_whole(self) -> bool:
        """Is the joint plan that of the input as it stands, as no nation outside the group had anything to bring?"""
        means = self._means(self._full)
        return not (means.outside or means.closed or means.silent)

    @property
    def programs(self) -> int:
        """How many plans were solved: coalitions with the same means share one."""
        return len(self._levels)

    def names(self, coalition: int) -> tuple[str, ...]:
        """The names of the players of a coalition (a bit for each)."""
        return tuple(self.players[index] for index in members(coalition))

    def reached(self, coalition: int) -> float:
        """Z(coalition): the value of the measure itself, of which less is better."""
        return self._result(coalition)

    def _means(self, coalition: int) -> Means:
        return means_of(self._instance, self.players, self.names(coalition))

    def prepare(self, coalitions: Iterable[int], work_all: TaskPool) -> None:
        """Solve these coalitions by a crew, so that their values are known; the figures are the same by any crew."""
        wanted = dict.fromkeys(self._means(coalition) for coalition in coalitions)
        tasks = [means for means in wanted if means not in self._levels]
        count = len(self._levels)

        def on_result(_: LevelsReached) -> None:
            nonlocal count
            count += 1
            if self._solved is not None:
                self._solved(count)

        self._levels |= zip(tasks, work_all(solve_means, self._context, tasks, on_result), strict=True)

    def _result(self, coalition: int) -> float:
        means = self._means(coalition)
        if means not in self._levels:
            self._levels[means] = solve_means(self._context, means)
            if self._solved is not None:
                self._solved(len(self._levels))
        levels = self._levels[means]
        if levels is None:
            raise self._without_plan(coalition, means)
        self._compare(coalition, levels)
        return sum(levels[name] for name in self.measure.levels)

    def _without_plan(self, coalition: int, means: Means) -> NoPlanError:
        """Why there is no plan, from a solve that tells it."""
        try:
            _best(self._context, means)
        except NoPlanError as problem:
            return self._no_plan(coalition, problem)
        return self._no_plan(coalition, NoPlanError(""))

    def _no_plan(self, coalition: int, problem: NoPlanError) -> NoPlanError:
        """The same, with whose means there is none: what others have counts as closed."""
        who = listing(list(self.names(coalition))) or "the beneficiaries alone"
        text = f"no plan exists for {who}, so it cannot be said what they gain by joining"
        means = self._means(coalition)
        if means.outside:
            text += f" (without the means of {listing(sorted(means.outside))})"
        if self._instance.settings.objective == "weighted":
            text += "; a demand with a shortage_cost may fall short"
        return NoPlanError(text, problem.conflict, problem.status, problem.explanation)

    def _compare(self, coalition: int, levels: dict[str, float]) -> None:
        """A level is only comparable where those before it come out the same; shortfalls are summed, so need none."""
        if self.measure.name == DELIVERED:
            return
        for name, value in _values(self.joint_plan).items():
            if name in self.measure.levels:
                return
            reached = levels.get(name, 0.0)  # what happened before does not count for fewer: they lack nothing
            if matters(abs(reached - value), value):
                who = " and ".join(self.names(coalition)) or "the beneficiaries alone"
                choose = DELIVERED if name == PAST_LACK else f"{name} or an earlier one"
                raise UsageError(
                    f"coalitions cannot be compared at level {self.measure.name!r}: at {name!r}, which comes before "
                    f"it, all together reach {numeral(value)} and {who} {numeral(reached)}; choose --level {choose}"
                )


def _values(plan: Plan) -> dict[str, float]:
    return {level.name: level.value or 0.0 for level in plan.levels}
