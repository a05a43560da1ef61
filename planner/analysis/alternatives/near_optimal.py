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

import numpy as np

from planner.solver.highs import Basis, Vector
from planner.solver.parametric_study import ParametricStudy
from planner.tolerances import NO_LESS, STILL_DIFFERENT


@dataclass(frozen=True)
class Part:
    """One nation's or payer's part: an aspect (producers, payers, funds), who, and costs by column (currency)."""

    aspect: str
    name: str
    costs: Vector

    @property
    def row(self) -> str:
        return f"{self.aspect} {self.name}"


@dataclass(frozen=True)
class Candidate:
    """A plan within the slack: all columns, and the amount of each part."""

    values: Vector
    amounts: Mapping[str, float]  # by Part.row


@dataclass(frozen=True)
class Alternatives:
    """`chosen`: the plan itself first, then the alternatives in the order of choice; `ranges`: least and most of
    each part within the slack; `distances[i][j]` between chosen ones, 0 to 1.
    """

    chosen: tuple[Candidate, ...]
    ranges: Mapping[str, tuple[float, float]]
    distances: tuple[tuple[float, ...], ...]
    pool: int


@dataclass
class Search:
    """`levels` in order, `limits` what each may reach; the study has the parts as rows."""

    study: ParametricStudy
    levels: Sequence[str]
    limits: Mapping[str, float]
    parts: Sequence[Part]
    start: Basis
    tell: Callable[[str], None]
    _pool: list[Candidate] = field(default_factory=list)
    _bases: dict[int, Basis] = field(default_factory=dict)

    def find(self, base: Vector, count: int) -> Alternatives:
        """The plan `base` and up to `count` alternatives: fewer where the slack leaves no room for more."""
        for name in self.levels:
            self.study.hold(name, self.limits[name])
        chosen = [self._candidate(base)]
        ranges = self._ranges(chosen[0])
        while len(chosen) <= count:
            self.tell(f"alternative {len(chosen)} of {count}")
            self._explore(chosen)
            best = max(self._pool, key=lambda candidate: self._nearest(candidate, chosen), default=None)
            if best is None or self._nearest(best, chosen) < STILL_DIFFERENT:
                break
            chosen.append(self._improved(best))
        distances = tuple(tuple(self.distance(one, other) for other in chosen) for one in chosen)
        return Alternatives(tuple(chosen), ranges, distances, len(self._pool))

    def _candidate(self, values: Vector) -> Candidate:
        return Candidate(values, {part.row: self.study.value(part.row, values) for part in self.parts})

    def _add(self, weights: Mapping[str, float]) -> Candidate:
        point = self.study.minimise(self.study.costs(weights), self.start)
        candidate = self._candidate(point.values)
        self._bases[len(self._pool)] = point.basis
        self._pool.append(candidate)
        return candidate

    def _ranges(self, base: Candidate) -> dict[str, tuple[float, float]]:
        found = {}
        for place, part in enumerate(self.parts, 1):
            self.tell(f"range {place} of {len(self.parts)}: {part.name}")
            least, most = (self._add({part.row: sign}).amounts[part.row] for sign in (1.0, -1.0))
            own = base.amounts[part.row]
            found[part.row] = (min(max(least, 0.0), own), max(most, own))
        return found

    def _explore(self, chosen: Sequence[Candidate]) -> None:
        """Hop: use least of what the chosen plans use most. Push: go on from the farthest candidate, away from them."""
        used = {part.row: sum(self.shares(one)[part.row] for one in chosen) for part in self.parts}
        totals = self._totals(chosen[0])
        self._add({row: share / totals[row] for row, share in used.items() if share > 0})
        far = max(self._pool, key=lambda candidate: self._nearest(candidate, chosen))
        near = min(chosen, key=lambda one: self.distance(far, one))
        mine, other = self.shares(far), self.shares(near)
        away = {row: np.sign(other[row] - mine[row]) / totals[row] for row in mine if other[row] != mine[row]}
        if away:
            self._add(away)

    def _improved(self, candidate: Candidate) -> Candidate:
        """The same parts at the best levels that they allow."""
        place = next(number for number, one in enumerate(self._pool) if one is candidate)
        totals = self._totals(candidate)
        for part in self.parts:
            amount, band = candidate.amounts[part.row], NO_LESS * totals[part.row]
            self.study.bound(part.row, amount - band, amount + band)
        try:
            best = self.study.in_order(self.levels, 0.0, self._bases[place])[-1]
        finally:
            self.study.let_go()
            for part in self.parts:
                self.study.bound(part.row)
        return self._candidate(best.values)

    def _totals(self, candidate: Candidate) -> dict[str, float]:
        """The sum of each part's aspect, at least 1."""
        sums: dict[str, float] = {}
        for part in self.parts:
            sums[part.aspect] = sums.get(part.aspect, 0.0) + candidate.amounts[part.row]
        return {part.row: max(sums[part.aspect], 1.0) for part in self.parts}

    def shares(self, candidate: Candidate) -> dict[str, float]:
        """Each part as a share of its aspect."""
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
