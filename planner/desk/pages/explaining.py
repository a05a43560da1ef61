"""Why something is lacking: what holds it back, with cells; where the delivered part comes from; what one more would cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from planner.analysis.explain.explain import Explanation, explain_demand
from planner.desk.desk import Desk, Seen, number_of, page, render, seen
from planner.desk.pages.reading import head
from planner.errors import UsageError
from planner.report.words.numbers import compact, number, share

MOST_DEMANDS = 3  # explained at a time, the largest shortfalls first
MOST_HELD, MOST_ROWS = 12, 40
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Told:
    """An explanation as the page shows it: tables of texts, each with its title and headings."""

    heading: str
    held: Rows
    prices: Rows
    sources: Rows
    moves: Rows


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [Route("/runs/{run:int}/why", page(desk, _why))]


def _why(desk: Desk, request: Request) -> Response:
    run = seen(desk, request, number_of(request))
    saved, query = run.opened.saved, request.query_params
    if not run.has_all or saved is None:
        raise HTTPException(404, "There is nothing to explain here: the plan is gone, or not yours to see as a whole.")
    demand = query.get("demand", "")
    names = [demand] if demand else list(_demands(run))
    if not names:
        raise HTTPException(404, "Nothing of this is lacking.")
    try:
        found = [
            told(one, run) for name in names[:MOST_DEMANDS] for one in explain_demand(saved, name, query.get("due"))
        ]
    except UsageError as problem:
        raise HTTPException(404, str(problem)) from None
    return render(request, "why.html.j2", **head(run, None), found=found, more=len(names) - MOST_DEMANDS)


def _demands(run: Seen) -> Iterator[str]:
    """The demands that are short under the filter, the largest shortfall first."""
    table = run.tables.get("shortfalls")
    if table is not None and len(table):
        sums = table.groupby("demand", sort=False)["quantity"].sum().sort_values(ascending=False, kind="stable")
        yield from (str(name) for name in sums.index)


def told(one: Explanation, run: Seen) -> Told:
    """An explanation in words and figures."""
    traced = one.traced
    delivered = sum(traced.delivered.values())
    heading = f"{traced.demand}: {run.titles.told('item', traced.item)} for {traced.destination}, due {_label(run, traced.due)}"
    heading += (
        f"{f' ({one.asked})' if one.asked else ''}: {_number(delivered)} delivered, {_number(traced.short)} short"
    )
    held = [
        (
            f"{held.words}{' (serves what is more important)' if held.taken else ''}",
            share(held.part),
            share(held.least) if held.tried else "",
            share(min(held.most, 1.0)) if held.tried else "",
            "; ".join(part for part in (held.fund, held.whose) if part),
            held.cells,
        )
        for held in one.held[:MOST_HELD]
    ]
    prices = [
        (
            price.title,
            "no plan" if price.more is None else _number(price.more),
            "" if price.less is None else _number(price.less),
            price.unit.replace(" x ", " × "),
        )
        for price in one.prices
    ]
    sources = [
        (made.line, made.factory, _label(run, made.period), _number(units))
        for made, units in sorted(traced.made.items())
    ]
    sources += [
        ("opening stock or on order", given.node, _label(run, given.period), _number(units))
        for given, units in sorted(traced.given.items())
    ]
    moves = [
        (
            move.route,
            move.origin,
            move.destination,
            _label(run, move.dispatched),
            _label(run, move.arrives),
            _number(units),
        )
        for move, units in sorted(traced.moved.items())
    ]
    return Told(heading, held, prices, sources[:MOST_ROWS], moves[:MOST_ROWS])


def _label(run: Seen, period: int) -> str:
    labels = run.calendar.labels
    return labels[period - 1] if 1 <= period <= len(labels) else str(period)


def _number(value: float) -> str:
    return number(value) if abs(value) >= 1000 else compact(value)
