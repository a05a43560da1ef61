"""Lines, resources and expansions: capacity, least rate, ramp, windows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.verify.books import Books
from planner.verify.contingency.data import scaled
from planner.verify.input.data import Line
from planner.verify.verification import Findings, Floats, number


def check_making(books: Books, findings: Findings) -> None:
    if books.case.lines:
        _capacity(books, findings)
        _windows(books, findings)
        _least_rate(books, findings)
        _ramp(books, findings)
    _resources(books, findings)
    _expansions(books, findings)


def _say_line(books: Books, verb: str, left: Floats, right: Floats) -> Callable[[int], str]:
    names = list(books.case.lines)

    def say(place: int) -> str:
        line, period = divmod(place, books.case.periods)
        found, limit = number(left[line, period]), number(right[line, period])
        return f"line {names[line]!r} in {books.label(period)} {verb.format(found=found, limit=limit)}"

    return say


def _capacity(books: Books, findings: Findings) -> None:
    """make ÷ yield ≤ capacity of the period + what expansions have added and is ready; not of orders placed before."""
    lines = books.case.lines.values()
    limit = scaled(np.array([line.capacity + books.added("line", line.name) for line in lines]), books.line_factor)
    limit[books.on_order] = np.inf
    started = books.started
    say = _say_line(books, "starts {found} of {limit} units", started, limit)
    findings.check("line_capacity", (started - limit).ravel(), np.maximum(started, limit).ravel(), say)


def _windows(books: Books, findings: Findings) -> None:
    """make = 0 outside the line's own window, its node's, before the order lead time, and under an embargo."""
    calendar, started = books.case.calendar, books.made
    own, node = np.zeros(started.shape, dtype=bool), np.zeros(started.shape, dtype=bool)
    for code, line in enumerate(books.case.lines.values()):
        own[code] = calendar.mask(max(line.first, line.order_lead_time), line.last) | books.on_order[code]
        node[code] = books.node_open[books.line_factory[code]]
    for family, allowed in (
        ("line_window", own),
        ("node_window", node),
        ("forbid", ~books.embargo_of_lines() | books.on_order),
    ):
        wrong = np.where(allowed, 0.0, started)
        say = _say_line(books, "makes {found} units where it may make none", wrong, wrong)
        findings.check(family, wrong.ravel(), wrong.ravel(), say)


def due_rate(books: Books, line: Line, factor: Floats) -> Floats:
    """The least rate due in each period: min(min_rate, capacity without expansions, due rate before + ramp).

    `factor` is what disruptions and embargoes leave of the capacity. Before the first open period stands `start_rate`; blank: the ramp does not bound the first due rate.
    """
    first, last = books.case.line_window(line)
    due = np.zeros(books.case.periods)
    capacity = scaled(line.capacity, factor)
    before = np.inf if line.start_rate is None else line.start_rate
    for period in range(first, last + 1):
        due[period] = before = min(line.min_rate, capacity[period], before + line.ramp)
    return due


def _least_rate(books: Books, findings: Findings) -> None:
    """make ÷ yield ≥ due rate in every open period."""
    embargo = books.embargo_of_lines()
    if "forbid" in findings.skipped:
        embargo[:] = False
    lines = books.case.lines.values()
    factor = np.where(embargo, 0.0, books.line_factor)
    due = np.array([due_rate(books, line, factor[code]) for code, line in enumerate(lines)])
    say = _say_line(books, "starts {found} units, at least {limit} are due", books.started, due)
    findings.check("minimum_rate", (due - books.started).ravel(), np.maximum(due, books.started).ravel(), say)


def _ramp(books: Books, findings: Findings) -> None:
    """started(t) − started(t−1) ≤ ramp between consecutive open periods; the first against start_rate."""
    limit = np.full(books.started.shape, np.inf)
    for code, line in enumerate(books.case.lines.values()):
        first, last = books.case.line_window(line)
        if first > last:
            continue
        limit[code, first + 1 : last + 1] = books.started[code, first:last] + line.ramp
        if line.start_rate is not None:
            limit[code, first] = line.start_rate + line.ramp
    say = _say_line(books, "starts {found} units, rising above {limit}", books.started, limit)
    findings.check("ramp", (books.started - limit).ravel(), np.maximum(books.started, limit).ravel(), say)


def _resources(books: Books, findings: Findings) -> None:
    """Σ over lines of use × units started ≤ capacity of the resource + what is added and ready."""
    resources = list(books.case.resources.values())
    if not resources:
        return
    place = {resource.name: code for code, resource in enumerate(resources)}
    used = np.zeros((len(resources), books.case.periods))
    largest = np.zeros_like(used)
    for code, line in enumerate(books.case.lines.values()):
        for resource, use in line.resources.items():
            term = use * books.started[code]
            used[place[resource]] += term
            largest[place[resource]] = np.maximum(largest[place[resource]], term)
    limit = np.array([resource.capacity + books.added("resource", resource.name) for resource in resources])
    limit = scaled(limit, books.resource_factor(books.node_factor))

    def say(flat: int) -> str:
        row, period = divmod(flat, books.case.periods)
        amounts = f"{number(used[row, period])} of {number(limit[row, period])}"
        return f"resource {resources[row].name!r} in {books.label(period)}: {amounts} used"

    findings.check("resource_capacity", (used - limit).ravel(), np.maximum(largest, limit).ravel(), say)


def _expansions(books: Books, findings: Findings) -> None:
    """Σ bought ≤ limit; bought within first…last; ready = period + lead time, within the horizon."""
    expansions = list(books.case.expansions.values())
    table = books.plan.investments
    bought = books.grid(len(expansions), table, "expansion").sum(axis=1)
    limit = np.array([expansion.limit for expansion in expansions])

    def too_much(code: int) -> str:
        amounts = f"{number(bought[code])} of {number(limit[code])}"
        return f"expansion {expansions[code].name!r} adds {amounts} units of capacity"

    findings.check("expansion_limit", bought - limit, np.maximum(bought, limit), too_much)
    for row in table.itertuples():
        expansion = expansions[int(row.expansion)]  # type: ignore[arg-type]
        period, text = int(row.t), f"expansion {expansion.name!r} bought in {books.label(int(row.t))}"  # type: ignore[arg-type]
        if not expansion.first <= period <= expansion.last:
            findings.fault("expansion_window", f"{text} outside its window")
        ready = period + 1 + expansion.lead_time
        if float(row.ready) != ready or ready > books.case.periods:  # type: ignore[arg-type]
            findings.fault("expansion_window", f"{text} is ready in period {ready}, the table says {row.ready}")
