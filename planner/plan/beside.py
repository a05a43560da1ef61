"""Why something that is computed from the optimum of a plan is not: the worth of its guarantee, what would help."""

from __future__ import annotations

from planner.plan.plan import Plan
from planner.solver.highs import Basis
from planner.solver.options import SolveOptions

NO_TIME = "--time-limit left no time for it"
NOT_SOLVED = "--time-limit left some levels of the plan not optimised"
NO_BASIS = "it needs the solver highs"
FROM_ANOTHER = "the plan was solved from the plan of another run, for its own figures alone"
TOO_TIGHT = "the plan meets limits so exactly that arithmetic finds no other plan beside it"


def why_not(
    plan: Plan,
    basis: Basis | None,
    options: SolveOptions,
    requested: bool | None,
    switched_off: str,
    too_large: str = "",
) -> str:
    """Why it is not computed; empty: it is.

    `requested`: True requires it, False forbids it. `too_large`: why it is only computed where it is required.
    """
    if requested is False:
        return switched_off
    if options.solver != "highs":
        return NO_BASIS
    if plan.status != "optimal" or basis is None:
        return NOT_SOLVED
    return "" if requested else too_large
