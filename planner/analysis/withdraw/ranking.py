"""Which withdrawal does most damage: level by level in order, worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from planner.analysis.withdraw.things import Withdrawal
from planner.plan.again.remainder import Remainder
from planner.tolerances import close


class Between(NamedTuple):
    """The first level that may differ, and its damage: no less than `at_least`, no more than `at_most`."""

    level: str
    at_least: float
    at_most: float

    @classmethod
    def of(cls, remainder: Remainder, base: Mapping[str, float]) -> Between | None:
        """None where the value is known."""
        bracket, values = remainder.between, remainder.values
        if bracket is None or bracket.at_most is None or values is None:
            return None
        level = next(name for name in base if name not in values)
        least, most = (
            0.0 if close(side, base[level]) else side - base[level] for side in (bracket.at_least, bracket.at_most)
        )
        return cls(level, least, most)


@dataclass(frozen=True)
class Damage:
    """What a withdrawal, of one thing or two together, does to each level: its value less the base's.

    `damage` is 0 where the two differ by no more than arithmetic; negative where the plan does better without. It has
    the levels that were worked out; of the next one `between` tells the bounds where these are known instead.
    """

    taken: tuple[Withdrawal, ...]
    remainder: Remainder
    damage: Mapping[str, float]  # empty where no plan is left
    between: Between | None = None

    @classmethod
    def of(cls, taken: tuple[Withdrawal, ...], remainder: Remainder, base: Mapping[str, float]) -> Damage:
        """The damage by level: what is left without the things, less the `base`; 0 where they differ by arithmetic
        only.
        """
        values = remainder.values
        if values is None:
            return cls(taken, remainder, {})
        damage = {
            name: 0.0 if close(values[name], was) else values[name] - was
            for name, was in base.items()
            if name in values
        }
        return cls(taken, remainder, damage, Between.of(remainder, base))

    @property
    def leaves_no_plan(self) -> bool:
        """Is there no plan without the things?"""
        return self.remainder.values is None

    @property
    def first(self) -> str | None:
        """The first level that differs, as far as levels were worked out; None where none does, or there is no plan."""
        return next((name for name, change in self.damage.items() if change), None)

    @property
    def hurts(self) -> bool:
        """Whether damage is proved."""
        if self.between is not None:
            return self.between.at_least > 0
        return self.leaves_no_plan or (self.first is not None and self.damage[self.first] > 0)

    def span(self, level: str) -> tuple[float, float] | None:
        """The damage to a level, at least and at most; None where it is not known."""
        if self.between is not None and self.between.level == level:
            return self.between.at_least, self.between.at_most
        return (self.damage[level],) * 2 if level in self.damage else None

    @property
    def label(self) -> str:
        """The things, for people: `node Radom and route North`."""
        return " and ".join(one.label for one in self.taken)


def ranked(damages: Sequence[Damage], levels: Sequence[str]) -> list[tuple[int, Damage]]:
    """(rank, damage), worst first: those that leave no plan, then by the first level that differs, then the next.

    The rank is 1 more than the number of those that are proved to do more damage. So equals share a rank; so do those
    of which the next level was not worked out, or whose bounds overlap: they stand by what they do at most, then in the
    order given.
    """
    ranks = {id(one): 1 + sum(_is_worse(other, one, levels) for other in damages) for one in damages}
    at_most = {id(one): -one.between.at_most if one.between is not None else 0.0 for one in damages}
    return [(ranks[id(one)], one) for one in sorted(damages, key=lambda one: (ranks[id(one)], at_most[id(one)]))]


def _is_worse(one: Damage, other: Damage, levels: Sequence[str]) -> bool:
    """Is one proved to do more damage than the other?"""
    if one.leaves_no_plan or other.leaves_no_plan:
        return not other.leaves_no_plan
    for level in levels:
        mine, its = one.span(level), other.span(level)
        if mine is None or its is None:
            return False
        if mine[0] > its[1] and not close(mine[0], its[1]):
            return True
        if not (close(mine[0], its[1]) and close(mine[1], its[0])):
            return False
    return False
