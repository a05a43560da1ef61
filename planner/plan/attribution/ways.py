"""The cheapest ways of supply at the duals of an optimum: what one more unit of anything would be made and brought of.

A way is a set of columns that rise together: what one needs (goods, parts, money) another gives. In a unit of the row
r,

    dual of r = Σ rents of limits on the way + Σ costs of its columns − Σ reduced costs of its columns

where the rent of a limit is −dual × what the way uses of it; below 0 where the way gives something beside (goods for
later, stock that a target wants). Reduced costs are ≥ 0 (level by level), so the cheapest way is the one with the least
of them: a shortest path in a directed hypergraph, found for all rows at once by Knuth's generalisation of Dijkstra's
method (D. E. Knuth, "A generalization of Dijkstra's algorithm", 1977).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from functools import cached_property
from heapq import heappop, heappush
from typing import Any, NamedTuple

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
        """Is it a limit (a row), not a cost?"""
        return self.use is not Use.COST


WayParts = Mapping[
    WayPart, float
]  # how much of it, per unit: × the dual of the row, or the cost of the column, it is the rent


def of_plan(family: str) -> Family:
    """The family of the plan that a family is, or is of in a response."""
    return FAMILIES.get(family.removeprefix(RESPONSE)) or FAMILIES[family]


class _Amounts:
    """Entries of the linear program gathered by row or by column:
    of each, the others that it stands with, and how much of it.
    """

    def __init__(
        self, keys: NDArray[np.integer[Any]], others: NDArray[np.integer[Any]], amounts: Vector, count: int
    ) -> None:
        order = np.argsort(keys, kind="stable")
        self.counts = np.bincount(keys, minlength=count)
        self._start = np.concatenate([[0], np.cumsum(self.counts)])
        self._others, self._amounts = others[order], amounts[order]

    def of(self, key: int) -> list[tuple[int, float]]:
        here = slice(self._start[key], self._start[key + 1])
        return list(zip(self._others[here].tolist(), self._amounts[here].tolist(), strict=True))


class _Numbered(NamedTuple):
    """`WayParts`, each part by its number."""

    numbers: NDArray[np.int32]
    amounts: Vector

    @classmethod
    def of(cls, parts: Mapping[int, float]) -> _Numbered:
        return cls(np.array(list(parts), dtype=np.int32), np.array(list(parts.values())))

    def pairs(self) -> Iterator[tuple[int, float]]:
        return zip(self.numbers.tolist(), self.amounts.tolist(), strict=True)


class Ways:
    """The cheapest way to each row of `wanted`, level by level in order; `values`: the plan's columns."""

    def __init__(
        self, model: Model, lp: Arrays, base: DualBase, costs: Vector, wanted: Collection[int], values: Vector
    ) -> None:
        """`costs`: levels × columns."""
        self._model, self._lp, self._base, self._costs, self._values = model, lp, base, costs, values
        first = np.argmax(base.row_duals != 0, axis=0)
        self.sign = np.sign(base.row_duals[first, np.arange(lp.rows)])  # the direction in which a row is dear
        self._row_of = lp.row_of_entry
        self._entries = _Amounts(lp.index, self._row_of, lp.value, lp.columns)
        self.is_node = self._nodes(wanted)
        self._take_columns()
        self._supplied = {row for row in self._of_kind(Kind.SUPPLY) if self._supply(row)}
        self._way: dict[int, list[int]] = {}  # row → the columns that give it, each by a cheapest way
        self.excess: dict[int, Cost] = {}  # row → the reduced costs of its cheapest way
        self._known: list[WayPart] = []
        self._numbers: dict[WayPart, int] = {}  # place in the list above
        self._parts: dict[int, _Numbered] = {}  # as arrays: there are millions
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

    def _take_columns(self) -> None:
        """By column: what it needs, what it gives, how many needs have no way yet, the reduced costs of the ways to the
        others; by row: which columns need it.
        """
        lp, row_of = self._lp, self._row_of
        usable = self._base.movable.copy()
        usable[
            positions(self._model, [name for name in self._model.columns if name.removeprefix(RESPONSE) in LACKS])
        ] = False
        usable &= ~self._of_nothing(usable)
        here = np.flatnonzero(self.is_node[row_of] & usable[lp.index] & (lp.value != 0))
        rows, columns, amounts = row_of[here], lp.index[here], lp.value[here] * self.sign[row_of[here]]
        gained, taken = np.flatnonzero(amounts > 0), np.flatnonzero(amounts < 0)
        self._gives = _Amounts(columns[gained], rows[gained], amounts[gained], lp.columns)
        self._needs = _Amounts(columns[taken], rows[taken], -amounts[taken], lp.columns)
        self._needed_by = _Amounts(rows[taken], columns[taken], -amounts[taken], lp.rows)
        self._open = self._needs.counts.copy()
        self._cost = [self._nothing] * lp.columns
        for column in np.flatnonzero(self._base.reduced_costs.any(axis=0)).tolist():
            self._cost[column] = (*(cost or 0.0 for cost in self._base.reduced_costs[:, column].tolist()), 0.0)

    @cached_property
    def _nothing(self) -> Cost:
        return (0.0,) * (len(self._costs) + 1)

    def _of_nothing(self, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Columns that take goods where none can ever be:
        no usable column brings them, and the input says that none are there.
        """
        lp, row_of = self._lp, self._row_of
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
        queue: list[tuple[Cost, int, int]] = []  # cost, row, column that gives it (−1: stock)
        for column in np.flatnonzero((self._gives.counts > 0) & (self._open == 0)).tolist():
            self._offer(queue, column)
        for row in self._supplied:
            if self.is_node[row]:
                heappush(queue, ((*self._nothing[:-1], 1.0), row, -1))
        while queue:
            cost, row, column = heappop(queue)
            if row in self.excess:
                continue
            self.excess[row], self._way[row] = cost, [column] if column >= 0 else []
            for user, amount in self._needed_by.of(row):
                self._cost[user] = _plus(self._cost[user], amount, cost)
                self._open[user] -= 1
                if self._open[user] == 0:
                    self._offer(queue, user)

    def _offer(self, queue: list[tuple[Cost, int, int]], column: int) -> None:
        for row, amount in self._gives.of(column):
            if row not in self.excess:
                heappush(queue, (_per(self._cost[column], amount), row, column))

    # ── What a way is made of ────────────────────────────────────────────────────────────────────

    def has_way(self, row: int) -> bool:
        """Is there a way at all?"""
        return row in self.excess

    def parts(self, row: int) -> WayParts:
        """What one unit of a row takes of limits, of goods in stock, and of columns that cost something.

        Where the plan uses several cheapest ways, all of them, in equal parts.
        """
        return {self._known[number]: by for number, by in self._composed_parts(row).pairs()}

    def _composed_parts(self, row: int) -> _Numbered:
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
        return [need for column in self._giving(row) for need, _ in self._needs.of(column) if need not in self._parts]

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
        columns_of: defaultdict[int, list[int]] = defaultdict(list)
        for column in np.flatnonzero(self._values > NOISE).tolist():
            for row, _ in self._gives.of(column):
                columns_of[row].append(column)
        return dict(columns_of)

    def _is_cheapest(self, column: int, row: int) -> bool:
        amount = next(amount for at_row, amount in self._gives.of(column) if at_row == row)
        return self._open[column] == 0 and _same(_per(self._cost[column], amount), self.excess[row])

    def _number(self, position: int, use: Use) -> int:
        part = WayPart(position, use)
        number = self._numbers.setdefault(part, len(self._known))
        if number == len(self._known):
            self._known.append(part)
        return number

    def _composed(self, row: int) -> _Numbered:
        giving = self._giving(row)
        if not giving:
            return _Numbered.of({self._number(row, Use.SUPPLY): float(self.sign[row])})
        units_of: defaultdict[int, float] = defaultdict(float)
        for column in giving:
            amount_here = next(amount for at_row, amount in self._gives.of(column) if at_row == row)
            self._add(units_of, column, row, 1.0 / amount_here / len(giving))
        return _Numbered.of(units_of)

    def _add(self, units_of: defaultdict[int, float], column: int, row: int, units: float) -> None:
        """What units of a column take, for the sake of a row; what they give to others beside it counts below 0."""
        self._add_needs(units_of, column, units)
        for other, amount in self._gives.of(column):
            if other != row:
                units_of[self._number(other, Use.BESIDE)] -= float(self.sign[other]) * amount * units
        for other, amount in self._entries.of(column):
            if self.is_node[other]:
                continue
            bought = self._bought.get(other, ()) if amount > 0 else ()
            for expansion in bought:
                self._add_expansion(units_of, other, expansion, amount * units / len(bought))
            if not bought:
                units_of[self._number(other, self._use(other))] -= amount * units
        if self._costs[:, column].any():
            units_of[self._number(column, Use.COST)] += units

    def _add_needs(self, units_of: defaultdict[int, float], column: int, units: float) -> None:
        for need, amount in self._needs.of(column):
            for number, by in self._composed_parts(need).pairs():
                units_of[number] += by * amount * units

    # ── Capacity that the plan buys ──────────────────────────────────────────────────────────────

    @cached_property
    def _bought(self) -> dict[int, list[int]]:
        """Row of a capacity → the investments by which the plan adds to it:
        their limit and money are what holds it back.
        """
        columns_of: defaultdict[int, list[int]] = defaultdict(list)
        for column in self._model.columns["expansion"].values():
            if self._values[column] > NOISE and self._is_ready(column):
                for row, amount in self._entries.of(column):
                    if amount < 0 and not self.is_node[row]:
                        columns_of[row].append(column)
        return dict(columns_of)

    def _is_ready(self, column: int) -> bool:
        """Is there a way to all that it needs?"""
        return all(need in self.excess for need, _ in self._needs.of(column))

    def _add_expansion(self, units_of: defaultdict[int, float], row: int, column: int, units: float) -> None:
        """A unit of capacity in one period, of an investment that adds it in several:
        its part by what each is worth.
        """
        duals = self._base.row_duals
        added = [
            (other, amount) for other, amount in self._entries.of(column) if amount < 0 and not self.is_node[other]
        ]
        worth = np.array([duals[:, other] * amount for other, amount in added]).sum(axis=0)
        level = int(np.argmax(worth != 0))
        if worth[level] <= 0:
            units_of[self._number(row, self._use(row))] -= units
            return
        part = float(-duals[level, row] / worth[level]) * units
        self._add_needs(units_of, column, part)
        for other, amount in self._entries.of(column):
            if amount > 0 and not self.is_node[other]:
                units_of[self._number(other, self._use(other))] -= amount * part
        if self._costs[:, column].any():
            units_of[self._number(column, Use.COST)] += part


def _plus(cost: Cost, amount: float, more: Cost) -> Cost:
    """cost + amount × more; zeros are one and the same object, as there are very many."""
    if not any(more):
        return cost
    return tuple(before + amount * by if by else before for before, by in zip(cost, more, strict=True))


def _per(cost: Cost, amount: float) -> Cost:
    """cost ÷ amount"""
    return cost if amount == 1.0 or not any(cost) else tuple(one / amount if one else one for one in cost)


def _same(one: Cost, other: Cost) -> bool:
    return all(abs(a - b) <= SAME * max(abs(a), abs(b)) for a, b in zip(one, other, strict=True))
