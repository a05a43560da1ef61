"""Demand: deliveries and shortfall add up; deliveries keep their windows."""

from __future__ import annotations

import numpy as np

from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Findings, number


def check_demand(arrays: PlanArrays, findings: Findings) -> None:
    """Delivered + short = quantity of each demand, delivered within its window."""
    demands = list(arrays.case.demands.values())
    if not demands:
        return
    _quantities(arrays, findings)
    _windows(arrays, findings)


def _words(arrays: PlanArrays, code: int) -> str:
    demand = list(arrays.case.demands.values())[code]
    return f"demand {demand.name!r} due in {arrays.label(demand.due)}"


def _quantities(arrays: PlanArrays, findings: Findings) -> None:
    """Σ delivered + shortfall = quantity; under the weighted objective a blank shortage_cost means no shortfall."""
    demands = list(arrays.case.demands.values())
    count = len(demands)
    deliveries, shortfalls = arrays.plan.deliveries, arrays.plan.shortfalls
    delivered = np.bincount(deliveries["demand"].to_numpy(dtype=np.intp), deliveries["quantity"], count)
    short = np.bincount(shortfalls["demand"].to_numpy(dtype=np.intp), shortfalls["quantity"], count)
    wanted = np.array([demand.quantity for demand in demands])

    def say(code: int) -> str:
        amounts = f"{number(delivered[code])} delivered and {number(short[code])} short"
        return f"{_words(arrays, code)}: {amounts}, of {number(wanted[code])}"

    largest = np.maximum(wanted, np.maximum(delivered, short))
    findings.check("demand_balance", np.abs(delivered + short - wanted), largest, say)
    if arrays.objective == "weighted":
        must = np.array([demand.shortage_cost is None for demand in demands])
        findings.check(
            "demand_balance",
            np.where(must, short, 0.0),
            wanted,
            lambda code: f"{_words(arrays, code)} must be met, {number(short[code])} are short",
        )


def _windows(arrays: PlanArrays, findings: Findings) -> None:
    """Delivered in due … due + max_delay, while the destination is open."""
    demands = list(arrays.case.demands.values())
    table = arrays.plan.deliveries
    code, period = (table[name].to_numpy(dtype=np.intp) for name in ("demand", "t"))
    quantity = table["quantity"].to_numpy(dtype=float)
    due = np.array([demand.due for demand in demands])[code]
    late = np.array([demand.due + demand.max_delay for demand in demands])[code]
    closed = ~arrays.node_open[arrays.demand_node[code], period]
    for family, wrong, problem in (
        ("delivery_window", (period < due) | (period > late), "outside its window"),
        ("node_window", closed, "when the destination is closed"),
    ):
        size = np.where(wrong, quantity, 0.0)

        def say(row: int, problem: str = problem) -> str:
            what = f"{number(quantity[row])} delivered in {arrays.label(period[row])}"
            return f"{_words(arrays, int(code[row]))}: {what}, {problem}"

        findings.check(family, size, size, say)
