"""What the record of every analysis begins with."""

from __future__ import annotations

from pydantic import Field

from planner.records.model import Record
from planner.records.parts import InputFile, ModelName, Versions


class AnalysisRecord(Record):
    """What every analysis of an input says of it."""

    title: str = Field(description="Title from Settings, else the name of the input.")
    marking: str = Field(description="Handling caveat from Settings.")
    currency: str = Field(description="Of all amounts of money.")
    input: InputFile = Field(description="What was analysed.")
    model: ModelName = Field(description="The planning model.")
    not_enforced: tuple[str, ...] = Field(
        description="Filled rules that the plans need not obey, each with its reason."
    )
    warnings: tuple[str, ...] = Field(description="What check warned of.")
    versions: Versions = Field(description="Everything that computed.")
