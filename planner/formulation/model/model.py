"""The model under construction: columns and rows by family and key, and registers that modules add to.

Concept modules do not know each other. A module that moves goods adds its terms to the material balance of
the place and period; a module that causes a cost adds it to the register of costs. `balance`, `funding` and
`objective`, which come last, turn the registers into rows and objectives. Columns are numbers, rows are arrays; PuLP's
problem is made from them where it is asked for (`planner.formulation.model.problem`).
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import Catalogue
from planner.domain.history_slack import history_slacks, lacks
from planner.domain.instance import PlanningInstance, Profile, share_left
from planner.domain.reach import Reach
from planner.formulation.model.scale import money_unit

if TYPE_CHECKING:
    from planner.formulation.responses.response import Response

Variable = int  # the position of a column
Terms = list[tuple[Variable, float]]
Key = tuple[Any, ...]  # names and 0-based periods, in the order that the catalogue states
GoodsKey = tuple[str, str, int, int]  # item, node, period, goods class

LESS, EQUAL, GREATER = -1, 0, 1  # the sense of a row, as PuLP has it


@dataclass(frozen=True, slots=True)
class CostKey:
    """What is paid for: the kind of cost in the objective, and the payment's cost type and object."""

    term: str  # production, transport, holding, expansion, scrap
    cost_type: str  # procurement, works, training, capacity, transport, storage
    object: str  # line, expansion, route or node


class Frame(NamedTuple):
    """What the bounds of rows are made of: the functions that state them see no more (see `formulation.bounds`)."""

    instance: PlanningInstance
    reach: Reach
    money_unit: float  # currency per unit of the money columns


Bounds = dict[Key, float]  # the right-hand sides of a family's rows


def what_is_left(frame: Frame, limits: Iterable[tuple[str, float, Profile]]) -> Bounds:
    """(name, period) → limit × the share that is left; a limit of inf stays so, unless nothing is left."""
    periods = range(frame.instance.horizon.periods)
    return {(name, period): reduced(limit, left, period) for name, limit, left in limits for period in periods}


def reduced(limit: float, left: Profile, period: int) -> float:
    """A limit times the share of it that disruptions leave in a period."""
    share = share_left(left, period)
    return 0.0 if share == 0 else limit * share


def by_profile(profiles: Iterable[tuple[str, Profile, Profile]]) -> Bounds:
    """(name, period) → limit × the share that is left, for limits that differ by period."""
    return {
        (name, period): reduced(limit, left, period)
        for name, profile, left in profiles
        for period, limit in enumerate(profile)
    }


class Row(NamedTuple):
    """A row: Σ factor · column, `sense`, `bound`."""

    terms: Terms
    sense: int
    bound: float


class RowArrays(NamedTuple):
    """All rows: the entries of row r stand at start[r] to start[r + 1] of `column` and `value`."""

    start: NDArray[np.int32]
    column: NDArray[np.int32]
    value: NDArray[np.float64]
    sense: NDArray[np.int8]
    bound: NDArray[np.float64]


class Cost(NamedTuple):
    """`amount` of undiscounted money per unit of the variable, due in `period`, ordered in `ordered`."""

    period: int
    variable: Variable
    amount: float
    ordered: int


