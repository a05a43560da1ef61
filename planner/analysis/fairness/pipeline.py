"""`planner fairness`: from a workbook to a folder that says who gains by joining."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from dataclasses import replace as but
from datetime import UTC, datetime
from pathlib import Path

from planner import catalogue
from planner.analysis.fairness.coalitions import Coalitions
from planner.analysis.fairness.players import chosen_players
from planner.analysis.fairness.record import FairnessOptions, fairness_record
from planner.analysis.fairness.report import findings
from planner.analysis.fairness.study import FairnessStudy, study
from planner.analysis.writing import write_findings
from planner.errors import InputError
from planner.options.cluster import crew
from planner.options.kept_results import with_kept_results
from planner.plan import Progress, SolveOptions
from planner.records.parts import InputFile
from planner.records.run import RunRecord
from planner.run import record as run_record
from planner.run.folder import whole_folder
from planner.run.refusal import refuse
from planner.run.verified import verified
from planner.solver.checkpoint import checkpoints_beside
from planner.solver.highs import ProgressListener
from planner.workbook import read
from planner.workbook.reading.raw import RawInput

_DEFAULTS = SolveOptions()


@dataclass(frozen=True)
class FairnessResult:
    """The folder that was written, and what it says."""

    folder: Path
    study: FairnessStudy


def fairness_of_workbook(
    source: Path,
    target: Path,
    group: str,
    level: str | None = None,
    samples: int | None = None,
    seed: int = 0,
    options: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    replace: bool = False,
) -> FairnessResult:
    """Solve the game of the group's nations over a workbook and leave fairness.json, .html, .xlsx and tables/ in
    `target`, whole or not at all.

    `workers`: processes that solve coalitions; or the Dask `scheduler` whose workers do. The figures are the same.

    Raises InputError (2), NoPlanError (3: the joint plan or some coalition has none), SolverStoppedError (4),
    VerificationError (5: the joint plan), UsageError (64: an unknown group or level, or coalitions that cannot be
    compared), FolderError (1).
    """
    refuse(target, replace, source)
    model = catalogue.load(options.model)
    reading = read(source)
    if reading.instance is None or reading.faults:
        raise InputError(reading.faults)
    instance, raw = reading.instance, reading.raw
    players = chosen_players(instance, group)
    with checkpoints_beside(target) as checkpoints:
        checkpointed = but(options, checkpoints=checkpoints)
        coalitions = Coalitions(instance, players, level, checkpointed, progress, _teller(progress))
        file, settings = InputFile.of(source, raw.sha256), run_record.options_of(options)
        record = _joint_record(run_record.begun(instance, file, settings, model, datetime.now(UTC)), coalitions, raw)
        depends_on = ("fairness", raw.sha256, options, group, level, samples, seed, coalitions.start)
        with crew(workers, scheduler) as work_all:
            fair = study(coalitions, samples, seed, with_kept_results(work_all, checkpoints, *depends_on))
    recorded_options = _recorded(options, group=group, level=level, samples=samples, seed=seed)
    with whole_folder(target, replace, source) as folder:
        write_findings(findings(fair, instance, fairness_record(fair, record, recorded_options)), folder)
    return FairnessResult(target, fair)


def _recorded(options: SolveOptions, **study_options: object) -> FairnessOptions:
    """What fairness.json says of the options: those of the study, and of the solver those that it names."""
    solver_options = {key: value for key, value in asdict(options).items() if key in FairnessOptions.model_fields}
    return FairnessOptions.model_validate(study_options | solver_options)


def _teller(progress: ProgressListener | None) -> Callable[[int], None]:
    """What tells the progress how many coalitions are solved."""

    def tell(count: int) -> None:
        if progress is not None:
            progress(Progress(f"coalition {count}"))

    return tell


def _joint_record(begun: RunRecord, coalitions: Coalitions, raw: RawInput) -> RunRecord:
    """What the independent checker says of the joint plan, where that is a plan of the input as it stands."""
    if not coalitions.joint_is_whole:
        note = "not verified: the means of nations outside the group were taken out of the input"
        return begun.but(verification=note)
    plan = coalitions.joint_plan
    return verified(run_record.with_plan(begun, plan), plan, raw, "the joint plan")
