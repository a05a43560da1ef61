"""The last good plan, in the periods of the new workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from planner.domain.horizon import Horizon
from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.plan.plan import TABLE_COLUMNS
from planner.run.recorded.load import SavedRun

READ = ("production", "shipments", "investments", "deliveries", "stocks", "scrap", "shortfalls", "payments")


@dataclass(frozen=True, slots=True)
class Ordered:
    """Good units ordered from a line for completion in period `due` (0-based, of the new workbook), by a plan or by a
    workbook's Orders; `paid` is the share of their cost that was paid at order."""

    line: str
    due: int
    quantity: float
    paid: float = 0.0
    by_plan: bool = True


@dataclass(frozen=True)
class LastPlan:
    """Quantities of the last plan, by 0-based period of the new workbook (negative: before it).

    `ordered` is what was ordered before the plan's `start`, or stood in its Orders, from period `since` on: made and
    cancelled are counted from there. Lead times, advances and items are those of the lines when it was made.
    """

    production: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (line, period)
    shipments: Mapping[tuple[str, str, str, int], float] = field(default_factory=dict)  # (route, origin, item, period)
    investments: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (expansion, period)
    payments: Mapping[tuple[str, str, str, int], float] = field(
        default_factory=dict
    )  # (fund, contributor, object, fiscal year in which the cost falls) -> money
    start: int = 0
    since: int = 0
    ordered: tuple[Ordered, ...] | None = None  # None: not noted
    paid: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (line, period) in its Orders -> share
    lead_times: Mapping[str, int] = field(default_factory=dict)
    advances: Mapping[str, float] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)

    def orders(self, now: int, instance: PlanningInstance) -> Iterator[Ordered]:
        """Everything ordered since period `since` and before `now`, but for what the workbook's own Orders says.

        A plan has ordered what it completes within a lead time from `now`; what it completes before its own first order
        can be stood in its Orders. A line without a lead time has no orders.
        """
        yield from self.ordered or ()
        for (name, period), units in self.production.items():
            line = instance.lines.get(name)
            if line is None or units <= 0:
                continue
            lead = self.lead_times.get(name, line.order_lead_time)
            if lead and self.start + lead <= period < now + lead:
                yield Ordered(name, period, units, self.advances.get(name, line.advance))
            elif self.ordered is None and self.since <= period < self.start + lead:
                again = line.orders.get(period)
                share = self.paid.get((name, period), line.advance if again is None else again.paid)
                yield Ordered(name, period, units, share, by_plan=False)


def last_plan(run: SavedRun, horizon: Horizon, made_from: PlanningInstance | None = None) -> LastPlan:
    """Read the last plan, `made_from` that instance where it is still to be had.

    Raises UsageError where its calendar is another, or its tables are damaged.
    """
    _require_whole(run)
    shift = shift_of(run, horizon)
    shipments, investments = run.tables["shipments"], run.tables["investments"]
    sent: dict[tuple[str, str, str, int], float] = defaultdict(float)
    bought: dict[tuple[str, int], float] = defaultdict(float)
    for route, origin, item, period, quantity in _columns(shipments, "route", "origin", "item", "period", "quantity"):
        sent[route, origin, item, int(period) - 1 + shift] += quantity
    for expansion, period, quantity in _columns(investments, "expansion", "period", "quantity"):
        bought[expansion, int(period) - 1 + shift] += quantity
    made, paid = production_of(run.tables["production"], shift), payments_of(run.tables["payments"])
    lines = {} if made_from is None else made_from.lines
    since, ordered = kept_orders(run, horizon) or (max(shift, 0), None)
    return LastPlan(
        made,
        sent,
        bought,
        paid,
        shift,
        since,
        ordered,
        {(name, period + shift): order.paid for name, line in lines.items() for period, order in line.orders.items()},
        {name: line.order_lead_time for name, line in lines.items()},
        {name: line.advance for name, line in lines.items()},
        {name: line.item for name, line in lines.items()},
    )


def kept_orders(run: SavedRun, horizon: Horizon) -> tuple[int, tuple[Ordered, ...]] | None:
    """(since, orders) as a re-optimisation from a workbook with this start noted them; None where there are none."""
    noted = run.record.replan
    if noted is None or noted.workbook_start != horizon.start.isoformat():
        return None
    return noted.orders_since - 1, tuple(
        Ordered(order.line, order.due - 1, order.quantity, order.paid, order.by_plan) for order in noted.orders
    )


def production_of(table: pd.DataFrame, shift: int) -> dict[tuple[str, int], float]:
    """What a plan's `production` says, as `LastPlan` tells it;
    `shift` from its first period to that of the workbook.
    """
    quantities: dict[tuple[str, int], float] = defaultdict(float)
    for line, period, quantity in _columns(table, "line", "period", "quantity"):
        quantities[line, int(period) - 1 + shift] += quantity
    return quantities


def payments_of(table: pd.DataFrame) -> dict[tuple[str, str, str, int], float]:
    """What a plan's `payments` say of who pays, as `LastPlan` tells it."""
    amounts: dict[tuple[str, str, str, int], float] = defaultdict(float)
    for fund, contributor, thing, year, amount in _columns(
        table, "fund", "contributor", "object", "cash_year", "amount"
    ):
        amounts[fund, contributor, thing, int(year)] += amount
    return amounts


def _require_whole(run: SavedRun) -> None:
    """The tables that a re-optimisation reads are there, with their columns, and every number is one."""
    for name in READ:
        path = f"{run.folder.name}/tables/{name}.csv"
        if name not in run.tables:
            raise UsageError(f"{path} is missing; expected the whole run folder of the last good plan")
        missing = [column for column in TABLE_COLUMNS[name] if column not in run.tables[name].columns]
        if missing:
            raise UsageError(f"{path} is damaged: it has no column {missing[0]}")
        if "period" in TABLE_COLUMNS[name] and run.tables[name][["period", "quantity"]].isna().to_numpy().any():
            raise UsageError(f"{path} is damaged: it has rows without a period or a quantity")


def _columns(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].tolist() for name in names), strict=True)


def shift_of(run: SavedRun, horizon: Horizon) -> int:
    """Periods from the workbook's start to the last plan's."""
    calendar = run.record.calendar
    if calendar.period_length != horizon.period_length:
        raise UsageError(
            f"{run.folder} was planned by {calendar.period_length}s, the workbook is by {horizon.period_length}s; "
            "a plan can only follow one with periods of the same length"
        )
    start = date.fromisoformat(calendar.start)
    shift = horizon.period_of(start)
    if horizon.first_day(shift) != start:
        raise UsageError(
            f"the periods of {run.folder} begin on other days than the workbook's; expected the same weeks"
        )
    return shift
