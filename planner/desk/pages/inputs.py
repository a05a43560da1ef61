"""Input check: a workbook is sent, its faults come back by cell, and, if it is asked for, a plan,
with how far it is.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from planner import catalogue
from planner.desk.access.users import Role, Viewer
from planner.desk.desk import Desk, action, number_of, page, render, session_of
from planner.desk.jobs.uploads import keep, plain_name
from planner.desk.jobs.work import PLAN
from planner.desk.keeping import DAYS, marked_place, needed, tidy, upload_place
from planner.desk.pages.remedies import remedies_found
from planner.desk.pages.rows import SHEET, download
from planner.desk.pages.wording import outcome, subject
from planner.errors import BusyError, UsageError
from planner.report.pages.views import View, ViewColumn
from planner.report.words.phases import phase_words
from planner.run.folder import scratch_folder
from planner.store.jobs import DONE, Job
from planner.workbook.write.template import write_template

JOBS = 20  # on the page
SECONDS_BETWEEN = 0.5  # between looks at a job whose progress somebody watches
TEMPLATES = {"first-plan.xlsx": True, "all-tables.xlsx": False}  # by name: is it the small one?
MOST_WATCHED = 600  # looks, after which the browser asks again


def routes(desk: Desk) -> list[Route]:
    """The addresses."""

    async def events(request: Request) -> Response:
        job = await run_in_threadpool(_job, desk, request)
        return StreamingResponse(_events(desk, job.id), media_type="text/event-stream")

    return [
        Route("/input", page(desk, _ask, Role.planner), methods=["GET"]),
        Route("/input", action(desk, _send, Role.planner), methods=["POST"]),
        *(Route(f"/input/{name}", page(desk, _template, Role.planner)) for name in TEMPLATES),
        Route("/jobs/{job:number}", page(desk, _shown, Role.planner)),
        Route("/jobs/{job:number}/plan", action(desk, _plan_checked, Role.planner), methods=["POST"]),
        Route("/jobs/{job:number}/events", events),
        Route("/jobs/{job:number}/marked.xlsx", page(desk, _marked, Role.planner)),
    ]


def _ask(desk: Desk, request: Request) -> Response:
    viewer = session_of(request).viewer
    return render(request, "input.html.j2", fault="", **_context(desk, viewer))


def _send(desk: Desk, request: Request, form: FormData) -> Response:
    viewer, file = session_of(request).viewer, form.get("workbook")
    try:
        job = _asked(desk, viewer, file, form)
    except (UsageError, BusyError) as problem:
        status = 429 if isinstance(problem, BusyError) else 400
        return render(request, "input.html.j2", status, fault=str(problem), **_context(desk, viewer))
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _context(desk: Desk, viewer: Viewer) -> dict[str, Any]:
    jobs = desk.jobs.newest(viewer.name, JOBS)
    return {"jobs": jobs, "subject": subject, "outcome": outcome, "models": _models(), "days": DAYS}


def _models() -> dict[str, str]:
    """Titles of the planning models, by name."""
    return {name: catalogue.load(name).title for name in catalogue.model_names()}


def _template(_: Desk, request: Request) -> Response:
    """A workbook to fill in."""
    name = request.scope["path"].rsplit("/", 1)[-1]
    return download(_written_template(TEMPLATES[name]), name, SHEET)


@lru_cache(maxsize=len(TEMPLATES))
def _written_template(small: bool) -> bytes:
    """What `planner template` writes, written once."""
    with scratch_folder() as folder:
        write_template(folder / "template.xlsx", small)
        return (folder / "template.xlsx").read_bytes()


def _asked(desk: Desk, viewer: Viewer, file: object, form: FormData) -> Job:
    if not isinstance(file, UploadFile) or not file.filename:
        raise UsageError("Choose a workbook first.")
    content, model = file.file.read(), str(form.get("model") or "full")
    if not content.startswith(b"PK"):
        raise UsageError("This is no .xlsx workbook. Save it as .xlsx, without a password.")
    if model not in catalogue.model_names():
        raise UsageError(f"There is no planning model {model!r}.")
    desk.jobs.require_room(viewer.name)  # before the workbook is kept, so that refused ones fill no disk
    tidy(desk.folder, desk.store, desk.jobs)
    mine = {str(job.asked["sha256"]) for job in needed(desk.jobs) if job.who == viewer.name and "sha256" in job.asked}
    asked = {
        "file": plain_name(file.filename),
        "sha256": keep(desk.folder, content, mine),
        "plan": form.get("plan") == "yes",
        "model": model,
    }
    return desk.jobs.add(viewer.name, PLAN, asked)


def _plan_checked(desk: Desk, request: Request, _: FormData) -> Response:
    """Have the workbook of a check planned, which found no faults: it need not be sent again."""
    job = _job(desk, request)
    if not _can_be_planned(desk, job):
        raise HTTPException(409, "Only a workbook that was checked without faults, and is still kept, can be planned.")
    try:
        planned = desk.jobs.add(session_of(request).viewer.name, PLAN, {**job.wanted, "plan": True})
    except BusyError as problem:
        raise HTTPException(429, str(problem)) from None
    return RedirectResponse(f"/jobs/{planned.id}", 303)


def _can_be_planned(desk: Desk, job: Job) -> bool:
    """Was it only a check, without faults, of a workbook that is still kept?"""
    is_checked = job.kind == PLAN and job.state == DONE and not job.run and not job.result.get("errors")
    return is_checked and upload_place(desk.folder, str(job.wanted["sha256"])).is_file()


def _job(desk: Desk, request: Request) -> Job:
    """A job of one's own; of others they are as if they were not there. An approver sees all."""
    viewer = session_of(request).viewer
    try:
        job = desk.jobs.job(number_of(request, "job"))
    except UsageError:
        job = None
    if job is None or not (job.who == viewer.name or viewer.may(Role.approver)):
        raise HTTPException(404, "There is no such job.")
    return job


