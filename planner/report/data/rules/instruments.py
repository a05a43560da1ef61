"""What the rules of the funds came to: tiers, beneficiaries, commitments counted at order, common procurement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from planner.domain.titles import title_of
from planner.plan.plan import Plan
from planner.report.data.rules.taking_part import taking_part
from planner.report.data.rules.tiers import tier_view
from planner.report.pages.views import View, ViewColumn, coded
from planner.report.words.numbers import listing, share
from planner.tolerances import SAME


def instrument_views(plan: Plan, kind: str) -> tuple[View, ...]:
    """Those that have something to show; `kind` is LP or MILP."""
    views = (tier_view(plan), _beneficiaries(plan), _commitments(plan), _common_procurement(plan, kind))
    return tuple(view for view in views if view.rows)


_BENEFICIARY_COLUMNS = (
    ViewColumn("Item"),
    ViewColumn("Nation"),
    ViewColumn("Unit"),
    ViewColumn("Paid for", "quantity"),
    ViewColumn("Reaches it", "quantity"),
    ViewColumn("Funds"),
    ViewColumn("State", "flag"),
)


def _beneficiaries(plan: Plan) -> View:
    """Units paid on behalf of a nation beside what reaches it, by item and nation."""
    instance, table = plan.instance, plan.tables["allocations"]
    reached = _reached(plan)
    rows = []
    for names, part in table.groupby(["item", "nation"], sort=False) if len(table) else ():
        item, nation = map(str, names)
        by_fund = part.groupby("fund")["quantity"].sum().sort_values(ascending=False)
        paid_for, there = float(by_fund.sum()), reached.get((item, nation), 0.0)
        funds = [f"{fund} {share(float(units) / paid_for)}" for fund, units in by_fund.items()]
        state = "all that reaches it" if paid_for >= there * (1 - SAME) else ""
        known = instance.items[item]
        unit = "units" if known.unit == "unit" else known.unit
        rows.append(
            (
                title_of(instance.items, item),
                title_of(instance.nations, nation),
                unit,
                paid_for,
                there,
                listing([title_of(instance.funds, fund) for fund in funds]),
                state,
            )
        )
    return View(
        "beneficiaries",
        "Beneficiaries: units paid on behalf of a nation",
        "A fund that names beneficiaries pays only for what is delivered to them or held at their places at the end. "
        "Paid for: units allocated to the nation, over all such funds. Reaches it: deliveries and closing stock.",
        _BENEFICIARY_COLUMNS,
        sorted(rows, key=lambda row: not row[-1]),
        20,
    )


def _reached(plan: Plan) -> dict[tuple[str, str], float]:
    """(item, nation) -> units delivered to the nation's nodes or held there at the end."""
    instance = plan.instance
    reached: dict[tuple[str, str], float] = defaultdict(float)
    deliveries, stocks = plan.tables["deliveries"], plan.tables["stocks"]
    closing = stocks[stocks["period"] == instance.horizon.periods] if len(stocks) else stocks
    for table, place in ((deliveries, "destination"), (closing, "node")):
        for node, item, quantity in _columns(table, place, "item", "quantity"):
            nation = instance.nation_of(node)
            if nation:
                reached[item, nation] += quantity
    return reached


def _commitments(plan: Plan) -> View:
    """Of funds that count orders: money by the year in which it is counted and the year in which it is paid out."""
    funds = [name for name, fund in plan.instance.funds.items() if fund.basis == "commitment"]
    payments = plan.tables["payments"]
    counted = payments[payments["fund"].isin(funds)]
    years = plan.instance.horizon.years
    rows = []
    for (fund, year), part in counted.groupby(["fund", "year"], sort=True) if len(counted) else ():
        by_cash = part.groupby("cash_year")["amount"].sum()
        rows.append(
            (
                coded(plan.instance.funds, str(fund)),
                str(year),
                float(by_cash.sum()),
                *(float(by_cash.get(y, 0.0)) for y in years),
            )
        )
    return View(
        "commitments at order",
        "Funds that count commitments",
        "Such a fund counts the whole cost of an order in the fiscal year of the order; cash leaves in the year in "
        "which the cost falls.",
        (
            ViewColumn("Fund"),
            ViewColumn("Counted in", "year"),
            ViewColumn("Counted", "money"),
            *(ViewColumn(f"Cash in {year}", "money") for year in years),
        ),
        rows,
    )


_PARTICIPATION_COLUMNS = (
    ViewColumn("Fund"),
    ViewColumn("Nations required", "count"),
    ViewColumn("Taking part", "count"),
    ViewColumn("Least part", "share"),
    ViewColumn("Who"),
    ViewColumn("Rule"),
    ViewColumn("State", "flag"),
)


def _common_procurement(plan: Plan, kind: str) -> View:
    """Which nations take part in the funds that ask for several."""
    rows = []
    for participation in taking_part(plan):
        fund, taking = participation.fund, participation.nations
        names = [
            f"{title_of(plan.instance.nations, nation)} {share(paid / participation.paid)}"
            for nation, paid in taking.items()
        ]
        rule = "enforced" if fund.min_nations_enforced else "checked only"
        state = "too few" if participation.too_few else "" if participation.paid else "pays nothing"
        rows.append(
            (
                coded(plan.instance.funds, fund.name),
                fund.min_nations,
                len(taking),
                fund.part_min,
                listing(names, 8),
                rule,
                state,
            )
        )
    chosen = (
        "Who takes part was chosen by whole-number decisions: this plan is a mixed-integer program (MILP), and its "
        "prices hold with that choice."
        if kind == "MILP"
        else "This plan is a linear program (LP): no whole-number decision was needed."
    )
    return View(
        "common procurement",
        "Common procurement: how many nations take part",
        "A nation takes part where it pays at least the named part of what the fund pays. " + chosen,
        _PARTICIPATION_COLUMNS,
        rows,
    )


def _columns(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].tolist() for name in names), strict=True)
