"""What would help, worked out by a job: the cheapest changes that make a commitment, a contingency or everything whole;
and, where somebody gets nothing, a plan that serves the least served first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from planner.desk.access.users import Role
from planner.desk.desk import Desk, Seen, action, number_of, page, seen, session_of
from planner.desk.jobs.fairer import FAIRER, Fairer, fairer_runs
from planner.desk.jobs.remedies import FILES, REMEDY, RemedyAnswer, Sought, answer_of, answers
from planner.desk.keeping import remedy_place
from planner.errors import BusyError
from planner.plan.remedy.measures import COMMITMENT, CONTINGENCY, EVERYTHING, NO_COMMITMENT, Goal
from planner.records.remedies import GoalRecord
from planner.report.words.remedy_words import RemedyWords
from planner.run.fair_check import has_sense
from planner.store.jobs import DONE, Job


@dataclass(frozen=True)
class Offered:
    """A goal that may be asked for: as the form sends it, and in words."""

    code: str
    title: str
    goal: Goal


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [
        Route("/runs/{run:number}/remedies", action(desk, _ask, Role.planner), methods=["POST"]),
        Route("/runs/{run:number}/least-served", action(desk, _ask_fairer, Role.planner), methods=["POST"]),
        Route("/runs/{run:number}/remedies/{job:number}/{name:str}", page(desk, _file)),
    ]


def offered(run: Seen, commitments: Iterable[str] | None = None) -> list[Offered]:
    """What falls short in a run and can be asked for by this viewer; `commitments`: these only."""
    instance = run.opened.instance
    is_asked = run.has_all and run.viewer.may(Role.planner) and run.opened.run.is_good
    if instance is None or not is_asked:
        return []
    short = list(dict.fromkeys(run.whole["shortfalls"]["commitment"].fillna(NO_COMMITMENT).astype(str)))
    goals = [Goal(COMMITMENT, name) for name in short if commitments is None or name in {*commitments}]
    if commitments is None:
        goals += [Goal(EVERYTHING)] if len(goals) > 1 else []
        uncovered = run.whole.get("uncovered")
        goals += [
            Goal(CONTINGENCY, str(name)) for name in ([] if uncovered is None else uncovered["contingency"].unique())
        ]
    words = RemedyWords(instance, run.money)
    return [Offered(f"{goal.kind}:{goal.name}", words.goal(goal), goal) for goal in goals]


def may_be_fairer(run: Seen) -> bool:
    """Does anybody get nothing, and may this viewer ask for the plan that serves the least served first?"""
    data = run.opened.data if run.has_all and run.viewer.may(Role.planner) and run.opened.run.is_good else None
    return data is not None and has_sense(data.plan, run.opened.run.model, data.unserved)


def fairer(desk: Desk, run: Seen) -> list[int]:
    """The runs that serve the least served of this run first; none for one nation's user."""
    return fairer_runs(desk.jobs, run.opened.run.run_sha256) if run.has_all else []


def answered(desk: Desk, run: Seen) -> list[RemedyAnswer]:
    """What jobs found that would help this run; nothing for one nation's user."""
    return answers(desk.jobs, run.opened.run.run_sha256) if run.has_all else []


def known(run: Seen, answers: Sequence[RemedyAnswer]) -> list[GoalRecord]:
    """What the run itself says would help, but for what jobs have answered since."""
    answered = {(answer.goal.kind, answer.goal.name) for answer in answers}
    return [goal for goal in run.opened.record.remedies or () if (goal.kind, goal.name) not in answered]


def remedies_found(job: Job) -> list[RemedyAnswer]:
    """What a job found, where it is one that looked for remedies and is done."""
    answer = answer_of(job) if job.kind == REMEDY and job.state == DONE else None
    return [] if answer is None else [answer]


def _ask(desk: Desk, request: Request, form: FormData) -> Response:
    """Ask for the remedies of a goal; where that is asked for already, show how far it is."""
    run = seen(desk, request, number_of(request))
    chosen = next((one for one in offered(run) if one.code == form.get("goal")), None)
    if chosen is None:
        raise HTTPException(400, "Choose something that falls short in this run.")
    sought = Sought(run.number, run.opened.run.run_sha256, chosen.goal)
    return at_work(desk, request, REMEDY, {**sought.document(), "model": run.opened.run.model})


def _ask_fairer(desk: Desk, request: Request, _: FormData) -> Response:
    """Ask for the plan that serves the least served first; where that is asked for already, show how far it is."""
    run = seen(desk, request, number_of(request))
    if not may_be_fairer(run):
        raise HTTPException(400, "Nobody is left out by this run, or its plan served the least served first.")
    of = Fairer(run.number, run.opened.run.run_sha256)
    return at_work(desk, request, FAIRER, {**of.document(), "title": run.title})


def at_work(desk: Desk, request: Request, kind: str, wanted: Mapping[str, Any]) -> Response:
    """The page of the job: the one of this viewer that is not done, or a new one."""
    who = session_of(request).viewer.name
    mine = (job for job in desk.jobs.newest(who, 10) if job.is_open and job.kind == kind)
    job = next((job for job in mine if job.wanted == wanted), None)
    if job is None:
        try:
            job = desk.jobs.add(who, kind, wanted)
        except BusyError as problem:
            raise HTTPException(429, str(problem)) from None
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _file(desk: Desk, request: Request) -> Response:
    run, number, name = seen(desk, request, number_of(request)), number_of(request, "job"), request.path_params["name"]
    is_of_run = name in FILES and number in {answer.job for answer in answered(desk, run)}
    path = remedy_place(desk.folder, desk.jobs.job(number)) / name if is_of_run else None
    if path is None or not path.is_file():
        raise HTTPException(404, "There is no such file.")
    return FileResponse(path, filename=f"run-{run.number}-{name}", content_disposition_type="attachment")
