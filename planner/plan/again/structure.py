"""Where columns and rows of a model stand, and how a basis of one model is carried over to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.formulation.model.model import Key, Model
from planner.solver.highs import AT_LOWER, BASIC, Basis, Vector
from planner.solver.lexicographic import SolvedLevel

SAME_STRUCTURE = "rebuilt, same structure"
KeyPositions = Mapping[str, Mapping[Key, int]]  # family -> key -> position


@dataclass(frozen=True)
class Structure:
    """Where each column and row of a model stands."""

    columns: KeyPositions
    rows: KeyPositions

    @classmethod
    def of(cls, model: Model) -> Structure:
        """The structure of a model."""
        return cls(model.columns, model.rows)

    def onto(self, now: Structure) -> Carrier:
        """What carries values and bases over to another model; for several of them look the positions up once."""
        return Carrier(_common(self.columns, now.columns), _common(self.rows, now.rows))


class Common(NamedTuple):
    """What two models have in common, of columns or of rows: its positions `before` and `now`, and how many there are
    in all in each.
    """

    before: NDArray[np.intp]
    now: NDArray[np.intp]
    count_before: int
    count_now: int

    @property
    def differ(self) -> int:
        """How many are new or gone."""
        return self.count_before + self.count_now - 2 * len(self.now)

    def spread(self, values: Vector) -> Vector:
        """Values at their new positions, 0 where there was none."""
        spread = np.zeros(self.count_now)
        spread[self.now] = values[self.before]
        return spread

    def codes(self, codes: NDArray[np.int8], other: int) -> NDArray[np.int8]:
        """Codes of a basis at their new positions, `other` where there was none."""
        carried = np.full(self.count_now, other, dtype=np.int8)
        carried[self.now] = codes[self.before]
        return carried


@dataclass(frozen=True)
class Carrier:
    """Carries over what is known of one model's columns and rows to another's."""

    columns: Common
    rows: Common

    def basis(self, basis: Basis) -> tuple[Basis, str]:
        """The basis on the other model's columns and rows, new columns at zero and new rows slack; and what differs."""
        columns, rows = self.columns.codes(basis.columns, AT_LOWER), self.rows.codes(basis.rows, BASIC)
        other_columns, other_rows = self.columns.differ, self.rows.differ
        differ = f"rebuilt, {other_columns} columns and {other_rows} rows differ"
        return Basis(columns, rows), differ if other_columns or other_rows else SAME_STRUCTURE

    def values(self, values: Vector) -> Vector:
        """The values of columns on the other model's columns, 0 where they are new."""
        return self.columns.spread(values)

    def level(self, level: SolvedLevel, costs: Vector) -> SolvedLevel:
        """A level as it was solved, on the other model's columns and rows: its reduced costs and duals, 0 where they
        are new.
        """
        outcome = level.outcome
        reduced, duals = self.columns.spread(outcome.reduced_costs), self.rows.spread(outcome.row_duals)
        return replace(level, costs=costs, outcome=replace(outcome, reduced_costs=reduced, row_duals=duals))


def _common(before: KeyPositions, now: KeyPositions) -> Common:
    old, new = list[int](), list[int]()
    for family, places in now.items():
        known = before.get(family, {})
        for key, place in places.items():
            if key in known:
                old.append(known[key])
                new.append(place)
    counts = (sum(map(len, positions.values())) for positions in (before, now))
    return Common(np.array(old, dtype=np.intp), np.array(new, dtype=np.intp), *counts)
