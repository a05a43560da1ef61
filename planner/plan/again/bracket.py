"""Between what a level lies without some things, from the goods that these carry in the plan: small programs in place
of the whole.

*At most*: what is done with other goods stays as in the plan, but for a few if need be. What is left of the LP is a
restriction of it, so its optimum is that of a plan. *At least*: limits that these goods share with others are priced by
the duals of the level. What is left is a Lagrangian relaxation (Geoffrion, 1974), so no plan is better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import RESPONSE
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.plan.again.faces import Proof
from planner.plan.again.removal import Removal
from planner.plan.program import Program
from planner.plan.remedy.neighbourhood import concerned, with_parts
from planner.solver.highs import IMPOSSIBLE, INFINITY, HighsSession, SolveOutcome, Vector
from planner.solver.lexicographic import Level, bound_terms, inner
from planner.solver.scaling import objective_scale
from planner.solver.subproblem import Subproblem
from planner.tolerances import FEASIBLE, NO_LESS, NOISE

Mask = NDArray[np.bool_]
OF_NONE = -1  # no item
SOME_GOODS = 5  # that may give something up where goods cannot do without by themselves


class Bracket(NamedTuple):
    """What a level comes to.

    `at_least`: INFINITY where nothing keeps the levels before, −INFINITY where no bound is known; `at_most`: None where
    no plan is known that keeps them.
    """

    at_least: float
    at_most: float | None


@dataclass(frozen=True)
class Neighbours:
    """The program of a plan with the values of its columns, and HiGHS's settings."""

    program: Program
    values: Vector
    settings: Mapping[str, Any]

    def bracket(self, session: HighsSession, removal: Removal, level: Level, proof: Proof) -> Bracket:
        """Of a level; `session`: the LP without the things, the levels before held by their faces."""
        free, goods = session.column_lower < session.column_upper, self._goods_in(removal)
        near = self._concerned(goods)
        least = self._at_least(session, removal, level, proof, near & free, ~near & free)
        if least == INFINITY:
            return Bracket(least, None)
        most = self._at_most(session, level, near & free)
        if most is None:  # other goods have to give something up
            most = self._at_most(session, level, self._concerned(goods | self._heaviest(level)) & free)
        return Bracket(least, most)

    def _concerned(self, goods: frozenset[str]) -> Mask:
        """By column: is it of some goods or of their parts, or of no goods?"""
        model = self.program.model
        return concerned(model, self.program.lp, with_parts(model.instance, goods))

    def _goods_in(self, removal: Removal) -> frozenset[str]:
        """The goods that the plan has in what is gone."""
        lp = self.program.lp
        used = np.zeros(lp.columns, dtype=bool)
        used[removal.columns[self.values[removal.columns] > removal.upper + NOISE]] = True
        items = np.unique(self._item_of_row[lp.row_of_entry[used[lp.index]]])
        return frozenset(self._items[item] for item in items.tolist() if item != OF_NONE)

    def _heaviest(self, level: Level) -> frozenset[str]:
        """The goods with the largest part of a level in the plan."""
        _, costs = level
        parts = costs * np.maximum(self.values, 0.0)
        there = np.flatnonzero((parts > 0) & (self._item_of_column != OF_NONE))
        by_item = np.bincount(self._item_of_column[there], parts[there], len(self._items))
        return frozenset(self._items[item] for item in np.argsort(-by_item)[:SOME_GOODS].tolist() if by_item[item] > 0)

    @cached_property
    def _items(self) -> list[str]:
        return list(self.program.model.instance.items)

    @cached_property
    def _item_of_row(self) -> NDArray[np.intp]:
        """Of a balance of goods the place of its item; else OF_NONE."""
        model, places = self.program.model, {item: index for index, item in enumerate(self._items)}
        items = np.full(self.program.lp.rows, OF_NONE, dtype=np.intp)
        for family, at in ((MATERIAL_BALANCE.name, 0), (RESPONSE + MATERIAL_BALANCE.name, 2)):
            for key, row in model.rows[family].items():
                items[row] = places[str(key[at])]
        return items

    @cached_property
    def _item_of_column(self) -> NDArray[np.intp]:
        """The place of an item whose balance a column stands in, or with a column of which it stands in a row; else
        OF_NONE.
        """
        lp = self.program.lp
        by_row, by_column = self._item_of_row.copy(), np.full(lp.columns, OF_NONE, dtype=np.intp)
        np.maximum.at(by_column, lp.index, by_row[lp.row_of_entry])
        np.maximum.at(by_row, lp.row_of_entry, by_column[lp.index])
        around = by_column.copy()
        np.maximum.at(around, lp.index, by_row[lp.row_of_entry])
        return np.where(by_column != OF_NONE, by_column, around)

    def _at_most(self, session: HighsSession, level: Level, free: Mask) -> float | None:
        values = np.clip(self.values, session.column_lower, session.column_upper)
        optimum = self._optimum(session, level, free, values, np.zeros(session.lp.rows, dtype=bool))
        return optimum if optimum is not None and abs(optimum) < INFINITY else None

    def _at_least(
        self, session: HighsSession, removal: Removal, level: Level, proof: Proof, free: Mask, others: Mask
    ) -> float:
        """The limits in which other goods stand too are priced, but for those that no longer hold.

        Where other goods would gain by that nothing is proved: −INFINITY.
        """
        lp, (name, costs) = session.lp, level
        shared = np.zeros(lp.rows, dtype=bool)
        shared[lp.row_of_entry[others[lp.index]]] = True
        duals = np.where(shared, proof.row_duals, 0.0)
        duals[removal.rows] = 0.0
        costs = costs - np.bincount(lp.index, lp.value * duals[lp.row_of_entry], lp.columns)
        values = np.where(session.column_lower == session.column_upper, session.column_lower, 0.0)
        falls = np.minimum(proof.reduced_costs[others], 0.0) - FEASIBLE * np.abs(level[1]).max(initial=0.0)
        if (costs[others] < falls).any():
            return -INFINITY
        rest = bound_terms(costs[others], session.column_lower[others], session.column_upper[others])
        costs[others] = 0.0
        optimum = self._optimum(session, (name, costs), free, values, shared)
        limits = bound_terms(duals, session.row_lower, session.row_upper)
        return -INFINITY if optimum is None else optimum + float(limits.sum()) + float(rest.sum())

    def _optimum(self, session: HighsSession, level: Level, free: Mask, values: Vector, left_out: Mask) -> float | None:
        """The level over its `free` columns, all others at `values`, without some rows.

        INFINITY: impossible; None: not found.
        """
        name, costs = level
        lower, upper = (
            np.where(left_out, way, side)
            for way, side in ((-INFINITY, session.row_lower), (INFINITY, session.row_upper))
        )
        whole = replace(session.lp, row_lower=lower, row_upper=upper)
        part = Subproblem(whole, np.flatnonzero(free))
        outside = np.ones(whole.rows, dtype=bool)
        outside[part.rows] = False
        terms = whole.value * values[whole.index]
        activity, size = (np.bincount(whole.row_of_entry, each, whole.rows) for each in (terms, np.abs(terms)))
        slack = NO_LESS * np.maximum(1.0, size)
        if (outside & ((activity < lower - slack) | (activity > upper + slack))).any():
            return INFINITY
        rest = inner(costs[~free], values[~free])
        if not part.columns.size:
            return rest
        outcome = self._solved(HighsSession(part.beside(values), self.settings), (name, costs[part.columns]))
        if outcome.status in IMPOSSIBLE:
            return INFINITY
        return inner(costs[part.columns], outcome.values) + rest if outcome.status == "optimal" else None

    def _solved(self, session: HighsSession, level: Level) -> SolveOutcome:
        name, costs = level
        session.set_costs(costs * objective_scale(costs))
        return session.solve(name, interior_point=session.is_large)
