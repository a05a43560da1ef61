"""The numbers of each draw, and the factors that they make.

Each draw has a stream of its own, a counter-based generator seeded by the seed and the number of the draw: so the
numbers depend neither on how many draws there are nor on who computes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from planner.domain.contingency.uncertainty import Uncertainty

Vector = NDArray[np.float64]


def numbers(uncertainties: Sequence[Uncertainty], seed: int, draws: int) -> Vector:
    """[draw, row of Uncertainty]: triangular(low, likely, high) by its inverse distribution; low where high is low."""
    from scipy.stats import triang

    low, likely, high = (np.array([getattr(one, end) for one in uncertainties]) for end in ("low", "likely", "high"))
    uniform = np.array([_stream(seed, draw).random(len(uncertainties)) for draw in range(draws)])
    varies = high > low
    values = np.tile(low, (draws, 1))
    span = (high - low)[varies]
    peak = (likely - low)[varies] / span
    values[:, varies] = triang.ppf(uniform[:, varies], peak, loc=low[varies], scale=span)
    return values


def _stream(seed: int, draw: int) -> Generator:
    return Generator(Philox(SeedSequence(seed, spawn_key=(draw,))))


class DrawnCell(NamedTuple):
    """What varies alike: rows of Uncertainty whose numbers are multiplied;
    of `capped` ones the product counts up to 1.
    """

    rows: tuple[int, ...]
    capped: tuple[int, ...] = ()


class DrawnCells:
    """The cells of a program, each once, by position."""

    def __init__(self) -> None:
        self._known: dict[DrawnCell, int] = {}

    def place(self, rows: Iterable[int], capped: Iterable[int] = ()) -> int | None:
        """The position of the cell; None where nothing varies."""
        cell = DrawnCell(tuple(rows), tuple(capped))
        return self._known.setdefault(cell, len(self._known)) if any(cell) else None

    def __len__(self) -> int:
        return len(self._known)

    def factors(self, drawn: Vector) -> Vector:
        """[cell]: its factor; `drawn`: the numbers of one draw, by row of Uncertainty."""
        return np.array(
            [drawn[list(cell.rows)].prod() * min(1.0, float(drawn[list(cell.capped)].prod())) for cell in self._known]
        )
