"""What is known of a family of rows: declared once, beside the function that adds the rows.

`planner.formulation.families` gathers the declarations. Right-hand sides, prices, conflicts, what is not enforced, the
analysis of money and the reports walk it; none of them names a family.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from math import isfinite, prod
from statistics import mode
from typing import Any, NamedTuple

from planner.domain.budget_periods import BudgetPeriods
from planner.domain.cells import Field
from planner.domain.contingency.contingencies import Case, Disruption
from planner.domain.contingency.response import Need, needs
from planner.domain.history_slack import CountedRule
from planner.domain.instance import PlanningInstance, Profile
from planner.domain.rules import Lock
from planner.formulation.model.model import Bounds, Frame, Model

Place = tuple[str, str | None, int | None]  # object, item (where there is one), period 1…P
Shape = Callable[[Any], object]  # of an object of the instance: what must not change


class Kind(Enum):
    """What a family is to those who plan."""

    IDENTITY = "says what quantities are; no figure of the input could make it another"
    SUPPLY = "goods of the input enter it"
    TASK = "what is wanted, or was ordered"
    LIMIT = "an amount that may be used, and could be raised"
    RULE = "holds back without an amount of its own to raise"
    CHOICE = "who takes part, which is fixed before prices are found"


class Share(Enum):
    """Where a family's figure is a share: of what. Its right-hand sides say nothing to a reader."""

    INCLUDED = "part of a whole whose columns include those of the part"
    APART = "part beside a whole that is kept separate"
    CHOSEN = "part of who takes part"


class Sign(Enum):
    """Of a dual: the objective per further unit on the right-hand side, where the objective is minimised."""

    NEVER_ABOVE = "≤ 0"  # rows ≤
    NEVER_BELOW = "≥ 0"  # rows ≥
    EITHER = "of either sign"  # rows =
    AS_BOUND = "≤ 0 of a maximum, ≥ 0 of a minimum"


