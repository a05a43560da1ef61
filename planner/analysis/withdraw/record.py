"""withdraw.json."""

from __future__ import annotations

from pydantic import Field

from planner.analysis.record import AnalysisRecord
from planner.analysis.withdraw.things import WithdrawalKind
from planner.records.model import Count, InUnit, OfLevel, Record, Share


class LevelRecord(Record):
    """An objective level of the plan."""

    name: str = Field(description="Name of the level.")
    title: str = Field(description="As people know it.")
    unit: str = Field(description="Unit of its values.")
    value: InUnit = Field(description="In the plan itself.")


class TakenRecord(Record):
    """One thing that is withdrawn."""

    kind: WithdrawalKind = Field(description="What it is.")
    name: str = Field(description="Its name; of a corridor its nations or routes.")


class DamageRemedyRecord(Record):
    """The limit that, raised by half by itself, makes good most of the damage at the first level that is worse."""

    family: str = Field(description="Family of the limit.")
    object: str = Field(description="What it is of.")
    item: str = Field(description="Of which item; blank where of all.")
    part: Share = Field(description="How much of the damage it makes good.")


class BetweenRecord(Record):
    """The first level that may differ, where bounds of the damage are proved and its value was not worked out."""

    level: str = Field(description="Name of the level.")
    at_least: OfLevel = Field(description="No less damage than this.")
    at_most: OfLevel = Field(description="No more damage than this.")


class WithdrawalRecord(Record):
    """What one withdrawal, or two together, do to the plan."""

    taken: tuple[TakenRecord, ...] = Field(description="What is withdrawn: one thing, or two.", min_length=1)
    rank: Count = Field(
        description="Among withdrawals of as many things: 1 more than the number of those proved to do more damage; "
        "equals share a rank."
    )
    leaves_plan: bool = Field(description="Is there any plan left?")
    damage: dict[str, OfLevel] = Field(
        description="By level: its value without, less its value in the plan; empty where no plan is left."
    )
    between: BetweenRecord | None = Field(
        default=None, description="Of a large program, where the damage was not worked out."
    )
    how: str = Field(description="How that is known.")
    checked: bool = Field(description="Was its plan solved again from the workbook alone, and verified independently?")
    remedy: DamageRemedyRecord | None = Field(default=None, description="Where one was looked for and found.")
    why_no_plan: tuple[str, ...] = Field(
        description="What cannot hold together, and the least changes with which a plan is left, "
        "where none is and it was looked for."
    )


class WithdrawRecord(AnalysisRecord):
    """What `planner withdraw` found."""

    first: Count = Field(description="The period from which the things are gone, 1 the first.")
    struck: bool = Field(description="A surprise: the plan's decisions before that period stand.")
    levels: tuple[LevelRecord, ...] = Field(description="Objective levels, in order.", min_length=1)
    withdrawals: tuple[WithdrawalRecord, ...] = Field(description="Single withdrawals, worst first; then pairs.")
