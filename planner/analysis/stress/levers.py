"""What each row of Uncertainty moves of the program of a response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from planner.analysis.stress.drawing import DrawnCells
from planner.analysis.stress.program import CaseProgram, Needs, Positions, ProgramParts
from planner.domain.contingency.response import Need
from planner.domain.contingency.uncertainty import Uncertainty
from planner.domain.instance import Line, share_left
from planner.formulation.goods.balance import MATERIAL_BALANCE, SUPPLIED, supplied_row
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.goods.production import COMPONENT_USE, LINE_CAPACITY, PLACED_ORDER, RAMP, RESOURCE_CAPACITY
from planner.formulation.model.model import Model, Terms
from planner.formulation.objective import has_data
from planner.formulation.responses.coverage import PROMISE
from planner.formulation.responses.losses import loss
from planner.formulation.responses.response import Response
from planner.solver.highs import Arrays, Vector, arrays
from planner.solver.parametric.study import extended

# Rows in which a unit made counts as 1 ÷ yield units started; of the material balance, those of components.
BY_YIELD = (LINE_CAPACITY, RESOURCE_CAPACITY, RAMP, COMPONENT_USE)
LATER = ("lateness", "response_days", "response_cost")  # levels of responses after the contingency level


class _Gathered:
    """Parts as they are found."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, float, int]] = []

    def add(self, cell: int | None, row: int = -1, column: int = -1, amount: float = 0.0) -> None:
        if cell is not None:
            self._entries.append((row, column, amount, cell))

    def parts(self) -> ProgramParts:
        columns = list(zip(*self._entries, strict=True)) or [(), (), (), ()]
        rows, places, amounts, cells = columns
        whole = np.intp
        return ProgramParts(
            np.array(rows, whole), np.array(places, whole), np.array(amounts, float), np.array(cells, whole)
        )


