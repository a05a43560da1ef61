"""What is planned: the frozen, fully resolved planning instance that every later stage reads.

All defaults are filled in, all references checked, all lists and groups spelled out, all money in the
currency of the settings, all periods 0-based, all windows `range`s already clipped to the horizon.
An unlimited capacity is `math.inf`. Quantities are in the item's own unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

from planner.domain.cells import Cells
from planner.domain.contingency.contingencies import Case, Contingency, Disruption, cases_of
from planner.domain.contingency.recipients import Recipients, moved_items
from planner.domain.contingency.uncertainty import Uncertainty
from planner.domain.horizon import Horizon
from planner.domain.past import Past
from planner.domain.rules import Changeable, Consent, Lock, Policy

Profile = tuple[float, ...]  # one value per period


def share_left(left: Profile, period: int) -> float:
    """The share of a capacity that is left in a period; an empty profile leaves all."""
    return left[period] if left else 1.0


def share_kept(before: float, now: float) -> float:
    """The share of a stock that is left where the share that is left of its place falls."""
    return now / before if now < before else 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The table Settings, with defaults filled in. Money is in `currency`."""

    title: str = ""
    currency: str = "EUR"
    discount_rate: float = 0.0  # per year
    objective: str = "lexicographic"  # or "weighted"
    level_tolerance: float = 0.0
    materiality: float = 1e-4  # share of the larger of two values of an aim up to which they count as equal
    marking: str = ""
    key_tolerance: float | None = None  # None: the burden-sharing key is only reported
    frozen: int = 0  # first periods in which the previous plan is fixed
    departure_cap: float | None = None  # share of the previous plan
    risk_weight: float = 0.0  # of the worst cases of contingencies beside the expected one
    risk_tail: float = 0.9  # share of the cases, by weight, that are not among the worst


