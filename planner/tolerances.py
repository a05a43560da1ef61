"""How near numbers must be to count as equal, and what counts as nothing: each tolerance once, named by its use.

The checker (`planner.verify`) has its own, and shares none with what it checks.
"""

from __future__ import annotations

from math import isfinite

# Figures of a plan.
NOISE = 1e-9  # what arithmetic leaves of a quantity, a price or a share that is nothing
SAME = 1e-6  # relative to the larger figure, at least 1: nearer figures are the same, as verification has it
LAST_DIGITS = 1e-7  # the same, for tables in full precision
NO_LESS = 1e-7  # the same, for what an analysis holds at its optimum
SAME_VALUE = 1e-12  # relative: values of an item that differ by less are one figure of the input, computed twice
SMALLEST_STEP = 1e-6  # of a unit: a derivative is not tried with less
NEXT_TO_NOTHING = 1e-6  # a price so small that it only keeps what is not needed from being asked for
SHOWN_PERCENT = 1e-4  # of a percent: a share that is so near to the next whole percent is shown as that

# An optimum.
DUAL_ZERO = 1e-10  # reduced costs and duals of a scaled objective: what is smaller makes no difference
DRIFT = (
    1e-7  # relative: what a held level may lose to arithmetic before its face is replaced by a row, a tenth of `SAME`
)
HELD = 1e-8  # relative: what such a row gives way, so that arithmetic has room
STILL_HELD = 1e-9  # relative: the same, where levels are rows from the start
ROW_ROUNDING = 1e-8  # relative to the terms of a row: by how much a plan may break it for arithmetic's sake
SETTLED = 1e-9  # relative: what a level may give way while who pays is settled
CHOICES_DRIFT = 1e-9  # relative: what a level may give way where choices are optimised
FIXED = 1e-9  # relative: what a bound of a fixed plan gives way
PRICE_CONFIRMED = 1e-5  # relative to a change: what a re-solve may differ from what a price says
ONE_PRICE = 1e-7  # relative: what one more brings and one less costs, where they are one price
STILL_DIFFERENT = 1e-4  # relative: plans nearer than that are the same alternative
NO_WORTH = 1e-9  # relative to the level: a smaller difference of its optima is none
STRAIGHT = 1e-7  # relative: what a level may fall short of its slope over a step, where it is straight
KINK, KINK_PRECISION = 1e-8, 1e-9  # relative to the step, and to the values: points on one line of a frontier

# The solver's arithmetic.
FEASIBLE = 1e-7  # by how much HiGHS lets a bound be broken
CROSSED_OVER = (
    1e-6  # relative gap at which interior point on a vast program goes over to simplex, which makes the optimum exact
)
SMALLEST_ENTRY = 1e-12  # that HiGHS can be told to keep
LEAST_COEFFICIENT = 1e-6  # smaller ones are brought up by scaling
TIGHT = 1e-9  # relative to a bound: a value so near rests on it
DOUBTFUL = 1e-6  # of a scaled objective, ten times HiGHS's tolerance: larger reduced costs and duals are no rounding
BEYOND_ROUNDING = 1e4  # times its estimated rounding error: up to there a reduced cost or dual is 0
NO_COST = 1e-11  # relative to the terms of a reduced cost: it is 0, where there is no such estimate
SMALLEST_PIVOT, NO_PIVOT = 1e-7, 1e-11
SAME_RATIO = 1e-10  # relative: ratios of a ratio test that tie
SAME_EXCESS = 1e-12  # relative: excesses of coalitions that tie


def change_of_optimum(before: float, after: float) -> float:
    """after − before of a level's optimum; 0 where that is no more than arithmetic (`NO_WORTH`)."""
    difference = after - before
    return 0.0 if abs(difference) <= NO_WORTH * max(1.0, abs(before), abs(after)) else difference


def matters(value: float, *sizes: float) -> bool:
    """Whether an amount (≥ 0) is more than arithmetic: value > SAME × max(1, sizes)."""
    return value > SAME * max([1.0, *(abs(size) for size in sizes)])


def close(one: float, other: float, scale: float = 1.0) -> bool:
    """Whether two figures are the same: |one − other| ≤ SAME × max(scale, |one|, |other|);
    nothing but itself is like infinity.
    """
    return one == other or (isfinite(one - other) and abs(one - other) <= SAME * max(scale, abs(one), abs(other)))
