"""Plans that are as good within a slack, and as different as possible: modelling to generate alternatives.

Brill, Chang and Hopkins (1982), "Modeling to generate alternatives: the HSJ approach", Management Science 28. Every
level may reach its value × (1 + slack); a level at 0 stays at 0. A pool of candidates holds the plans with the least
and the most of each part (a nation's production, a contributor's payments); that also gives the range of each part.
Then plans are chosen one by one, each the candidate farthest from the nearest one already chosen (max–min); before
each choice the pool gains plans that use least of what the chosen ones use most, and that lead away from them. What
is chosen is made as good as its parts allow: the levels are optimised again with all parts held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from planner.options.cluster import TaskPool
from planner.options.kept_types import KeptArray, KeptBasis
from planner.plan.again.optimal_program import OptimalProgram
from planner.solver.highs import Basis, Vector
from planner.solver.parametric.study import Extension, ParametricStudy
from planner.tolerances import NO_LESS, STILL_DIFFERENT


@dataclass(frozen=True)
class PlanPart:
    """One nation's or payer's part: an aspect (producers, payers, funds), who, and costs by column (currency)."""

    aspect: str
    name: str
    costs: Vector

    @property
    def row(self) -> str:
        """The key of its range: aspect and name, such as `producers PL`."""
        return f"{self.aspect} {self.name}"


@dataclass(frozen=True)
class Candidate:
    """A plan within the slack: all columns, and the amount of each part."""

    values: KeptArray
    amounts: Mapping[str, float]  # by Part.row


@dataclass(frozen=True)
class PartRange:
    """The `least` and the `most` of a part in plans that were found; no plan within the slack is beyond `no_less` and
    `no_more`, which are the same where the end is proved.
    """

    least: float
    most: float
    no_less: float
    no_more: float

    @property
    def ends(self) -> tuple[float, float]:
        """(least, most), as found."""
        return self.least, self.most

    @property
    def beyond(self) -> tuple[float | None, float | None]:
        """`no_less` and `no_more`, each None where its end is proved."""
        below = self.no_less if self.no_less < self.least else None
        return below, self.no_more if self.no_more > self.most else None

    @property
    def is_proved(self) -> bool:
        """Are both ends proved?"""
        return self.beyond == (None, None)

    def with_plans(self, amounts: Sequence[float]) -> PartRange:
        """As wide as plans with these amounts show; an end that is proved stays."""
        below, above = self.beyond
        least = self.least if below is None else min(self.least, max(min(amounts), below))
        most = self.most if above is None else max(self.most, min(max(amounts), above))
        return PartRange(least, most, self.no_less, self.no_more)


@dataclass(frozen=True)
class Alternatives:
    """`chosen`: the plan itself first, then the alternatives in the order of choice; `ranges` of each part within the
    slack, by `row`; `distances[i][j]` between chosen ones, 0 to 1; `unfinished`: places in `chosen` of those whose
    levels might be better.
    """

    chosen: tuple[Candidate, ...]
    ranges: Mapping[str, PartRange]
    distances: tuple[tuple[float, ...], ...]
    pool: int
    unfinished: tuple[int, ...] = ()


@dataclass(frozen=True)
class NearBest:
    """A plan that was sought for the least of a sum, with its basis; `bound`: what no plan's sum is below."""

    candidate: Candidate
    basis: KeptBasis
    bound: float
    is_proved: bool


@dataclass
class NearOptimal:
    """The plans within the slack, as an LP. Pickled it is loaded anew where it is solved next.

    `levels` in order with their costs, `limits` what each may reach; the LP has the parts as rows.
    """

    optimal: OptimalProgram
    levels: Mapping[str, Vector]
    limits: Mapping[str, float]
    parts: Sequence[PlanPart]

    @cached_property
    def study(self) -> ParametricStudy:
        """The LP, each level held by its limit."""
        study = self.optimal.study(self.levels, Extension({part.row: part.costs for part in self.parts}))
        for name in self.levels:
            study.hold(name, self.limits[name])
        return study

    def candidate(self, values: Vector) -> Candidate:
        """A plan with the amounts of its parts."""
        return Candidate(values, {part.row: self.study.value(part.row, values) for part in self.parts})

    def best(self, weights: Mapping[str, float]) -> NearBest:
        """The plan with the least weighted sum of parts, found from the plan itself: the same whatever was solved
        before. Of a large program the best that a limited number of pivots finds.
        """
        start = self.study.start(self.optimal.basis)
        reached = self.study.approach(self.study.costs(weights), start, self.optimal.values)
        return NearBest(self.candidate(reached.point.values), reached.point.basis, reached.bound, reached.is_proved)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "study"}


def _range(within: NearOptimal, part: PlanPart) -> tuple[NearBest, NearBest]:
    """The plans with the least and the most of a part."""
    return within.best({part.row: 1.0}), within.best({part.row: -1.0})