@dataclass(frozen=True, slots=True)
class Nation:
    """A row of Nations: its groups and rules, as shares; None: the rule is not set."""

    name: str
    title: str = ""
    groups: frozenset[str] = frozenset()
    beneficiary: bool = False
    key: float | None = None
    contribution_min: float | None = None
    contribution_max: float | None = None
    work_share_min: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of goods. Costs are in currency; weight, volume and explosive content (`neq_kg`) are per unit."""

    name: str
    title: str = ""
    category: str = ""
    cost_type: str = "procurement"  # or works, training
    lot: float | None = None
    domain: str = ""
    unit: str = "unit"
    weight_t: float = 1.0
    volume_m3: float = 0.0
    neq_kg: float = 0.0
    shelf_life: int | None = None  # periods; None: does not expire
    holding_cost: float = 0.0  # per unit and period
    scrap_cost: float = 0.0  # per unit
    value: float | None = None  # as given; see domain.values for the derived one


@dataclass(frozen=True, slots=True)
class Node:
    """A place. `open`: its periods (0-based); what is stored and moved there is limited in t, m3 and kg of explosive
    content.
    """

    name: str
    kind: str  # factory, depot, transit, destination, market
    open: range
    nation: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    storage_t: Profile = ()  # Capacity rows applied; inf: unlimited; 0: stock of every item forbidden
    storage_by_default: bool = False  # 0 as a transit node's default: NodeItems.storage lifts it for its item
    storage_m3: float = inf
    storage_neq_kg: float = inf
    holding_cost: float = 0.0  # per t and period
    throughput_t: float = inf  # per period
    access: frozenset[str] = frozenset()
    closing: int | None = None  # the last open period, where the node closes before the horizon ends
    left: Profile = ()  # share of its capacities that is left, by period; 0: closed; empty: all of them
    title: str = ""

    def is_open(self, period: int) -> bool:
        """Is the 0-based period in the window of the node, and has no certain disruption closed it then?"""
        return period in self.open and share_left(self.left, period) > 0

    def kept(self, period: int) -> float:
        """The share of the stock carried into a period that is left: new ÷ old share, whenever that falls."""
        return share_kept(share_left(self.left, period - 1) if period > 0 else 1.0, share_left(self.left, period))


@dataclass(frozen=True, slots=True)
class NodeItem:
    """Where one item at one node differs. `storage` in units, None if not given."""

    storage: float | None = None
    holding_cost: float = 0.0  # per unit and period, on top of the node's and the item's


@dataclass(frozen=True, slots=True)
class Leg:
    """One direction of a route. `name` is unique; it is `route` itself for the direction as typed."""

    name: str
    route: str
    origin: str
    destination: str
    open: range  # dispatch periods
    mode: str = ""
    lead_time: int = 0  # periods
    cost_per_t: float = 0.0
    capacity_t: Profile = ()
    capacity_m3: float = inf
    excluded: frozenset[str] = frozenset()  # items that may not use it
    nations: frozenset[str] = frozenset()  # for which it carries goods; empty: for all
    days: float | None = None  # in transit; None: as many as lead_time says
    left: Profile = ()  # share of its capacities that is left, by period; empty: all of them


@dataclass(frozen=True, slots=True)
class RouteItem:
    """What differs on a route for one item."""

    cost: float | None = None  # per unit, replaces the route's
    capacity: float = inf  # units per period and direction


@dataclass(frozen=True, slots=True)
class Order:
    """Good units ordered before the horizon; `paid` is the share of their cost paid before it."""

    quantity: float
    paid: float


@dataclass(frozen=True, slots=True)
class Line:
    """One item at one factory (or market). Rates count units started: good units ÷ `yield_`."""

    name: str
    factory: str
    item: str
    open: range  # completion periods: the line's and its node's window, and not before order_lead_time
    unit_cost: float = 0.0  # per good unit
    capacity: Profile = ()  # without expansions; Capacity rows applied
    min_rate: float = 0.0
    start_rate: float | None = None
    ramp: float = inf
    yield_: float = 1.0
    resources: Mapping[str, float] = field(default_factory=dict)  # resource -> use per unit started
    order_lead_time: int = 0
    advance: float = 0.0
    content: Mapping[str, float] = field(default_factory=dict)  # nation -> share; empty: no nation
    components: Mapping[str, float] = field(default_factory=dict)  # item -> quantity per unit started
    orders: Mapping[int, Order] = field(default_factory=dict)  # period of completion, before `open` -> order
    left: Profile = ()  # share of its capacity that is left, by period; empty: all of it


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that lines share at a factory, with its capacity by period."""

    name: str
    factory: str | None = None
    capacity: Profile = ()  # without expansions; Capacity rows applied


@dataclass(frozen=True, slots=True)
class Expansion:
    """Capacity that can be bought. `limit`: units of capacity in all; `lead_time`: periods until it can be used;
    `content`: nation → share of its cost.
    """

    name: str
    kind: str  # line, resource, node, route: what `object` names
    object: str
    cost: float  # once, per unit of capacity
    buy: range  # periods of purchase
    limit: float = inf
    lead_time: int = 0
    content: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Supply:
    """Goods that are there at the start (`opening`) or arrive, already ordered, in `period`."""

    node: str
    item: str
    quantity: float
    period: int = 0
    opening: bool = True
    age: int = 0
    nation: str | None = None

    @property
    def made(self) -> int:
        """The period in which it counts as made (negative: before the horizon)."""
        return self.period - self.age


