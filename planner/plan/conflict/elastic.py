"""The elastic program: every row that comes from figures of the input may be broken, at a price; identities may not.

    minimise Σ price · stretch   subject to   lower − Σ slope · scale · stretch ≤ A x ≤ upper + Σ slope · scale ·
    stretch

A stretch is a figure of the input set otherwise, on one side: a limit raised, or less asked for; relative to its size.
A figure may be part of many rows, a row of many figures. Chinneck, Feasibility and Infeasibility in Optimization
(2008).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.cells import Field
from planner.formulation.model.family import Origin
from planner.formulation.model.model import Model
from planner.plan.conflict.allowance import Allowance
from planner.solver.highs import INFINITY, Arrays, Basis, HighsSession, ProgressListener, SolveOutcome, Vector
from planner.tolerances import NOISE

LIMIT, ASK = "limit", "ask"  # an upper bound may rise; of a lower bound less may be asked
# Relative to a figure's size: what is no more than the arithmetic of the solver.


@dataclass(frozen=True, slots=True)
class Stretch:
    """A figure of the input, on one side of its rows."""

    field: Field
    side: str  # LIMIT or ASK
    scale: float  # what a stretch of 1 is, in the figure's unit (of a share: in the unit of its rows)
    rows: tuple[tuple[int, float], ...]  # row, by how much it gives per unit of the figure
    value: float | None  # what the figure says
    is_linear: bool  # a figure of right-hand sides; else a factor of rows
    is_money: bool  # of rows of money, which are what makes a program hard


def stretches_of(
    model: Model, lp: Arrays, origins: Mapping[int, Sequence[Origin]], given: Collection[Field] = ()
) -> list[Stretch]:
    """Every figure of the input that rows of the model come from, on each side on which they are bounded.

    Those `given` are left out.
    """
    slopes_of: dict[tuple[Field, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    origin_of: dict[Field, Origin] = {}
    same: dict[Hashable, Field] = {}  # two names of one cell are one figure
    cells = model.instance.cells
    for row, origins_of_row in origins.items():
        for origin in origins_of_row:
            if origin.field in given:
                continue
            place = cells.of(origin.field) if cells is not None else ()
            field = same.setdefault((place, origin.field.column) if place else origin.field, origin.field)
            known = origin_of.get(field)
            if known is None or not known.slope:
                origin_of[field] = origin
            # A figure may be several times in a row: the factor of a disruption is of each budget of a fund.
            gives = abs(origin.slope)
            if lp.row_lower[row] > -INFINITY:
                slopes_of[field, ASK][row] += gives
            if lp.row_upper[row] < INFINITY:
                slopes_of[field, LIMIT][row] += gives
    usual = _usual(origin_of.values())
    money = {
        row
        for family, keys in model.rows.items()
        if model.catalogue.constraints[family].unit == "money"
        for row in keys.values()
    }
    return [
        _stretch(field, side, rows, origin_of[field], usual, next(iter(rows)) in money)
        for (field, side), rows in slopes_of.items()
    ]


def _stretch(
    field: Field,
    side: str,
    gives_by_row: Mapping[int, float],
    origin: Origin,
    usual: Mapping[tuple[str, str], float],
    is_money: bool,
) -> Stretch:
    rows = tuple((row, gives or 1.0) for row, gives in gives_by_row.items())
    if not origin.slope or origin.value is None:
        return Stretch(field, side, 1.0, rows, origin.value, False, is_money)
    scale = abs(origin.value) or usual.get((field.table, field.column), 0.0) or 1.0
    return Stretch(field, side, scale, rows, origin.value, True, is_money)


def _usual(origins: Any) -> dict[tuple[str, str], float]:
    """The median size of the figures of each column, of those that are not 0."""
    sizes: dict[tuple[str, str], list[float]] = defaultdict(list)
    for origin in origins:
        if origin.value:
            sizes[origin.field.table, origin.field.column].append(abs(origin.value))
    return {column: median(values) for column, values in sizes.items()}


@dataclass(frozen=True)
class ElasticPoint:
    """A solution of the elastic program: the columns of the plan, the stretches (relative), and the total price."""

    plan: Vector
    stretched: Vector
    total: float
    support: NDArray[np.bool_]  # the stretches whose rows prove that the total cannot be less
    duals: Vector  # of the rows


class Elastic:
    """The elastic program in HiGHS: loaded once, prices and bounds of stretches change."""

    def __init__(
        self,
        lp: Arrays,
        bounds: tuple[Vector, Vector],
        stretches: Sequence[Stretch],
        settings: Mapping[str, Any],
        listener: ProgressListener | None = None,
    ) -> None:
        """`bounds`: of the plan's columns."""
        self.lp, self.stretches = lp, list(stretches)
        self.is_money = np.array([stretch.is_money for stretch in stretches], dtype=bool)
        self._session = HighsSession(with_columns(lp, [_entries(stretch) for stretch in stretches]), settings, listener)
        self._session.set_column_bounds(np.arange(lp.columns), *bounds)
        self.pivots, self.solves = 0, 0
        self.allowance = Allowance()  # what is not solved within it is not found
        self._basis: Basis | None = None
        self._own = lp.columns + np.arange(len(self.stretches))

    def allow(self, allowed: NDArray[np.bool_]) -> None:
        """Allow these stretches (one entry for each), and hold all others at 0."""
        upper = np.where(allowed, INFINITY, 0.0)
        self._session.set_column_bounds(self._own, np.zeros(len(upper)), upper)

    def solve(self, prices: Vector, phase: str, pivots: int | None = None) -> ElasticPoint | None:
        """The least total price; None where even so no plan is possible, or none was found within `pivots` (from the
        basis at hand, which is kept by other prices), or within the allowance.
        """
        session = self._session
        session.set_costs(np.concatenate([np.zeros(self.lp.columns), prices]))
        outcome = (
            self._solve_afresh(phase) if pivots is None else session.prove(phase, pivots, self.allowance.time_limit)
        )
        self.pivots, self.solves = self.pivots + outcome.iterations, self.solves + 1
        return self._point(outcome, prices) if outcome.status == "optimal" else None

    def prove(self, prices: Vector, phase: str, pivots: int | None = None) -> ElasticPoint | None:
        """As `solve`, for what the support says: where the total is above 0, there is no plan without its stretches."""
        return self.solve(prices, phase, pivots)

    def take_one_choice(self) -> bool:
        """Settle for what holds for one choice alone; False where there is nothing to choose."""
        return False

    @property
    def chosen(self) -> Vector | None:
        """The one choice that all is about, by binary column; None where it is about every choice."""
        return None

    @property
    def is_large(self) -> bool:
        """Too large for solves that only make a figure more exact."""
        return self._session.is_large

    def _solve_afresh(self, phase: str) -> SolveOutcome:
        """From the basis of the first solve, which is near; the first, and all of a large program, from nothing."""
        session = self._session
        session.forget_basis()
        if self._basis is None or self.is_large:
            outcome = session.solve(phase, self.allowance.time_limit, interior_point=self.is_large)
            self._basis = session.basis() if outcome.status == "optimal" else self._basis
            return outcome
        session.start_from(self._basis)
        return session.solve_again(phase, self.allowance.time_limit)

    def _point(self, outcome: SolveOutcome, prices: Vector) -> ElasticPoint:
        plan, stretched = outcome.values[: self.lp.columns], outcome.values[self.lp.columns :]
        stretched = np.where(stretched > NOISE, stretched, 0.0)
        rests_on = prices - outcome.reduced_costs[self.lp.columns :]
        total = float((prices * stretched).sum())
        return ElasticPoint(plan, stretched, total, rests_on > NOISE, outcome.row_duals[: self.lp.rows])


