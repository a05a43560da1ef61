"""The worst withdrawals once more: planned from the changed workbook alone, checked independently, with a remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.analysis.withdraw.remedy import Remedy, remedy
from planner.analysis.withdraw.rows import with_rows
from planner.domain.contingencies import Disruption
from planner.domain.instance import PlanningInstance
from planner.errors import InputError, NoPlanError
from planner.plan import SolveOptions, solve
from planner.plan.again.removal import Gone
from planner.plan.plan import Plan
from planner.records.run import RunRecord
from planner.run import record as run_record
from planner.run.verified import verified
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput


@dataclass(frozen=True)
class Base:
    """The input, its plan, and what run.json says before there is one."""

    raw: RawInput
    plan: Plan
    begun: RunRecord
    options: SolveOptions


@dataclass(frozen=True)
class Checked:
    """The levels of the plan made again (None: there is none, and `why`); `remedy` of what it leaves short."""

    values: Mapping[str, float] | None
    remedy: Remedy | None = None
    why: tuple[str, ...] = ()


def planned_again(base: Base, hits: Sequence[Disruption]) -> Checked:
    """The plan of the workbook with these rows added, solved from nothing and verified against it.

    Raises InputError where the rows do not go with what the workbook says, SolverStoppedError, VerificationError.
    """
    raw, instance = _changed(base.raw, hits)
    try:
        plan = solve(instance, base.options)
    except NoPlanError as problem:
        return Checked(None, why=problem.conflict)
    verified(run_record.with_plan(base.begun, plan), plan, raw, "the plan after a withdrawal")
    return Checked(
        {level.name: level.value or 0.0 for level in plan.levels}, remedy(base.plan, plan, _names(instance, hits))
    )


def _changed(raw: RawInput, hits: Sequence[Disruption]) -> tuple[RawInput, PlanningInstance]:
    """The input with the rows, and its instance. Where it has such a row already (no key twice) the new one states its end."""
    for ends in (False, True):
        changed = with_rows(raw, hits, ends)
        reading = interpret(changed)
        if reading.instance is not None:
            return changed, reading.instance
    raise InputError(reading.faults)


def _names(instance: PlanningInstance, hits: Sequence[Disruption]) -> set[str]:
    """Names of what is gone, as limits are told by: with the lines, legs and routes of places, and resources there."""
    gone = Gone.of(instance, hits)
    names = {hit.name for hit in hits} | gone.nodes | gone.legs | gone.stopped
    names |= {resource.name for resource in instance.resources.values() if resource.factory in gone.nodes}
    for leg in instance.legs.values():
        if leg.route in names or leg.origin in gone.nodes or leg.destination in gone.nodes:
            names |= {leg.name, leg.route}
    return names
