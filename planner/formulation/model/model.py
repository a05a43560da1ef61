"""The model under construction: PuLP's problem, with index maps, and registers that modules add to.

Concept modules do not know each other. A module that moves goods adds its terms to the material balance of
the place and period; a module that causes a cost adds it to the register of costs. `balance`, `funding` and
`objective`, which come last, turn the registers into rows and objectives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

import pulp

from planner.catalogue import Catalogue
from planner.domain.history_slack import lacks, standings
from planner.domain.instance import PlanningInstance, Profile, share_left
from planner.domain.reach import Reach
from planner.formulation.model.scale import money_unit

Variable = Any  # pulp.LpVariable; PuLP ships no types
Terms = list[tuple[Variable, float]]
Key = tuple[Any, ...]  # names and 0-based periods, in the order that the catalogue states
GoodsKey = tuple[str, str, int, int]  # item, node, period, goods class

LESS, EQUAL, GREATER = pulp.LpConstraintLE, pulp.LpConstraintEQ, pulp.LpConstraintGE


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


def every_period(frame: Frame, limits: Iterable[tuple[str, float]]) -> Bounds:
    """(name, period) → limit, for limits that are the same in every period."""
    periods = range(frame.instance.horizon.periods)
    return {(name, period): limit for name, limit in limits for period in periods}


def what_is_left(frame: Frame, limits: Iterable[tuple[str, float, Profile]]) -> Bounds:
    """(name, period) → limit × the share that is left; a limit of inf stays so, unless nothing is left."""
    periods = range(frame.instance.horizon.periods)
    return {(name, period): reduced(limit, left, period) for name, limit, left in limits for period in periods}


def reduced(limit: float, left: Profile, period: int) -> float:
    """A limit × the share that is left."""
    share = share_left(left, period)
    return 0.0 if share == 0 else limit * share


def by_profile(profiles: Iterable[tuple[str, Profile, Profile]]) -> Bounds:
    """(name, period) → limit × the share that is left, for limits that differ by period."""
    return {
        (name, period): reduced(limit, left, period)
        for name, profile, left in profiles
        for period, limit in enumerate(profile)
    }


class Cost(NamedTuple):
    """`amount` of undiscounted money per unit of the variable, due in `period`, ordered in `ordered`."""

    period: int
    variable: Variable
    amount: float
    ordered: int


class Model:
    """Variables, rows and registers of one planning model.

    `columns[family][key]` is a variable, `rows[family][key]` the position of a row in `row_list`. Names in
    the problem are for people who read a written LP; they are never parsed.
    """

    free_disposal = False  # may goods be written off without a column for it?

    def __init__(self, instance: PlanningInstance, catalogue: Catalogue, reach: Reach) -> None:
        self.instance = instance
        self.catalogue = catalogue
        self.reach = reach
        self.problem = pulp.LpProblem("plan", pulp.LpMinimize)
        self.variables: list[Variable] = []
        self.binaries: list[Variable] = []  # without any, the model is a linear program
        self.columns: dict[str, dict[Key, Variable]] = {family: {} for family in catalogue.variables}
        self.rows: dict[str, dict[Key, int]] = {family: {} for family in catalogue.constraints}
        self.row_list: list[Any] = []
        self.bounds: dict[str, Bounds] = {}
        self.balance: dict[GoodsKey, Terms] = defaultdict(list)
        self.costs: dict[CostKey, list[Cost]] = defaultdict(list)
        self.entering: dict[GoodsKey, Terms] = defaultdict(list)  # what enters before it is told for whom
        self.throughput: dict[tuple[str, int], Terms] = defaultdict(list)
        self.ready_capacity: dict[tuple[str, str], list[tuple[int, Variable]]] = defaultdict(list)
        self.objectives: dict[str, Terms] = defaultdict(list)  # level, or weighted
        self.paid: dict[tuple[str, int], Terms] = defaultdict(list)  # (fund, span that counts it) -> payments
        self.kept: set[int] = set()  # ids of shipments that a rule counts as such
        self.standings, self.lacks = standings(instance), lacks(instance)  # of rules about sums, by the past alone
        self.money_unit = money_unit(instance)  # currency per unit of the spend and payment columns
        self._position: dict[int, int] = {}
        self._tokens: dict[str, str] = {}
        self._taken: set[str] = set()
        self._copies: dict[str, int] = {}  # how many names share a plain spelling so far

    @property
    def position(self) -> dict[int, int]:
        """Where each variable stands in `variables`, by `id` (PuLP's variables compare as constraints)."""
        if len(self._position) != len(self.variables):
            self._position = {id(variable): index for index, variable in enumerate(self.variables)}
        return self._position

    @property
    def weighted(self) -> bool:
        return self.instance.settings.objective == "weighted"

    def enabled(self, family: str) -> bool:
        return self.catalogue.enabled(family)

    def variable(self, family: str, key: Key, names: Sequence[str | int], binary: bool = False) -> Variable:
        """A new variable of the family: ≥ 0, or 0 or 1."""
        name = self._name(family, names)
        variable = self.problem.add_variable(name, 0, *((1, pulp.LpBinary) if binary else ()))
        self.variables.append(variable)
        if binary:
            self.binaries.append(variable)
        self.columns[family][key] = variable
        return variable

    def row(self, family: str, key: Key, terms: Terms, sense: int, bound: float, names: Sequence[str | int]) -> None:
        """A new row `terms sense bound` of the family. Terms of one variable must be given once."""
        constraint = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, rhs=float(bound))
        self.problem += constraint, self._name(family, names)
        self.rows[family][key] = len(self.row_list)
        self.row_list.append(constraint)

    @property
    def frame(self) -> Frame:
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
        self.kept.update(map(id, columns))

    def added_capacity(self, kind: str, name: str, period: int, left: float = 1.0) -> Terms:
        """−`left` per unit of capacity bought for the object and ready by the period."""
        return [(variable, -left) for ready, variable in self.ready_capacity.get((kind, name), ()) if ready <= period]

    def _name(self, family: str, names: Sequence[str | int]) -> str:
        return ".".join([family, *(self._token(n) if isinstance(n, str) else str(n + 1) for n in names)])

    def _token(self, name: str) -> str:
        """A unique spelling of a name in the characters that LP and MPS files allow."""
        token = self._tokens.get(name)
        if token is None:
            plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)[:24]
            token = plain
            while token in self._taken:
                self._copies[plain] = self._copies.get(plain, 1) + 1
                token = f"{plain}_{self._copies[plain]}"
            self._taken.add(token)
            self._tokens[name] = token
        return token
