"""What several records say in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from planner.records.faults import fault
from planner.records.model import Count, Day, InUnit, Record, Seconds, Sha256, Unit, Year

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "error"]


def _with_planner(versions: dict[str, str]) -> dict[str, str]:
    if "planner" not in versions:
        raise fault("has no version of planner; expected one")
    return versions


Versions = Annotated[dict[str, str], AfterValidator(_with_planner), Field(json_schema_extra={"required": ["planner"]})]


class InputFile(Record):
    """The input that something was made from."""

    file: str = Field(description="Name of the workbook or folder.")
    path: str = Field(description="Where it was, as an absolute path.")
    sha256: Sha256 = Field(description="Its checksum.")

    @classmethod
    def of(cls, path: Path, sha256: str) -> InputFile:
        """The input at `path` with the checksum that its reading gave."""
        return cls(file=path.name, path=str(path.resolve()), sha256=sha256)


class ModelName(Record):
    """The planning model of `models/`."""

    name: str = Field(description="Name of its file.")
    title: str = Field(description="As people call it.")


class ModelUsed(ModelName):
    """The planning model, and the program that it came to."""

    kind: Literal["LP", "MILP"] = Field(description="Linear, or with yes-or-no decisions.")
    families_off: tuple[str, ...] = Field(description="Families of constraints that it switches off.")


class Calendar(Record):
    """The periods of the horizon."""

    start: Day = Field(description="First day of the first period.")
    periods: Count = Field(description="How many there are.")
    period_length: Literal["week", "month", "quarter", "year"] = Field(description="How long each is.")
    fiscal_years: tuple[Year, ...] = Field(description="Fiscal year of each period.")
    labels: tuple[str, ...] = Field(description="How people write each period.")
    currency: str = Field(description="Of all amounts of money.")

    @property
    def span(self) -> str:
        """From the first period to the last: `2026-01 to 2026-12`."""
        return " to ".join(dict.fromkeys((self.labels[0], self.labels[-1])))


class Level(Record):
    """An objective level of a plan."""

    level: Count = Field(description="Its number; 0: the weighted objective.")
    name: str = Field(description="Name in the planning model.")
    title: str = Field(description="As people call it.")
    unit: str = Field(description="Unit of value and bound.")
    value: InUnit | None = Field(description="Of the plan; null where it was not reached.")
    bound: InUnit | None = Field(description="What no plan can beat, given the levels before; null: not known.")
    gap: Annotated[float, Unit("1")] | None = Field(description="(value - bound) / max(1, |value|); null: not known.")
    status: Literal["optimal", "held", "not optimised", "planned in windows"] = Field(
        description="Whether it is proved, given (`planner evaluate`), left out for lack of time, or made in windows."
    )
    iterations: Count | None = Field(default=None, description="Of the solver.")
    seconds: Seconds | None = Field(default=None, description="Of the solver.")
    resumed: bool = Field(
        default=False,
        description="Was it proved by an unfinished run of the same linear program, such as one that was killed?",
    )
    method: Literal["simplex", "interior point"] | None = Field(
        default=None, description="By which it was found, alone or in a sum with others; null: not known."
    )
