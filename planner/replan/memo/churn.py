"""How far the next plan departs from the last one, where both plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.plan.plan import Plan
from planner.tolerances import close

COLUMNS = ("kind", "what", "origin", "item", "period", "before", "after", "change", "value")


@dataclass(frozen=True)
class Churn:
    """`previous` and `departed` in money (quantity × value of the item); `frozen` the part departed in frozen
    periods; `rows` every activity that changed (COLUMNS; `period` as people write it), the largest value first.
    """

    previous: float
    departed: float
    frozen: float
    rows: pd.DataFrame

    @property
    def share(self) -> float:
        """Departure as a share of what was planned."""
        return self.departed / self.previous if self.previous else 0.0


def churn_of(instance: PlanningInstance, plan: Plan) -> Churn:
    """Departures of production and shipments from `instance.previous`, in the periods of the new horizon."""
    before, after = _planned(instance), _done(plan)
    rows = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key, 0.0), after.get(key, 0.0)
        if not close(new, old):
            kind, what, origin, item, period = key
            value = abs(new - old) * _worth(instance, item)
            rows.append((kind, what, origin, item, period, old, new, new - old, value))
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("value", ascending=False, kind="stable")
    frozen = float(table.loc[table["period"] < instance.settings.frozen, "value"].sum())
    table = table.assign(period=[instance.horizon.label(int(period)) for period in table["period"]])
    previous = sum(quantity * _worth(instance, item) for (_, _, _, item, _), quantity in before.items())
    return Churn(previous, float(table["value"].sum()), frozen, table.reset_index(drop=True))


ChurnActivity = tuple[str, str, str, str, int]  # make or ship, line or route, origin, item, 0-based period


def _planned(instance: PlanningInstance) -> Mapping[ChurnActivity, float]:
    previous = instance.previous
    quantities = {
        ("make", line, "", instance.lines[line].item, period): quantity
        for (line, period), quantity in previous.production.items()
    }
    for (item, leg_name, period), quantity in previous.shipments.items():
        leg = instance.legs[leg_name]
        quantities["ship", leg.route, leg.origin, item, period] = quantity
    return quantities


def _done(plan: Plan) -> Mapping[ChurnActivity, float]:
    made, sent = plan.tables["production"], plan.tables["shipments"]
    quantities: dict[ChurnActivity, float] = {}
    for line, item, period, quantity in made[["line", "item", "period", "quantity"]].itertuples(index=False):
        quantities["make", line, "", item, int(period) - 1] = quantity
    columns = ["route", "origin", "item", "period", "quantity"]
    for route, origin, item, period, quantity in sent[columns].itertuples(index=False):
        quantities["ship", route, origin, item, int(period) - 1] = quantity
    return quantities


def _worth(instance: PlanningInstance, item: str) -> float:
    return instance.unit_values.get(item, 0.0) or 1.0
