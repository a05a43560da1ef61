"""The pages of a run: Plan, Deliveries, Network, Money, Nations, Guarantees, What limits, Evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from planner.desk.desk import Desk, Seen, number_of, page, render, seen
from planner.desk.opened.filters import filtered
from planner.desk.opened.tables import OTHERS, title_of, view_of
from planner.desk.pages.contents import BEHIND, BY_NAME, EVIDENCE, PAGES, PLAN, PageOf
from planner.desk.pages.remedies import answered, fairer, known, may_be_fairer, offered
from planner.report.data.limits import Limit
from planner.report.data.report_data import ReportData
from planner.report.pages.report import section
from planner.report.pages.views import View
from planner.report.words import wording
from planner.report.words.limit_words import GROUP_TITLES, SAID_OF_LEVEL
from planner.report.words.names import goods_text

MOST_WORST, MOST_HELP = 6, 3
MEMO = "memo.html"  # of a re-planned run
FIRST_ROWS = 20  # of a table, on a page that has several


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [
        Route("/runs/{run:number}", page(desk, _plan)),
        Route("/runs/{run:number}/{page:str}", page(desk, _page)),
    ]


def _plan(desk: Desk, request: Request) -> Response:
    return _shown(desk, request, PLAN)


def _page(desk: Desk, request: Request) -> Response:
    wanted = BY_NAME.get(request.path_params["page"])
    if wanted is None:
        raise HTTPException(404, "There is no such page.")
    return _shown(desk, request, wanted)


def _shown(desk: Desk, request: Request, wanted: PageOf) -> Response:
    run = seen(desk, request, number_of(request))
    data = chosen_data(run)
    approvals = desk.store.approvals(run.number) if run.has_all else []
    approved = desk.sessions.has_users and any(one.who == run.viewer.title for one in approvals)
    context = {**head(run, wanted), "approvals": approvals, "has_approved": approved}
    if wanted is PLAN:
        remedies = answered(desk, run)
        helping: dict[str, Any] = {
            "found": remedies,
            "recorded": known(run, remedies),
            "goals": offered(run),
            "fairer": fairer(desk, run),
            "may_be_fairer": may_be_fairer(run),
        }
        return render(request, "run/plan.html.j2", **context, **_answer(run, data), **helping)
    if wanted is EVIDENCE and run.has_all:
        return render(request, "run/evidence.html.j2", **context, **_evidence(desk, run, data))
    tables = list(tables_of(run, wanted.tables))
    return render(request, "run/page.html.j2", **context, parts=parts_of(run, data, wanted), tables=tables)


def parts_of(run: Seen, data: ReportData | None, wanted: PageOf) -> list[Markup]:
    """The sections of the report that a page shows, those in which there is something;
    those that heed the filter under it.
    """
    if data is None:
        return []
    filters = run.chosen.is_any and wanted.follows
    parts = [section(data, name) if filters else run.opened.section(name) for name in wanted.sections]
    return [part for part in parts if part]


def head(run: Seen, wanted: PageOf | None) -> dict[str, Any]:
    """What the head of every page of a run asks for."""
    return {
        "run": run,
        "data": run,  # for the report's own macros: the scale of money, and the marking
        "page": wanted,
        "pages": [one for one in PAGES if one is PLAN or _has(run, one)],
        "query": run.chosen.query,
        "unknown": run.chosen.unknown(run.choices),
        "title": run.title,
        "marking": run.marking,
        "has_memo": has_memo(run),
    }


def has_memo(run: Seen) -> bool:
    """Is there a memo of what changed, that this viewer may read?"""
    return run.has_all and run.opened.run.stands and (run.opened.run.folder / MEMO).is_file()


def _has(run: Seen, wanted: PageOf) -> bool:
    """Is there anything on the page for this viewer?"""
    if run.has_all:
        return wanted.name != "guarantees" or bool(len(run.whole.get("cases", ())))
    if wanted is EVIDENCE:
        return False
    names = {name for table in wanted.tables for name in (table, table + OTHERS)}
    return any(len(run.whole[name]) for name in names & run.whole.keys())


def chosen_data(run: Seen) -> ReportData | None:
    """What the report shows, its deliveries under the filter;
    None for a nation's user, and where the folder is gone.
    """
    data = run.opened.data if run.has_all else None
    if data is None or not run.chosen.is_any:
        return data
    demands = filtered(data.service.demands, run.chosen, run.calendar, run.nation_of)
    return replace(data, demands=demands)


@dataclass(frozen=True)
class ShownTable:
    """A table on a page: its first rows, how many there are in all, and whether the filter could choose among them."""

    name: str
    title: str
    view: View
    rows: int


def tables_of(run: Seen, names: Sequence[str]) -> Iterator[ShownTable]:
    """Those tables that have rows, with what a nation may see of others."""
    for name in (each for table in names for each in (table, table + OTHERS)):
        if len(run.whole.get(name, ())):
            table = run.tables[name]
            view = view_of(name, table, run.calendar, run.titles, 0, FIRST_ROWS)
            yield ShownTable(name, title_of(name), view, len(table))


def _answer(run: Seen, data: ReportData | None) -> dict[str, Any]:
    """The answer, the worst places, and what would help. Of a nation: what of its own is lacking."""
    if data is None:
        return {"answer": None, "tables": list(tables_of(run, ("nations", "shortfalls", "deliveries")))}
    figures = [(figure, _behind(run, figure.name)) for figure in wording.figures(data)]
    return {
        "answer": data,
        "words": wording,
        "figures": figures,
        "gaps": data.gaps[:MOST_WORST],
        "goods": goods_text,
        "gap_count": len(data.gaps),
        "help": _help(data),
        "sentence": lambda text: f"{text[:1].upper()}{text[1:]}.",
        "groups": GROUP_TITLES,
        "said_of_level": SAID_OF_LEVEL,
    }


def _behind(run: Seen, figure: str) -> str:
    """The address of the rows behind a headline figure; blank where there are none."""
    where = BEHIND.get(figure, "")
    if where in BY_NAME:
        return f"/runs/{run.number}/{where}{run.chosen.query}"
    return f"/runs/{run.number}/tables/{where}{run.chosen.query}" if len(run.whole.get(where, ())) else ""


def _help(data: ReportData) -> list[Limit]:
    """The limits of which one more brings most, at the first aim that lacks something and has a price."""
    lacking = {level.name for level in data.levels if level.value}
    for level in data.levels:
        limits = [limit for limit in data.limits if limit.level == level.name]
        if limits and level.name in lacking:
            return limits[:MOST_HELP]
    return []


def _evidence(desk: Desk, run: Seen, data: ReportData | None) -> dict[str, Any]:
    opened = run.opened
    files = desk.store.input_files(opened.run.input_sha256)
    return {
        "record": opened.record,
        "input_kept": files is not None,
        "parts": parts_of(run, data, EVIDENCE),
        "ask_name": not desk.sessions.has_users,
        "files": _files(run),
        "data_is_there": data is not None,
    }


FILES = ("report.html", "plan.xlsx", "run.json", "log.txt")


def _files(run: Seen) -> list[str]:
    return [name for name in FILES if (run.opened.run.folder / name).is_file()] if run.opened.run.stands else []
