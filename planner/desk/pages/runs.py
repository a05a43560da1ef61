"""Runs: which there are, how good each is, who approved it, and what somebody should hear of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from planner.desk.desk import Desk, page, render, session_of, trials
from planner.errors import UsageError
from planner.records.reading import read_record
from planner.report.figures.drawing import framed
from planner.report.figures.trend import trend
from planner.schedule.record import ScheduleRecord
from planner.store.entry import COVERAGE, FILL_RATE
from planner.store.store import Run

RUNS = 30  # on a page
_RESULTS = {"infeasible": "no plan exists", "unbounded": "no plan", "error": "stopped before a plan"}
SCHEDULE = "schedule.json"


@dataclass(frozen=True)
class RunLine:
    """A run as the list shows it; a nation's user is not told how good the whole is."""

    run: Run
    fill_rate: float | None = None
    coverage: float | None = None

    @property
    def result(self) -> str:
        """How it ended, in words."""
        if self.run.is_good:
            return "optimal" if self.run.status == "optimal" else "verified, not proved optimal"
        return _RESULTS.get(self.run.status, "not verified")


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [Route("/", page(desk, _runs))]


def _runs(desk: Desk, request: Request) -> Response:
    before_text = request.query_params.get("before", "")
    before = int(before_text) if before_text.isdecimal() and len(before_text) < 10 else None
    nation = session_of(request).viewer.nation
    runs, more = seen_runs(desk, nation, before)
    fill_rates = desk.store.figure_of(FILL_RATE) if nation is None else {}
    coverages = desk.store.figure_of(COVERAGE) if nation is None else {}
    lines = [RunLine(run, fill_rates.get(run.id), coverages.get(run.id)) for run in runs]
    chosen = [int(text) for text in request.query_params.getlist("run") if text.isdecimal() and len(text) < 10]
    return render(
        request,
        "runs.html.j2",
        lines=lines,
        pinned=list(dict.fromkeys(chosen)),
        shown=[line.run.id for line in lines],
        more=runs[-1].id if more else None,
        before=before,
        alerts=list(_alerts(runs)) if nation is None else [],
        trend=_trend(lines),
        has_coverage=any(line.coverage is not None for line in lines),
    )


def _trend(lines: Sequence[RunLine]) -> Markup | None:
    """Fill rate and coverage of the newest plan and of those called as it is, run by run;
    None where there are fewer than two.
    """
    with_figures = [line for line in reversed(lines) if line.fill_rate is not None or line.coverage is not None]
    with_figures = [line for line in with_figures if line.run.title == with_figures[-1].run.title]
    if len(with_figures) < 2:
        return None
    series = [
        ("Fill rate", [line.fill_rate for line in with_figures]),
        ("Covered if attacked", [line.coverage for line in with_figures]),
    ]
    shown = [(name, values) for name, values in series if any(value is not None for value in values)]
    title = f"{with_figures[-1].run.title}: fill rate and coverage, run by run"
    return _drawn(
        title, tuple(str(line.run.id) for line in with_figures), tuple((name, tuple(values)) for name, values in shown)
    )


@lru_cache(maxsize=8)
def _drawn(title: str, runs: tuple[str, ...], series: tuple[tuple[str, tuple[float | None, ...]], ...]) -> Markup:
    """The picture of a trend, drawn once."""
    return framed(trend(title, runs, series))


def seen_runs(desk: Desk, nation: str | None, before: int | None) -> tuple[list[Run], bool]:
    """A page of the runs that may be seen, the newest first (`before`: older than that), and whether there are more."""
    runs = list(_seen(desk, nation, before))
    return runs[:RUNS], len(runs) > RUNS


def _seen(desk: Desk, nation: str | None, before: int | None) -> Iterator[Run]:
    """One more than a page of runs; of a nation's user those with a plan whose input knows the nation,
    but for trials.
    """
    count = 0
    while count <= RUNS:
        runs = desk.store.runs(before, RUNS + 1)
        hidden = trials(desk, runs) if nation is not None else set()
        for run in runs:
            if nation is None or (run.is_good and run.id not in hidden and nation in desk.shelf.nations(run)):
                count += 1
                yield run
        if len(runs) <= RUNS:
            return
        before = runs[-1].id


def _alerts(runs: Sequence[Run]) -> Iterator[ScheduleRecord]:
    """What each schedule among these runs last said, where it has alerts."""
    folders: Mapping[Path, None] = dict.fromkeys(run.folder.parent for run in runs if run.schedule)
    for folder in folders:
        try:
            record = read_record(folder / SCHEDULE, ScheduleRecord)
        except UsageError:
            continue  # gone, or being written by another version
        if record.alerts:
            yield record
