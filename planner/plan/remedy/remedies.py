"""What would help: beside a plan, for its largest shortages; and the remedies of one goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from planner.errors import SolverStoppedError
from planner.plan.again.optimal_program import OptimalProgram
from planner.plan.beside import NO_TIME, TOO_TIGHT, why_not
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.plan.remedy.discrete import discrete_levers
from planner.plan.remedy.kept import MOST_COLUMNS, changed, comes_by_itself, planned_again, search_of_changed
from planner.plan.remedy.levers import Lever, levers
from planner.plan.remedy.measures import COMMITMENT, CONTINGENCY, MEASURES, Goal, lacking
from planner.plan.remedy.mixed import best_of, frontier_of, mixed
from planner.plan.remedy.results import GoalRemedies, Raised, Remedy
from planner.plan.remedy.search import Search
from planner.solver.clock import Clock, TimeLeft
from planner.solver.highs import Basis
from planner.solver.lexicographic import Optimum
from planner.solver.options import SolveOptions
from planner.solver.side_by_side import Work
from planner.tolerances import matters

MOST_SHOWN = 3  # remedies on the first page
PHASE = "what would help"
NOT_ASKED = "it was switched off (--no-remedies)"


def with_remedies(
    plan: Plan, basis: Basis | None, options: SolveOptions, requested: bool, work: Work[tuple[GoalRemedies, ...] | str]
) -> Plan:
    """The plan with what would help where something is short, or with why that was not worked out; `requested`: it is
    to be. `work`: that of `what_would_help`.
    """
    lacks = any(len(plan.tables[name]) for name in ("shortfalls", "uncovered"))
    if not lacks:
        return plan
    reason = why_not(plan, basis, options, requested, NOT_ASKED)
    if reason:
        return replace(plan, no_remedies=reason)
    found = work.result()
    return replace(plan, no_remedies=found) if isinstance(found, str) else replace(plan, remedies=found)


def what_would_help(
    program: Program, optimum: Optimum, basis: Basis | None, options: SolveOptions, time_left: TimeLeft, clock: Clock
) -> tuple[GoalRemedies, ...] | str:
    """The remedies of the largest shortages of an optimum, or why they were not found."""
    if basis is None:
        return NO_TIME
    binaries = np.array(program.model.binaries, dtype=np.intp)
    optimal = OptimalProgram(program, options, optimum.values, basis, np.round(optimum.values[binaries]))
    results = []
    with clock.phase(PHASE):
        known = {lever.name: lever for lever in levers(program.model, program.lp)}
        search = Search(optimal, known)
        goals = _worst(search)
        for goal in goals:
            if time_left.is_over:
                return NO_TIME
            try:
                results.append(remedies_of(search, goal, MOST_SHOWN // len(goals) - 1, thorough=False))
            except SolverStoppedError as stopped:
                return TOO_TIGHT if str(stopped) == TOO_TIGHT else NO_TIME
    return tuple(results)


def _worst(search: Search) -> list[Goal]:
    """At most `MOST_SHOWN` commitments that fall short, those that lack most first; then contingencies."""
    names = [
        name.removeprefix(MEASURES[CONTINGENCY]) for name in search.before if name.startswith(MEASURES[CONTINGENCY])
    ]
    worst: list[Goal] = []
    for goals in ([Goal(COMMITMENT, name) for name in search.groups], [Goal(CONTINGENCY, name) for name in names]):
        short = [goal for goal in goals if matters(search.value(goal))]
        worst += sorted(short, key=lambda goal: -search.value(goal))
    return worst[:MOST_SHOWN]


def remedies_of(search: Search, goal: Goal, alternatives: int, thorough: bool = True) -> GoalRemedies:
    """The remedies of a goal that keep their word, and how many do not; `thorough`: in the whole of a program of medium
    size, by one change alone, and what parts of the way cost, too; and the cheapest is planned with all aims in order,
    however large the program is (else of a large one up to the first aim). Where the goal concerns much of a large
    program, the cheapest alone is looked for.

    Raises SolverStoppedError where no time is left.
    """
    discrete = {lever.name: lever for lever in discrete_levers(search.optimal.program.model.instance)}
    known = {**search.levers, **discrete}
    is_large, whole = search.optimal.program.lp.columns > MOST_COLUMNS, thorough
    search = search.of(goal, quick=not thorough)
    if search.is_wide:
        alternatives, thorough = 0, False
    made = search.remedies(goal, alternatives, alone=thorough)
    if discrete:
        made = best_of([*made, *mixed(search, goal, discrete)], alternatives, thorough)
    made = [one for one in made if one.rises]  # where nothing rises, it is not for want of these
    frontier = frontier_of(search, goal, made[0], discrete) if made and thorough else []
    different = list({id(one): one for one in (*made, *frontier)}.values())
    again = {}
    for index, one in enumerate(different, 1):
        search.say(goal, f"planned again ({index} of {len(different)})")
        by_itself = (whole or not is_large) if not is_large or one in made[:1] else None
        again[id(one)] = _planned(search, goal, one, known, by_itself)
    return GoalRemedies(
        goal,
        search.value(goal),
        lacking(search.optimal.program.model, goal, search.optimal.values),
        [raised for one in made if (raised := again[id(one)]) is not None],
        [raised for one in frontier if (raised := again[id(one)]) is not None],
        sum(raised is None for raised in again.values()),
        search.items,
        search.is_wide,
    )


def _planned(
    search: Search, goal: Goal, remedy: Remedy, known: Mapping[str, Lever], whole: bool | None
) -> Raised | None:
    """The remedy as planned again, with its levers; None where that does not come to what it promises.

    `whole`: as of `comes_by_itself`; None: that is not asked.
    """
    optimal = search.optimal
    instance = changed(optimal.program.model.instance, remedy.rises, known)
    again = search_of_changed(search, instance)
    lacks = planned_again(search, goal, remedy, again)
    if lacks is None or again is None:
        return None
    program = again.optimal.program
    comes = comes_by_itself(program, optimal.options, goal, remedy, whole) if whole is not None else None
    return replace(remedy, lacking=lacks, comes=comes), _rises(remedy, known)


def _rises(remedy: Remedy, known: Mapping[str, Lever]) -> list[tuple[Lever, float]]:
    """Its levers with their rises, the dearest first."""
    rises = [(known[name], rise) for name, rise in remedy.rises.items()]
    return sorted(rises, key=lambda entry: -entry[0].price * entry[1])
