"""The contract of guarantees once more, from its words alone, as one plain linear program for tiny worlds.

Everything has its index: each item is told apart by recipient and by the period it was made in, each case has all its
variables, nothing is pruned. Nothing is shared with the program but PuLP. Periods count from 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

import pulp

from tests.worlds.plain_facts import (
    NEVER,
    RESERVE,
    Case,
    Factor,
    Facts,
    Good,
    Need,
    Row,
    World,
    falls,
    names,
    number,
    text,
    times,
)
from tests.worlds.plain_plan_rules import PlanRules

Terms = list[tuple[Any, float]]


class Dispatch(NamedTuple):
    """What goes of an item from one node to another in a period (from 0)."""

    route: str
    origin: str
    destination: str
    item: str
    period: int


Sent = Mapping[Dispatch, float]


@dataclass
class Net:
    """Goods that move between `first` and `last`, in the plan or in a response, with all the rules of goods."""

    facts: Facts
    lp: pulp.LpProblem
    tag: str
    first: int
    last: int
    factor: Factor
    items: set[str]
    plan: Net | None = None  # the plan, of a response
    ship: dict[tuple[str, str, str, Good, int], Any] = field(default_factory=dict)  # route, origin, destination
    stock: dict[tuple[str, Good, int], Any] = field(default_factory=dict)
    make: dict[tuple[str, str, int], Any] = field(default_factory=dict)  # line, recipient
    use: dict[tuple[str, Good, int], Any] = field(default_factory=dict)
    deliver: dict[tuple[int, Good, int], Any] = field(default_factory=dict)  # number of the need
    short: dict[int, Any] = field(default_factory=dict)
    scrap: dict[tuple[str, Good, int], Any] = field(default_factory=dict)
    entry: dict[tuple[str, Good, int], Terms] = field(default_factory=lambda: defaultdict(list))
    terms: dict[tuple[str, Good, int], Terms] = field(default_factory=lambda: defaultdict(list))
    needs: list[Need] = field(default_factory=list)
    count: int = 0

    @property
    def periods(self) -> range:
        return range(self.first, self.last + 1)

    def variable(self) -> Any:
        self.count += 1
        return self.lp.add_variable(f"{self.tag}_{self.count}", lowBound=0)

    def row(self, terms: Terms, sense: str, right: float) -> None:
        if right in (inf, -inf):
            return
        whole = pulp.lpSum(factor * variable for variable, factor in terms)
        if not terms:
            whole = self.zero
        self.lp += {"<": whole <= right, ">": whole >= right, "=": whole == right}[sense]

    @cached_property
    def zero(self) -> Any:
        variable = self.variable()
        self.lp += variable == 0
        return variable

    def goods(self, items: Iterable[str] | None = None) -> Iterator[Good]:
        for item in sorted(self.items if items is None else items):
            classes = [NEVER] if self.facts.life(item) == inf else range(-4, self.last + 1)
            for recipient in self.facts.recipients(item):
                for made in classes:
                    yield item, recipient, made

    def is_open(self, node: str, period: int) -> bool:
        return self.facts.open(self.facts.nodes[node], period) and self.factor("node", node, period) > 0

    opened: frozenset[str] = frozenset()

    def gives(self, node: str, recipient: str) -> bool:
        return node in self.opened or self.facts.admits(self.facts.nodes[node], "access", recipient)

    def usable(self, good: Good, period: int) -> bool:
        return good[2] == NEVER or good[2] <= period <= self.facts.expires(good)

    def enter(self, node: str, good: Good, period: int, terms: Terms) -> None:
        self.entry[node, good, period] += terms
        self.terms[node, good, period] += terms

    # -- what moves -----------------------------------------------------------------------------------------------

    def build(self, needs: list[Need], added: Mapping[tuple[str, str, int], Terms]) -> None:
        self.needs = needs
        self.handled: dict[tuple[str, int], Terms] = defaultdict(list)
        self._routes(added)
        self._lines(added)
        self._deliveries()
        for (node, period), terms in self.handled.items():
            limit = number(self.facts.nodes[node], "throughput_t", inf)
            self.row(terms, "<", times(limit, self.factor("node", node, period)))
        self._stocks(added)
        self._balances()

    def _routes(self, added: Mapping[tuple[str, str, int], Terms]) -> None:
        for row in self.facts.rows("Routes"):
            ends = text(row, "origin"), text(row, "destination")
            for origin, destination in (ends, ends[::-1]) if text(row, "both_ways") == "yes" else (ends,):
                for period in self.periods:
                    self._departures(row, origin, destination, period, added)

    def _departures(
        self, row: Row, origin: str, destination: str, period: int, added: Mapping[tuple[str, str, int], Terms]
    ) -> None:
        facts, route = self.facts, text(row, "route")
        arrives, left = period + int(number(row, "lead_time")), self.factor("route", route, period)
        if arrives > self.last or left == 0 or not facts.open(row, period):
            return
        if not self.is_open(origin, period) or not self.is_open(destination, arrives):
            return
        weight: Terms = [(variable, -left * share) for variable, share in added["route", route, period]]
        volume: Terms = []
        units: dict[str, Terms] = defaultdict(list)
        for good in self.goods():
            item, recipient, _ = good
            if item in names(row, "excludes") or not self.usable(good, period) or arrives > facts.expires(good):
                continue
            if not facts.admits(row, "nations", recipient):
                continue
            if facts.forbidden(item, period, route=route) or facts.withheld(item, origin, destination, period):
                continue
            if not self.gives(origin, recipient):
                continue
            variable = self.ship[route, origin, destination, good, period] = self.variable()
            self.terms[origin, good, period].append((variable, -1.0))
            self.terms[destination, good, arrives].append((variable, 1.0))
            weight.append((variable, facts.weight(item)))
            volume.append((variable, number(facts.items[item], "volume")))
            units[item].append((variable, 1.0))
            self.handled[origin, period].append((variable, facts.weight(item)))
        capacity = facts.capacity(route, period, number(row, "capacity_t", inf))
        self.row(weight, "<", times(capacity, left))
        self.row(volume, "<", times(number(row, "capacity_m3", inf), left))
        for entry in facts.rows("RouteItems"):
            if entry["route"] == route:
                self.row(units[text(entry, "item")], "<", times(number(entry, "capacity", inf), left))

    def _lines(self, added: Mapping[tuple[str, str, int], Terms]) -> None:
        facts = self.facts
        hours: dict[tuple[str, int], Terms] = defaultdict(list)
        for row in facts.rows("Lines"):
            line, factory, item = text(row, "line"), text(row, "factory"), text(row, "item")
            if item not in self.items:
                continue
            due = number(row, "start_rate", inf)
            for period in self.periods:
                if not self._line_open(row, period):
                    continue
                rate: Terms = []
                for recipient in facts.recipients(item):
                    variable = self.make[line, recipient, period] = self.variable()
                    rate.append((variable, 1 / number(row, "yield", 1)))
                    good = (item, recipient, facts.made(item, period))
                    self.terms[factory, good, period].append((variable, 1.0))
                    self._parts(row, recipient, period, variable)
                left = self.factor("line", line, period) * self.factor("node", factory, period)
                limit = times(facts.capacity(line, period, number(row, "capacity", inf)), left)
                more = [(variable, -left * share) for variable, share in added["line", line, period]]
                if facts.forbidden(item, period, node=factory):
                    limit, more = 0.0, []
                self.row([*rate, *more], "<", limit)
                due = min(number(row, "min_rate"), limit, due + number(row, "ramp", inf))
                if self.plan is None:
                    self.row(rate, ">", due)
                elif period < self.first + int(number(row, "order_lead_time")):
                    self._ordered_before(row, rate, period)
                self._ramp(row, rate, period)
                for resource, use in self._uses(row):
                    hours[resource, period] += [(v, use * f) for v, f in rate]
        for row in facts.rows("Resources"):
            name, factory = text(row, "resource"), text(row, "factory")
            for period in self.periods:
                left = self.factor("node", factory, period) if factory else 1.0
                more = [(variable, -left * share) for variable, share in added["resource", name, period]]
                capacity = facts.capacity(name, period, number(row, "capacity", inf))
                self.row([*hours[name, period], *more], "<", times(capacity, left))

    def _uses(self, line: Row) -> Iterator[tuple[str, float]]:
        """(resource, use per unit started)"""
        if text(line, "resource"):
            yield text(line, "resource"), number(line, "resource_use", 1)
        for row in self.facts.rows("ResourceUse"):
            if row["line"] == line["line"]:
                yield text(row, "resource"), number(row, "use")

    def _line_open(self, row: Row, period: int) -> bool:
        node = self.facts.nodes[text(row, "factory")]
        lead = int(number(row, "order_lead_time"))
        return self.facts.open(row, period) and self.facts.open(node, period) and period >= lead

    def _parts(self, row: Row, recipient: str, period: int, made: Any) -> None:
        """Made for whom the parts are."""
        facts, factory = self.facts, text(row, "factory")
        for part, quantity in facts.parts_of(row).items():
            taken: Terms = []
            for good in self.goods([part]):
                if good[1] == recipient and self.usable(good, period):
                    variable = self.use[text(row, "line"), good, period] = self.variable()
                    taken.append((variable, 1.0))
                    self.terms[factory, good, period].append((variable, -1.0))
            self.row([*taken, (made, -quantity / number(row, "yield", 1))], "=", 0.0)

    def _rate(self, row: Row, period: int) -> Terms:
        share = 1 / number(row, "yield", 1)
        line = text(row, "line")
        return [
            (self.make[line, r, period], share)
            for r in self.facts.recipients(text(row, "item"))
            if (line, r, period) in self.make
        ]

    def _ordered_before(self, row: Row, rate: Terms, period: int) -> None:
        assert self.plan is not None
        line, factory = text(row, "line"), text(row, "factory")
        left = self.unforeseen("line", line, period) * self.unforeseen("node", factory, period)
        self.row([*rate, *((v, -left * f) for v, f in self.plan._rate(row, period))], "<", 0.0)

    def unforeseen(self, kind: str, name: str, period: int) -> float:
        """What the plan did not know of: the case's own rows; 0 where nothing is left at all."""
        if self.factor(kind, name, period) == 0:
            return 0.0
        return min([1.0, *self.facts.hits(self.case, kind, name, period)])

    case: Case | None = None

    def _ramp(self, row: Row, rate: Terms, period: int) -> None:
        ramp = number(row, "ramp", inf)
        if self._line_open(row, period - 1) and period > 0:
            before = self._rate(row, period - 1)
            if period == self.first and self.plan is not None:
                before = self.plan._rate(row, period - 1)
            self.row([*rate, *((v, -f) for v, f in before)], "<", ramp)
        elif text(row, "start_rate") != "":
            self.row(rate, "<", number(row, "start_rate") + ramp)

    def _deliveries(self) -> None:
        facts = self.facts
        for code, need in enumerate(self.needs):
            got: Terms = []
            nation = facts.nation(need.node)
            for period in range(need.due, min(need.last, self.last) + 1):
                if not self.is_open(need.node, period) or not self.gives(need.node, nation):
                    continue
                for good in self.goods([need.item]):
                    if good[1] == nation and self.usable(good, period):
                        variable = self.deliver[code, good, period] = self.variable()
                        got.append((variable, 1.0))
                        self.terms[need.node, good, period].append((variable, -1.0))
                        self.handled[need.node, period].append((variable, facts.weight(need.item)))
            variable = self.short[code] = self.variable()
            self.row([*got, (variable, 1.0)], "=", need.quantity)

    def _stocks(self, added: Mapping[tuple[str, str, int], Terms]) -> None:
        facts = self.facts
        for node, row in facts.nodes.items():
            limits = [text(row, column) for column in ("storage_t", "storage_m3", "storage_neq")]
            by_default = text(row, "kind") == "transit" and limits == ["", "", ""]
            fixed = 0.0 if by_default else number(row, "storage_t", inf)
            closing = number(row, "closes", facts.periods) - 1
            own = {text(r, "item"): r for r in facts.rows("NodeItems") if r["node"] == node}
            for period in self.periods:
                left = self.factor("node", node, period)
                if left == 0 or (closing < facts.periods - 1 and period >= closing):
                    continue
                weight: Terms = [(variable, -left * share) for variable, share in added["node", node, period]]
                volume: Terms = []
                explosive: Terms = []
                units: dict[str, Terms] = defaultdict(list)
                storage = facts.capacity(node, period, fixed)
                for good in self.goods():
                    item = good[0]
                    lifted = by_default and text(own.get(item, {}), "storage") != ""
                    none = (
                        storage == 0
                        and not lifted
                        and (facts.weight(item) == 0 or not weight_added(added, node, period))
                    )
                    if none or not self.usable(good, period) or period >= facts.expires(good):
                        continue
                    variable = self.stock[node, good, period] = self.variable()
                    self.terms[node, good, period].append((variable, -1.0))
                    weight += [] if lifted else [(variable, facts.weight(item))]
                    volume.append((variable, number(facts.items[item], "volume")))
                    explosive.append((variable, number(facts.items[item], "neq")))
                    units[item].append((variable, 1.0))
                self.row(explosive, "<", times(number(row, "storage_neq", inf), left))
                self.row(weight, "<", times(storage, left))
                self.row(volume, "<", times(number(row, "storage_m3", inf), left))
                for item, entry in own.items():
                    self.row(units[item], "<", times(number(entry, "storage", inf), left))

    def _balances(self) -> None:
        for (node, good, period), variable in self.stock.items():
            if period < self.last:
                left = falls(self.factor("node", node, period + 1), self.factor("node", node, period))
                self.terms[node, good, period + 1].append((variable, left))
        for (node, good, period), terms in self.terms.items():
            if self.plan is not None:
                self.row(terms, ">", 0.0)
                continue
            scrap = self.scrap[node, good, period] = self.variable()
            self.row([*terms, (scrap, -1.0)], "=", 0.0)


