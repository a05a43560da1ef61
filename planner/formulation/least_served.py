"""Least-served first: the worst fill rate, told apart by binding and other demand.

Index sets: classes b (binding, other); groups g of demand, see `groups`.
Variable: worst_unmet[b] ≥ 0, the largest share of a group's goods, by value, that is never delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2

from planner.domain.instance import Demand, PlanningInstance
from planner.formulation.model import LESS, Model, Terms

LEVELS = {"binding": "least_served_binding", "other": "least_served_other"}
Group = tuple[str, str, str]  # class, what the group is (commitment, nation, node), its name


def groups(instance: PlanningInstance) -> Mapping[Group, list[Demand]]:
    """Demand by whom it serves: its commitment; without one, the nation of its destination; without that, the node.

    The binding and the other demand of a commitment are two groups. What has no value is in none.
    """
    found: dict[Group, list[Demand]] = {}
    for demand in instance.demands:
        if demand.quantity * instance.unit_values.get(demand.item, 0.0) > 0:
            nation = instance.nation_of(demand.destination)
            if demand.commitment is not None:
                whom = ("commitment", demand.commitment)
            else:
                whom = ("nation", nation) if nation is not None else ("node", demand.destination)
            found.setdefault(("binding" if demand.binding else "other", *whom), []).append(demand)
    return found


def add_least_served(model: Model) -> None:
    """The worst-served group of each class, as an objective of its own (max–min fairness, Rawls's criterion).

    least_served (b, g):  Σ_k∈g value · shortage[k] − worst_unmet[b] · Σ_k∈g value · quantity[k] ≤ 0
        dual ≤ 0: the level's objective per unit of value that g may lack.

    Minimising worst_unmet[b] maximises the least fill rate, 1 − worst_unmet[b]. Priorities play no part: a share is
    a share. Rows are multiplied by a power of two that brings their coefficients around 1.
    """
    if model.weighted or not model.enabled("least_served"):
        return
    values = model.instance.unit_values
    for group, demands in groups(model.instance).items():
        kind = group[0]
        if (kind,) not in model.columns["worst_unmet"]:
            worst = model.variable("worst_unmet", (kind,), (kind,))
            model.objectives[LEVELS[kind]].append((worst, 1.0))
        whole = sum(values[demand.item] * demand.quantity for demand in demands)
        scale = _row_scale(min(values[demand.item] for demand in demands), whole)
        terms: Terms = [(model.columns["shortage"][demand.key], values[demand.item] * scale) for demand in demands]
        terms.append((model.columns["worst_unmet"][kind,], -whole * scale))
        model.row("least_served", group, terms, LESS, 0.0, group)


def _row_scale(least: float, largest: float) -> float:
    """The power of two that brings the geometric mean of both near 1."""
    return 2.0 ** -round((log2(least) + log2(largest)) / 2)
