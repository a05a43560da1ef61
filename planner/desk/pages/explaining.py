"""Why something is lacking: what holds it back, with cells; where the delivered part comes from;
what one more would cost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from planner.analysis.explain.explain import DemandExplanation, attribution, explain_demand
from planner.analysis.explain.trace import Trace
from planner.desk.desk import Desk, Seen, number_of, page, render, seen
from planner.desk.pages.reading import head
from planner.desk.pages.remedies import answered, known, offered
from planner.errors import UsageError
from planner.plan.remedy.measures import COMMITMENT, EVERYTHING, NO_COMMITMENT, Goal
from planner.records.remedies import GoalRecord
from planner.report.data.held_back import DEMAND, Held, held_back, held_back_by_worth
from planner.report.pages.views import View, ViewColumn
from planner.report.words.names import some_cells, unit_beside
from planner.report.words.numbers import listing, one_more, plural, spelled_unit, with_unit
from planner.run.recorded.load import SavedRun

MOST_DEMANDS = 3  # explained at a time, the largest shortfalls first
MOST_HELD = 12
MOST_PARTIES, MOST_CELLS = 3, 60  # of one limit; characters


@dataclass(frozen=True)
class Explained:
    """An explanation as the page shows it."""

    heading: str
    views: Sequence[View]
    note: str = ""  # small below the heading


HELD = ("Held back by", "Share", "At least", "At most", "Whose", "Cells")
PRICES = ("Aim", "One more costs", "One less saves", "Unit")
MADE = ("Line", "Place", "When", "Units")
MOVED = ("Route", "From", "To", "Dispatched", "Arrives", "Units")
NUMBERS = {
    "Share": "share",
    "At least": "share",
    "At most": "share",
    "One more costs": "quantity",
    "One less saves": "quantity",
    "Units": "quantity",
}


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [Route("/runs/{run:number}/why", page(desk, _why))]


def _why(desk: Desk, request: Request) -> Response:
    run = seen(desk, request, number_of(request))
    saved, query = run.opened.saved, request.query_params
    if not run.has_all or saved is None:
        raise HTTPException(404, "There is nothing to explain here: the plan is gone, or not yours to see as a whole.")
    demand = query.get("demand", "")
    names = [demand] if demand else list(_demands(run))
    if not names:
        raise HTTPException(404, "Nothing of this is short.")
    try:
        explanations = [
            explained(one, run)
            for name in names[:MOST_DEMANDS]
            for one in explain_demand(saved, name, query.get("due"), run.opened.instance)
        ]
    except UsageError as problem:
        raise HTTPException(404, str(problem)) from None
    if len(names) > 1:
        explanations.insert(0, together(run, saved, names))
    instance = run.opened.instance
    commitments = {
        demand.commitment or NO_COMMITMENT for demand in (instance.demands if instance else ()) if demand.name in names
    }
    answers = answered(desk, run)
    asking: dict[str, Any] = {
        "answers": [answer for answer in answers if _helps(answer.goal, commitments)],
        "recorded": [goal for goal in known(run, answers) if _helps(goal, commitments)],
        "goals": offered(run, commitments),
    }
    return render(
        request, "run/why.html.j2", **head(run, None), found=explanations, more=len(names) - MOST_DEMANDS, **asking
    )


def _helps(goal: Goal | GoalRecord, commitments: Collection[str]) -> bool:
    """Is it a goal of one of these commitments, or of everything?"""
    return goal.kind == EVERYTHING or (goal.kind == COMMITMENT and goal.name in commitments)


def _demands(run: Seen) -> Iterator[str]:
    """The demands that are short under the filter, the largest shortfall first."""
    table = run.tables.get("shortfalls")
    if table is not None and len(table):
        sums = table.groupby("demand", sort=False)["quantity"].sum().sort_values(ascending=False, kind="stable")
        yield from (str(name) for name in sums.index)


def together(run: Seen, saved: SavedRun, names: Sequence[str]) -> Explained:
    """What holds back several demands, by limit: the shares of all of it, by worth;
    by what their aims count where the plan is not at hand.
    """
    rows, data = attribution(saved), run.opened.data
    if data is None:
        held = held_back(rows[(rows["kind"] == DEMAND) & rows["name"].isin(list(names))], run.opened.instance)
    else:
        demands = data.service.demands
        held = held_back_by_worth(rows, demands[demands["demand"].isin(list(names))], data.instance)
    view = _view("all of them", "What holds it back, all of them together", HELD, _held(held, run))
    return Explained(f"{plural(len(names), 'demand')} short", [view] if view.rows else [])


def explained(one: DemandExplanation, run: Seen) -> Explained:
    """An explanation in words and figures."""
    traced = one.traced
    delivered, unit = sum(traced.delivered.values()), run.titles.units.get(traced.item, "")
    name = run.titles.name("item", traced.item)
    beside, where = unit_beside(name, unit), run.titles.name("destination", traced.destination)
    arrives = with_unit(delivered, beside) if delivered else "nothing"
    heading = (
        f"{name} for {where}, due {_label(run, traced.due)}: {arrives} delivered, {with_unit(traced.short, beside)} "
        "short"
    )
    codes = ", ".join(dict.fromkeys((traced.demand, traced.item, traced.destination)))
    prices = [(price.title, price.more, price.less, spelled_unit(price.unit)) for price in one.prices]
    views = [
        _view(traced.demand, "What holds it back", HELD, _held(one.held, run)),
        _view(
            traced.demand,
            f"What {one_more(unit)} would cost, and one less save (blank: there would be no plan)",
            PRICES,
            prices,
        ),
        _view(traced.demand, "Where the delivered part is made", MADE, _made(traced, run), unit),
        _view(traced.demand, "How it moves", MOVED, _moved(traced, run), unit),
    ]
    return Explained(heading, [view for view in views if view.rows], f"{codes}{f' ({one.asked})' if one.asked else ''}")


def _made(traced: Trace, run: Seen) -> list[tuple[Any, ...]]:
    """Rows of MADE: units made by each line, and those in stock or on order from the start."""
    made: list[tuple[Any, ...]] = [
        (made.line, run.titles.with_code("factory", made.factory), _label(run, made.period), units)
        for made, units in sorted(traced.made.items())
    ]
    made += [
        ("opening stock or on order", run.titles.with_code("node", goods.node), _label(run, goods.period), units)
        for goods, units in sorted(traced.given.items())
    ]
    return made


def _moved(traced: Trace, run: Seen) -> list[tuple[Any, ...]]:
    """Rows of MOVED: units sent on each leg, with the periods of dispatch and arrival."""
    return [
        (
            move.route,
            run.titles.with_code("origin", move.origin),
            run.titles.with_code("destination", move.destination),
            _label(run, move.dispatched),
            _label(run, move.arrives),
            units,
        )
        for move, units in sorted(traced.moved.items())
    ]


def _held(held: Sequence[Held], run: Seen) -> list[tuple[Any, ...]]:
    return [
        (
            f"{one.words}{' (serves what is more important)' if one.taken else ''}",
            one.part,
            one.least if one.tried else None,
            min(one.most, 1.0) if one.tried else None,
            _whose(run, one.fund, one.whose),
            some_cells(one.cells, MOST_CELLS),
        )
        for one in sorted(held, key=lambda one: -one.part)[:MOST_HELD]
    ]


def _whose(run: Seen, fund: str, nations: str) -> str:
    """The fund and the nations whose limit it is, by their names with codes."""
    names = [run.titles.with_code("nation", code) for code in nations.split("; ") if code]
    return "; ".join(
        [*([run.titles.with_code("fund", fund)] if fund else []), *([listing(names, MOST_PARTIES)] if names else [])]
    )


def _view(demand: str, title: str, headings: Sequence[str], rows: Sequence[tuple[Any, ...]], unit: str = "") -> View:
    """`unit`: in which the column Units counts."""
    columns = tuple(
        ViewColumn(heading, NUMBERS.get(heading, "text"), unit if heading == "Units" else "") for heading in headings
    )
    return View("explanation", title, "", columns, rows, where="tables of the run folder", caption=f"{title}: {demand}")


def _label(run: Seen, period: int) -> str:
    labels = run.calendar.labels
    return labels[period - 1] if 1 <= period <= len(labels) else str(period)
