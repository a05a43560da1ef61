"""A plan solved from the plan of a similar input, as the options of a comparison are from their base."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.plan import SolveOptions
from planner.plan.again.warm_start import WarmStart
from planner.plan.beside import FROM_ANOTHER
from planner.plan.plan import Plan
from planner.records.parts import InputFile
from planner.records.run import StartedFrom
from planner.run.recorded.load import load_run
from planner.run.recorded.origin import AnalysisInput
from planner.run.recorded.reopened import plan_of
from planner.solver.highs import ProgressListener
from planner.workbook import read_instance
from planner.workbook.kind import RUN
from planner.workbook.reading.raw import read_raw


def solved_from(
    start: AnalysisInput, instance: PlanningInstance, options: SolveOptions, progress: ProgressListener | None
) -> Plan | None:
    """The optimal plan of an instance, solved from the plan of `start`; without remedies and the worth of the
    guarantee.

    None where there is no run folder that can be read and keeps a basis: an instance is then solved as fast by itself.
    Raises NoPlanError and SolverStoppedError of the instance.
    """
    recorded = _recorded(start)
    if recorded is None or recorded.basis is None:
        return None
    plan = WarmStart(recorded.instance, options, progress, recorded=recorded).solve_changed(instance)
    is_short = any(len(plan.tables[name]) for name in ("shortfalls", "uncovered"))
    return replace(plan, no_worth=FROM_ANOTHER, no_remedies=FROM_ANOTHER if is_short else "")


def _recorded(start: AnalysisInput) -> Plan | None:
    if start.plan is None:
        return None
    try:
        return plan_of(load_run(start.plan), read_instance(start.input))
    except UsageError:
        return None


def start_entry(start: AnalysisInput) -> StartedFrom | None:
    """What run.json says of the plan that a plan was solved from."""
    if start.plan is None:
        return None
    return StartedFrom(
        run=str(start.plan.resolve()),
        run_sha256=_run_hash(start.plan),
        input=InputFile.of(start.input, read_raw(start.input).sha256),
    )


def start_of(entry: StartedFrom, model: str, beside: Path) -> AnalysisInput | None:
    """The start of a plan found again: the run folder where it was, or in the folder `beside`; its input where it was,
    or there.

    None where either is gone or was changed.
    """
    folders, inputs = ((Path(path), beside / Path(path).name) for path in (entry.run, entry.input.path))
    folder = next((path for path in folders if (path / RUN).is_file() and _run_hash(path) == entry.run_sha256), None)
    source = next((path for path in inputs if path.exists() and read_raw(path).sha256 == entry.input.sha256), None)
    return None if folder is None or source is None else AnalysisInput(source, model, folder)


def _run_hash(folder: Path) -> str:
    return hashlib.sha256((folder / RUN).read_bytes()).hexdigest()
