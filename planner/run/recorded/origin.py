"""The input that a plan was made from, for analyses that may be given the plan instead."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from planner.errors import UsageError
from planner.records.run import read_run
from planner.workbook.kind import RUN
from planner.workbook.reading.raw import read_raw

DEFAULT_MODEL = "full"


class AnalysisInput(NamedTuple):
    """The input to analyse and the planning model; `plan`: the run folder of the optimal plan of just that,
    where one was given.
    """

    input: Path
    model: str
    plan: Path | None = None


def origin_of(source: Path, model: str | None, output: Path) -> AnalysisInput:
    """The origin of a run folder, those that its plan was made with; else `source` itself.

    `model` is what was asked for; None takes the plan's, or `full`. Raises UsageError where the input of the plan is
    not to be found, has changed since, or the plan was made with another model than the one asked for; or where
    `output` would replace the plan.
    """
    if not (source / RUN).is_file():
        return AnalysisInput(source, model or DEFAULT_MODEL)
    run = read_run(source)
    if source.resolve().is_relative_to(output.resolve()):
        raise UsageError(f"{output} contains the plan and is not replaced; choose another folder")
    made_with = run.model.name
    if model not in (None, made_with):
        raise UsageError(
            f"--model: found {model!r}, expected {made_with!r}, with which the plan {source} was made; give its "
            "input for another"
        )
    places = [Path(run.input.path), source / run.input.file]
    place = next((path for path in places if path.exists()), None)
    if place is None:
        raise UsageError(f"the input of the plan {source}, {run.input.path}, is not to be found; give the input itself")
    if read_raw(place).sha256 != run.input.sha256:
        raise UsageError(
            f"the input {place} has changed since the plan {source} was made; give the input itself, or plan it again"
        )
    return AnalysisInput(place, made_with, source if run.status == "optimal" else None)
