"""How things would stand had the last plan been carried out: what the present is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from planner.domain.instance import PlanningInstance
from planner.replan.actuals import Actuals
from planner.run.load import SavedRun

Key = TypeVar("Key", bound=tuple[object, ...])


def as_planned(run: SavedRun, instance: PlanningInstance, now: int) -> Actuals:
    """The actuals of a run of `instance` that went to plan, up to period `now` (0-based, of that run).

    Payments are told by year: each is spread over its cost's periods in proportion to the cost.
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
    )


def _past(table: Mapping[Key, float], now: int) -> dict[Key, float]:
    return {key: quantity for key, quantity in table.items() if int(str(key[-1])) < now}


def _scrapped(run: SavedRun) -> dict[tuple[str, str, int], float]:
    found: dict[tuple[str, str, int], float] = defaultdict(float)
    columns = ["item", "node", "period", "quantity"]
    for item, node, period, quantity in run.tables["scrap"][columns].itertuples(index=False):
        found[item, node, int(period) - 1] += quantity
    return found


def _bought(run: SavedRun) -> dict[tuple[str, int], float]:
    found: dict[tuple[str, int], float] = defaultdict(float)
    columns = ["expansion", "period", "quantity"]
    for expansion, period, quantity in run.tables["investments"][columns].itertuples(index=False):
        found[expansion, int(period) - 1] += quantity
    return found


def _stock(run: SavedRun, instance: PlanningInstance, now: int) -> dict[tuple[str, str, int], float]:
    """What the plan held at the end of the last past period; nothing where the table has no row."""
    held = dict.fromkeys(((item, node, now - 1) for item in instance.items for node in instance.nodes), 0.0)
    stocks = run.tables["stocks"]
    for item, node, quantity in stocks[stocks["period"] == now][["item", "node", "quantity"]].itertuples(index=False):
        held[item, node, now - 1] += quantity
    return held


def _payments(run: SavedRun, instance: PlanningInstance, now: int) -> dict[tuple[str, str, str, str, int], float]:
    years = instance.horizon.fiscal_years
    costs = cash_by_period(run, instance)
    found: dict[tuple[str, str, str, str, int], float] = defaultdict(float)
    columns = ["fund", "contributor", "cost_type", "object", "year", "cash_year", "amount"]
    for fund, contributor, cost_type, thing, counted, cash, amount in run.tables["payments"][columns].itertuples(
        index=False
    ):
        of_year = {t: cost for t, cost in costs[cost_type, thing].items() if years[t] == int(cash)}
        lead = instance.lines[thing].order_lead_time if thing in instance.lines else 0
        if instance.funds[fund].basis == "commitment" and lead:  # the completions of what was ordered in that year
            told = {t: cost for t, cost in of_year.items() if t >= lead and years[t - lead] == int(counted)}
            of_year = told or of_year
        whole = sum(of_year.values())
        for period, cost in of_year.items():
            if period < now and whole > 0:
                found[fund, contributor, cost_type, thing, period] += amount * cost / whole
    return found


def cash_by_period(run: SavedRun, instance: PlanningInstance) -> dict[tuple[str, str], dict[int, float]]:
    """What falls due in each 0-based period, by cost type and object (money)."""
    found: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for name, period, cost in run.tables["production"][["line", "period", "cost"]].itertuples(index=False):
        line, when = instance.lines[name], int(period) - 1
        key = (instance.items[line.item].cost_type, name)
        advance = line.advance if line.order_lead_time and when not in line.orders else 0.0
        found[key][when] += (1.0 - advance) * cost
        if advance:
            found[key][when - line.order_lead_time] += advance * cost
    for route, period, cost in run.tables["shipments"][["route", "period", "cost"]].itertuples(index=False):
        found["transport", route][int(period) - 1] += cost
    for name, period, cost in run.tables["investments"][["expansion", "period", "cost"]].itertuples(index=False):
        found["capacity", name][int(period) - 1] += cost
    for node, period, cost in run.tables["scrap"][["node", "period", "cost"]].itertuples(index=False):
        found["storage", node][int(period) - 1] += cost
    for node, item, period, quantity in run.tables["stocks"][["node", "item", "period", "quantity"]].itertuples(
        index=False
    ):
        own = instance.node_items.get((item, node))
        goods, place = instance.items[item], instance.nodes[node]
        per_unit = goods.holding_cost + place.holding_cost * goods.weight_t + (own.holding_cost if own else 0.0)
        found["storage", node][int(period) - 1] += quantity * per_unit
    return found