class Origin(NamedTuple):
    """A figure that a row's right-hand side is made of.

    `value`: what it says, in the unit of its column (money in the currency of Settings); None where it is no number.
    `slope`: by how much the right-hand side rises per unit of it; 0 where it is a factor of the row's terms (a share),
    or no number.
    """

    field: Field
    value: float | None = None
    slope: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people read. Blank: the family is never described so. {object} and {item} are those of the row's place.

    `group`: of the reports (money, production, transport, storage, partners). `limit`: a limit that is used up, or a
    rule that holds back, by name. `step`: what one more unit is called, before the object; {step} is the unit of money,
    {unit} the item's. `lacking`: what is lacking, after the amount. `money`: what holds a fund's money back. `by_year`:
    rows stand for fiscal years.
    """

    group: str = ""
    limit: str = ""
    step: str = ""
    lacking: str = ""
    money: str = ""
    by_year: bool = False


class Directory:
    """An instance, and what the places of rows are looked up in."""

    def __init__(self, instance: PlanningInstance) -> None:
        self.instance = instance

    @cached_property
    def budget_periods(self) -> tuple[range, ...]:
        """The budget periods in order, each a range of periods (0-based)."""
        return BudgetPeriods(self.instance).ranges

    @cached_property
    def locks(self) -> Mapping[str, Lock]:
        """The locks by name."""
        return {lock.name: lock for lock in self.instance.locks}

    @cached_property
    def cases(self) -> Mapping[tuple[str, int], Case]:
        """The cases of the instance, by contingency and strike."""
        return {case.key: case for case in self.instance.cases}

    @cached_property
    def needs(self) -> Mapping[tuple[str, int], Mapping[tuple[str, int], Need]]:
        """By contingency and strike, then by name and period due, from the beginning of the response."""
        return {key: {need.wanted.key: need for need in needs(self.instance, case)} for key, case in self.cases.items()}

    def last_period(self, year: int) -> int:
        """The last period, 1…P, of a fiscal year."""
        years = self.instance.horizon.fiscal_years
        return max(period for period, of in enumerate(years, 1) if of == year)


def always(_: PlanningInstance) -> bool:
    """True: for families that every input needs."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of rows.

    `index`: the named fields of a row's key. `unit`: of the rows, as `models/full.toml` spells it; money stands in the
    model's own unit. `dual`: the unit of a price; `sign`: of the dual. `kind`: what it is to those who plan.

    `right_hand_side`: key → bound from the input; None where it is 0, or comes from what is no limit or amount of the
    plan to be (orders placed, the previous plan, what happened before the horizon). `figures`: collection of the
    instance → field → what else depends on it: fields that feed right-hand sides alone as long as that stays as it is.
    `built_anew`: quantities or budgets are among its coefficients, or its bounds are sums of amounts: a change of the
    input builds a model with such rows anew.

    `origins`: the figures that a row is made of (none of an identity). `place`: where a row stands, in the words of the
    input. `size`: the limit of an (object, item), by period or one for all; empty where it is not known.
    `hits`: the certain disruptions that leave less of those figures in the row's period.
    `needed`: do the data call for it? `by_levels`: it has no say in a weighted sum.

    `lazy`: left out of the first solves, as most plans keep it alone. `cumulative`: a row counts what came before it
    too, so that its figures add up, and the rows do not. `adds_up`: amounts add up over periods and objects, as what
    flows does; what is in stock, or a rise, does not. `is_fund_money`: limits the money of the index's fund. `counted`:
    as what rule its rows count what happened before the horizon; None: they do not. `in_responses`: the response to
    each case has such rows too, with the plan's limits.
    """

    name: str
    index: Callable[..., Any]
    unit: str
    dual: str
    sign: Sign
    kind: Kind
    place: Callable[[Directory, Any], Place]
    right_hand_side: Callable[[Frame], Bounds] | None = None
    figures: Mapping[str, Mapping[str, Shape]] = field(default_factory=dict)
    built_anew: bool = False
    origins: Callable[[Model, Any], Iterator[Origin]] | None = None
    hits: Callable[[PlanningInstance, Any], tuple[Disruption, ...]] | None = None
    size: Callable[[PlanningInstance, str, str], Profile] | None = None
    needed: Callable[[PlanningInstance], bool] = always
    by_levels: bool = False
    lazy: bool = False
    cumulative: bool = False
    adds_up: bool = False
    is_fund_money: bool = False
    counted: CountedRule | None = None
    in_responses: bool = False
    share: Share | None = None
    words: Words = Words()


# ── Figures of the input ─────────────────────────────────────────────────────────────────────────


def anything(_: Any) -> object:
    """The shape of a field on which nothing else depends."""
    return None


def figure(table: str, column: str, **key: Hashable) -> Field:
    """A figure of the input; a column called as a word of Python has `_` behind it."""
    return Field(table, tuple((name.rstrip("_"), value) for name, value in key.items()), column)


def capacity(model: Model, fixed: Field, name: str, profile: Profile, period: int) -> Iterator[Origin]:
    """A capacity of single periods where there is one, else the fixed one."""
    single = figure("Capacity", "quantity", object=name, period=period)
    cells = model.instance.cells
    is_single = profile[period] != mode(profile) if cells is None else bool(cells.of(single))
    yield Origin(single if is_single else fixed, profile[period], 1.0)


def reduced_by(origins: Iterable[Origin], hits: Sequence[Disruption]) -> Iterator[Origin]:
    """Figures of which certain disruptions leave less: each times the factors; and each factor.

    A figure of which nothing is left, or that is no limit, is none of them: only the factor could be another.
    """
    left = prod(hit.factor for hit in hits)
    for origin in origins:
        is_limit = origin.value is not None and isfinite(origin.value)
        if not hits:
            yield origin
            continue
        if is_limit and left > 0:
            yield origin._replace(slope=origin.slope * left)
        for number, hit in enumerate(hits):
            others = prod(other.factor for index, other in enumerate(hits) if index != number)
            field = disruption_field(hit)
            whole = (origin.value or 0.0) * origin.slope * others if is_limit else 0.0
            yield Origin(field, hit.factor, whole)


def disruption_field(hit: Disruption, contingency: str | None = None) -> Field:
    """The factor of a disruption of a contingency; None: of a certain one."""
    return figure(
        "Disruptions", "factor", contingency=contingency, kind=hit.kind, name=hit.name, from_=hit.first, to=hit.last
    )


def no_more(_: Model, __: Any) -> Iterator[Origin]:
    """Balances have no figures of their own but supplies, which are gathered apart."""
    yield from ()
