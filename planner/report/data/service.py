"""What is wanted and what of it is delivered: in time, late or never."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.plan.plan import Plan
from planner.report.words.names import without_commitment
from planner.report.words.numbers import GOODS, Money, Scale, Units
from planner.tolerances import SAME

MOST_NATIONS = 8  # named one by one
OVERDUE = "overdue"  # heading of what was due before the horizon


@dataclass(frozen=True, slots=True)
class Fill:
    """Goods wanted under one heading, in worth (or units), split by what becomes of them."""

    name: str
    title: str
    wanted: float
    on_time: float
    late: float
    short: float
    note: str = ""

    @property
    def delivered_share(self) -> float | None:
        """The delivered part of what is wanted, late or not; None where nothing is wanted."""
        return None if self.wanted <= 0 else clean_share(1 - self.short / self.wanted)

    @property
    def on_time_share(self) -> float | None:
        """The part delivered when due; None where nothing is wanted."""
        return None if self.wanted <= 0 else clean_share(self.on_time / self.wanted)


def due_column(demands: pd.DataFrame) -> pd.Series[int]:
    """By demand: the period in which it is due, 1…P; 0 before the horizon."""
    due: pd.Series[int] = demands["due"].clip(lower=0)
    return due


def clean_share(value: float) -> float:
    """A share without the solver's dust at either end."""
    if value > 1 - SAME:
        return 1.0
    return 0.0 if value < SAME else value


@dataclass(frozen=True)
class Service:
    """`demands` has one row a demand: its attributes, quantity, on_time, late, short, and worth per unit.

    Worth is what quantities are weighed by: the items' value where every wanted item has one, else 1 per
    unit (`by_value` says which). `scale` writes it.
    """

    demands: pd.DataFrame
    total: Fill
    binding: Fill
    by_value: bool
    scale: Scale

    @property
    def measure(self) -> str:
        """What worth is: value, or units."""
        return "value" if self.by_value else "units"

    @property
    def unit(self) -> str:
        """For headings and axes: `EUR million of goods`, or what units are called."""
        return f"{self.scale.unit} of {GOODS}" if self.by_value else self.scale.unit

    def of(self, demands: pd.DataFrame) -> Service:
        """The same of some of the demands."""
        binding = demands[demands["binding"]]
        return replace(
            self, demands=demands, total=_sum(demands, self.total.title), binding=_sum(binding, self.binding.title)
        )

    def by_commitment(self, instance: PlanningInstance) -> list[Fill]:
        """In the order of the input; demands without commitment last."""
        fills = {str(name): fill for name, fill in self._grouped("commitment").items()}
        binding = self.demands.groupby("commitment")["binding"]
        rules = {(True, True): "binding", (True, False): "binding in part"}
        binding_note = {str(name): rules.get((bool(own.any()), bool(own.all())), "") for name, own in binding}
        result = []
        for name, commitment in instance.commitments.items():
            if name in fills:
                note = " · ".join(
                    part
                    for part in (
                        binding_note[name],
                        commitment.pillar,
                        _pledgers([title_of(instance.nations, name) for name in commitment.nations]),
                    )
                    if part
                )
                result.append(_named(fills[name], name, title_of(instance.commitments, name), note))
        if "" in fills:
            result.append(_named(fills[""], "", without_commitment(instance.commitments), ""))
        return result

    def by_item(self, instance: PlanningInstance) -> list[Fill]:
        """Worst first; quantities in the item's own unit."""
        units = self.demands.assign(worth=1.0)
        fills = _grouped(units, "item")
        rows = [_named(fills[i], i, title_of(instance.items, i), instance.items[i].unit) for i in fills]
        return sorted(rows, key=lambda fill: fill.delivered_share if fill.delivered_share is not None else 1.0)

    def by_period(self, labels: Sequence[str]) -> list[tuple[str, Fill]]:
        """A heading and a Fill for each period in which goods are due (`labels`: all of the horizon), also for those
        without demand; before them one of what was due before the horizon, if anything was.
        """
        fills = _grouped(self.demands.assign(column=due_column(self.demands)), "column")
        empty = Fill("", "", 0.0, 0.0, 0.0, 0.0)
        overdue = [(OVERDUE, fills["0"])] if "0" in fills else []
        return [*overdue, *((label, fills.get(str(period), empty)) for period, label in enumerate(labels, 1))]

    def _grouped(self, column: str) -> dict[str, Fill]:
        return _grouped(self.demands, column)


