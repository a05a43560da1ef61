"""Where columns and rows of a model stand, and how a basis of one model is carried over to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
        return cls(model.columns, model.rows)

    def carry(self, basis: Basis, now: Structure) -> tuple[Basis, str]:
        """The basis on another model's columns and rows, new columns at zero and new rows slack; and what differs."""
        columns, other_columns = _carried(self.columns, basis.columns, now.columns, AT_LOWER)
        rows, other_rows = _carried(self.rows, basis.rows, now.rows, BASIC)
        differ = f"rebuilt, {other_columns} columns and {other_rows} rows differ"
        return Basis(columns, rows), differ if other_columns or other_rows else SAME_STRUCTURE

    def carry_values(self, values: Vector, now: Structure) -> Vector:
        """The values of columns on another model's columns, 0 where they are new."""
        return _spread(self.columns, values, now.columns)

    def carry_level(self, level: SolvedLevel, costs: Vector, now: Structure) -> SolvedLevel:
        """A level as it was solved, on another model's columns and rows: its reduced costs and duals, 0 where they are new."""
        outcome = level.outcome
        reduced = _spread(self.columns, outcome.reduced_costs, now.columns)
        duals = _spread(self.rows, outcome.row_duals, now.rows)
        return replace(level, costs=costs, outcome=replace(outcome, reduced_costs=reduced, row_duals=duals))


def _spread(before: KeyPositions, values: Vector, now: KeyPositions) -> Vector:
    """The values in their new places."""
    spread = np.zeros(sum(map(len, now.values())))
    for family, places in now.items():
        common = [key for key in places if key in before.get(family, {})]
        spread[[places[key] for key in common]] = values[[before[family][key] for key in common]]
    return spread


def _carried(
    before: KeyPositions, codes: NDArray[np.int8], now: KeyPositions, other: int
) -> tuple[NDArray[np.int8], int]:
    """The codes in their new places, and how many places are new or gone."""
    carried = np.full(sum(map(len, now.values())), other, dtype=np.int8)
    kept = 0
    for family, places in now.items():
        old = before.get(family, {})
        common = [key for key in places if key in old]
        carried[[places[key] for key in common]] = codes[[old[key] for key in common]]
        kept += len(common)
    return carried, len(carried) + len(codes) - 2 * kept