def _shown(desk: Desk, request: Request) -> Response:
    job = _job(desk, request)
    has_marked = marked_place(desk.folder, job).is_file()
    return render(
        request, "job.html.j2", job=job, state=job_state(job), has_marked=has_marked, result=job.result, subject=subject(job),
        view=_faults(job), money=None, run=job.wanted.get("run"), help=remedies_found(job), may_be_planned=_can_be_planned(desk, job),
    )  # fmt: skip


def _faults(job: Job) -> View:
    """What the check found, cell by cell."""
    columns = (ViewColumn("Where"), ViewColumn("Column"), ViewColumn("Kind", "flag"), ViewColumn("What is wrong"))
    rows = [
        (fault["place"], fault["column"] or "", "fault" if fault["severity"] == "error" else "", fault["message"])
        for fault in job.result.get("faults", ())
    ]
    return View("faults", "Faults by cell", "A row without a mark is a warning.", columns, rows, most=max(len(rows), 1))


def _marked(desk: Desk, request: Request) -> Response:
    job = _job(desk, request)
    path = marked_place(desk.folder, job)
    if not path.is_file():
        raise HTTPException(404, "No cell of this workbook is marked.")
    return FileResponse(path, filename=f"marked-{job.wanted['file']}", content_disposition_type="attachment")


def job_state(job: Job) -> dict[str, Any]:
    """How far a job is, for page and browser: words, and levels done of how many."""
    words = {"waiting": "Waiting for a free worker", "done": "Done", "failed": job.message}.get(job.state, "")
    phase = phase_words(job.phase) if job.phase else "starting"
    return {
        "state": job.state,
        "words": words or phase[:1].upper() + phase[1:],
        "done": job.done,
        "levels": job.levels,
        "run": job.run,
    }


async def _events(desk: Desk, number: int) -> AsyncIterator[str]:
    """Server-sent events: one whenever something changed, and the last when the job is over."""
    last = ""
    for look in range(MOST_WATCHED):
        job = await run_in_threadpool(desk.jobs.job, number)
        events = json.dumps(job_state(job))
        if events != last:
            yield f"data: {events}\n\n"
            last = events
        elif look % 30 == 0:
            yield ": still here\n\n"
        if not job.is_open:
            return
        await asyncio.sleep(SECONDS_BETWEEN)
