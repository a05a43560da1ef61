"""`planner stress`: from a workbook and a plan that stands to a folder that says how well its responses do when things
vary.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as but
from pathlib import Path

import numpy as np

from planner.analysis.context import Source, header, read_source
from planner.analysis.findings import Findings
from planner.analysis.stress.answering import CaseFigures
from planner.analysis.stress.done import Tables, done_by
from planner.analysis.stress.drawing import numbers
from planner.analysis.stress.page import stress_findings
from planner.analysis.stress.responses import PlanUnderStress, answered, tasks
from planner.analysis.stress.results import Stressed
from planner.analysis.stress.tables import draw_table, number_table
from planner.analysis.writing import write_findings
from planner.errors import UsageError
from planner.options.cluster import crew
from planner.options.kept_results import with_kept_results
from planner.plan import SolveOptions, solve
from planner.run.folder import whole_folder
from planner.run.log import Log
from planner.run.record import verification_text
from planner.run.recorded.load import load_run
from planner.run.refusal import refuse
from planner.run.tables import write_tables
from planner.run.verified import require_passed
from planner.solver.checkpoint import checkpoints_beside
from planner.solver.highs import ProgressListener
from planner.verify import verify

_DEFAULTS = SolveOptions()


@dataclass(frozen=True)
class StressResult:
    """The folder that was written, the figures by case and draw, and what the page says of them."""

    folder: Path
    stressed: Stressed
    findings: Findings


def stress_of_workbook(
    input_path: Path | str,
    output_dir: Path | str,
    draws: int = 1000,
    seed: int = 0,
    plan: Path | None = None,
    solving: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    replace: bool = False,
    log: Log | None = None,
) -> StressResult:
    """Answer all cases anew in `draws` draws of the table Uncertainty, and leave a folder that says how well, whole or
    not at all. The plan stands: that of the run folder `plan`, or else the best one.

    `workers`: processes that answer cases; or the Dask `scheduler` whose workers do. The figures are the same.

    Raises InputError (2), NoPlanError (3), SolverStoppedError (4), VerificationError (5: the plan breaks a rule of the
    input), FolderError (1), UsageError (64: no cases, or nothing that varies).
    """
    source, target, log = Path(input_path), Path(output_dir), log or Log()
    if draws < 2:
        raise UsageError(f"--draws: found {draws}, expected at least 2")
    refuse(target, replace, source)
    read = read_source(source, solving, progress, log)
    _require_something(read)
    with checkpoints_beside(target) as checkpoints:
        tables, verification = _plan_of(plan, read) if plan is not None else _best_plan(read, checkpoints)
        stressed = stress(read, tables, draws, seed, workers, scheduler, checkpoints)
    with whole_folder(target, replace, source) as folder:
        read.step("write")
        plan_folder = "" if plan is None else str(plan.resolve())
        findings = stress_findings(read, stressed, header(read), plan_folder, verification)
        write_findings(findings, folder)
        tables_of_draws = {"stress_draws": draw_table(stressed), "stress_numbers": number_table(stressed)}
        write_tables(tables_of_draws, folder / "tables")
        log.write(folder)
    return StressResult(target, stressed, findings)


def _require_something(read: Source) -> None:
    if not read.instance.cases:
        raise UsageError(f"{read.source.name} has no case to answer: Contingencies has no strike in the horizon")
    if not read.instance.uncertainties:
        raise UsageError(f"{read.source.name} says nothing of what varies: Uncertainty has no rows")


def _best_plan(read: Source, checkpoints: Path) -> tuple[Tables, str]:
    """The plan made from the input, and what the checker says of it."""
    plan = solve(read.instance, but(read.options, checkpoints=checkpoints), read.listener, priced=False)
    return plan.tables, read.record(plan).verification


def _plan_of(folder: Path, read: Source) -> tuple[Tables, str]:
    """The plan of a run, which must keep the rules of the input as it is now."""
    read.step("verify")
    saved = load_run(folder)
    verification = verify(read.raw, dict(saved.tables), saved.record.document())
    require_passed(verification, f"the plan of {folder} does not fit {read.source.name}: it")
    return saved.tables, verification_text(verification.passed, verification.first_failure, read.unenforced)


def stress(
    read: Source,
    tables: Tables,
    draws: int,
    seed: int,
    workers: int = 1,
    scheduler: str | None = None,
    checkpoints: Path | None = None,
) -> Stressed:
    """All cases in all draws, and with nothing varied, beside the plan of these tables.

    `checkpoints`: the folder where answers are kept, and found again after the process was killed.
    """
    instance = read.instance
    drawn = numbers(instance.uncertainties, seed, draws)
    as_planned = np.array([[0.0 if one.what == "delay" else 1.0 for one in instance.uncertainties]])
    all_drawn = np.concatenate([as_planned, drawn])
    plan = PlanUnderStress(instance, read.options.model, read.options.prune, {}, read.options.threads)
    plan = but(plan, done=done_by(tables, plan.reach))
    work = tasks(instance, all_drawn)
    total, count = len(all_drawn) * len(instance.cases), 0
    read.step(f"responses: {total}")

    def on_result(answers: list[CaseFigures]) -> None:
        nonlocal count
        count += len(answers)
        read.step(f"responses: {count} of {total}")

    depends_on = ("stress", read.raw.sha256, read.options, draws, seed, plan.done)
    with crew(workers, scheduler) as team:
        if checkpoints is not None:
            team = with_kept_results(team, checkpoints, *depends_on)
        figures = answered(plan, work, all_drawn, team, on_result)
    return Stressed(instance, draws, seed, drawn, figures[:, 1:], figures[:, 0])
