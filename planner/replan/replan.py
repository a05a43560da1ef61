"""The order of things in a re-optimisation: actuals, position, rolled input, the next plan, and the memo."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

from planner.domain.instance import PlanningInstance
from planner.errors import InputError, NoPlanError, PlannerError, UsageError
from planner.plan import Plan, Progress, SolveOptions
from planner.plan.again.put_off import completions
from planner.records.run import ChurnEntry, Followed, LateGoods, OrderEntry
from planner.replan.memo.memo import Memo, memo_of, write_memo_tables
from planner.replan.memo.page import write_memo_page
from planner.replan.position.actuals import read_actuals
from planner.replan.position.last_input import LastInput, last_input
from planner.replan.position.last_plan import LastPlan, last_plan
from planner.replan.position.late import late_entries
from planner.replan.position.orders import put_off
from planner.replan.position.position import Position, position
from planner.replan.rolled.input import RolledInput, rolled_input
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.folder import whole_folder
from planner.run.log import Log
from planner.run.pipeline import WITHOUT_PLAN, PlanningRun, RunResult
from planner.run.recorded.load import SavedRun, load_run
from planner.run.refusal import refuse
from planner.solver.highs import ProgressListener
from planner.workbook import interpret
from planner.workbook.instance.positions import InputCells, LaterCells
from planner.workbook.reading.raw import read_raw
from planner.workbook.reading.reader import TypedWorkbook, read_tables

INPUT = "input"  # the rolled input, kept in the run folder


@dataclass(frozen=True)
class Start:
    """What a re-optimisation starts from: the new workbook, where things stand, and the last good plan."""

    book: TypedWorkbook
    instance: PlanningInstance
    now: Position
    run: SavedRun
    last: LastPlan
    before: LastInput


def starting_point(last_dir: Path, workbook: Path, now: str | None = None) -> Start:
    """Read the last run and the new workbook, and follow its actuals to the present.

    `now` is the first period of the next plan, as typed (default: after the last one reported). Raises
    InputError for faults of the workbook, UsageError for a last run that is none or has another calendar.
    """
    run = load_run(last_dir)
    raw = read_raw(workbook)
    reading = interpret(raw)
    if reading.instance is None:
        raise InputError(reading.faults)
    book, instance = read_tables(raw), reading.instance
    actuals = read_actuals(book, instance, None if now is None else _period(book, now))
    before = last_input(run)
    last = last_plan(run, instance.horizon, before.instance)
    stated = frozenset(str(line) for (line,) in book["Orders"].records("line"))
    return Start(book, instance, position(instance, actuals, last, stated), run, last, before)


def replan(
    last_dir: Path,
    workbook: Path,
    target: Path,
    terms: ReplanTerms,
    options: SolveOptions,
    *,
    now: str | None = None,
    workers: int = 1,
    replace: bool = False,
    progress: ProgressListener | None = None,
    log: Log | None = None,
) -> tuple[RunResult, Memo]:
    """The next plan in a run folder, whole or not at all, with its rolled input and the memo of what changed.

    `workers` processes solve for the memo side by side.

    Raises as `solve_workbook`, and like it then leaves a folder with run.json and log.txt. The last plan stands.
    """
    if workers < 1:
        raise UsageError(f"--workers: found {workers}, expected at least 1")
    refuse(target, replace, workbook)
    if target.resolve() == last_dir.resolve():
        raise UsageError(f"{target} is the last plan itself; choose another folder for the next")
    start = starting_point(last_dir, workbook, now)
    _refuse_frozen_beyond(start, terms)
    request = _Request(last_dir, workbook, target, terms, options, progress, log or Log())
    with whole_folder(target, replace, workbook) as folder:
        attempt = request.begun(start)
        outcome = attempt.outcome(folder)
        if isinstance(outcome, NoPlanError) and (later := _put_off(start, attempt.rolled, options)):
            attempt = request.begun(later)
            outcome = attempt.outcome(folder)
        if isinstance(outcome, Plan):
            memo = _with_memo(attempt, outcome, request, folder, workers)
        else:
            attempt.run.close_without_plan(outcome, folder)
    if not isinstance(outcome, Plan):
        raise outcome
    return RunResult(target, outcome, attempt.run.record), memo


@dataclass(frozen=True)
class _Attempt:
    """A plan on its way from a start."""

    start: Start
    rolled: RolledInput
    run: PlanningRun
    instance: PlanningInstance

    def outcome(self, folder: Path) -> Plan | PlannerError:
        """The plan, written into `folder`, or why there is none."""
        try:
            return self.run.deliver(self.instance, folder)
        except WITHOUT_PLAN as problem:
            return problem


@dataclass(frozen=True)
class _Request:
    """From which plan and workbook, into which folder and on which terms the next plan is to be made."""

    last_dir: Path
    workbook: Path
    target: Path
    terms: ReplanTerms
    options: SolveOptions
    progress: ProgressListener | None
    log: Log

    def begun(self, start: Start) -> _Attempt:
        """The input rolled forward from a start, read and checked."""
        place = self.target.resolve() / INPUT
        rolled = rolled_input(start.book, start.instance, start.now, start.last, self.terms, place)
        run = PlanningRun(place, self.target, self.options, self.progress, self.log, rolled.raw)
        instance = run.prepare(strict=False)
        # People look into the workbook, not into what was rolled from it.
        cells = LaterCells(InputCells(run.raw), InputCells(start.book.raw), start.now.now)
        instance = changed(instance, cells=cells)
        run.record = run.record.but(replan=_followed(start, self.workbook, self.last_dir, instance))
        return _Attempt(start, rolled, run, instance)


def _with_memo(attempt: _Attempt, plan: Plan, request: _Request, folder: Path, workers: int) -> Memo:
    """Complete the folder of a plan: its rolled input, and the memo."""
    start, rolled, run = attempt.start, attempt.rolled, attempt.run
    terms, options, progress = request.terms, request.options, request.progress
    rolled.write(folder / INPUT)
    present = start.instance.horizon.label(start.now.now)

    def tell(what: str) -> None:
        if progress is not None:
            progress(Progress(f"memo: {what}"))

    memo = memo_of(start.run, start.before, start.now, rolled.raw, plan, terms, options, present, tell, workers)
    followed = run.record.replan
    assert followed is not None
    churn = ChurnEntry(share=memo.churn.share, frozen=memo.churn.frozen)
    run.record = run.record.but(replan=followed.but(churn=churn))
    write_memo_tables(memo, folder)
    write_memo_page(memo, folder / "memo.html")
    run.close(folder)
    return memo


def _put_off(start: Start, rolled: RolledInput, options: SolveOptions) -> Start | None:
    """The start with orders completed at the earliest that a plan allows;
    None where no plan does, or none is put off.
    """
    instance, now = interpret(rolled.raw).instance, start.now.now
    if instance is None or not start.now.orders.placed:
        return None
    possible = completions(instance, options)
    if possible is None:
        return None
    due = {(line, period + now): units for (line, period), units in possible.items()}
    orders = put_off(start.instance, start.now.orders, now, due)
    return changed(start, now=changed(start.now, orders=orders))


def _refuse_frozen_beyond(start: Start, terms: ReplanTerms) -> None:
    """Raise UsageError where more periods would be frozen than the next plan has."""
    periods = terms.periods or start.instance.horizon.periods - start.now.now
    if (terms.frozen or 0) > periods:
        raise UsageError(f"--freeze: found {terms.frozen}, but the next plan has {periods} periods")


def _followed(start: Start, workbook: Path, last_dir: Path, instance: PlanningInstance) -> Followed:
    """What run.json says of how the plan came about."""
    run_json = (last_dir / "run.json").read_bytes()
    return Followed(
        last_run=str(last_dir.resolve()),
        last_run_sha256=hashlib.sha256(run_json).hexdigest(),
        workbook=str(workbook.resolve()),
        workbook_sha256=start.book.raw.sha256,
        now=start.instance.horizon.label(start.now.now),
        frozen=instance.settings.frozen,
        departure_cap=instance.settings.departure_cap,
        conflicts=len(start.now.conflicts),
        late=tuple(map(LateGoods.model_validate, late_entries(start.now.late, start.instance.horizon.label))),
        workbook_start=start.instance.horizon.start.isoformat(),
        orders_since=start.now.orders.since + 1,
        orders=tuple(
            OrderEntry(
                line=order.line,
                due=order.due + 1,
                quantity=order.quantity,
                paid=order.paid,
                by_plan=order.by_plan,
            )
            for order in start.now.orders.ordered
        ),
    )


def _period(book: TypedWorkbook, text: str) -> int:
    from planner.workbook.reading.periods import PeriodError

    try:
        period = book.periods.read(text, "opening", True)
    except PeriodError as error:
        raise UsageError(f"--now: {error}") from error
    if not isinstance(period, int):
        raise UsageError(f"--now: {text!r} does not happen in the horizon")
    return period
