"""The part of a program that some goods concern. What is done with all other goods stays as it is in a plan.

Of a large program remedies are looked for in it alone: a tenth to a third of its columns, and presolve mostly needs no
more than these. So they are remedies of the whole program too, and the cheapest of those that leave the plan of other
goods alone. (Fixing what is not near a solution, and optimising the rest: large neighbourhood search; Shaw, 1998.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import RESPONSE
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.model.model import Model
from planner.plan.program import Program
from planner.solver.highs import Arrays, Vector
from planner.tolerances import NO_LESS

Positions = NDArray[np.intp]
MOST_WHOLE = 30_000  # columns of a program that is searched as a whole
MOST_WHOLE_QUICKLY = 10_000  # the same, where the search is to take less time than the plan itself
MOST_SEARCHED = 30_000  # columns of a neighbourhood in which more than the cheapest remedy is looked for
NOT_HERE = -1


@dataclass(frozen=True)
class Neighbourhood:
    """`lp`: the rows and columns that may change; `columns`: where these stand in the whole; `row_here`: by row of the
    whole its position here, or NOT_HERE.
    """

    lp: Arrays
    columns: Positions
    row_here: Positions

    @classmethod
    def of(cls, program: Program, values: Vector, items: frozenset[str] | None) -> Neighbourhood:
        """What these items concern, the other columns at `values`; None: everything.

        Raises NoPlanError where rows of the other columns alone do not hold at these values.
        """
        lp = program.lp
        if items is None:
            return cls(lp, np.arange(lp.columns), np.arange(lp.rows))
        free = concerned(program.model, lp, items)
        entry_is_free, row_of = free[lp.index], lp.row_of_entry
        amounts = lp.value * np.maximum(values, 0.0)[lp.index]
        beside = np.bincount(row_of[~entry_is_free], amounts[~entry_is_free], lp.rows)
        counts = np.bincount(row_of[entry_is_free], minlength=lp.rows)
        lower, upper, here = lp.row_lower - beside, lp.row_upper - beside, counts > 0
        small = NO_LESS * np.maximum(1.0, np.abs(beside))
        if ((lower > small) | (upper < -small))[~here].any():
            raise NoPlanError("what is done with other goods cannot stay as it is")
        new_index = np.cumsum(free) - 1
        part = Arrays(
            columns=int(free.sum()),
            row_lower=lower[here],
            row_upper=upper[here],
            start=np.concatenate([[0], np.cumsum(counts[here])]).astype(np.int32),
            index=new_index[lp.index[entry_is_free]].astype(np.int32),
            value=lp.value[entry_is_free],
        )
        return cls(part, np.flatnonzero(free), np.where(here, np.cumsum(here) - 1, NOT_HERE))

    def entries(self, whole: Mapping[int, float]) -> dict[int, float]:
        """The entries of a column, by row here, of those by row of the whole."""
        return {int(self.row_here[row]): entry for row, entry in whole.items() if self.row_here[row] != NOT_HERE}

    def rows_here(self, whole: Positions) -> Positions:
        """Those of some rows of the whole that are here: their positions here."""
        here = self.row_here[whole]
        rows: Positions = here[here != NOT_HERE]
        return rows

    def row_duals(self, here: Vector) -> Vector:
        """By row of the whole, of duals by row here; 0 of rows that are not here."""
        known = self.row_here != NOT_HERE
        duals = np.zeros(len(self.row_here))
        duals[known] = here[self.row_here[known]]
        return duals

    def among(self, columns: Positions, values: Vector) -> tuple[Positions, Vector]:
        """Those of some columns of the whole that are here: their positions here, and their values."""
        _, mine, theirs = np.intersect1d(self.columns, columns, return_indices=True)
        return mine, values[theirs]

    def values(self, here: Vector, whole: Vector) -> Vector:
        """All columns of the whole: those that are `here`, and the others."""
        point = whole.copy()
        point[self.columns] = here[: len(self.columns)]
        return point


def with_parts(instance: PlanningInstance, items: frozenset[str]) -> frozenset[str]:
    """These items and all that they are made of."""
    items_with_parts = items
    while (
        more := items_with_parts.union(*(instance.bill.get(item, frozenset()) for item in items_with_parts))
    ) != items_with_parts:
        items_with_parts = more
    return items_with_parts


def concerned(model: Model, lp: Arrays, items: frozenset[str]) -> NDArray[np.bool_]:
    """By column: does it stand in a balance of these items, in the plan or in a response, or in none of any item?"""
    of_goods, any_item = np.zeros(lp.rows, dtype=bool), np.zeros(lp.rows, dtype=bool)
    for family, place in ((MATERIAL_BALANCE.name, 0), (RESPONSE + MATERIAL_BALANCE.name, 2)):
        for key, row in model.rows[family].items():
            any_item[row], of_goods[row] = True, key[place] in items
    row_of = lp.row_of_entry

    def stands_in(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.bincount(lp.index[rows[row_of]], minlength=lp.columns) > 0

    concerned_here: NDArray[np.bool_] = stands_in(of_goods) | ~stands_in(any_item)
    return concerned_here
