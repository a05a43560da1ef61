"""Goods, written down from the contract as plainly as it reads: every index, no pruning.

Perishable goods are told apart by the period they were made in (`made`), all others have `made` None.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from plain.agreements import Decision, add_agreements
from plain.departures import departures
from plain.lp import PlainLp, Terms
from plain.world import Row, World, number

Made = int | None
EARLIEST = -3  # the oldest goods that any world begins with


@dataclass(frozen=True)
class Cost:
    """`amount` of money per unit of `variable`, due in `period`, ordered in `ordered`, for an object."""

    cost_type: str
    object: str
    period: int
    variable: int
    amount: float
    ordered: int


@dataclass
class Goods:
    """The rows about goods, and what they give to the objectives and to the funds."""

    world: World
    lp: PlainLp = field(default_factory=PlainLp)
    costs: list[Cost] = field(default_factory=list)
    penalties: Terms = field(default_factory=list)  # weighted: shortage, delay, targets missed; discounted
    levels: dict[str, Terms] = field(default_factory=lambda: defaultdict(list))
    balance: dict[tuple[str, str, int, Made], Terms] = field(default_factory=lambda: defaultdict(list))
    handled: dict[tuple[str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    use: dict[tuple[str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    ready: dict[tuple[str, str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    held: dict[tuple[str, str, int], Terms] = field(default_factory=lambda: defaultdict(list))
    delivered: dict[tuple[str, str], Terms] = field(default_factory=lambda: defaultdict(list))

    decisions: list[Decision] = field(default_factory=list)
    payments: list[tuple[tuple[str, str, str, int], int]] = field(
        default_factory=list
    )  # (fund, cost type, object, period), variable
    given: list[tuple[str, str, int, int]] = field(default_factory=list)  # fund, contributor, period, variable

    def __post_init__(self) -> None:
        self._expansions()
        self._lines()
        self._routes()
        self._demand()
        self._throughput()
        for node in self.world.nodes:
            for period in self.world.periods:
                self._storage(node, period)
        self._balances()
        self._targets()
        add_agreements(self.world, self.lp, self.decisions)
        for level, terms in departures(self.world, self.lp, self.decisions).items():
            self.levels[level] = terms

    def _decide(self, kind: str, period: int, variable: int, **about: str) -> None:
        self.decisions.append(Decision(kind, period, about, variable))

    def _cost(
        self, cost_type: str, name: str, period: int, variable: int, amount: float, ordered: int | None = None
    ) -> None:
        if amount:
            when = period if ordered is None else ordered
            self.costs.append(Cost(cost_type, name, period, variable, amount, when))

    def made_in(self, item: str, period: int) -> Made:
        return None if self.world.shelf_life(item) == inf else period

    def classes(self, item: str, period: int, until: int | None = None) -> Iterator[Made]:
        """The classes of an item that exist in a period and may still be used in `until` (default: it)."""
        life, until = self.world.shelf_life(item), period if until is None else until
        if life == inf:
            yield None
        else:
            yield from (made for made in range(EARLIEST, period + 1) if until <= made + life)

    def _expansions(self) -> None:
        for name, row in self.world.expansions.items():
            kind = next(kind for kind in ("line", "resource", "node", "route") if row[kind] != "")
            bought: Terms = []
            for period in self.world.window(row, "first", "last"):
                first = period + int(number(row, "lead_time"))
                if first not in self.world.periods:
                    continue
                variable = self.lp.variable()
                bought.append((variable, 1.0))
                self._decide("invest", period, variable, expansion=name)
                self._cost("capacity", name, period, variable, number(row, "cost"))
                for later in self.world.periods[first:]:
                    self.ready[kind, str(row[kind]), later].append((variable, -1.0))
            self.lp.row(bought, upper=number(row, "limit", inf))

    def _lines(self) -> None:
        for name, row in self.world.lines.items():
            for period, variable in self._line(name, row).items():
                for resource, hours in self._hours(name, row):
                    self.use[resource, period].append((variable, hours / number(row, "yield", 1)))
        self._orders()
        for name, row in self.world.resources.items():
            capacity = self.world.capacity(name, number(row, "capacity", inf))
            for period in self.world.periods:
                left = self.world.left("node", str(row["factory"]), period)
                terms = self.use[name, period] + _part(left, self.ready["resource", name, period])
                self.lp.row(terms, upper=_limit(capacity[period], left))

    def _hours(self, name: str, row: Row) -> Iterator[tuple[str, float]]:
        if row["resource"] != "":
            yield str(row["resource"]), number(row, "resource_use", 1)
        for other in self.world.rows("ResourceUse"):
            if other["line"] == name:
                yield str(other["resource"]), number(other, "use")

    def _line(self, name: str, row: Row) -> dict[int, int]:
        """Its production, by period; rates count units started."""
        world, factory, item = self.world, str(row["factory"]), str(row["item"])
        started, ramp = 1 / number(row, "yield", 1), number(row, "ramp", inf)
        capacity = world.capacity(name, number(row, "capacity", inf))
        lead = int(number(row, "order_lead_time"))
        made: dict[int, int] = {}
        due = number(row, "start_rate", inf)
        for period in world.window(row):
            if period < lead or period not in world.node_open[factory]:
                continue
            variable = self.lp.variable()
            banned = world.forbidden("nations", world.nation_of(factory), item, period)
            banned = banned or world.forbidden("nodes", factory, item, period)
            left = world.left("line", name, period) * world.left("node", factory, period)
            limit = 0.0 if banned else _limit(capacity[period], left)
            due = min(number(row, "min_rate"), limit, due + ramp)
            added = [] if banned else _part(left, self.ready["line", name, period])
            self.lp.row([(variable, started), *added], upper=limit)
            self.lp.row([(variable, started)], lower=due)
            if period - 1 in made:
                self.lp.row([(variable, started), (made[period - 1], -started)], upper=ramp)
            elif row["start_rate"] != "":
                self.lp.row([(variable, started)], upper=number(row, "start_rate") + ramp)
            made[period] = variable
            self._decide("make", period, variable, line=name, node=factory, item=item)
            self._making(name, row, period, variable, lead)
        return made

    def _orders(self) -> None:
        """Of what was ordered before the horizon the rest is paid on completion; it takes no capacity of the line."""
        for order in self.world.rows("Orders"):
            name, period = str(order["line"]), int(order["period"]) - 1
            row, variable = self.world.lines[name], self.lp.variable()
            left = self.world.left("line", name, period) * self.world.left("node", str(row["factory"]), period)
            done = number(order, "quantity") * left
            self.lp.row([(variable, 1.0)], done, done)
            for resource, hours in self._hours(name, row):
                self.use[resource, period].append((variable, hours / number(row, "yield", 1)))
            rest = number(row, "unit_cost") * (1 - number(order, "paid", number(row, "advance")))
            cost_type = str(self.world.items[str(row["item"])]["cost_type"])
            self._cost(cost_type, name, period, variable, rest)
            self._decide("make", period, variable, line=name, node=str(row["factory"]), item=str(row["item"]))
            self._turn_out(row, period, variable)

    def _making(self, name: str, row: Row, period: int, variable: int, lead: int) -> None:
        """What a new order costs, gives and takes."""
        cost, advance = number(row, "unit_cost"), number(row, "advance")
        cost_type = str(self.world.items[str(row["item"])]["cost_type"])
        self._cost(cost_type, name, period - lead, variable, cost * advance, period - lead)
        self._cost(cost_type, name, period, variable, cost * (1 - advance), period - lead)
        self._turn_out(row, period, variable)

    def _turn_out(self, row: Row, period: int, variable: int) -> None:
        """What a completion gives and takes."""
        item, factory = str(row["item"]), str(row["factory"])
        self.balance[item, factory, period, self.made_in(item, period)].append((variable, 1.0))
        for component, quantity in self.world.parts(row).items():
            needed = quantity / number(row, "yield", 1)
            used: Terms = []
            for made in self.classes(component, period):
                taken = self.lp.variable()
                used.append((taken, 1.0))
                self.balance[component, factory, period, made].append((taken, -1.0))
            self.lp.row([*used, (variable, -needed)], 0.0, 0.0)

    def _routes(self) -> None:
        for row in self.world.rows("Routes"):
            ends = str(row["origin"]), str(row["destination"])
            for origin, destination in (ends, ends[::-1]) if row["both_ways"] == "yes" else (ends,):
                for period in self.world.window(row):
                    self._departures(row, origin, destination, period)

    def _departures(self, row: Row, origin: str, destination: str, period: int) -> None:
        world, route = self.world, str(row["route"])
        arrives = period + int(number(row, "lead_time"))
        left = world.left("route", route, period)
        if not left or not world.is_open(origin, period) or not world.is_open(destination, arrives):
            return
        weight: Terms = _part(left, self.ready["route", route, period])
        volume: Terms = []
        excluded = world.items_meant(row, "excludes") if row["excludes"] != "" else set()
        own = {str(entry["item"]): entry for entry in world.rows("RouteItems") if entry["route"] == route}
        for item, facts in world.items.items():
            if item in excluded or world.forbidden("routes", route, item, period):
                continue
            heavy, entry, units = number(facts, "weight", 1), own.get(item, {}), []
            for made in self.classes(item, period, arrives):
                variable = self.lp.variable()
                self.balance[item, origin, period, made].append((variable, -1.0))
                self.balance[item, destination, arrives, made].append((variable, 1.0))
                self._cost("transport", route, period, variable, number(entry, "cost", number(row, "cost") * heavy))
                units.append((variable, 1.0))
                about = {"route": route, "origin": origin, "destination": destination, "item": item}
                self._decide("ship", period, variable, **about)
                weight.append((variable, heavy))
                volume.append((variable, number(facts, "volume")))
                self.handled[origin, period].append((variable, heavy))
            self.lp.row(units, upper=_limit(number(entry, "capacity", inf), left))
        self.lp.row(weight, upper=_limit(world.capacity(route, number(row, "capacity_t", inf))[period], left))
        self.lp.row(volume, upper=_limit(number(row, "capacity_m3", inf), left))

    def _demand(self) -> None:
        for row in self.world.rows("Demand"):
            item, node = str(row["item"]), str(row["destination"])
            due = int(row["period"]) - 1 - int(number(row, "overdue"))
            worth = number(row, "priority", 1) * self.world.value(item)
            short = self.lp.variable()
            got: Terms = [(short, 1.0)]
            for period in range(due, due + int(number(row, "max_delay")) + 1):
                if period < 0 or not self.world.is_open(node, period):
                    continue
                late = period - due
                for made in self.classes(item, period):
                    variable = self.lp.variable()
                    got.append((variable, 1.0))
                    self.delivered[node, item].append((variable, 1.0))
                    self._decide("deliver", period, variable, demand=str(row["demand"]), node=node, item=item)
                    self.balance[item, node, period, made].append((variable, -1.0))
                    self.handled[node, period].append((variable, number(self.world.items[item], "weight", 1)))
                    delay = number(row, "delay_cost") * late * self.world.discount[period]
                    self.penalties.append((variable, delay))
                    self.levels["lateness"].append((variable, worth * late))
            self.lp.row(got, number(row, "quantity"), number(row, "quantity"))
            self._short(short, row, worth)

    def _short(self, short: int, row: Row, worth: float) -> None:
        """What it counts to be short of a demand."""
        self._lacking(short, row, int(row["period"]) - 1)
        self._count_short(short, row, worth)

    def _count_short(self, short: int, row: Row, worth: float) -> None:
        level = "binding_shortfall" if row["binding"] == "yes" else "other_shortfall"
        self.levels[level].append((short, worth))

    def _lacking(self, lack: int, row: Row, period: int) -> None:
        """What it costs to lack something; under the weighted objective a blank cost means that nothing may lack."""
        self.penalties.append((lack, number(row, "shortage_cost") * self.world.discount[period]))
        if row["shortage_cost"] == "" and self.world.settings["objective"] == "weighted":
            self.lp.row([(lack, 1.0)], upper=0.0)

    def _throughput(self) -> None:
        for (node, period), terms in self.handled.items():
            limit = number(self.world.nodes[node], "throughput_t", inf)
            self.lp.row(terms, upper=_limit(limit, self.world.left("node", node, period)))

    def _storage(self, node: str, period: int) -> None:
        """Stock at the end of the period with its limits and cost, and what is written off in it."""
        world, row = self.world, self.world.nodes[node]
        limits = [row[column] for column in ("storage_t", "storage_m3", "storage_neq")]
        by_default = row["kind"] == "transit" and limits == ["", "", ""]
        storage = world.capacity(node, 0.0 if by_default else number(row, "storage_t", inf))[period]
        closing = world.node_open[node][-1] if world.node_open[node] else world.periods[-1]
        closed = closing < world.periods[-1] and period >= closing
        left = world.left("node", node, period)
        added = _part(left, self.ready["node", node, period])
        measured: dict[str, Terms] = {"weight": list(added), "volume": [], "neq": []}
        own = {str(entry["item"]): entry for entry in world.rows("NodeItems") if entry["node"] == node}
        for item, facts in world.items.items():
            entry, weight, units = own.get(item, {}), number(facts, "weight", 1), []
            lifted = by_default and entry.get("storage", "") != ""
            none = storage == 0 and not lifted and (weight == 0 or not added)
            cost = number(facts, "holding_cost") + number(row, "holding_cost") * weight + number(entry, "holding_cost")
            for made in self.classes(item, period):
                if not closed or period == closing:
                    scrap = self.lp.variable()
                    self.balance[item, node, period, made].append((scrap, -1.0))
                    self._cost("storage", node, period, scrap, number(facts, "scrap_cost"))
                    self._decide("scrap", period, scrap, node=node, item=item)
                if none or closed or not left or (made is not None and period >= made + world.shelf_life(item)):
                    continue
                stock = self.lp.variable()
                self.balance[item, node, period, made].append((stock, -1.0))
                if period + 1 in world.periods:
                    kept = min(1.0, world.left("node", node, period + 1) / left)
                    self.balance[item, node, period + 1, made].append((stock, kept))
                self._cost("storage", node, period, stock, cost)
                self.held[node, item, period].append((stock, 1.0))
                self._decide("stock", period, stock, node=node, item=item)
                units.append((stock, 1.0))
                measured["weight"] += [] if lifted else [(stock, weight)]
                measured["volume"].append((stock, number(facts, "volume")))
                measured["neq"].append((stock, number(facts, "neq")))
            self.lp.row(units, upper=_limit(number(entry, "storage", inf), left))
        self.lp.row(measured["weight"], upper=_limit(storage, left))
        self.lp.row(measured["volume"], upper=_limit(number(row, "storage_m3", inf), left))
        self.lp.row(measured["neq"], upper=_limit(number(row, "storage_neq", inf), left))

    def _balances(self) -> None:
        """What comes in goes out or stays; stock that is expired when it comes is thrown away at once."""
        supply: dict[tuple[str, str, int, Made], float] = defaultdict(float)
        for row in self.world.rows("Stocks"):
            item, node, period = str(row["item"]), str(row["node"]), int(number(row, "period", 1)) - 1
            made = self.made_in(item, period - int(number(row, "age")))
            supply[item, node, period, made] += number(row, "quantity") * self.world.left("node", node, period)
            if made is not None and made + self.world.shelf_life(item) < period:
                scrap = self.lp.variable()
                self.balance[item, node, period, made].append((scrap, -1.0))
                self._cost("storage", node, period, scrap, number(self.world.items[item], "scrap_cost"))
        for key in {*self.balance, *supply}:
            self.lp.row(self.balance[key], -supply[key], -supply[key])

    def _targets(self) -> None:
        for row in self.world.rows("Targets"):
            items = sorted(self.world.items_meant(row, "items"))
            for period in self.world.window(row, "from", "to"):
                if row["quantity"] != "":
                    worth = sum(self.world.value(item) for item in items) / len(items)
                    self._target(row, items, period, number(row, "quantity"), worth)
                if row["days_of_supply"] != "":
                    for item in items:
                        wanted = self._coming_demand(item, period, number(row, "days_of_supply"))
                        self._target(row, [item], period, wanted, self.world.value(item))

    def _target(self, row: Row, items: list[str], period: int, wanted: float, worth: float) -> None:
        below = self.lp.variable()
        nodes = self.world.nodes_meant(row, "nodes")
        held = [term for node in nodes for item in items for term in self.held[node, item, period]]
        self.lp.row([*held, (below, 1.0)], lower=wanted)
        self._lacking(below, row, period)
        self.levels["target_shortfall"].append((below, number(row, "priority", 1) * worth))

    def _coming_demand(self, item: str, period: int, days: float) -> float:
        demand = [0.0] * len(self.world.periods)
        for row in self.world.rows("Demand"):
            if row["item"] == item and not number(row, "overdue"):
                demand[int(row["period"]) - 1] += number(row, "quantity")
        mean, left, wanted = sum(demand) / len(demand), days / self.world.days_per_period, 0.0
        while left > 0:
            period += 1
            wanted += min(1.0, left) * (demand[period] if period in self.world.periods else mean)
            left -= 1.0
        return wanted


def _limit(fixed: float, left: float) -> float:
    """What is left of a limit; one that is not there stays so."""
    return fixed if fixed == inf and left else fixed * left if left else 0.0


def _part(left: float, terms: Terms) -> Terms:
    return [(variable, left * factor) for variable, factor in terms] if left else []
