"""Orders placed before the horizon are completed, and the plan stays near to the previous one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Findings, Floats, number


@dataclass
class Departures:
    """Units × value up or down, in the frozen periods and after them, and what was planned after them."""

    frozen: float = 0.0
    later: float = 0.0
    planned_later: float = 0.0
    largest: tuple[float, str] = field(default=(0.0, ""))  # of the frozen ones, in units


def departures(arrays: PlanArrays) -> Departures:
    """Every line and period, and every item, leg and period, beside what was planned before."""
    result = Departures()
    if not arrays.case.previous:
        return result
    for words, item, before, after in _activities(arrays):
        weight = arrays.case.values.get(item, 0.0) or 1.0
        for period in np.flatnonzero((before > 0) | (after > 0)).tolist():
            units = abs(float(after[period] - before[period]))
            if period >= arrays.case.frozen:
                result.later += units * weight
                result.planned_later += float(before[period]) * weight
                continue
            result.frozen += units * weight
            if units > result.largest[0]:
                amounts = f"{number(float(after[period]))}, {number(float(before[period]))} planned before"
                result.largest = (units, f"{words} in {arrays.label(period)}: {amounts}")
    return result


def _activities(arrays: PlanArrays) -> Iterator[tuple[str, str, Floats, Floats]]:
    """(words, item, planned before, planned now) of each line, and of each item on each leg, by period."""
    case, previous = arrays.case, arrays.case.previous
    for code, line in enumerate(case.lines.values()):
        yield f"line {line.name!r}", line.item, _by_period(case.periods, previous.made, (line.name,)), arrays.made[code]
    table = arrays.plan.shipments
    pairs = table["leg"].to_numpy(dtype=np.intp) * len(arrays.items) + table["item"].to_numpy(dtype=np.intp)
    sent = arrays.totals(
        len(case.legs) * len(arrays.items), pairs, table["t"].to_numpy(dtype=np.intp), table["quantity"]
    )
    for index, leg in enumerate(case.legs):
        for code, item in enumerate(arrays.items):
            before = _by_period(case.periods, previous.sent, (item, leg.route, leg.origin))
            words = f"{item!r} on route {leg.route!r} from {leg.origin!r}"
            yield words, item, before, sent[index * len(arrays.items) + code]


def _by_period(periods: int, table: Mapping[Any, float], key: tuple[str, ...]) -> Floats:
    return np.array([table.get((*key, period), 0.0) for period in range(periods)], dtype=np.float64)


def check_course(arrays: PlanArrays, findings: Findings) -> None:
    """Orders are completed, × what disruptions leave; departures keep the cap; weighted:
    frozen periods are as planned.
    """
    for (line, period), order in arrays.case.orders.items():
        code = list(arrays.case.lines).index(line)
        made, due = float(arrays.made[code, period]), float(order.quantity * arrays.line_factor[code, period])
        text = f"line {line!r} in {arrays.label(period)} completes {number(made)} of {number(due)} on order"
        findings.one("placed_order", abs(made - due), max(made, due), text)
    result = departures(arrays)
    cap = arrays.case.departure_cap
    if cap is not None:
        limit = cap * result.planned_later
        text = f"departures are {number(result.later)}, at most {number(limit)} is allowed"
        findings.one("departure_cap", result.later - limit, max(result.later, result.planned_later), text)
    if arrays.objective == "weighted":
        units, text = result.largest
        findings.one("frozen_plan", units, units, text)
