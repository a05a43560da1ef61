"""`planner fairness`: from a workbook to a folder that says who gains by joining."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from planner import catalogue
from planner.analysis.fairness.coalitions import Coalitions
from planner.analysis.fairness.players import chosen_players
from planner.analysis.fairness.report import findings
from planner.analysis.fairness.study import Study, study
from planner.analysis.writing import write_findings
from planner.errors import InputError, VerificationError
from planner.options.cluster import crew
from planner.plan import Progress, SolveOptions
from planner.run import record as run_record
from planner.run.folder import whole_folder
from planner.run.refusal import refuse
from planner.run.unenforced import not_enforced
from planner.verify import verify
from planner.workbook import read
from planner.workbook.reading.raw import RawInput

ProgressCall = Callable[[Progress], None]
_DEFAULTS = SolveOptions()


@dataclass(frozen=True)
class FairnessResult:
    folder: Path
    study: Study


def fairness_of_workbook(
    source: Path,
    target: Path,
    group: str,
    level: str | None = None,
    samples: int | None = None,
    seed: int = 0,
    options: SolveOptions = _DEFAULTS,
    progress: ProgressCall | None = None,
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
    instance = reading.instance
    players = chosen_players(instance, group)

    def solved(count: int) -> None:
        if progress is not None:
            progress(Progress(f"coalition {count}"))

    coalitions = Coalitions(instance, players, level, options, progress, solved)
    verification = _verified(coalitions, reading.raw)
    with crew(workers, scheduler) as work_all:
        found = study(coalitions, samples, seed, work_all)
    record = {
        "title": instance.settings.title,
        "marking": instance.settings.marking,
        "currency": instance.settings.currency,
        "input": {"file": source.name, "path": str(source.resolve()), "sha256": reading.raw.sha256},
        "model": run_record.model_entry(model),
        "options": {"group": group, "level": level, "samples": samples, "seed": seed}
        | {key: value for key, value in asdict(options).items() if not key.startswith("write_")},
        "not_enforced": list(not_enforced(instance, model)),
        "verification": verification,
        "versions": run_record.versions(),
    }
    with whole_folder(target, replace, source) as folder:
        write_findings(findings(found, instance, record), folder)
    return FairnessResult(target, found)


def _verified(coalitions: Coalitions, raw: RawInput) -> str:
    """What the independent checker says of the joint plan, where that is a plan of the input as it stands."""
    if not coalitions.joint_is_whole:
        return "not verified: the means of nations outside the group were taken out of the input"
    plan = coalitions.joint_plan
    levels = [{"name": level.name, "value": level.value} for level in plan.levels]
    weighted = len(plan.levels) == 1 and plan.levels[0].level == 0
    found = verify(raw, plan.tables, {"objective": plan.levels[0].value if weighted else levels})
    if not found.passed:
        worst = found.worst[found.failed[0]]
        raise VerificationError(f"the joint plan failed its verification, and nothing is delivered ({worst})")
    return "verified"
