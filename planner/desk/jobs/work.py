"""What a worker does with a job. It reads and writes the store itself, so that the server may end meanwhile."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from planner.analysis.budget.curve import Curve
from planner.analysis.budget.study import BudgetStudy
from planner.desk.inputs import input_of, optimal_plan_of
from planner.desk.jobs.fairer import FAIRER, Fairer, retitled_input
from planner.desk.jobs.options import OPTION, OptionRequest, input_with_option
from planner.desk.jobs.remedies import REMEDY, Sought, worked_out
from planner.desk.jobs.sliding import BUDGET, CURVE, FIRST, Slide, changed_input
from planner.desk.keeping import marked_place, named_place, remedy_place, run_place, upload_place
from planner.errors import BusyError, NoPlanError, PlannerError, SolverStoppedError, VerificationError
from planner.plan import Progress, SolveOptions
from planner.run.fair_check import MODEL
from planner.run.folder import whole_file
from planner.run.pipeline import solve_workbook
from planner.run.recorded.origin import AnalysisInput
from planner.store.database import StoreError
from planner.store.jobs import DONE, FAILED, Job, Jobs
from planner.store.store import RunStore, open_store
from planner.workbook import read
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.validate.checks import check_network
from planner.workbook.validate.faults import write_faults

SECONDS_BETWEEN = 0.4  # between two reports of progress to the store
SECONDS_AT_REST = 8.0  # at most, where nothing is new: a job is held for longer
SECONDS_TO_TRY = 120.0  # again and again, to say what came of a job, while the store is away
MOST_FAULTS = 2000  # kept of a check
PLAN = "plan"  # the kind of a job for a workbook that was sent


@dataclass(frozen=True)
class JobPlace:
    """Where a worker finds the store, and the folder of the desk."""

    store: str
    folder: str


@dataclass(frozen=True)
class JobResult:
    """What came of a job: JSON, and the run folder (if any)."""

    content: Mapping[str, Any]
    folder: Path | None = None


class LostError(Exception):
    """The job is in other hands."""


class Holding:
    """A job held while it is worked on: says now and again how far it is, from a thread of its own."""

    def __init__(self, jobs: Jobs, job: Job) -> None:
        self._jobs, self._job = jobs, job
        self._now = ("", 0, 0)
        self._reported: tuple[str, int, int] | None = None
        self._over = threading.Event()
        self.lost = False

    def __call__(self, progress: Progress) -> None:
        """Where the solver is. Raises LostError once the job is in other hands."""
        if self.lost:
            raise LostError
        levels = progress.levels or self._now[2]
        self._now = (progress.phase, progress.done if progress.levels else self._now[1], levels)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Hold the job while the block runs."""
        thread = threading.Thread(target=self._hold, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            self._tell()  # how far it came, also where that took no time

    def _hold(self) -> None:
        reported_at = 0.0
        while not self._over.wait(SECONDS_BETWEEN):
            if self._now == self._reported and time.monotonic() - reported_at < SECONDS_AT_REST:
                continue
            if self._tell():
                reported_at = time.monotonic()

    def _tell(self) -> bool:
        now = self._now
        with contextlib.suppress(StoreError, BusyError):  # away for a moment: it is tried again
            self.lost = not self._jobs.hold(self._job, *now)
            self._reported = now
            return True
        return False


def carry_out(place: JobPlace, number: int) -> None:
    """Take a job and do it; nothing is done where another has it. What goes wrong is said in the job."""
    store = open_store(place.store)
    jobs = Jobs(store.database)
    job = jobs.take(number)
    if job is None:
        return
    holding = Holding(jobs, job)
    try:
        with holding.going_on():
            result = KINDS[job.kind](Path(place.folder), job, holding, store)
    except LostError:
        return
    except KeyboardInterrupt:
        jobs.let_go(job)
        return
    except PlannerError as problem:
        message = str(problem)
        _until_the_store_answers(lambda: jobs.end(job, FAILED, message))
        return
    except Exception as problem:  # whatever it is, the one who asked must hear of it
        message = f"an internal fault ({type(problem).__name__}); please report this to the maintainers"
        _until_the_store_answers(lambda: jobs.end(job, FAILED, message))
        raise
    _until_the_store_answers(lambda: _finish(store, jobs, job, result))


def _finish(store: RunStore, jobs: Jobs, job: Job, result: JobResult) -> bool:
    """Record the run, and then say that the job is done: killed in between, the next worker finds the folder whole."""
    run = store.record(result.folder).id if result.folder is not None else None
    return jobs.end(job, DONE, found=result.content, run=run)


def _until_the_store_answers(say: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS_TO_TRY
    while True:
        try:
            say()
            return
        except (StoreError, BusyError):
            if time.monotonic() > until:
                raise
            time.sleep(1.0)


def _plan(folder: Path, job: Job, holding: Holding, _: RunStore) -> JobResult:
    """Check a workbook that was sent; if it is asked for and nothing is wrong, plan it."""
    wanted = job.wanted
    target = run_place(folder, job)
    if (target / "run.json").is_file():  # a worker before this one was killed after it had written the folder
        return JobResult({}, target)
    holding(Progress("read"))
    source = _named(folder, str(wanted["sha256"]), str(wanted["file"]))
    reading = read(source)
    if reading.instance is not None:
        holding(Progress("check"))
    warnings = [
        *reading.warnings,
        *(check_network(reading.instance, reading.raw) if reading.instance is not None else ()),
    ]
    faults = [*reading.faults, *warnings]
    content = {
        "faults": [asdict(fault) for fault in faults[:MOST_FAULTS]],
        "errors": len(reading.faults),
        "warnings": len(warnings),
    }
    if faults:
        with contextlib.suppress(PlannerError, OSError), whole_file(marked_place(folder, job)) as hidden:
            write_faults(source, faults, hidden)
    if reading.faults or not wanted.get("plan"):
        return JobResult(content)
    with contextlib.suppress(NoPlanError, SolverStoppedError, VerificationError):  # the run says so itself
        solve_workbook(source, target, SolveOptions(model=str(wanted.get("model", "full"))), holding)
    return JobResult(content, target)


def _curve(folder: Path, job: Job, holding: Holding, store: RunStore) -> JobResult:
    """The aims of a run's input with none, all and twice of a budget."""
    slide = Slide.read(job.wanted)
    model = str(job.wanted["model"])
    plan = optimal_plan_of(store, slide.run, model)
    study = BudgetStudy(input_of(store, slide.run, folder), slide.budget, holding, model, plan)
    points = []
    for number, factor in enumerate(FIRST, 1):
        holding(Progress(f"{study.title} × {factor:g}", done=number - 1, levels=len(FIRST)))
        if (point := study.large_point(factor)) is not None:
            points.append(point)
    return JobResult({"curve": Curve.of(study.aims, points, study.loosens).document()})


def _budget(folder: Path, job: Job, holding: Holding, store: RunStore) -> JobResult:
    """The plan of a run's input with its budget slid."""
    origin = _start_of(folder, job, store, Slide.read(job.wanted).run)
    return _planned_again(folder, job, holding, origin, lambda raw: changed_input(raw, job, folder))


def _option(folder: Path, job: Job, holding: Holding, store: RunStore) -> JobResult:
    """The plan of a run's input with one of its options."""
    origin = _start_of(folder, job, store, OptionRequest.read(job.wanted).run)
    return _planned_again(folder, job, holding, origin, lambda raw: input_with_option(raw, job, folder))


def _start_of(folder: Path, job: Job, store: RunStore, run: int) -> AnalysisInput:
    """The input of a run and, where it has one, the plan by the model of the job."""
    model = str(job.wanted["model"])
    return AnalysisInput(input_of(store, run, folder), model, optimal_plan_of(store, run, model))


def _fairer(folder: Path, job: Job, holding: Holding, store: RunStore) -> JobResult:
    """The plan of a run's input that serves the least served first."""
    origin = AnalysisInput(input_of(store, Fairer.read(job.wanted).run, folder), MODEL)
    return _planned_again(folder, job, holding, origin, lambda raw: retitled_input(raw, job, folder))


def _planned_again(
    folder: Path, job: Job, holding: Holding, origin: AnalysisInput, changed: Callable[[RawInput], Path]
) -> JobResult:
    """The plan, by the model of `origin`, of what `changed` writes of its input, solved from its plan if it has one.

    What a worker before this one has planned is not planned again.
    """
    target = run_place(folder, job)
    if not (target / "run.json").is_file():
        source = changed(read_raw(origin.input))
        with contextlib.suppress(NoPlanError, SolverStoppedError, VerificationError):  # the run says so itself
            solve_workbook(source, target, SolveOptions(model=origin.model), holding, start=origin)
    return JobResult({}, target)


def _remedy(folder: Path, job: Job, holding: Holding, store: RunStore) -> JobResult:
    """What would make a goal of a run whole."""
    sought = Sought.read(job.wanted)
    source, model = input_of(store, sought.run, folder), str(job.wanted["model"])
    plan = optimal_plan_of(store, sought.run, model)
    return JobResult(worked_out(source, remedy_place(folder, job), sought, model, holding, plan))


def _named(folder: Path, digest: str, name: str) -> Path:
    """The workbook under the name that it had: that is what a run says of its input."""
    upload, named = upload_place(folder, digest), named_place(folder, digest, name)
    if not named.is_file():
        with whole_file(named) as hidden:
            try:
                os.link(upload, hidden)
            except OSError:  # another disk, or one without links
                hidden.write_bytes(upload.read_bytes())
    return named


KINDS: Mapping[str, Callable[[Path, Job, Holding, RunStore], JobResult]] = {
    PLAN: _plan,
    CURVE: _curve,
    BUDGET: _budget,
    REMEDY: _remedy,
    FAIRER: _fairer,
    OPTION: _option,
}
