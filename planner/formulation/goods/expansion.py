"""Expansions: capacity that may be bought.

Index sets: expansions e with an object (line, resource, node, route), periods t of purchase.
Variable: expansion[e, t] ≥ 0, units of capacity bought in t.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from planner.domain.instance import PlanningInstance, Profile
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, anything, figure
from planner.formulation.model.model import Bounds, CostKey, Frame, Model, Terms


def add_expansion(model: Model) -> None:
    """Purchases, their cost and their limit.

    A purchase in t is ready from t + lead_time to the end, and is not offered where that is after the
    horizon. It costs `cost` per unit once, in t.

    expansion_limit (e):  Σ_t expansion[e, t] ≤ limit[e]
        dual ≤ 0: objective per further unit of limit.
    """
    periods = model.instance.horizon.periods
    for expansion in model.instance.expansions.values():
        bought: Terms = []
        for period in expansion.buy:
            ready = period + expansion.lead_time
            if ready >= periods:
                break
            variable = model.variable("expansion", (expansion.name, period), (expansion.name, period))
            bought.append((variable, 1.0))
            model.ready_capacity[expansion.kind, expansion.object].append((ready, variable))
            model.cost(CostKey("expansion", "capacity", expansion.name), period, variable, expansion.cost)
        key = (expansion.name,)
        model.limit("expansion_limit", key, bought, model.bound("expansion_limit", key), key)


def limits(frame: Frame) -> Bounds:
    """expansion_limit: units of capacity."""
    return {(expansion.name,): expansion.limit for expansion in frame.instance.expansions.values()}


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class ExpansionIndex(NamedTuple):
    """An expansion, over all periods."""

    expansion: str


def _place(_: Directory, row: ExpansionIndex) -> Place:
    return row.expansion, None, None


def _origins(model: Model, row: ExpansionIndex) -> Iterator[Origin]:
    limit = model.instance.expansions[row.expansion].limit
    yield Origin(figure("Expansions", "limit", expansion=row.expansion), limit, 1.0)


def _size(instance: PlanningInstance, name: str, _: str) -> Profile:
    return (instance.expansions[name].limit,) if name in instance.expansions else ()


EXPANSION_LIMIT = Family(
    name="expansion_limit",
    index=ExpansionIndex,
    unit="units of capacity",
    dual="per unit of limit",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_place,
    right_hand_side=limits,
    figures={"expansions": {"limit": anything}},
    origins=_origins,
    size=_size,
    needed=lambda instance: any(expansion.limit < inf for expansion in instance.expansions.values()),
    words=Words(
        group="production",
        limit="the limit of expansion {object}",
        step="unit allowed of expansion",
        lacking="in the limit of {object}",
    ),
)
FAMILIES = (EXPANSION_LIMIT,)
