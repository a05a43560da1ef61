"""What cases lose: expected, and in the worst of them.

Index sets: cases c, with weight π; Π = Σ π. Variables: tail_start ≥ 0; tail_loss[c] ≥ 0.
"""

from __future__ import annotations

from planner.formulation.model.family import Family, Kind, Sign
from planner.formulation.model.model import GREATER, Model, Terms, Variable
from planner.formulation.responses.measures import CaseIndex, case_place, discounted_cost, summed
from planner.formulation.responses.response import Response


def add_losses(model: Model) -> None:
    """(1 − w) × Σ π L + w × Π × CVaR(L), w the risk_weight: the objective contingency, or a part of the weighted one.

    L(c) = Σ priority × value × uncovered over the need of the case; weighted: its discounted cost + shortage + delay.
    CVaR, the mean of the worst 1 − risk_tail of the cases by weight:
        min over η of η + Σ (π ÷ Π) × max(L − η, 0) ÷ (1 − risk_tail); risk_tail 1: the largest L of all.

    worst_loss (c):  tail_start + tail_loss[c] − L(c) ≥ 0
        dual ≥ 0: objective per unit lost. With risk_tail 1 there is no tail_loss.
    """
    level = "weighted" if model.weighted else "contingency"
    settings = model.instance.settings
    expected = 1.0 - settings.risk_weight
    total = sum(response.case.weight for response in model.responses)
    for response in model.responses:
        weight = expected * response.case.weight
        model.objectives[level] += [(variable, weight * by) for variable, by in loss(response) if weight]
    if settings.risk_weight == 0 or total == 0:
        return
    tail = settings.risk_weight * total
    start = model.variable("tail_start", ("plan",), ("plan",))
    model.objectives[level].append((start, tail))
    for response in model.responses:
        _add_worst(model, response, start, tail * response.case.weight / total)


def _add_worst(model: Model, response: Response, start: Variable, weight: float) -> None:
    """`weight` of the case's loss in the tail, before it is shared among the worst."""
    case_key, within = response.case.key, 1.0 - model.instance.settings.risk_tail
    terms: Terms = [(start, 1.0), *((variable, -by) for variable, by in loss(response))]
    if within > 0:
        if weight == 0:
            return
        more = model.variable("tail_loss", case_key, case_key)
        model.objectives["weighted" if model.weighted else "contingency"].append((more, weight / within))
        terms.append((more, 1.0))
    model.row("worst_loss", case_key, terms, GREATER, 0.0, case_key)


def loss(response: Response) -> Terms:
    """The loss of a case as terms, each variable once."""
    if not response.plan.weighted:
        return summed(response.objectives["other_shortfall"])
    begun = response.plan.instance.discount[response.case.begin]
    return summed(
        discounted_cost(response) + [(variable, by * begun) for variable, by in response.objectives["weighted"]]
    )


# ── What is known of the rows ────────────────────────────────────────────────────────────────────

WORST_LOSS = Family(
    name="worst_loss",
    index=CaseIndex,
    unit="as the level",
    dual="per unit lost",
    sign=Sign.NEVER_BELOW,
    kind=Kind.IDENTITY,
    place=case_place,
    built_anew=True,
    needed=lambda instance: bool(instance.cases) and instance.settings.risk_weight > 0,
)
FAMILIES = (WORST_LOSS,)
