"""Remedies: what a search for them returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.plan.remedy.levers import Lever
    from planner.plan.remedy.measures import Goal
    from planner.solver.highs import Vector


@dataclass(frozen=True)
class Remedy:
    """Rises by lever name; `left` short of `short`. `how`: cheapest, alternative, single, a part of the way.

    `lacking`: item → units that the goal then lacks, in the plan made again; empty until it is. `comes`: does a plan of
    the changed input, all aims in order, bring as much by itself? None: not tried (`MOST_COLUMNS`). `plan`: all columns
    of the program with the rises; None where that is another program than the one of the plan.
    """

    how: str
    rises: Mapping[str, float]
    cost: float
    short: float
    left: float
    lacking: Mapping[str, float] = field(default_factory=dict)
    comes: bool | None = None
    plan: Vector | None = field(default=None, compare=False, repr=False)


Raised = tuple[Remedy, "list[tuple[Lever, float]]"]  # a remedy with its levers and their rises, the dearest first


@dataclass(frozen=True)
class GoalRemedies:
    """A goal that lacks `short` (`lacking`: item → units), with its remedies, what parts of the way cost, and how many
    of all did not keep their word. `items`: what is done with other goods stays as planned; None: it may change too.
    `cheapest_only`: nothing else was looked for.
    """

    goal: Goal
    short: float
    lacking: Mapping[str, float]
    remedies: Sequence[Raised]
    frontier: Sequence[Raised]
    broken: int
    items: frozenset[str] | None = None
    cheapest_only: bool = False