def _entries(stretch: Stretch) -> list[tuple[int, float]]:
    sign = 1.0 if stretch.side == ASK else -1.0
    return [(row, sign * gives * stretch.scale) for row, gives in stretch.rows]


def with_columns(lp: Arrays, columns: Sequence[Sequence[tuple[int, float]]]) -> Arrays:
    """The LP with further columns behind its own, each given by its entries (row, value)."""
    rows = np.array([row for entries in columns for row, _ in entries], dtype=np.intp)
    values = np.array([value for entries in columns for _, value in entries], dtype=np.float64)
    at = lp.columns + np.repeat(np.arange(len(columns)), [len(entries) for entries in columns])
    order = np.argsort(rows, kind="stable")
    rows, values, at = rows[order], values[order], at[order]
    more = np.bincount(rows, minlength=lp.rows)
    before = np.concatenate([[0], np.cumsum(more)])  # new entries of the rows before
    start = lp.start + before
    old = np.arange(len(lp.value)) + np.repeat(before[:-1], np.diff(lp.start))
    rank = np.arange(len(rows)) - before[rows]
    new = lp.start[rows + 1] + before[rows] + rank
    index = np.empty(len(lp.index) + len(rows), dtype=np.int32)
    value = np.empty(len(index))
    index[old], value[old] = lp.index, lp.value
    index[new], value[new] = at, values
    return Arrays(lp.columns + len(columns), lp.row_lower, lp.row_upper, start.astype(np.int32), index, value)
