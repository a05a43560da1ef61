"""What `planner solve` and `planner remedy` say of what would help."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.records.model import AsCell, Count, Money, OfItem, Record, Unit

Weighed = Annotated[float, Unit("value × priority")]


class RiseRecord(Record):
    """A figure of the input that changes; of a consent, what it lets through."""

    what: str = Field(description="As in column `what` of the table Remedies.")
    cells: str = Field(description="Where it is typed.")
    before: AsCell = Field(description="What the input says.")
    rise: AsCell = Field(
        description="By how much it changes: it rises, but a date, a lead time and a share that asks for at least so "
        "much fall."
    )
    falls: bool = Field(default=False, description="Does the figure fall by `rise`?")
    cost: Money = Field(description="Price × rise.")
    decides: str = Field(description="Who decides.")


class RemedyRecord(Record):
    """Changes that make the goal whole, or bring it as far as all that may be changed can. Each was planned again."""

    how: str = Field(description="cheapest, alternative, single, or the part of the way that it goes.")
    cost: Money = Field(description="Of all its changes.")
    left: Weighed = Field(description="Still short.")
    lacking: dict[str, OfItem] = Field(description="Units that are then short, by item.")
    comes: bool | None = Field(
        default=None,
        description="Does the plan of the changed input, all aims in order, reach as much without being told to? Not "
        "where aims that come before, or others of the same aim, use what it adds; absent: not tried.",
    )
    rises: tuple[RiseRecord, ...] = Field(description="What it changes, the dearest first.")
    sentence: str = Field(description="All of this in words: its effect, what it changes, its cost, who decides.")


class GoalRecord(Record):
    """What was to be made whole."""

    kind: str = Field(description="commitment, all or contingency.")
    name: str = Field(description="Its name; blank: demands of no commitment, or all.")
    short: Weighed = Field(description="In the plan.")
    lacking: dict[str, OfItem] = Field(description="Units that are short in the plan, by item.")
    sentence: str = Field(description="What is short, in words.")
    remedies: tuple[RemedyRecord, ...] = Field(
        description="The best first; empty where nothing that may be changed helps."
    )
    frontier: tuple[RemedyRecord, ...] = Field(description="What parts of the way to the cheapest one cost.")
    others_stay: bool = Field(
        default=False,
        description="Does the plan for other goods stay fixed? Yes in large programs: remedies that change it, and "
        "would be cheaper or reach more, were not searched. Absent: no.",
    )
    cheapest_only: bool = Field(
        default=False,
        description="Was the cheapest alone looked for, as the goal concerns much of a large program? Then no other "
        "remedy, single change or part of the way. Absent: no.",
    )
    broken: Count = Field(
        description="Remedies that were found but not shown, because solving again did not reach them."
    )