def weight_added(added: Mapping[tuple[str, str, int], Terms], node: str, period: int) -> bool:
    return bool(added["node", node, period])


class Guarantees:
    """The plan and the responses to all cases, as one problem."""

    def __init__(
        self,
        tables: World,
        only: int | None = None,
        shut: frozenset[str] = frozenset(),
        opened: frozenset[str] = frozenset(),
        sent: Sent | None = None,
    ) -> None:
        """`only`: the number of the case that is answered; `shut`, `opened`: nodes from which responses may not draw,
        or on which all may draw; `sent`: what another plan dispatches, the most that may leave the `shut` nodes."""
        self.facts = facts = Facts(tables)
        self.cases = facts.cases if only is None else [facts.cases[only]]
        self.shut, self.opened = shut, opened
        self.lp = pulp.LpProblem("guarantees")
        self.added: dict[tuple[str, str, int], Terms] = defaultdict(list)
        self.bought: dict[tuple[str, int], Any] = {}
        self._expansions()
        self.plan = Net(facts, self.lp, "plan", 0, facts.periods - 1, facts.certain, set(facts.items))
        self._entries(self.plan, range(facts.periods), facts.certain)
        self.plan.build(facts.demands, self.added)
        self.rules = PlanRules(self)
        self.responses = [self._response(code, case) for code, case in enumerate(self.cases)]
        self._leaving(sent)
        self.levels = self._levels()

    def _leaving(self, sent: Sent | None) -> None:
        items = {item for net in self.responses for item in net.items}
        terms: dict[Dispatch, Terms] = defaultdict(list)
        for (route, origin, destination, good, period), variable in self.plan.ship.items():
            if sent is not None and origin in self.shut and destination not in self.shut and good[0] in items:
                terms[Dispatch(route, origin, destination, good[0], period)].append((variable, 1.0))
        for dispatch, own in terms.items():
            self.plan.row(own, "<", (sent or {}).get(dispatch, 0.0))

    def _expansions(self) -> None:
        for row in self.facts.rows("Expansions"):
            kind = next(kind for kind in ("line", "resource", "node", "route") if text(row, kind))
            name, lead = text(row, "expansion"), int(number(row, "lead_time"))
            first, last = number(row, "first", 1) - 1, number(row, "last", self.facts.periods) - 1
            bought = []
            for period in range(self.facts.periods):
                if not first <= period <= last or period + lead >= self.facts.periods:
                    continue
                variable = self.bought[name, period] = self.lp.add_variable(f"buy_{name}_{period}", lowBound=0)
                bought.append(variable)
                for later in range(period + lead, self.facts.periods):
                    self.added[kind, text(row, kind), later].append((variable, 1.0))
            if text(row, "limit") and bought:
                self.lp += pulp.lpSum(bought) <= number(row, "limit")

    def _entries(self, net: Net, periods: Iterable[int], factor: Factor, drawn: bool = False) -> None:
        """Goods of Stocks: for their nation, or for whom is best. `drawn`: opening stock, as reserve of its node."""
        facts = self.facts
        for row in facts.rows("Stocks"):
            node, item, opening = text(row, "node"), text(row, "item"), text(row, "period") == ""
            period = 0 if opening else int(row["period"]) - 1
            if period not in periods or item not in net.items or (net.plan is not None and node in self.shut):
                continue
            made = facts.made(item, period - int(number(row, "age")))
            left = number(row, "quantity") * factor("node", node, period)
            whom = facts.recipients(item)
            if text(row, "nation"):
                whom = [text(row, "nation")]
            elif drawn and opening:
                whom = [r for r in whom if r == RESERVE or net.gives(node, r)]
            parts = [(net.variable(), recipient) for recipient in whom]
            net.row([(variable, 1.0) for variable, _ in parts], "=", left)
            for variable, recipient in parts:
                net.enter(node, (item, recipient, made), period, [(variable, 1.0)])

    def _response(self, code: int, case: Case) -> Net:
        facts, plan = self.facts, self.plan
        factor = facts.factor(case)
        net = Net(facts, self.lp, f"case{code}", case.begin, case.end, factor, facts.goods(case.contingency), plan)
        net.case, net.opened = case, self.opened
        self._entries(net, range(case.begin, case.end + 1), factor, drawn=True)
        for (node, good, period), variable in plan.stock.items():
            if period == case.begin - 1 and good[0] in net.items and node not in self.shut:
                left = falls(factor("node", node, case.begin), facts.certain("node", node, period))
                self._settle(net, node, good, case.begin, variable, left)
        for (route, _, node, good, period), variable in plan.ship.items():
            lead = next(int(number(row, "lead_time")) for row in facts.rows("Routes") if row["route"] == route)
            if period < case.begin <= period + lead <= case.end and good[0] in net.items and node not in self.shut:
                self._settle(net, node, good, period + lead, variable, net.unforeseen("node", node, period + lead))
        net.build(facts.needs(case), self.added)
        if text(case.row, "money"):
            net.row([(v, c) for v, c, _ in self.costs_of(net)], "<", number(case.row, "money"))
        return net

    def _settle(self, net: Net, node: str, good: Good, period: int, variable: Any, left: float) -> None:
        """Goods keep their recipient; reserve becomes goods for any that may draw on the node, or stays."""
        item, recipient, made = good
        if recipient != RESERVE:
            net.enter(node, good, period, [(variable, left)])
            return
        parts: Terms = []
        for other in self.facts.recipients(item):
            if other == RESERVE or net.gives(node, other):
                part = net.variable()
                parts.append((part, 1.0))
                net.enter(node, (item, other, made), period, [(part, 1.0)])
        net.row([*parts, (variable, -left)], "<", 0.0)

    # -- the objective --------------------------------------------------------------------------------------------

    def costs_of(self, net: Net) -> list[tuple[Any, float, int]]:
        """(variable, cost per unit, period) of making and transport; of a response only its own orders."""
        facts, found = self.facts, []
        lines = {text(row, "line"): row for row in facts.rows("Lines")}
        routes = {text(row, "route"): row for row in facts.rows("Routes")}
        per_unit = {
            (text(row, "route"), text(row, "item")): number(row, "cost")
            for row in facts.rows("RouteItems")
            if text(row, "cost")
        }
        for (line, _, period), variable in net.make.items():
            lead = int(number(lines[line], "order_lead_time"))
            if net.plan is None or period >= net.first + lead:
                found.append((variable, number(lines[line], "unit_cost"), period))
        for (route, _, _, good, period), variable in net.ship.items():
            cost = number(routes[route], "cost") * facts.weight(good[0])
            found.append((variable, per_unit.get((route, good[0]), cost), period))
        return found

    def _plan_cost(self) -> Any:
        facts = self.facts
        lines = {text(row, "line"): row for row in facts.rows("Lines")}
        total = []
        for (line, _, period), variable in self.plan.make.items():
            share, lead = number(lines[line], "advance"), int(number(lines[line], "order_lead_time"))
            price = number(lines[line], "unit_cost")
            total.append(variable * price * share * facts.discount(period - lead))
            total.append(variable * price * (1 - share) * facts.discount(period))
        total += [v * c * facts.discount(t) for v, c, t in self.costs_of(self.plan)[len(self.plan.make) :]]
        for (node, good, period), variable in self.plan.stock.items():
            total.append(variable * self.holding_cost(node, good[0]) * facts.discount(period))
        for (_, good, period), variable in self.plan.scrap.items():
            total.append(variable * number(facts.items[good[0]], "scrap_cost") * facts.discount(period))
        prices = {text(row, "expansion"): number(row, "cost") for row in facts.rows("Expansions")}
        total += [v * prices[name] * facts.discount(period) for (name, period), v in self.bought.items()]
        return pulp.lpSum([*total, *self.rules.interest])

    def holding_cost(self, node: str, item: str) -> float:
        """Per unit and period."""
        facts = self.facts
        extra = [r for r in facts.rows("NodeItems") if (r["node"], r["item"]) == (node, item)]
        own = number(facts.items[item], "holding_cost") + sum(number(row, "holding_cost") for row in extra)
        return number(facts.nodes[node], "holding_cost") * facts.weight(item) + own

    def _worth(self, need: Need) -> float:
        return need.priority * self.facts.value(need.item)

    def _levels(self) -> dict[str, Any]:
        facts, plan, cases = self.facts, self.plan, self.cases
        levels: dict[str, Any] = {}
        short = [(need, plan.short[code]) for code, need in enumerate(facts.demands)]
        levels["binding_shortfall"] = pulp.lpSum(self._worth(n) * v for n, v in short if n.binding)
        moving = {item for case in facts.cases for item in facts.goods(case.contingency)}
        levels["waste"] = pulp.lpSum(
            facts.value(good[0]) * variable
            for (node, good, period), variable in plan.scrap.items()
            if good[0] in moving and period < facts.expires(good) and not self._at_closing(node, period)
        )
        levels["coverage"] = self._coverage()
        levels["contingency"] = self._risk(self._uncovered(), "level")
        levels["other_shortfall"] = pulp.lpSum(self._worth(n) * v for n, v in short if not n.binding)
        late = [self._lateness(plan)]
        late += [case.weight * self._lateness(net) for case, net in zip(cases, self.responses, strict=True)]
        levels["lateness"] = pulp.lpSum(late)
        levels["response_days"] = self._days()
        levels.update(self.rules.levels)
        levels["cost"] = self._plan_cost()
        levels["response_cost"] = pulp.lpSum(
            case.weight * self._discounted(net) for case, net in zip(cases, self.responses, strict=True)
        )
        return levels

    def _uncovered(self) -> list[Any]:
        return [
            pulp.lpSum(self._worth(need) * net.short[code] for code, need in enumerate(net.needs))
            for net in self.responses
        ]

    def _discounted(self, net: Net) -> Any:
        return pulp.lpSum(v * c * self.facts.discount(t) for v, c, t in self.costs_of(net))

    def _at_closing(self, node: str, period: int) -> bool:
        closing = number(self.facts.nodes[node], "closes", self.facts.periods) - 1
        return period == closing < self.facts.periods - 1

    def _lateness(self, net: Net) -> Any:
        return pulp.lpSum(
            self._worth(net.needs[code]) * (period - net.needs[code].due) * variable
            for (code, _, period), variable in net.deliver.items()
        )

    def _coverage(self) -> Any:
        total = []
        for case, net in zip(self.cases, self.responses, strict=True):
            for item in sorted({need.item for need in net.needs}):
                wanted = sum(need.quantity for need in net.needs if need.item == item)
                got = [v for (code, good, _), v in net.deliver.items() if good[0] == item]
                lack = net.variable()
                self.lp += lack + pulp.lpSum(got) >= self.facts.coverage(case) * wanted
                total.append(self.facts.value(item) * lack)
        return pulp.lpSum(total)

    def _risk(self, losses: list[Any], tag: str) -> Any:
        settings, cases = self.facts.settings, self.cases
        risk, tail = float(settings.get("risk_weight", 0) or 0), settings.get("risk_tail", "")
        tail = 0.9 if tail in ("", None) else float(tail)
        total = sum(case.weight for case in cases)
        mean = pulp.lpSum(case.weight * loss for case, loss in zip(cases, losses, strict=True))
        if risk == 0 or not cases or total == 0:
            return (1 - risk) * mean
        worst = self.lp.add_variable(f"{tag}_eta")
        excess = []
        for code, (case, loss) in enumerate(zip(cases, losses, strict=True)):
            if tail == 1:
                self.lp += worst >= loss
                continue
            above = self.lp.add_variable(f"{tag}_above_{code}", lowBound=0)
            self.lp += above >= loss - worst
            excess.append(case.weight / total / (1 - tail) * above)
        return (1 - risk) * mean + risk * total * (worst + pulp.lpSum(excess))

    def _days(self) -> Any:
        rows = {text(row, "route"): row for row in self.facts.rows("Routes")}
        if not any(text(row, "days") for row in rows.values()):
            return pulp.lpSum([])
        total = []
        for case, net in zip(self.cases, self.responses, strict=True):
            for (route, _, _, good, _), variable in net.ship.items():
                days = number(rows[route], "days", number(rows[route], "lead_time") * self.facts.days_a_period)
                total.append(case.weight * self.facts.value(good[0]) * days * variable)
        return pulp.lpSum(total)

    def _weighted(self) -> Any:
        for net in (self.plan, *self.responses):
            self._must(net)
        self.lp += self.levels["coverage"] == 0
        self.rules.keep_what_must_hold()
        return pulp.lpSum([self._by_itself(), self._risk(self._lost(), "weighted")])

    def _by_itself(self) -> Any:
        """What the plan costs by itself, under the weighted objective."""
        return pulp.lpSum([self.levels["cost"], self._asked(self.plan), self.rules.missed()])

    def _lost(self) -> list[Any]:
        """What each case costs, under the weighted objective."""
        return [self._discounted(net) + self._asked(net) for net in self.responses]

    def _must(self, net: Net) -> None:
        """What has no shortage cost must be delivered."""
        for code, need in enumerate(net.needs):
            if need.shortage_cost is None:
                self.lp += net.short[code] == 0

    def _asked(self, net: Net) -> Any:
        facts, cost = self.facts, []
        for code, need in enumerate(net.needs):
            cost.append((need.shortage_cost or 0.0) * facts.discount(need.due) * net.short[code])
        for (code, _, period), variable in net.deliver.items():
            late = period - net.needs[code].due
            cost.append(net.needs[code].delay_cost * late * facts.discount(period) * variable)
        return pulp.lpSum(cost)

    def answer(self) -> dict[str, float] | None:
        """Each level in order, each held before the next, or the weighted objective; None where there is no plan.

        Raises ArithmeticError (the level) where rounding lets the levels before it not be held.
        """
        if self.facts.settings.get("objective") == "weighted":
            value = self._minimum(self._weighted())
            return None if value is None else self._without_detours({"weighted": value}, self._weighted())
        found = {}
        for name, level in self.levels.items():
            value = self._minimum(level)
            if (
                value is None and found
            ):  # there is a plan, but the levels before are held more tightly than the solver keeps rows
                raise ArithmeticError(name)
            if value is None:
                return None
            found[name] = value
            self.lp += level <= value + max(1e-9, self.tolerance) * max(1.0, abs(value))
        return self._without_detours(found)

    @property
    def tolerance(self) -> float:
        return float(self.facts.settings.get("level_tolerance", 0))

    def _without_detours(self, found: dict[str, float], held: Any = None) -> dict[str, float]:
        """The answer, with the fewest units on the way: goods that go round for nothing are no answer."""
        if held is not None:
            value = found["weighted"]
            self.lp += held <= value + 1e-9 * max(1.0, abs(value))
        self._minimum(pulp.lpSum(v for net in (self.plan, *self.responses) for v in net.ship.values()))
        return found

    # -- what it is worth -----------------------------------------------------------------------------------------

    def least(self, *objectives: Any) -> float | None:
        """The optimum of the last, those before it at theirs; None where there is none."""
        for place, objective in enumerate(objectives):
            value = self._minimum(objective)
            if value is None or place + 1 == len(objectives):
                return value
            self.lp += objective <= value + 1e-9 * max(1.0, abs(value))
        return None

    def expected(self) -> float | None:
        """The level contingency, or the weighted objective, at risk weight 0 with coverage left out."""
        if self.facts.settings.get("objective") == "weighted":
            for net in (self.plan, *self.responses):
                self._must(net)
            return self.least(pulp.lpSum([self._by_itself(), self._mean(self._lost())]))
        return self.least(*self._before(), self._mean(self._uncovered()))

    def unprepared(self) -> float | None:
        """The same where the plan's own levels come first."""
        if self.facts.settings.get("objective") != "weighted":
            own = [
                self.levels["other_shortfall"],
                self._lateness(self.plan),
                *self.rules.levels.values(),
                self.levels["cost"],
            ]
            return self.least(*self._before(), *own, self._mean(self._uncovered()))
        self._must(self.plan)
        first = self.least(self._by_itself())
        if first is None:
            return None
        self.lp += self._by_itself() <= first + 1e-9 * max(1.0, abs(first))
        for net in self.responses:
            self._must(net)
        more = self.least(self._mean(self._lost()))
        return None if more is None else first + more

    def calm(self) -> float | None:
        """What the plan costs if nothing happens and it is made for that, under the weighted objective."""
        self._must(self.plan)
        return self.least(self._by_itself())

    def alone(self, size: float) -> float | None:
        """L of the only case, `size` times, with what the plan costs under the weighted objective."""
        if self.facts.settings.get("objective") == "weighted":
            for net in (self.plan, *self.responses):
                self._must(net)
            return self.least(pulp.lpSum([self._by_itself(), size * self._lost()[0]]))
        return self.least(*self._before(), size * self._uncovered()[0])

    def _before(self) -> list[Any]:
        return [self.levels["binding_shortfall"], self.levels["waste"]]

    def _mean(self, losses: list[Any]) -> Any:
        return pulp.lpSum(case.weight * loss for case, loss in zip(self.cases, losses, strict=True))

    def _minimum(self, objective: Any) -> float | None:
        self.lp.setObjective(pulp.lpSum([objective]))
        solver = pulp.HiGHS(msg=False, primal_feasibility_tolerance=1e-9, dual_feasibility_tolerance=1e-9)
        status = self.lp.solve(solver)
        if status == pulp.LpStatusInfeasible:
            return None
        assert status == pulp.LpStatusOptimal, pulp.LpStatus[status]
        return float(pulp.value(objective) or 0.0)


