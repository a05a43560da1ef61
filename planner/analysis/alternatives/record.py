"""alternatives.json."""

from __future__ import annotations

from pydantic import Field

from planner.analysis.record import AnalysisRecord
from planner.records.model import Count, Money, OfLevel, Record, Share


class PlanRecord(Record):
    """The plan, or an alternative to it."""

    folder: str = Field(description="Its run folder, inside this one.")
    levels: dict[str, OfLevel | None] = Field(description="Value of each objective level, in the unit of the level.")


class RangeRecord(Record):
    """How much a part can be within the slack."""

    least: Money = Field(description="The least, of the plans that were found.")
    most: Money = Field(description="The most, of the plans that were found.")
    no_less: Money | None = Field(
        default=None, description="No plan within the slack is below; null: none is below `least`."
    )
    no_more: Money | None = Field(
        default=None, description="No plan within the slack is above; null: none is above `most`."
    )


class AlternativesRecord(AnalysisRecord):
    """What `planner alternatives` found."""

    slack: Share = Field(description="By how much of its value each level may be worse.")
    plans: tuple[PlanRecord, ...] = Field(description="The plan itself first, then the alternatives.", min_length=1)
    distances: tuple[tuple[Share, ...], ...] = Field(
        description="Between each two plans: the share of work and payments that others have."
    )
    unfinished: tuple[Count, ...] = Field(
        default=(),
        description="Numbers of the plans whose levels may be better with the same parts: the search was ended.",
    )
    ranges: dict[str, RangeRecord] = Field(
        description="Least and most of each part within the slack: `producers PL`, `payers SAFE`."
    )
