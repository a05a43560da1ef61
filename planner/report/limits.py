"""What is binding and what it is worth: the prices of the plan, gathered and put into words.

A price says by how much the objective of its level would improve per further unit of a limit. Prices of one
limit in many periods are gathered into one `Limit`; its `rent` is Σ price × limit, by which limits of different
kinds (euros, tonnes, units) can be ranked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.catalogue import Catalogue
from planner.domain.instance import Fund, PlanningInstance, Profile
from planner.report.contributor_limits import FAMILY, UsedUp, used_up
from planner.report.ledger import nation_label
from planner.report.limit_words import BY_YEAR, GAINS, GROUP_OF, OF_MONEY, RATES, STEPS
from planner.report.money import fund_limit
from planner.report.numbers import Money, compact, listing, plural
from planner.solve.plan import Plan

Row = npt.NDArray[np.float64]
MOST_CONTRIBUTORS = 6  # named of one fund


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that is used up, at one level of the objective."""

    level: str
    family: str
    group: str
    object: str
    item: str
    price: float  # the highest, per unit of the limit
    when: str  # the period or year of the highest price
    span: str  # all periods in which it binds
    rent: float
    title: str
    sentence: str


def limit_prices(plan: Plan) -> pd.DataFrame:
    """The rows of the prices table that belong to limits and matter, with `group` and text columns filled."""
    table = plan.tables["prices"]
    kept = table[table["family"].isin(list(GROUP_OF)) & (table["price"] > 1e-9)]
    group = kept["family"].map(GROUP_OF)
    return kept.assign(group=group, item=kept["item"].fillna(""), object=kept["object"].fillna("").astype(str))


def read_limits(plan: Plan, prices: pd.DataFrame, catalogue: Catalogue, money: Money) -> list[Limit]:
    """All limits with a price, in the order of the levels, then by rent."""
    if not len(prices):
        return []
    writer = _Writer(plan.instance, catalogue, money)
    others = prices[prices["family"] != FAMILY]
    limits = [writer.limit(*key, price, periods) for key, price, periods in _by_limit(others)]
    limits += [writer.contributors(found) for found in used_up(prices, plan.instance)]
    order = {level.name: place for place, level in enumerate(catalogue.levels)}
    return sorted(limits, key=lambda limit: (order.get(limit.level, 99), -limit.rent, -limit.price))


def _by_limit(prices: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str, str], Row, Row]]:
    """(level, family, object, item) with the prices and periods of its rows; plain arrays, as there may be many."""
    keys = [prices[name].astype(str).tolist() for name in ("level", "family", "object", "item")]
    rows: dict[tuple[str, str, str, str], list[int]] = {}
    for place, key in enumerate(zip(*keys, strict=True)):
        rows.setdefault(key, []).append(place)
    price = prices["price"].to_numpy(dtype=float)
    periods = pd.to_numeric(prices["period"], errors="coerce").to_numpy(dtype=float)
    for key, places in rows.items():
        yield key, price[places], periods[places]


