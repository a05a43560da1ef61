"""Does a remedy keep its word? The input is changed where it says so, and a plan is looked for that comes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.plan.again.optimal_program import OptimalProgram
from planner.plan.program import built_program
from planner.plan.remedy.levers import Lever, consent_of
from planner.plan.remedy.measures import Goal, lacking, measures
from planner.plan.remedy.results import Remedy
from planner.plan.remedy.search import Search
from planner.tolerances import matters

MOST_COLUMNS = 10_000  # up to which every changed input is planned with all aims in order; above, that of the cheapest remedy alone


def changed(
    instance: PlanningInstance, rises: Mapping[str, float], levers: Mapping[str, Lever]
) -> PlanningInstance | None:
    """The instance of the input with the figures raised, and the consents given; None where its cells cannot say so."""
    given = {consent_of(levers[name].field) for name in rises} - {None}
    figures = {
        levers[name].field: levers[name].after(rise)
        for name, rise in rises.items()
        if consent_of(levers[name].field) is None
    }
    instance_changed: PlanningInstance | None = instance
    if figures:
        instance_changed = instance.cells.changed(figures) if instance.cells is not None else None
    if instance_changed is None or not given:
        return instance_changed
    consents = (replace(one, withheld=range(0)) if one.name in given else one for one in instance_changed.consents)
    return replace(instance_changed, consents=tuple(consents))


def planned_again(
    search: Search, goal: Goal, remedy: Remedy, instance: PlanningInstance | None
) -> dict[str, float] | None:
    """What the goal lacks, item → units, in a plan of the changed `instance` in which nobody is worse off than before
    (see `hold_others`) and the goal comes to what the remedy promises; None where there is no such plan.

    The plan that the remedy was found with is one, where it keeps every limit of the changed input and lets the goal lack nothing; else the
    least that the goal lacks is looked for.
    """
    if instance is None:
        return None
    try:
        again = search.of_changed(instance, free=False)
        values = again.carried(remedy.plan, search) if remedy.plan is not None and not remedy.left else None
        if values is not None and again.is_whole(goal, values):
            left = 0.0
        else:
            left, values = again.least(goal)
    except (NoPlanError, SolverStoppedError):
        return None
    if matters(left - remedy.left, remedy.short):
        return None
    return lacking(again.optimal.program.model, goal, values)


def comes_by_itself(optimal: OptimalProgram, goal: Goal, remedy: Remedy, instance: PlanningInstance) -> bool | None:
    """Does the plan of the changed `instance`, all its aims in order, bring what the remedy promises?

    Not where aims that come before, or others of the same aim, use what it adds. None where the solver was stopped.
    """
    program = built_program(instance, optimal.options, moving=False)
    session, funds = program.session(optimal.options), program.lazy_funds(optimal.options)
    try:
        values = program.optimum(session, funds, optimal.options).values
    except (NoPlanError, SolverStoppedError):
        return None
    _, rows = measures(program.model)
    return not matters(float(rows[goal.row] @ values) - remedy.left, remedy.short)
