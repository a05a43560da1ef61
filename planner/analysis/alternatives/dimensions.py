"""Who produces and who pays, as sums over the columns of a plan."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.analysis.alternatives.near_optimal import PlanPart
from planner.domain.eligibility import payable
from planner.domain.instance import PlanningInstance
from planner.formulation.model.model import Model, Terms
from planner.formulation.money.contributions import Register, contributors
from planner.plan.ledger import WORK
from planner.solver.highs import Vector

PRODUCERS, PAYERS, FUNDS = "producers", "payers", "funds"


def producers(model: Model) -> list[PlanPart]:
    """Value produced by nation: production cost of lines and capacity bought there, undiscounted.

    A site that has no nation (a market, or a works where nations are not given) is a part of its own.
    """
    by_producer: dict[str, Vector] = defaultdict(lambda: np.zeros(model.column_count))
    for key, entries in model.costs.items():
        if key.cost_type in WORK:
            producer = _producer(model.instance, key.cost_type, key.object)
            for entry in entries:
                by_producer[producer][entry.variable] += entry.amount
    return [PlanPart(PRODUCERS, name, costs) for name, costs in sorted(by_producer.items())]


def _producer(instance: PlanningInstance, cost_type: str, name: str) -> str:
    """The nation where an object stands, else the site itself: its factory, market, node or route."""
    nation = payable(instance, cost_type, name).nation
    if nation:
        return nation
    if cost_type != "capacity":
        return instance.lines[name].factory
    expansion = instance.expansions[name]
    if expansion.kind == "line":
        return instance.lines[expansion.object].factory
    return (instance.resources[expansion.object].factory if expansion.kind == "resource" else None) or expansion.object


def payers(model: Model) -> list[PlanPart]:
    """Payments by contributor, over the horizon; none where money is not limited.

    A model whose instance tells contributors apart (`contributors_apart`) has a column for each part of them.
    """
    funds = model.instance.funds.values() if model.instance.money_is_limited else ()
    register = Register(model)
    names = dict.fromkeys(name for fund in funds for name in contributors(fund))
    return [PlanPart(PAYERS, name, _summed(model, register.of(name))) for name in names]


def funds(model: Model) -> list[PlanPart]:
    """Payments by fund, over the horizon; none where money is not limited."""
    by_fund: dict[str, Terms] = defaultdict(list)
    for (fund, _span), terms in model.paid.items():
        by_fund[fund] += terms
    return [PlanPart(FUNDS, name, _summed(model, terms)) for name, terms in by_fund.items()]


def _summed(model: Model, terms: Terms) -> Vector:
    """Money columns by position, in currency."""
    total = np.zeros(model.column_count)
    for variable, factor in terms:
        total[variable] += factor * model.money_unit
    return total
