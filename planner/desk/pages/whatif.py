"""What if: a budget is slid; bounds on the aims come at once, the exact plan when a worker has made it.

And the options of the input.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from planner.analysis.budget.curve import Bound
from planner.analysis.budget.study import LEAST, MOST, BudgetRows
from planner.desk.access.users import Role
from planner.desk.desk import Desk, Seen, action, number_of, page, render, seen, session_of
from planner.desk.inputs import input_of
from planner.desk.jobs.sliding import BUDGET, CURVE, SMALL_ROWS, Planned, Slide, known_curve
from planner.desk.pages.options import option_lines
from planner.desk.pages.reading import head
from planner.domain.instance import PlanningInstance
from planner.errors import BusyError, PlannerError
from planner.report.words.numbers import Money
from planner.store.jobs import Job

STEP = 0.01  # of the slider


@dataclass(frozen=True)
class SlideRequest:
    """What a page of a slide is about. `fault` says why there is none."""

    run: Seen
    instance: PlanningInstance
    slide: Slide | None
    factor: float
    fault: str = ""

    @property
    def is_small(self) -> bool:
        """Is the input solved while one waits?"""
        return (self.run.opened.record.counts.rows or SMALL_ROWS + 1) <= SMALL_ROWS


@dataclass(frozen=True)
class Known:
    """What is known of a slide. `planned`: the runs that were made for it, by factor."""

    bounds: list[Bound]
    planned: list[Planned]
    no_plan: bool = False


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [
        Route("/runs/{run:number}/what-if", page(desk, _shown, Role.planner), methods=["GET"]),
        Route("/runs/{run:number}/what-if", action(desk, _ask, Role.planner), methods=["POST"]),
        Route("/runs/{run:number}/what-if/bounds", page(desk, _bounds, Role.planner)),
    ]


def _asked(desk: Desk, request: Request) -> SlideRequest:
    run = seen(desk, request, number_of(request))
    instance = run.opened.instance
    if instance is None or not run.opened.run.is_good:
        raise HTTPException(404, "This run has no plan, or its input was not kept: no budget can be slid.")
    query = request.query_params
    try:
        factor = float(query.get("factor", "1"))
    except ValueError:
        factor = nan
    if isnan(factor):
        raise HTTPException(400, "factor: expected a number from 0 to 2.")
    factor = min(max(factor, LEAST), MOST)
    fund = query.get("fund", "")
    if not fund:
        return SlideRequest(run, instance, None, factor)
    year = query.get("year", "")
    budget = BudgetRows(fund, query.get("contributor", ""), int(year) if year.isdecimal() and len(year) == 4 else None)
    if budget.amount(instance) <= 0:
        return SlideRequest(run, instance, None, factor, f"There is no money of {budget.title(instance)} to slide.")
    return SlideRequest(run, instance, Slide(run.number, run.opened.run.run_sha256, budget), factor)


def _known(desk: Desk, slide_request: SlideRequest, slide: Slide) -> Known | None:
    """What is known at the factor; None where nothing is yet. Small inputs are solved. Raises as `BudgetStudy`."""
    curve, planned = known_curve(desk.jobs, desk.store, slide)
    if slide_request.is_small:
        source = input_of(desk.store, slide.run, desk.folder)
        budget_curve, point = desk.studies.point(
            slide, source, slide_request.run.opened.run.model, slide_request.factor
        )
        if point is None:
            return Known([], planned, no_plan=True)
        curve = budget_curve.joined([point])
    return None if curve is None or not curve.points else Known(curve.bounds(slide_request.factor), planned)


def _shown(desk: Desk, request: Request) -> Response:
    slide_request = _asked(desk, request)
    known, fault = None, slide_request.fault
    if slide_request.slide is not None:
        try:
            known = _known(desk, slide_request, slide_request.slide)
        except PlannerError as problem:
            fault = str(problem)
    waiting = _job_of(desk, slide_request.slide, request) if slide_request.slide else None
    return render(
        request,
        "run/whatif.html.j2",
        **head(slide_request.run, None),
        asked=slide_request,
        fault=fault,
        funds=_funds(slide_request.instance),
        amount=slide_request.slide.budget.amount(slide_request.instance) if slide_request.slide else 0.0,
        named=slide_request.slide.budget.title(slide_request.instance) if slide_request.slide else "",
        known=known,
        lines=[line(bound, slide_request.run.money) for bound in known.bounds] if known else [],
        waiting=waiting,
        options=option_lines(desk, slide_request.run, session_of(request).viewer.name),
        least=LEAST,
        most=MOST,
        step=STEP,
    )


def _bounds(desk: Desk, request: Request) -> Response:
    """The same for the browser's script, as JSON."""
    slide_request = _asked(desk, request)
    if slide_request.slide is None:
        raise HTTPException(400, slide_request.fault or "fund: expected the name of a fund.")
    known = _known(desk, slide_request, slide_request.slide)
    money, amount = slide_request.run.money, slide_request.slide.budget.amount(slide_request.instance)
    run = (
        next((plan.run for plan in known.planned if abs(plan.factor - slide_request.factor) < STEP / 2), None)
        if known
        else None
    )
    lines = [line(bound, money) for bound in known.bounds] if known else []
    answer = {
        "factor": slide_request.factor,
        "amount": money.text(slide_request.factor * amount),
        "aims": lines,
        "run": run,
    }
    return JSONResponse({**answer, "no_plan": bool(known and known.no_plan)})


