"""What several checks of responses need, as arrays [case, thing, period of the response], worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.verify.contingency.arrays.tables import Cases, ResponseTables
from planner.verify.contingency.data import Factors, left_of_stock
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Codes, Flags, Floats


@dataclass(frozen=True)
class Responses:
    """The answers to all cases beside the plan from which they start."""

    cases: Cases
    tables: ResponseTables

    @property
    def arrays(self) -> PlanArrays:
        """The plan that the responses start from."""
        return self.cases.arrays

    @property
    def count(self) -> int:
        """Number of cases."""
        return len(self.cases.strikes)

    @cached_property
    def width(self) -> int:
        """Periods of the longest response."""
        return int((self.cases.end - self.cases.begin).max()) + 1

    @cached_property
    def at(self) -> Codes:
        """The period of the horizon, by case and period of the response; beyond its end, the horizon's last."""
        periods = self.cases.begin[:, None] + np.arange(self.width)[None, :]
        return np.asarray(np.minimum(periods, self.arrays.case.periods - 1), dtype=np.intp)

    @cached_property
    def inside(self) -> Flags:
        """[case, period of the response]: the period lies in the response, not beyond its end."""
        return self.cases.begin[:, None] + np.arange(self.width)[None, :] <= self.cases.end[:, None]

    def of_plan(self, by_period: Floats | Flags) -> np.ndarray:
        """An array [thing, period] of the plan as [case, thing, period of the response]."""
        return by_period[:, self.at].transpose(1, 0, 2)

    @cached_property
    def factors(self) -> list[Factors]:
        """Of each case, its own rows of Disruptions and the certain ones."""
        return [self._factors(case, certain=True) for case in range(self.count)]

    def _factors(self, case: int, *, certain: bool) -> Factors:
        periods = self.arrays.case.periods
        dated = self.cases.strikes[case].hits()
        if certain:
            rows = self.arrays.case.contingencies.certain
            dated += [(hit, (hit.first.period, periods - 1 if hit.last is None else hit.last.period)) for hit in rows]
        return Factors.of(dated, periods)

    def _left(self, factors: list[Factors], kind: str, names: list[str]) -> Floats:
        """[case, thing, period of the response]."""
        by_case = [each.table(kind, names)[:, self.at[case]] for case, each in enumerate(factors)]
        return np.array(by_case).reshape(self.count, len(names), self.width)

    @cached_property
    def node_factor(self) -> Floats:
        """[case, node, period of the response]: the share of its capacity that disruptions leave a node, 0 to 1."""
        return self._left(self.factors, "node", self.arrays.nodes)

    @cached_property
    def leg_factor(self) -> Floats:
        """[case, leg, period of the response]: the share that disruptions leave of its route, 0 to 1."""
        return self._left(self.factors, "route", [leg.route for leg in self.arrays.case.legs])

    @cached_property
    def line_factor(self) -> Floats:
        """[case, line, period of the response]: the share left of the line × that of the node where it stands,
        0 to 1.
        """
        factors = self._left(self.factors, "line", list(self.arrays.case.lines))
        return factors * self.node_factor[:, self.arrays.line_factory]

    @cached_property
    def resource_factor(self) -> Floats:
        """[case, resource, period of the response]: that of the node where the resource is."""
        by_case = [self.arrays.resource_factor(factor) for factor in self.node_factor]
        return np.array(by_case).reshape(self.count, len(self.arrays.case.resources), self.width)

    @cached_property
    def unforeseen_node(self) -> Floats:
        """[case, node, period of the response]: the share that disruptions unknown to the plan leave of what it sends;
        0 where the node is closed.
        """
        by_case = [self._factors(case, certain=False) for case in range(self.count)]
        left = self._left(by_case, "node", self.arrays.nodes)
        return np.where(self.node_factor == 0, 0.0, left)

    @cached_property
    def unforeseen_line(self) -> Floats:
        """[case, line, period of the response]: as `unforeseen_node`, of what lines complete."""
        by_case = [self._factors(case, certain=False) for case in range(self.count)]
        left = self._left(by_case, "line", list(self.arrays.case.lines))
        return np.where(self.line_factor == 0, 0.0, left * self.unforeseen_node[:, self.arrays.line_factory])

    @cached_property
    def stock_left(self) -> Floats:
        """[case, node, period of the response]: the share left of the stock carried into the period, 0 to 1;
        into the first one from the plan.
        """
        before = np.ones((self.count, len(self.arrays.nodes)))
        later = self.cases.begin > 0
        before[later] = self.arrays.node_factor[:, self.cases.begin[later] - 1].T
        return left_of_stock(self.node_factor, before)

    @cached_property
    def node_open(self) -> Flags:
        """[case, node, period of the response]: open in the plan, and not closed by a disruption."""
        return np.asarray(self.of_plan(self.arrays.node_open) & (self.node_factor > 0))

    @cached_property
    def leg_open(self) -> Flags:
        """[case, leg, period of the response]: open in the plan, and not closed by a disruption."""
        return np.asarray(self.of_plan(self.arrays.leg_open) & (self.leg_factor > 0))

    @cached_property
    def made(self) -> Floats:
        """Good units by line."""
        return self.sums(self.tables.making, "line", len(self.arrays.case.lines))

    @cached_property
    def yields(self) -> Floats:
        """[line]: good units per unit started."""
        return np.array([line.yield_ for line in self.arrays.case.lines.values()], dtype=np.float64)

    @cached_property
    def started(self) -> Floats:
        """[case, line, period of the response]: units started = good units ÷ yield."""
        return np.asarray(self.made / self.yields[None, :, None])

    def sums(self, frame: pd.DataFrame, column: str, count: int, amounts: Floats | None = None) -> Floats:
        """Sums of `amounts` (default: quantity) by case, code in `column` and period of the response."""
        case, code, h = (frame[name].to_numpy(dtype=np.intp) for name in ("case", column, "h"))
        units = frame["quantity"].to_numpy(dtype=np.float64) if amounts is None else amounts
        return self.totals(case * count + code, h, units, self.count * count).reshape(self.count, count, self.width)

    def totals(self, rows: Codes, h: Codes, amounts: Floats, count: int) -> Floats:
        """Sums by row and period of the response."""
        flat = np.bincount(rows * self.width + h, weights=amounts, minlength=count * self.width)
        return np.asarray(flat.reshape(count, self.width), dtype=np.float64)

    @cached_property
    def need_case(self) -> Codes:
        """[need]: the position of its case."""
        return np.array([need.case for need in self.cases.needs], dtype=np.intp)

    @cached_property
    def need_node(self) -> Codes:
        """[need]: the position of its destination among the nodes."""
        return np.array([self.arrays.node_code[need.destination] for need in self.cases.needs], dtype=np.intp)

    @cached_property
    def need_item(self) -> Codes:
        """[need]: the position of its item."""
        return np.array([self.arrays.item_code[need.item] for need in self.cases.needs], dtype=np.intp)

    def delivered_by_need(self) -> Floats:
        """[need]: units delivered against it."""
        table = self.tables.deliveries
        codes, units = table["need"].to_numpy(dtype=np.intp), table["quantity"].to_numpy(dtype=np.float64)
        return np.asarray(np.bincount(codes, units, len(self.cases.needs)), dtype=np.float64)

    def uncovered_by_need(self) -> Floats:
        """[need]: units uncovered, as the table says."""
        table = self.tables.uncovered
        codes, units = table["need"].to_numpy(dtype=np.intp), table["quantity"].to_numpy(dtype=np.float64)
        return np.asarray(np.bincount(codes, units, len(self.cases.needs)), dtype=np.float64)

    def by_case(self, rows: Codes, amounts: Floats) -> Floats:
        """[case]: sums of `amounts` by the position of the case in `rows`."""
        return np.asarray(np.bincount(rows, weights=amounts, minlength=self.count), dtype=np.float64)

    def where(self, case: int, h: int) -> str:
        """`in 2027-03 of the response to …`: a period `h` of the response, for messages."""
        return f"in {self.arrays.label(self.at[case, h])} of the response to {self.cases.words(case)}"
