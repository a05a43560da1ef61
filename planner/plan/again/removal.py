"""What the LP of a plan loses when nodes, lines and routes are gone for good, and what of the plan stands.

No coefficient changes where a certain disruption of factor 0 holds to the end: what moves, lies, is made or delivered
there becomes 0; the balances of a closed node hold no more, for what enters is lost; and a line that stands still has
no duties. All other rows allow what is left. Responses are part of the same LP, and lose the same.

Of a surprise the plan's decisions before it stand: what was made, dispatched, delivered, put into stock, written off,
bought, and paid in years (budget periods) that are over. What had been ordered by then is completed at most as planned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.domain.budget_periods import BudgetPeriods
from planner.domain.contingency.contingencies import Disruption
from planner.domain.instance import PlanningInstance
from planner.formulation.goods.balance import MATERIAL_BALANCE, SETTLED_SUPPLY
from planner.formulation.goods.production import MINIMUM_RATE, PLACED_ORDER
from planner.formulation.model.model import Key, Model
from planner.formulation.money.spending import Buckets, PaymentKey
from planner.solver.highs import Arrays, Vector

Positions = NDArray[np.intp]
# Families of columns and rows by what they belong to: (place of its name in the key, place of the period).
OF_LINES = {"production": (0, 1), "made_for": (0, 1), "consumption": (1, 2)}
OF_NODES = {"stock": (1, 2), "scrap": (1, 2), "settled": (1, 2)}
BALANCES = {MATERIAL_BALANCE.name: (1, 2), SETTLED_SUPPLY.name: (1, 2)}
DUTIES = {MINIMUM_RATE.name: (0, 1), PLACED_ORDER.name: (0, 1)}
DECIDED = {**OF_LINES, **OF_NODES, "shipment": (1, 2), "delivery": (0, 2), "expansion": (0, 1)}


class Gone(NamedTuple):
    """What disruptions of factor 0 take away.

    `stopped`: lines that stand still, `released` those without duties any more.
    """

    nodes: frozenset[str]
    legs: frozenset[str]
    stopped: frozenset[str]
    released: frozenset[str]

    @classmethod
    def of(cls, instance: PlanningInstance, hits: Iterable[Disruption]) -> Gone:
        """What rows of Disruptions of factor 0 take away of an instance."""
        named: dict[str, set[str]] = defaultdict(set)
        for hit in hits:
            named[hit.kind].add(hit.name)
        nodes = {n.name for n in instance.nodes.values() if n.name in named["node"] or n.nation in named["nation"]}
        released = {
            line.name for line in instance.lines.values() if line.name in named["line"] or line.factory in nodes
        }
        shut = {resource.name for resource in instance.resources.values() if resource.factory in nodes}
        starved = {line.name for line in instance.lines.values() if any(line.resources.get(one) for one in shut)}
        legs = {leg.name for leg in instance.legs.values() if leg.route in named["route"]}
        return cls(frozenset(nodes), frozenset(legs), frozenset(released | starved), frozenset(released))

    def names(self, instance: PlanningInstance) -> frozenset[str]:
        """All that goes with it, as limits name it: nodes, lines, resources, and routes with their legs."""
        names = {*self.nodes, *self.stopped}
        names |= {resource.name for resource in instance.resources.values() if resource.factory in self.nodes}
        for leg in instance.legs.values():
            if leg.name in self.legs or leg.origin in self.nodes or leg.destination in self.nodes:
                names |= {leg.name, leg.route}
        return frozenset(names)


@dataclass(frozen=True)
class Removal:
    """`columns` with their new bounds, and `rows` that no longer hold; by position."""

    columns: Positions
    lower: Vector
    upper: Vector
    rows: Positions

    def relaxes(self, lp: Arrays) -> bool:
        """May a row that no longer holds let something happen that could not before?

        Not where all its columns are fixed.
        """
        fixed = np.zeros(lp.columns, dtype=bool)
        fixed[self.columns[self.lower == self.upper]] = True
        return any(not fixed[lp.index[lp.start[row] : lp.start[row + 1]]].all() for row in self.rows.tolist())


class _Moments:
    """Positions by name, each with a period."""

    def __init__(self) -> None:
        self._positions: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def add(self, name: str, period: int, position: int) -> None:
        self._positions[name].append((period, position))

    def since(self, names: Iterable[str], first: int) -> Iterator[int]:
        for name in names:
            yield from (position for period, position in self._positions.get(name, ()) if period >= first)


class ModelPlaces:
    """Where the columns and rows of a model, and of its responses, stand."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._nodes, self._lines, self._legs, self._balances, self._duties = (_Moments() for _ in range(5))
        self._add(model, model.instance, 0)
        for response in model.responses:
            self._add(response, response.instance, response.case.begin)

    def _add(self, part: Model, instance: PlanningInstance, begin: int) -> None:
        for families, moments in ((OF_LINES, self._lines), (OF_NODES, self._nodes)):
            for family, at in families.items():
                _collect(part.columns[family], at, begin, moments)
        for families, moments in ((BALANCES, self._balances), (DUTIES, self._duties)):
            for family, at in families.items():
                _collect(part.rows[family], at, begin, moments)
        for (_, name, period, _), column in part.columns["shipment"].items():
            leg, sent = instance.legs[name], period + begin
            self._legs.add(name, sent, column)
            self._nodes.add(leg.origin, sent, column)
            self._nodes.add(leg.destination, sent + leg.lead_time, column)
        for (demand, due, period, _), column in part.columns["delivery"].items():
            self._nodes.add(instance.demands_by_key[demand, due].destination, period + begin, column)

    def without(self, gone: Gone, first: int) -> Removal:
        """What the LP loses from period `first` on."""
        columns = {
            *self._nodes.since(gone.nodes, first),
            *self._lines.since(gone.stopped, first),
            *self._legs.since(gone.legs, first),
        }
        rows = {*self._balances.since(gone.nodes, first), *self._duties.since(gone.released, first)}
        nothing = np.zeros(len(columns))
        return Removal(_sorted(columns), nothing, nothing, _sorted(rows))

    # ── A surprise ───────────────────────────────────────────────────────────────────────────────

    def struck(self, gone: Gone, first: int, values: Vector) -> Removal:
        """The same, as a surprise: what the plan `values` decided before `first` stands."""
        lost, stands, most = self.without(gone, first), self.decided(first), self.ordered(first)
        bounds: dict[int, tuple[float, float]] = dict.fromkeys(lost.columns.tolist(), (0.0, 0.0))
        for column in most - bounds.keys():
            bounds[column] = (0.0, max(float(values[column]), 0.0))
        for column in stands - most:  # goods sent to a place that is closed when they arrive among them
            bounds[column] = (max(float(values[column]), 0.0),) * 2
        columns = _sorted(bounds)
        lower, upper = np.array([bounds[column] for column in columns.tolist()]).reshape(-1, 2).T
        return Removal(columns, lower, upper, _sorted({*lost.rows.tolist(), *self._settled_rows(stands - most)}))

    def decided(self, first: int) -> set[int]:
        """Columns of what the plan does before a period."""
        columns = self.model.columns
        decided = {
            column for family, (_, at) in DECIDED.items() for key, column in columns[family].items() if key[at] < first
        }
        over = {
            budget_period for budget_period, periods in enumerate(self._budget_periods.ranges) if periods.stop <= first
        }
        decided |= {column for key, column in columns["payment"].items() if PaymentKey(*key).budget_period in over}
        return decided | {
            column for (_, _, budget_period), column in columns["contribution"].items() if budget_period in over
        }

    def ordered(self, first: int) -> set[int]:
        """Columns of what is ordered before a period and completed from then on, and of payments for such lines before
        it.
        """
        model, ordered, buckets = self.model, set[int](), set[object]()
        known = Buckets(model.instance, self._budget_periods)
        for (name, period), column in model.columns["production"].items():
            line = model.instance.lines[name]
            if period - line.order_lead_time < first <= period and period not in line.orders and line.order_lead_time:
                ordered.add(column)
                if model.columns["payment"]:
                    buckets.add(known.of(model.instance.items[line.item].cost_type, name))
        payments = model.columns["payment"].items()
        before = self.decided(first)
        ordered |= {column for key, column in payments if PaymentKey(*key).bucket in buckets and column in before}
        if buckets:
            ordered |= {column for column in model.columns["contribution"].values() if column in before}
        return ordered

    def _settled_rows(self, stands: set[int]) -> Iterator[int]:
        """Rows all of whose columns stand: the plan keeps them, to its last digits."""
        start, index, *_ = self.model.row_arrays
        free = np.ones(self.model.column_count, dtype=bool)
        free[list(stands)] = False
        rows = np.repeat(np.arange(len(start) - 1), np.diff(start))
        yield from np.flatnonzero((np.bincount(rows, free[index], len(start) - 1) == 0) & (np.diff(start) > 0)).tolist()

    @property
    def _budget_periods(self) -> BudgetPeriods:
        return BudgetPeriods(self.model.instance)


def _collect(positions: Mapping[Key, int], at: tuple[int, int], begin: int, moments: _Moments) -> None:
    name, period = at
    for key, position in positions.items():
        moments.add(str(key[name]), key[period] + begin, position)


def _sorted(positions: Iterable[int]) -> Positions:
    return np.array(sorted(positions), dtype=np.intp)
