"""Approve a run with name and words: the approval in the store, the decision record, the brief on two pages,
the log.
"""

from __future__ import annotations

import time
from pathlib import Path

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from planner.decision.approve import Approver, read_decision, record_decision
from planner.decision.record import ENDING
from planner.desk.access.users import Role
from planner.desk.desk import Desk, Seen, action, number_of, page, render, seen, session_of
from planner.desk.jobs.work import PLAN
from planner.desk.pages.wording import ASKED_FOR
from planner.errors import BusyError, DecisionError, UsageError
from planner.report.pages.brief import render_brief
from planner.report.pages.views import View, ViewCell, ViewColumn
from planner.store.jobs import ASKED
from planner.store.log import Event, read_log
from planner.store.store import RunStore

MOST_WORDS = 2000
SECONDS_TO_WAIT = 20.0  # for another who writes the same record
LOGGED = 200  # events on the page
_ENDINGS = {"json": ".json", "html": ".html"}


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [
        Route("/runs/{run:number}/approve", action(desk, _approve, Role.approver), methods=["POST"]),
        Route("/runs/{run:number}/decision.{kind:str}", page(desk, _decision)),
        Route("/runs/{run:number}/brief.html", page(desk, _brief)),
        Route("/log", page(desk, _log, Role.approver)),
    ]


def _approve(desk: Desk, request: Request, form: FormData) -> Response:
    run = seen(desk, request, number_of(request))
    viewer, words = session_of(request).viewer, _readable(form.get("words"))
    if form.get("run_sha256") != run.opened.run.run_sha256:
        raise HTTPException(409, "This is not the run that you saw. Open it again.")
    if len(words) > MOST_WORDS:
        raise HTTPException(400, f"These are {len(words)} characters; {MOST_WORDS} are the most.")
    name = viewer.title if desk.sessions.has_users else _readable(form.get("name"))[:200]
    if not name:
        raise HTTPException(400, "Say who approves.")
    try:
        desk.store.approve(run.number, name, words, user=viewer.name)
    except UsageError as problem:
        raise HTTPException(409, str(problem)) from None
    _written_down(desk.store, run)
    return RedirectResponse(f"/runs/{run.number}/evidence#approved", 303)


def _readable(value: object) -> str:
    """A text without what nobody can read and a database or a terminal may stumble over."""
    return "".join(sign for sign in str(value or "") if sign.isprintable() or sign in "\n\t").strip()


def _written_down(store: RunStore, run: Seen) -> None:
    """Bring the decision record up to the store: made where there is none, with each approval that it lacks."""
    if not run.opened.run.stands:
        return
    folder, target = run.opened.run.folder, record_of(run)
    until = time.monotonic() + SECONDS_TO_WAIT
    for approval in store.approvals(run.number):
        consent = Approver(approval.who, approval.said)
        while not _has(target, consent):
            try:
                record_decision(folder, target, consent=consent)
            except (BusyError, UsageError):  # somebody else writes it, or has just made it
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


def _has(target: Path, consent: Approver) -> bool:
    approvals = read_decision(target).approvals if target.is_file() else ()
    return any((one.name, one.words) == (consent.name, consent.words) for one in approvals)


def record_of(run: Seen) -> Path:
    """Where the decision record of a run is: beside its folder."""
    folder = run.opened.run.folder
    return folder.with_name(folder.name + ENDING)


def _decision(desk: Desk, request: Request) -> Response:
    run, kind = seen(desk, request, number_of(request)), request.path_params["kind"]
    if not run.has_all or kind not in _ENDINGS or not desk.store.approvals(run.number):
        raise HTTPException(404, "There is no decision record of this run.")
    try:
        _written_down(desk.store, run)
    except DecisionError as problem:
        raise HTTPException(409, str(problem)) from None
    path = record_of(run).with_suffix(_ENDINGS[kind])
    if not path.is_file():
        raise HTTPException(404, "There is no decision record of this run: its folder is gone.")
    return FileResponse(path, filename=f"run-{run.number}-decision.{kind}", content_disposition_type="attachment")


def _brief(desk: Desk, request: Request) -> Response:
    """The plan on two pages to print, as a file."""
    run = seen(desk, request, number_of(request))
    data = run.opened.data if run.has_all else None
    if data is None:
        raise HTTPException(404, "There is no brief of this run.")
    text = run.opened.kept("brief", lambda: render_brief(data))
    name = f'attachment; filename="run-{run.number}-brief.html"'
    return Response(text, media_type="text/html", headers={"Content-Disposition": name})


def _log(desk: Desk, request: Request) -> Response:
    events, fault = read_log(desk.store.database, LOGGED)
    columns = (ViewColumn("No.", "whole"), ViewColumn("Who, and when (UTC)"), ViewColumn("What"))
    rows = [
        (
            event.id,
            ViewCell(event.who, event.at.replace("T", " ").removesuffix("Z")),
            ViewCell(_what(event), _more(event)),
        )
        for event in events
    ]
    view = View("log", "What was done", "", columns, rows, most=LOGGED)
    return render(request, "log.html.j2", view=view, fault=fault, money=None)


def _what(event: Event) -> str:
    """What was done; of a job what was asked for, in words."""
    kind = event.what.removeprefix(ASKED)
    if kind == event.what:
        return event.what
    if kind == PLAN and not event.document.get("plan"):
        return "asked for a check"
    return f"asked for {ASKED_FOR.get(kind, kind)}"


def _more(event: Event) -> str:
    """The document of an event, but for what `_what` says."""
    details = {
        name: value for name, value in event.document.items() if not isinstance(value, bool) and value not in ("", None)
    }
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in details.items())
