"""The frontier's kinks against exact fractions: a textbook's example, and every vertex of random small programs."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from planner.analysis.frontier.kinks import Frontier, trace_frontier
from planner.catalogue import load
from planner.solver.highs import Arrays
from planner.solver.parametric.study import ParametricStudy
from tests.unit.analysis.frontier.exact_frontier import Numbers, kinks, vertices

SETTINGS = load("full").solver

# Cohon, Multiobjective Programming and Planning (1978), sample problem of chapters 5 and 6: maximise
# Z1 = 5 x1 − 2 x2 and Z2 = −x1 + 4 x2; the book's noninferior extreme points are (6,0), (6,2), (4,4), (1,4).
COHON_ROWS = [[-1, 1], [1, 1], [1, 0], [0, 1]]
COHON_LIMITS = [3, 8, 6, 4]
COHON_AIMS = ([-5, 2], [1, -4])
COHON_KINKS = [(-30, 6), (-26, -2), (-12, -12), (3, -15)]


def fractions(numbers: list[int]) -> list[Fraction]:
    return [Fraction(number) for number in numbers]


def study(rows: list[list[int]], limits: list[int], aims: tuple[list[int], ...]) -> ParametricStudy:
    """minimise the aims over rows · x ≤ limits, x ≥ 0."""
    matrix = np.array(rows, dtype=float)
    count, columns = matrix.shape
    lp = Arrays(
        columns=columns,
        row_lower=np.full(count, -np.inf),
        row_upper=np.array(limits, dtype=float),
        start=np.arange(0, count * columns + 1, columns, dtype=np.int32),
        index=np.tile(np.arange(columns, dtype=np.int32), count),
        value=matrix.ravel(),
    )
    return ParametricStudy(lp, {f"aim {n}": np.array(aim, dtype=float) for n, aim in enumerate(aims, 1)}, SETTINGS)


def values(frontier: Frontier) -> list[tuple[float, float]]:
    return [(kink.first, kink.second) for kink in frontier.kinks]


def exact(rows: list[list[int]], limits: list[int], aims: tuple[list[int], ...]) -> list[tuple[Fraction, Fraction]]:
    sides: list[Numbers] = [fractions(row) for row in rows]
    return kinks(vertices(sides, fractions(limits)), *map(fractions, aims))


def test_the_textbook_example() -> None:
    assert exact(COHON_ROWS, COHON_LIMITS, COHON_AIMS) == COHON_KINKS, "the book, by enumeration of all vertices"
    frontier = trace_frontier(study(COHON_ROWS, COHON_LIMITS, COHON_AIMS), "aim 1", "aim 2")
    assert frontier.is_exact
    assert np.array(values(frontier)) == pytest.approx(np.array(COHON_KINKS, dtype=float), abs=1e-7)
    assert [frontier.slope(place) for place in range(3)] == pytest.approx([-2.0, -10 / 14, -0.2])


@pytest.mark.parametrize("seed", range(40))
def test_random_programs_have_the_kinks_of_their_vertices(seed: int) -> None:
    rng = random.Random(seed)
    columns = rng.choice([3, 4])
    rows = [[rng.randint(0, 5) for _ in range(columns)] for _ in range(rng.randint(3, 5))]
    rows.append([1] * columns)  # bounded
    limits = [rng.randint(4, 30) for _ in rows]
    aims = tuple([rng.randint(-9, 4) for _ in range(columns)] for _ in range(2))
    frontier = trace_frontier(study(rows, limits, aims), "aim 1", "aim 2")
    expected = np.array([[float(a), float(b)] for a, b in exact(rows, limits, aims)])
    assert frontier.is_exact
    assert np.array(values(frontier)) == pytest.approx(expected, abs=1e-6)


def test_too_few_points_say_what_is_left_open_and_by_how_much() -> None:
    frontier = trace_frontier(study(COHON_ROWS, COHON_LIMITS, COHON_AIMS), "aim 1", "aim 2", most=3)
    assert len(frontier.kinks) == 3
    assert not frontier.is_exact
    missing = next(point for point in COHON_KINKS if not np.isclose(values(frontier), point).all(axis=1).any())
    for place, (one, other) in enumerate(zip(frontier.kinks, frontier.kinks[1:], strict=False)):
        if one.first < missing[0] < other.first:
            line = one.second + frontier.slope(place) * (missing[0] - one.first)
            assert 0 < line - missing[1] <= frontier.below[place] + 1e-7
            return
    pytest.fail("the kink that was not looked for lies in no gap")


def test_aims_that_agree_have_one_point() -> None:
    frontier = trace_frontier(study([[1, 1]], [4], ([-1, -2], [-2, -4])), "aim 1", "aim 2")
    assert values(frontier) == [(pytest.approx(-8.0), pytest.approx(-16.0))]


def test_levels_before_stay_at_their_optimum() -> None:
    """x + y + z ≤ 4, z at its most first: z = 4 leaves nothing; with z ≤ 1 as well, x and y share 3."""
    rows, limits, aims = [[1, 1, 1], [0, 0, 1]], [4, 1], ([0, 0, -1], [1, 2, 0], [-1, -3, 0])
    frontier = trace_frontier(study(rows, limits, aims), "aim 2", "aim 3", before=["aim 1"])
    assert np.array(values(frontier)) == pytest.approx(np.array([[0.0, 0.0], [6.0, -9.0]]))
    assert all(kink.values[2] == pytest.approx(1.0) for kink in frontier.kinks)
