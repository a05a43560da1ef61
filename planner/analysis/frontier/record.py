"""frontier.json."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.analysis.record import AnalysisRecord
from planner.records.model import Record, Unit

OfFirst = Annotated[float, Unit("as the first of `levels` says")]
OfSecond = Annotated[float, Unit("as the second of `levels` says")]


class AimRecord(Record):
    """One of the two aims; less is better."""

    name: str = Field(description="Level, as the model names it.")
    title: str = Field(description="As people call it.")
    unit: str = Field(description="Unit of its values.")


class KinkRecord(Record):
    """A corner of the frontier."""

    first: OfFirst = Field(description="Value of the first aim.")
    second: OfSecond = Field(description="Value of the second aim.")


class FrontierRecord(AnalysisRecord):
    """What `planner frontier` found."""

    levels: tuple[AimRecord, ...] = Field(
        description="The two aims: `first`, then `second`; less is better of both.", min_length=2, max_length=2
    )
    held: tuple[str, ...] = Field(description="Levels held at their optimum, before both aims.")
    exact: bool = Field(description="Is every kink found, and every line between two of them proved?")
    kinks: tuple[KinkRecord, ...] = Field(
        description="In order of the first aim; each has a verified plan.", min_length=1
    )
    below: tuple[OfSecond, ...] = Field(
        description="By kink, to the next: how much lower the second aim may lie; 0: the line is proved."
    )
