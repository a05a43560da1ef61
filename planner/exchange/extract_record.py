"""extract.json."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.records.model import Record, Unit
from planner.records.parts import Calendar

DisclosureLevel = Literal["own", "all", "aggregate", "withhold"]


class PolicyRecord(Record):
    """What a nation was given of others."""

    notes: Literal["own", "withhold"] = Field(description="Notes beside its own rows.")
    other_end: Literal["nation", "abroad"] = Field(description="The far end of a shipment.")
    least_nations: Annotated[int, Unit("1"), Field(ge=3)] = Field(description="Other nations that must be in a sum.")
    input: dict[str, DisclosureLevel] = Field(description="Level by table of the input; others are own.")
    plan: dict[str, DisclosureLevel] = Field(description="Level by table of the plan; others are own.")


class ExtractRecord(Record):
    """Whose view `planner extract` wrote, and under which policy; where it wrote a folder."""

    nation: str = Field(description="Whose view it is: a nation, or cell.")
    policy: PolicyRecord = Field(description="What it was given of others.")
    title: str | None = Field(default=None, description="Title from Settings; with a plan only.")
    marking: str | None = Field(default=None, description="Handling caveat from Settings; with a plan only.")
    calendar: Calendar | None = Field(
        default=None, description="The calendar of the plan, as in run.json; with a plan only."
    )
