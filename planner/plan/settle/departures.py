"""By how much a plan departs from the previous one, read off what it does: columns of it carry a solver's rounding."""

from __future__ import annotations

from planner.formulation.model.model import Model
from planner.formulation.rules.stability import DEPARTURE
from planner.solver.highs import Vector


def with_departures(model: Model, values: Vector) -> Vector:
    """The plan with above_previous = max(0, activity − previous), below_previous = max(0, previous − activity).

    So rounding of 1e-12 of an item worth millions is reported as it stands in the tables, and never as less than
    nothing.
    """
    adjusted = values.copy()
    for activity, row in model.rows[DEPARTURE.name].items():
        above, below = (model.columns[f"{side}_previous"][activity] for side in ("above", "below"))
        terms, _, bound = model.row_at(row)
        changed = sum(factor * values[column] for column, factor in terms if column not in (above, below)) - bound
        adjusted[above], adjusted[below] = max(changed, 0.0), max(-changed, 0.0)
    return adjusted
