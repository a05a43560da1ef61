"""The linear program of one response beside a plan that stands, and what of it the numbers of a draw change.

Right-hand sides, coefficients and bounds change in place; columns and rows stay. What the plan does stands on the
right-hand side: Σ of the response's columns `sense` bound − Σ factor × what the plan does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.analysis.stress.drawing import DrawnCells
from planner.solver.highs import INFINITY, Arrays, Vector

Positions = NDArray[np.intp]


class ProgramParts(NamedTuple):
    """Amounts that are multiplied by the factor of a cell: at a row (a right-hand side), or a row and a column."""

    rows: Positions
    columns: Positions
    amounts: Vector
    cells: Positions


class Needs(NamedTuple):
    """Each need of some quantity: how much at factor 1, its cell (−1: it does not vary), value and priority per unit,
    and the column of what is not delivered."""

    quantities: Vector
    cells: Positions
    values: Vector
    priorities: Vector
    missing: Positions


@dataclass(frozen=True)
class CaseProgram:
    """`levels`: costs by column, in order; the first two are what is lacking of what was promised (or must be covered),
    and L. `closes`: columns that are shut where the factor of a cell is 0."""

    lp: Arrays
    cells: DrawnCells
    sides: ProgramParts
    divided: ProgramParts  # coefficients that are divided by the factor
    closes: ProgramParts
    needs: Needs
    levels: tuple[tuple[str, Vector], ...]
    lacking: Positions  # columns of what is lacking
    weighted: bool


def changed_sides(program: CaseProgram, factors: Vector) -> tuple[Positions, Vector]:
    """(rows, their right-hand sides) at these factors of the cells."""
    parts, lp = program.sides, program.lp
    rows = np.unique(parts.rows)
    more = np.bincount(parts.rows, parts.amounts * (factors[parts.cells] - 1.0), lp.rows)
    stated: Vector = np.where(lp.row_upper < INFINITY, lp.row_upper, lp.row_lower)
    sides: Vector = (stated + more)[rows]
    return rows, sides
