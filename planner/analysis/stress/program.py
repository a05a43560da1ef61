"""The linear program of one response beside a plan that stands, and what of it each number of a draw changes.

Right-hand sides, coefficients and bounds change in place; columns and rows stay. What the plan does stands on the
right-hand side: Σ of the response's columns `sense` bound − Σ factor × what the plan does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.analysis.stress.drawing import Cells
from planner.domain.instance import Line, share_left
from planner.domain.response import Need
from planner.domain.uncertainty import Uncertainty
from planner.formulation.goods.balance import MATERIAL_BALANCE, SUPPLIED, supplied_row
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.goods.production import COMPONENT_USE, LINE_CAPACITY, PLACED_ORDER, RAMP, RESOURCE_CAPACITY
from planner.formulation.model.model import Model, Terms
from planner.formulation.objective import has_data
from planner.formulation.responses.coverage import PROMISE
from planner.formulation.responses.losses import loss
from planner.formulation.responses.response import Response
from planner.solver.highs import INFINITY, Arrays, Vector, arrays
from planner.solver.parametric_study import extended

Places = NDArray[np.intp]
# Rows in which a unit made counts as 1 ÷ yield units started; of the material balance, those of components.
BY_YIELD = (LINE_CAPACITY, RESOURCE_CAPACITY, RAMP, COMPONENT_USE)
LATER = ("lateness", "response_days", "response_cost")  # levels of responses after the contingency level


class Parts(NamedTuple):
    """Amounts that are multiplied by the factor of a cell: at a row (a right-hand side), or a row and a column."""

    rows: Places
    columns: Places
    amounts: Vector
    cells: Places


class Needs(NamedTuple):
    """Each need of some quantity: how much at factor 1, its cell (−1: it does not vary), value and priority per unit, and
    the column of what is not delivered."""

    quantities: Vector
    cells: Places
    values: Vector
    priorities: Vector
    missing: Places


@dataclass(frozen=True)
class CaseProgram:
    """`levels`: costs by column, in order; the first two are what is lacking of what was promised (or must be covered),
    and L. `closes`: columns that are shut where the factor of a cell is 0."""

    lp: Arrays
    cells: Cells
    sides: Parts
    divided: Parts  # coefficients that are divided by the factor
    closes: Parts
    needs: Needs
    levels: tuple[tuple[str, Vector], ...]
    lacking: Places  # columns of what is lacking
    weighted: bool


class _Gathered:
    """Parts as they are found."""

    def __init__(self) -> None:
        self._found: list[tuple[int, int, float, int]] = []

    def add(self, cell: int | None, row: int = -1, column: int = -1, amount: float = 0.0) -> None:
        if cell is not None:
            self._found.append((row, column, amount, cell))

    def parts(self) -> Parts:
        columns = list(zip(*self._found, strict=True)) or [(), (), (), ()]
        rows, places, amounts, cells = columns
        whole = np.intp
        return Parts(np.array(rows, whole), np.array(places, whole), np.array(amounts, float), np.array(cells, whole))


class Lever:
    """Finds what each row of Uncertainty moves of the program of a response."""

    def __init__(self, plan: Model, response: Response, done: Vector, uncertainties: Sequence[Uncertainty]) -> None:
        self._plan, self._response, self._uncertainties = plan, response, uncertainties
        self._whole = arrays(plan)
        self._done, self._given = done, len(done)
        self.cells = Cells()
        self._sides, self._divided, self._closes = _Gathered(), _Gathered(), _Gathered()

    def program(self) -> CaseProgram:
        lp = self._own_lp()
        self._lines(lp)
        self._stocks()
        needs, lp, lacking = self._needs(lp)
        levels = [("lack", lacking), *self._levels(lp.columns, needs)]
        return CaseProgram(
            lp, self.cells, self._sides.parts(), self._divided.parts(), self._closes.parts(), needs,
            tuple(levels), np.flatnonzero(lacking), self._plan.weighted,
        )  # fmt: skip

    # ── The program at factor 1 ──────────────────────────────────────────────────────────────────

    def _own_lp(self) -> Arrays:
        """The response's columns alone; what the plan does on the right-hand side."""
        whole, given = self._whole, self._given
        of_plan = whole.index < given
        rows = whole.row_of_entry
        moved = np.bincount(rows[of_plan], whole.value[of_plan] * self._done[whole.index[of_plan]], whole.rows)
        counts = np.bincount(rows[~of_plan], minlength=whole.rows)
        return Arrays(
            whole.columns - given,
            whole.row_lower - moved,
            whole.row_upper - moved,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            (whole.index[~of_plan] - given).astype(np.int32),
            whole.value[~of_plan],
        )

    def _levels(self, columns: int, needs: Needs) -> Iterator[tuple[str, Vector]]:
        """L, and the later levels of responses where they may decide what is covered: not where all needs have one
        priority, for then L alone says what is."""
        yield "L", self._costs(loss(self._response), columns)
        if self._plan.weighted or len(set(needs.priorities[needs.values > 0].tolist())) < 2:
            return
        for name in (level.name for level in self._plan.catalogue.levels if level.name in LATER):
            costs = self._costs(self._plan.objectives[name], columns)
            if has_data(self._plan.instance, name) and costs.any():
                yield name, costs

    def _costs(self, terms: Terms, columns: int) -> Vector:
        found = np.zeros(columns)
        for column, cost in terms:
            found[column - self._given] += cost
        return found

    # ── What varies ──────────────────────────────────────────────────────────────────────────────

    def _varying(self, concerned: Callable[[Uncertainty], bool]) -> list[int]:
        return [place for place, one in enumerate(self._uncertainties) if concerned(one)]

    def _needs(self, lp: Arrays) -> tuple[Needs, Arrays, Vector]:
        """What is wanted, and the LP in which all of it may be missing, at a cost by column where that must not be.

        Lexicographic: what is lacking of promises, by value. Weighted: also of what must be covered; a promise then has
        no column of its own, nor has such a need. They get one here, for a draw may make them impossible.
        """
        response, promised = self._response, self._promised()
        joined: dict[str, dict[int, float]] = {}
        costs: list[float] = []
        rows: list[tuple[float, int, float, float, int]] = []
        worth = self._plan.instance.unit_values
        for need in response.needs:
            wanted = need.wanted
            if wanted.quantity == 0:
                continue
            value, row = worth.get(wanted.item, 0.0), response.rows[DEMAND_BALANCE.name][wanted.key]
            cell = self.cells.place(self._varying(partial(self._concerns, need)))
            self._sides.add(cell, row, amount=wanted.quantity)
            if wanted.item in promised:
                share = response.case.contingency.coverage
                self._sides.add(cell, promised[wanted.item], amount=share * wanted.quantity)
            column = response.columns["shortage"].get(wanted.key)
            if column is None:
                missing = lp.columns + len(joined)
                joined[f"need {row}"] = {row: 1.0}
                costs.append(value)
            else:
                missing = column - self._given
            rows.append((wanted.quantity, -1 if cell is None else cell, value, wanted.priority, missing))
        lacks = self._costs(self._plan.objectives["coverage"], lp.columns)
        if self._plan.weighted:
            joined |= {f"promise {row}": {row: 1.0} for row in promised.values()}
            costs += [worth.get(item, 0.0) for item in promised]
        lacking = np.concatenate([lacks, costs if all(costs) else np.ones(len(costs))])
        quantities, cells, values, priorities, missing_at = zip(*rows, strict=True) if rows else ((),) * 5
        whole = np.intp
        needs = Needs(
            np.array(quantities, float), np.array(cells, whole), np.array(values, float), np.array(priorities, float),
            np.array(missing_at, whole),
        )  # fmt: skip
        return needs, extended(lp, {}, {}, joined) if joined else lp, lacking

    def _promised(self) -> Mapping[str, int]:
        """Item → the row of what is promised of it."""
        own = len(self._response.case.key)
        return {key[own]: row for key, row in self._plan.rows[PROMISE.name].items()}

    def _concerns(self, need: Need, one: Uncertainty) -> bool:
        if need.kind == "surge":
            return one.concerns_surge(self._response.case.contingency.name, need.wanted.destination, need.wanted.item)
        due = self._response.case.begin + need.wanted.due
        return one.concerns_demand(self._plan.instance.demands_by_key[need.demand, due])

    def _stocks(self) -> None:
        """Stock when the response begins: the plan's, or opening stock. What is under way or on order is not there yet."""
        whole, begin = self._whole, self._response.case.begin
        cell_of = {
            column: cell
            for (item, node, period, _), column in self._plan.columns["stock"].items()
            if period == begin - 1 and (cell := self._stock_cell(item, node)) is not None
        }
        self._given_parts(cell_of, np.arange(whole.rows))
        for supply in self._response.instance.supplies if begin == 0 else ():
            family, key = supplied_row(self._response.reach, supply)
            row = self._response.rows[family].get(key)
            if supply.opening and row is not None:
                left = share_left(self._response.instance.nodes[supply.node].left, supply.period)
                amount = SUPPLIED[family] * supply.quantity * left
                self._sides.add(self._stock_cell(supply.item, supply.node), row, amount=amount)

    def _stock_cell(self, item: str, node: str) -> int | None:
        return self.cells.place(self._varying(lambda one: one.concerns_stock(item, node)))

    def _given_parts(self, cell_of: Mapping[int, int], rows: Places) -> None:
        """What the plan does of some columns in some rows, as parts of the right-hand sides."""
        whole = self._whole
        entries = np.flatnonzero(np.isin(whole.index, list(cell_of)) & np.isin(whole.row_of_entry, rows))
        for entry in entries.tolist():
            column = int(whole.index[entry])
            amount = -float(whole.value[entry]) * float(self._done[column])
            self._sides.add(cell_of[column], int(whole.row_of_entry[entry]), amount=amount)

    def _lines(self, lp: Arrays) -> None:
        """Capacity, with what was bought, as a hit on the line would have it: of what was ordered before, its share up to 1.

        The yield of what is completed in the response. The rate before it is as the plan has it.
        """
        response = self._response
        by_yield = {row for family in BY_YIELD for row in response.rows[family.name].values()}
        item_of = {row: key[0] for key, row in response.rows[MATERIAL_BALANCE.name].items()}
        varying = {name: self._of_line(line) for name, line in response.instance.lines.items()}
        placed: dict[int, int] = {}
        for (name, _period), row in response.rows[LINE_CAPACITY.name].items():
            capacity, _ = varying[name]
            self._sides.add(self.cells.place(capacity), row, amount=float(lp.row_upper[row]))
        for (name, period), _row in response.rows[PLACED_ORDER.name].items():
            capacity, yields = varying[name]
            column = self._plan.columns["production"].get((name, response.case.begin + period))
            cell = self.cells.place(yields, capacity)
            if column is not None and cell is not None:
                placed[column] = cell
        self._given_parts(placed, np.array(list(response.rows[PLACED_ORDER.name].values()), dtype=np.intp))
        made: dict[int, list[int]] = defaultdict(list)
        started = np.repeat(np.arange(lp.rows), np.diff(lp.start))
        for place, column in enumerate(lp.index.tolist()):
            made[column].append(place)
        for family in ("production", "made_for"):
            for (name, *_), at in response.columns[family].items():
                line, column = response.instance.lines[name], at - self._given
                capacity, yields = varying[name]
                cell = self.cells.place(yields)
                for either in (self.cells.place(capacity), cell):
                    self._closes.add(either, column=column)
                for entry in made[column] if cell is not None else ():
                    row = int(started[entry])
                    if row in by_yield or item_of.get(row, line.item) != line.item:
                        self._divided.add(cell, row, column, float(lp.value[entry]))

    def _of_line(self, line: Line) -> tuple[list[int], list[int]]:
        """Rows about its capacity, and about its yield."""
        return (
            self._varying(lambda one: one.concerns_line("capacity", line)),
            self._varying(lambda one: one.concerns_line("yield", line)),
        )


def changed_sides(program: CaseProgram, factors: Vector) -> tuple[Places, Vector]:
    """(rows, their right-hand sides) at these factors of the cells."""
    parts, lp = program.sides, program.lp
    rows = np.unique(parts.rows)
    more = np.bincount(parts.rows, parts.amounts * (factors[parts.cells] - 1.0), lp.rows)
    stated: Vector = np.where(lp.row_upper < INFINITY, lp.row_upper, lp.row_lower)
    sides: Vector = (stated + more)[rows]
    return rows, sides
