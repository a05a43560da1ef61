"""The order of things in a scheduled run: one at a time; plan if anything is new; record, compare, alert, prune.

Each step leaves a state from which the next run goes on: a folder that is whole but not recorded is recorded then, a
comparison that is missing is made then, runs that are marked to go are taken away then. Nothing but retention
ever touches a plan that is there.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from planner.errors import BusyError, InputError, PlannerError
from planner.options.changes.option import BASE
from planner.options.pipeline import compare_workbook
from planner.options.record import CompareRecord
from planner.plan import Progress, SolveOptions
from planner.records.reading import read_record
from planner.records.run import read_run
from planner.replan.position.conflict import ReportConflict
from planner.replan.replan import INPUT, replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.folder import file_lock, sweep, whole_file
from planner.run.log import Log
from planner.run.pipeline import RunResult, solve_workbook
from planner.schedule.alert import Alert
from planner.schedule.current import CurrentInput, adopt, folder_for, given, last_good, to_follow
from planner.schedule.declaration import REPLAN, Schedule
from planner.schedule.freshness import freshness_alerts
from planner.schedule.notify import send
from planner.schedule.outcome import NEW_PLAN, NOTHING_NEW, ScheduleOutcome, write_outcome
from planner.schedule.watching import plan_alerts
from planner.solver.highs import ProgressListener
from planner.store.pruning import prune
from planner.store.store import Run, RunStore, open_store

LOCK = "schedule.lock"  # an empty file; its lock is what counts
FAULT = "fault.txt"  # the details of an internal fault
COMPARISON = "options"  # the folder of the last plan's options, beside the runs
WallClock = Callable[[], datetime]


def _clock() -> datetime:
    return datetime.now(UTC)


def run_schedule(
    schedule: Schedule, now: str | None = None, progress: ProgressListener | None = None, clock: WallClock = _clock
) -> ScheduleOutcome:
    """Run a schedule once. `now` is the first period of a replan, as typed.

    What goes wrong with input, plan, solver or disk is stated in the outcome, with its exit code, in schedule.json, and
    as an alert. Raises BusyError, before anything is touched, where another run of the schedule is going on, and
    FolderError where not even schedule.json can be written.
    """
    run = _Running(schedule, now, progress, clock)
    with file_lock(schedule.runs / LOCK) as mine:
        if not mine:
            raise BusyError(f"another run of the schedule {schedule.name} is going on; try again when it has ended")
        return run.carry_out()


@dataclass
class _Made:
    """A plan that was just made: its folder's result, and what reports contradicted each other on the way."""

    result: RunResult
    conflicts: list[ReportConflict]