@dataclass
class AlternativeSearch:
    """Among the plans `within` the slack; `work_all` finds the ranges."""

    within: NearOptimal
    work_all: TaskPool
    tell: Callable[[str], None]
    _pool: list[Candidate] = field(default_factory=list)
    _bases: dict[int, Basis] = field(default_factory=dict)
    _unfinished: list[int] = field(default_factory=list)

    def find(self, base: Vector, count: int) -> Alternatives:
        """The plan `base` and up to `count` alternatives: fewer where the slack leaves no room for more."""
        chosen = [self.within.candidate(base)]
        ranges = self._ranges(chosen[0])
        while len(chosen) <= count:
            self.tell(f"alternative {len(chosen)} of {count}")
            self._explore(chosen)
            best = max(self._pool, key=lambda candidate: self._nearest(candidate, chosen), default=None)
            if best is None or self._nearest(best, chosen) < STILL_DIFFERENT:
                break
            improved, is_proved = self._improved(best)
            if not is_proved:
                self._unfinished.append(len(chosen))
            chosen.append(improved)
        plans = [*self._pool, *chosen]
        ranges = {row: one.with_plans([plan.amounts[row] for plan in plans]) for row, one in ranges.items()}
        distances = tuple(tuple(self.distance(one, other) for other in chosen) for one in chosen)
        return Alternatives(tuple(chosen), ranges, distances, len(self._pool), tuple(self._unfinished))

    @property
    def parts(self) -> Sequence[PlanPart]:
        """The parts whose amounts are to differ."""
        return self.within.parts

    def _add(self, near_best: NearBest) -> Candidate:
        self._bases[len(self._pool)] = near_best.basis
        self._pool.append(near_best.candidate)
        return near_best.candidate

    def _ranges(self, base: Candidate) -> dict[str, PartRange]:
        count, done = len(self.parts), 0

        def on_result(_: object) -> None:
            nonlocal done
            done += 1
            self.tell(f"range {done} of {count}")

        self.tell(f"range 0 of {count}")
        ranges = {}
        for part, pair in zip(self.parts, self.work_all(_range, self.within, self.parts, on_result), strict=True):
            low, high = pair
            amount = base.amounts[part.row]
            least = min(max(self._add(low).amounts[part.row], 0.0), amount)
            most = max(self._add(high).amounts[part.row], amount)
            no_less = least if low.is_proved else min(max(low.bound, 0.0), least)
            ranges[part.row] = PartRange(least, most, no_less, most if high.is_proved else max(-high.bound, most))
        return ranges

    def _explore(self, chosen: Sequence[Candidate]) -> None:
        """Hop: use least of what the chosen plans use most. Push: go on from the farthest candidate, away from them."""
        used = {part.row: sum(self.shares(one)[part.row] for one in chosen) for part in self.parts}
        totals = self._totals(chosen[0])
        self._add(self.within.best({row: share / totals[row] for row, share in used.items() if share > 0}))
        far = max(self._pool, key=lambda candidate: self._nearest(candidate, chosen))
        near = min(chosen, key=lambda one: self.distance(far, one))
        mine, other = self.shares(far), self.shares(near)
        away = {row: np.sign(other[row] - mine[row]) / totals[row] for row in mine if other[row] != mine[row]}
        if away:
            self._add(self.within.best(away))

    def _improved(self, candidate: Candidate) -> tuple[Candidate, bool]:
        """The same parts at the best levels that they allow, and whether it is proved that no better ones are."""
        place = next(number for number, one in enumerate(self._pool) if one is candidate)
        totals, study = self._totals(candidate), self.within.study
        for part in self.parts:
            amount, band = candidate.amounts[part.row], NO_LESS * totals[part.row]
            study.bound(part.row, amount - band, amount + band)
        try:
            reached = study.approach_in_order(list(self.within.levels), self._bases[place], candidate.values)
        finally:
            study.let_go()
            for part in self.parts:
                study.bound(part.row)
        return self.within.candidate(reached[-1].point.values), all(one.is_proved for one in reached)

    def _totals(self, candidate: Candidate) -> dict[str, float]:
        """The sum of each part's aspect, at least 1."""
        sums: dict[str, float] = {}
        for part in self.parts:
            sums[part.aspect] = sums.get(part.aspect, 0.0) + candidate.amounts[part.row]
        return {part.row: max(sums[part.aspect], 1.0) for part in self.parts}

    def shares(self, candidate: Candidate) -> dict[str, float]:
        """`PlanPart.row` → the part's share of its aspect, 0 to 1."""
        totals = self._totals(candidate)
        return {row: amount / totals[row] for row, amount in candidate.amounts.items()}

    def distance(self, one: Candidate, other: Candidate) -> float:
        """The share of an aspect that is with others, ½ Σ |share − share|, averaged over the aspects."""
        mine, theirs = self.shares(one), self.shares(other)
        apart: dict[str, float] = {}
        for part in self.parts:
            apart[part.aspect] = apart.get(part.aspect, 0.0) + abs(mine[part.row] - theirs[part.row]) / 2
        return sum(apart.values()) / len(apart)

    def _nearest(self, candidate: Candidate, chosen: Sequence[Candidate]) -> float:
        return min(self.distance(candidate, one) for one in chosen)
