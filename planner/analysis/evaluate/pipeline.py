"""`planner evaluate`: a plan that people made, completed, verified, and held against the optimum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planner.analysis.evaluate.evaluation import Evaluation, evaluation
from planner.analysis.evaluate.record import evaluation_record
from planner.analysis.evaluate.recorded import recorded_optimum, require_not_beaten
from planner.analysis.evaluate.report import findings
from planner.analysis.writing import write_findings
from planner.domain.fixed_plan import GivenPlan
from planner.domain.instance import PlanningInstance
from planner.plan import Progress, SolveOptions, solve
from planner.plan.again.fixed_plan import complete
from planner.plan.plan import Plan
from planner.records.reading import write_record
from planner.records.run import RunRecord
from planner.run.log import Log
from planner.run.pipeline import PlanningRun
from planner.run.tables import write_tables
from planner.workbook.kind import RUN
from planner.workbook.write.plan_reader import read_plan

_DEFAULTS = SolveOptions()
EVALUATION, OPTIMUM = "evaluation", "optimum"  # folders beside the plan's own tables


@dataclass(frozen=True)
class EvaluationResult:
    """The folder that was written, what it says, and the record of the given plan."""

    folder: Path
    evaluation: Evaluation
    record: RunRecord


def evaluate_workbook(
    source: Path,
    plan: Path,
    target: Path,
    options: SolveOptions = _DEFAULTS,
    progress: Callable[[Progress], None] | None = None,
    *,
    rounding: float = 0.0,
    optimum: Path | None = None,
    replace: bool = False,
    log: Log | None = None,
) -> EvaluationResult:
    """Complete and verify a plan for a workbook, and leave a run folder of it in `target`, whole or not at all.

    Beside what every run folder has: evaluation/ (page, workbook, tables, record) and optimum/ (run.json and tables).
    `rounding`: by how much a given quantity may be off, in its unit. `optimum`: the run folder of an optimal plan of
    this workbook by the same model, with which the given plan is compared; None: it is solved first.

    Raises InputError (2: faults of the workbook, or of the plan, by cell); NoPlanError (3: the plan breaks rules, all
    of them in its conflict; only run.json and log.txt are written), UsageError (64) where `optimum` holds no optimum;
    and otherwise as `planner.run.pipeline.solve_workbook`.
    """
    run = _EvaluationRun(source, target, options, progress, log or Log())
    run.plan_path, run.rounding, run.optimum_run = plan, rounding, optimum
    run.carry_out(strict=False, replace=replace)
    assert run.evaluation is not None
    return EvaluationResult(target, run.evaluation, run.record)


class _EvaluationRun(PlanningRun):
    """A run whose plan is given and completed, where `solve` makes the best one."""

    plan_path: Path
    rounding: float
    optimum_run: Path | None
    given: GivenPlan
    evaluation: Evaluation | None = None

    def prepare(self, strict: bool) -> PlanningInstance:
        instance = super().prepare(strict)
        self.given = read_plan(self.plan_path, self.raw, instance)
        options = self.record.options.but(plan=str(self.plan_path), rounding=self.rounding)
        self.record = self.record.but(options=options)
        return instance

    def solve(self, instance: PlanningInstance, folder: Path) -> Plan:
        """The given plan, completed, without prices; also the optimum, verified and written beside it."""
        best = None if self.optimum_run is None else recorded_optimum(self.optimum_run, instance)
        plan = complete(instance, self.given, self.options, self.report, self.rounding)
        self.step("optimum")
        if best is None:
            best = solve(instance, self.options, self.report, priced=False)
        self.note_plan(best)
        self.verify(best)
        self.evaluation = evaluation(self.given, plan, best)
        if self.optimum_run is not None:
            require_not_beaten(self.evaluation, self.optimum_run)
        self.keep_optimum(best, folder / OPTIMUM)
        self.note_plan(self.evaluation.plan)
        return self.evaluation.plan

    def keep_optimum(self, best: Plan, folder: Path) -> None:
        """Write the tables of the optimum, and its record as that of a plan that was not given."""
        folder.mkdir()
        self.record = self.record.but(tables=write_tables(best.tables, folder / "tables"))
        options = self.record.options.but(plan=None, rounding=None)
        write_record(self.record.but(options=options), folder / RUN)

    def deliver(self, instance: PlanningInstance, folder: Path) -> Plan:
        plan = super().deliver(instance, folder)
        assert self.evaluation is not None
        (folder / EVALUATION).mkdir()
        record = evaluation_record(self.evaluation, self.record, self.optimum_run)
        write_findings(findings(self.evaluation, record), folder / EVALUATION)
        return plan
