"""Demand: what is delivered against it, on time or late, and what never is.

Index sets: demands k (item × destination × due period), periods t of delivery, expiry classes e.
Variables: delivery[k, t, e] ≥ 0, units delivered in t; shortage[k] ≥ 0, units never delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planner.domain.instance import Demand
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, anything, figure
from planner.formulation.model.model import EQUAL, Bounds, Frame, Model, Terms, Variable


def add_demand(model: Model) -> None:
    """Deliveries inside the window due … due + max_delay, and the shortage.

    demand_balance (k):  Σ_t Σ_e delivery[k, t, e] + shortage[k] = quantity[k]
        dual of either sign: objective per further unit wanted.

    Objectives. Weighted: shortage_cost per unit short, discounted from the due period (blank: there is no
    shortage column, the demand must be met); delay_cost per unit and period late, discounted from delivery.
    Levels: priority × value × shortage (binding, other); priority × value × units × periods late.
    """
    for demand in model.instance.demands:
        wanted = model.bounds["demand_balance"].get(demand.key)
        if wanted is None:
            continue
        terms = _add_deliveries(model, demand)
        if not model.weighted or demand.shortage_cost is not None:
            shortage = model.variable("shortage", demand.key, demand.key)
            terms.append((shortage, 1.0))
            _price_shortage(model, demand, shortage)
        model.row("demand_balance", demand.key, terms, EQUAL, wanted, demand.key)


def quantities(frame: Frame) -> Bounds:
    """demand_balance: the quantity wanted; no row where that is 0."""
    return {demand.key: demand.quantity for demand in frame.instance.demands if demand.quantity != 0}


def _add_deliveries(model: Model, demand: Demand) -> Terms:
    item = model.instance.items[demand.item]
    reach = model.reach.items[demand.item]
    node = model.reach.node_index[demand.destination]
    handled = item.weight_t and model.instance.nodes[demand.destination].throughput_t != float("inf")
    terms: Terms = []
    for period in model.reach.delivery_periods(demand):
        for index in np.flatnonzero(reach.present[:, node, period]).tolist():
            goods_class = reach.classes[index]
            if model.reach.last_use(goods_class) < period or not model.reach.is_for(
                demand.item, goods_class, demand.destination
            ):
                continue
            variable = model.variable(
                "delivery", (*demand.key, period, goods_class), (*demand.key, period, goods_class)
            )
            model.balance[demand.item, demand.destination, period, goods_class].append((variable, -1.0))
            if handled:
                model.throughput[demand.destination, period].append((variable, item.weight_t))
            _price_delay(model, demand, period, variable)
            terms.append((variable, 1.0))
    return terms


def _price_shortage(model: Model, demand: Demand, shortage: Variable) -> None:
    if model.weighted:
        cost = (demand.shortage_cost or 0.0) * model.instance.discount[demand.counted]
        model.objectives["weighted"].append((shortage, cost))
    else:
        level = "binding_shortfall" if demand.binding else "other_shortfall"
        weight = demand.priority * model.instance.unit_values.get(demand.item, 0.0)
        model.objectives[level].append((shortage, weight))


def _price_delay(model: Model, demand: Demand, period: int, delivery: Variable) -> None:
    late = period - demand.due
    if late == 0:
        return
    if model.weighted:
        cost = demand.delay_cost * late * model.instance.discount[period]
        model.objectives["weighted"].append((delivery, cost))
    else:
        weight = demand.priority * model.instance.unit_values.get(demand.item, 0.0) * late
        model.objectives["lateness"].append((delivery, weight))


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class DemandIndex(NamedTuple):
    """A demand and its due period (0-based)."""

    demand: str
    due: int


def _place(directory: Directory, row: DemandIndex) -> Place:
    return row.demand, directory.instance.demands_by_key[row.demand, row.due].item, row.due + 1


def _origins(model: Model, row: DemandIndex) -> Iterator[Origin]:
    demand = model.instance.demands_by_key[row.demand, row.due]
    yield Origin(figure("Demand", "quantity", demand=demand.name, period=demand.due), demand.quantity, 1.0)


DEMAND_BALANCE = Family(
    name="demand_balance",
    index=DemandIndex,
    unit="units",
    dual="per unit of demand",
    sign=Sign.EITHER,
    kind=Kind.TASK,
    place=_place,
    right_hand_side=quantities,
    figures={"demands": {"quantity": anything}},
    origins=_origins,
    adds_up=True,
    in_responses=True,
    words=Words(limit="the demand {object}", lacking="of {item} at {object}"),
)
FAMILIES = (DEMAND_BALANCE,)
