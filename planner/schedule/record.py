"""schedule.json: how the last run of a schedule went, for programs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.records.model import Moment, Number, Record, Unit
from planner.records.parts import Status


class FaultRecord(Record):
    """One thing that is wrong with the input."""

    place: str = Field(description="Where.")
    message: str = Field(description="What was found, and what was expected.")


class RunEntry(Record):
    """A recorded run."""

    id: Number = Field(description="Its number in the store.")
    folder: str = Field(description="Its run folder.")
    kind: Literal["solve", "replan"] = Field(description="Planned afresh, or on from the last plan.")
    status: Status = Field(description="How it ended.")
    verified: bool = Field(description="Has it a plan that passed its verification?")
    started: Moment = Field(description="UTC.")
    input_sha256: str = Field(description="Of the workbook.")
    fingerprint: str | None = Field(description="Of input, terms, models and versions: the same one, the same run.")


Measured = Annotated[float, Unit("as `message` says")]


class AlertRecord(Record):
    """What somebody should hear of."""

    kind: Literal[
        "failed", "clock", "stale_input", "actuals", "fill_rate", "fund_used", "fund_overdrawn", "conflict", "gap"
    ] = Field(description="What it is about.")
    message: str = Field(description="In words.")
    about: str = Field(description="The fund, place or period.")
    value: Measured | None = Field(description="What was found; null: not a matter of degree.")
    limit: Measured | None = Field(description="What the schedule allows.")


class ScheduleRecord(Record):
    """How the last `planner schedule run` went, in the folder of its runs."""

    schedule: str = Field(description="Name of the schedule.")
    file: str = Field(description="Its TOML file.")
    started: Moment = Field(description="UTC.")
    ended: Moment = Field(description="UTC.")
    result: Literal["new plan", "nothing new", "failed"] = Field(
        description="`new plan` also where a later step failed: see exit_code."
    )
    exit_code: Literal[0, 1, 2, 3, 4, 5, 64] = Field(description="What the command ended with.")
    message: str = Field(description="What happened, in words.")
    faults: tuple[FaultRecord, ...] = Field(description="What is wrong with the input.")
    run: RunEntry | None = Field(description="The run that was recorded, with a plan or without.")
    last_good: RunEntry | None = Field(description="The last good plan, after this run.")
    adopted: tuple[Number, ...] = Field(
        description="Runs that were recorded late, as their process was killed before it could."
    )
    comparison: str | None = Field(description="Folder of the comparison of options.")
    alerts: tuple[AlertRecord, ...] = Field(description="What somebody should hear of.")
    not_sent: tuple[str, ...] = Field(description="Ways of telling that did not work, and why.")
    pruned: tuple[Number, ...] = Field(description="Runs that went.")
