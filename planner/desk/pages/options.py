"""The options that the input of a run names, each to be planned from the run and compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from planner.desk.access.users import Role
from planner.desk.desk import Desk, Seen, action, number_of, seen
from planner.desk.jobs.options import OPTION, OptionRequest, option_runs
from planner.desk.pages.remedies import at_work
from planner.options.changes.option import Option, option_title, read_options
from planner.store.jobs import OPEN, Job


@dataclass(frozen=True)
class OptionLine:
    """An option on the page: `run` planned it, or `job` is about to (None: neither)."""

    option: Option
    run: int | None
    job: Job | None

    @property
    def title(self) -> str:
        """What people call the option."""
        return option_title(self.option.name, self.option.description)


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [Route("/runs/{run:number}/options", action(desk, _ask, Role.planner), methods=["POST"])]


def option_lines(desk: Desk, run: Seen, who: str) -> list[OptionLine]:
    """The options of a run's input, in its order, with what came of those that were asked for;
    `who`: whose jobs are told of.
    """
    digest = run.opened.run.run_sha256
    runs = option_runs(desk.jobs, digest)
    mine = (job for state in OPEN for job in desk.jobs.of_kind(OPTION, state, digest) if job.who == who)
    jobs = {OptionRequest.read(job.wanted).option: job for job in mine}
    return [OptionLine(option, runs.get(name), jobs.get(name)) for name, option in _options(run).items()]


def _options(run: Seen) -> Mapping[str, Option]:
    """None where there is no plan, or the input was not kept."""
    raw = run.opened.raw
    return read_options(raw) if raw is not None and run.has_all and run.opened.run.is_good else {}


def _ask(desk: Desk, request: Request, form: FormData) -> Response:
    """Ask for the plan of an option; where that is asked for already, show how far it is."""
    run = seen(desk, request, number_of(request))
    option = _options(run).get(str(form.get("option", "")))
    if option is None:
        raise HTTPException(400, "Choose an option of this run's input.")
    wanted = OptionRequest(run.number, run.opened.run.run_sha256, option.name).document()
    more = {"model": run.opened.run.model, "title": f"{run.title} – {option_title(option.name, option.description)}"}
    return at_work(desk, request, OPTION, {**wanted, **more})
