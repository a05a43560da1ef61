"""One option solved: its plan, verified against its changed input, and what the comparison shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from planner import catalogue
from planner.domain.instance import PlanningInstance
from planner.errors import InputError, NoPlanError, PlannerError, SolverStoppedError, VerificationError
from planner.options.changes.option import BASE, Option
from planner.options.changes.overrides import apply_option
from planner.options.figures import GoodsMeasure, summary
from planner.options.kept_types import KeptBasis, KeptRecord, KeptTable
from planner.plan import SolveOptions, solve
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.records.parts import InputFile
from planner.records.run import RunRecord
from planner.report.data.report_data import read_report_data
from planner.report.pages.report import OptionHeading, render
from planner.run import record as run_record
from planner.run.verified import checked, require_passed
from planner.solver.highs import ProgressListener
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput

NOT_ASKED = "they were switched off (--no-prices)"
TOO_LARGE = "the program is large"


@dataclass(frozen=True)
class OptionOutcome:
    """What became of an option, by its name. Without a plan, `tables` and `figures` are empty and `record` says why.

    `factor` is its place in a sweep, None elsewhere. `record` is run.json, but names the input of the base; `figures`
    are the tables of `figures.summary`.
    """

    name: str
    description: str
    factor: float | None
    record: KeptRecord
    tables: Mapping[str, KeptTable] = field(default_factory=dict)
    figures: Mapping[str, KeptTable] = field(default_factory=dict)
    exit_code: int = 0  # what it would mean for a run of its own
    how: str = ""  # what was built anew, compared with the base
    report: str = ""  # the page of its plan
    basis: KeptBasis | None = None  # of its plan, where that has one

    @property
    def solved(self) -> bool:
        """Is there a plan?"""
        return bool(self.tables)


@dataclass(frozen=True)
class BaseState:
    """What every option starts from, wherever it is solved: the input as it stands and its solved model.

    `bench` is None where the base has no plan; options are then solved from nothing. `no_prices`: why the plans of
    options have no prices; empty: they have.
    """

    raw: RawInput
    instance: PlanningInstance
    measure: GoodsMeasure
    solving: SolveOptions
    started: datetime
    bench: WarmStart | None
    no_prices: str = ""

    @property
    def start(self) -> bytes:
        """What the solve of each option starts from; nothing without a plan of the base."""
        return self.bench.start if self.bench else b""

    def begun(self, instance: PlanningInstance) -> RunRecord:
        """What is known of an option before it is solved."""
        source = InputFile.of(self.raw.path, self.raw.sha256)
        options = run_record.options_of(replace(self.solving, write_lp=None, write_mps=None))
        return run_record.begun(instance, source, options, catalogue.load(self.solving.model), self.started)


def solve_base(
    raw: RawInput,
    instance: PlanningInstance,
    solving: SolveOptions,
    started: datetime,
    progress: ProgressListener | None = None,
    checkpoints: Path | None = None,
    prices: bool | None = None,
    recorded: Plan | None = None,
) -> tuple[BaseState, OptionOutcome]:
    """The base, and what the options start from.

    `checkpoints`: the folder where levels of the base that are proved outlive a kill. `prices`: whether the plans of
    options have prices; None: where the program is not large. `recorded`: the optimal plan of the input, with a basis:
    where its levels are proved from there it is the base.
    """
    option = Option(BASE, (), "The workbook without changes")
    state = BaseState(
        raw, instance, GoodsMeasure.of(instance), solving, started, None, NOT_ASKED if prices is False else ""
    )
    try:
        bench = WarmStart(instance, replace(solving, checkpoints=checkpoints), progress, recorded=recorded)
    except (NoPlanError, SolverStoppedError) as problem:
        return state, _without_plan(option, instance, state, problem)
    no_prices = TOO_LARGE if prices is None and bench.program.lp.is_large else state.no_prices
    return replace(state, bench=bench, no_prices=no_prices), _with_plan(option, bench.base_plan, raw, state)


def solve_option(base: BaseState, option: Option) -> OptionOutcome:
    """An option, from the base's state: the same whatever was solved before, and wherever.

    Raises InputError where its changed input has faults (look for them before).
    """
    changed = apply_option(option, base.raw)
    reading = interpret(changed.raw)
    if reading.instance is None:
        raise InputError(reading.faults)
    instance: PlanningInstance = reading.instance
    try:
        plan = _plan(instance, base)
    except (NoPlanError, SolverStoppedError) as problem:
        return _without_plan(option, instance, base, problem)
    return _with_plan(option, plan, changed.raw, base)


def _plan(instance: PlanningInstance, base: BaseState) -> Plan:
    """The plan of an option, solved from the base where that has a plan; with prices, or why it has none."""
    priced = not base.no_prices
    plan = (
        base.bench.solve_changed(instance, priced=priced)
        if base.bench
        else solve(instance, base.solving, priced=priced)
    )
    return replace(plan, no_prices=base.no_prices)


def _with_plan(option: Option, plan: Plan, raw: RawInput, base: BaseState) -> OptionOutcome:
    """Verified; a plan that fails is not shown."""
    record = run_record.with_plan(base.begun(plan.instance), plan)
    record = record.but(seconds={phase: seconds for phase, seconds in plan.seconds.items() if isfinite(seconds)})
    record, verification = checked(record, plan, raw)
    try:
        require_passed(verification)
    except VerificationError as problem:
        return _outcome(option, record.but(status="error", message=str(problem)), exit_code=problem.exit_code)
    figures = summary(plan, base.measure, base.instance)
    page = report_of(option, plan, record)
    return _outcome(
        option, record, tables=dict(plan.tables), figures=figures, how=plan.how, report=page, basis=plan.basis
    )


def report_of(option: Option, plan: Plan, record: RunRecord) -> str:
    """The report of an option's plan, as a page."""
    return render(read_report_data(plan, record), OptionHeading(option.name, option.description))


def _without_plan(option: Option, instance: PlanningInstance, base: BaseState, problem: PlannerError) -> OptionOutcome:
    return _outcome(option, run_record.without_plan(base.begun(instance), problem), exit_code=problem.exit_code)


def _outcome(option: Option, record: RunRecord, **what: Any) -> OptionOutcome:
    return OptionOutcome(option.name, option.description, option.factor, record, **what)
