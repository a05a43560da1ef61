"""The input, read, checked and solved once; and plans read off further solves of its LP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from dataclasses import replace as but
from pathlib import Path
from typing import Any

from planner import catalogue
from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.errors import InputError
from planner.plan import Progress, SolveOptions
from planner.plan.again.optimal_program import OptimalProgram
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.records.parts import InputFile
from planner.records.run import RunRecord
from planner.run import record as run_record
from planner.run.log import Log
from planner.run.recorded.load import load_run
from planner.run.recorded.reopened import plan_of, taken_words
from planner.run.unenforced import not_enforced
from planner.run.verified import verified
from planner.run.versions import versions
from planner.solver.highs import ProgressListener, Vector
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.validate.checks import check_network


@dataclass
class Source:
    """An input, read and checked."""

    source: Path
    raw: RawInput
    instance: PlanningInstance
    catalogue: Catalogue
    warnings: tuple[str, ...]
    unenforced: tuple[str, ...]
    options: SolveOptions
    log: Log
    listener: ProgressListener | None

    @property
    def title(self) -> str:
        """The title in Settings; the name of the file where that is blank."""
        return self.instance.settings.title or self.source.stem

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.instance.settings.currency

    def step(self, phase: str) -> None:
        """Tell the progress, and the log, which step begins."""
        self.log.add(f"{phase} …")
        if self.listener is not None:
            self.listener(Progress(phase))

    def record(self, plan: Plan) -> RunRecord:
        """What run.json says of a plan of this input, with its verification; raises VerificationError."""
        record = run_record.with_plan(self.begun, plan)
        if plan.worth is not None:  # its tables are checked against it
            record = record.but(**run_record.worth_entry(plan))
        return verified(record, plan, self.raw)

    @property
    def begun(self) -> RunRecord:
        """What run.json says before there is a plan."""
        options = run_record.options_of(but(self.options, write_lp=None, write_mps=None))
        source = InputFile.of(self.source, self.raw.sha256)
        begun = run_record.begun(self.instance, source, options, self.catalogue, self.log.started)
        return begun.but(warnings=self.warnings, not_enforced=self.unenforced)


@dataclass
class AnalysisContext(Source):
    """An input with its optimum, and everything that further solves need."""

    warm_start: WarmStart
    optimal: OptimalProgram

    @property
    def levels(self) -> dict[str, Vector]:
        """The objective levels with data, in order: name → costs by column."""
        return self.optimal.levels

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What a reader must know where the plan rests on choices; as facts (name, text)."""
        if not self.optimal.choices.size:
            return []
        return [("Choices", "Which nations take part in common procurement is fixed here as the plan chose it.")]

    @property
    def start(self) -> bytes:
        """What every further solve starts from: the columns of the plan, and those of the base with its basis."""
        return self.optimal.values.tobytes() + self.warm_start.start

    def plan(self, values: Vector, settled: bool = True) -> Plan:
        """The plan of these columns, verified against the input; `settled`: with who pays by convention.

        Raises VerificationError where it breaks a rule.
        """
        plan = self.optimal.plan(values, settled)
        self.record(plan)
        return plan


def read_source(source: Path, options: SolveOptions, progress: ProgressListener | None, log: Log) -> Source:
    """Read and check an input.

    Raises InputError (2), UsageError (64).
    """
    if progress is not None:
        progress(Progress("read"))
    raw = read_raw(source)
    reading = interpret(raw)
    if reading.instance is None or reading.faults:
        raise InputError(reading.faults)
    instance: PlanningInstance = reading.instance
    warnings = [str(warning) for warning in (*reading.warnings, *check_network(instance, reading.raw))]
    for warning in warnings:
        log.add(f"warning: {warning}")
    model = catalogue.load(options.model)
    unenforced = tuple(not_enforced(instance, model))
    return Source(source, raw, instance, model, tuple(warnings), unenforced, options, log, progress)


def prepare(
    source: Path,
    options: SolveOptions,
    progress: ProgressListener | None,
    log: Log,
    shaped: Callable[[PlanningInstance], PlanningInstance] | None = None,
    moving: bool = False,
    priced: bool = True,
    plan: Path | None = None,
) -> AnalysisContext:
    """Read, check and solve an input; `shaped` may give the instance another form of the same meaning; `moving` and
    `priced` as in `WarmStart`, `checkpoints` of the options for the plan of the input alone. `plan`: the run folder of
    its optimal plan; where the basis kept there proves it, it is not solved again.

    Raises InputError (2), NoPlanError (3), SolverStoppedError (4), VerificationError (5: the plan of the run folder),
    UsageError (64).
    """
    read = read_source(source, but(options, checkpoints=None), progress, log)
    instance = read.instance
    recorded = None if plan is None else plan_of(load_run(plan), instance)
    warm_start = WarmStart(instance, options, progress, moving, priced, recorded)
    if recorded is not None:
        _tell_start(read, warm_start.base_plan, recorded)
    form = shaped(instance) if shaped else instance
    optimal = OptimalProgram.of(warm_start) if form is instance else OptimalProgram.reshaped(warm_start, form)
    known = {entry.name: getattr(read, entry.name) for entry in fields(read)} | {"instance": form}
    return AnalysisContext(**known, warm_start=warm_start, optimal=optimal)


def _tell_start(read: Source, base: Plan, recorded: Plan) -> None:
    """Log whether the recorded plan was taken for the base; one with a basis is verified. Raises VerificationError."""
    if recorded.basis is not None:
        read.record(recorded)
    read.log.add(taken_words(base, recorded))


def header(context: Source) -> dict[str, Any]:
    """What every record of an analysis begins with: the fields of `AnalysisRecord`."""
    return {
        "title": context.title,
        "marking": context.instance.settings.marking,
        "currency": context.currency,
        "input": InputFile.of(context.source, context.raw.sha256),
        "model": run_record.model_name(context.catalogue),
        "not_enforced": context.unenforced,
        "warnings": context.warnings,
        "versions": versions(),
    }
