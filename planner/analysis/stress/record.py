"""stress.json."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.analysis.record import AnalysisRecord
from planner.records.model import Count, Number, Record, Share, Unit

Weighed = Annotated[float, Unit("value × priority; weighted: currency")]
GoodsValue = Annotated[float, Unit("value")]


class LossRecord(Record):
    """L over the draws."""

    mean: Weighed = Field(description="Mean.")
    standard_error: Weighed = Field(description="Of the mean.")
    low: Weighed = Field(description="Where Student's 95 % interval of the mean begins.")
    high: Weighed = Field(description="Where it ends.")
    q5: Weighed = Field(description="5 % of the draws are below.")
    q50: Weighed = Field(description="The median.")
    q95: Weighed = Field(description="95 % of the draws are below.")


class CoverageRecord(Record):
    """The share of the need that is covered, by value, over the draws."""

    mean: Share = Field(description="Mean.")
    standard_error: Share = Field(description="Of the mean.")
    low: Share = Field(description="Where Student's 95 % interval of the mean begins.")
    high: Share = Field(description="Where it ends.")
    q5: Share = Field(description="5 % of the draws are below.")
    q50: Share = Field(description="The median.")
    q95: Share = Field(description="95 % of the draws are below.")


class LackRecord(Record):
    """What is lacking of what was promised, over the draws."""

    mean: GoodsValue = Field(description="Mean.")
    standard_error: GoodsValue = Field(description="Of the mean.")
    low: GoodsValue = Field(description="Where Student's 95 % interval of the mean begins.")
    high: GoodsValue = Field(description="Where it ends.")
    q5: GoodsValue = Field(description="5 % of the draws are below.")
    q50: GoodsValue = Field(description="The median.")
    q95: GoodsValue = Field(description="95 % of the draws are below.")


class KeptRecord(Record):
    """The share of the draws in which nothing is lacking."""

    share: Share = Field(description="Of all draws.")
    standard_error: Share = Field(description="Of the share.")
    low: Share = Field(description="Where Wilson's 95 % interval begins.")
    high: Share = Field(description="Where it ends.")


class StressedCaseRecord(Record):
    """A case in all draws."""

    contingency: str = Field(description="Contingency.")
    strike: Number = Field(description="Period of the strike, 1…P.")
    weight: Share = Field(description="Weight of the case.")
    promised: Share = Field(description="Share of the need that is promised.")
    loss: LossRecord = Field(description="L.")
    coverage: CoverageRecord = Field(description="Coverage.")
    lack: LackRecord = Field(description="What is lacking.")
    kept: KeptRecord | None = Field(description="Draws that keep the promise; null: nothing is promised.")


class StressRecord(AnalysisRecord):
    """What `planner stress` found."""

    plan: str = Field(description="The run folder of the fixed plan; blank: the plan was made from the input.")
    draws: Annotated[int, Unit("1"), Field(ge=2)] = Field(description="How many draws.")
    seed: Count = Field(description="Seed of their numbers.")
    verification: str = Field(description="What the independent checker says of the plan.")
    level: LossRecord = Field(description="The level contingency, over all cases.")
    coverage: CoverageRecord = Field(description="The mean of the cases' coverage, by their weight.")
    kept: KeptRecord | None = Field(description="Draws that keep every promise; null: nothing is promised.")
    cases: tuple[StressedCaseRecord, ...] = Field(description="In the order of the plan.", min_length=1)
