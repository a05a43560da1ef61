"""Who gets less, or more, than the last plan had for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from planner.plan.plan import Plan
from planner.replan.position.last_plan import shift_of
from planner.replan.rolled.rolling import demand_of
from planner.run.recorded.load import SavedRun
from planner.tolerances import close

COLUMNS = ("demand", "due", "short_before", "short_now", "change")


def changed_shortfalls(last: SavedRun, plan: Plan, lost: Mapping[tuple[str, int], float]) -> pd.DataFrame:
    """The demands of which another quantity falls short than in the last plan (COLUMNS; `due` as people write it), the
    largest change first. `lost` is what can no longer be delivered, by demand and due period from the new start.
    """
    horizon = plan.instance.horizon
    before = _short(last.tables["shortfalls"], plan, shift_of(last, horizon))
    after = _short(plan.tables["shortfalls"], plan, 0)
    for (demand, due), quantity in lost.items():
        after[demand, due] += quantity
    changed = [key for key in dict.fromkeys([*before, *after]) if not close(before[key], after[key])]
    changed.sort(key=lambda key: -abs(after[key] - before[key]))
    rows = [
        (demand, horizon.label(due), before[demand, due], after[demand, due], after[demand, due] - before[demand, due])
        for demand, due in changed
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _short(table: pd.DataFrame, plan: Plan, shift: int) -> defaultdict[tuple[str, int], float]:
    """Units short by demand and due period (0-based, of the new plan). A row of a wide table that became overdue
    carries its due period in its name; here it counts under its own name again.
    """
    shorts: defaultdict[tuple[str, int], float] = defaultdict(float)
    for demand, due, quantity in table[["demand", "due", "quantity"]].itertuples(index=False):
        period = int(due) - 1 + shift
        shorts[demand_of(str(demand), plan.instance.horizon, period), period] += float(quantity)
    return shorts
