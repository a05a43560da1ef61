"""Stock over time: against each target, and in each depot against its storage."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.plan.plan import Plan

LONGEST_TITLE = 24  # of an item in the heading of a panel


@dataclass(frozen=True, slots=True)
class StockLine:
    """Stock at the end of each period; `wanted` is a target or a limit, NaN where there is none."""

    title: str
    unit: str
    held: tuple[float, ...]
    wanted: tuple[float, ...]
    note: str = ""

    @property
    def reached(self) -> float | None:
        """The part of the target that is held, over all periods; None without a target."""
        wanted = np.nan_to_num(np.asarray(self.wanted))
        total = float(wanted.sum())
        return float(np.minimum(wanted, np.nan_to_num(np.asarray(self.held))).sum()) / total if total > 0 else None


def read_targets(plan: Plan) -> list[StockLine]:
    """One line a target (and item, where it is by days of supply), the least reached first."""
    table = plan.tables["targets"]
    if not len(table):
        return []
    periods = plan.instance.horizon.periods
    lines = []
    for (name, item), rows in table.assign(item=table["item"].fillna("")).groupby(["target", "item"], sort=False):
        held, wanted = np.zeros(periods), np.full(periods, np.nan)
        index = rows["period"].to_numpy(dtype=int) - 1
        held[index], wanted[index] = rows["held"].to_numpy(), rows["wanted"].to_numpy()
        lines.append(_target_line(plan.instance, str(name), str(item), held, wanted))
    return sorted(lines, key=lambda line: line.reached if line.reached is not None else 1.0)


def _target_line(instance: PlanningInstance, name: str, item: str, held: np.ndarray, wanted: np.ndarray) -> StockLine:
    target = instance.targets.get(name)
    items = (item,) if item else target.items if target else ()
    units = {instance.items[i].unit for i in items if i in instance.items}
    unit = units.pop() if len(units) == 1 else "unit"
    title = name
    if item and not (target and len(target.items) == 1):
        full = title_of(instance.items, item)
        title = f"{name} – {full if len(full) <= LONGEST_TITLE else item}"
    basis = f"{target.days_of_supply:g} days of supply" if target and target.days_of_supply and item else ""
    held = np.where(np.isnan(wanted), np.nan, held)  # outside the target's periods the table says nothing
    return StockLine(title, "units" if unit == "unit" else unit, tuple(held), tuple(wanted), basis)


def read_depots(plan: Plan) -> list[StockLine]:
    """Tonnes in each node that ever holds stock, fullest first; storage by weight is the line against it."""
    table = plan.tables["stocks"]
    if not len(table):
        return []
    instance = plan.instance
    weight = table["item"].map({item.name: item.weight_t for item in instance.items.values()}).to_numpy()
    frame = pd.DataFrame({"node": table["node"], "period": table["period"], "tonnes": table["quantity"] * weight})
    grid = frame.groupby(["node", "period"])["tonnes"].sum().unstack(fill_value=0)
    grid = grid.reindex(columns=range(1, instance.horizon.periods + 1), fill_value=0.0)
    order = grid.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return [_depot_line(instance, str(node), grid.loc[node].to_numpy()) for node in order if grid.loc[node].max() > 0]


def _depot_line(instance: PlanningInstance, name: str, held: np.ndarray) -> StockLine:
    node = instance.nodes[name]
    storage = node.storage_t or (inf,) * len(held)
    limits = tuple(limit if 0 < limit < inf else float("nan") for limit in storage)
    nation = f" ({title_of(instance.nations, node.nation)})" if node.nation else ""
    return StockLine(f"{title_of(instance.nodes, name)}{nation}", "t", tuple(held), limits, node.kind)
