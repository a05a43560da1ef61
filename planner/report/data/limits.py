"""What is binding and what it is worth: the prices of the plan, gathered and put into words.

A price says by how much the objective of its level would improve per further unit of a limit, and get worse per unit
less. Prices of one limit in many periods are gathered into one `Limit`; its `rent` is Σ what a unit is worth × limit,
by which limits of different kinds (euros, tonnes, units) can be ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
import numpy.typing as npt
import pandas as pd

from planner.catalogue import Catalogue
from planner.domain.instance import Fund, PlanningInstance
from planner.domain.titles import object_title, titles_of_limit
from planner.formulation.families import FAMILIES
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.money.funding import FUND_LIMIT
from planner.plan.plan import Plan
from planner.report.data.contributor_limits import FAMILY, UsedUp, used_up
from planner.report.data.money import fund_limit, fund_money
from planner.report.data.worth import LimitWorth, worth
from planner.report.words.limit_words import GAINS, GROUP_OF, LOSSES, RATES
from planner.report.words.names import with_code
from planner.report.words.numbers import PIECES, Money, compact, listing, plural
from planner.tolerances import NOISE, close

Floats = npt.NDArray[np.float64]
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
    """The rows of the prices table that belong to limits and matter, with `group`, `worth` (see `LimitWorth`) and
    `weight` columns, and text columns filled.
    """
    table = plan.tables["prices"]
    known = table[table["family"].isin(list(GROUP_OF))]
    worths = [worth(str(row["family"]), row) for row in known.to_dict("records")]
    known = known.assign(
        group=known["family"].map(GROUP_OF),
        item=known["item"].fillna(""),
        object=known["object"].fillna("").astype(str),
        worth=pd.Series(worths, index=known.index, dtype=object),
        weight=[one.weight for one in worths],
        price=[one.gain for one in worths],
    )
    return known[np.array([one.matters for one in worths], dtype=bool)]


def read_limits(plan: Plan, prices: pd.DataFrame, catalogue: Catalogue, money: Money) -> list[Limit]:
    """All limits with a price, in the order of the levels, then by rent."""
    if not len(prices):
        return []
    writer = _Writer(plan.instance, catalogue, money)
    others = prices[prices["family"] != FAMILY]
    limits = [writer.limit(*key, worths, periods) for key, worths, periods in _by_limit(others)]
    limits += [writer.contributors(used) for used in used_up(prices, plan.instance)]
    order = {level.name: index for index, level in enumerate(catalogue.levels)}
    return sorted(limits, key=lambda limit: (order.get(limit.level, 99), -limit.rent, -limit.price))


def _by_limit(prices: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str, str], list[LimitWorth], Floats]]:
    """(level, family, object, item) with the worths and periods of its rows; plain arrays, as there may be many."""
    keys = [prices[name].astype(str).tolist() for name in ("level", "family", "object", "item")]
    rows: dict[tuple[str, str, str, str], list[int]] = {}
    for place, key in enumerate(zip(*keys, strict=True)):
        rows.setdefault(key, []).append(place)
    worths = prices["worth"].tolist()
    periods = pd.to_numeric(prices["period"], errors="coerce").to_numpy(dtype=float)
    for key, places in rows.items():
        yield key, [worths[place] for place in places], periods[places]


def best_of(worths: Sequence[LimitWorth]) -> int:
    """Where giving way brings most; where it brings nothing anywhere, where tightening costs most.

    Confirmed before others.
    """
    order = [(one.gain, one.loss or 0.0, one.confirmed) for one in worths]
    return order.index(max(order))


@dataclass(frozen=True, slots=True)
class _Writer:
    instance: PlanningInstance
    catalogue: Catalogue
    money: Money

    def limit(self, level: str, family: str, name: str, item: str, worths: list[LimitWorth], periods: Floats) -> Limit:
        best = best_of(worths)
        weights = np.array([one.weight for one in worths])
        known = periods[np.isfinite(periods)]
        when = self.when(family, periods[best])
        rent = float(np.nansum(weights * self._amounts(family, name, item, periods)))
        title = self.catalogue.constraints[family].title
        return Limit(
            level=level,
            family=family,
            group=GROUP_OF[family],
            object=name,
            item=item,
            price=worths[best].gain,
            when=when,
            span=self._span(family, known),
            rent=rent,
            title=title,
            sentence=self._sentence(level, family, name, item, worths[best], when),
        )

    def contributors(self, used: UsedUp) -> Limit:
        """All contributors of a fund whose money is used up, as one limit; at the one where more would bring most."""
        rows = used.rows.to_dict("records")
        best = rows[best_of([row["worth"] for row in rows])]
        fund = used.fund.name
        when = self.when(FAMILY, float(best["period"]))
        totals = used.totals
        named = [
            f"{with_code(self.instance.nations, name)} {self.money.text(amount)}" for name, amount in totals.items()
        ]
        had = listing(named, MOST_CONTRIBUTORS)
        together = f", together {self.money.text(sum(totals.values()))}" if len(totals) > 1 else ""
        sentence = self._sentence(
            used.level,
            FAMILY,
            f"{with_code(self.instance.nations, best['contributor'])} in {object_title(self.instance, fund)}",
            "",
            best["worth"],
            when,
        )
        return Limit(
            level=used.level,
            family=FAMILY,
            group=GROUP_OF[FAMILY],
            object=fund,
            item="",
            price=best["worth"].gain,
            when=when,
            span=self._span(FAMILY, used.rows["period"].to_numpy(dtype=float)),
            rent=used.rent,
            title=self.catalogue.constraints[FAMILY].title,
            sentence=f"{sentence} Used up: {had}{together}.",
        )

    def when(self, family: str, period: float) -> str:
        """A period as people write it; limits of money are by fiscal year."""
        if not isfinite(period):
            return ""
        horizon = self.instance.horizon
        if period > horizon.periods and 1900 <= period < 3000:
            return str(int(period))
        index = min(max(int(period) - 1, 0), horizon.periods - 1)
        return str(horizon.fiscal_years[index]) if FAMILIES[family].words.by_year else horizon.label(index)

    def _span(self, family: str, periods: Floats) -> str:
        if not len(periods):
            return "whole horizon"
        known = np.unique(periods)
        first, last = self.when(family, known[0]), self.when(family, known[-1])
        if first == last:
            return first
        if FAMILIES[family].words.by_year:
            return f"{first} to {last}"
        periods_between = plural(int(known[-1] - known[0]) + 1, self.instance.horizon.period_length)
        full = "" if len(known) == known[-1] - known[0] + 1 else f"{len(known)} of "
        return f"{first} to {last} ({full}{periods_between})"

    def _sentence(self, level: str, family: str, name: str, item: str, value: LimitWorth, when: str) -> str:
        """What giving way by one unit would bring, and, where that is not the same,
        what tightening by one would cost.
        """
        counted = self.instance.items[item].unit if item in self.instance.items else ""
        unit = "unit" if counted in PIECES else f"unit ({counted})"
        step = FAMILIES[family].words.step.format(step=self.money.step, unit=unit)
        title, *named = titles_of_limit(self.instance, name, item)
        goods = f" for {named[0]}" if named and FAMILIES[family].unit != "money" else ""
        less = " less " in step
        before, _, kind = step.rpartition(" ")
        step = before if kind in title.lower().split() else step  # `on rounds line`, not `on line rounds line`
        what = f"{'One' if less else 'One more'} {step} {title}{goods}{f' in {when}' if when else ''}"
        other = "one more" if less else "one less"
        confirmed = " (confirmed by a re-solve)" if value.confirmed else ""
        loss = "" if value.loss is None else f"; {other} would {self._loss(level, family, value)}"
        if value.gain <= NOISE:
            sentence = f"{what} alone would gain nothing{loss}{confirmed}."
            if value.partners and isfinite(value.together):
                together = replace(value, gain=value.together, exact=True)
                sentence += f" Together with {value.partners} it would {self._gain(level, family, together)}."
            return sentence
        same = value.is_one and value.exact
        return f"{what} would {self._gain(level, family, value)}{'' if same or not value.exact else loss}{confirmed}."

    def _gain(self, level: str, family: str, value: LimitWorth) -> str:
        amount = ("" if value.exact else "at most ") + self._amount(level, family, value.gain)
        return GAINS.get(level, "improve the objective by {amount}").format(amount=amount)

    def _loss(self, level: str, family: str, value: LimitWorth) -> str:
        """What tightening by one would do; where that makes the level better, an earlier one is worse,
        as the plan is the best.
        """
        loss = value.loss or 0.0
        if abs(loss) <= NOISE:
            return "change nothing"
        if loss < 0:
            return f"{self._gain(level, family, replace(value, gain=-loss))} at the expense of an earlier aim"
        amount = ("" if value.exact else "at least ") + self._amount(level, family, loss)
        return LOSSES.get(level, "worsen the objective by {amount}").format(amount=amount)

    def _amount(self, level: str, family: str, price: float) -> str:
        scaled = price * (self.money.factor if FAMILIES[family].unit == "money" else 1.0)
        return self.money.text(scaled) if level in GAINS and level not in RATES else compact(scaled)

    def _amounts(self, family: str, name: str, item: str, periods: Floats) -> Floats:
        """The size of the limit in each of `periods`; 0 where it is not known (then it does not count in ranks)."""
        instance = self.instance
        size = FAMILIES[family].size
        profile = size(instance, name, item) if size else ()
        if len(profile):
            places = np.clip(np.nan_to_num(periods, nan=1.0).astype(int) - 1, 0, len(profile) - 1)
            sizes = np.asarray(profile, dtype=float)[places]
            return np.where(np.isfinite(sizes), sizes, 0.0)
        fund = fund_of(instance, name) if GROUP_OF[family] == "money" else None
        if fund is None:
            return np.zeros(len(periods))
        if family != FUND_LIMIT.name:
            return np.full(len(periods), fund.ceiling if isfinite(fund.ceiling) else fund_limit(fund, instance))
        places = np.clip(np.nan_to_num(periods, nan=instance.horizon.periods).astype(int), 1, None) - 1
        return np.array([fund_money(fund, instance, int(place)) for place in places])


def fund_of(instance: PlanningInstance, name: str) -> Fund | None:
    """The fund that a price's object names, alone or with something after it (`SAFE / PL`)."""
    if name in instance.funds:
        return instance.funds[name]
    starts = [fund for fund in instance.funds if name.startswith(fund)]
    return instance.funds[max(starts, key=len)] if starts else None


