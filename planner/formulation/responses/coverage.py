"""Coverage: the share of its need that a contingency is promised.

Index sets: cases c, surge items i. Variable: lack[c, i] ≥ 0, units delivered less than promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, figure
from planner.formulation.model.model import GREATER, Model, Terms
from planner.formulation.responses.response import Response


def add_coverage(response: Response) -> None:
    """promise (c, i):  Σ delivered of the need for i + lack[c, i] ≥ coverage × need of i
        dual ≥ 0: objective per further unit promised.

    The need is surge and standing demand, at all destinations. Objective coverage: Σ value × lack, whatever priority
    and probability. Weighted: there is no lack, the promise must be kept.
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
    plan, case_key = response.plan, response.case.key
    for item, quantity in wanted.items():
        terms, key = delivered[item], (*case_key, item)
        if quantity == 0:
            continue
        if not plan.weighted:
            lack = plan.variable("lack", key, key)
            terms.append((lack, 1.0))
            plan.objectives["coverage"].append((lack, plan.instance.unit_values.get(item, 0.0)))
        plan.row("promise", key, terms, GREATER, share * quantity, key)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class PromiseIndex(NamedTuple):
    """The promised coverage of an item in a case; `strike`: its period (0-based)."""

    contingency: str
    strike: int
    item: str


def _place(_: Directory, row: PromiseIndex) -> Place:
    return row.contingency, row.item, row.strike + 1


def _origins(model: Model, row: PromiseIndex) -> Iterator[Origin]:
    share = model.instance.contingencies[row.contingency].coverage
    promised = model.row_at(model.rows[PROMISE.name][row]).bound
    yield Origin(figure("Contingencies", "coverage", contingency=row.contingency), share, promised / share)


PROMISE = Family(
    name="promise",
    index=PromiseIndex,
    unit="units",
    dual="per unit promised",
    sign=Sign.NEVER_BELOW,
    kind=Kind.TASK,
    place=_place,
    built_anew=True,
    origins=_origins,
    needed=lambda instance: any(case.contingency.coverage > 0 for case in instance.cases),
    words=Words(limit="what is promised for {object}", lacking="of {item} that is promised for {object}"),
)
FAMILIES = (PROMISE,)
