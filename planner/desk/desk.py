"""What all pages share, and how a page is made: who looks, the run that is open, the filter, the template."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from planner import catalogue
from planner.desk.access.sessions import Session, Sessions, is_token
from planner.desk.access.users import Role, Viewer
from planner.desk.jobs.fairer import FAIRER
from planner.desk.jobs.options import OPTION
from planner.desk.jobs.sliding import BUDGET, Studies
from planner.desk.opened.filters import NAMES, Choices, Filter, filtered
from planner.desk.opened.shelf import OpenRun, Shelf
from planner.desk.opened.tables import TABLE_OF, Titles
from planner.errors import UsageError
from planner.exchange.policy import DisclosurePolicy
from planner.records.parts import Calendar
from planner.records.reading import RecordError
from planner.report.pages.shell import environment
from planner.report.words.numbers import Money
from planner.store.jobs import Jobs
from planner.store.store import Run, RunStore

TEMPLATES = Path(__file__).with_name("pages") / "templates"
MOST_FIELDS, MOST_FILES = 50, 1  # of a form
TRIALS = (BUDGET, OPTION, FAIRER)  # kinds of jobs that change the input of a run
_CHOICE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "nation": ("nation", "contributor"),
    "commitment": ("commitment",),
    "item": ("item",),
    "destination": ("destination",),
}


@dataclass(frozen=True)
class Desk:
    """The parts that pages use. `folder` is where uploads and the runs of the desk lie."""

    store: RunStore
    sessions: Sessions
    policy: DisclosurePolicy
    shelf: Shelf
    jobs: Jobs
    folder: Path
    studies: Studies = field(default_factory=Studies)


@dataclass(frozen=True)
class Seen:
    """A run as one viewer sees it, under a filter: `tables` after it, `whole` before."""

    opened: OpenRun
    viewer: Viewer
    chosen: Filter
    choices: Choices
    titles: Titles
    money: Money
    whole: Mapping[str, pd.DataFrame]
    nation_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def calendar(self) -> Calendar:
        """The calendar of the run."""
        return self.opened.record.calendar

    @property
    def number(self) -> int:
        """The number of the run in the store."""
        return self.opened.run.id

    @property
    def title(self) -> str:
        """Of the input; without one, the number of the run."""
        return self.opened.record.title or f"Run {self.number}"

    @property
    def has_all(self) -> bool:
        """Is everything seen, not only a nation's extract?"""
        return self.viewer.nation is None

    @property
    def marking(self) -> str:
        """The marking of the run, such as a classification."""
        return self.opened.record.marking

    @functools.cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables with the rows that the filter leaves."""
        if not self.chosen.is_any:
            return self.whole
        return {name: filtered(table, self.chosen, self.calendar, self.nation_of) for name, table in self.whole.items()}


class NumberConvertor(IntegerConvertor):
    """The number of a run or job in an address; one that no store can hold is no address."""

    regex = "[0-9]{1,9}"


register_url_convertor("number", NumberConvertor())


def session_of(request: Request) -> Session:
    """The session of a request that the guard let in."""
    session: Session = request.state.session
    return session


def number_of(request: Request, name: str = "run") -> int:
    """The number of a run (job …) in the address."""
    return int(request.path_params[name])


def seen(desk: Desk, request: Request, number: int) -> Seen:
    """The run of that number as the one who asks may see it. 404 where there is none, or none that concerns them."""
    viewer = session_of(request).viewer
    try:
        opened = desk.shelf.run(number)
    except UsageError as problem:
        if isinstance(problem, RecordError) and viewer.nation is None:
            raise  # it is there, and was recorded by a program that said other things of a run
        raise missing_run(number) from None
    tables = desk.shelf.tables(opened, viewer.nation)
    if viewer.nation is not None and (not tables or number in trials(desk, [opened.run])):
        raise missing_run(number)
    data = opened.data if viewer.nation is None else None
    titles = opened.kept(f"titles {viewer.nation or ''}", lambda: _titles(desk, opened, viewer))
    money = data.money if data else Money.scaled(opened.record.calendar.currency, _largest(tables))
    return Seen(
        opened,
        viewer,
        Filter.of(request.query_params),
        opened.kept(f"choices {viewer.nation or ''}", lambda: _choices(tables, opened, titles)),
        titles,
        money,
        tables,
        _homes(opened) if viewer.nation is None else {},
    )


def trials(desk: Desk, runs: Iterable[Run]) -> set[int]:
    """Which of these runs only try out what planners asked about: nobody has approved them.

    Their titles say of whom that is, so no nation's user sees them.
    """
    return {run.id for run in runs if not run.approvals} & desk.jobs.runs_of(TRIALS)


def missing_run(number: int) -> HTTPException:
    """What is said of a run that is not there, and of one that does not concern the viewer: the same."""
    return HTTPException(404, f"There is no run {number} here.")


def _largest(tables: Mapping[str, pd.DataFrame]) -> float:
    amounts = [
        tables[name][column] for name, column in (("payments", "amount"), ("production", "cost")) if name in tables
    ]
    return max((float(values.sum()) for values in amounts), default=0.0)


def _titles(desk: Desk, opened: OpenRun, viewer: Viewer) -> Titles:
    """Names of codes; a nation gets those that stand in its extract of the input."""
    objective = opened.record.objective
    levels = {level.name: level.title for level in objective} if isinstance(objective, tuple) else {}
    titles = Titles.of(opened.instance, levels, catalogue.load().constraints)
    return titles if viewer.nation is None else titles.of_those(_codes_seen(desk, opened, viewer.nation))


def _codes_seen(desk: Desk, opened: OpenRun, nation: str) -> dict[str, frozenset[str]]:
    """The codes that a nation sees in its extract of the input, by the columns in which they stand."""
    seen = opened.codes_seen_by(nation, desk.policy, {*TABLE_OF.values()})
    return {column: seen[table] for column, table in TABLE_OF.items()}


def _homes(opened: OpenRun) -> dict[str, str]:
    instance = opened.instance
    return {} if instance is None else {name: node.nation or "" for name, node in instance.nodes.items()}


def _choices(tables: Mapping[str, pd.DataFrame], opened: OpenRun, titles: Titles) -> Choices:
    """What stands in the tables that may be seen: a list of names must not say more than they do."""
    choices: dict[str, dict[str, str]] = {}
    for name in NAMES:
        codes: set[str] = set()
        for table in tables.values():
            codes.update(
                code for column in _CHOICE_COLUMNS[name] if column in table for code in table[column].unique() if code
            )
        choices[name] = {code: titles.with_code(name, code) for code in sorted(codes)}
    return Choices(**choices, months=opened.record.calendar.labels)


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page from its template."""
    session = request.state.session
    base = {
        "viewer": session.viewer if session else None,
        "token": session.token if session else "",
        "path": request.url.path,
        "roles": Role,
    }
    page = environment(TEMPLATES).get_template(template).render({**base, **context})
    return HTMLResponse(page, status)


Handler = Callable[[Desk, Request], Response]
Action = Callable[[Desk, Request, FormData], Response]


def page(desk: Desk, handler: Handler, role: Role = Role.reader) -> Callable[[Request], Response]:
    """An address that only shows something."""

    @functools.wraps(handler)
    def endpoint(request: Request) -> Response:
        _require(request, role)
        return handler(desk, request)

    return endpoint


def action(desk: Desk, handler: Action, role: Role) -> Callable[[Request], Any]:
    """An address to which a form is sent: nothing is done without the token of the session's own forms."""

    @functools.wraps(handler)
    async def endpoint(request: Request) -> Response:
        _require(request, role)
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
            if not is_token(session_of(request), form.get("token")):
                raise HTTPException(403, "This form is not of your session; open the page again and send it once more.")
            return await run_in_threadpool(handler, desk, request, form)

    return endpoint


def _require(request: Request, role: Role) -> None:
    if not session_of(request).viewer.may(role):
        raise HTTPException(403, f"This takes the role {role.name}, which you do not have.")
