"""How things would stand had the last plan been carried out: what the present is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import inf
from typing import TypeVar

import pandas as pd

from planner.domain.instance import Fund, PlanningInstance
from planner.replan.position.actuals import Actuals
from planner.run.recorded.load import SavedRun
from planner.tolerances import SAME

AnyKey = TypeVar("AnyKey", bound=tuple[object, ...])
CostsByPeriod = Mapping[tuple[str, str], Mapping[int, float]]


def as_planned(run: SavedRun, instance: PlanningInstance, now: int) -> Actuals:
    """The actuals of a run of `instance` that went to plan, up to period `now` (0-based, of that run).

    Payments are reported by year: each is spread over the periods of its cost in which its money is there.
    """
    tables = run.tables
    made: dict[tuple[str, int], float] = defaultdict(float)
    for line, period, quantity in tables["production"][["line", "period", "quantity"]].itertuples(index=False):
        made[line, int(period) - 1] += quantity
    legs = {(leg.route, leg.origin): leg.name for leg in instance.legs.values()}
    shipped: dict[tuple[str, str, int], float] = defaultdict(float)
    columns = ["route", "origin", "item", "period", "quantity"]
    for route, origin, item, period, quantity in tables["shipments"][columns].itertuples(index=False):
        shipped[item, legs[route, origin], int(period) - 1] += quantity
    delivered: dict[tuple[str, int | None, int], float] = defaultdict(float)
    for demand, due, period, quantity in tables["deliveries"][["demand", "due", "period", "quantity"]].itertuples(
        index=False
    ):
        delivered[demand, int(due) - 1, int(period) - 1] += quantity
    return Actuals(
        now,
        _past(made, now),
        _past(shipped, now),
        _past(delivered, now),
        _stock(run, instance, now),
        _payments(run, instance, now),
        _past(_scrapped(run), now),
        _past(_bought(run), now),
        to_plan=True,
    )


def _past(table: Mapping[AnyKey, float], now: int) -> dict[AnyKey, float]:
    return {key: quantity for key, quantity in table.items() if int(str(key[-1])) < now}


def _scrapped(run: SavedRun) -> dict[tuple[str, str, int], float]:
    quantities: dict[tuple[str, str, int], float] = defaultdict(float)
    columns = ["item", "node", "period", "quantity"]
    for item, node, period, quantity in run.tables["scrap"][columns].itertuples(index=False):
        quantities[item, node, int(period) - 1] += quantity
    return quantities


def _bought(run: SavedRun) -> dict[tuple[str, int], float]:
    quantities: dict[tuple[str, int], float] = defaultdict(float)
    columns = ["expansion", "period", "quantity"]
    for expansion, period, quantity in run.tables["investments"][columns].itertuples(index=False):
        quantities[expansion, int(period) - 1] += quantity
    return quantities


def _stock(run: SavedRun, instance: PlanningInstance, now: int) -> dict[tuple[str, str, int], float]:
    """What the plan held at the end of the last past period; nothing where the table has no row."""
    held = dict.fromkeys(((item, node, now - 1) for item in instance.items for node in instance.nodes), 0.0)
    stocks = run.tables["stocks"]
    for item, node, quantity in stocks[stocks["period"] == now][["item", "node", "quantity"]].itertuples(index=False):
        held[item, node, now - 1] += quantity
    return held


def _payments(run: SavedRun, instance: PlanningInstance, now: int) -> dict[tuple[str, str, str, str, int], float]:
    """Of the ways to spread payments over a year, the first that uses no money before it is there."""
    costs, table = cash_by_period(run, instance), run.tables["payments"]
    course = _course(instance, costs, table, by_availability=False)
    if _is_premature(instance, course):
        course = _course(instance, costs, table, by_availability=True)
    amounts: dict[tuple[str, str, str, str, int], float] = defaultdict(float)
    for (fund, contributor, _year, cost_type, thing, period), amount in course.items():
        if period < now:
            amounts[fund, contributor, cost_type, thing, period] += amount
    return amounts


def _course(
    instance: PlanningInstance, costs: CostsByPeriod, table: pd.DataFrame, by_availability: bool
) -> dict[tuple[str, str, int, str, str, int], float]:
    """Payments by fund, contributor, year in which it counts them, cost type, object and 0-based period.

    In proportion to what of the cost is not paid yet, what can be used in fewer periods first: what is left to the
    others, they can pay. Money can be used for what was ordered in the year that counts it; with `by_availability` also
    only while it is there.
    """
    counted = table.groupby(["fund", "contributor", "year"])["amount"].sum().to_dict()
    columns = ["cost_type", "object", "cash_year", "fund", "contributor", "year", "amount"]
    together: dict[tuple[str, str, int], list[tuple[str, str, int, frozenset[int], float]]] = defaultdict(list)
    for cost_type, thing, cash, fund, contributor, year, amount in table[columns].itertuples(index=False):
        payer = instance.funds[fund]
        shares = _shares(payer, contributor, year, counted[fund, contributor, year]) if by_availability else [(0, 1.0)]
        for since, share in shares:
            when = _usable(instance, payer, thing, year, since if by_availability else None)
            together[cost_type, thing, cash].append((fund, contributor, year, when, amount * share))
    amounts: dict[tuple[str, str, int, str, str, int], float] = defaultdict(float)
    for (cost_type, thing, cash), payments in together.items():
        left = {t: cost for t, cost in costs[cost_type, thing].items() if instance.horizon.fiscal_years[t] == cash}
        for fund, contributor, year, when, amount in sorted(payments, key=lambda payment: len(payment[3]) or inf):
            for period, part in _spread(amount, when, left).items():
                left[period] = max(left[period] - part, 0.0)
                amounts[fund, contributor, year, cost_type, thing, period] += part
    return amounts


def _is_premature(instance: PlanningInstance, course: Mapping[tuple[str, str, int, str, str, int], float]) -> bool:
    """Does some contributor pay more, by some period, than it had in that fund by then?"""
    spent: dict[tuple[str, str, int], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (fund, contributor, year, _, _, period), amount in course.items():
        spent[fund, contributor, year][period] += amount
    for (fund, contributor, year), periods in spent.items():
        there, whole = 0.0, sum(periods.values())
        for since, share in _shares(instance.funds[fund], contributor, year, whole):
            if sum(amount for t, amount in periods.items() if t < since) > there + SAME * whole:
                return True
            there += share * whole
    return False


def _shares(fund: Fund, contributor: str, year: int, whole: float) -> list[tuple[int, float]]:
    """(period from which it is there, share) of the money that a contributor has paid in a year, the earliest first."""
    rows = sorted(
        (budget.available, budget.amount)
        for budget in fund.budgets
        if budget.contributor == contributor
        and (budget.year <= year if fund.carry_over else budget.year == year)
        and budget.amount > 0
    )
    shares, left = [], whole
    for available, amount in rows:
        if left > 0:
            shares.append((available, min(amount, left) / whole))
            left -= amount
    return shares or [(0, 1.0)]


def _usable(instance: PlanningInstance, fund: Fund, thing: str, year: int, since: int | None) -> frozenset[int]:
    """The periods of cost for which money of a fund that is counted in a year can be used: of what was ordered in that
    year by a fund that counts commitments; else (`since` given) while the fund is open and its money there.
    """
    years, line = instance.horizon.fiscal_years, instance.lines.get(thing)
    lead = line.order_lead_time if line is not None and fund.basis == "commitment" else 0
    if since is None:
        return frozenset(t for t in range(lead, len(years)) if years[t - lead] == year) if lead else frozenset()
    counts = {t for t in fund.open if years[t] == year and t >= since}
    return frozenset({t + lead for t in counts} | counts)


def _spread(amount: float, when: frozenset[int], left: Mapping[int, float]) -> dict[int, float]:
    """A payment over the periods of a cost, in proportion to what of the cost is not paid yet.

    Over all of them where those in which the money is there do not say enough: an advance, or costs off by a rounding.
    """
    for weights in ({t: cost for t, cost in left.items() if t in when}, left):
        whole = sum(weights.values())
        if whole > 0:
            return {t: amount * cost / whole for t, cost in weights.items()}
    return {}


def cash_by_period(run: SavedRun, instance: PlanningInstance) -> dict[tuple[str, str], dict[int, float]]:
    """What falls due in each 0-based period, by cost type and object (money)."""
    cash: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for name, period, cost in run.tables["production"][["line", "period", "cost"]].itertuples(index=False):
        line, when = instance.lines[name], int(period) - 1
        key = (instance.items[line.item].cost_type, name)
        advance = line.advance if line.order_lead_time and when not in line.orders else 0.0
        cash[key][when] += (1.0 - advance) * cost
        if advance:
            cash[key][when - line.order_lead_time] += advance * cost
    for route, period, cost in run.tables["shipments"][["route", "period", "cost"]].itertuples(index=False):
        cash["transport", route][int(period) - 1] += cost
    for name, period, cost in run.tables["investments"][["expansion", "period", "cost"]].itertuples(index=False):
        cash["capacity", name][int(period) - 1] += cost
    for node, period, cost in run.tables["scrap"][["node", "period", "cost"]].itertuples(index=False):
        cash["storage", node][int(period) - 1] += cost
    for node, item, period, quantity in run.tables["stocks"][["node", "item", "period", "quantity"]].itertuples(
        index=False
    ):
        stated = instance.node_items.get((item, node))
        goods, place = instance.items[item], instance.nodes[node]
        per_unit = goods.holding_cost + place.holding_cost * goods.weight_t + (stated.holding_cost if stated else 0.0)
        cash["storage", node][int(period) - 1] += quantity * per_unit
    return cash
