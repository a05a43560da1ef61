"""The order of things in a run: read, check, solve, verify, report, write."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

import pandas as pd

from planner import catalogue
from planner.domain.instance import PlanningInstance
from planner.errors import Fault, InputError, NoPlanError, PlannerError, SolverStoppedError, VerificationError
from planner.numerals import numeral
from planner.plan import Progress, SolveOptions, solve
from planner.plan.plan import Plan
from planner.records.parts import InputFile
from planner.records.reading import write_record
from planner.records.run import RunRecord
from planner.report.data.money import money_scale
from planner.report.data.report_data import read_report_data
from planner.report.data.service import read_service
from planner.report.data.unserved import read_unserved
from planner.report.excel.workbook import write_workbook
from planner.report.pages.brief import write_brief
from planner.report.pages.report import write_report
from planner.report.words.numbers import spelled_unit
from planner.run import fair_check
from planner.run import record as run_record
from planner.run.folder import whole_folder
from planner.run.log import Log, with_phases_logged
from planner.run.recorded.basis_record import write_basis
from planner.run.recorded.origin import AnalysisInput
from planner.run.refusal import refuse
from planner.run.started_from import solved_from, start_entry
from planner.run.stopwatch import Stopwatch
from planner.run.tables import write_tables
from planner.run.verified import checked, require_passed
from planner.solver.checkpoint import checkpoints_beside
from planner.solver.highs import ProgressListener
from planner.workbook import interpret, read
from planner.workbook.kind import RUN
from planner.workbook.reading.raw import RawInput
from planner.workbook.validate.checks import check_network

_DEFAULTS = SolveOptions()
DIGITS = 12  # of the value of an aim in the log; run.json has all
WITHOUT_PLAN = (NoPlanError, SolverStoppedError, VerificationError)  # a folder is left that says why


@dataclass(frozen=True)
class RunResult:
    """A run whose plan was verified and written. `record` is what run.json says."""

    folder: Path
    plan: Plan
    record: RunRecord

    @property
    def status(self) -> str:
        """optimal or feasible, as run.json says."""
        return self.record.status

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The result tables by name."""
        return self.plan.tables


def solve_workbook(
    input_path: Path | str,
    output_dir: Path | str,
    options: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    replace: bool = False,
    strict: bool = False,
    fair_check: bool = False,
    worth: bool | None = None,
    remedies: bool = True,
    priced: bool = True,
    brief: bool = False,
    start: AnalysisInput | None = None,
    log: Log | None = None,
) -> RunResult:
    """Plan a workbook (or a folder of CSVs) and leave a run folder, whole or not at all.

    `options.write_lp` and `write_mps` only say whether: the files are `model.lp` and `model.mps` in the folder.
    `strict` takes warnings, and rules that would not be enforced, for errors. `fair_check`: where someone gets nothing,
    tell what the model least-served-first would give them, whatever the size of the program. `worth`: whether to work
    out what the guarantee is worth; None: where that takes little. `remedies`: whether to look for what would help.
    `priced`: whether to compute prices, and what holds back what is short. `brief`: whether to write brief.html too.
    `start`: a plan of a similar input, made with the same model, to solve this one from, without remedies and worth.
    `log` collects what happens, also where no folder comes of it.

    Raises InputError (2; nothing is written); NoPlanError (3), SolverStoppedError (4) and VerificationError
    (5), after a folder with only run.json and log.txt was written; FolderError (1); UsageError (64).
    """
    run = PlanningRun(Path(input_path), Path(output_dir), options, progress, log or Log())
    run.fair_check, run.worth, run.remedies, run.brief = fair_check, worth, remedies, brief
    run.start, run.priced = start, priced
    return run.carry_out(strict, replace)


