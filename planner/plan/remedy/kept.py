"""Does a remedy keep its word? The input is changed where it says so, and a plan is looked for that comes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.plan.program import Program
from planner.plan.remedy.levers import Lever, consent_of
from planner.plan.remedy.measures import Goal, lacking, measures
from planner.plan.remedy.results import Remedy
from planner.plan.remedy.search import Search
from planner.solver.highs import Vector
from planner.solver.lexicographic import hold_by_face, inner
from planner.solver.options import SolveOptions
from planner.solver.scaling import objective_scale
from planner.tolerances import matters

# Up to which every changed input is planned with all aims in order; above, that of the cheapest remedy alone, and on
# the first page up to the first aim.
MOST_COLUMNS = 10_000


def changed(
    instance: PlanningInstance, rises: Mapping[str, float], levers: Mapping[str, Lever]
) -> PlanningInstance | None:
    """The instance of the input with the figures raised, and the consents given; None where its cells cannot say so."""
    given_consents = {consent_of(levers[name].field) for name in rises} - {None}
    figures = {
        levers[name].field: levers[name].after(rise)
        for name, rise in rises.items()
        if consent_of(levers[name].field) is None
    }
    instance_changed: PlanningInstance | None = instance
    if figures:
        instance_changed = instance.cells.changed(figures) if instance.cells is not None else None
    if instance_changed is None or not given_consents:
        return instance_changed
    consents = (
        replace(one, withheld=range(0)) if one.name in given_consents else one for one in instance_changed.consents
    )
    return replace(instance_changed, consents=tuple(consents))


def search_of_changed(search: Search, instance: PlanningInstance | None) -> Search | None:
    """The search on the program of the changed input, without levers; None where its cells cannot say so, or what is to
    stay as it is cannot.
    """
    if instance is None:
        return None
    try:
        return search.of_changed(instance, free=False)
    except (NoPlanError, SolverStoppedError):
        return None


def planned_again(search: Search, goal: Goal, remedy: Remedy, again: Search | None) -> dict[str, float] | None:
    """What the goal lacks, item → units, in a plan of the changed input (`again`: as of `search_of_changed`) in which
    nobody is worse off than before (see `hold_others`) and the goal comes to what the remedy promises; None where there
    is no such plan.

    The plan that the remedy was found with is one, where it keeps every limit of the changed input and lets the goal
    lack nothing; else the least that the goal lacks is looked for.
    """
    if again is None:
        return None
    try:
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


def comes_by_itself(program: Program, options: SolveOptions, goal: Goal, remedy: Remedy, whole: bool) -> bool | None:
    """Does the plan of the changed input (`program`), all its aims in order, bring what the remedy promises?

    Not where aims that come before, or others of the same aim, use what it adds. In a large program the aim that counts
    what the goal lacks mostly tells; else all aims are planned in order, if `whole`, and if not, only that aim, if it
    is the first. None where that leaves it open, or the solver was stopped.
    """
    is_large = program.lp.columns > MOST_COLUMNS
    if is_large and not whole and not _is_counted_first(program, goal):
        return None
    _, rows = measures(program.model)
    short = rows[goal.row]
    try:
        if is_large:
            by_aim = _by_its_aim(program, options, short, remedy)
            if by_aim is not None or not whole:
                return by_aim
        session, funds = program.session(options), program.lazy_funds(options)
        values = program.optimum(session, funds, options).values
    except (NoPlanError, SolverStoppedError):
        return None
    return _keeps(remedy, inner(short, values))


def _counting(program: Program, short: Vector) -> list[str]:
    """The aims that count what the goal lacks (`short`, by column)."""
    return [name for name, costs in program.levels if costs[short > 0].any()]


def _is_counted_first(program: Program, goal: Goal) -> bool:
    """Does no aim but the first count what the goal lacks?"""
    _, rows = measures(program.model)
    return _counting(program, rows[goal.row]) == [program.levels[0][0]]


def _by_its_aim(program: Program, options: SolveOptions, short: Vector, remedy: Remedy) -> bool | None:
    """Do all optima of the last aim that counts what the goal lacks (`short`, by column), or none, bring what the
    remedy promises?

    The most and the least that the goal lacks on the face of that aim bound what it lacks in the plan: later aims
    choose on that face.
    """
    counting, model = _counting(program, short), program.model
    if not counting or model.weighted or model.binaries or model.instance.settings.level_tolerance > 0:
        return None
    program = program.until(counting[-1])
    session = program.session(options)
    optimum = program.optimum(session, program.lazy_funds(options), options)
    if optimum.unfinished or optimum.held_by_rows:
        return None
    hold_by_face(session, optimum.levels[-1].outcome)
    for comes, sign in ((True, -1.0), (False, 1.0)):  # the most, then the least
        session.set_costs(sign * short * objective_scale(short))
        outcome = session.prove("remedy", session.pivots_again, options.time_limit)
        if outcome.status == "optimal" and _keeps(remedy, inner(short, outcome.values)) == comes:
            return comes
    return None


def _keeps(remedy: Remedy, lacks: float) -> bool:
    return not matters(lacks - remedy.left, remedy.short)
