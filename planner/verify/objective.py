"""The objective, recomputed from the tables: the weighted sum, or each lexicographic level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from planner.verify.all_sums import sum_rules
from planner.verify.contingency.levels import Levels
from planner.verify.goods.least_served import worst_unmet
from planner.verify.goods.stability import departures
from planner.verify.goods.targets import wanted_stock
from planner.verify.money.costs import Costs
from planner.verify.money.ledger import Ledger
from planner.verify.money.tiers import money_from_tier
from planner.verify.plan_arrays import PlanArrays
from planner.verify.sum_rules import total_lack
from planner.verify.verification import Codes, Findings, Floats, number


def check_objective(ledger: Ledger, responses: Levels, run: Mapping[str, Any], findings: Findings) -> None:
    """|stated − recomputed| for the weighted value, or for each level that run.json gives a value."""
    stated = run.get("objective")
    if stated is None:
        findings.fault("objective", "run.json gives no value of the objective")
    elif isinstance(stated, int | float):
        right, _ = weighted(ledger.costs)
        _compare("the weighted objective", float(stated), right + responses.weighted(), findings)
    else:
        _no_level_left_out(ledger, responses, run, findings)
        for level in stated:
            name, value = str(level.get("name")), level.get("value")
            compute = LEVELS.get(name) or VARIANT_LEVELS.get(name) or RESPONSE_LEVELS.get(name)
            if name == PAST_LACK and isinstance(value, int | float):
                _past_lack(float(value), ledger, findings)
            elif compute is None:
                findings.fault("objective", f"there is no level {name!r}")
            elif isinstance(value, int | float):
                _compare(f"level {name!r}", float(value), _value(name, ledger, responses), findings)
            elif value is not None:
                findings.fault("objective", f"level {name!r} has the value {value!r}, not a number")


def _value(name: str, ledger: Ledger, responses: Levels) -> float:
    """Of a level, by the plan and by the responses."""
    of_plan = LEVELS.get(name) or VARIANT_LEVELS.get(name)
    of_responses = RESPONSE_LEVELS.get(name)
    return (of_plan(ledger) if of_plan else 0.0) + (of_responses(responses) if of_responses else 0.0)


def _no_level_left_out(ledger: Ledger, responses: Levels, run: Mapping[str, Any], findings: Findings) -> None:
    """Levels are skipped only where they have nothing to count; other models than `full` may do without some."""
    if (run.get("model") or {}).get("name") != "full":
        return
    for name in (LEVELS.keys() | RESPONSE_LEVELS.keys()) - {str(level.get("name")) for level in run["objective"]}:
        value = _value(name, ledger, responses)
        findings.one("objective", value, value, f"level {name!r} is left out, but is {number(value)}")
    if PAST_LACK not in {str(level.get("name")) for level in run["objective"]}:
        value, size = total_lack(sum_rules(ledger, findings.skipped))
        findings.one("objective", value, size, f"level {PAST_LACK!r} is left out, but is {number(value)}")


def _past_lack(stated: float, ledger: Ledger, findings: Findings) -> None:
    """What rules lack is as exact as their largest terms."""
    right, size = total_lack(sum_rules(ledger, findings.skipped))
    text = f"level {PAST_LACK!r} is {number(stated)} in run.json, {number(right)} by the tables"
    findings.one("objective", abs(stated - right), size, text)


def _compare(name: str, stated: float, right: float, findings: Findings) -> None:
    text = f"{name} is {number(stated)} in run.json, {number(right)} by the tables"
    findings.one("objective", abs(stated - right), max(abs(stated), abs(right)), text)


def _discounted(arrays: PlanArrays, periods: Codes, amounts: Floats) -> float:
    return float((arrays.case.calendar.discount[periods] * amounts).sum())


def _periods(table: Any) -> Codes:
    return np.asarray(table["t"].to_numpy(dtype=np.intp))


def real_cost(costs: Costs) -> dict[str, float]:
    """`production`, `transport`, `holding`, `expansion`, `scrap`, `interest`: discounted (currency);
    an advance counts when paid.
    """
    arrays, plan = costs.arrays, costs.arrays.plan
    return {
        "production": float((costs.paid_for_making * arrays.case.calendar.discount).sum()),
        "transport": _discounted(arrays, _periods(plan.shipments), costs.transport),
        "holding": _discounted(arrays, _periods(plan.stocks), costs.holding),
        "expansion": _discounted(arrays, _periods(plan.investments), costs.investment),
        "scrap": _discounted(arrays, _periods(plan.scrap), costs.scrap),
        "interest": interest(arrays),
    }


def interest(arrays: PlanArrays) -> float:
    """Σ over loans of rate × payment × Σ over its fiscal year and later ones of that year's first discount.

    A loan that counts commitments pays interest from the year of the cash.
    """
    calendar, payments = arrays.case.calendar, arrays.plan.payments
    if not arrays.case.money_is_limited:
        return 0.0
    first = {year: calendar.years.index(year) for year in calendar.year_list}
    later = {year: sum(calendar.discount[first[y]] for y in calendar.year_list if y >= year) for year in first}
    total = 0.0
    for fund in arrays.case.funds.values():
        if fund.kind == "loan" and fund.interest:
            rows = payments[payments["fund"] == fund.name]
            total += fund.interest * float((rows["amount"] * rows["cash_year"].map(later)).sum())
    return total


def weighted(costs: Costs) -> tuple[float, dict[str, float]]:
    """The discounted sum of real cost, shortage, delay and target shortage, and its parts."""
    arrays = costs.arrays
    demands = list(arrays.case.demands.values())
    parts = real_cost(costs)
    short = arrays.plan.shortfalls
    code = short["demand"].to_numpy(dtype=np.intp)
    price = np.array([demand.shortage_cost or 0.0 for demand in demands], dtype=np.float64)
    due = np.array([demand.due for demand in demands], dtype=np.intp)
    parts["shortage"] = _discounted(
        arrays, np.maximum(due[code], 0), price[code] * short["quantity"].to_numpy(dtype=float)
    )
    late = arrays.plan.deliveries
    code, period = late["demand"].to_numpy(dtype=np.intp), _periods(late)
    price = np.array([demand.delay_cost for demand in demands], dtype=np.float64)
    delay = (period - due[code]) * price[code] * late["quantity"].to_numpy(dtype=float)
    parts["delay"] = _discounted(arrays, period, delay)
    targets = list(arrays.case.targets.values())
    below = arrays.plan.targets
    code = below["target"].to_numpy(dtype=np.intp)
    price = np.array([target.shortage_cost or 0.0 for target in targets], dtype=np.float64)
    parts["target shortage"] = _discounted(arrays, _periods(below), price[code] * below["below"].to_numpy(dtype=float))
    return sum(parts.values()), parts


def _shortfall(costs: Costs, binding: bool) -> float:
    """Σ priority × value × short, of the binding demands or the others."""
    arrays = costs.arrays
    weights = np.array(
        [
            d.priority * arrays.case.values[d.item] if d.binding == binding else 0.0
            for d in arrays.case.demands.values()
        ],
        dtype=np.float64,
    )
    table = arrays.plan.shortfalls
    return float((weights[table["demand"].to_numpy(dtype=np.intp)] * table["quantity"]).sum())


def _lateness(costs: Costs) -> float:
    """Σ priority × value × units × periods late."""
    arrays, demands = costs.arrays, list(costs.arrays.case.demands.values())
    weights = np.array([demand.priority * arrays.case.values[demand.item] for demand in demands], dtype=np.float64)
    due = np.array([demand.due for demand in demands], dtype=np.intp)
    table = arrays.plan.deliveries
    code = table["demand"].to_numpy(dtype=np.intp)
    return float((weights[code] * (_periods(table) - due[code]) * table["quantity"].to_numpy(dtype=float)).sum())


def _target_shortfall(costs: Costs) -> float:
    """Σ priority × value × below over periods; of several items the mean value."""
    arrays = costs.arrays
    weights = {}
    for code, item in wanted_stock(arrays):
        target = list(arrays.case.targets.values())[code]
        names = target.items if item < 0 else (arrays.items[item],)
        weights[code, item] = target.priority * float(np.mean([arrays.case.values[name] for name in names] or [0.0]))
    table = arrays.plan.targets
    keys = zip(table["target"], table["item"], strict=True)
    prices = np.array([weights.get((int(code), int(item)), 0.0) for code, item in keys], dtype=np.float64)
    return float((prices * table["below"].to_numpy(dtype=float)).sum())


PAST_LACK = "past_lack"
LEVELS: dict[str, Callable[[Ledger], float]] = {
    "frozen_departure": lambda ledger: departures(ledger.arrays).frozen,
    "binding_shortfall": lambda ledger: _shortfall(ledger.costs, True),
    "other_shortfall": lambda ledger: _shortfall(ledger.costs, False),
    "lateness": lambda ledger: _lateness(ledger.costs),
    "target_shortfall": lambda ledger: _target_shortfall(ledger.costs),
    "tier_3": lambda ledger: money_from_tier(ledger, 3),
    "tier_2": lambda ledger: money_from_tier(ledger, 2),
    "cost": lambda ledger: sum(real_cost(ledger.costs).values()),
    "nervousness": lambda ledger: departures(ledger.arrays).later,
}
# What responses add: levels of their own, and lateness.
RESPONSE_LEVELS: dict[str, Callable[[Levels], float]] = {
    "waste": Levels.waste,
    "coverage": Levels.coverage,
    "contingency": Levels.contingency,
    "lateness": Levels.lateness,
    "response_days": Levels.response_days,
    "response_cost": Levels.response_cost,
}
# Levels that the full model does not have.
VARIANT_LEVELS: dict[str, Callable[[Ledger], float]] = {
    "least_served_binding": lambda ledger: worst_unmet(ledger.costs.arrays, True),
    "least_served_other": lambda ledger: worst_unmet(ledger.costs.arrays, False),
}