class PlanningRun:
    """One run on its way: its record (once the input is read), log and stopwatch."""

    record: RunRecord

    def __init__(
        self,
        source: Path,
        target: Path,
        options: SolveOptions,
        progress: ProgressListener | None,
        log: Log,
        unwritten: RawInput | None = None,
    ) -> None:
        """`unwritten`: the input as it will stand at `source`, where it is not written yet."""
        self.unwritten = unwritten
        self.source, self.target, self.options, self.log = source, target, options, log
        self.catalogue = catalogue.load(options.model)
        self.fair_check = False
        self.worth: bool | None = None
        self.remedies = True
        self.priced = True
        self.brief = False
        self.start: AnalysisInput | None = None
        self.watch = Stopwatch()
        self._began = time.perf_counter()
        self.report = with_phases_logged(log, progress)

    def carry_out(self, strict: bool, replace: bool) -> RunResult:
        """All steps, from reading to the folder; see `solve_workbook`."""
        refuse(self.target, replace, self.source)
        instance = self.prepare(strict)
        failure: PlannerError | None = None
        with whole_folder(self.target, replace, self.source) as folder:
            try:
                plan = self.deliver(instance, folder)
            except WITHOUT_PLAN as problem:
                failure = problem
                self.close_without_plan(problem, folder)
            else:
                self.close(folder)
        if failure is not None:
            raise failure
        return RunResult(self.target, plan, self.record)

    def prepare(self, strict: bool) -> PlanningInstance:
        """The instance of the workbook, read and checked."""
        self.step("read")
        with self.watch.phase("read"):
            reading = read(self.source) if self.unwritten is None else interpret(self.unwritten)
        self.raw = reading.raw
        if reading.instance is None or reading.faults:
            raise InputError(reading.faults)
        instance: PlanningInstance = reading.instance
        self.step("check")
        with self.watch.phase("check"):
            warnings = [*reading.warnings, *check_network(instance, reading.raw), *self.further_warnings(instance)]
        source = InputFile.of(self.source, reading.raw.sha256)
        options = run_record.options_of(self.options, strict=strict)
        record = run_record.begun(instance, source, options, self.catalogue, self.log.started)
        for warning in warnings:
            self.log.add(f"warning: {warning}")
        if strict and (warnings or record.not_enforced):
            raise InputError([*warnings, *(Fault("not enforced", rule, "warning") for rule in record.not_enforced)])
        self.record = record.but(warnings=tuple(str(warning) for warning in warnings))
        return instance

    def further_warnings(self, _: PlanningInstance) -> list[Fault]:
        """What a kind of run warns of beside what `check` does."""
        return []

    def deliver(self, instance: PlanningInstance, folder: Path) -> Plan:
        """Solve, verify, and write tables, workbook and report into `folder`."""
        plan = self.solve(instance, folder)
        self.verify(plan)
        self.note_unserved(plan)
        self.step("write")
        with self.watch.phase("write tables"):
            self.record = self.record.but(tables=write_tables(plan.tables, folder / "tables"))
            if plan.basis is not None:
                write_basis(plan.basis, folder)
        with self.watch.phase("read plan"):
            data = read_report_data(plan, self.record)
        with self.watch.phase("write plan.xlsx"):
            write_workbook(data, folder / "plan.xlsx")
        with self.watch.phase("write report.html"):
            write_report(data, folder / "report.html")
            if self.brief:
                write_brief(data, folder / "brief.html")
        return plan

    def solve(self, instance: PlanningInstance, folder: Path) -> Plan:
        """The plan of the instance, noted in the record."""
        options = changed(
            self.options,
            write_lp=folder / "model.lp" if self.options.write_lp else None,
            write_mps=folder / "model.mps" if self.options.write_mps else None,
        )
        with self.watch.phase("build and solve"), checkpoints_beside(self.target) as checkpoints:
            options = changed(options, checkpoints=checkpoints)
            plan = self._solved_from_start(instance) or solve(
                instance, options, self.report, priced=self.priced, worth=self.worth, remedies=self.remedies
            )
        del self.watch.seconds["build and solve"]  # the solver tells its parts
        self.note_plan(plan)
        return plan

    def _solved_from_start(self, instance: PlanningInstance) -> Plan | None:
        plan = solved_from(self.start, instance, self.options, self.report) if self.start is not None else None
        if plan is not None and self.start is not None:
            self.record = self.record.but(started_from=start_entry(self.start))
            self.log.add(f"solved from the plan {self.start.plan}: {plan.how}")
        return plan

    def note_plan(self, plan: Plan) -> None:
        """What the record says of a plan."""
        self.watch.seconds |= plan.seconds
        self.record = run_record.with_plan(self.record, plan)
        warnings = (*self.record.warnings, *plan.cut_short)
        self.record = self.record.but(
            warnings=warnings, **run_record.worth_entry(plan), **run_record.remedies_entry(plan)
        )
        for sentence in plan.cut_short:
            self.log.add(f"warning: {sentence}")
        for level in plan.levels:
            value = "–" if level.value is None else numeral(level.value, DIGITS)
            resumed = ", proved by an unfinished run" if level.resumed else ""
            self.log.add(
                f"{level.title}: {value} {spelled_unit(level.unit)} "
                f"({level.status}, {numeral(level.iterations)} iterations{resumed})"
            )

    def note_unserved(self, plan: Plan) -> None:
        """Who gets nothing, and what the model least-served-first would give them: solved, or how to."""
        unserved = read_unserved(read_service(plan, money_scale(plan)).demands)
        if not unserved.is_anything:
            return
        least_served: list[str] = []
        not_solved = None
        if fair_check.has_sense(plan, self.catalogue.name, unserved) and self.record.rolling is None:
            if self.fair_check or (fair_check.is_small(plan) and self.options.time_limit is None):
                with self.watch.phase("least-served-first"):
                    least_served += fair_check.fair_sentences(plan, unserved, self.options, self.report)
            else:
                not_solved = fair_check.command(self.source)
        self.record = self.record.but(unserved=run_record.unserved_entry(plan, unserved, least_served, not_solved))

    def verify(self, plan: Plan) -> None:
        """Raise VerificationError where the independent checker finds a broken rule."""
        self.step("verify")
        with self.watch.phase("verify"):
            self.record, verification = checked(self.record, plan, self.unwritten or self.source)
        self.log.add(f"{self.record.verification}\n{verification.summary(columns=True)}")
        require_passed(verification)

    def note_failure(self, problem: PlannerError) -> None:
        """Note in the record and in the log why there is no plan."""
        self.record = run_record.without_plan(self.record, problem)
        self.log.add(f"{self.record.status}: {problem}")
        for rule in self.record.conflict:
            self.log.add(f"  {rule}")

    def close_without_plan(self, problem: PlannerError, folder: Path) -> None:
        """Leave run.json and log.txt alone, which say why there is no plan."""
        self.note_failure(problem)
        _empty(folder)
        self.close(folder)

    def close(self, folder: Path) -> None:
        """Write what every run folder has: run.json and log.txt."""
        self.watch.seconds["total"] = time.perf_counter() - self._began
        self.record = self.record.but(seconds=dict(self.watch.seconds), peak_memory_mb=dict(self.watch.peak_memory_mb))
        write_record(self.record, folder / RUN)
        for phase, seconds in self.watch.seconds.items():
            self.log.add(f"{phase}: {seconds:.2f} s")
        self.log.write(folder)

    def step(self, phase: str) -> None:
        """Say that a phase begins which has no progress of its own."""
        self.report(Progress(phase, 0, None, None, 0.0))


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
