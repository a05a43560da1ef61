"""Why something that is worked out beside a plan, from its optimum, is not: the worth of its guarantee, what would help."""

from __future__ import annotations

from planner.plan.plan import Plan
from planner.solver.highs import Basis
from planner.solver.options import SolveOptions

NO_TIME = "--time-limit left no time for it"
NOT_SOLVED = "--time-limit left some levels of the plan not optimised"
NO_BASIS = "it needs the solver highs"


def not_there(plan: Plan, basis: Basis | None, options: SolveOptions) -> str:
    """Why there is no optimum with a basis to start from; empty: there is one."""
    if options.solver != "highs":
        return NO_BASIS
    return NOT_SOLVED if plan.status != "optimal" or basis is None else ""