def _ask(desk: Desk, request: Request, form: FormData) -> Response:
    """Ask for the curve of a slide, or for the plan at a factor;
    what one asked for before and is not begun is dropped.
    """
    slide_request, viewer = _asked(desk, request), session_of(request).viewer
    if slide_request.slide is None:
        raise HTTPException(400, slide_request.fault or "Choose a fund first.")
    kind = CURVE if form.get("kind") == CURVE else BUDGET
    more = {
        "model": slide_request.run.opened.run.model,
        "title": f"{slide_request.run.title} – {slide_request.slide.budget.title(slide_request.instance)}",
    }
    wanted: dict[str, Any] = {**slide_request.slide.document(), **more}
    if kind == BUDGET:
        wanted["factor"] = round(slide_request.factor, 4)
        desk.jobs.drop_waiting(viewer.name, BUDGET)
    try:
        job = desk.jobs.add(viewer.name, kind, wanted)
    except BusyError as problem:
        raise HTTPException(429, str(problem)) from None
    if request.headers.get("accept") == "application/json":
        return JSONResponse({"job": job.id})
    return RedirectResponse(f"/runs/{slide_request.run.number}/what-if?{request.url.query}", 303)


def _job_of(desk: Desk, slide: Slide, request: Request) -> Job | None:
    """The newest job that this viewer asked for about the slide and that is not done."""
    who = session_of(request).viewer.name
    mine = (job for job in desk.jobs.newest(who, 10) if job.is_open and job.kind in (CURVE, BUDGET))
    return next((job for job in mine if Slide.read(job.wanted) == slide), None)


def _funds(instance: PlanningInstance) -> dict[str, tuple[list[str], list[int]]]:
    """The funds that have money, with their contributors and years."""
    funds = {}
    for name, fund in instance.funds.items():
        budgets = [budget for budget in fund.budgets if budget.amount > 0]
        if budgets:
            contributors = dict.fromkeys(budget.contributor for budget in budgets)
            funds[name] = (list(contributors), sorted({budget.year for budget in budgets}))
    return funds


def line(bound: Bound, money: Money) -> dict[str, Any]:
    """An aim as people read it: its value, or between what it lies (proved), or about what it is (an estimate), or what
    it is with another budget.
    """
    low, high = bound.low, bound.high

    def said(value: float) -> str:
        return money.of_unit(value, bound.aim.unit)

    if bound.is_exact:
        words, kind = said(bound.estimate), "exact"
    elif low is not None and high is not None:
        words, kind = f"{said(low)} to {said(high)}", "proved"
    elif low is not None or high is not None:
        words, kind = (f"at least {said(low)}" if low is not None else f"at most {said(high or 0.0)}"), "proved"
    elif bound.of_factor is not None:
        words, kind = f"{said(bound.estimate)} with × {bound.of_factor:.2f}", "unknown"
    else:
        words, kind = f"about {said(bound.estimate)}", "estimate"
    return {"aim": bound.aim.title, "words": words, "kind": kind, "low": low, "high": high, "estimate": bound.estimate}
