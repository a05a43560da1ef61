"""A horizon too long for one program, planned in windows one after the other.

Each window sees its own periods only. What it plans up to where the next one begins is kept, taken as carried out, and
rolled to the next window's start as a re-optimisation would (`planner.replan.rolled.input`). The kept parts together
are the plan's production, shipments, deliveries and investments; stocks, scrap and payments follow from them over the
whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planner import catalogue
from planner.domain.fixed_plan import FixedQuantity, GivenPlan
from planner.domain.instance import Demand, Line, PlanningInstance
from planner.errors import Fault, NoPlanError, SolverStoppedError, UsageError, VerificationError
from planner.plan import Plan, SolveOptions, solve
from planner.records.parts import InputFile
from planner.records.run import RunRecord, Window
from planner.replan.position.actuals import Actuals
from planner.replan.position.as_planned import as_planned
from planner.replan.position.last_plan import LastPlan, payments_of, production_of
from planner.replan.position.position import position
from planner.replan.rolled.input import rolled_input
from planner.replan.rolled.rolling import ReplanTerms, demand_of
from planner.replan.windows.leftovers import with_leftovers
from planner.report.words.numbers import plural
from planner.run.record import begun, options_of, with_plan
from planner.run.recorded.load import SavedRun
from planner.run.verified import verified
from planner.solver.highs import ProgressListener
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.reader import read_tables

Quantities = dict[tuple[Any, ...], float]


@dataclass(frozen=True)
class Windows:
    """Windows of `window` periods, each reaching `overlap` periods into the next."""

    window: int
    overlap: int

    @property
    def doubled(self) -> Windows:
        """Windows that see twice as far, and reach twice as far into the next (by one period at least)."""
        return Windows(2 * self.window, max(2 * self.overlap, 1))

    def refuse_late_orders(self, lines: Iterable[Line]) -> None:
        """Raise UsageError where what a line completes early in a window could be ordered in none."""
        late = max(lines, key=lambda line: line.order_lead_time, default=None)
        if late is not None and late.order_lead_time > self.overlap:
            raise UsageError(
                f"--rolling: an overlap of {self.overlap} is shorter than the order_lead_time of {late.name!r} "
                f"({late.order_lead_time}): what it completes first in a window could not have been ordered before; "
                f"expected an overlap of at least {late.order_lead_time}"
            )

    def refuse_slow_supply(self, times: Sequence[tuple[Demand, int]]) -> None:
        """Raise UsageError where a window ends before anything ordered in it can serve some demand;
        see `beyond_stock`.
        """
        if times and times[0][1] >= self.window:
            raise UsageError(
                f"--rolling: found windows of {plural(self.window, 'period')}, but {_slow(*times[0])}: no window could "
                f"serve it; expected windows of at least {times[0][1] + 1}"
            )

    def short_sight(self, times: Sequence[tuple[Demand, int]]) -> list[Fault]:
        """A warning where demands are seen too late to be served in time, if they are due early in a window."""
        slow = [entry for entry in times if entry[1] > self.overlap]
        if not slow:
            return []
        message = (
            f"{len(slow)} of {plural(len(times), 'demand')} may be seen too late: {_slow(*slow[0])}, longer than the "
            f"overlap of {self.overlap}; one of {slow[0][1]} sees them all in time"
        )
        return [Fault("--rolling", message, "warning")]

    def over(self, periods: int) -> list[tuple[range, range]]:
        """(what a window sees, what is kept of it), 0-based. Raises UsageError where one window holds everything."""
        if self.window >= periods:
            raise UsageError(
                f"--rolling: a window of {self.window} periods holds the whole horizon of {periods}; "
                "expected a shorter one, or no --rolling"
            )
        windows, start = [], 0
        while start + self.window < periods:
            after = start + self.window - self.overlap
            windows.append((range(start, start + self.window), range(start, after)))
            start = after
        return [*windows, (range(start, periods), range(start, periods))]


def _slow(demand: Demand, periods: int) -> str:
    return (
        f"the quickest way to {demand.name!r} ({demand.item} for {demand.destination}) takes "
        f"{plural(periods, 'period')}"
    )


def read_windows(text: str) -> Windows:
    """`24/6`: windows of 24 periods that overlap by 6. Raises UsageError."""
    window, slash, overlap = text.partition("/")
    if not (slash and window.strip().isdecimal() and overlap.strip().isdecimal()):
        raise UsageError(f"--rolling: found {text!r}, expected WINDOW/OVERLAP in periods, such as 24/6")
    if int(overlap) >= int(window):
        raise UsageError(f"--rolling: found {text!r}, but windows of {int(window)} cannot overlap by {int(overlap)}")
    return Windows(int(window), int(overlap))


@dataclass
class Stitched:
    """What the windows have planned so far: quantities by the keys of `GivenPlan`, in periods of the whole."""

    production: Quantities = field(default_factory=dict)
    shipments: Quantities = field(default_factory=dict)
    deliveries: Quantities = field(default_factory=dict)
    investments: Quantities = field(default_factory=dict)
    records: list[Window] = field(default_factory=list)  # what run.json says of each window

    @property
    def given(self) -> GivenPlan:
        """What the windows so far have decided, as a plan with fixed quantities."""
        tables = {name: getattr(self, name) for name in ("production", "shipments", "deliveries", "investments")}
        return GivenPlan(
            {
                name: {key: FixedQuantity(quantity, f"{name} of a window") for key, quantity in quantities.items()}
                for name, quantities in tables.items()
            }
        )


class WindowFailedError(NoPlanError):
    """A window has no plan after what the windows before it kept. Of the whole horizon nothing is proved."""


def plan_windows(
    raw: RawInput,
    instance: PlanningInstance,
    windows: Windows,
    options: SolveOptions,
    progress: ProgressListener | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Stitched:
    """Plan and verify each window; one without a plan is widened, and so are those after it (`tell` hears of it).

    Raises WindowFailedError where even one that reaches to the end has none; SolverStoppedError and VerificationError
    with the window's name.
    """
    road = _Road(raw, instance, replace(options, write_lp=None, write_mps=None), progress)
    start, width, periods = 0, windows.window, instance.horizon.periods
    while start < periods:
        seen = range(start, min(start + width, periods))
        decided = range(start, seen.stop if seen.stop == periods else seen.stop - windows.overlap)
        name = f"window {len(road.stitched.records) + 1} ({road.label(seen[0])} to {road.label(seen[-1])})"
        try:
            with _named(name):
                road.drive(name, seen, decided)
        except NoPlanError as problem:
            if problem.status != "infeasible":
                raise
            after = " after what the windows before it kept" if start else ""
            sentence = f"{name} has no plan{after}; nothing is proved of the whole"
            if seen.stop == periods:
                raise WindowFailedError(sentence) from problem
            width *= 2
            tell(f"{sentence}; seen again with {min(width, periods - start)} periods")
            continue
        start = decided.stop
    return road.stitched


class _Road:
    """What the windows have planned so far, and what the next one starts from."""

    def __init__(
        self, raw: RawInput, instance: PlanningInstance, options: SolveOptions, progress: ProgressListener | None
    ) -> None:
        self._book, self._instance, self._options, self._progress = read_tables(raw), instance, options, progress
        self._course, self._orders, self._before = Actuals(0, to_plan=True), LastPlan(), _before(instance)
        self.label = instance.horizon.label
        self.stitched = Stitched()

    def drive(self, name: str, seen: range, decided: range) -> None:
        """Plan the window that sees these periods, and keep these of it."""
        instance, began = self._instance, time.perf_counter()
        state = position(instance, self._course, self._orders)
        terms = ReplanTerms(max(instance.settings.frozen - seen.start, 0), periods=len(seen))
        rolled = rolled_input(self._book, instance, state, self._before, terms, Path(name)).raw
        plan, record = _planned(rolled, self._options, self._progress)
        values = {level.name: level.value for level in plan.levels}
        periods = {"from": self.label(seen[0]), "to": self.label(seen[-1]), "kept_to": self.label(decided[-1])}
        self.stitched.records.append(
            Window.model_validate(periods | {"levels": values, "seconds": time.perf_counter() - began})
        )
        planned = as_planned(SavedRun(Path(name), record, plan.tables), plan.instance, len(decided))
        if seen.stop < instance.horizon.periods:
            planned = with_leftovers(planned, plan.instance)
        happened = _moved(planned, instance, decided)
        _keep(self.stitched, happened)
        self._course = _together(self._course, happened)
        self._orders = LastPlan(
            production_of(plan.tables["production"], seen.start), payments=payments_of(plan.tables["payments"])
        )


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Faults that end a window say which it was; that it has no plan is reported by the caller."""
    try:
        yield
    except (SolverStoppedError, VerificationError) as problem:
        raise type(problem)(f"{name}: {problem}") from problem


