"""Least-served first: the worst fill rate, distinguished by binding and other demand.

Index sets: classes b (binding, other); groups g of demand, see `groups`.
Variable: worst_unmet[b] ≥ 0, the largest share of a group's goods, by value, that is never delivered; reported as what
the largest group would then lack, in units of the dearest item, so that it stands beside shortages in one scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from typing import NamedTuple

from planner.domain.instance import Demand, PlanningInstance
from planner.formulation.model.family import Directory, Family, Kind, Place, Sign
from planner.formulation.model.model import LESS, Model, Terms

LEVELS = {"binding": "least_served_binding", "other": "least_served_other"}
ServiceGroup = tuple[str, str, str]  # class, what the group is (commitment, nation, node), its name


def groups(instance: PlanningInstance) -> Mapping[ServiceGroup, list[Demand]]:
    """Demand by whom it serves: its commitment; without one, the nation of its destination; without that, the node.

    The binding and the other demand of a commitment are two groups. What has no value is in none.
    """
    demands_of: dict[ServiceGroup, list[Demand]] = {}
    for demand in instance.demands:
        if demand.quantity * instance.unit_values.get(demand.item, 0.0) > 0:
            nation = instance.nation_of(demand.destination)
            if demand.commitment is not None:
                whom = ("commitment", demand.commitment)
            else:
                whom = ("nation", nation) if nation is not None else ("node", demand.destination)
            demands_of.setdefault(("binding" if demand.binding else "other", *whom), []).append(demand)
    return demands_of


def add_least_served(model: Model) -> None:
    """The worst-served group of each class, as an objective of its own (max–min fairness, Rawls's criterion).

    least_served (b, g):  Σ_k∈g value · shortage[k] − Σ_k∈g value · quantity[k] ÷ whole[b] · worst_unmet[b] ≤ 0
        dual ≤ 0: the level's objective per unit of value that g may lack.

    whole[b]: the value of the largest group ÷ the value of the dearest item; the level is worst_unmet[b] ÷ whole[b], a
    share. Minimising it maximises the least fill rate. Priorities play no part: a share is a share. Values are in
    units of the dearest item.
    """
    if model.weighted or not model.enabled("least_served"):
        return
    demands_of = groups(model.instance)
    for kind in dict.fromkeys(group[0] for group in demands_of):
        _add_class(model, {group: demands for group, demands in demands_of.items() if group[0] == kind}, kind)


def _add_class(model: Model, demands_of: Mapping[ServiceGroup, list[Demand]], kind: str) -> None:
    values = model.instance.unit_values
    dearest = max(values[demand.item] for demands in demands_of.values() for demand in demands)
    worth = {
        group: sum(values[demand.item] / dearest * demand.quantity for demand in demands)
        for group, demands in demands_of.items()
    }
    whole = max(worth.values())
    worst = model.variable("worst_unmet", (kind,), (kind,))
    model.objectives[LEVELS[kind]].append((worst, 1.0 / whole))
    for group, demands in demands_of.items():
        terms: Terms = [(model.columns["shortage"][demand.key], values[demand.item] / dearest) for demand in demands]
        terms.append((worst, -worth[group] / whole))
        scale = _row_scale([abs(weight) for _, weight in terms])
        model.row("least_served", group, [(v, weight * scale) for v, weight in terms], LESS, 0.0, group)


def _row_scale(weights: Sequence[float]) -> float:
    """The power of two that brings the geometric mean of the smallest and the largest near 1."""
    return 2.0 ** -round((log2(min(weights)) + log2(max(weights))) / 2)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class ServiceGroupIndex(NamedTuple):
    """A group of demands that is to be served alike: what it is told apart by, and its name."""

    kind: str
    what: str
    name: str


def _place(_: Directory, row: ServiceGroupIndex) -> Place:
    return row.name, None, None


LEAST_SERVED = Family(
    name="least_served",
    index=ServiceGroupIndex,
    unit="{currency} of value",
    dual="per unit of value",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.IDENTITY,
    place=_place,
    built_anew=True,
    needed=lambda _: False,  # an aim, which no data call for
    by_levels=True,
)
FAMILIES = (LEAST_SERVED,)