@dataclass(frozen=True, slots=True)
class _Writer:
    instance: PlanningInstance
    catalogue: Catalogue
    money: Money

    def limit(self, level: str, family: str, name: str, item: str, price: Row, periods: Row) -> Limit:
        best = int(np.argmax(price))
        known = periods[np.isfinite(periods)]
        when = self.when(family, periods[best])
        rent = float(np.nansum(price * self._amounts(family, name, item, periods)))
        title = self.catalogue.constraints[family].title
        return Limit(
            level=level,
            family=family,
            group=GROUP_OF[family],
            object=name,
            item=item,
            price=float(price[best]),
            when=when,
            span=self._span(family, known),
            rent=rent,
            title=title,
            sentence=self._sentence(level, family, name, item, float(price[best]), when),
        )

    def contributors(self, found: UsedUp) -> Limit:
        """All contributors of a fund whose money is used up, as one limit; at the one where more would bring most."""
        best = max(found.rows.to_dict("records"), key=lambda row: float(row["price"]))
        price, fund = float(best["price"]), found.fund.name
        when = self.when(FAMILY, float(best["period"]))
        totals = found.totals
        named = [f"{nation_label(self.instance, name)} {self.money.text(amount)}" for name, amount in totals.items()]
        had = listing(named, MOST_CONTRIBUTORS)
        together = f", together {self.money.text(sum(totals.values()))}" if len(totals) > 1 else ""
        asked = self._sentence(
            found.level, FAMILY, f"{nation_label(self.instance, best['contributor'])} in {fund}", "", price, when
        )
        return Limit(
            level=found.level,
            family=FAMILY,
            group=GROUP_OF[FAMILY],
            object=fund,
            item="",
            price=price,
            when=when,
            span=self._span(FAMILY, found.rows["period"].to_numpy(dtype=float)),
            rent=found.rent,
            title=self.catalogue.constraints[FAMILY].title,
            sentence=f"{asked} Used up: {had}{together}.",
        )

    def _title(self, item: str) -> str:
        known = self.instance.items.get(item)
        return known.title or item if known else item

    def when(self, family: str, period: float) -> str:
        """A period as people write it; limits of money are by fiscal year."""
        if not isfinite(period):
            return ""
        horizon = self.instance.horizon
        if period > horizon.periods and 1900 <= period < 3000:
            return str(int(period))
        place = min(max(int(period) - 1, 0), horizon.periods - 1)
        return str(horizon.fiscal_years[place]) if family in BY_YEAR else horizon.label(place)

    def _span(self, family: str, periods: Row) -> str:
        if not len(periods):
            return "whole horizon"
        known = np.unique(periods)
        first, last = self.when(family, known[0]), self.when(family, known[-1])
        if first == last:
            return first
        count = "" if family in BY_YEAR else f" ({plural(len(known), self.instance.horizon.period_length)})"
        return f"{first} to {last}{count}"

    def _sentence(self, level: str, family: str, name: str, item: str, price: float, when: str) -> str:
        of_money = family in OF_MONEY
        factor = self.money.factor if of_money else 1.0
        amount = self.money.text(price * factor) if level in GAINS and level not in RATES else compact(price * factor)
        gain = GAINS.get(level, "improve the objective by {amount}").format(amount=amount)
        unit = self.instance.items[item].unit if item in self.instance.items else "unit"
        step = STEPS[family].format(step=self.money.step, unit=unit)
        goods = f" for {self._title(item)}" if item and not of_money else ""
        less = " less " in step
        return f"{'One' if less else 'One more'} {step} {name}{goods}{f' in {when}' if when else ''} would {gain}."

    def _amounts(self, family: str, name: str, item: str, periods: Row) -> Row:
        """The size of the limit in each of `periods`; 0 where it is not known (then it does not count in ranks)."""
        instance = self.instance
        if GROUP_OF[family] == "partners":
            return np.zeros(len(periods))
        if GROUP_OF[family] == "money":
            fund = fund_of(instance, name)
            if fund is None:
                return np.zeros(len(periods))
            if family != "fund_limit":
                return np.full(len(periods), fund.ceiling if isfinite(fund.ceiling) else fund_limit(fund, instance))
            places = np.clip(np.nan_to_num(periods, nan=instance.horizon.periods).astype(int), 1, None) - 1
            return np.array([fund_limit(fund, instance, int(place)) for place in places])
        profile = _profile(instance, family, name, item)
        if not len(profile):
            return np.zeros(len(periods))
        places = np.clip(np.nan_to_num(periods, nan=1.0).astype(int) - 1, 0, len(profile) - 1)
        sizes = np.asarray(profile, dtype=float)[places]
        return np.where(np.isfinite(sizes), sizes, 0.0)


def fund_of(instance: PlanningInstance, name: str) -> Fund | None:
    """The fund that a price's object names, alone or with something after it (`SAFE / PL`)."""
    if name in instance.funds:
        return instance.funds[name]
    starts = [fund for fund in instance.funds if name.startswith(fund)]
    return instance.funds[max(starts, key=len)] if starts else None


def _profile(instance: PlanningInstance, family: str, name: str, item: str) -> Profile:
    if family in ("line_capacity", "ramp", "minimum_rate") and name in instance.lines:
        line = instance.lines[name]
        return {"line_capacity": line.capacity, "ramp": (line.ramp,)}.get(family, (line.min_rate,))
    if family == "resource_capacity" and name in instance.resources:
        return instance.resources[name].capacity
    if family == "expansion_limit" and name in instance.expansions:
        return (instance.expansions[name].limit,)
    if family.startswith("route_"):
        return _route_profile(instance, family, name, item)
    if name not in instance.nodes:
        return ()
    node = instance.nodes[name]
    special = instance.node_items.get((item, name))
    return {
        "throughput": (node.throughput_t,),
        "storage_weight": node.storage_t,
        "storage_volume": (node.storage_m3,),
        "storage_explosive": (node.storage_neq_kg,),
        "storage_item": (special.storage or 0.0,) if special else (),
    }.get(family, ())


def _route_profile(instance: PlanningInstance, family: str, name: str, item: str) -> Profile:
    leg = instance.legs.get(name) or next((leg for leg in instance.legs.values() if leg.route == name), None)
    if leg is None:
        return ()
    if family == "route_item_capacity":
        special = instance.route_items.get((item, leg.route))
        return (special.capacity,) if special else ()
    return leg.capacity_t if family == "route_capacity" else (leg.capacity_m3,)


def marginal_costs(plan: Plan) -> pd.DataFrame:
    """What one more unit of each item would cost: lowest and highest price of its demand at the cost level.

    Columns item, low, high, demands; empty where the plan has no such prices.
    """
    table = plan.tables["prices"]
    rows = table[
        (table["family"] == "demand_balance") & table["level"].isin(["cost", "weighted"]) & (table["price"] > 0)
    ]
    if not len(rows):
        return pd.DataFrame(columns=["item", "low", "high", "demands"])
    price = rows.groupby("item", sort=False)["price"]
    found = pd.DataFrame({"low": price.min(), "high": price.max(), "demands": price.count()})
    return found.rename_axis("item").reset_index().sort_values("high", ascending=False, kind="stable")
