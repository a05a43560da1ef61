"""Stock targets: by quantity, and by days of the coming demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from planner.verify.input.calendar import DAYS_PER_PERIOD
from planner.verify.input.data import Target
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import TOLERANCE, Findings, Floats, number


class TargetKey(NamedTuple):
    """Positions of a target and of an item; of a target by quantity, −1 for the item."""

    target: int
    item: int

    @property
    def by_quantity(self) -> bool:
        """Is the target stated as a quantity, over all its items, and not in days of supply?"""
        return self.item < 0


def check_targets(arrays: PlanArrays, findings: Findings) -> None:
    """stock + below ≥ wanted, and the table says what is wanted, held and below.

    A row may be missing only where nothing is wanted. Under the weighted objective a blank shortage_cost
    means that nothing may be below.
    """
    if not arrays.case.targets:
        return
    wanted = wanted_stock(arrays)
    held = held_stock(arrays, wanted)
    stated = _stated(arrays, wanted, findings)
    targets = list(arrays.case.targets.values())
    for key, want in wanted.items():
        target, family = targets[key.target], "stock_target" if key.by_quantity else "days_of_supply"
        open_ = arrays.case.calendar.mask(target.first, target.last)
        below = np.where(open_, np.maximum(want - held[key], 0.0), 0.0)
        scale = np.maximum(want, held[key])
        row = stated.get(key, {})
        for column, right in (("wanted", want), ("held", held[key]), ("below", below)):
            there = np.array([period in row for period in range(arrays.case.periods)])
            stated_values = np.array(
                [row[period][column] if period in row else 0.0 for period in range(arrays.case.periods)]
            )
            wrong = np.where(there | (open_ & (want > TOLERANCE)), np.abs(stated_values - right), 0.0)

            def say(
                period: int,
                column: str = column,
                stated_values: Floats = stated_values,
                right: Floats = right,
                words: str = _words(arrays, key),
            ) -> str:
                return (
                    f"{words} in {arrays.label(period)}: {column} is {number(stated_values[period])}, expected "
                    f"{number(right[period])}"
                )

            findings.check(family, wrong, scale, say)
        if arrays.objective == "weighted" and target.shortage_cost is None:
            findings.check(family, below, scale, _must_hold(arrays, _words(arrays, key), below))


def _must_hold(arrays: PlanArrays, words: str, below: Floats) -> Callable[[int], str]:
    """What is said of a period in which a target that must be kept is not."""
    return lambda period: f"{words} must hold; {number(below[period])} missing in {arrays.label(period)}"


def _words(arrays: PlanArrays, key: TargetKey) -> str:
    target = list(arrays.case.targets)[key.target]
    if key.by_quantity:
        return f"target {target!r}"
    return f"target {target!r}, item {arrays.items[key.item]!r}"


def _stated(
    arrays: PlanArrays, wanted: dict[TargetKey, Floats], findings: Findings
) -> dict[TargetKey, dict[int, dict[str, float]]]:
    """The table by key and period. A row for what no target asks is reported."""
    stated: dict[TargetKey, dict[int, dict[str, float]]] = {}
    targets = list(arrays.case.targets.values())
    for row in arrays.plan.targets.to_dict("records"):
        key, period = TargetKey(int(row["target"]), int(row["item"])), int(row["t"])
        target = targets[key.target]
        if key not in wanted or not target.first <= period <= target.last:
            findings.fault("names", f"targets: {target.name!r} asks nothing of this kind in {arrays.label(period)}")
            continue
        stated.setdefault(key, {})[period] = {column: float(row[column]) for column in ("wanted", "held", "below")}
    return stated


def wanted_stock(arrays: PlanArrays) -> dict[TargetKey, Floats]:
    """Units wanted at the end of each period (also outside from … to, where nobody asks)."""
    wanted: dict[TargetKey, Floats] = {}
    coming = demand_by_item(arrays)
    for code, target in enumerate(arrays.case.targets.values()):
        if target.quantity is not None:
            wanted[TargetKey(code, -1)] = np.full(arrays.case.periods, target.quantity)
        if target.days is not None:
            for item in target.items:
                at = arrays.item_code[item]
                wanted[TargetKey(code, at)] = days_of_supply(arrays, coming[at], target)
    return wanted


def demand_by_item(arrays: PlanArrays) -> Floats:
    """Units due, by item and original due period, over all destinations."""
    demands = arrays.case.demands.values()
    due = np.array([demand.due for demand in demands], dtype=np.intp)
    quantity = np.array([demand.quantity for demand in demands], dtype=np.float64)
    coming = due >= 0  # what is overdue is no coming demand
    return arrays.totals(len(arrays.items), arrays.demand_item[coming], due[coming], quantity[coming])


def days_of_supply(arrays: PlanArrays, due: Floats, target: Target) -> Floats:
    """At the end of t: the demand of t+1, t+2, … over days ÷ days per period, the last pro rata.

    Beyond the horizon stands the mean of the horizon.
    """
    periods = arrays.case.periods
    span = (target.days or 0.0) / DAYS_PER_PERIOD[arrays.case.calendar.length]
    sums = np.concatenate([[0.0], np.cumsum(due)])
    edges = np.arange(periods + 1)
    start = edges[1:]
    end = start + span
    beyond = np.maximum(end - periods, 0.0)
    return np.asarray(np.interp(end, edges, sums) + beyond * due.mean() - sums[start])


def held_stock(arrays: PlanArrays, wanted: dict[TargetKey, Floats]) -> dict[TargetKey, Floats]:
    """Key → [period]: Σ stock over the target's nodes, and its items or the one item (units)."""
    stocks = arrays.plan.stocks
    node, item, period = (stocks[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
    quantity = stocks["quantity"].to_numpy(dtype=np.float64)
    held: dict[TargetKey, Floats] = {}
    targets = list(arrays.case.targets.values())
    for key in wanted:
        target = targets[key.target]
        in_nodes, in_items = np.zeros(len(arrays.nodes), dtype=bool), np.zeros(len(arrays.items), dtype=bool)
        in_nodes[[arrays.node_code[name] for name in target.nodes]] = True
        in_items[[arrays.item_code[name] for name in target.items] if key.by_quantity else [key.item]] = True
        chosen = in_nodes[node] & in_items[item]
        held[key] = arrays.totals(1, np.zeros(int(chosen.sum()), dtype=np.intp), period[chosen], quantity[chosen])[0]
    return held