def _before(instance: PlanningInstance) -> LastPlan | None:
    """The plan that the input itself says was made before, if it does."""
    if not instance.previous:
        return None
    legs = instance.legs
    sent = {(legs[name].route, legs[name].origin, item, period): quantity
            for (item, name, period), quantity in instance.previous.shipments.items()}  # fmt: skip
    return LastPlan(instance.previous.production, sent)


def _planned(rolled: RawInput, options: SolveOptions, progress: ProgressListener | None) -> tuple[Plan, RunRecord]:
    reading = interpret(rolled)
    if reading.instance is None:
        # What is asked of the window cannot be in it, such as a dispatch that arrives after its end.
        raise NoPlanError(f"what is left for it is an input with faults ({reading.faults[0]})")
    plan = solve(reading.instance, options, progress, explain=False, priced=False)
    source = InputFile.of(rolled.path, rolled.sha256)
    record = begun(reading.instance, source, options_of(options), catalogue.load(options.model), datetime.now(UTC))
    return plan, verified(with_plan(record, plan), plan, rolled)


def _moved(course: Actuals, whole: PlanningInstance, decided: range) -> Actuals:
    """The kept part of a window's course in the periods, and under the names, of the whole."""
    names = {demand.name for demand in whole.demands}

    def later(table: Mapping[tuple[Any, ...], float]) -> dict[Any, float]:
        return {(*key[:-1], key[-1] + decided.start): quantity for key, quantity in table.items()}

    delivered: dict[tuple[str, int | None, int], float] = {
        (
            name if name in names else demand_of(name, whole.horizon, due + decided.start),
            due + decided.start,
            period + decided.start,
        ): quantity
        for (name, due, period), quantity in course.delivered.items()
        if due is not None
    }
    return Actuals(decided.stop, later(course.made), later(course.shipped), delivered, later(course.counted),
                   later(course.paid), later(course.scrapped), later(course.bought), to_plan=True)  # fmt: skip


def _together(course: Actuals, further: Actuals) -> Actuals:
    return Actuals(
        further.now,
        {**course.made, **further.made},
        {**course.shipped, **further.shipped},
        {**course.delivered, **further.delivered},
        {**course.counted, **further.counted},
        {**course.paid, **further.paid},
        {**course.scrapped, **further.scrapped},
        {**course.bought, **further.bought},
        to_plan=True,
    )


def _keep(stitched: Stitched, happened: Actuals) -> None:
    stitched.production |= happened.made
    stitched.shipments |= happened.shipped
    stitched.deliveries |= happened.delivered
    stitched.investments |= happened.bought
