"""The remedy of a withdrawal: the limit that, raised by itself, brings back most of what it leaves short.

As for shortfalls (`planner.plan.prices.relief`): each limit raised by half, alone, and planned again; what it brings is proved
by that plan. Only what the withdrawal leaves short beyond the base counts, and no limit of what is gone is a remedy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass

import pandas as pd

from planner.plan.plan import Plan
from planner.plan.prices.relief_found import MATERIAL, Gap, Raised
from planner.tolerances import matters


@dataclass(frozen=True)
class Remedy:
    """`limit` brings back at least the share `part` of what is short beyond the base, by value."""

    limit: Raised
    part: float


def remedy(base: Plan, plan: Plan, gone: Set[str]) -> Remedy | None:
    """The remedy of a withdrawal that leaves `plan` of `base`; None where none was proved to bring a material part back,
    or nothing more is short. `plan` was solved with `relieve`; `gone`: the names of what was withdrawn, and of all in it.
    """
    values = base.instance.unit_values
    before = _short(base.tables["shortfalls"])
    more = {gap: units - before.get(gap, 0.0) for gap, units in _short(plan.tables["shortfalls"]).items()}
    lost = {gap: units for gap, units in more.items() if matters(units)}

    def worth(units: dict[Gap, float]) -> float:
        return sum(amount * (values.get(gap[2]) or 1.0) for gap, amount in units.items())

    whole, best = worth(lost), None
    for limit, brings in plan.relief.bring.items():
        if limit.object in gone:
            continue
        part = (
            worth({gap: min(units, lost[gap]) for gap, units in brings.items() if gap in lost}) / whole if lost else 0.0
        )
        if part >= MATERIAL and (best is None or part > best.part):
            best = Remedy(limit, part)
    return best


def _short(shortfalls: pd.DataFrame) -> dict[Gap, float]:
    """Units that each commitment, destination and item lacks."""
    found: dict[Gap, float] = defaultdict(float)
    keys = shortfalls[["commitment", "destination", "item", "quantity"]].itertuples(index=False)
    for commitment, destination, item, quantity in keys:
        found[commitment if isinstance(commitment, str) else "", destination, item] += float(quantity)
    return found