@dataclass(frozen=True, slots=True)
class Commitment:
    """What demands belong to: who made it, and whether it is binding."""

    name: str
    title: str = ""
    pillar: str = ""
    nations: tuple[str, ...] = ()
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """`window` holds the periods due … due + max_delay that lie in the horizon; `due` is negative where it was
    due before the horizon.

    A demand is identified by `key`: names repeat over periods in a wide table.
    """

    name: str
    destination: str
    item: str
    due: int
    quantity: float
    window: range
    commitment: str | None = None
    binding: bool = False
    priority: float = 1.0
    shortage_cost: float | None = None  # per unit; None: must be met under the weighted objective
    delay_cost: float = 0.0  # per unit and period
    max_delay: int = 0  # periods; the window is cut at the horizon's end, this is not

    @property
    def key(self) -> tuple[str, int]:
        """(name, due period)."""
        return self.name, self.due

    @property
    def counted(self) -> int:
        """The period in which its shortage counts: the first, if it was due before the horizon."""
        return max(self.due, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """Stock that is wanted in some periods, over all `nodes` and `items`, as a `quantity` or as days of the coming
    demand.
    """

    name: str
    nodes: tuple[str, ...]
    items: tuple[str, ...]
    periods: range
    quantity: float | None = None
    days_of_supply: float | None = None
    priority: float = 1.0
    shortage_cost: float | None = None  # None: must hold under the weighted objective


@dataclass(frozen=True, slots=True)
class Budget:
    """`amount` of `contributor` for fiscal `year`, usable from period `available` on."""

    contributor: str
    year: int
    amount: float
    available: int = 0  # 0-based; ≥ the horizon's length: never
    stated: float | None = None  # what the input says, where a certain disruption leaves `amount` of it


@dataclass(frozen=True, slots=True)
class Tranche:
    """`amount`: what a fund may have paid by the end of `period`, before the horizon included."""

    period: int  # 0-based, within the horizon
    amount: float


@dataclass(frozen=True, slots=True)
class EligibilityRule:
    """What one row admits. None: everything; an empty set: nothing."""

    cost_types: frozenset[str] | None = None
    items: frozenset[str] | None = None
    producers: frozenset[str] | None = None  # nations
    beneficiaries: frozenset[str] | None = None  # nations
    tier: int = 1


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund with its rules. Shares are fractions; money is in currency."""

    name: str
    open: range  # the periods whose costs it may pay
    kind: str = "budget"  # grant, pledge, budget, loan
    carry_over: bool = False
    cofinancing: float = 1.0  # highest share of a cost
    interest: float = 0.0  # per year
    ceiling: float = inf
    content_group: frozenset[str] = frozenset()  # nations
    content_min: float | None = None
    content_scope: str = "line"  # or "fund"
    min_nations: int | None = None
    min_nations_enforced: bool = False
    part_min: float = 0.001  # share of the fund's payments from which on a nation takes part
    basis: str = "cash"  # or "commitment"
    eligibility: tuple[EligibilityRule, ...] = ()  # empty: pays for everything
    budgets: tuple[Budget, ...] = ()
    since: int = 0  # its first period, perhaps before the horizon
    tranches: tuple[Tranche, ...] = ()
    title: str = ""

    def pays_in(self, budget: Budget, year: int) -> bool:
        """May a row of its budgets pay for costs of a fiscal year, if it is there by then?"""
        return budget.year <= year if self.carry_over else budget.year == year

    def usable(self, period: int, year: int) -> tuple[Budget, ...]:
        """The rows of its budgets, be they of 0, that payments of fiscal `year` up to `period` (0-based)
        may draw on.
        """
        return tuple(budget for budget in self.budgets if budget.available <= period and self.pays_in(budget, year))

    def usable_within(self, horizon: Horizon) -> tuple[Budget, ...]:
        """The rows of its budgets that payments of the horizon may draw on, each once."""
        years = horizon.fiscal_years
        last = len(years) - 1
        if self.carry_over:
            return self.usable(last, years[last])
        ends = (end for end in range(last + 1) if end == last or years[end + 1] != years[end])
        return tuple(budget for end in ends for budget in self.usable(end, years[end]))


@dataclass(frozen=True, slots=True)
class PreviousPlan:
    """What was planned before, from which departures are weighed; what is not named was planned to be 0."""

    production: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (line, period) -> good units
    shipments: Mapping[tuple[str, str, int], float] = field(default_factory=dict)  # (item, leg, period) -> units

    def __bool__(self) -> bool:
        return bool(self.production or self.shipments)


@dataclass(frozen=True)
class PlanningInstance:
    """Everything the optimiser may know. Mappings keep the order of the input."""

    settings: Settings
    horizon: Horizon
    items: Mapping[str, Item]
    nodes: Mapping[str, Node]
    nations: Mapping[str, Nation] = field(default_factory=dict)
    node_items: Mapping[tuple[str, str], NodeItem] = field(default_factory=dict)  # (item, node)
    legs: Mapping[str, Leg] = field(default_factory=dict)
    route_items: Mapping[tuple[str, str], RouteItem] = field(default_factory=dict)  # (item, route)
    lines: Mapping[str, Line] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    expansions: Mapping[str, Expansion] = field(default_factory=dict)
    supplies: tuple[Supply, ...] = ()
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    demands: tuple[Demand, ...] = ()
    targets: Mapping[str, Target] = field(default_factory=dict)
    funds: Mapping[str, Fund] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    consents: tuple[Consent, ...] = ()
    locks: tuple[Lock, ...] = ()
    changeable: tuple[Changeable, ...] = ()  # empty: everything is, at default prices
    contingencies: Mapping[str, Contingency] = field(default_factory=dict)
    certain: tuple[Disruption, ...] = ()  # what is lost in any case, by date
    open_to_responses: frozenset[str] = frozenset()  # nodes on which every recipient may draw in responses
    uncertainties: tuple[Uncertainty, ...] = ()  # what planner stress lets vary
    previous: PreviousPlan = PreviousPlan()
    past: Past = field(default_factory=Past)
    contributors_apart: bool = False  # distinguished in every fund, also where no rule asks for it
    removed_by_events: tuple[str, ...] = ()  # rows that an event which does not happen took away
    not_enforced: tuple[str, ...] = ()  # filled rules that this version reads but does not enforce
    notes: tuple[str, ...] = ()  # what notes sheets and columns say, for the report's sources
    bill: Mapping[str, frozenset[str]] = field(default_factory=dict)  # item -> components, also where no line makes it
    unit_values: Mapping[str, float] = field(default_factory=dict)  # item -> value, money per unit
    cells: Cells | None = field(default=None, compare=False, repr=False)  # where its figures are typed

    @property
    def money_is_limited(self) -> bool:
        """With no Budgets rows money is counted but not limited."""
        return any(fund.budgets for fund in self.funds.values())

    def holding_cost(self, item: str, node: str) -> float:
        """Money per unit and period in stock: the item's + the node's per tonne × weight + NodeItems'."""
        goods, place, stated = self.items[item], self.nodes[node], self.node_items.get((item, node))
        return goods.holding_cost + place.holding_cost * goods.weight_t + (stated.holding_cost if stated else 0.0)

    @cached_property
    def components(self) -> frozenset[str]:
        """Items that some line is made of; all others are finished."""
        return frozenset(component for line in self.lines.values() for component in line.components)

    @cached_property
    def made_of(self) -> Mapping[str, frozenset[str]]:
        """Item → its components, whether or not a line makes it of them."""
        made_of = defaultdict(frozenset, self.bill)
        for line in self.lines.values():
            made_of[line.item] |= {part for part, quantity in line.components.items() if quantity > 0}
        return dict(made_of)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The cases that the plan prepares an answer for."""
        return cases_of(self.contingencies.values(), self.horizon.periods)

    @cached_property
    def cases_by_key(self) -> dict[tuple[str, int], Case]:
        """(contingency, strike) → case."""
        return {case.key: case for case in self.cases}

    @cached_property
    def recipients(self) -> Recipients:
        """For whom goods are, and which items are distinguished by it."""
        return Recipients(self)

    @cached_property
    def struck_items(self) -> frozenset[str]:
        """Items that move in some response."""
        wanted = {item for case in self.cases for item in case.contingency.items}
        return moved_items(self, wanted)

    @cached_property
    def discount(self) -> Profile:
        """[period]: the factor by which a cost that falls in it is discounted to the first period."""
        return self.horizon.discount_factors(self.settings.discount_rate)

    @cached_property
    def demands_by_key(self) -> dict[tuple[str, int], Demand]:
        """(name, due) → demand."""
        return {demand.key: demand for demand in self.demands}

    def nation_of(self, node: str) -> str | None:
        """The nation of a node; None where it has none. Raises KeyError for an unknown node."""
        return self.nodes[node].nation
