"""What the comparison shows of one plan: headline figures, and sums by nation, fund, commitment and year.

Goods are added up by the value that the base gives goods, in every option, so that an option which makes goods cheaper
does not seem to deliver less; aims count what the base wants, so that one which wants less does not seem to miss less.
Where not every item that is wanted has a value, goods are counted in units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.options.revalued import revalued_levels
from planner.plan.plan import Plan
from planner.report.data.money import costs, money_scale
from planner.report.data.service import clean_share, read_service
from planner.tolerances import SAME

FIGURE_COLUMNS = ("figure", "title", "unit", "better", "value")
GOODS = ("wanted", "on_time", "late", "short")
DEMANDS = "demands"  # the unit of what is counted in demands
# The figures that make up the cost of a plan: title, and the result tables that count it.
COSTS = {
    "production": ("Cost of production", ("production",)),
    "transport": ("Cost of transport", ("shipments",)),
    "storage": ("Cost of storage and disposal", ("stocks", "scrap")),
    "investment": ("Investment in capacity", ("investments",)),
}


@dataclass(frozen=True)
class GoodsMeasure:
    """How goods are added up: `unit`, and what a unit of each item counts (None: each counts 1)."""

    unit: str
    worth: Mapping[str, float] | None

    @classmethod
    def of(cls, base: PlanningInstance) -> GoodsMeasure:
        """By value where every item that the base wants has one, else by units."""
        wanted = {demand.item for demand in base.demands}
        values = {name: base.unit_values.get(name) or item.value or 0.0 for name, item in base.items.items()}
        if wanted and all(values[item] > 0 for item in wanted):
            return cls(base.settings.currency, values)
        return cls("units", None)

    def worth_of(self, item: str) -> float:
        """What a unit of the item counts: its value (currency), or 1."""
        return 1.0 if self.worth is None else self.worth.get(item, 0.0)


def summary(plan: Plan, measure: GoodsMeasure, base: PlanningInstance) -> dict[str, pd.DataFrame]:
    """The tables of one plan: headline, nations, funds, commitments, years. Money in the currency of the settings.

    Aims count what `base` wants (see `revalued`); all other figures what the plan's own input wants.
    """
    demands = read_service(plan, money_scale(plan)).demands
    goods = _goods(plan, demands, measure)
    levels = revalued_levels(plan, base)
    return {
        "headline": pd.DataFrame(list(_headline(plan, goods, measure, levels)), columns=list(FIGURE_COLUMNS)),
        "nations": _nations(plan),
        "funds": _funds(plan),
        "commitments": _sums(goods, ["commitment", "year"], GOODS),
        "years": _years(plan, goods),
    }


def _goods(plan: Plan, demands: pd.DataFrame, measure: GoodsMeasure) -> pd.DataFrame:
    """One row a demand: commitment, item, fiscal year in which it is due, and wanted, on_time, late, short in worth."""
    years = np.asarray(plan.instance.horizon.fiscal_years)
    worth = demands["item"].map(measure.worth_of).astype(float)
    made = pd.DataFrame(
        {
            "commitment": demands["commitment"],
            "item": demands["item"],
            "binding": demands["binding"],
            "year": years[demands["due"].to_numpy(dtype=int) - 1] if len(demands) else [],
        }
    )
    for name, column in zip(GOODS, ("quantity", "on_time", "late", "short"), strict=True):
        made[name] = demands[column] * worth
    made["unmet"] = (demands["short"] > SAME * demands["quantity"].clip(lower=1.0)).astype(int)
    return made


def _headline(
    plan: Plan, goods: pd.DataFrame, measure: GoodsMeasure, revalued: Mapping[str, float | None]
) -> Iterator[tuple[str, str, str, str, float | None]]:
    currency = plan.instance.settings.currency
    for level in plan.levels:
        yield level.name, level.title, level.unit, "less", revalued.get(level.name, level.value)
    wanted, binding = goods["wanted"].sum(), goods[goods["binding"]]
    delivered = goods["on_time"].sum() + goods["late"].sum()
    worth = "Value of goods" if measure.worth is not None else "Goods"
    yield "wanted", f"{worth} wanted", measure.unit, "", float(wanted)
    yield "delivered", f"{worth} delivered", measure.unit, "more", float(delivered)
    yield "fill_rate", "Fill rate", "share", "more", _share(wanted, goods["short"].sum())
    if len(binding) and len(binding) < len(goods):
        rate = _share(binding["wanted"].sum(), binding["short"].sum())
        yield "binding_fill_rate", "Fill rate of binding demand", "share", "more", rate
    yield "on_time_rate", "Delivered in time", "share", "more", _share(wanted, wanted - goods["on_time"].sum())
    yield "unmet", "Demands not met in full", DEMANDS, "less", float(goods["unmet"].sum())
    yield from coverage_figures(plan.tables, measure)
    sums = costs(plan).groupby("table")["amount"].sum()
    for name, (title, tables) in COSTS.items():
        yield name, title, currency, "less", float(sums.reindex(list(tables)).sum())
    if plan.instance.money_is_limited:
        yield "paid", "Money paid", currency, "less", float(plan.tables["payments"]["amount"].sum())


def coverage_figures(
    tables: Mapping[str, pd.DataFrame], measure: GoodsMeasure
) -> Iterator[tuple[str, str, str, str, float | None]]:
    """What is needed if attacked, and the share that is covered, rows of FIGURE_COLUMNS: in a mean over the cases by
    their weight, and the least.

    Of cases that need something. The means are None where the weights of these are all 0.
    """
    case = ["contingency", "strike"]
    if not len(tables["cases"]):
        return
    weights = tables["cases"].set_index(case)["weight"]
    table = tables["coverage"]
    worth = table["item"].map(measure.worth_of).astype(float)
    sums = pd.DataFrame({"wanted": table["wanted"] * worth, "covered": table["covered"] * worth})
    sums = sums.groupby([table[name] for name in case]).sum()
    needing = sums[sums["wanted"] > 0]
    weight = weights.reindex(needing.index).astype(float)
    shares = [_share(wanted, wanted - covered) or 0.0 for wanted, covered in needing.itertuples(index=False)]
    total = float(weight.sum())
    needed = float((weight * needing["wanted"]).sum()) / total if total > 0 else None
    expected = clean_share(float((weight * shares).sum()) / total) if total > 0 else None
    yield "needed_if_attacked", "Needed if attacked, on average", measure.unit, "", needed
    yield "expected_coverage", "Covered if attacked, on average", "share", "more", expected
    yield "least_coverage", "Covered if attacked, in the worst case", "share", "more", min(shares, default=None)


def _share(wanted: float, missing: float) -> float | None:
    return clean_share(1 - float(missing) / float(wanted)) if wanted > 0 else None


def _sums(table: pd.DataFrame, keys: list[str], measures: tuple[str, ...] | list[str]) -> pd.DataFrame:
    return table.groupby(keys, sort=True, dropna=False)[list(measures)].sum().reset_index()


def _nations(plan: Plan) -> pd.DataFrame:
    table = plan.tables["nations"]
    return _sums(table, ["nation", "year"], ["contributed", "produced", "received", "balance"])


def _funds(plan: Plan) -> pd.DataFrame:
    """What each contributor of a fund has in a year (its Budgets row of that year; what earlier years left is there in
    the first) and what is paid of it.
    """
    horizon = plan.instance.horizon
    rows = [
        (fund.name, budget.contributor, max(budget.year, horizon.years[0]), budget.amount, 0.0)
        for fund in plan.instance.funds.values()
        for budget in fund.usable_within(horizon)
    ]
    payments = plan.tables["payments"]
    paid = payments[["fund", "contributor", "year", "amount"]].rename(columns={"amount": "paid"}).assign(available=0.0)
    columns = ["fund", "contributor", "year", "available", "paid"]
    both = pd.concat(
        [frame for frame in (pd.DataFrame(rows, columns=columns), paid[columns]) if len(frame)] or [paid[columns]]
    )
    return _sums(both.astype({"year": int}), ["fund", "contributor", "year"], ["available", "paid"])


def _years(plan: Plan, goods: pd.DataFrame) -> pd.DataFrame:
    """Goods by the fiscal year in which they are due; costs by that in which they fall; payments as funds count
    them.
    """
    made = pd.DataFrame({"year": list(plan.instance.horizon.years)}).set_index("year")
    for name, values in goods.groupby("year")[list(GOODS)].sum().items():
        made[str(name)] = values
    costs_of = costs(plan)
    for table in (table for _, tables in COSTS.values() for table in tables):
        made[f"{table}_cost"] = costs_of[costs_of["table"] == table].groupby("year")["amount"].sum()
    payments = plan.tables["payments"]
    made["paid"] = payments.groupby("year")["amount"].sum() if len(payments) else 0.0
    return made.fillna(0.0).reset_index()
