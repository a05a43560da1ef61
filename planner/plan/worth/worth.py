"""What the guarantee of a plan is worth, where that is asked for, or takes little beside the plan itself."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from planner.errors import SolverStoppedError
from planner.plan.beside import NO_TIME, why_not
from planner.plan.plan import TABLE_COLUMNS, Plan
from planner.plan.program import Program
from planner.plan.worth import access, expected
from planner.plan.worth.further import PHASE, Further
from planner.solver.clock import Clock, TimeLeft
from planner.solver.highs import Basis
from planner.solver.lexicographic import Optimum
from planner.solver.options import SolveOptions

# Columns times further solves up to which it is worked out unasked: about as long as the plan itself takes on small
# inputs.
MOST_UNASKED = 150_000
NOT_ASKED = "it was switched off (--no-worth)"
TOO_LARGE = "it takes further plans, and the program is large"


def with_worth(
    plan: Plan,
    program: Program,
    optimum: Optimum,
    basis: Basis | None,
    options: SolveOptions,
    time_left: TimeLeft,
    clock: Clock,
    requested: bool | None,
) -> Plan:
    """The plan with the worth of its guarantee, or with why that was not worked out; `requested`: None:
    if it takes little.
    """
    if not program.model.responses:
        return plan
    reason = why_not(plan, basis, options, requested, NOT_ASKED, "" if takes_little(program) else TOO_LARGE)
    if reason or basis is None:
        return replace(plan, no_worth=reason)
    now = {level.name: level.value for level in plan.levels if level.value is not None}
    try:
        with clock.phase(PHASE):
            count = expected.plans(program) + access.questions(program)
            further = Further(program, optimum, basis, options, time_left, clock, count)
            worth = expected.expected_worth(further)
            rows = list(access.access_rows(further, now))
    except SolverStoppedError:
        return replace(plan, no_worth=NO_TIME)
    table = pd.DataFrame(rows, columns=list(TABLE_COLUMNS["access_value"]))
    return replace(plan, worth=worth, tables={**plan.tables, "access_value": table})


def takes_little(program: Program) -> bool:
    """Told by size alone, so that it is the same on every machine."""
    solves = expected.questions(program) + access.questions(program)
    return program.lp.columns * solves <= MOST_UNASKED