class Model:
    """Variables, rows and registers of one planning model.

    `columns[family][key]` is the position of a column, `rows[family][key]` that of a row. Names are for people who
    read a written LP; they are made where one is asked for, and never parsed.
    """

    free_disposal = False  # may goods be written off without a column for it?

    def __init__(self, instance: PlanningInstance, catalogue: Catalogue, reach: Reach) -> None:
        self.instance = instance
        self.catalogue = catalogue
        self.reach = reach
        self.binaries: list[Variable] = []  # without any, the model is a linear program
        self.columns: dict[str, dict[Key, Variable]] = {family: {} for family in catalogue.variables}
        self.rows: dict[str, dict[Key, int]] = {family: {} for family in catalogue.constraints}
        self.bounds: dict[str, Bounds] = {}
        self.balance: dict[GoodsKey, Terms] = defaultdict(list)
        self.costs: dict[CostKey, list[Cost]] = defaultdict(list)
        self.entering: dict[GoodsKey, Terms] = defaultdict(list)  # what enters before it is assigned to recipients
        self.throughput: dict[tuple[str, int], Terms] = defaultdict(list)
        self.ready_capacity: dict[tuple[str, str], list[tuple[int, Variable]]] = defaultdict(list)
        self.objectives: dict[str, Terms] = defaultdict(list)  # level, or weighted
        self.paid: dict[tuple[str, int], Terms] = defaultdict(list)  # (fund, budget period that counts it) -> payments
        self.responses: list[Response] = []
        self.kept: set[Variable] = set()  # shipments that a rule counts as such
        self.history_slacks, self.lacks = (
            history_slacks(instance),
            lacks(instance),
        )  # of rules about sums, by the past alone
        self.money_unit = money_unit(instance)  # currency per unit of the spend and payment columns
        self.named: list[tuple[bool, str, Sequence[str | int]]] = []  # (is a row, family, names), as they were added
        self._start, self._index, self._value = array("i", [0]), array("i"), array("d")
        self._sense, self._bound = array("b"), array("d")

    @property
    def column_count(self) -> int:
        """Number of columns so far; also the position of the next."""
        return len(self.named) - self.row_count

    @property
    def row_count(self) -> int:
        """Number of rows so far; also the position of the next."""
        return len(self._bound)

    @property
    def row_arrays(self) -> RowArrays:
        """The rows as arrays of their own."""
        return RowArrays(
            np.array(self._start, dtype=np.int32), np.array(self._index, dtype=np.int32),
            np.array(self._value, dtype=np.float64), np.array(self._sense, dtype=np.int8),
            np.array(self._bound, dtype=np.float64),
        )  # fmt: skip

    def row_at(self, position: int) -> Row:
        """The row at a position."""
        entries = slice(self._start[position], self._start[position + 1])
        terms = list(zip(self._index[entries], self._value[entries], strict=True))
        return Row(terms, self._sense[position], self._bound[position])

    @property
    def weighted(self) -> bool:
        """Is there one weighted objective in place of levels?"""
        return self.instance.settings.objective == "weighted"

    def enabled(self, family: str) -> bool:
        """Does the planning model contain the family?"""
        return self.catalogue.enabled(family)

    def variable(self, family: str, key: Key, names: Sequence[str | int], binary: bool = False) -> Variable:
        """A new variable of the family: ≥ 0, or 0 or 1."""
        variable = self.column_count
        self.named.append((False, family, names))
        if binary:
            self.binaries.append(variable)
        self.columns[family][key] = variable
        return variable

    def row(self, family: str, key: Key, terms: Terms, sense: int, bound: float, names: Sequence[str | int]) -> None:
        """A new row `terms sense bound` of the family. Terms of one variable must be given once."""
        self.rows[family][key] = self.row_count
        self.named.append((True, family, names))
        for variable, factor in terms:
            self._index.append(variable)
            self._value.append(factor)
        self._start.append(len(self._index))
        self._sense.append(sense)
        self._bound.append(bound)

    @property
    def frame(self) -> Frame:
        """What bounds and right-hand sides are worked out from."""
        return Frame(self.instance, self.reach, self.money_unit)

    def bound(self, family: str, key: Key) -> float:
        """The limit of a row, as the family's function of bounds states it; inf where it states none."""
        return self.bounds[family].get(key, inf)

    def limit(self, family: str, key: Key, terms: Terms, bound: float, names: Sequence[str | int]) -> None:
        """A row `terms ≤ bound`, where there is something to limit and the model has the family."""
        if terms and bound < inf and self.enabled(family):
            self.row(family, key, terms, LESS, bound, names)

    def cost(self, key: CostKey, period: int, variable: Variable, amount: float, ordered: int | None = None) -> None:
        """Register `amount` of undiscounted money per unit of the variable, due in the period.

        What is ordered earlier says when: a fund that counts commitments counts it then.
        """
        if amount:
            self.costs[key].append(Cost(period, variable, amount, period if ordered is None else ordered))

    def keep(self, columns: Iterable[Variable]) -> None:
        """Note shipments whose very quantity a rule asks for: circles among them are not to be undone."""
        self.kept.update(columns)

    def added_capacity(self, kind: str, name: str, period: int, left: float = 1.0) -> Terms:
        """−`left` per unit of capacity bought for the object and ready by the period."""
        if left == 0:
            return []
        return [(variable, -left) for ready, variable in self.ready_capacity.get((kind, name), ()) if ready <= period]
