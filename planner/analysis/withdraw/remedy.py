"""The remedy of a withdrawal: the limit that holds back most of what it leaves short, so that more of it would help.

As for shortfalls (`planner.plan.attribution`): what a limit holds back for certain, at every optimal dual that was tried. Only
what the withdrawal leaves short beyond the base counts, and no limit of what is gone is a remedy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass

import pandas as pd

from planner.formulation.families import FAMILIES
from planner.plan.plan import Plan
from planner.report.data.held_back import MATERIAL
from planner.tolerances import matters

Gap = tuple[str, str, str]  # commitment (blank: none), destination, item


@dataclass(frozen=True)
class Remedy:
    """A limit, which holds back at least the share `part` of what is short beyond the base, by value."""

    family: str
    object: str
    item: str
    part: float


def remedy(base: Plan, plan: Plan, gone: Set[str]) -> Remedy | None:
    """The remedy of a withdrawal that leaves `plan` of `base`; None where no limit holds back a material part for certain, or
    nothing more is short. `plan` was solved with prices; `gone`: the names of what was withdrawn, and of all in it.
    """
    before, after = _short(base.tables["shortfalls"]), _short(plan.tables["shortfalls"])
    lost = {
        gap: 1 - before.get(gap, 0.0) / units for gap, units in after.items() if matters(units - before.get(gap, 0.0))
    }
    whole, held = 0.0, dict[tuple[str, str, str], float]()
    table = plan.tables["attribution"]
    for row in table[table["kind"] == "demand"].itertuples():
        commitment = row.commitment if isinstance(row.commitment, str) else ""
        beyond = lost.get((commitment, row.destination, row.item), 0.0)
        whole += row.amount * beyond
        if row.family in FAMILIES and row.object not in gone and row.tried == "yes":
            key = (row.family, row.object, row.of_item if isinstance(row.of_item, str) else "")
            held[key] = held.get(key, 0.0) + row.least * row.quantity * row.weight * beyond
    best = max(held, key=held.__getitem__, default=None)
    if best is None or whole <= 0 or held[best] < MATERIAL * whole:
        return None
    return Remedy(*best, held[best] / whole)


def _short(shortfalls: pd.DataFrame) -> dict[Gap, float]:
    """Units that each commitment, destination and item lacks."""
    found: dict[Gap, float] = defaultdict(float)
    keys = shortfalls[["commitment", "destination", "item", "quantity"]].itertuples(index=False)
    for commitment, destination, item, quantity in keys:
        found[commitment if isinstance(commitment, str) else "", destination, item] += float(quantity)
    return found
