"""Stock targets: what a group of nodes should hold, by quantity and by days of supply.

Index sets: targets g, periods t, and for days of supply items i.
Variables: target_shortage[g, t] ≥ 0 and supply_shortage[g, i, t] ≥ 0, units below the target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean
from typing import NamedTuple

from planner.domain.coverage import demand_by_item, wanted_stock
from planner.domain.instance import Target
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, anything, figure
from planner.formulation.model.model import GREATER, Bounds, Frame, Key, Model, Terms


def add_targets(model: Model) -> None:
    """One row per period for a quantity, one per item and period for days of supply; both may hold.

    stock_target (g, t):      Σ_v Σ_i stock[i, v, t] + target_shortage[g, t] ≥ quantity[g]
    days_of_supply (g, i, t): Σ_v stock[i, v, t] + supply_shortage[g, i, t] ≥ wanted[g, i, t]
        wanted = demand of the item everywhere, by due period, over the next days ÷ days per period periods.
        duals ≥ 0: objective per further unit of target.

    Objectives. Weighted: shortage_cost per unit and period, discounted (blank: must hold). Level:
    priority × value × units below, over periods; a target of several items has their mean value.
    """
    stocks: dict[tuple[str, str, int], Terms] = defaultdict(list)
    for (item, node, period, _expires), variable in model.columns["stock"].items():
        stocks[item, node, period].append((variable, 1.0))
    for target in model.instance.targets.values():
        for period in target.periods:
            _require(model, "stock_target", "target_shortage", (target.name, period), target, target.items, stocks)
        for item in target.items:
            for period in target.periods:
                key = (target.name, item, period)
                _require(model, "days_of_supply", "supply_shortage", key, target, (item,), stocks)


def quantities(frame: Frame) -> Bounds:
    """stock_target: units wanted; no row where that is 0."""
    targets = frame.instance.targets.values()
    return {
        (target.name, period): target.quantity for target in targets if target.quantity for period in target.periods
    }


def supplies(frame: Frame) -> Bounds:
    """days_of_supply: units that cover the coming demand; no row where that is 0."""
    demand, length = demand_by_item(frame.instance), frame.instance.horizon.days_per_period
    bounds: Bounds = {}
    for target in frame.instance.targets.values():
        for item in target.items if target.days_of_supply is not None else ():
            for period in target.periods:
                wanted = wanted_stock(demand[item], period, target.days_of_supply or 0.0, length)
                if wanted > 0:
                    bounds[target.name, item, period] = wanted
    return bounds


def _held(stocks: Mapping[tuple[str, str, int], Terms], target: Target, items: Iterable[str], period: int) -> Terms:
    return [term for item in items for node in target.nodes for term in stocks.get((item, node, period), ())]


def _require(
    model: Model,
    family: str,
    shortage_family: str,
    key: Key,
    target: Target,
    items: tuple[str, ...],
    stocks: Mapping[tuple[str, str, int], Terms],
) -> None:
    """held + shortage ≥ wanted, and the price of the shortage. Nothing where none is wanted."""
    wanted = model.bounds[family].get(key)
    if wanted is None or not model.enabled(family):
        return
    period: int = key[-1]
    names: tuple[str | int, ...] = key
    terms = _held(stocks, target, items, period)
    if not model.weighted or target.shortage_cost is not None:
        shortage = model.variable(shortage_family, key, names)
        terms.append((shortage, 1.0))
        if model.weighted:
            cost = (target.shortage_cost or 0.0) * model.instance.discount[period]
            model.objectives["weighted"].append((shortage, cost))
        else:
            value = fmean(model.instance.unit_values.get(item, 0.0) for item in items)
            model.objectives["target_shortfall"].append((shortage, target.priority * value))
    model.row(family, key, terms, GREATER, wanted, names)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class TargetIndex(NamedTuple):
    """A target by quantity in a period (0-based)."""

    target: str
    period: int


class SupplyIndex(NamedTuple):
    """A target in days of supply, for one of its items in a period (0-based)."""

    target: str
    item: str
    period: int


def _stock_origins(model: Model, row: TargetIndex) -> Iterator[Origin]:
    yield Origin(figure("Targets", "quantity", target=row.target), model.instance.targets[row.target].quantity, 1.0)


def _supply_origins(model: Model, row: SupplyIndex) -> Iterator[Origin]:
    """What is wanted rises with the days, as the demand of those days does; in the mean, in proportion."""
    days = model.instance.targets[row.target].days_of_supply or 0.0
    wanted = model.bounds["days_of_supply"][row]
    yield Origin(figure("Targets", "days_of_supply", target=row.target), days, wanted / days if days else 0.0)


def _place(_: Directory, row: TargetIndex) -> Place:
    return row.target, None, row.period + 1


def _supply_place(_: Directory, row: SupplyIndex) -> Place:
    return row.target, row.item, row.period + 1


STOCK_TARGET = Family(
    name="stock_target",
    index=TargetIndex,
    unit="units",
    dual="per unit of target",
    sign=Sign.NEVER_BELOW,
    kind=Kind.TASK,
    place=_place,
    right_hand_side=quantities,
    figures={"targets": {"quantity": anything}},
    origins=_stock_origins,
    needed=lambda instance: any(target.quantity is not None for target in instance.targets.values()),
    words=Words(limit="the stock target {object}", lacking="in stock for the target {object}"),
)
DAYS_OF_SUPPLY = Family(
    name="days_of_supply",
    index=SupplyIndex,
    unit="units",
    dual="per unit of target",
    sign=Sign.NEVER_BELOW,
    kind=Kind.TASK,
    place=_supply_place,
    right_hand_side=supplies,
    figures={"targets": {"days_of_supply": anything}},
    origins=_supply_origins,
    needed=lambda instance: any(target.days_of_supply is not None for target in instance.targets.values()),
    words=Words(limit="the stock target {object}", lacking="of {item} in stock for the target {object}"),
)
FAMILIES = (STOCK_TARGET, DAYS_OF_SUPPLY)
