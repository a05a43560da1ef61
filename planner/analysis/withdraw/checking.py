"""The worst withdrawals once more: planned from the changed workbook alone, checked independently, with a remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import process_time

from planner.analysis.withdraw.ranking import Damage
from planner.analysis.withdraw.remedy import DamageRemedy, remedy
from planner.analysis.withdraw.rows import with_rows
from planner.domain.contingency.contingencies import Disruption
from planner.domain.instance import PlanningInstance
from planner.errors import InputError, NoPlanError
from planner.formulation.model.family import disruption_field
from planner.plan import SolveOptions, solve
from planner.plan.again.remainder import Remainders, level_optima
from planner.plan.conflict.explanation import ConflictExplanation, explanation
from planner.plan.plan import Plan
from planner.plan.program import built_program
from planner.records.run import RunRecord
from planner.run import record as run_record
from planner.run.verified import verified
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput


@dataclass(frozen=True)
class Base:
    """The input, and what run.json says before there is a plan."""

    raw: RawInput
    begun: RunRecord
    options: SolveOptions


@dataclass(frozen=True)
class Checked:
    """The levels of the plan made again (None: there is none, and `why`); `remedy` of the damage.

    `changes`: the least changes of the input with which a plan is left, in words; of limits, then of what is asked.
    `is_checked`: was the plan recomputed by the independent checker?
    """

    values: Mapping[str, float] | None
    remedy: DamageRemedy | None = None
    why: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    is_checked: bool = False


def looked_into(base: tuple[Base, Remainders], one: Damage) -> Checked:
    """A withdrawal of the worst: its plan made again and verified, and a remedy.

    Known from the start, it is planned from nothing, from the workbook with the rows added. After a surprise it is
    solved again, and verified as a plan of that workbook, but where goods were lost on their way to a closed place,
    which no workbook says.

    Where no plan is left, what the reader finds wrong with the changed workbook, such as a lock on what is closed now,
    is the reason. After a surprise such a lock may be kept by what was sent before: then nothing can be checked. Raises
    InputError for such faults where a plan is left otherwise, SolverStoppedError, VerificationError.
    """
    context, remainders = base
    began = process_time()
    things = [thing for taken in one.taken for thing in taken.things]
    try:
        raw, instance = changed_input(context.raw, remainders.hits(things))
    except InputError as problem:
        if one.leaves_no_plan:
            return Checked(None, why=tuple(map(str, problem.faults)))
        if not remainders.is_struck:
            raise
        return Checked(one.remainder.values, remedy(remainders, one))  # what was sent before counts, and is lost
    plan: Plan | None
    try:
        if remainders.is_struck:
            values, plan = remainders.after_surprise(things, instance)
        else:
            plan = solve(instance, context.options, explain=False, priced=False)
            values = level_optima(plan)
    except NoPlanError:
        seconds = process_time() - began
        if remainders.is_struck:
            return _told(remainders.why_nothing_is_left(things, seconds))
        return _told(_why_nothing_is_left(context, remainders, instance, seconds))
    if plan is not None:
        verified(run_record.with_plan(context.begun, plan), plan, raw, f"the plan without {one.label}")
    return Checked(values, remedy(remainders, one), is_checked=plan is not None)


def _why_nothing_is_left(
    base: Base, remainders: Remainders, instance: PlanningInstance, seconds: float
) -> ConflictExplanation:
    """Why no plan is left, which took so many `seconds` to find out, and what would leave one; what was withdrawn does
    not come back.
    """
    given = [disruption_field(hit) for hit in instance.certain if hit not in remainders.instance.certain]
    return explanation(built_program(instance, base.options, moving=False), base.options, seconds, given)


def _told(why: ConflictExplanation | None) -> Checked:
    """What is said where no plan is left; None: not why."""
    return Checked(None) if why is None else Checked(None, why=tuple(why.lines), changes=tuple(why.changes))


def changed_input(raw: RawInput, hits: Sequence[Disruption]) -> tuple[RawInput, PlanningInstance]:
    """The input with the rows, and its instance.

    Where it has such a row already (no key twice) the new one states its end.
    """
    for ends in (False, True):
        changed = with_rows(raw, hits, ends)
        reading = interpret(changed)
        if reading.instance is not None:
            return changed, reading.instance
    raise InputError(reading.faults)
