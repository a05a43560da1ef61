"""The last good plan, in the periods of the new workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from planner.domain.horizon import Horizon
from planner.errors import UsageError
from planner.run.load import SavedRun
from planner.solve.plan import TABLE_COLUMNS

READ = ("production", "shipments", "investments", "deliveries", "stocks", "scrap", "shortfalls", "payments")


@dataclass(frozen=True)
class LastPlan:
    """Quantities of the last plan, by 0-based period of the new workbook (negative: before it)."""

    production: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (line, period)
    shipments: Mapping[tuple[str, str, str, int], float] = field(default_factory=dict)  # (route, origin, item, period)
    investments: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (expansion, period)
    payments: Mapping[tuple[str, str, str, int], float] = field(
        default_factory=dict
    )  # (fund, contributor, object, fiscal year in which the cost falls) -> money


def last_plan(run: SavedRun, horizon: Horizon) -> LastPlan:
    """Read the last plan; raises UsageError where its calendar is another, or its tables are damaged."""
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
    return LastPlan(made, sent, bought, paid)


def production_of(table: pd.DataFrame, shift: int) -> dict[tuple[str, int], float]:
    """What a plan's `production` says, as `LastPlan` tells it; `shift` from its first period to that of the workbook."""
    found: dict[tuple[str, int], float] = defaultdict(float)
    for line, period, quantity in _columns(table, "line", "period", "quantity"):
        found[line, int(period) - 1 + shift] += quantity
    return found


def payments_of(table: pd.DataFrame) -> dict[tuple[str, str, str, int], float]:
    """What a plan's `payments` say of who pays, as `LastPlan` tells it."""
    found: dict[tuple[str, str, str, int], float] = defaultdict(float)
    for fund, contributor, thing, year, amount in _columns(
        table, "fund", "contributor", "object", "cash_year", "amount"
    ):
        found[fund, contributor, thing, int(year)] += amount
    return found


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
    calendar = run.record["calendar"]
    if calendar["period_length"] != horizon.period_length:
        raise UsageError(
            f"{run.folder} was planned by {calendar['period_length']}s, the workbook is by {horizon.period_length}s; "
            "a plan can only follow one with periods of the same length"
        )
    start = date.fromisoformat(calendar["start"])
    shift = horizon.period_of(start)
    if horizon.first_day(shift) != start:
        raise UsageError(
            f"the periods of {run.folder} begin on other days than the workbook's; expected the same weeks"
        )
    return shift
