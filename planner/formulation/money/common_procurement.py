"""Common procurement: at least so many nations take part in what a fund pays, where the fund enforces it.

Index sets: funds f that enforce it; nations n among their contributors.
Variable: takes_part[f, n] binary, whether n takes part; exists only where a fund has more nations than it needs,
so that there is a choice. It is the only place where the plan is more than a linear program.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.domain.history_slack import CountedRule
from planner.domain.instance import Fund, PlanningInstance
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Share, Sign, Words, figure
from planner.formulation.model.model import GREATER, Model, Terms, Variable
from planner.formulation.model.past import PastTerm, add_counted_row
from planner.formulation.money.contributions import Register, contributors, is_joint
from planner.formulation.money.indices import FundIndex, fund_place


def add_common_procurement(model: Model) -> None:
    """Who takes part pays at least `part_min` of what the fund pays; enough nations take part. A fund that pays
    nothing breaks nothing.

    What was paid before the horizon counts, in what a nation pays and in what the fund does (see `add_counted_row`).

    taking_part (f, n):  Σ contribution[f, n, ·] − part_min · Σ payments of f − M · takes_part[f, n] ≥ −M
        M = part_min · all money of f, that paid before the horizon included. Where there is no choice: without
        takes_part, and 0 on the right. dual ≥ 0: objective per further unit of money that n must pay.
    common_procurement (f):  Σ_n takes_part[f, n] ≥ min_nations; with fewer nations than that, −Σ payments of f ≥ 0
        its dual says nothing about the plan: who takes part is fixed when prices are found.
    """
    if not model.instance.money_is_limited or not model.enabled("common_procurement"):
        return
    register = Register(model)
    for fund in model.instance.funds.values():
        if fund.min_nations and fund.min_nations_enforced:
            _add_fund(model, register, fund, fund.min_nations)


def nations_of(instance: PlanningInstance, fund: Fund) -> list[str]:
    """The fund's contributors that are nations and have money in it, or paid before the horizon."""
    before = instance.past.paid_into(fund.name)
    giving = {budget.contributor for budget in fund.budgets if budget.amount > 0} | {n for n in before if before[n] > 0}
    known = dict.fromkeys([*contributors(fund), *before])
    return [name for name in known if name in instance.nations and name in giving]


def _add_fund(model: Model, register: Register, fund: Fund, least: int) -> None:
    nations = nations_of(model.instance, fund)
    paid, before = register.paid(fund.name, None, register.everything), model.instance.past.paid_into(fund.name)
    if len(nations) < least:
        model.row("common_procurement", (fund.name,), [(v, -f) for v, f in paid], GREATER, 0.0, (fund.name,))
        return
    chosen: list[Variable] = []
    for nation in nations:
        key = (fund.name, nation)
        terms: Terms = _less(register.paid(fund.name, nation, register.everything), paid, fund.part_min)
        free = 0.0
        if len(nations) > least:
            choice = model.variable("takes_part", key, key, binary=True)
            chosen.append(choice)
            free = fund.part_min * (_all_money(fund) + sum(before.values())) / model.money_unit
            terms.append((choice, -free))
        counted = PastTerm((CountedRule.TAKING_PART, key), model.money_unit, model.money_unit)
        add_counted_row(model, "taking_part", key, terms, GREATER, counted, key, free)
    if chosen:
        terms = [(choice, 1.0) for choice in chosen]
        model.row("common_procurement", (fund.name,), terms, GREATER, least, (fund.name,))


def _less(paid_by_nation: Terms, paid: Terms, share: float) -> Terms:
    """own − share · paid; a fund with one contributor pays all of it in his name."""
    factors = dict(paid_by_nation)
    for variable, factor in paid:
        factors[variable] = factors.get(variable, 0.0) - share * factor
    return list(factors.items())


def _all_money(fund: Fund) -> float:
    return min(fund.ceiling, sum(budget.amount for budget in fund.budgets))


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class PartIndex(NamedTuple):
    """A nation that may take part in a fund."""

    fund: str
    nation: str


def _part_place(_: Directory, row: PartIndex) -> Place:
    return f"{row.fund}: {row.nation}", None, None


def _part_origins(model: Model, row: PartIndex) -> Iterator[Origin]:
    yield Origin(figure("Funds", "part_min", fund=row.fund), model.instance.funds[row.fund].part_min)


def _origins(model: Model, row: FundIndex) -> Iterator[Origin]:
    yield Origin(figure("Funds", "min_nations", fund=row.fund), model.instance.funds[row.fund].min_nations)


TAKING_PART = Family(
    name="taking_part",
    index=PartIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_BELOW,
    kind=Kind.RULE,
    place=_part_place,
    built_anew=True,
    origins=_part_origins,
    needed=is_joint,
    lazy=True,
    share=Share.CHOSEN,
    counted=CountedRule.TAKING_PART,
    words=Words(
        limit="the part that {object} must take", group="partners", step="{step} less required for taking part in"
    ),
)
COMMON_PROCUREMENT = Family(
    name="common_procurement",
    index=FundIndex,
    unit="nations",
    dual="per nation",
    sign=Sign.NEVER_BELOW,
    kind=Kind.CHOICE,
    place=fund_place,
    built_anew=True,
    origins=_origins,
    needed=is_joint,
)
FAMILIES = (TAKING_PART, COMMON_PROCUREMENT)
