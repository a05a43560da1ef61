"""Beneficiaries: what funds pay on behalf of certain nations reaches them.

Index sets: finished items i; groups N of nations that rows of eligibility name together; nations n.
Variable: allocation[i, N, n] ≥ 0, units of i paid on terms that name N, attributed to n ∈ N, over the horizon.

Which fund paid a unit, and for which line, does not matter to where it goes; so all payments for an item on terms
that name the same nations are allocated together, and shared again in proportion (see `planner.plan.settle.payments`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planner.domain.instance import PlanningInstance
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, figure
from planner.formulation.model.model import EQUAL, Model, Terms
from planner.formulation.money.spending import Payment, row_scale

BeneficiaryGroup = tuple[str, tuple[str, ...]]  # item, nations in order of name


def group_of(item: str, nations: Iterable[str]) -> BeneficiaryGroup:
    """The key under which units of an item paid for these nations are allocated."""
    return item, tuple(sorted(nations))


def add_beneficiaries(model: Model, payments: Iterable[Payment]) -> None:
    """Allocate what is paid on terms that name beneficiaries, no more than reaches each of them.

    allocation_balance (i, N):  Σ payment ÷ unit cost − Σ_n∈N allocation[i, N, n] = 0
        dual of either sign: objective per further unit paid.
    beneficiary (i, n):  Σ_N allocation[i, N, n] − Σ deliveries at nodes of n − Σ stock there at the end ≤ 0
        dual ≤ 0: objective per further unit that reaches n.
    """
    if not model.enabled("beneficiary"):
        return
    paid: dict[BeneficiaryGroup, Terms] = defaultdict(list)
    for payment in payments:
        goods, nations = payment.cell.bucket.goods, payment.terms.beneficiaries
        if goods is not None and nations is not None:
            item, unit_cost = goods
            paid[group_of(item, nations)].append((payment.variable, model.money_unit / unit_cost))
    allocated: dict[tuple[str, str], Terms] = defaultdict(list)
    for group, terms in paid.items():
        item, named = group
        by_nation: Terms = []
        for nation in named:
            variable = model.variable("allocation", (*group, nation), (item, " ".join(named), nation))
            by_nation.append((variable, 1.0))
            allocated[item, nation].append((variable, 1.0))
        scale = row_scale(min(units for _, units in terms))
        balance = [(variable, units * scale) for variable, units in terms]
        balance += [(variable, -scale) for variable, _ in by_nation]
        model.row("allocation_balance", group, balance, EQUAL, 0.0, (item, " ".join(named)))
    reaching = _reaching(model, {item for item, _ in allocated})
    for place, terms in allocated.items():
        model.limit("beneficiary", place, terms + reaching.get(place, []), 0.0, place)


def _reaching(model: Model, items: set[str]) -> dict[tuple[str, str], Terms]:
    """(item, nation) → −1 per unit delivered at its nodes, or in stock there at the end of the horizon."""
    instance = model.instance
    terms_of: dict[tuple[str, str], Terms] = defaultdict(list)
    demands = {demand.key: demand for demand in instance.demands if demand.item in items}
    for (name, due, _period, _expires), variable in model.columns["delivery"].items():
        demand = demands.get((name, due))
        nation = instance.nation_of(demand.destination) if demand else None
        if demand and nation:
            terms_of[demand.item, nation].append((variable, -1.0))
    last = instance.horizon.periods - 1
    for (item, node, period, _expires), variable in model.columns["stock"].items():
        nation = instance.nation_of(node)
        if period == last and item in items and nation:
            terms_of[item, nation].append((variable, -1.0))
    return terms_of


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class BeneficiaryGroupIndex(NamedTuple):
    """An item and the nations on whose behalf it is paid together."""

    item: str
    nations: tuple[str, ...]


class BeneficiaryIndex(NamedTuple):
    """An item and a nation on whose behalf it is paid."""

    item: str
    nation: str


def _group_place(_: Directory, row: BeneficiaryGroupIndex) -> Place:
    return ", ".join(row.nations), row.item, None


def _place(_: Directory, row: BeneficiaryIndex) -> Place:
    return row.nation, row.item, None


def _origins(model: Model, row: BeneficiaryIndex) -> Iterator[Origin]:
    for fund in model.instance.funds.values():
        if any(rule.beneficiaries is not None and row.nation in rule.beneficiaries for rule in fund.eligibility):
            yield Origin(figure("Eligibility", "beneficiaries", fund=fund.name))


def _needed(instance: PlanningInstance) -> bool:
    named = (rule.beneficiaries is not None for fund in instance.funds.values() for rule in fund.eligibility)
    return instance.money_is_limited and any(named)


ALLOCATION_BALANCE = Family(
    name="allocation_balance",
    index=BeneficiaryGroupIndex,
    unit="units",
    dual="per unit paid",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=_group_place,
    needed=_needed,
)
BENEFICIARY = Family(
    name="beneficiary",
    index=BeneficiaryIndex,
    unit="units",
    dual="per unit",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.RULE,
    place=_place,
    origins=_origins,
    needed=_needed,
    lazy=True,
    words=Words(group="partners", limit="the list of beneficiaries of {object}", step="{unit} that reaches"),
)
FAMILIES = (ALLOCATION_BALANCE, BENEFICIARY)
