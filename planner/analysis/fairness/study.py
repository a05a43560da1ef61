"""Who gains by joining: the game of a group solved, shared, and held against the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.analysis.fairness.coalitions import CoalitionMeasure, Coalitions
from planner.analysis.fairness.game import (
    Objection,
    ShapleyShare,
    everybody,
    joining,
    least_core_of,
    proportional,
    sampled_orders,
    sampled_shapley,
    shapley,
    slack,
    worst_objection,
)
from planner.options.cluster import TaskPool
from planner.plan.plan import Plan

MOST_EXACT = 10  # players up to which all coalitions are solved
DEFAULT_SAMPLES = 100  # orders of joining, above that


@dataclass(frozen=True, slots=True)
class Player:
    """One player's part. Values are in the unit of the measure, contributions in money."""

    name: str
    alone: float  # v of the player alone
    others: float  # v of all others together
    share: ShapleyShare  # Shapley value
    contributed: float  # what it pays in the joint plan

    def brings(self, together: float) -> float:
        """What is lost where it stays out, all others being in."""
        return together - self.others

    @property
    def gain(self) -> float:
        """What joining gains it, at its Shapley value: beyond what it does alone."""
        return self.share.value - self.alone


@dataclass(frozen=True, slots=True)
class Allocation:
    """A way of sharing v(all), and who would rather leave."""

    name: str
    title: str
    shares: tuple[float, ...]
    objection: Objection | None
    tolerance: float

    @property
    def stable(self) -> bool:
        """No coalition that was solved does better alone."""
        return self.objection is None or self.objection.excess <= self.tolerance


@dataclass(frozen=True)
class FairnessStudy:
    """All that is known about the game. `exact`: the Shapley values are, not sampled."""

    coalitions: Coalitions
    joint_plan: Plan
    players: tuple[Player, ...]
    allocations: tuple[Allocation, ...]
    epsilon: float  # of the least core, over the coalitions solved
    tolerance: float
    samples: int | None
    seed: int

    @property
    def exact(self) -> bool:
        """Are the Shapley values exact, not sampled?"""
        return self.samples is None

    @property
    def complete(self) -> bool:
        """Was every coalition solved?"""
        return len(self.values) == everybody(len(self.players)) + 1

    @property
    def measure(self) -> CoalitionMeasure:
        """What the value of a coalition counts."""
        return self.coalitions.measure

    @property
    def values(self) -> dict[int, float]:
        """Value by coalition (a bit for each player, as in `Coalitions`), of those that were solved."""
        return self.coalitions.coalitions

    @property
    def together(self) -> float:
        """The value of the coalition of all players."""
        return self.coalitions.value(everybody(len(self.players)))

    @property
    def separate(self) -> float:
        """The sum of the values of all players, each alone."""
        return sum(player.alone for player in self.players)

    @property
    def core_is_empty(self) -> bool | None:
        """None: not known, as not every coalition was solved and those that were leave room."""
        if self.epsilon > self.tolerance:
            return True
        return False if self.complete else None


def study(
    coalitions: Coalitions, samples: int | None = None, seed: int = 0, work_all: TaskPool | None = None
) -> FairnessStudy:
    """Solve the game. Exact up to MOST_EXACT players unless `samples` orders are asked for; sampled above that.

    `work_all`: who solves the coalitions; nobody but this process where it is None. Raises as `Coalitions`.
    """
    count = len(coalitions.players)
    full = everybody(count)
    if samples is None and count > MOST_EXACT:
        samples = DEFAULT_SAMPLES
    if work_all is not None:
        coalitions.prepare(_needed(count, samples, seed), work_all)
    together = coalitions.value(full)
    alone = [coalitions.value(1 << index) for index in range(count)]
    others = [coalitions.value(full ^ 1 << index) for index in range(count)]
    if samples is None:
        shares = shapley(coalitions.value, count)
    else:
        shares = sampled_shapley(coalitions.value, count, samples, seed)
    contributed = _contributions(coalitions.joint_plan, coalitions.players)
    players = tuple(
        Player(*parts) for parts in zip(coalitions.players, alone, others, shares, contributed, strict=True)
    )
    values = coalitions.coalitions
    epsilon, least = least_core_of(values, count)
    ways: list[tuple[str, str, Sequence[float]]] = [
        ("shapley", "Shapley value", [share.value for share in shares]),
    ]
    if sum(contributed) > 0:
        ways.append(("contribution", "In proportion to contributions", proportional(together, contributed)))
    ways.append(("least_core", "Least core (the largest objection as small as can be)", least))
    tolerance = slack(values)
    allocations = tuple(
        Allocation(name, title, tuple(shared), worst_objection(values, shared), tolerance)
        for name, title, shared in ways
    )
    return FairnessStudy(coalitions, coalitions.joint_plan, players, allocations, epsilon, tolerance, samples, seed)


def _needed(count: int, samples: int | None, seed: int) -> Iterator[int]:
    """The coalitions whose values the study asks for."""
    full = everybody(count)
    if samples is None:
        yield from range(full + 1)
        return
    for index in range(count):
        yield from (1 << index, full ^ 1 << index)
    for order in sampled_orders(count, samples, seed):
        yield from joining(order)


def _contributions(plan: Plan, players: Sequence[str]) -> list[float]:
    """What each player pays in the joint plan over the horizon, undiscounted."""
    paid = plan.tables["payments"].groupby("contributor")["amount"].sum()
    return [float(paid.get(player, 0.0)) for player in players]
