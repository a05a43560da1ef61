"""The plans that were considered beside the plan: of comparisons, of alternatives, and single runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planner.analysis.alternatives.record import AlternativesRecord
from planner.decision.record import Considered, ConsideredPlan
from planner.errors import UsageError
from planner.options.record import CompareRecord, OptionRecord
from planner.records.parts import Level
from planner.records.reading import read_record
from planner.records.run import RunRecord
from planner.workbook.kind import what_is


def considered(folder: Path, input_sha256: str) -> Considered:
    """What a folder of `planner compare`, `alternatives` or `solve` says of its plans.

    Raises UsageError for any other folder, and for a damaged record.
    """
    for kind, (file, read) in _KINDS.items():
        path = folder / file
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            grounds = read(path, folder)
            return Considered(
                kind=kind, folder=folder.resolve().name, path=str(folder.resolve()), file=file, sha256=digest,
                same_input=grounds["input_sha256"] == input_sha256, **grounds,
            )  # fmt: skip
    raise UsageError(
        f"--considered: {folder} is {what_is(folder)}; expected a folder that planner compare, alternatives or "
        "solve wrote"
    )


def _compare(path: Path, _: Path) -> dict[str, Any]:
    record = read_record(path, CompareRecord)
    return {"input_sha256": record.input.sha256, "plans": tuple(map(_option, record.options))}


def _option(option: OptionRecord) -> ConsideredPlan:
    return ConsideredPlan(
        name=option.name,
        status=option.status,
        rank=option.rank,
        levels=level_values(option.objective),
        figures={name: figure.value for name, figure in option.figures.items()},
    )


def _alternatives(path: Path, _: Path) -> dict[str, Any]:
    record = read_record(path, AlternativesRecord)
    plans = tuple(
        ConsideredPlan(name=str(number), status="feasible", levels=dict(plan.levels))
        for number, plan in enumerate(record.plans)
    )
    return {"input_sha256": record.input.sha256, "slack": record.slack, "plans": plans}


def _run(path: Path, folder: Path) -> dict[str, Any]:
    record = read_record(path, RunRecord)
    plan = ConsideredPlan(name=folder.resolve().name, status=record.status, levels=level_values(record.objective))
    return {"input_sha256": record.input.sha256, "plans": (plan,)}


# `run.json` last: the folder of an analysis may hold runs.
_KINDS: dict[Any, tuple[str, Callable[[Path, Path], dict[str, Any]]]] = {
    "compare": ("compare.json", _compare),
    "alternatives": ("alternatives.json", _alternatives),
    "run": ("run.json", _run),
}


def level_values(objective: float | tuple[Level, ...] | None) -> dict[str, float | None]:
    """The value of each level by its name; `weighted` where there is one sum; nothing without a plan."""
    if isinstance(objective, tuple):
        return {level.name: level.value for level in objective}
    return {} if objective is None else {"weighted": objective}