def _demand_key(name: str, period: int) -> str:
    """Names a demand in a period, 1…P."""
    return f"{name}\x1f{period}"


def _shortage_costs(instance: PlanningInstance) -> dict[str, list[float]]:
    """What it costs under the weighted objective to lack a unit, discounted to the start (currency per unit),
    by `_demand_key`.
    """
    costs_of: dict[str, list[float]] = {}
    for demand in instance.demands if instance.settings.objective == "weighted" else ():
        if demand.shortage_cost is not None:
            cost = demand.shortage_cost * instance.discount[max(demand.due, 0)]
            costs_of.setdefault(_demand_key(demand.name, demand.due + 1), []).append(cost)
    return costs_of


def marginal_costs(plan: Plan) -> pd.DataFrame:
    """What one more unit of each item would cost, where it can be had for money: at no loss at any aim before cost.

    Columns item, low, high (currency per unit), demands that it holds for, and `displacing`: demands of which one more
    unit would not come, or take from an aim before cost. Empty where the plan has no such prices.
    """
    table = plan.tables["prices"]
    rows = table[(table["family"] == DEMAND_BALANCE.name) & (table["exact"] == "yes")]
    keys = pd.Series(map(_demand_key, rows["object"], rows["period"].astype(int)), rows.index, dtype=object)
    last = rows["level"].isin(["cost", "weighted"])
    lost = set(keys[(~last & (rows["price"].abs() > NOISE) & (rows["level"] != "nervousness")) | rows["price"].isna()])
    costs = _shortage_costs(plan.instance)
    lost |= {
        key
        for key, price in zip(keys[last], rows["price"][last], strict=True)
        if any(close(price, cost, 0.0) for cost in costs.get(key, ()))
    }
    of_demands = rows[last & ~keys.isin(lost) & (rows["price"] > NOISE)]
    if not len(of_demands):
        return pd.DataFrame(columns=["item", "low", "high", "demands", "displacing"])
    price = of_demands.groupby("item", sort=False)["price"]
    costs_of = pd.DataFrame({"low": price.min(), "high": price.max(), "demands": price.count()})
    displaced = rows.assign(key=keys)[keys.isin(lost)].groupby("item")["key"].nunique()
    costs_of["displacing"] = displaced.reindex(costs_of.index).fillna(0).astype(int)
    return costs_of.rename_axis("item").reset_index().sort_values("high", ascending=False, kind="stable")
