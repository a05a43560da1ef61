"""If the attack is renewed: how much of what is then needed arrives, of what, and from whose stocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.plan.plan import Plan
from planner.report.pages.views import View, ViewColumn
from planner.report.words.numbers import Money, share

MOST_SENTENCES = 6


@dataclass(frozen=True, slots=True)
class Guarantees:
    """What the plan's answers come to; empty where the input has no case."""

    sentences: tuple[str, ...] = ()
    views: tuple[View, ...] = ()


def read_guarantees(plan: Plan, money: Money) -> Guarantees:
    """A sentence for each case, the worst covered first, and tables of cases, items and stocks."""
    cases, draws = plan.tables["cases"], plan.tables["draws"]
    if not len(cases):
        return Guarantees()
    told = [_sentence(plan.instance, row, draws, money) for row in _worst_first(cases)]
    views = (_cases(plan.instance, cases), _items(plan, plan.tables["coverage"]), _stocks(plan.instance, draws))
    return Guarantees(tuple(told[:MOST_SENTENCES]), tuple(view for view in views if view.rows))


def _worst_first(cases: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(row) for row in cases.sort_values("coverage", kind="stable").to_dict("records")]  # type: ignore[arg-type]


def _sentence(instance: PlanningInstance, row: dict[str, Any], draws: pd.DataFrame, money: Money) -> str:
    title = _title(instance, row["contingency"])
    covered = f"{share(row['coverage'])} of what is needed, by value, arrives in time"
    told = f"{title}, striking in {instance.horizon.label(int(row['strike']) - 1)}: {covered}"
    if row["lack"] > 0:
        told += f"; {money.text(row['lack'])} of what is promised is missed"
    given = _given(instance, draws[(draws["contingency"] == row["contingency"]) & (draws["strike"] == row["strike"])])
    if len(given):
        nation = str(given.index[0])
        name = instance.nations[nation].title if nation in instance.nations else ""
        part = share(given.iloc[0] / given.sum())
        told += f". Of what comes from stocks and from goods under way, by value, {part} is in {name or nation}"
    return f"{told}."


def _given(instance: PlanningInstance, draws: pd.DataFrame) -> pd.Series[float]:
    """Value that the stocks and arrivals of each nation's nodes give, the largest first."""
    value = draws["used"] * draws["item"].map(instance.unit_values).astype(float).fillna(0.0)
    by_nation = value.groupby(draws["nation"]).sum().sort_values(ascending=False, kind="stable")
    return by_nation[by_nation > 0]


def _title(instance: PlanningInstance, contingency: str) -> str:
    return instance.contingencies[contingency].title or contingency


def _label(instance: PlanningInstance, period: Any) -> str:
    return instance.horizon.label(int(period) - 1)


def _cases(instance: PlanningInstance, cases: pd.DataFrame) -> View:
    rows = [
        (
            _title(instance, row["contingency"]),
            _label(instance, row["strike"]),
            f"{_label(instance, row['begins'])} to {_label(instance, row['ends'])}",
            None if instance.contingencies[row["contingency"]].probability is None else row["weight"],
            row["coverage"],
            row["promised"],
            row["lack"],
            row["cost"],
        )
        for row in cases.to_dict("records")
    ]
    return View(
        "cases",
        "Cases and how they are answered",
        "Each case is answered by itself, from the stocks, orders and capacity of this plan. Covered and promised are shares of "
        "the need by value; the promise is counted for each item.",
        (
            ViewColumn("Contingency"),
            ViewColumn("Strikes in"),
            ViewColumn("Answered in"),
            ViewColumn("Probability", "share", note="That it strikes then; none: it must hold"),
            ViewColumn("Covered", "share"),
            ViewColumn("Promised", "share"),
            ViewColumn("Promise missed", "money"),
            ViewColumn("Cost of the response", "money"),
        ),
        rows,
    )


def _items(plan: Plan, coverage: pd.DataFrame) -> View:
    instance = plan.instance
    key = ["contingency", "strike", "domain", "item"]
    sums = coverage.groupby(key, sort=False, dropna=False)[["wanted", "covered"]].sum().reset_index()
    rows = [
        (
            _title(instance, row["contingency"]),
            _label(instance, row["strike"]),
            "" if pd.isna(row["domain"]) else row["domain"],
            instance.items[row["item"]].title or row["item"],
            row["wanted"],
            row["covered"],
            instance.items[row["item"]].unit,
            row["covered"] / row["wanted"] if row["wanted"] > 0 else None,
        )
        for row in sums.to_dict("records")
    ]
    return View(
        "coverage by item",
        "Wanted and covered, by item",
        "Over the whole response and all destinations: the surge and the plan's own demand that stands beside it.",
        (
            ViewColumn("Contingency"),
            ViewColumn("Strikes in"),
            ViewColumn("Domain"),
            ViewColumn("Item"),
            ViewColumn("Wanted", "quantity"),
            ViewColumn("Covered", "quantity"),
            ViewColumn("Unit"),
            ViewColumn("Share", "share"),
        ),
        rows,
    )


def _stocks(instance: PlanningInstance, draws: pd.DataFrame) -> View:
    return View(
        "stocks that answer",
        "Whose stocks answer, and what lies unused",
        "What lies at each node when the response begins and what is under way to it; what the attack destroys of it, what is used, "
        "and what is left.",
        (
            ViewColumn("Contingency"),
            ViewColumn("Strikes in"),
            ViewColumn("Node"),
            ViewColumn("Nation"),
            ViewColumn("Item"),
            *(ViewColumn(name, "quantity") for name in ("At the beginning", "Under way", "Lost", "Used", "Left")),
        ),
        list(_stock_rows(instance, draws)),
    )


def _stock_rows(instance: PlanningInstance, draws: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for row in draws.to_dict("records"):
        nation = "" if pd.isna(row["nation"]) else row["nation"]
        item = instance.items[row["item"]].title or row["item"]
        amounts = (row[name] for name in ("at_begin", "under_way", "lost", "used", "left"))
        yield (
            _title(instance, row["contingency"]),
            _label(instance, row["strike"]),
            row["node"],
            nation,
            item,
            *amounts,
        )
