"""The efficient kinks of two aims over a small polytope, in exact fractions: every vertex, then the lower left hull."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

Numbers = Sequence[Fraction]


def vertices(rows: Sequence[Numbers], limits: Numbers) -> list[tuple[Fraction, ...]]:
    """Vertices of {x ≥ 0, rows · x ≤ limits}: every choice of as many tight constraints as there are variables."""
    count = len(rows[0])
    signs = [[Fraction(-(place == axis)) for place in range(count)] for axis in range(count)]
    sides, bounds = [*rows, *signs], [*limits, *[Fraction(0)] * count]
    found = set()
    for chosen in combinations(range(len(sides)), count):
        point = _solved([list(sides[row]) for row in chosen], [bounds[row] for row in chosen])
        if point is not None and all(_dot(side, point) <= bound for side, bound in zip(sides, bounds, strict=True)):
            found.add(point)
    return sorted(found)


def kinks(points: Sequence[Numbers], first: Numbers, second: Numbers) -> list[tuple[Fraction, Fraction]]:
    """The corners of the frontier of two aims to be minimised, from the least of the first to that of the second."""
    values = sorted({(_dot(first, point), _dot(second, point)) for point in points})
    least = min(second for _, second in values)
    hull: list[tuple[Fraction, Fraction]] = []
    for value in values:
        if hull and value[1] >= hull[-1][1]:
            continue  # no better than the corner before, at more of the first
        while len(hull) > 1 and _turns_up(hull[-2], hull[-1], value):
            hull.pop()
        hull.append(value)
        if value[1] == least:
            break
    return hull


def _turns_up(one: Numbers, two: Numbers, three: Numbers) -> bool:
    """Does `two` not lie below the line from `one` to `three`?"""
    return (two[1] - one[1]) * (three[0] - one[0]) >= (three[1] - one[1]) * (two[0] - one[0])


def _dot(one: Numbers, other: Numbers) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def _solved(matrix: list[list[Fraction]], right: list[Fraction]) -> tuple[Fraction, ...] | None:
    """Gauss and Jordan; None where the rows depend on each other."""
    size = len(matrix)
    whole = [[*row, bound] for row, bound in zip(matrix, right, strict=True)]
    for place in range(size):
        pivot = next((row for row in range(place, size) if whole[row][place]), None)
        if pivot is None:
            return None
        whole[place], whole[pivot] = whole[pivot], whole[place]
        whole[place] = [entry / whole[place][place] for entry in whole[place]]
        for row in range(size):
            if row != place and whole[row][place]:
                factor = whole[row][place]
                whole[row] = [a - factor * b for a, b in zip(whole[row], whole[place], strict=True)]
    return tuple(row[-1] for row in whole)
