"""By how much stock targets are missed, read off the stocks: where a miss costs nothing, columns of it may say more."""

from __future__ import annotations

from planner.formulation.goods.targets import DAYS_OF_SUPPLY, STOCK_TARGET
from planner.formulation.model.model import Model
from planner.solver.highs import Vector

FAMILIES = {STOCK_TARGET.name: "target_shortage", DAYS_OF_SUPPLY.name: "supply_shortage"}


def with_target_shortages(model: Model, values: Vector) -> Vector:
    """The plan with target_shortage = max(0, wanted − held), and supply_shortage likewise, where they were larger.

    A target without weight, or a level that may be given back within its tolerance, leaves them free above that.
    """
    found = values.copy()
    for rows, columns in FAMILIES.items():
        for key, column in model.columns.get(columns, {}).items():
            if values[column] <= 0:
                continue
            terms = model.row_at(model.rows[rows][key]).terms
            held = sum(factor * values[other] for other, factor in terms if other != column)
            wanted = model.bound(rows, key)  # of the input as it is now: the row may be that of a base
            found[column] = min(values[column], max(wanted - held, 0.0))
    return found