def worth(tables: World) -> dict[str, float | None] | None:
    """evpi and planning, by plans made for every case by itself and for none; None where there is no plan."""
    expected = Guarantees(tables).expected()
    cases = Facts(tables).cases
    if expected is None:
        return None
    total = sum(case.weight for case in cases)
    size = max(1.0, total)
    informed = 0.0
    for code, case in enumerate(cases):
        found = Guarantees(tables, only=code).alone(size)
        assert found is not None
        informed += case.weight / size * found
    if Facts(tables).settings.get("objective") == "weighted":
        calm = Guarantees(tables).calm()
        assert calm is not None
        informed += (1.0 - total / size) * calm
    unprepared = Guarantees(tables).unprepared()
    return {"evpi": expected - informed, "planning": None if unprepared is None else unprepared - expected}


def access(tables: World, sent: Sent) -> dict[tuple[str, str], tuple[float, float, float]]:
    """(nation, level) → closed, now, open; inf where there is no plan. `sent`: what the plan dispatches."""
    facts, found = Facts(tables), {}
    now = Guarantees(tables).answer()
    assert now is not None
    for nation in facts.nations:
        nodes = frozenset(node for node in facts.nodes if facts.nation(node) == nation)
        if any(text(facts.nodes[node], "kind") == "depot" for node in nodes):
            closed = Guarantees(tables, shut=nodes, sent=sent).answer()
            opened = Guarantees(tables, opened=nodes).answer()
            for level in now.keys() & {"coverage", "contingency", "weighted"}:
                values = ((answer or {}).get(level, inf) for answer in (closed, now, opened))
                found[nation, level] = tuple(values)
    return found  # type: ignore[return-value]
