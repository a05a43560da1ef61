"""A cooperative game: what each coalition can reach, and how what all reach together may be shared.

A coalition is a bit mask: bit i says that player i is in. v(nobody) is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np

from planner.errors import UsageError
from planner.solver.least_core import least_core
from planner.tolerances import SAME, SAME_EXCESS

Value = Callable[[int], float]  # v(coalition)
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class ShapleyShare:
    """A player's Shapley value; `error` is the standard error of the mean, 0 where it is exact."""

    value: float
    error: float = 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval, by the normal approximation."""
        return self.value - NORMAL_95 * self.error, self.value + NORMAL_95 * self.error


@dataclass(frozen=True, slots=True)
class Objection:
    """The coalition with most reason to object to an allocation: it reaches `excess` more by itself."""

    coalition: int
    excess: float


def members(coalition: int) -> Iterator[int]:
    """The players of a coalition, in order."""
    index = 0
    while coalition:
        if coalition & 1:
            yield index
        coalition >>= 1
        index += 1


def everybody(players: int) -> int:
    """The grand coalition of `players` players, as a bit mask."""
    return (1 << players) - 1


def shapley(value: Value, players: int) -> list[ShapleyShare]:
    """Exact Shapley values, from all 2^n coalitions.

    φ_i = Σ over S without i of |S|! (n − |S| − 1)! ÷ n! · (v(S ∪ i) − v(S))   (Shapley 1953)
    """
    weights = [1.0 / (players * comb(players - 1, size)) for size in range(players)]
    shares = [0.0] * players
    for coalition in range(everybody(players)):
        before, weight = value(coalition), weights[coalition.bit_count()]
        for player in range(players):
            if not coalition >> player & 1:
                shares[player] += weight * (value(coalition | 1 << player) - before)
    return [ShapleyShare(share) for share in shares]


def sampled_orders(players: int, samples: int, seed: int) -> list[list[int]]:
    """Random orders of joining, each followed by its reverse, which lessens the spread of their mean.

    `samples` is rounded up to an even number, at least 4.
    """
    random = np.random.default_rng(seed)
    drawn = [random.permutation(players).tolist() for _ in range(max(-(-samples // 2), 2))]
    return [order for one in drawn for order in (one, one[::-1])]


def joining(order: Sequence[int]) -> Iterator[int]:
    """The coalitions that an order of joining passes, from its first player to everybody."""
    coalition = 0
    for player in order:
        coalition |= 1 << player
        yield coalition


def sampled_shapley(value: Value, players: int, samples: int, seed: int) -> list[ShapleyShare]:
    """Shapley values as the mean of what players add in random orders of joining (Castro, Gómez & Tejada 2009).

    The error is that of the mean over pairs of an order and its reverse. The shares of any orders add up to v(all).
    """
    orders = sampled_orders(players, samples, seed)
    added = np.zeros((len(orders), players))
    for row, order in enumerate(orders):
        before = 0.0
        for player, coalition in zip(order, joining(order), strict=True):
            after = value(coalition)
            added[row, player] = after - before
            before = after
    pairs = (added[::2] + added[1::2]) / 2
    errors = pairs.std(axis=0, ddof=1) / sqrt(len(pairs))
    return [ShapleyShare(float(mean), float(error)) for mean, error in zip(pairs.mean(axis=0), errors, strict=True)]


def worst_objection(values: Mapping[int, float], shares: Sequence[float]) -> Objection | None:
    """The coalition with the largest excess v(S) − x(S), of those in `values`; neither nobody nor everybody.

    Ties go to the smaller, then the earlier coalition. None where there is no such coalition.
    """
    full = everybody(len(shares))
    proper = [coalition for coalition in values if 0 < coalition < full]
    if not proper:
        return None
    excess = {s: values[s] - sum(shares[player] for player in members(s)) for s in proper}
    most = max(excess.values())
    near = [s for s in proper if excess[s] >= most - SAME_EXCESS * max(1.0, abs(most))]
    worst = min(near, key=lambda s: (s.bit_count(), s))
    return Objection(worst, excess[worst])


def slack(values: Mapping[int, float]) -> float:
    """What counts as nothing, beside the values of a game."""
    return SAME * max(1.0, *(abs(value) for value in values.values()))


def least_core_of(values: Mapping[int, float], players: int) -> tuple[float, list[float]]:
    """(ε, shares) of the least core over the coalitions in `values`: the shares of v(all) at which the largest
    excess is least. ε ≤ 0: the core is not empty (Maschler, Peleg & Shapley 1979). `values` holds everybody.
    """
    full = everybody(players)
    if players == 1:
        return 0.0, [values[full]]
    proper = sorted(coalition for coalition in values if 0 < coalition < full)
    rows = [(tuple(members(coalition)), values[coalition]) for coalition in proper]
    return least_core(rows, values[full], players)


def proportional(total: float, weights: Sequence[float]) -> list[float]:
    """`total` in proportion to the weights. Raises UsageError where they add up to nothing."""
    whole = sum(weights)
    if whole <= 0:
        raise UsageError("there is nothing to share in proportion to: every weight is 0")
    return [total * weight / whole for weight in weights]
