"""The choices of a plan that is more than a linear program: which nations take part in a fund.

Where the plan of the linear program without these rules keeps them anyway, there is nothing to choose. Otherwise a
mixed-integer program for each objective level, with the levels before it held by rows, makes the choice. With the
choice fixed, the plan and its prices are those of a linear program. The bound that no plan beats at a level is the
mixed-integer bound.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.formulation.model.model import Model
from planner.solver.endings import require_optimum
from planner.solver.highs import INFINITY, Arrays, HighsSession, ProgressListener, Vector
from planner.solver.lexicographic import Level, inner
from planner.solver.scaling import objective_scale
from planner.tolerances import CHOICES_DRIFT, NOISE

# To the end: no gap is given away. Feasibility as tight as HiGHS takes it for integers.
TO_THE_END = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "mip_feasibility_tolerance": NOISE}
# What a held level may lose to arithmetic: less than in a plan, as it widens the bounds of the levels after it.
# Share of the time that choosing may take; the plan itself needs the rest.
CHOICE_TIME = 0.7


@dataclass(frozen=True)
class Choice:
    """Values of the binary columns, and by level what no plan can beat (of the levels finished in time)."""

    values: Vector
    bounds: Mapping[str, float]


def choose(
    lp: Arrays,
    binaries: NDArray[np.intp],
    levels: Sequence[Level],
    tolerance: float,
    time_limit: float | None,
    options: Mapping[str, Any],
    listener: ProgressListener | None = None,
) -> Choice:
    """The best choice, level by level.

    Raises NoPlanError where no choice allows a plan, SolverStoppedError where the first level is not finished.
    """
    session = HighsSession(lp, {**options, **TO_THE_END}, listener)
    session.make_binary(binaries)
    deadline = None if time_limit is None else time.perf_counter() + CHOICE_TIME * time_limit
    bounds: dict[str, float] = {}
    values: Vector | None = None
    for name, costs in levels:
        scale = objective_scale(costs)
        session.set_costs(costs * scale)
        left = None if deadline is None else max(deadline - time.perf_counter(), 0.0)
        outcome = session.solve(f"choice by {name}", left)
        if outcome.status != "optimal":
            if values is None:
                require_optimum(outcome.status, ", whichever nations take part")
            break
        values = outcome.values
        bounds[name] = session.mixed_integer_bound / scale
        if costs.any():
            value = inner(costs, values)
            limit = value + max(tolerance, CHOICES_DRIFT) * max(1.0, abs(value))
            session.add_row(-INFINITY, limit * scale, costs * scale)
    assert values is not None
    return Choice(np.round(values[binaries]), bounds)


def who_takes_part(model: Model, values: Vector) -> Vector | None:
    """For each binary column, whether the nation takes part in the fund in a plan; None where too few do."""
    paid: dict[str, float] = defaultdict(float)
    contributed: dict[tuple[str, str], float] = defaultdict(float)
    for (fund, _span), terms in model.paid.items():
        paid[fund] += sum(factor * float(values[variable]) for variable, factor in terms)
    for (fund, nation, _span), variable in model.columns["contribution"].items():
        contributed[fund, nation] += float(values[variable])
    funds, counts = model.instance.funds, dict[str, int]()
    taken = []
    for fund, nation in model.columns["takes_part"]:
        before = model.instance.past.paid_into(fund)
        nation_pays = contributed[fund, nation] + before.get(nation, 0.0) / model.money_unit
        whole = paid[fund] + sum(before.values()) / model.money_unit
        part = nation_pays >= funds[fund].part_min * whole
        counts[fund] = counts.get(fund, 0) + part
        taken.append(float(part))
    enough = all(count >= (funds[fund].min_nations or 0) for fund, count in counts.items())
    return np.array(taken) if enough else None
