"""evaluation.json: what it was made from, and how far the plan is from the optimum."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from planner.analysis.evaluate.evaluation import Evaluation
from planner.records.model import Count, InUnit, Record
from planner.records.parts import InputFile, ModelUsed, Versions
from planner.records.run import Options, RunRecord


class DistanceRecord(Record):
    """A level of the plan beside that of the optimum."""

    title: str = Field(description="Level, as people call it.")
    unit: str = Field(description="Unit of the values.")
    value: InUnit = Field(description="Of the plan.")
    optimum: InUnit = Field(description="Of the best plan.")
    gap: InUnit = Field(description="value − optimum; 0 where they are the same.")


class EvaluationRecord(Record):
    """What `planner evaluate` found, in evaluation/ beside the run.json of the plan."""

    title: str = Field(description="Title from Settings.")
    marking: str = Field(description="Handling caveat from Settings.")
    input: InputFile = Field(description="The input of the plan.")
    model: ModelUsed = Field(description="The planning model.")
    options: Options = Field(description="The options of the run.")
    not_enforced: tuple[str, ...] = Field(
        description="Filled rules that the plans need not obey, each with its reason."
    )
    verification: str = Field(description="What the independent checker says.")
    versions: Versions = Field(description="Everything that computed.")
    given: dict[str, Count] = Field(
        description="Figures of each result table that were given; the others were completed at best."
    )
    optimum_run: str | None = Field(
        default=None, description="Run folder whose plan is the optimum; null: it was solved for this."
    )
    levels: tuple[DistanceRecord, ...] = Field(description="In order.", min_length=1)


def evaluation_record(evaluation: Evaluation, run: RunRecord, optimum_run: Path | None) -> EvaluationRecord:
    """What evaluation.json says of an evaluation, beside the record of its run;
    `optimum_run`: whence the optimum, if not solved anew.
    """
    return EvaluationRecord(
        title=run.title,
        marking=run.marking,
        input=run.input,
        model=run.model,
        options=run.options,
        not_enforced=run.not_enforced,
        verification=run.verification,
        versions=run.versions,
        given={name: len(table) for name, table in evaluation.given.tables.items()},
        optimum_run=None if optimum_run is None else str(optimum_run),
        levels=tuple(
            DistanceRecord(title=d.title, unit=d.unit, value=d.value, optimum=d.optimum, gap=d.gap)
            for d in evaluation.distances
        ),
    )
