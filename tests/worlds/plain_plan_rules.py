"""Rules of the plan alone, beside the plain model of guarantees: targets, shares of supply, locks and money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import pulp

from tests.worlds.plain_facts import Row, names, number, text

if TYPE_CHECKING:
    from tests.worlds.plain_guarantees import Guarantees


@dataclass(frozen=True)
class Miss:
    """A stock target that is missed by `units`."""

    units: Any
    worth: float  # priority × value
    cost: float | None  # None: it must hold
    period: int


@dataclass(frozen=True)
class Bill:
    """A cost that a variable causes: for an object, ordered and paid in periods."""

    cost_type: str
    object: str
    ordered: int
    paid: int
    variable: Any
    amount: float


@dataclass(frozen=True)
class Payment:
    """By a contributor of a fund, for an object, in the period that the fund counts."""

    fund: str
    contributor: str
    cost_type: str
    object: str
    counted: int
    paid: int
    tier: int
    variable: Any


class PlanRules:
    """The rows, and what they give to levels and cost."""

    def __init__(self, model: Guarantees) -> None:
        self.facts, self.plan, self.lp, self._model = model.facts, model.plan, model.lp, model
        self._lines = {text(row, "line"): row for row in self.facts.rows("Lines")}
        self.interest: list[Any] = []
        self.payments: list[Payment] = []
        self._misses = [miss for row in self.facts.rows("Targets") for miss in self._target(row)]
        for row in self.facts.rows("Policies"):
            if row["kind"] != "forbid":
                self._shares(row)
        for row in self.facts.rows("Locks"):
            self._lock(row)
        if self.facts.rows("Budgets"):
            self._money()

    @property
    def levels(self) -> dict[str, Any]:
        tiers = {f"tier_{tier}": [p.variable for p in self.payments if p.tier >= tier] for tier in (3, 2)}
        missed = pulp.lpSum(miss.worth * miss.units for miss in self._misses)
        return {"target_shortfall": missed, **{name: pulp.lpSum(paid) for name, paid in tiers.items()}}

    def missed(self) -> Any:
        """What missed targets cost, under the weighted objective."""
        return pulp.lpSum((m.cost or 0.0) * self.facts.discount(m.period) * m.units for m in self._misses)

    def keep_what_must_hold(self) -> None:
        for miss in self._misses:
            if miss.cost is None:
                self.lp += miss.units == 0

    def _sum(self, variables: Iterable[Any]) -> Any:
        return pulp.lpSum([self.plan.zero, *variables])

    # -- targets ----------------------------------------------------------------------------------------------------

    def _target(self, row: Row) -> Iterator[Miss]:
        facts = self.facts
        of_nation = {node for node, own in facts.nodes.items() if text(own, "kind") == "depot"}
        of_nation = {node for node in of_nation if facts.nation(node) in facts.meant(names(row, "nodes"))}
        nodes = {node for node in facts.nodes if node in names(row, "nodes")} | of_nation
        items = sorted(facts.items_meant(row))
        for period in filter(lambda t: facts.within(row, t), range(facts.periods)):
            wanted = [(items, number(row, "quantity"))] if text(row, "quantity") else []
            if text(row, "days_of_supply"):
                wanted += [([item], self._supply(item, period, number(row, "days_of_supply"))) for item in items]
            for group, quantity in wanted:
                stock = self.plan.stock.items()
                held = [v for (node, good, t), v in stock if t == period and node in nodes and good[0] in group]
                below = self.plan.variable()
                self.lp += pulp.lpSum(held) + below >= quantity
                worth = number(row, "priority", 1) * sum(map(facts.value, group)) / len(group)
                cost = number(row, "shortage_cost") if text(row, "shortage_cost") else None
                yield Miss(below, worth, cost, period)

    def _supply(self, item: str, period: int, days: float) -> float:
        """The demand of the days after the period; beyond the horizon at its mean."""
        due: dict[int, float] = defaultdict(float)
        for need in self.facts.demands:
            if need.item == item:
                due[need.due] += need.quantity
        mean = sum(due.values()) / self.facts.periods
        left, at, wanted = days / self.facts.days_a_period, period + 1, 0.0
        while left > 0:
            wanted += min(left, 1.0) * (due[at] if at < self.facts.periods else mean)
            left, at = left - 1.0, at + 1
        return wanted

    # -- agreements -------------------------------------------------------------------------------------------------

    def _shares(self, row: Row) -> None:
        facts, plan = self.facts, self.plan
        for item in facts.items_meant(row):
            made = [
                (text(self._lines[line], "factory"), v)
                for (line, _, t), v in plan.make.items()
                if self._lines[line]["item"] == item and facts.within(row, t)
            ]
            sent = [
                (route, v)
                for (route, _, _, good, t), v in plan.ship.items()
                if good[0] == item and facts.within(row, t) and route in names(row, "routes")
            ]
            for name in names(row, "nations"):
                self._share(row, made, {node for node in facts.nodes if facts.nation(node) in facts.meant([name])})
            for name in names(row, "nodes"):
                self._share(row, made, {name})
            for name in names(row, "routes"):
                self._share(row, sent, {name})

    def _share(self, row: Row, whole: list[tuple[str, Any]], own: set[str]) -> None:
        more = self._sum(((place in own) - number(row, "share")) * v for place, v in whole)
        self.lp += more <= 0 if row["kind"] == "largest_share" else more >= 0

    def _lock(self, row: Row) -> None:
        """An upper bound on what a line makes, or on stock of an item at a node."""
        by_period: dict[int, list[Any]] = defaultdict(list)
        for (line, _, period), v in self.plan.make.items():
            by_period[period] += [v] if row["kind"] == "make" and line == row["line"] else []
        for (node, good, period), v in self.plan.stock.items():
            here = row["kind"] == "stock" and node == row["node"] and good[0] == row["item"]
            by_period[period] += [v] if here else []
        periods = range(self.facts.periods)
        for some in [periods] if row["per"] == "total" else [range(t, t + 1) for t in periods]:
            self.lp += self._sum(v for t in some for v in by_period[t]) <= number(row, "maximum")

    # -- money ------------------------------------------------------------------------------------------------------

    def _bills(self) -> Iterator[Bill]:
        facts, plan = self.facts, self.plan
        for (name, _, period), v in plan.make.items():
            row = self._lines[name]
            ordered, cost = period - int(number(row, "order_lead_time")), number(row, "unit_cost")
            cost_type = text(facts.items[text(row, "item")], "cost_type") or "procurement"
            yield Bill(cost_type, name, ordered, ordered, v, cost * number(row, "advance"))
            yield Bill(cost_type, name, ordered, period, v, cost * (1 - number(row, "advance")))
        costs = self._model.costs_of(plan)[len(plan.make) :]
        for ((route, *_), _), (v, cost, period) in zip(plan.ship.items(), costs, strict=True):
            yield Bill("transport", route, period, period, v, cost)
        for (node, good, period), v in plan.stock.items():
            yield Bill("storage", node, period, period, v, self._model.holding_cost(node, good[0]))
        for (node, good, period), v in plan.scrap.items():
            yield Bill("storage", node, period, period, v, number(facts.items[good[0]], "scrap_cost"))
        price = {text(row, "expansion"): number(row, "cost") for row in facts.rows("Expansions")}
        for (name, period), v in self._model.bought.items():
            yield Bill("capacity", name, period, period, v, price[name])

    def _money(self) -> None:
        """Every cost is paid by funds that admit it, within what they have."""
        due: dict[tuple[str, str, int, int], list[Any]] = defaultdict(list)
        for bill in self._bills():
            if bill.amount:
                due[bill.cost_type, bill.object, bill.ordered, bill.paid].append(bill.amount * bill.variable)
        for (cost_type, name, ordered, paid), cost in due.items():
            by_all = [self._pay(row, cost_type, name, ordered, paid) for row in self.facts.rows("Funds")]
            some = [payment for payments in by_all for payment in payments]
            self.payments += some
            self.lp += self._sum(payment.variable for payment in some) == pulp.lpSum(cost)
        for row in self.facts.rows("Funds"):
            mine = [payment for payment in self.payments if payment.fund == row["fund"]]
            self._limits(row, mine)
            self._cofinancing(row, mine, due)
            if text(row, "kind") == "loan":
                self.interest += [self._interest(row, payment) for payment in mine]

    def _pay(self, fund: Row, cost_type: str, name: str, ordered: int, paid: int) -> list[Payment]:
        """A payment for each contributor of the fund, where it admits the cost; under its first tier that does."""
        counted = ordered if text(fund, "basis") == "commitment" else paid
        own = [row for row in self.facts.rows("Eligibility") if row["fund"] == fund["fund"]]
        tiers = [int(number(row, "tier", 1)) for row in own if self._fits(row, cost_type, name)] if own else [1]
        if not tiers or not self.facts.open(fund, counted) or not self._has_content(fund, cost_type, name):
            return []
        return [
            Payment(fund["fund"], who, cost_type, name, counted, paid, min(tiers), self.plan.variable())
            for who in sorted({self._contributor(row) for row in self._budgets(fund)})
        ]

    def _budgets(self, fund: Row) -> list[dict[str, Any]]:
        return [row for row in self.facts.rows("Budgets") if row["fund"] == fund["fund"]]

    def _contributor(self, budget: Row) -> str:
        return text(budget, "contributor") or text(budget, "fund")

    def _behind(self, cost_type: str, name: str) -> tuple[Row | None, str]:
        """The line behind an object, and the node; blank where producers are not asked."""
        if cost_type in ("transport", "storage"):
            return None, name if cost_type == "storage" else ""
        if cost_type != "capacity":
            return self._lines[name], text(self._lines[name], "factory")
        row = next(row for row in self.facts.rows("Expansions") if row["expansion"] == name)
        if text(row, "line"):
            return self._lines[text(row, "line")], text(self._lines[text(row, "line")], "factory")
        shops = {text(own, "resource"): text(own, "factory") for own in self.facts.rows("Resources")}
        return None, shops.get(text(row, "resource"), text(row, "node"))

    def _fits(self, rule: Row, cost_type: str, name: str) -> bool:
        if names(rule, "cost_types") and cost_type not in names(rule, "cost_types"):
            return False
        line, node = self._behind(cost_type, name)
        if line is not None and text(line, "item") not in self.facts.items_meant(rule):
            return False
        asked = names(rule, "producers")
        return not asked or node == "" or self.facts.nation(node) in self.facts.meant(asked)

    def _has_content(self, fund: Row, cost_type: str, name: str) -> bool:
        if text(fund, "content_min") == "" or cost_type in ("transport", "storage"):
            return True
        line, node = self._behind(cost_type, name)
        nation = self.facts.nation(node) if node else ""
        written = (names(line, "content") if line is not None else []) or ([f"{nation}:1"] if nation else [])
        group = self.facts.meant(names(fund, "content_group"))
        share = sum(float(part.split(":")[1]) for part in written if part.split(":")[0] in group)
        return share >= number(fund, "content_min") - 1e-12

    def _limits(self, fund: Row, mine: list[Payment]) -> None:
        facts, carry = self.facts, text(fund, "carry_over") == "yes"
        if text(fund, "ceiling"):
            self.lp += self._sum(p.variable for p in mine) <= number(fund, "ceiling")
        for row in facts.rows("Tranches"):
            if row["fund"] == fund["fund"]:
                so_far = [p.variable for p in mine if p.counted < int(row["period"])]
                self.lp += self._sum(so_far) <= number(row, "amount")
        for who in {payment.contributor for payment in mine}:
            for last in range(facts.periods):
                year = facts.fiscal_year(last)
                paid = [
                    p.variable
                    for p in mine
                    if p.contributor == who and p.counted <= last and (carry or facts.fiscal_year(p.counted) == year)
                ]
                self.lp += self._sum(paid) <= self._there(fund, who, last, carry)

    def _there(self, fund: Row, who: str, last: int, carry: bool) -> float:
        year = self.facts.fiscal_year(last)
        return sum(
            number(row, "amount") * self._left(fund, who, int(row["year"]))
            for row in self._budgets(fund)
            if self._contributor(row) == who
            and (int(row["year"]) <= year if carry else int(row["year"]) == year)
            and number(row, "from", 1) - 1 <= last
        )

    def _left(self, fund: Row, who: str, year: int) -> float:
        """What certain rows leave of a year's amounts: those that hold in its first period of the horizon."""
        facts = self.facts
        first = next((t for t in range(facts.periods) if facts.fiscal_year(t) == year), None)
        if first is None:
            return 1.0
        hits = facts.hits(None, "fund", text(fund, "fund"), first)
        for row in facts.rows("Disruptions"):
            whose = text(row, "contingency") == "" and row["kind"] == "nation" and who in facts.meant([row["name"]])
            if whose and facts.within(row, first):
                hits.append(number(row, "factor", 1))
        return min([1.0, *hits])

    def _cofinancing(self, fund: Row, mine: list[Payment], due: dict[tuple[str, str, int, int], list[Any]]) -> None:
        """Per object and fiscal year, of the cost that falls in the fund's window."""
        year, share = self.facts.fiscal_year, number(fund, "cofinancing", inf)
        if share == inf:
            return
        eligible: dict[tuple[str, str, int], list[Any]] = defaultdict(list)
        for (cost_type, name, ordered, paid), cost in due.items():
            counted = ordered if text(fund, "basis") == "commitment" else paid
            if self.facts.open(fund, counted):
                eligible[cost_type, name, year(counted)] += cost
        for key, cost in eligible.items():
            own = [p.variable for p in mine if (p.cost_type, p.object, year(p.counted)) == key]
            self.lp += self._sum(own) <= share * pulp.lpSum(cost)

    def _interest(self, fund: Row, payment: Payment) -> Any:
        """In the year in which the cost falls and each later one, discounted at its first period in the horizon."""
        facts = self.facts
        years = [facts.fiscal_year(t) for t in range(facts.periods)]
        firsts = [years.index(year) for year in sorted(set(years)) if year >= years[payment.paid]]
        return number(fund, "interest") * sum(map(facts.discount, firsts)) * payment.variable
