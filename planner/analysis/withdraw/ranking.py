"""Which withdrawal does most damage: level by level in order, worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from planner.analysis.withdraw.things import Withdrawal
from planner.plan.again.remainder import Remainder
from planner.tolerances import close


@dataclass(frozen=True)
class Damage:
    """What a withdrawal, of one thing or two together, does to each level: its value less the base's.

    `damage` is 0 where the two differ by no more than arithmetic; negative where the plan does better without. It has the
    levels that were worked out.
    """

    taken: tuple[Withdrawal, ...]
    remainder: Remainder
    damage: Mapping[str, float]  # empty where no plan is left

    @classmethod
    def of(cls, taken: tuple[Withdrawal, ...], remainder: Remainder, base: Mapping[str, float]) -> Damage:
        values = remainder.values
        if values is None:
            return cls(taken, remainder, {})
        return cls(
            taken,
            remainder,
            {
                name: 0.0 if close(values[name], was) else values[name] - was
                for name, was in base.items()
                if name in values
            },
        )

    @property
    def leaves_no_plan(self) -> bool:
        return self.remainder.values is None

    @property
    def first(self) -> str | None:
        """The first level that differs; None where none does, or there is no plan."""
        return next((name for name, change in self.damage.items() if change), None)

    @property
    def hurts(self) -> bool:
        return self.leaves_no_plan or (self.first is not None and self.damage[self.first] > 0)

    @property
    def label(self) -> str:
        return " and ".join(one.label for one in self.taken)


def ranked(found: Sequence[Damage], levels: Sequence[str]) -> list[tuple[int, Damage]]:
    """(rank from 1, damage), worst first: those that leave no plan, then by the first level that differs, then the next.

    Equals share a rank and stand in the order in which they were given; so do those of which the next level was not worked out.
    """
    ordered: list[tuple[int, Damage]] = []
    for group in _classes(list(found), [None, *levels]):
        rank = len(ordered) + 1
        ordered += [(rank, one) for one in group]
    return ordered


def _classes(found: list[Damage], levels: Sequence[str | None]) -> list[list[Damage]]:
    """Groups that no level tells apart, worst first; the level None is whether there is a plan."""
    if len(found) < 2 or not levels:
        return [found] if found else []
    level, *later = levels
    if level is not None and any(not one.leaves_no_plan and level not in one.damage for one in found):
        return [found]
    sizes = sorted(found, key=lambda one: -_size(one, level))
    groups: list[list[Damage]] = []
    for one in sizes:
        same = bool(groups) and _same(_size(groups[-1][0], level), _size(one, level))
        if same:
            groups[-1].append(one)
        else:
            groups.append([one])
    places = {id(one): place for place, one in enumerate(found)}
    return [part for group in groups for part in _classes(sorted(group, key=lambda one: places[id(one)]), later)]


def _size(one: Damage, level: str | None) -> float:
    if level is None or one.leaves_no_plan:
        return inf if one.leaves_no_plan else 0.0
    return one.damage[level]


def _same(one: float, other: float) -> bool:
    return one == other or (abs(one) < inf and abs(other) < inf and close(one, other))
