"""Contributions: who pays in whose name, where a rule asks for it.

Index sets: funds f whose money several contributors give, at least one of them under a rule; contributors c;
budget periods s, in which the fund counts its payments; nations n under a rule.
Variables: contribution[f, c, s] ≥ 0, what c pays of what f pays in s; contributed[n] ≥ 0, all that n pays, and
contributed[all], all that is paid. In `model.money_unit`.

Elsewhere a fund is one payer, and its payments are attributed to its contributors by convention
(see `planner.plan.settle.payments`). Rules on contributions hold over the horizon and what was paid before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from planner.domain.budget_periods import BudgetPeriods
from planner.domain.contingency.losses import budget_hits
from planner.domain.eligibility import payable
from planner.domain.history_slack import CountedRule
from planner.domain.instance import Budget, Fund, Nation, PlanningInstance
from planner.domain.rules import Lock
from planner.formulation.model.family import (
    Directory,
    Family,
    Kind,
    Origin,
    Place,
    Share,
    Sign,
    Words,
    figure,
    reduced_by,
)
from planner.formulation.model.model import EQUAL, GREATER, LESS, Bounds, Frame, Model, Terms, Variable
from planner.formulation.model.past import PastTerm, add_counted_row
from planner.formulation.money.indices import FundPeriodIndex, fund_period_place
from planner.formulation.rules.locks import bounds, lock_origins

EVERYBODY = ""  # key of `contributed` for all that is paid


def add_contributions(model: Model) -> None:
    """Contributions of funds that must be split, their limits, and the rules on them. Nothing where money is not
    limited.
    """
    if not model.instance.money_is_limited:
        return
    register = Register(model)
    for fund in model.instance.funds.values():
        if is_split(model, fund):
            _add_split(model, register.budget_periods, fund)
    _add_burden(model, register)
    _add_key(model, register)
    _add_work_share(model, register)
    _add_locks(model, register)


def keyed(model: Model) -> list[Nation]:
    """The nations whose contributions are held to the burden-sharing key."""
    on = model.enabled("key_min") or model.enabled("key_max")
    if model.instance.settings.key_tolerance is None or not on:
        return []
    return [nation for nation in model.instance.nations.values() if nation.key is not None]


def contributors(fund: Fund) -> tuple[str, ...]:
    """Who gives money to a fund, in the order of the input."""
    return tuple(dict.fromkeys(budget.contributor for budget in fund.budgets))


def is_split(model: Model, fund: Fund) -> bool:
    """Must the fund's payments be distinguished by contributor? Where it has several, one of them under a rule."""
    names = contributors(fund)
    if len(names) < 2 or model.instance.contributors_apart:
        return len(names) > 1
    by_lock = any(
        lock.kind == "pay" and lock.contributor in names and lock.fund in (None, fund.name)
        for lock in (model.instance.locks if model.enabled("payment_lock") else ())
    )
    joint = bool(fund.min_nations) and fund.min_nations_enforced and model.enabled("common_procurement")
    return by_lock or joint or not _under_rules(model).isdisjoint(names)


def _under_rules(model: Model) -> frozenset[str]:
    """Nations whose contribution as a whole some rule is about."""
    nations = model.instance.nations.values()
    with_key = {nation.name for nation in keyed(model)}
    if model.enabled("contribution_min"):
        with_key |= {nation.name for nation in nations if nation.contribution_min}
    if model.enabled("contribution_max"):
        with_key |= {nation.name for nation in nations if nation.contribution_max is not None}
    if model.enabled("work_share"):
        with_key |= {nation.name for nation in nations if nation.work_share_min}
    return frozenset(with_key)


