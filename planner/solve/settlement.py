"""Who pays: the payments that settle a plan's spending, and the fund rows kept out until they are needed.

Rows of money run through the whole model: with them every pivot touches most columns. So the large LP is
first solved without the funds' limits (they are made free rows, which presolve drops). Its spending is then
settled by a small LP of payments alone, with all rules of the funds. If that succeeds at no more interest
than the large LP counted, the plan is optimal as it is; if not, the limits are put back and the level is
solved again. Either way the result is that of the whole model; a test holds the two to each other.

The small LP also fixes who pays where that is not unique: grants first, then pledges, budgets, and loans.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.model import Model
from planner.solve.levels import Level, Optimum, cost_vector, optimise
from planner.solve.session import INFINITY, Arrays, Session, Vector

FUND_ROWS = ("fund_limit", "fund_ceiling", "cofinancing", "fund_content")
ORDER_OF_PAYERS = ("grant", "pledge", "budget", "loan")
TOLERANCE = 1e-9
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


class Settlement:
    """The small LP of payments, and the fund rows of the large one."""

    def __init__(self, model: Model, lp: Arrays, options: Mapping[str, Any]) -> None:
        self._lp = lp
        self._options = options
        rows = {family: list(model.rows[family].values()) for family in (*FUND_ROWS, "payment_balance")}
        self.fund_rows = np.array(sorted(row for family in FUND_ROWS for row in rows[family]), dtype=np.intp)
        self._rows = np.array(sorted(row for some in rows.values() for row in some), dtype=np.intp)
        position = model.position
        self._spend = np.array([position[id(v)] for v in model.columns["spend"].values()], dtype=np.intp)
        self._payments = np.array([position[id(v)] for v in model.columns["payment"].values()], dtype=np.intp)
        self._columns = np.concatenate([self._spend, self._payments])
        self._kinds = np.array([model.instance.funds[key[0]].kind for key in model.columns["payment"]])
        self._interest = cost_vector(model, dict(model.objectives.get("interest", ())))
        self._sub = self._extract()

    def _extract(self) -> Arrays:
        """The rows of payments alone; they touch no columns but spending and payments."""
        renumbered = np.full(self._lp.columns, -1, dtype=np.int32)
        renumbered[self._columns] = np.arange(len(self._columns), dtype=np.int32)
        parts: list[NDArray[np.int32]] = []
        for row in self._rows.tolist():
            parts.append(np.arange(self._lp.start[row], self._lp.start[row + 1], dtype=np.int32))
        entries = np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)
        start = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int32)
        return Arrays(
            columns=len(self._columns),
            row_lower=self._lp.row_lower[self._rows],
            row_upper=self._lp.row_upper[self._rows],
            start=start,
            index=renumbered[self._lp.index[entries]],
            value=self._lp.value[entries],
        )

    def relax(self, session: Session) -> None:
        """Make the funds' rows free in the large LP."""
        nothing = np.full(len(self.fund_rows), INFINITY)
        session.change_model(NONE, self.fund_rows, (-nothing, nothing))

    def enforce(self, session: Session) -> None:
        """Put the funds' rows back."""
        lower, upper = self._lp.row_lower[self.fund_rows], self._lp.row_upper[self.fund_rows]
        session.change_model(NONE, self.fund_rows, (lower, upper))

    def settle(self, values: Vector) -> Vector | None:
        """The plan with payments that keep every rule of the funds, by convention; None if there are none
        that cost no more interest.
        """
        session = Session(self._sub, self._options)
        spent = values[self._spend]
        session.change_model(np.arange(len(spent)), NONE, (spent, spent))
        try:
            optimum = optimise(session, self._preferences(), TOLERANCE, None)
        except NoPlanError:
            return None
        before = float(self._interest @ values)
        if self._interest_of(optimum) > before + TOLERANCE * max(1.0, abs(before)):
            return None
        settled = values.copy()
        settled[self._payments] = optimum.values[len(spent) :]
        return settled

    def _interest_of(self, optimum: Optimum) -> float:
        return float(self._interest[self._columns] @ optimum.values)

    def _preferences(self) -> list[Level]:
        """Least interest; then least paid by any but grants, by any but those and pledges, by loans."""
        levels = [("interest", self._interest[self._columns])]
        for place in range(1, len(ORDER_OF_PAYERS)):
            later = np.isin(self._kinds, ORDER_OF_PAYERS[place:]).astype(float)
            levels.append((f"not {ORDER_OF_PAYERS[place - 1]}", np.concatenate([np.zeros(len(self._spend)), later])))
        return levels
