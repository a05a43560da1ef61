"""Coverage: the share of its need that a contingency is promised.

Index sets: cases c, surge items i. Variable: lack[c, i] ≥ 0, units delivered less than promised.
"""

from __future__ import annotations

from collections import defaultdict

from planner.formulation.model.model import GREATER, Terms
from planner.formulation.responses.response import Response


def add_coverage(response: Response) -> None:
    """coverage (c, i):  Σ delivered of the need for i + lack[c, i] ≥ coverage × need of i
        dual ≥ 0: objective per further unit promised.

    The need is surge and standing demand, at all destinations. Objective coverage: Σ value × lack, whatever priority and
    probability. Weighted: there is no lack, the promise must be kept.
    """
    share = response.case.contingency.coverage
    if share == 0:
        return
    wanted: dict[str, float] = defaultdict(float)
    delivered: dict[str, Terms] = defaultdict(list)
    item_of = {}
    for need in response.needs:
        wanted[need.wanted.item] += need.wanted.quantity
        item_of[need.wanted.key] = need.wanted.item
    for (name, due, _period, _class), variable in response.columns["delivery"].items():
        delivered[item_of[name, due]].append((variable, 1.0))
    plan, own = response.plan, response.case.key
    for item, quantity in wanted.items():
        terms, key = delivered[item], (*own, item)
        if quantity == 0:
            continue
        if not plan.weighted:
            lack = plan.variable("lack", key, key)
            terms.append((lack, 1.0))
            plan.objectives["coverage"].append((lack, plan.instance.unit_values.get(item, 0.0)))
        plan.row("coverage", key, terms, GREATER, share * quantity, key)