class Register:
    """What is paid, by fund, contributor and budget period, as terms of the columns that stand for it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.budget_periods = BudgetPeriods(model.instance)
        self._in_name_of: dict[str, list[str]] = defaultdict(list)
        for fund in model.instance.funds.values():
            for name in contributors(fund):
                self._in_name_of[name].append(fund.name)

    def paid(self, fund: str, contributor: str | None, budget_periods: range | list[int]) -> Terms:
        """What the fund pays (in the contributor's name) and counts in the budget periods."""
        model = self._model
        terms: Terms = []
        alone = contributor is None or contributors(model.instance.funds[fund]) == (contributor,)
        for budget_period in budget_periods:
            if alone:
                terms += model.paid.get((fund, budget_period), ())
            elif (fund, contributor, budget_period) in model.columns["contribution"]:
                terms.append((model.columns["contribution"][fund, contributor, budget_period], 1.0))
        return terms

    def of(self, contributor: str) -> Terms:
        """All that is paid in the contributor's name."""
        return [t for fund in self._in_name_of[contributor] for t in self.paid(fund, contributor, self.everything)]

    @property
    def everything(self) -> range:
        """All budget periods, by place."""
        return range(len(self.budget_periods.ranges))

    def contributed(self, name: str) -> Variable:
        """The column for all that a nation pays (EVERYBODY: that anybody does), made when first asked for.

        contributed_total (n):  Σ payments in the name of n − contributed[n] = 0
        dual of either sign: objective per further unit of money.
        """
        model, key = self._model, (name,)
        if key not in model.columns["contributed"]:
            column = model.variable("contributed", key, (name or "all",))
            terms = self.of(name) if name else [term for terms in model.paid.values() for term in terms]
            model.row("contributed_total", key, [*terms, (column, -1.0)], EQUAL, 0.0, (name or "all",))
        return model.columns["contributed"][key]


def _add_split(model: Model, budget_periods: BudgetPeriods, fund: Fund) -> None:
    """contribution_balance (f, s):  Σ_c contribution[f, c, s] − Σ payments of f = 0
    dual of either sign: objective per further unit of money.
    """
    names = contributors(fund)
    for budget_period in range(len(budget_periods.ranges)):
        paid = model.paid.get((fund.name, budget_period))
        if not paid:
            continue
        terms: Terms = [(variable, -factor) for variable, factor in paid]
        counting = {budget.contributor for budget in budget_periods.counting(fund, budget_period)}
        for name in names:
            if name in counting:
                key = (fund.name, name, budget_period)
                terms.append((model.variable("contribution", key, key), 1.0))
        model.row("contribution_balance", (fund.name, budget_period), terms, EQUAL, 0.0, (fund.name, budget_period))
    for name in names:
        _add_limit(model, budget_periods, fund, name)


def _add_limit(model: Model, budget_periods: BudgetPeriods, fund: Fund, name: str) -> None:
    """contribution_limit (f, c, s):  Σ contributions of c in the year (with carry-over: in all years) up to s
    ≤ available[f, c, s]. A row for the last budget period before money is added, and for the last of a year.
    dual ≤ 0: objective per further unit of the contributor's money.
    """
    for so_far, budget_period in budget_periods.pools(fund, name):
        columns = (model.columns["contribution"].get((fund.name, name, s)) for s in so_far)
        terms: Terms = [(column, 1.0) for column in columns if column is not None]
        key = (fund.name, name, budget_period)
        model.limit("contribution_limit", key, terms, model.bound("contribution_limit", key), key)


def contribution_limits(frame: Frame) -> Bounds:
    """contribution_limit: money available, whether or not the fund's contributors are distinguished."""
    budget_periods, limits = BudgetPeriods(frame.instance), Bounds()
    for fund in frame.instance.funds.values() if frame.instance.money_is_limited else ():
        amounts = [
            budget_periods.available_of(fund, budget_period) for budget_period in range(len(budget_periods.ranges))
        ]
        for name in contributors(fund):
            for _, budget_period in budget_periods.pools(fund, name):
                limits[fund.name, name, budget_period] = amounts[budget_period][name] / frame.money_unit
    return limits


def _sum_row(model: Model, family: str, rule: CountedRule, nation: str, terms: Terms, sense: int) -> None:
    """A rule on what a nation pays: what it paid before the horizon counts (see `add_counted_row`)."""
    counted = PastTerm((rule, (nation,)), model.money_unit, model.money_unit)
    add_counted_row(model, family, (nation,), terms, sense, counted, (nation,))


def _add_burden(model: Model, register: Register) -> None:
    """contribution_min (n):  contributed[n] − least · contributed[all] ≥ 0
        dual ≥ 0: objective per further unit of money that n must pay.
    contribution_max (n):  contributed[n] − largest · contributed[all] ≤ 0
        dual ≤ 0: objective per further unit of money that n may pay.
    """
    for nation in model.instance.nations.values():
        least, most = nation.contribution_min, nation.contribution_max
        if least and model.enabled("contribution_min"):
            terms = [(register.contributed(nation.name), 1.0), (register.contributed(EVERYBODY), -least)]
            _sum_row(model, "contribution_min", CountedRule.CONTRIBUTION_MIN, nation.name, terms, GREATER)
        if most is not None and most < 1 and model.enabled("contribution_max"):
            terms = [(register.contributed(nation.name), 1.0), (register.contributed(EVERYBODY), -most)]
            _sum_row(model, "contribution_max", CountedRule.CONTRIBUTION_MAX, nation.name, terms, LESS)


def _add_key(model: Model, register: Register) -> None:
    """Each nation's part in what all nations with a key pay, near its part in the keys.

    key_min (n):  contributed[n] − key share · (1 − tolerance) · Σ_m contributed[m] ≥ 0
        dual ≥ 0: objective per further unit of money that n must pay.
    key_max (n):  contributed[n] − key share · (1 + tolerance) · Σ_m contributed[m] ≤ 0
        dual ≤ 0: objective per further unit of money that n may pay.
    """
    nations = keyed(model)
    whole = sum(nation.key or 0.0 for nation in nations)
    if not whole:
        return
    tolerance = model.instance.settings.key_tolerance or 0.0
    for nation in nations:
        part = (nation.key or 0.0) / whole
        for sign in (-1, 1):
            share = part * (1 + sign * tolerance)
            factors = [(other, (other.name == nation.name) - share) for other in nations]
            terms: Terms = [(register.contributed(other.name), factor) for other, factor in factors if factor]
            if sign < 0 and share > 0:
                _sum_row(model, "key_min", CountedRule.KEY_MIN, nation.name, terms, GREATER)
            elif sign > 0 and share < 1:
                _sum_row(model, "key_max", CountedRule.KEY_MAX, nation.name, terms, LESS)


def _add_work_share(model: Model, register: Register) -> None:
    """work_share (n):  Σ spending on production and capacity in n − least · contributed[n] ≥ 0
    dual ≥ 0: objective per further unit of money that must be spent in n.
    Production and capacity are paid in full within the horizon, or were before it; so spending is the value produced.
    """
    for nation in model.instance.nations.values():
        least = nation.work_share_min
        if not least or not model.enabled("work_share"):
            continue
        produced: Terms = [(column, 1.0) for column in _spent_in(model, nation.name)]
        terms = [*produced, (register.contributed(nation.name), -least)]
        _sum_row(model, "work_share", CountedRule.WORK_SHARE, nation.name, terms, GREATER)


def _spent_in(model: Model, nation: str) -> Iterator[Variable]:
    """The spend columns of lines and expansions in a nation."""
    places: dict[tuple[str, str], bool] = {}
    for (cost_type, name, *_budget_periods), column in model.columns["spend"].items():
        if cost_type in {"transport", "storage"}:
            continue
        if (cost_type, name) not in places:
            places[cost_type, name] = payable(model.instance, cost_type, name).nation == nation
        if places[cost_type, name]:
            yield column


def _add_locks(model: Model, register: Register) -> None:
    """payment_lock (k, bound, y):  Σ payments that k names, counted in fiscal year y or over all years of the
    lock, = quantity, ≥ minimum or ≤ maximum
        dual ≤ 0 of a maximum, ≥ 0 of a minimum, of either sign where fixed: objective per further unit of money.
    """
    budget_periods = register.budget_periods
    for lock in model.instance.locks if model.enabled("payment_lock") else ():
        if lock.kind != "pay":
            continue
        funds = [lock.fund] if lock.fund is not None else list(model.instance.funds)
        for years, name in _years(model.instance, lock):
            counted = [
                budget_period for budget_period in register.everything if budget_periods.year(budget_period) in years
            ]
            terms = [term for fund in funds for term in register.paid(fund, lock.contributor, counted)]
            for bound, sense, amount in bounds(lock):
                if terms or (sense != LESS and amount):
                    key = (lock.name, bound, *name)
                    model.row("payment_lock", key, terms, sense, model.bound("payment_lock", key), key)


def payment_amounts(frame: Frame) -> Bounds:
    """payment_lock: the quantity, minimum or maximum, as money."""
    return {
        (lock.name, bound, *name): amount / frame.money_unit
        for lock in (frame.instance.locks if frame.instance.money_is_limited else ())
        if lock.kind == "pay"
        for _years_of, name in _years(frame.instance, lock)
        for bound, _sense, amount in bounds(lock)
    }


def _years(instance: PlanningInstance, lock: Lock) -> list[tuple[list[int], tuple[str, ...]]]:
    """(fiscal years, what they add to the key) of the lock's rows."""
    years = sorted({instance.horizon.fiscal_years[period] for period in lock.periods})
    return [(years, ())] if lock.total else [([year], (str(year),)) for year in years]


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class ContributorIndex(NamedTuple):
    """A contributor of a fund in a budget period (place)."""

    fund: str
    contributor: str
    budget_period: int


class NationIndex(NamedTuple):
    """A nation over the horizon."""

    nation: str  # EVERYBODY: all that is paid


class PaymentLockIndex(NamedTuple):
    """A lock on payments; `bound`: minimum or maximum."""

    lock: str
    bound: str
    year: str | None = None  # None: all years of the lock


def _contributor_place(directory: Directory, row: ContributorIndex) -> Place:
    return f"{row.fund}: {row.contributor}", None, directory.budget_periods[row.budget_period].stop


def _nation_place(_: Directory, row: NationIndex) -> Place:
    return row.nation, None, None


def _lock_place(directory: Directory, row: PaymentLockIndex) -> Place:
    return row.lock, None, None if row.year is None else directory.last_period(int(row.year))


def budget_shape(fund: Fund) -> object:
    """What else depends on budgets: what is available when cuts years into budget periods;
    who has money at all may be distinguished.
    """
    return {(budget.contributor, budget.year, budget.available, budget.amount > 0) for budget in fund.budgets}


def budget_origins(model: Model, fund: Fund, budgets: Iterable[Budget]) -> Iterator[Origin]:
    """The amounts of budgets, in a row of money."""
    for budget in budgets:
        field = figure("Budgets", "amount", fund=fund.name, contributor=budget.contributor, year=budget.year,
                       from_=budget.available)  # fmt: skip
        stated = budget.amount if budget.stated is None else budget.stated
        hits = (
            ()
            if budget.stated is None
            else budget_hits(model.instance.certain, model.instance.horizon.fiscal_years, fund.name, budget)
        )
        yield from reduced_by([Origin(field, stated, 1.0 / model.money_unit)], hits)


def _limit_origins(model: Model, row: ContributorIndex) -> Iterator[Origin]:
    fund = model.instance.funds[row.fund]
    counting = BudgetPeriods(model.instance).counting(fund, row.budget_period)
    yield from budget_origins(model, fund, (budget for budget in counting if budget.contributor == row.contributor))


def _nation_origins(
    column: str, of: Callable[[Nation], float | None]
) -> Callable[[Model, NationIndex], Iterator[Origin]]:
    def origins(model: Model, row: NationIndex) -> Iterator[Origin]:
        yield Origin(figure("Nations", column, nation=row.nation), of(model.instance.nations[row.nation]))

    return origins


def _key_origins(model: Model, _: NationIndex) -> Iterator[Origin]:
    yield Origin(figure("Settings", "value", key="keytolerance"), model.instance.settings.key_tolerance)


def _lock_origins(model: Model, row: PaymentLockIndex) -> Iterator[Origin]:
    yield from lock_origins(model, row.lock, row.bound, 1.0 / model.money_unit)


def _any_nation(asks: Callable[[Nation], bool]) -> Callable[[PlanningInstance], bool]:
    """Is money limited, and does some nation ask for it?"""
    return lambda instance: instance.money_is_limited and any(map(asks, instance.nations.values()))


_asks_least = _any_nation(lambda nation: bool(nation.contribution_min))
_asks_most = _any_nation(lambda nation: nation.contribution_max is not None)
_asks_work = _any_nation(lambda nation: bool(nation.work_share_min))


def _by_key(instance: PlanningInstance) -> bool:
    has_key = _any_nation(lambda nation: nation.key is not None)
    return instance.settings.key_tolerance is not None and has_key(instance)


def is_joint(instance: PlanningInstance) -> bool:
    """Does a fund enforce common procurement?"""
    funds = instance.funds.values()
    return instance.money_is_limited and any(fund.min_nations and fund.min_nations_enforced for fund in funds)


def _locks_payments(instance: PlanningInstance) -> bool:
    return any(lock.kind == "pay" for lock in instance.locks)


def _splits(instance: PlanningInstance) -> bool:
    """Does a rule ask who pays in whose name?"""
    asking = (_asks_least, _asks_most, _asks_work, _by_key, is_joint, _locks_payments)
    return any(asks(instance) for asks in asking)


CONTRIBUTION_BALANCE = Family(
    name="contribution_balance",
    index=FundPeriodIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=fund_period_place,
    needed=_splits,
)
CONTRIBUTED_TOTAL = Family(
    name="contributed_total",
    index=NationIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=_nation_place,
    needed=_splits,
)
CONTRIBUTION_LIMIT = Family(
    name="contribution_limit",
    index=ContributorIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.LIMIT,
    place=_contributor_place,
    right_hand_side=contribution_limits,
    origins=_limit_origins,
    needed=_splits,
    lazy=True,
    cumulative=True,
    is_fund_money=True,
    words=Words(
        limit="the money of {object}",
        group="money",
        step="{step} of",
        lacking="in the budget of {object}",
        by_year=True,
    ),
)
CONTRIBUTION_MAX = Family(
    name="contribution_max",
    index=NationIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.RULE,
    place=_nation_place,
    origins=_nation_origins("contribution_max", lambda nation: nation.contribution_max),
    needed=_asks_most,
    lazy=True,
    share=Share.APART,
    counted=CountedRule.CONTRIBUTION_MAX,
    words=Words(
        limit="the largest contribution of {object}",
        group="partners",
        step="{step} allowed to",
        money="the largest share that a nation may pay",
    ),
)
KEY_MAX = Family(
    name="key_max",
    index=NationIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.RULE,
    place=_nation_place,
    origins=_key_origins,
    needed=_by_key,
    lazy=True,
    counted=CountedRule.KEY_MAX,
    words=Words(
        limit="the burden-sharing key of {object}",
        group="partners",
        step="{step} allowed by the key to",
        money="the burden-sharing key",
    ),
)
CONTRIBUTION_MIN = Family(
    name="contribution_min",
    index=NationIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_BELOW,
    kind=Kind.RULE,
    place=_nation_place,
    origins=_nation_origins("contribution_min", lambda nation: nation.contribution_min),
    needed=_asks_least,
    lazy=True,
    share=Share.APART,
    counted=CountedRule.CONTRIBUTION_MIN,
    words=Words(
        limit="the least contribution of {object}",
        group="partners",
        step="{step} less asked of",
        money="the least share that nations must pay",
    ),
)
KEY_MIN = Family(
    name="key_min",
    index=NationIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_BELOW,
    kind=Kind.RULE,
    place=_nation_place,
    origins=_key_origins,
    needed=_by_key,
    lazy=True,
    counted=CountedRule.KEY_MIN,
    words=Words(
        limit="the burden-sharing key of {object}",
        group="partners",
        step="{step} less asked by the key of",
        money="the burden-sharing key",
    ),
)
WORK_SHARE = Family(
    name="work_share",
    index=NationIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.NEVER_BELOW,
    kind=Kind.RULE,
    place=_nation_place,
    origins=_nation_origins("work_share_min", lambda nation: nation.work_share_min),
    needed=_asks_work,
    lazy=True,
    share=Share.APART,
    counted=CountedRule.WORK_SHARE,
    words=Words(
        limit="the work share of {object}",
        group="partners",
        step="{step} less of work required in",
        money="a work share",
    ),
)
PAYMENT_LOCK = Family(
    name="payment_lock",
    index=PaymentLockIndex,
    unit="money",
    dual="per unit of money",
    sign=Sign.AS_BOUND,
    kind=Kind.RULE,
    place=_lock_place,
    right_hand_side=payment_amounts,
    origins=_lock_origins,
    needed=_locks_payments,
    lazy=True,
    adds_up=True,
    words=Words(
        group="partners",
        limit="lock {object}",
        step="{step} less bound by lock",
        lacking="for the lock {object}",
        money="a lock on payments",
        by_year=True,
    ),
)
# Those that can hold money back in the order in which they are tried (see `planner.analysis.money.idle`).
FAMILIES = (
    CONTRIBUTION_BALANCE,
    CONTRIBUTED_TOTAL,
    CONTRIBUTION_LIMIT,
    CONTRIBUTION_MAX,
    KEY_MAX,
    CONTRIBUTION_MIN,
    KEY_MIN,
    WORK_SHARE,
    PAYMENT_LOCK,
)
