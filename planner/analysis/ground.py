"""The input, read, checked and solved once; and plans read off further solves of its LP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from planner import catalogue
from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.errors import InputError, VerificationError
from planner.plan import Progress, SolveOptions
from planner.plan.again.standing import Standing
from planner.plan.again.warm_start import Workbench
from planner.plan.plan import Plan
from planner.run import record as run_record
from planner.run.log import Log
from planner.run.unenforced import not_enforced
from planner.solver.highs import Vector
from planner.verify import verify
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.validate.checks import check_network

ProgressCall = Callable[[Progress], None]


@dataclass
class Ground:
    """An input with its optimum, and everything that further solves need."""

    source: Path
    raw: RawInput
    instance: PlanningInstance
    catalogue: Catalogue
    workbench: Workbench
    standing: Standing
    warnings: tuple[str, ...]
    unenforced: tuple[str, ...]
    options: SolveOptions
    log: Log
    listener: ProgressCall | None = None

    @property
    def title(self) -> str:
        return self.instance.settings.title or self.source.stem

    @property
    def currency(self) -> str:
        return self.instance.settings.currency

    @property
    def levels(self) -> dict[str, Vector]:
        """The objective levels with data, in order: name → costs by column."""
        return dict(self.standing.program.levels)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What a reader must know where the plan rests on choices; as facts (name, text)."""
        if not self.standing.choices.size:
            return []
        return [("Choices", "Which nations take part in common procurement is fixed here as the plan chose it.")]

    def step(self, phase: str) -> None:
        """Say, and log, what begins."""
        self.log.add(f"{phase} …")
        if self.listener is not None:
            self.listener(Progress(phase))

    def plan(self, values: Vector, settled: bool = True) -> Plan:
        """The plan of these columns, verified against the input; `settled`: with who pays by convention.

        Raises VerificationError where it breaks a rule.
        """
        plan = self.standing.plan(values, settled)
        self.record(plan)
        return plan

    def record(self, plan: Plan) -> run_record.Record:
        """What run.json says of a plan of this input, with its verification; raises VerificationError."""
        options = asdict(self.options) | {"write_lp": False, "write_mps": False}
        record = run_record.empty_record(f"{self.log.started:%Y-%m-%dT%H:%M:%SZ}", self.source, options)
        record["input"]["sha256"] = self.raw.sha256
        record |= run_record.instance_entries(self.instance) | run_record.plan_entries(plan)
        record |= {"warnings": list(self.warnings), "not_enforced": list(self.unenforced), "status": plan.status}
        record |= {"model": run_record.model_entry(self.catalogue, plan.kind), "counts": dict(plan.counts)}
        verification = verify(self.raw, plan.tables, record)
        text = run_record.verification_text(verification.passed, verification.first_failure, self.unenforced)
        if not verification.passed:
            raise VerificationError(
                f"a plan failed its verification, and nothing is delivered ({verification.first_failure})"
            )
        return record | {"verified": dict(verification.violations), "verification": text}


def prepare(
    source: Path,
    options: SolveOptions,
    progress: ProgressCall | None,
    log: Log,
    shaped: Callable[[PlanningInstance], PlanningInstance] | None = None,
    moving: bool = False,
) -> Ground:
    """Read, check and solve an input; `shaped` may give the instance another form of the same meaning; `moving` as in
    `Workbench`.

    Raises InputError (2), NoPlanError (3), SolverStoppedError (4), UsageError (64).
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
    workbench = Workbench(instance, options, progress, moving)
    form = shaped(instance) if shaped else instance
    standing = Standing.of(workbench) if form is instance else Standing.reshaped(workbench, form)
    return Ground(
        source=source,
        raw=raw,
        instance=form,
        catalogue=model,
        workbench=workbench,
        standing=standing,
        warnings=tuple(warnings),
        unenforced=tuple(not_enforced(instance, model)),
        options=options,
        log=log,
        listener=progress,
    )


def header(ground: Ground) -> dict[str, Any]:
    """What every record of an analysis begins with."""
    return {
        "title": ground.title,
        "marking": ground.instance.settings.marking,
        "currency": ground.currency,
        "input": {
            "file": ground.source.name,
            "path": str(ground.source.resolve()),
            "sha256": ground.raw.sha256,
        },
        "model": {"name": ground.catalogue.name, "title": ground.catalogue.title},
        "not_enforced": list(ground.unenforced),
        "warnings": list(ground.warnings),
        "versions": run_record.versions(),
    }
