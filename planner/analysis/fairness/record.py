"""fairness.json: what it was made from, and what the study says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.analysis.fairness.study import Allocation, FairnessStudy
from planner.records.model import Count, Number, Record, Seconds, Unit
from planner.records.parts import InputFile, ModelUsed, Versions
from planner.records.run import RunRecord

OfMeasure = Annotated[float, Unit("as `measure` says")]


class FairnessOptions(Record):
    """The options of the run."""

    group: str = Field(description="Whose nations are the players.")
    level: str | None = Field(description="What is measured; null: the first aim at which anything is at stake.")
    samples: Count | None = Field(description="Orders of joining that were requested; null: none.")
    seed: Number = Field(description="Of the random orders.")
    model: str = Field(description="Planning model.")
    time_limit: Seconds | None = Field(description="For the solver; null: none.")
    prune: bool = Field(description="Leave out what no plan can use.")
    solver: str = Field(description="Program that solves.")
    threads: Count | None = Field(description="Of the solver; null: as it likes.")
    lazy_funds: bool = Field(description="Add limits of funds only where a plan breaks them; the result is the same.")


class MeasureRecord(Record):
    """What a group's plan is judged by."""

    name: str = Field(description="Level, as the model names it.")
    title: str = Field(description="As people call it.")
    unit: str = Field(description="Unit of its values.")


class AllocationRecord(Record):
    """A way of sharing what all reach together."""

    name: Literal["shapley", "contribution", "least_core"] = Field(description="Which way.")
    shares: dict[str, OfMeasure] = Field(description="By player.")
    in_core: bool | None = Field(description="Is it true that no group does better alone? Null: none was solved.")
    worst_off: tuple[str, ...] = Field(description="The group that objects most.")
    objection: OfMeasure | None = Field(description="What it would gain by leaving; negative: it would lose.")


class FairnessRecord(Record):
    """What `planner fairness` found."""

    title: str = Field(description="Title from Settings.")
    marking: str = Field(description="Handling caveat from Settings.")
    currency: str = Field(description="Of all amounts of money.")
    input: InputFile = Field(description="What was analysed.")
    model: ModelUsed = Field(description="The planning model.")
    options: FairnessOptions = Field(description="The options of the run.")
    not_enforced: tuple[str, ...] = Field(
        description="Filled rules that the plans need not obey, each with its reason."
    )
    verification: str = Field(description="What the independent checker says of the joint plan.")
    versions: Versions = Field(description="Everything that computed.")
    measure: MeasureRecord = Field(description="What a group's plan is judged by.")
    players: tuple[str, ...] = Field(description="Nations, in the order of the Nations sheet.", min_length=1)
    beneficiaries_alone: OfMeasure = Field(description="The measure of the beneficiaries' own plan.")
    together: OfMeasure = Field(description="v of all players.")
    separate: OfMeasure = Field(description="What all reach, each alone, added up.")
    exact: bool = Field(description="Are the Shapley values exact, not sampled?")
    orders: Count | None = Field(description="Random orders of joining; null where exact.")
    coalitions: Annotated[int, Unit("1"), Field(ge=2)] = Field(description="Groups that were solved.")
    plans: Annotated[int, Unit("1"), Field(ge=1)] = Field(description="Plans that were made for them.")
    least_core_epsilon: OfMeasure = Field(
        description="The largest objection of a group, made as small as can be; negative: all have something to spare."
    )
    core_is_empty: bool | None = Field(description="Null: not known, as not every group was solved.")
    allocations: tuple[AllocationRecord, ...] = Field(
        description="Ways of sharing what all reach together.", min_length=1
    )


def fairness_record(study: FairnessStudy, run: RunRecord, options: FairnessOptions) -> FairnessRecord:
    """What fairness.json says of a study; `run`: what is known of the joint plan."""
    return FairnessRecord(
        title=run.title,
        marking=run.marking,
        currency=run.calendar.currency,
        input=run.input,
        model=run.model,
        options=options,
        not_enforced=run.not_enforced,
        verification=run.verification,
        versions=run.versions,
        measure=MeasureRecord(name=study.measure.name, title=study.measure.title, unit=study.measure.unit),
        players=tuple(player.name for player in study.players),
        beneficiaries_alone=study.coalitions.reached(0),
        together=study.together,
        separate=study.separate,
        exact=study.exact,
        orders=study.samples,
        coalitions=len(study.values),
        plans=study.coalitions.programs,
        least_core_epsilon=study.epsilon,
        core_is_empty=study.core_is_empty,
        allocations=tuple(_allocation(study, allocation) for allocation in study.allocations),
    )


def _allocation(study: FairnessStudy, allocation: Allocation) -> AllocationRecord:
    objection = allocation.objection
    return AllocationRecord.model_validate(
        {
            "name": allocation.name,
            "shares": dict(zip((p.name for p in study.players), allocation.shares, strict=True)),
            "in_core": allocation.stable if study.complete or not allocation.stable else None,
            "worst_off": study.coalitions.names(objection.coalition) if objection else (),
            "objection": objection.excess if objection else None,
        }
    )