class Levers:
    """The program of a response, and what moves of it: `done` is what the plan does, by column of its model."""

    def __init__(self, plan: Model, response: Response, done: Vector, uncertainties: Sequence[Uncertainty]) -> None:
        self._plan, self._response, self._uncertainties = plan, response, uncertainties
        self._whole = arrays(plan)
        self._done, self._given = done, len(done)
        self.cells = DrawnCells()
        self._sides, self._divided, self._closes = _Gathered(), _Gathered(), _Gathered()

    def program(self) -> CaseProgram:
        """The linear program of the case, with what varies in it:
        right-hand sides, divided figures and closed columns.
        """
        case_lp = self._own_lp()
        self._lines(case_lp)
        self._stocks()
        lp, needs, lacking = self._with_lacks(case_lp, self._needs())
        levels = [("lack", lacking), *self._levels(lp.columns, needs)]
        return CaseProgram(
            lp, self.cells, self._sides.parts(), self._divided.parts(), self._closes.parts(), needs,
            tuple(levels), np.flatnonzero(lacking), self._plan.weighted,
        )  # fmt: skip

    # ── The program at factor 1 ──────────────────────────────────────────────────────────────────

    def _own_lp(self) -> Arrays:
        """The response's columns alone; what the plan does on the right-hand side."""
        whole, fixed = self._whole, self._given
        of_plan = whole.index < fixed
        rows = whole.row_of_entry
        moved = np.bincount(rows[of_plan], whole.value[of_plan] * self._done[whole.index[of_plan]], whole.rows)
        counts = np.bincount(rows[~of_plan], minlength=whole.rows)
        return Arrays(
            whole.columns - fixed,
            whole.row_lower - moved,
            whole.row_upper - moved,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            (whole.index[~of_plan] - fixed).astype(np.int32),
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
        costs = np.zeros(columns)
        for column, cost in terms:
            costs[column - self._given] += cost
        return costs

    # ── What varies ──────────────────────────────────────────────────────────────────────────────

    def _varying(self, concerned: Callable[[Uncertainty], bool]) -> list[int]:
        return [index for index, one in enumerate(self._uncertainties) if concerned(one)]

    def _needs(self) -> Needs:
        """What is wanted. Where a need has no column of what is missing (weighted: it must be covered), −1."""
        response, promised = self._response, self._promised()
        worth = self._plan.instance.unit_values
        rows: list[tuple[float, int, float, float, int]] = []
        for need in self._wanted():
            wanted, row = need.wanted, self._row(need)
            cell = self.cells.place(self._varying(partial(self._concerns, need)))
            self._sides.add(cell, row, amount=wanted.quantity)
            if wanted.item in promised:
                share = response.case.contingency.coverage
                self._sides.add(cell, promised[wanted.item], amount=share * wanted.quantity)
            column = response.columns["shortage"].get(wanted.key)
            missing = -1 if column is None else column - self._given
            value = worth.get(wanted.item, 0.0)
            rows.append((wanted.quantity, -1 if cell is None else cell, value, wanted.priority, missing))
        quantities, cells, values, priorities, missing_at = zip(*rows, strict=True) if rows else ((),) * 5
        whole = np.intp
        return Needs(
            np.array(quantities, float), np.array(cells, whole), np.array(values, float), np.array(priorities, float),
            np.array(missing_at, whole),
        )  # fmt: skip

    def _with_lacks(self, lp: Arrays, needs: Needs) -> tuple[Arrays, Needs, Vector]:
        """The program in which all may be lacking that was promised or must be covered, and the value of it, by column.

        Lexicographic: it has these columns. Weighted: they join, as a draw may make such a thing impossible; where some
        item has no value, each unit counts alike.
        """
        lacks = self._costs(self._plan.objectives["coverage"], lp.columns)
        if not self._plan.weighted:
            return lp, needs, lacks
        worth = self._plan.instance.unit_values
        must = needs.missing < 0
        of_needs = [self._row(need) for need, one in zip(self._wanted(), must, strict=True) if one]
        values = [*needs.values[must], *(worth.get(item, 0.0) for item in self._promised())]
        joined = {str(index): {row: 1.0} for index, row in enumerate([*of_needs, *self._promised().values()])}
        missing = np.where(must, lp.columns + np.cumsum(must) - 1, needs.missing)
        lacks = np.concatenate([lacks, values if all(values) else np.ones(len(values))])
        return extended(lp, {}, {}, joined), needs._replace(missing=missing), lacks

    def _wanted(self) -> list[Need]:
        return [need for need in self._response.needs if need.wanted.quantity]

    def _row(self, need: Need) -> int:
        return self._response.rows[DEMAND_BALANCE.name][need.wanted.key]

    def _promised(self) -> Mapping[str, int]:
        """Item → the row of what is promised of it."""
        key_length = len(self._response.case.key)
        return {key[key_length]: row for key, row in self._plan.rows[PROMISE.name].items()}

    def _concerns(self, need: Need, one: Uncertainty) -> bool:
        if need.kind == "surge":
            return one.concerns_surge(self._response.case.contingency.name, need.wanted.destination, need.wanted.item)
        due = self._response.case.begin + need.wanted.due
        return one.concerns_demand(self._plan.instance.demands_by_key[need.demand, due])

    def _stocks(self) -> None:
        """Stock when the response begins: the plan's, or opening stock.

        What is under way or on order is not there yet.
        """
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

    def _given_parts(self, cell_of: Mapping[int, int], rows: Positions) -> None:
        """What the plan does of some columns in some rows, as parts of the right-hand sides."""
        whole = self._whole
        entries = np.flatnonzero(np.isin(whole.index, list(cell_of)) & np.isin(whole.row_of_entry, rows))
        for entry in entries.tolist():
            column = int(whole.index[entry])
            amount = -float(whole.value[entry]) * float(self._done[column])
            self._sides.add(cell_of[column], int(whole.row_of_entry[entry]), amount=amount)

    def _lines(self, lp: Arrays) -> None:
        """Capacity, with what was bought, as a hit on the line would have it: of what was ordered before, its share up
        to 1.

        The yield of what is completed in the response. The rate before it is as the plan has it.
        """
        response = self._response
        varying = {name: self._of_line(line) for name, line in response.instance.lines.items()}
        for (name, _period), row in response.rows[LINE_CAPACITY.name].items():
            capacity, _ = varying[name]
            self._sides.add(self.cells.place(capacity), row, amount=float(lp.row_upper[row]))
        placed: dict[int, int] = {}
        for name, period in response.rows[PLACED_ORDER.name]:
            capacity, yields = varying[name]
            column = self._plan.columns["production"].get((name, response.case.begin + period))
            cell = self.cells.place(yields, capacity)
            if column is not None and cell is not None:
                placed[column] = cell
        self._given_parts(placed, np.array(list(response.rows[PLACED_ORDER.name].values()), dtype=np.intp))
        self._made(lp, varying)

    def _made(self, lp: Arrays, varying: Mapping[str, tuple[list[int], list[int]]]) -> None:
        """What a unit made takes of capacity, components and ramp; nothing is made where a factor is 0."""
        response = self._response
        by_yield = {row for family in BY_YIELD for row in response.rows[family.name].values()}
        item_of = {row: item for (item, *_), row in response.rows[MATERIAL_BALANCE.name].items()}
        entries: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for row, column, value in zip(lp.row_of_entry.tolist(), lp.index.tolist(), lp.value.tolist(), strict=True):
            entries[column].append((row, value))
        for family in ("production", "made_for"):
            for (name, *_), at in response.columns[family].items():
                item, column = response.instance.lines[name].item, at - self._given
                capacity, yields = varying[name]
                cell = self.cells.place(yields)
                for either in (self.cells.place(capacity), cell):
                    self._closes.add(either, column=column)
                for row, value in entries[column]:
                    if row in by_yield or item_of.get(row, item) != item:
                        self._divided.add(cell, row, column, value)

    def _of_line(self, line: Line) -> tuple[list[int], list[int]]:
        """Rows about its capacity, and about its yield."""
        return (
            self._varying(lambda one: one.concerns_line("capacity", line)),
            self._varying(lambda one: one.concerns_line("yield", line)),
        )
