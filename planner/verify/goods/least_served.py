"""The worst-served commitment, recomputed from the tables."""

from __future__ import annotations

from collections import defaultdict

from planner.verify.plan_arrays import PlanArrays


def worst_unmet(arrays: PlanArrays, binding: bool) -> float:
    """The largest share of one party's goods, by value, that is never delivered; of the binding demands or the others.

    A party is a commitment; demands without one are distinguished by the nation of the destination, else by the node.
    """
    demands = list(arrays.case.demands.values())
    short = arrays.plan.shortfalls.groupby("demand")["quantity"].sum()
    wanted: dict[tuple[str, str], float] = defaultdict(float)
    missing: dict[tuple[str, str], float] = defaultdict(float)
    for code, demand in enumerate(demands):
        if demand.binding != binding:
            continue
        nation = arrays.case.nodes[demand.destination].nation
        if demand.commitment:
            party = ("commitment", demand.commitment)
        elif nation:
            party = ("nation", nation)
        else:
            party = ("node", demand.destination)
        value = arrays.case.values.get(demand.item, 0.0)
        wanted[party] += value * demand.quantity
        missing[party] += value * float(short.get(code, 0.0))
    return max((missing[party] / whole for party, whole in wanted.items() if whole > 0), default=0.0)