def read_service(plan: Plan, money: Money) -> Service:
    """The demands of the instance joined with the deliveries and shortfalls of the plan."""
    demands = _demand_table(plan.instance)
    keys = ["demand", "due"]
    deliveries = plan.tables["deliveries"]
    if len(deliveries):
        due, period = deliveries["due"].to_numpy(), deliveries["period"].to_numpy()
        quantity = deliveries["quantity"].to_numpy()
        split = pd.DataFrame({"demand": deliveries["demand"].to_numpy(), "due": due})
        split["on_time"] = quantity * (period <= due)
        split["late"] = quantity * (period > due)
        demands = demands.merge(split.groupby(keys, as_index=False).sum(), how="left", on=keys)
    shortfalls = plan.tables["shortfalls"]
    if len(shortfalls):
        short = shortfalls.groupby(keys)["quantity"].sum().rename("short")
        demands = demands.merge(short, how="left", left_on=keys, right_index=True)
    for column in ("on_time", "late", "short"):
        demands[column] = demands[column].fillna(0.0) if column in demands else 0.0
    by_value = bool(len(demands)) and bool((demands["worth"] > 0).all())
    if not by_value:
        demands["worth"] = 1.0
    return Service(
        demands=demands,
        total=_sum(demands, "Everything"),
        binding=_sum(demands[demands["binding"]], "Binding commitments"),
        by_value=by_value,
        scale=money if by_value else Units(_common_unit(plan.instance, demands)),
    )


def _demand_table(instance: PlanningInstance) -> pd.DataFrame:
    rows = [
        (
            d.name,
            d.due + 1,
            d.commitment or "",
            d.destination,
            d.item,
            d.binding,
            d.priority,
            d.quantity,
            d.window.stop,
            instance.unit_values.get(d.item) or instance.items[d.item].value or 0.0,
        )
        for d in instance.demands
    ]
    names = ["demand", "due", "commitment", "destination", "item", "binding", "priority", "quantity", "last", "worth"]
    return pd.DataFrame(rows, columns=names).astype({"binding": bool, "worth": float, "quantity": float})


def _common_unit(instance: PlanningInstance, demands: pd.DataFrame) -> str:
    units = {instance.items[item].unit for item in demands["item"].unique()}
    unit = units.pop() if len(units) == 1 else "unit"
    return "units" if unit == "unit" else unit


def _sum(demands: pd.DataFrame, title: str) -> Fill:
    worth = demands["worth"]
    sums = [float((demands[column] * worth).sum()) for column in ("quantity", "on_time", "late", "short")]
    return Fill("", title, sums[0], sums[1], sums[2], sums[3])


def _grouped(demands: pd.DataFrame, column: str) -> dict[str, Fill]:
    columns = ["quantity", "on_time", "late", "short"]
    weighed = demands[columns].mul(demands["worth"], axis=0)
    sums = weighed.groupby(demands[column], sort=False).sum()
    rows = zip(sums.index, sums.to_numpy(dtype=float).tolist(), strict=True)
    return {str(key): Fill(str(key), "", row[0], row[1], row[2], row[3]) for key, row in rows}


def _pledgers(nations: Sequence[str]) -> str:
    return ", ".join(nations) if len(nations) <= MOST_NATIONS else f"{len(nations)} nations"


def _named(fill: Fill, name: str, title: str, note: str) -> Fill:
    return Fill(name, title, fill.wanted, fill.on_time, fill.late, fill.short, note)
