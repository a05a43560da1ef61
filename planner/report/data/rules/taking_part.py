"""Common procurement: which nations take part in the funds that ask for several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from planner.domain.instance import Fund, PlanningInstance
from planner.plan.plan import Plan
from planner.tolerances import SAME


@dataclass(frozen=True, slots=True)
class TakingPart:
    """One fund with `min_nations`: what it pays in all, and what the nations that take part pay, largest first; both
    with what was paid before the horizon.
    """

    fund: Fund
    paid: float
    nations: Mapping[str, float]

    @property
    def too_few(self) -> bool:
        """Does it pay, with fewer nations than it asks for?"""
        return self.paid > 0 and len(self.nations) < (self.fund.min_nations or 0)


def taking_part(plan: Plan) -> Iterator[TakingPart]:
    """Each fund that asks for nations, with those that pay at least `part_min` of what it pays and paid."""
    payments = plan.tables["payments"]
    for name, fund in plan.instance.funds.items():
        if fund.min_nations:
            paid_by_name = payments[payments["fund"] == name].groupby("contributor")["amount"].sum()
            paid = paid_by_name.add(pd.Series(plan.instance.past.paid_into(name), dtype=float), fill_value=0.0)
            yield TakingPart(fund, float(paid.sum()), _nations(plan.instance, fund, paid))


def _nations(instance: PlanningInstance, fund: Fund, by_contributor: pd.Series[float]) -> dict[str, float]:
    paid = by_contributor.sort_values(ascending=False, kind="stable")
    least = fund.part_min * float(paid.sum()) * (1 - SAME)
    return {str(n): float(a) for n, a in paid.items() if str(n) in instance.nations and a > 0 and a >= least}
