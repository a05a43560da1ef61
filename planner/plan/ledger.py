"""The ledger of the plan: who pays and who produces, by nation, programme (fund) and fiscal year.

All of it is arithmetic on the other result tables; nothing here was optimised. Money is in the currency of the
settings, undiscounted. What a contributor of a fund has paid is distinguished by convention where the plan leaves it
open (see `planner.plan.settle.payments`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from planner.domain.eligibility import payable
from planner.domain.instance import PlanningInstance

WORK = frozenset({"procurement", "works", "training", "capacity"})  # what producing in a nation is paid as
BalanceRow = tuple[str, int, float, float, float, float]
LedgerRow = tuple[str, str | None, int, float, float, float]
BurdenRow = tuple[Any, ...]  # nation, year, amounts and shares
Tables = Mapping[str, pd.DataFrame]


def nations(instance: PlanningInstance, made: Tables) -> Iterator[BalanceRow]:
    """Rows (nation, year, contributed, produced, received, balance = produced − contributed).

    contributed: payments by contributor, in the year in which their fund counts them; produced: production cost
    in the year of completion and capacity in that of purchase, by nation of the factory or object; received:
    value of deliveries, by nation of the destination.
    """
    years = instance.horizon.fiscal_years
    sums: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for contributor, year, amount in _columns(made["payments"], "contributor", "year", "amount"):
        sums[contributor, year][0] += amount
    for nation, year, cost in _produced(instance, made):
        sums[nation, year][1] += cost
    for destination, item, period, quantity in _columns(
        made["deliveries"], "destination", "item", "period", "quantity"
    ):
        receiver = instance.nation_of(destination)
        if receiver:
            sums[receiver, years[period - 1]][2] += quantity * instance.unit_values.get(item, 0.0)
    for (name, year), (contributed, produced, received) in sorted(sums.items()):
        if contributed or produced or received:
            yield name, year, contributed, produced, received, produced - contributed


def ledger(instance: PlanningInstance, made: Tables) -> Iterator[LedgerRow]:
    """Rows (nation, fund, year, contributed, produced, balance = produced − contributed).

    contributed: what the nation (or institution) pays into the fund's payments; produced: what the fund pays for
    production and capacity in the nation; both in the year in which the fund counts the payment. Over the
    horizon and all funds a nation's sums are those of `nations`. Where money is only counted there are no
    payments: then produced is as in `nations`, under no fund.
    """
    sums: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    names = ("fund", "contributor", "cost_type", "nation", "year", "amount")
    for fund, contributor, cost_type, nation, year, amount in _columns(made["payments"], *names):
        sums[contributor, fund, year][0] += amount
        if cost_type in WORK and isinstance(nation, str):  # blank: NaN
            sums[nation, fund, year][1] += amount
    if not instance.money_is_limited:
        for nation, year, cost in _produced(instance, made):
            sums[nation, "", year][1] += cost
    for (nation, fund, year), (contributed, produced) in sorted(sums.items()):
        if contributed or produced:
            yield nation, fund or None, year, contributed, produced, produced - contributed


def burden_sharing(instance: PlanningInstance, made: Tables) -> Iterator[BurdenRow]:
    """Rows (nation, year, contributed, part, share_due, share_paid, difference, over, produced, work_share,
    work_goal, work_balance): each nation's part in the burden and in the work, over the horizon (year None) and by
    year.

    part = contributed ÷ all that is paid, by nations and institutions alike. Of nations with a key: share_due =
    key ÷ Σ keys, share_paid = contributed ÷ Σ contributed by nations with a key, difference = share_paid −
    share_due, over = contributed − share_due · Σ contributed by nations with a key (money). work_share =
    produced ÷ contributed; work_goal = work_share_min · contributed and work_balance = produced − work_goal
    (money), of nations with a work_share_min. None where a term does not exist. No rows without payments.
    """
    paid: dict[tuple[str, int | None], float] = defaultdict(float)
    worked: dict[tuple[str, int | None], float] = defaultdict(float)
    for name, year, contributed, produced in _columns(made["nations"], "nation", "year", "contributed", "produced"):
        for when in (None, year):
            paid[name, when] += contributed
            worked[name, when] += produced
    keys = {name: nation.key for name, nation in instance.nations.items() if nation.key}
    named = dict.fromkeys([*(n for n in instance.nations if n in keys or (n, None) in paid), *(n for n, _ in paid)])
    for when in (None, *instance.horizon.years):
        total = sum(paid[name, when] for name in named)
        pool = sum(paid[name, when] for name in keys)
        for name in named if total > 0 else ():
            contributed, produced = paid[name, when], worked[name, when]
            if name not in keys and not contributed and not produced:
                continue
            due = keys[name] / sum(keys.values()) if name in keys else None
            share = contributed / pool if due is not None and pool > 0 else None
            apart = (None, None) if share is None or due is None else (share - due, contributed - due * pool)
            goal = instance.nations[name].work_share_min if name in instance.nations else None
            work = produced / contributed if contributed > 0 else None
            wanted = None if goal is None else goal * contributed
            missing = None if wanted is None else produced - wanted
            yield (
                name, when, contributed, contributed / total, due, share, *apart, produced, work, wanted, missing
            )  # fmt: skip


def _produced(instance: PlanningInstance, made: Tables) -> Iterator[tuple[str, int, float]]:
    """(nation, fiscal year, cost): production in the year of completion, capacity in that of purchase."""
    years = instance.horizon.fiscal_years
    for factory, period, cost in _columns(made["production"], "factory", "period", "cost"):
        nation = instance.nation_of(factory)
        if nation:
            yield nation, years[period - 1], cost
    for expansion, period, cost in _columns(made["investments"], "expansion", "period", "cost"):
        nation = payable(instance, "capacity", expansion).nation
        if nation:
            yield nation, years[period - 1], cost


def _columns(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].tolist() for name in names), strict=True)