class _Running:
    def __init__(
        self, schedule: Schedule, now: str | None, progress: ProgressListener | None, clock: WallClock
    ) -> None:
        self.schedule, self.now, self.progress, self.clock = schedule, now, progress, clock
        self.started = clock()
        self.outcome = ScheduleOutcome()
        self.store: RunStore | None = None

    def carry_out(self) -> ScheduleOutcome:
        with self._failures_reported(), self._store_held() as store:
            self.store = store
            sweep(self.schedule.runs)
            self.outcome.adopted = [run.id for run in adopt(self.schedule, store)]
            current = given(self.schedule, self.now)
            runs = store.runs()
            self.outcome.alerts += freshness_alerts(self.schedule, current.raw, runs, self.started)
            before = last_good(runs, self.schedule)
            if before is None or before.fingerprint != current.fingerprint:
                self._plan(store, current, before)
            else:
                self.outcome.result = NOTHING_NEW
                self.outcome.message = f"nothing new since run {before.id}: same input, same terms, same program"
            self._compare(store)
        self._prune()
        self._tell()
        write_outcome(self.schedule, self.outcome, self.started, self.clock())
        return self.outcome

    @contextlib.contextmanager
    def _failures_reported(self) -> Iterator[None]:
        """What the program reports in its own words becomes the outcome, and an alert."""
        try:
            yield
        except BusyError:
            raise
        except PlannerError as problem:
            self._fail(problem, problem.exit_code)
        except Exception as fault:  # a scheduled run has nobody to look at it: it must tell of itself
            details = self.schedule.runs / FAULT
            with contextlib.suppress(PlannerError), whole_file(details) as hidden:
                hidden.write_text(traceback.format_exc(), encoding="utf-8")
            message = f"internal fault ({type(fault).__name__}); please send {details} to the maintainers"
            self._fail(PlannerError(message), PlannerError.exit_code)

    def _fail(self, problem: PlannerError, code: int) -> None:
        self.outcome.exit_code = self.outcome.exit_code or code
        message = str(problem)
        if isinstance(problem, InputError):
            self.outcome.faults = problem.faults
            others = len(problem.faults) - 1
            message = f"the input is wrong: {problem.faults[0]}" + (f" (and {others} more)" if others else "")
        self.outcome.message = f"{self.outcome.message}; {message}" if self.outcome.message else message
        self.outcome.alerts.append(Alert("failed", message, f"exit {code}"))

    @contextlib.contextmanager
    def _store_held(self) -> Iterator[RunStore]:
        """The store, and on a server its lock for this schedule: other machines may run it too."""
        store = open_store(self.schedule.store, create=True)
        with store.database.held(f"planner schedule {self.schedule.name}") as mine:
            if not mine:
                raise BusyError(f"another machine is running the schedule {self.schedule.name}; try again later")
            yield store

    def _plan(self, store: RunStore, current: CurrentInput, before: Run | None) -> None:
        """Make the next plan and record it; a failed run that left a folder is recorded too."""
        target = folder_for(self.schedule, self.started, current.fingerprint)
        try:
            made = self._make(store, target)
        except PlannerError:
            if (target / "run.json").is_file():
                self.outcome.run = store.record(target, self.schedule.name, current.fingerprint)
            raise
        self._step("record")
        run = store.record(target, self.schedule.name, current.fingerprint)
        self.outcome.run = run
        self.outcome.result, self.outcome.message = NEW_PLAN, f"run {run.id}: {run.status}, verified"
        alerts = plan_alerts(self.schedule.rules, store, run, before, made.result, made.conflicts)
        self.outcome.alerts += alerts

    def _make(self, store: RunStore, target: Path) -> _Made:
        schedule = self.schedule
        options = SolveOptions(model=schedule.model, time_limit=schedule.time_limit)
        last = to_follow(store.runs(), schedule) if schedule.kind == REPLAN else None
        if last is None:
            result = solve_workbook(schedule.input, target, options, self.progress, strict=schedule.strict, log=Log())
            return _Made(result, [])
        terms = ReplanTerms(schedule.replan.freeze, schedule.replan.cap, schedule.replan.periods)
        result, memo = replan(
            last, schedule.input, target, terms, options, now=self.now, progress=self.progress, log=Log()
        )
        return _Made(result, memo.conflicts)

    def _compare(self, store: RunStore) -> None:
        """Put the options of the last good plan's input side by side, unless that was done."""
        names = self.schedule.options
        last = last_good(store.runs(), self.schedule)
        if names is None or last is None:
            return
        self._step("compare")
        target = self.schedule.runs / COMPARISON
        source = last.folder / INPUT if last.kind == REPLAN else self.schedule.input
        if self.outcome.result == NEW_PLAN or not _compared(target, last, names):
            options = SolveOptions(model=self.schedule.model, time_limit=self.schedule.time_limit)
            compare_workbook(source, target, list(names) or None, None, options, self.progress, replace=True)
        self.outcome.comparison = target

    def _tell(self) -> None:
        """Send the alerts; one that cannot be sent is a fault of the run, though its plan stands."""
        self._step("alert")
        number = None if self.outcome.run is None else self.outcome.run.id
        schedule = self.schedule
        self.outcome.not_sent = send(self.outcome.alerts, schedule.notify, schedule.name, self.started, number)
        if self.outcome.not_sent:
            message = f"alerts could not be sent: {'; '.join(self.outcome.not_sent)}"
            self.outcome.exit_code = self.outcome.exit_code or PlannerError.exit_code
            self.outcome.message = f"{self.outcome.message}; {message}" if self.outcome.message else message

    def _prune(self) -> None:
        """Let old runs go, where the store could be used and the clock can be right; say what is the last good plan."""
        if self.store is None:
            return
        self._step("prune")
        with self._failures_reported():
            bounds, name = self.schedule.retention, self.schedule.name
            wrong_clock = any(alert.kind == "clock" for alert in self.outcome.alerts)
            if (bounds.keep is not None or bounds.days is not None) and not wrong_clock:
                gone = prune(self.store, bounds.keep, bounds.days, self.clock(), lambda run: run.schedule == name)
                self.outcome.pruned = [run.id for run in gone]
            self.outcome.last_good = last_good(self.store.runs(), self.schedule)

    def _step(self, phase: str) -> None:
        if self.progress is not None:
            self.progress(Progress(phase, 0, None, None, 0.0))


def _compared(target: Path, last: Run, names: tuple[str, ...]) -> bool:
    """Is the comparison that is there one of the last good plan's input, with these options?"""
    path = target / "compare.json"
    if not path.is_file():
        return False
    record = read_record(path, CompareRecord)
    there = [option.name for option in record.options if option.name != BASE]
    made_of = read_run(last.folder).input.sha256
    return record.input.sha256 == made_of and (not names or sorted(there) == sorted(names))
