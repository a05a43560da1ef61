"""Lines, resources and expansions: capacity, least rate, ramp, windows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.verify.contingency.data import scaled
from planner.verify.input.data import Line
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Findings, Floats, number


def check_making(arrays: PlanArrays, findings: Findings) -> None:
    """Production: capacity, windows, minimum rates, ramps, resources, and expansions bought."""
    if arrays.case.lines:
        _capacity(arrays, findings)
        _windows(arrays, findings)
        _least_rate(arrays, findings)
        _ramp(arrays, findings)
    _resources(arrays, findings)
    _expansions(arrays, findings)


def _say_line(arrays: PlanArrays, verb: str, left: Floats, right: Floats) -> Callable[[int], str]:
    names = list(arrays.case.lines)

    def say(index: int) -> str:
        line, period = divmod(index, arrays.case.periods)
        found, limit = number(left[line, period]), number(right[line, period])
        return f"line {names[line]!r} in {arrays.label(period)} {verb.format(found=found, limit=limit)}"

    return say


def _capacity(arrays: PlanArrays, findings: Findings) -> None:
    """make ÷ yield ≤ capacity of the period + what expansions have added and is ready; not of orders placed before."""
    lines = arrays.case.lines.values()
    limit = scaled(np.array([line.capacity + arrays.added("line", line.name) for line in lines]), arrays.line_factor)
    limit[arrays.on_order] = np.inf
    started = arrays.started
    say = _say_line(arrays, "starts {found} of {limit} units", started, limit)
    findings.check("line_capacity", (started - limit).ravel(), np.maximum(started, limit).ravel(), say)


def _windows(arrays: PlanArrays, findings: Findings) -> None:
    """make = 0 outside the line's own window, its node's, before the order lead time, and under an embargo."""
    calendar, started = arrays.case.calendar, arrays.made
    line_open, node = np.zeros(started.shape, dtype=bool), np.zeros(started.shape, dtype=bool)
    for code, line in enumerate(arrays.case.lines.values()):
        line_open[code] = calendar.mask(max(line.first, line.order_lead_time), line.last) | arrays.on_order[code]
        node[code] = arrays.node_open[arrays.line_factory[code]]
    for family, allowed in (
        ("line_window", line_open),
        ("node_window", node),
        ("forbid", ~arrays.embargo_of_lines() | arrays.on_order),
    ):
        wrong = np.where(allowed, 0.0, started)
        say = _say_line(arrays, "makes {found} units where it may make none", wrong, wrong)
        findings.check(family, wrong.ravel(), wrong.ravel(), say)


def due_rate(arrays: PlanArrays, line: Line, factor: Floats) -> Floats:
    """The least rate due in each period: min(min_rate, capacity without expansions, due rate before + ramp).

    `factor` is what disruptions and embargoes leave of the capacity. Before the first open period stands `start_rate`;
    blank: the ramp does not bound the first due rate.
    """
    first, last = arrays.case.line_window(line)
    due = np.zeros(arrays.case.periods)
    capacity = scaled(line.capacity, factor)
    before = np.inf if line.start_rate is None else line.start_rate
    for period in range(first, last + 1):
        due[period] = before = min(line.min_rate, capacity[period], before + line.ramp)
    return due


def _least_rate(arrays: PlanArrays, findings: Findings) -> None:
    """make ÷ yield ≥ due rate in every open period."""
    embargo = arrays.embargo_of_lines()
    if "forbid" in findings.skipped:
        embargo[:] = False
    lines = arrays.case.lines.values()
    factor = np.where(embargo, 0.0, arrays.line_factor)
    due = np.array([due_rate(arrays, line, factor[code]) for code, line in enumerate(lines)])
    say = _say_line(arrays, "starts {found} units, at least {limit} are due", arrays.started, due)
    findings.check("minimum_rate", (due - arrays.started).ravel(), np.maximum(due, arrays.started).ravel(), say)


def _ramp(arrays: PlanArrays, findings: Findings) -> None:
    """started(t) − started(t−1) ≤ ramp between consecutive open periods; the first against start_rate."""
    limit = np.full(arrays.started.shape, np.inf)
    for code, line in enumerate(arrays.case.lines.values()):
        first, last = arrays.case.line_window(line)
        if first > last:
            continue
        limit[code, first + 1 : last + 1] = arrays.started[code, first:last] + line.ramp
        if line.start_rate is not None:
            limit[code, first] = line.start_rate + line.ramp
    say = _say_line(arrays, "starts {found} units, rising above {limit}", arrays.started, limit)
    findings.check("ramp", (arrays.started - limit).ravel(), np.maximum(arrays.started, limit).ravel(), say)


def _resources(arrays: PlanArrays, findings: Findings) -> None:
    """Σ over lines of use × units started ≤ capacity of the resource + what is added and ready."""
    resources = list(arrays.case.resources.values())
    if not resources:
        return
    code_of = {resource.name: code for code, resource in enumerate(resources)}
    used = np.zeros((len(resources), arrays.case.periods))
    largest = np.zeros_like(used)
    for code, line in enumerate(arrays.case.lines.values()):
        for resource, use in line.resources.items():
            term = use * arrays.started[code]
            used[code_of[resource]] += term
            largest[code_of[resource]] = np.maximum(largest[code_of[resource]], term)
    limit = np.array([resource.capacity + arrays.added("resource", resource.name) for resource in resources])
    limit = scaled(limit, arrays.resource_factor(arrays.node_factor))

    def say(flat: int) -> str:
        row, period = divmod(flat, arrays.case.periods)
        amounts = f"{number(used[row, period])} of {number(limit[row, period])}"
        return f"resource {resources[row].name!r} in {arrays.label(period)}: {amounts} used"

    findings.check("resource_capacity", (used - limit).ravel(), np.maximum(largest, limit).ravel(), say)


def _expansions(arrays: PlanArrays, findings: Findings) -> None:
    """Σ bought ≤ limit; bought within first…last; ready = period + lead time, within the horizon."""
    expansions = list(arrays.case.expansions.values())
    table = arrays.plan.investments
    bought = arrays.grid(len(expansions), table, "expansion").sum(axis=1)
    limit = np.array([expansion.limit for expansion in expansions])

    def too_much(code: int) -> str:
        amounts = f"{number(bought[code])} of {number(limit[code])}"
        return f"expansion {expansions[code].name!r} adds {amounts} units of capacity"

    findings.check("expansion_limit", bought - limit, np.maximum(bought, limit), too_much)
    for row in table.itertuples():
        expansion = expansions[int(row.expansion)]  # type: ignore[arg-type]
        period, text = int(row.t), f"expansion {expansion.name!r} bought in {arrays.label(int(row.t))}"  # type: ignore[arg-type]
        if not expansion.first <= period <= expansion.last:
            findings.fault("expansion_window", f"{text} outside its window")
        ready = period + 1 + expansion.lead_time
        if float(row.ready) != ready or ready > arrays.case.periods:  # type: ignore[arg-type]
            findings.fault("expansion_window", f"{text} is ready in period {ready}, the table says {row.ready}")
