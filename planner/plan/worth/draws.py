"""What one more unit at a node would bring, were it there when a response begins: by how much less the case would lose.

The plan stands, and the response to the case is planned again by itself: what it lacks of its promise first, then its
loss L. One more unit is of the goods that the table of draws tells of: it lies there at the beginning, or where all are
still under way comes with the first of them; it may be used as long as the longest-lived of them, for any recipient
that may draw on the node, and disruptions take their part of it. Its worth is −dL ÷ dq at q = 0 from the right, of the
first part of a unit more, in the unit of L. L is convex in q, so no later part brings more.

At a degenerate optimum a dual tells too much. So each place is a row of its own here, Σ parts ≤ q, and the derivative
is found exactly (`planner.solver.parametric.derivatives`); where that fails, by solving with a little more, ever less,
until L is straight up to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import nan
from typing import NamedTuple

import numpy as np
import pandas as pd

from planner.domain.instance import share_left
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.model.model import Model
from planner.formulation.responses.losses import WORST_LOSS, loss
from planner.formulation.responses.response import Response
from planner.solver.highs import INFINITY, NONE, Arrays, Basis, HighsSession, SolveOutcome, Vector
from planner.solver.lexicographic import hold_by_face, inner
from planner.solver.parametric.derivatives import Parametric
from planner.solver.scaling import objective_scale
from planner.solver.subproblem import Subproblem
from planner.tolerances import NOISE, SMALLEST_STEP, STRAIGHT

GoodsPlace = tuple[str, str]  # item, node
LYING = -1
MOST_PIVOTS = 200  # for one derivative
SHRINK = 1 / 16  # of a unit, where the derivative has to be tried; the smallest is `SMALLEST_STEP`


class Goods(NamedTuple):
    """Goods from before a response: when they come to a node, how long they may be used, what is left of them."""

    period: int  # from the beginning of the response; LYING: they lie there then
    expires: int
    share: float


def draw_worth(model: Model, lp: Arrays, values: Vector, draws: pd.DataFrame) -> list[float]:
    """By row of the table of draws: by how much L of its case falls per unit more, in the first part of a unit."""
    worth_of: dict[tuple[str, int, GoodsPlace], float] = {}
    for response in model.responses:
        name, strike = response.case.contingency.name, response.case.strike + 1
        of_case = draws[(draws["contingency"] == name) & (draws["strike"] == strike)]
        places = list(zip(of_case["item"], of_case["node"], strict=True))
        if places:
            worths = _Alone(model, lp, values, response, places).worth()
            worth_of |= {(name, strike, place): each for place, each in zip(places, worths, strict=True)}
    keys = zip(draws["contingency"], draws["strike"], zip(draws["item"], draws["node"], strict=True), strict=True)
    return [worth_of[key] for key in keys]


def _from_before(response: Response, values: Vector) -> dict[GoodsPlace, Goods]:
    """By place, the goods of which one more is valued: those that lie there, else the first to come;
    the longest-lived.
    """
    goods_at: dict[GoodsPlace, list[Goods]] = defaultdict(list)
    begin, instance = response.case.begin, response.instance
    lying = response.flows.stocks[begin - 1] if begin else []
    stocks = {variable for _, variable in lying}
    for (item, node, *_), variable in lying:  # what disruptions take whole does not come into the response
        if values[variable] > NOISE:
            goods_at[item, node].append(Goods(LYING, LYING, 0.0))
    for flow in response.inflows:
        if values[flow.variable] > NOISE:
            when = LYING if flow.variable in stocks else flow.period
            goods_at[flow.item, flow.node].append(Goods(when, flow.expires, flow.share))
    for supply in instance.supplies:
        left = share_left(instance.nodes[supply.node].left, supply.period)
        expires = response.reach.expires(instance.items[supply.item], supply.made)
        goods_at[supply.item, supply.node].append(Goods(LYING if supply.opening else supply.period, expires, left))
    return {place: _first(goods) for place, goods in goods_at.items()}


def _first(there: Sequence[Goods]) -> Goods:
    first = min(goods.period for goods in there)
    return max((goods for goods in there if goods.period == first), key=lambda goods: (goods.expires, goods.share))


class _Alone:
    """A response by itself beside the plan, with a row for what more there is at each place."""

    def __init__(
        self, model: Model, lp: Arrays, values: Vector, response: Response, places: Sequence[GoodsPlace]
    ) -> None:
        response_columns = [column for columns in response.columns.values() for column in columns.values()]
        lacks = [column for key, column in model.columns["lack"].items() if key[:2] == response.case.key]
        part = Subproblem(lp, np.array(sorted([*response_columns, *lacks]), dtype=np.intp))
        alone = part.beside(values)
        counted = np.isin(part.rows, np.array(list(model.rows[WORST_LOSS.name].values()), dtype=np.intp))
        alone.row_lower[counted] = -INFINITY  # who is among the worst is no matter here
        self._place = {int(row): place for place, row in enumerate(part.rows)}
        self._first = alone.rows
        before = _from_before(response, values)
        entries = [self._entries(response, place, before.get(place)) for place in places]
        self._helps = [bool(parts) for parts in entries]  # elsewhere nothing comes of one more unit
        self._lp = _with_places(alone, [parts for parts in entries if parts])
        lacking, lost = (self._vector(part, costs) for costs in (_lacking(model, response), dict(loss(response))))
        self._costs = [lacking, lost] if lacking.any() else [lost]
        self._session = HighsSession(self._lp, model.catalogue.solver, deaf=True)

    def _entries(self, response: Response, place: GoodsPlace, goods: Goods | None) -> list[dict[int, float]]:
        """What one more unit of such goods enters, by recipient: row of the LP → units."""
        if goods is None or goods.share == 0:
            return []
        (item, node), entries, reach = place, [], response.reach
        for recipient in reach.recipients.of(item) or (None,):
            key = (item, node, max(goods.period, 0), reach.class_for(item, goods.expires, recipient))
            row = response.rows[MATERIAL_BALANCE.name].get(key)
            if row in self._place:  # else nothing in the response can use what comes there
                entries.append({self._place[row]: goods.share})
        return entries

    def _vector(self, part: Subproblem, costs: Mapping[int, float]) -> Vector:
        whole = np.zeros(self._lp.columns)
        whole[: len(part.columns)] = [costs.get(int(column), 0.0) for column in part.columns]
        return whole

    # ── Answers ──────────────────────────────────────────────────────────────────────────────────

    def worth(self) -> list[float]:
        worths = iter(self._of_rows() if self._costs[-1].any() and any(self._helps) else [])
        return [next(worths, 0.0) if helps else 0.0 for helps in self._helps]

    def _of_rows(self) -> list[float]:
        solved = self._solve_levels()
        if solved is None:
            return [nan] * (self._lp.rows - self._first)
        least = self._session.basis()
        scaled = [costs * objective_scale(costs * self._session.units.columns) for costs in self._costs]
        parametric = Parametric(self._session, scaled, solved.values)
        sure = parametric.optimal == len(scaled)
        scale = objective_scale(self._costs[-1] * self._session.units.columns)
        value = inner(self._costs[-1], solved.values)
        worths: list[float] = []
        unsure: list[int] = []
        for row in range(self._first, self._lp.rows):
            derivative = parametric.derivative({row: 1.0}, MOST_PIVOTS) if sure else None
            if derivative is None or not derivative.exact:
                unsure.append(len(worths))
                worths.append(nan)
            else:
                worths.append(-float(derivative.slopes[-1]) / scale)
        for index in unsure:
            worths[index] = self._tried(self._first + index, value, least)
        return [each if each > NOISE or each != each else 0.0 for each in worths]

    def _solve_levels(self) -> SolveOutcome | None:
        """The response at its best, with all bounds but faces of what it lacks."""
        outcome: SolveOutcome | None = None
        for index, costs in enumerate(self._costs):
            self._session.set_costs(costs * objective_scale(costs))
            outcome = (
                self._session.solve("what one more unit would bring")
                if index == 0
                else self._session.prove("what one more unit would bring", self._session.pivots_again)
            )
            if outcome.status != "optimal":
                return None
            if index + 1 < len(self._costs):
                hold_by_face(self._session, outcome)
        return outcome

    def _tried(self, row: int, before: float, basis: Basis) -> float:
        """The derivative by trial: L is convex, so where it is straight up to a step the dual there tells."""
        rows, step = np.array([row], dtype=np.intp), 1.0
        while step >= SMALLEST_STEP:
            self._session.restore()
            self._session.set_right_hand_sides(rows, np.array([step]))
            self._session.start_from(basis)
            outcome = self._solve_levels()
            self._session.set_right_hand_sides(rows, np.array([0.0]))
            if outcome is None:
                return nan
            slope = -float(outcome.row_duals[row]) / objective_scale(self._costs[-1])
            fall = before - inner(self._costs[-1], outcome.values)
            if abs(fall - step * slope) <= STRAIGHT * max(step * abs(slope), step):
                return slope
            step *= SHRINK
        return nan


def _lacking(model: Model, response: Response) -> dict[int, float]:
    """What the case counts at the level coverage, by column."""
    lack_columns = {column for key, column in model.columns["lack"].items() if key[:2] == response.case.key}
    return {column: by for column, by in model.objectives.get("coverage", ()) if column in lack_columns}


def _with_places(lp: Arrays, entries: Sequence[Sequence[Mapping[int, float]]]) -> Arrays:
    """The LP with a row for each place, Σ parts ≤ 0, and a column for each part, after its own."""
    row_of, index, value = [lp.row_of_entry], [lp.index], [lp.value]
    columns = lp.columns
    for position, parts in enumerate(entries):
        for part in parts:
            entered = [*part, lp.rows + position]
            row_of.append(np.array(entered, dtype=np.intp))
            index.append(np.full(len(entered), columns, dtype=np.int32))
            value.append(np.array([*part.values(), 1.0]))
            columns += 1
    rows, order = lp.rows + len(entries), np.argsort(np.concatenate(row_of), kind="stable")
    counts = np.bincount(np.concatenate(row_of), minlength=rows)
    return Arrays(
        columns=columns,
        row_lower=np.concatenate([lp.row_lower, np.full(len(entries), -INFINITY)]),
        row_upper=np.concatenate([lp.row_upper, np.zeros(len(entries))]),
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        index=np.concatenate(index)[order].astype(np.int32),
        value=np.concatenate(value)[order],
        binary=NONE,
    )
