"""Who pays: the payments that settle a plan's spending, and the fund rows kept out until they are needed.

Rows of money run through the whole model: with them every pivot touches most columns. So the large LP is
first solved without the funds' limits (they are made free rows, which presolve drops). Its plan is then
settled by a small LP of payments alone, with all rules of the funds and the goods as planned. If that succeeds
at no loss to any objective that counts so far, the plan is optimal as it is; if not, the limits are put back and
the level is solved again. Either way the result is that of the whole model; a test holds the two to each other.

The small LP also fixes who pays where that is not unique: least interest, then least money of the third tier of
preference, then of the second and third; then grants first, then pledges, budgets, and loans.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.families import FAMILIES
from planner.formulation.model.model import Model
from planner.formulation.money.spending import PaymentKey
from planner.plan.settle.contribution_split import Splitting
from planner.solver.highs import INFINITY, Arrays, HighsSession, Vector
from planner.solver.lexicographic import Level, cost_vector, inner, optimise
from planner.solver.scaling import objective_scale
from planner.solver.subproblem import Subproblem, positions
from planner.tolerances import ROW_ROUNDING, SETTLED

# Rules of the funds that most plans keep by themselves: left out until one does not.
LAZY_ROWS = tuple(name for name, family in FAMILIES.items() if family.lazy)
# What may still be settled when all goods and their costs are as planned. Every row that they stand in is kept.
OPEN_COLUMNS = ("payment", "allocation", "contribution", "contributed")
ORDER_OF_PAYERS = ("grant", "pledge", "budget", "loan")
ROUGH = 10 * ROW_ROUNDING  # for plans whose own arithmetic is no finer
SCARCE = 0.5
NONE = np.empty(0, dtype=np.intp)


def money_is_scarce(instance: PlanningInstance) -> bool:
    """Would the least production cost of all demand take more than half of all money?

    Then some fund will bind, as transport, storage and rules of eligibility want their part too: leaving the
    funds' limits out would be a solve for nothing.
    """
    wanted = sum(demand.quantity * instance.unit_values.get(demand.item, 0.0) for demand in instance.demands)
    years = set(instance.horizon.years)
    money = sum(
        min(fund.ceiling, sum(b.amount for b in fund.budgets if fund.carry_over or b.year in years))
        for fund in instance.funds.values()
    )
    return wanted > SCARCE * money


class LazyFunds:
    """The small LP of payments, and the fund rows of the large one."""

    def __init__(self, model: Model, lp: Arrays, options: Mapping[str, Any]) -> None:
        self._lp = lp
        self._options = options
        self._open = positions(model, OPEN_COLUMNS)
        self._part = Subproblem(lp, self._open)
        # A row that no payment stands in, as all of it is past, would not be missed when payments are settled.
        remaining = set(self._part.rows.tolist())
        lazy = [row for family in LAZY_ROWS for row in model.rows[family].values() if row in remaining]
        self.lazy_rows = np.array(sorted(lazy), dtype=np.intp)
        self._preferences = list(self._in_order(model))
        self._splitting = Splitting(model, lp, options)

    def _in_order(self, model: Model) -> Iterable[Level]:
        """Least interest; least of the later tiers; least paid by any but grants, by any but those and pledges,
        by loans. Over the open columns.
        """
        yield "interest", cost_vector(model, dict(model.objectives.get("interest", ())))[self._open]
        for tier in ("tier_3", "tier_2"):
            yield tier, cost_vector(model, dict(model.objectives.get(tier, ())))[self._open]
        funds, payments = model.instance.funds, model.columns["payment"].items()
        kinds = {variable: funds[PaymentKey(*key).fund].kind for key, variable in payments}
        kind = np.array([kinds.get(column, "") for column in self._open.tolist()])
        for index in range(1, len(ORDER_OF_PAYERS)):
            yield f"not {ORDER_OF_PAYERS[index - 1]}", np.isin(kind, ORDER_OF_PAYERS[index:]).astype(float)

    def relax(self, session: HighsSession) -> None:
        """Make the funds' rows free in the large LP."""
        nothing = np.full(len(self.lazy_rows), INFINITY)
        session.change_model(NONE, self.lazy_rows, (-nothing, nothing))

    def enforce(self, session: HighsSession) -> None:
        """Put the funds' rows back into the large LP."""
        lower, upper = self._lp.row_lower[self.lazy_rows], self._lp.row_upper[self.lazy_rows]
        session.change_model(NONE, self.lazy_rows, (lower, upper))

    def settle(self, values: Vector, held_costs: Sequence[Vector]) -> Vector | None:
        """The plan with payments that keep every rule of the funds, by convention; None if there are none that
        do no harm to any of the objectives to be kept (costs by column).
        """
        for relative in (ROW_ROUNDING, ROUGH):
            settled = self._settled(values, held_costs, relative)
            if settled is not None:
                return settled
        return None

    def _settled(self, values: Vector, held_costs: Sequence[Vector], relative: float) -> Vector | None:
        session = HighsSession(self._part.beside(values, relative), self._options)
        before = values[self._open]
        for costs in held_costs:
            open_costs = costs[self._open]
            if open_costs.any():
                limit = inner(open_costs, before) + SETTLED * (relative / ROW_ROUNDING) * max(
                    1.0, abs(inner(costs, values))
                )
                scale = objective_scale(open_costs)
                session.add_row(-INFINITY, limit * scale, open_costs * scale)
        levels = [level for level in self._preferences if level[1].any()]
        try:
            optimum = optimise(session, levels or [("any", np.zeros(len(before)))], SETTLED, None)
        except NoPlanError:
            return None
        settled = values.copy()
        settled[self._open] = optimum.values
        return settled

    def split(self, values: Vector) -> Vector:
        """[column]: a settled plan with contributions as near to proportional as the rules on them allow."""
        return self._splitting.split(values)
