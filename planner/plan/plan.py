"""A plan: what the optimiser decided, as tables, with what it took to decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.plan.remedy.results import GoalRemedies
from planner.plan.worth.results import ACCESS_COLUMNS, Worth
from planner.solver.highs import Basis

# Columns of each result table (the run-folder contract). Periods are integers 1…P.
TABLE_COLUMNS: dict[str, tuple[str, ...]] = {
    "production": ("line", "factory", "nation", "item", "period", "quantity", "cost"),
    "shipments": ("route", "origin", "destination", "mode", "item", "period", "arrives", "quantity", "tonnes", "cost"),
    "stocks": ("node", "item", "period", "quantity"),
    "deliveries": ("demand", "commitment", "destination", "item", "due", "period", "quantity"),
    "shortfalls": ("demand", "commitment", "destination", "item", "due", "quantity"),
    "targets": ("target", "period", "wanted", "held", "below", "item"),
    "scrap": ("node", "item", "period", "quantity", "cost"),
    "investments": ("expansion", "object", "period", "ready", "quantity", "cost"),
    "payments": ("fund", "contributor", "cost_type", "object", "nation", "year", "amount", "cash_year"),
    # Units paid under rules of eligibility that name beneficiaries, as each fund has them distinguished by nation.
    "allocations": ("fund", "line", "item", "nation", "quantity"),
    # `price` and `range_more` are for one more, `one_less` and `range_less` for one less.
    "prices": (
        *("family", "object", "item", "period", "level", "price", "unit"),
        *("one_less", "range_more", "range_less", "unique", "exact", "confirmed", "together_with", "together"),
    ),
    # Everything that is lacking, by the limits that have a share in it (`planner.plan.attribution`).
    "attribution": (
        *("level", "kind", "name", "commitment", "strike", "destination", "item", "due", "quantity", "weight"),
        *("taken_by", "group", "family", "object", "of_item", "first", "last", "nation", "fund", "contributors"),
        *("share", "least", "most", "tried", "amount", "cells"),
    ),
    # Responses to contingencies: each row belongs to a case, a contingency and the period of its strike.
    "cases": (
        *("contingency", "strike", "begins", "ends", "weight", "need", "uncovered", "coverage", "promised", "lack"),
        *("cost",),
    ),
    "responses": (*("contingency", "strike", "kind", "demand", "destination", "item", "due", "period", "quantity"),),
    "response_moves": (
        *("contingency", "strike", "route", "origin", "destination", "mode", "item", "recipient", "period", "arrives"),
        *("quantity", "tonnes", "cost"),
    ),
    "response_making": (
        *("contingency", "strike", "line", "factory", "nation", "item", "recipient", "period", "quantity"),
        *("ordered", "cost"),
    ),
    "response_stocks": ("contingency", "strike", "node", "item", "recipient", "period", "quantity"),
    "coverage": (
        *("contingency", "strike", "kind", "destination", "item", "domain", "after", "wanted", "covered"),
        *("wanted_so_far", "covered_so_far"),
    ),
    "uncovered": ("contingency", "strike", "kind", "demand", "destination", "item", "due", "quantity"),
    "draws": (
        *("contingency", "strike", "node", "nation", "item", "at_begin", "under_way", "lost", "used", "left", "worth"),
    ),
    # What the depots of a nation are worth, where it was worked out; each row a level.
    "access_value": ACCESS_COLUMNS,
    "reach": ("contingency", "strike", "destination", "item", "node", "days", "quantity"),
    "response_expiry": (
        *("contingency", "strike", "flow", "object", "origin", "destination", "item", "recipient"),
        *("due", "period", "expires", "quantity"),
    ),
    # Items that are distinguished by recipient only: the main tables again. Flow `entry`: for whom goods of Stocks are.
    "recipients": (
        *("flow", "object", "origin", "destination", "item", "recipient", "due", "period", "expires", "quantity"),
    ),
    "nations": ("nation", "year", "contributed", "produced", "received", "balance"),
    "ledger": ("nation", "fund", "year", "contributed", "produced", "balance"),
    # A row without year is the whole horizon.
    "burden_sharing": (
        *("nation", "year", "contributed", "part", "share_due", "share_paid", "difference", "over"),
        *("produced", "work_share", "work_goal", "work_balance"),
    ),
    # Perishable items only: the main tables again, by the last period of use (P + 1: not in the horizon). `flow` is
    # production, shipment, stock, delivery, consumption, scrap; `object` its line, route, node or demand.
    "expiry": ("flow", "object", "origin", "destination", "item", "due", "period", "expires", "quantity"),
}


@dataclass(frozen=True, slots=True)
class LevelResult:
    """How one objective level, or the one weighted objective, ended."""

    level: int  # 1…7 in the model's order; 0 for the weighted objective, and for levels that stand between those
    name: str
    title: str
    unit: str
    value: float | None  # final value in the delivered plan
    bound: float | None  # what no plan can beat, given the levels before
    gap: float | None  # (optimum of the level − bound) ÷ max(1, |optimum|)
    status: str  # optimal, not optimised
    iterations: int = 0
    seconds: float = 0.0
    resumed: bool = False  # proved by an unfinished run
    method: str | None = None  # simplex, interior point


@dataclass(frozen=True, slots=True)
class PastViolation:
    """A rule that what happened before the horizon breaks, and no plan can keep any more. `amount` is in `unit`;
    `value` is what it is worth in currency, as the level counts it.
    """

    family: str
    title: str
    object: str
    item: str | None
    amount: float
    unit: str
    value: float


@dataclass(frozen=True, slots=True)
class Account:
    """A level that counts what is lacking: its value, what its rows of the attribution add up to, and the dual
    objective.

    By strong duality the three are one.
    """

    level: str
    value: float
    attributed: float
    dual: float

    @property
    def residual(self) -> float:
        """The larger difference from the value, relative to it (to 1 where it is smaller)."""
        return max(abs(self.attributed - self.value), abs(self.dual - self.value)) / max(1.0, abs(self.value))


@dataclass(frozen=True)
class Plan:
    """`tables` by name, columns as in TABLE_COLUMNS; `status` is optimal, or feasible where a level was not
    optimised; `counts` of the model (rows, columns, nonzeros); `seconds` by phase.
    """

    instance: PlanningInstance
    tables: Mapping[str, pd.DataFrame]
    levels: tuple[LevelResult, ...]
    status: str
    kind: str = "LP"
    counts: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()  # of the attribution
    lacking: tuple[PastViolation, ...] = ()  # rules that what happened before the horizon breaks, and no plan can keep
    how: str = ""  # of a plan solved as a change of another: what was built anew for it
    cut_short: tuple[str, ...] = ()  # what the time limit left no time for, in sentences
    worth: Worth | None = None  # of the guarantee, where it was worked out; `no_worth`: why it was not
    no_worth: str = ""
    remedies: tuple[GoalRemedies, ...] | None = (
        None  # of what falls short most, where they were looked for; `no_remedies`: why not
    )
    no_remedies: str = ""
    no_prices: str = ""  # why prices and the attribution were left out of a plan that could have them
    basis: Basis | None = None  # from which all levels are proved in order, where one is known
