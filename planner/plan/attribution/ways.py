"""The cheapest ways of supply at the duals of an optimum: what one more unit of anything would be made and brought of.

A way is a set of columns that rise together: what one needs (goods, parts, money) another gives. In a unit of the row r,

    dual of r = Σ rents of limits on the way + Σ costs of its columns − Σ reduced costs of its columns

where the rent of a limit is −dual × what the way uses of it; below 0 where the way gives something beside (goods for later,
stock that a target wants). Reduced costs are ≥ 0 (level by level), so the cheapest way is
the one with the least of them: a shortest path in a directed hypergraph, found for all rows at once by Knuth's
generalisation of Dijkstra's method (D. E. Knuth, "A generalization of Dijkstra's algorithm", 1977).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import RESPONSE
from planner.formulation.families import FAMILIES
from planner.formulation.goods.balance import SUPPLIED
from planner.formulation.goods.production import PLACED_ORDER
from planner.formulation.model.family import Family, Kind
from planner.formulation.model.model import Model
from planner.plan.prices.marginal import DualBase
from planner.solver.highs import Arrays, Vector
from planner.solver.subproblem import positions
from planner.tolerances import NOISE, SAME

# What says that something is lacking supplies nothing.
LACKS = (
    "shortage",
    "lack",
    "target_shortage",
    "supply_shortage",
    "past_lack",
    "tail_start",
    "tail_loss",
    "worst_unmet",
)
ORDERED_BEFORE = RESPONSE + PLACED_ORDER.name  # a response completes what the plan ordered: no figure of the input
Cost = tuple[float, ...]  # reduced costs by level, then how much of it is goods that only stock could bring


class Use(Enum):
    """How a way uses a row, or a column."""

    LIMIT = "uses up a limit, or keeps a rule"
    SUPPLY = "takes goods that the input says are there"
    COST = "a column that costs something at the level"
    BESIDE = "gives something beside what it is for"


class WayPart(NamedTuple):
    """What a way uses: a row, or a column."""

    position: int
    use: Use

    @property
    def is_row(self) -> bool:
        return self.use is not Use.COST


Parts = Mapping[
    WayPart, float
]  # how much of it, per unit: × the dual of the row, or the cost of the column, it is the rent


def of_plan(family: str) -> Family:
    """The family of the plan that a family is, or is of in a response."""
    return FAMILIES.get(family.removeprefix(RESPONSE)) or FAMILIES[family]


@dataclass
class _Column:
    """A column as a way sees it: (row, amount) of what it needs, and of what it gives."""

    needs: list[tuple[int, float]] = field(default_factory=list)
    gives: list[tuple[int, float]] = field(default_factory=list)
    open: int = 0  # needs whose way is not known yet
    cost: Cost = ()


class Ways:
    """The cheapest way to each row of `wanted`, level by level in order; `values`: the plan's columns."""

    def __init__(
        self, model: Model, lp: Arrays, base: DualBase, costs: Vector, wanted: Collection[int], values: Vector
    ) -> None:
        """`costs`: levels × columns."""
        self._model, self._lp, self._base, self._costs, self._values = model, lp, base, costs, values
        first = np.argmax(base.row_duals != 0, axis=0)
        self.sign = np.sign(base.row_duals[first, np.arange(lp.rows)])  # the direction in which a row is dear
        self._rows_of = self._by_column()
        self.is_node = self._nodes(wanted)
        self._supplied = {row for row in self._of_kind(Kind.SUPPLY) if self._supply(row)}
        self._way: dict[int, list[int]] = {}  # row → the columns that give it, each by a cheapest way
        self.excess: dict[int, Cost] = {}  # row → the reduced costs of its cheapest way
        self._parts: dict[int, Parts] = {}
        self._plain: set[int] = set()  # rows whose used ways go round in a circle
        self._search()

    # ── What there is ────────────────────────────────────────────────────────────────────────────

    def _of_kind(self, *kinds: Kind) -> Iterator[int]:
        for name, rows in self._model.rows.items():
            kind = Kind.IDENTITY if name == ORDERED_BEFORE else of_plan(name).kind
            if kind in kinds:
                yield from rows.values()

    @cached_property
    def _balances(self) -> NDArray[np.bool_]:
        """Rows that no figure of the input limits."""
        is_balance = np.zeros(self._lp.rows, dtype=bool)
        is_balance[list(self._of_kind(Kind.IDENTITY, Kind.SUPPLY))] = True
        return is_balance

    def _use(self, row: int) -> Use:
        """Of a row that is no node: a balance without a price is none that a way must keep."""
        return Use.BESIDE if self._balances[row] else Use.LIMIT

    def _nodes(self, wanted: Collection[int]) -> NDArray[np.bool_]:
        """Rows that must be balanced for a way, and have a price: of identities, of goods, and what is wanted."""
        is_node = self._balances.copy()
        is_node[list(wanted)] = True
        nodes: NDArray[np.bool_] = is_node & (self.sign != 0)
        return nodes

    def _supply(self, row: int) -> bool:
        """Do goods of the input enter a balance?"""
        return bool(self._lp.row_lower[row] != 0 and np.isfinite(self._lp.row_lower[row]))

    def _by_column(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """(start, order of entries by column, row of each entry)"""
        lp = self._lp
        order = np.argsort(lp.index, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(lp.index, minlength=lp.columns))])
        return start, order, lp.row_of_entry

    def _entries(self, column: int) -> Iterator[tuple[int, float]]:
        start, order, row_of = self._rows_of
        for at in order[start[column] : start[column + 1]].tolist():
            yield int(row_of[at]), float(self._lp.value[at])

    @cached_property
    def _columns(self) -> dict[int, _Column]:
        lp, row_of = self._lp, self._rows_of[2]
        usable = self._base.movable.copy()
        usable[
            positions(self._model, [name for name in self._model.columns if name.removeprefix(RESPONSE) in LACKS])
        ] = False
        usable &= ~self._of_nothing(usable)
        here = np.flatnonzero(self.is_node[row_of] & usable[lp.index] & (lp.value != 0))
        column_of: defaultdict[int, _Column] = defaultdict(_Column)
        signed = lp.value[here] * self.sign[row_of[here]]
        for row, column, value in zip(row_of[here].tolist(), lp.index[here].tolist(), signed.tolist(), strict=True):
            own = column_of[column]
            (own.gives if value > 0 else own.needs).append((row, abs(value)))
        for column, own in column_of.items():
            own.open, own.cost = len(own.needs), (*self._base.reduced_costs[:, column].tolist(), 0.0)
        return dict(column_of)

    def _of_nothing(self, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Columns that take goods where none can ever be: no usable column brings them, and the input says that none are there."""
        lp, row_of = self._lp, self._rows_of[2]
        leaving = np.zeros(lp.rows)  # the sign of what goods that leave have in a balance
        for name, rows in self._model.rows.items():
            leaving[list(rows.values())] = SUPPLIED.get(name.removeprefix(RESPONSE), 0.0)
        reached = (leaving == 0) | (lp.row_lower != 0)
        flow = lp.value * leaving[row_of]
        takes, gives = (np.flatnonzero(usable[lp.index] & (side > 0)) for side in (flow, -flow))
        waiting = np.bincount(lp.index[takes][~reached[row_of[takes]]], minlength=lp.columns)
        while True:
            brought = gives[waiting[lp.index[gives]] == 0]
            new = np.zeros(lp.rows, dtype=bool)
            new[row_of[brought]] = True
            new &= ~reached
            if not new.any():
                return waiting > 0
            reached |= new
            waiting -= np.bincount(lp.index[takes][new[row_of[takes]]], minlength=lp.columns)

    def is_goods(self, part: WayPart) -> bool:
        """Does it rest on goods that the input says are there, whether or not they have a price at these duals?"""
        return part.use is Use.BESIDE and part.position in self._supplied

    # ── The search ───────────────────────────────────────────────────────────────────────────────

    def _search(self) -> None:
        columns = self._columns
        needed_by: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        queue: list[tuple[Cost, int, int]] = []  # cost, row, column that gives it (−1: stock)
        nothing = (0.0,) * len(self._costs)
        for column, own in columns.items():
            for row, amount in own.needs:
                needed_by[row].append((column, amount))
            if not own.needs:
                self._offer(queue, column, own)
        for row in self._supplied:
            if self.is_node[row]:
                heappush(queue, ((*nothing, 1.0), row, -1))
        while queue:
            cost, row, column = heappop(queue)
            if row in self.excess:
                continue
            self.excess[row], self._way[row] = cost, [column] if column >= 0 else []
            for user, amount in needed_by[row]:
                own = columns[user]
                own.cost = tuple(before + amount * more for before, more in zip(own.cost, cost, strict=True))
                own.open -= 1
                if own.open == 0:
                    self._offer(queue, user, own)

    def _offer(self, queue: list[tuple[Cost, int, int]], column: int, own: _Column) -> None:
        for row, amount in own.gives:
            if row not in self.excess:
                heappush(queue, (tuple(one / amount for one in own.cost), row, column))

    # ── What a way is made of ────────────────────────────────────────────────────────────────────

    def has_way(self, row: int) -> bool:
        """Is there a way at all?"""
        return row in self.excess

    def parts(self, row: int) -> Parts:
        """What one unit of a row takes of limits, of goods in stock, and of columns that cost something.

        Where the plan uses several cheapest ways, all of them, in equal parts.
        """
        waiting, above = [row], set[int]()  # rows to be composed; of these the ones that wait for what they need
        while waiting:
            at = waiting[-1]
            below = [] if at in self._parts else self._below(at)
            if above.intersection(below):  # round in a circle: the ways that were found first are not
                self._plain |= {at, *above}
                waiting, above = [row], set()
            elif below:
                above.add(at)
                waiting += below
            else:
                if at not in self._parts:
                    self._parts[at] = self._composed(at)
                above.discard(at)
                waiting.pop()
        return self._parts[row]

    def _below(self, row: int) -> list[int]:
        """What a row needs that is not composed yet."""
        return [need for column in self._giving(row) for need in self._needs(column) if need not in self._parts]

    def _giving(self, row: int) -> list[int]:
        """The columns of the cheapest ways to a row: all that the plan uses, else the first found."""
        if row not in self._plain:
            used = [column for column in self._used.get(row, ()) if self._is_cheapest(column, row)]
            if used:
                return used
        return self._way[row]

    @cached_property
    def _used(self) -> dict[int, list[int]]:
        """Row → the columns that give it in the plan."""
        rows_of: defaultdict[int, list[int]] = defaultdict(list)
        for column, own in self._columns.items():
            if self._values[column] > NOISE:
                for row, _ in own.gives:
                    rows_of[row].append(column)
        return dict(rows_of)

    def _is_cheapest(self, column: int, row: int) -> bool:
        own = self._columns[column]
        amount = next(amount for given, amount in own.gives if given == row)
        return own.open == 0 and _same(tuple(one / amount for one in own.cost), self.excess[row])

    def _needs(self, column: int) -> list[int]:
        return [need for need, _ in self._columns[column].needs]

    def _composed(self, row: int) -> Parts:
        giving = self._giving(row)
        if not giving:
            return {WayPart(row, Use.SUPPLY): float(self.sign[row])}
        units_of: defaultdict[WayPart, float] = defaultdict(float)
        for column in giving:
            own = next(amount for given, amount in self._columns[column].gives if given == row)
            self._add(units_of, column, row, 1.0 / own / len(giving))
        return dict(units_of)

    def _add(self, units_of: defaultdict[WayPart, float], column: int, row: int, units: float) -> None:
        """What units of a column take, for the sake of a row; what they give to others beside it counts below 0."""
        self._add_needs(units_of, column, units)
        own = self._columns.get(column, _Column())
        for other, amount in own.gives:
            if other != row:
                units_of[WayPart(other, Use.BESIDE)] -= float(self.sign[other]) * amount * units
        for other, amount in self._entries(column):
            if self.is_node[other]:
                continue
            bought = self._bought.get(other, ()) if amount > 0 else ()
            for expansion in bought:
                self._add_expansion(units_of, other, expansion, amount * units / len(bought))
            if not bought:
                units_of[WayPart(other, self._use(other))] -= amount * units
        if self._costs[:, column].any():
            units_of[WayPart(column, Use.COST)] += units

    def _add_needs(self, units_of: defaultdict[WayPart, float], column: int, units: float) -> None:
        own = self._columns.get(column, _Column())
        for need, amount in own.needs:
            for part, by in self.parts(need).items():
                units_of[part] += by * amount * units

    # ── Capacity that the plan buys ──────────────────────────────────────────────────────────────

    @cached_property
    def _bought(self) -> dict[int, list[int]]:
        """Row of a capacity → the investments by which the plan adds to it: their limit and money are what holds it back."""
        columns_of: defaultdict[int, list[int]] = defaultdict(list)
        for column in self._model.columns["expansion"].values():
            if self._values[column] > NOISE and self._is_ready(column):
                for row, amount in self._entries(column):
                    if amount < 0 and not self.is_node[row]:
                        columns_of[row].append(column)
        return dict(columns_of)

    def _is_ready(self, column: int) -> bool:
        """Is there a way to all that it needs?"""
        return all(need in self.excess for need, _ in self._columns.get(column, _Column()).needs)

    def _add_expansion(self, units_of: defaultdict[WayPart, float], row: int, column: int, units: float) -> None:
        """A unit of capacity in one period, of an investment that adds it in several: its part by what each is worth."""
        duals = self._base.row_duals
        added = [(other, amount) for other, amount in self._entries(column) if amount < 0 and not self.is_node[other]]
        worth = np.array([duals[:, other] * amount for other, amount in added]).sum(axis=0)
        level = int(np.argmax(worth != 0))
        if worth[level] <= 0:
            units_of[WayPart(row, self._use(row))] -= units
            return
        part = float(-duals[level, row] / worth[level]) * units
        self._add_needs(units_of, column, part)
        for other, amount in self._entries(column):
            if amount > 0 and not self.is_node[other]:
                units_of[WayPart(other, self._use(other))] -= amount * part
        if self._costs[:, column].any():
            units_of[WayPart(column, Use.COST)] += part


def _same(one: Cost, other: Cost) -> bool:
    return all(abs(a - b) <= SAME * max(abs(a), abs(b)) for a, b in zip(one, other, strict=True))
