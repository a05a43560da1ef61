"""Random tiny worlds that use every table of the plan itself, as the rows a planner would type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from plain.random_rules import add_rules
from plain.world import Cell, Tables

Draft = dict[str, Any]


class WorldMaker:
    """Draws one world from a seed: a few items, nodes, routes and lines, and some of every other rule.

    `uneven`: half of what may be left blank always is, and a third hardly ever; so three and more rules meet, as chance
    alone brings about rarely.
    """

    def __init__(self, seed: int, uneven: bool = False) -> None:
        self.random = Random(seed)
        self.seed, self.uneven = seed, uneven
        self.periods = self.random.randint(2, 5)
        self.items = [f"item {k}" for k in range(self.random.randint(1, 3))]
        self.nodes = [f"node {k}" for k in range(self.random.randint(2, 4))]
        self.drafts: dict[str, list[Draft]] = {}
        for draw in (
            self._frame,
            self._places,
            self._routes,
            self._lines,
            self._limits,
            self._wishes,
            self._money,
            self._orders,
            self._partners,
            self._tranches,
            self._weeks,
            self._what_is_left_blank,
            self._before_the_horizon,
        ):
            draw()
        add_rules(self)
        self._break_circles()

    @property
    def tables(self) -> Tables:
        return {name: rows for name, rows in self.drafts.items() if rows}

    def one(self, values: Sequence[Any]) -> Any:
        return self.random.choice(values)

    def maybe(self, chance: float, *values: Any) -> Any:
        """One of the values, or a blank cell."""
        if self.uneven:
            lot = Random(f"{self.seed} {chance} {values}").random()  # the same for all rows of a table
            chance = 0.0 if lot < 0.5 else 0.85 if lot < 0.8 else chance
        return self.one(values) if self.random.random() < chance else ""

    def window(self, chance: float, first: str = "opens", last: str = "closes") -> Draft:
        opens = self.maybe(chance, *range(1, self.periods + 1))
        closes = self.maybe(chance, *range(int(opens or 1), self.periods + 1))
        return {first: opens, last: closes}

    def _some(self, chance: float, make: Callable[..., Draft], *sets: Sequence[Any]) -> list[Draft]:
        """A row for some of all combinations."""
        pairs = [(a, b) for a in sets[0] for b in sets[1]]
        return [make(*pair) for pair in pairs if self.random.random() < chance]

    def _frame(self) -> None:
        length = self.one(["month", "month", "quarter", "year"])
        start = {"month": f"2026-{self.random.randint(1, 12):02d}", "quarter": self.one(["2026-01", "2026-07"])}
        settings = {
            "start": start.get(length, "2026-01"),
            "periods": self.periods,
            "period_length": length,
            "objective": self.one(["weighted", "weighted", "lexicographic"]),
            "discount_rate": self.one([0, 0, 0.1, 0.5]),
            "fiscal_year_start": self.one([1, 1, 4, 10]),
        }
        self.drafts["Settings"] = [{"key": key, "value": value} for key, value in settings.items()]
        groups = {"PL": "EU", "DE": "EU", "US": ""}
        self.drafts["Nations"] = [{"nation": nation, "groups": group} for nation, group in groups.items()]
        self.drafts["Items"] = [self._item(item) for item in self.items]

    def _item(self, item: str) -> Draft:
        return {
            "item": item,
            "category": self.one(["heavy", "light"]),
            "cost_type": self.one(["procurement", "procurement", "procurement", "works", "training"]),
            "weight": self.one(["", 0, 0.5, 2]),
            "volume": self.one(["", 1, 3]),
            "neq": self.one(["", "", 2]),
            "shelf_life": self.one(["", "", "", 0, 1, 2]),
            "holding_cost": self.one(["", 1, 2]),
            "scrap_cost": self.one(["", "", 1, 4]),
            "value": self.one([5, 10, 30]),
        }

    def _places(self) -> None:
        self.drafts["Nodes"] = [
            {
                "node": node,
                "kind": self.one(["factory", "depot", "depot", "transit", "destination", "market"]),
                "nation": self.one(["PL", "DE", "US", ""]),
                "storage_t": self.maybe(0.25, 0, 5, 12),
                "storage_m3": self.maybe(0.15, 4, 10),
                "storage_neq": self.maybe(0.1, 6),
                "holding_cost": self.maybe(0.3, 0.5, 2),
                "throughput_t": self.maybe(0.2, 4, 9),
                **self.window(0.15),
            }
            for node in self.nodes
        ]
        self.drafts["NodeItems"] = self._some(0.15, self._node_item, self.nodes, self.items)
        self.drafts["Stocks"] = [self._stock() for _ in range(self.one([0, 1, 2, 3]))]

    def _node_item(self, node: str, item: str) -> Draft:
        return {"node": node, "item": item, "storage": self.maybe(0.6, 2, 6), "holding_cost": self.maybe(0.4, 0.5)}

    def _stock(self) -> Draft:
        node = self.one(self.drafts["Nodes"])
        open_periods = range(int(node["opens"] or 1), int(node["closes"] or self.periods) + 1)
        return {
            "node": node["node"],
            "item": self.one(self.items),
            "quantity": self.one([1, 4, 7]),
            "period": self.maybe(0.4, *open_periods),
            "age": self.one(["", "", 1, 2]),
        }

    def _routes(self) -> None:
        routes = self.drafts["Routes"] = []
        for number in range(self.random.randint(1, 5)):
            origin, destination = self.random.sample(self.nodes, 2)
            routes.append(
                {
                    "route": f"route {number}",
                    "origin": origin,
                    "destination": destination,
                    "lead_time": self.one(["", 0, 1, 1, 2]),
                    "cost": self.one(["", 1, 3]),
                    "capacity_t": self.maybe(0.4, 3, 8),
                    "capacity_m3": self.maybe(0.15, 6),
                    **self.window(0.1),
                    "both_ways": self.maybe(0.3, "yes"),
                    "excludes": self.maybe(0.1, *self.items),
                }
            )
        self.drafts["RouteItems"] = self._some(0.15, self._route_item, [row["route"] for row in routes], self.items)

    def _route_item(self, route: str, item: str) -> Draft:
        return {"route": route, "item": item, "cost": self.maybe(0.6, 0, 2), "capacity": self.maybe(0.6, 2, 5)}

    def _lines(self) -> None:
        self.drafts["Resources"] = [
            {"resource": "hours", "factory": self.one(self.nodes), "capacity": self.one([4, 10, ""])},
            {"resource": "steel", "factory": self.one(self.nodes), "capacity": self.one([6, 12])},
        ]
        self.drafts["Lines"] = [self._line(number) for number in range(self.random.randint(2, 5))]
        users = [row["line"] for row in self.drafts["Lines"] if row["resource"] == "hours"]
        self.drafts["ResourceUse"] = self._some(0.3, _resource_use, users, ["steel"])
        pairs = [(a, b) for position, a in enumerate(self.items) for b in self.items[:position]]
        parts = [(a, b, "") for a, b in pairs if self.random.random() < 0.3]
        for row in self.drafts["Lines"]:
            parts += [(a, b, row["line"]) for a, b in pairs if a == row["item"] and self.random.random() < 0.1]
        self.drafts["Components"] = [
            {"item": a, "component": b, "quantity": self.one([0.5, 1, 2]), "line": line} for a, b, line in parts
        ]

    def _line(self, number: int) -> Draft:
        resource = self.maybe(0.3, "hours", "steel")
        return {
            "line": f"line {number}",
            "factory": self.one(self.nodes),
            "item": self.one(self.items),
            "unit_cost": self.one([0, 2, 5, 9]),
            "capacity": self.maybe(0.7, 2, 5, 9),
            "min_rate": self.maybe(0.12, 1, 2),
            "start_rate": self.maybe(0.3, 0, 1, 3),
            "ramp": self.maybe(0.2, 1, 2),
            "yield": self.maybe(0.25, 0.5, 0.8),
            "resource": resource,
            "resource_use": self.one(["", 0.5, 2]) if resource else "",
            "order_lead_time": self.maybe(0.25, 1, 2),
            "advance": self.maybe(0.3, 0.25, 1),
            "content": self.maybe(0.4, "PL:1", "PL:0.5;US:0.5", "DE:0.25;US:0.75"),
            **self.window(0.12),
        }

    def _limits(self) -> None:
        lines = [row["line"] for row in self.drafts["Lines"]]
        routes = [row["route"] for row in self.drafts["Routes"]]
        # A transit node without storage of its own is a corner that the contract leaves to reading.
        stores = [row["node"] for row in self.drafts["Nodes"] if row["kind"] != "transit" or row["storage_t"] != ""]
        objects = {"line": lines, "resource": ["hours", "steel"], "route": routes, "node": stores}
        everything = [name for names in objects.values() for name in names]
        rows = {(self.one(everything), self.random.randint(1, self.periods)) for _ in range(self.one([0, 0, 1, 2]))}
        self.drafts["Capacity"] = [
            {"object": name, "period": period, "quantity": self.one([0, 1, 4, 20])} for name, period in sorted(rows)
        ]
        kinds = [kind for kind in ("line", "line", "resource", "route", "node") if objects[kind]]
        self.drafts["Expansions"] = [
            self._expansion(number, kind, self.one(objects[kind]))
            for number, kind in enumerate(self.one(kinds) for _ in range(self.one([0, 0, 1, 2])))
        ]

    def _expansion(self, number: int, kind: str, name: str) -> Draft:
        return {
            "expansion": f"expansion {number}",
            **dict.fromkeys(("line", "resource", "route", "node"), ""),
            kind: name,
            "cost": self.one([1, 4]),
            "limit": self.maybe(0.6, 2, 5),
            "lead_time": self.one(["", 1]),
            **self.window(0.2, "first", "last"),
            "content": self.maybe(0.3, "US:1"),
        }

    def _wishes(self) -> None:
        self.drafts["Demand"] = [
            {
                "demand": f"demand {number}",
                "destination": self.one(self.nodes),
                "item": self.one(self.items),
                "period": self.random.randint(1, self.periods),
                "quantity": self.one([1, 3, 6]),
                "binding": self.one(["", "yes", "no"]),
                "priority": self.one(["", 2, 3]),
                "max_delay": self.one(["", "", 1, 3]),
                "shortage_cost": self.one([20, 50, 100]),
                "delay_cost": self.one(["", 2, 7]),
            }
            for number in range(self.random.randint(2, 6))
        ]
        self.drafts["Targets"] = [self._target(number) for number in range(self.one([0, 0, 1, 2]))]
        self.drafts["Policies"] = [self._embargo()] if self.random.random() < 0.25 else []

    def _target(self, number: int) -> Draft:
        days = self.maybe(0.5, 10, 45, 200)
        return {
            "target": f"target {number}",
            "nodes": ";".join(self.random.sample(self.nodes, self.random.randint(1, 2))),
            "items": ";".join(self.random.sample(self.items, self.random.randint(1, len(self.items)))),
            "quantity": self.maybe(0.6, 1, 4) if days else self.one([1, 4]),
            "days_of_supply": days,
            "priority": self.one(["", 2]),
            "shortage_cost": self.one([1, 6]),
            **self.window(0.25, "from", "to"),
        }

    def _some_items(self, chance: float) -> Cell:
        known = [*self.items, self.drafts["Items"][0]["category"]]
        return str(self.maybe(chance, *known))

    def _embargo(self) -> Draft:
        kind = self.one(["nations", "nodes", "routes"])
        routes = [row["route"] for row in self.drafts["Routes"]]
        named = {"nations": ["EU", "US"], "nodes": self.nodes, "routes": routes}[kind]
        return {
            "policy": "embargo",
            "kind": "forbid",
            "items": self._some_items(0.7),
            **dict.fromkeys(("nations", "nodes", "routes", "share"), ""),
            kind: self.one(named),
            **self.window(0.3, "from", "to"),
        }

    def _money(self) -> None:
        if self.random.random() < 0.4:
            return
        funds = [f"fund {number}" for number in range(self.random.randint(1, 3))]
        # The last fund pays for everything, so that most worlds have a plan.
        self.drafts["Funds"] = [self._fund(fund) for fund in funds] + [{"fund": "last", "kind": "pledge"}]
        self.drafts["Budgets"] = self._some(0.7, self._budget, funds, range(2025, 2031))
        self.drafts["Budgets"] += [
            {"fund": "last", "year": year, "amount": self.one([30, 100, 10000])} for year in range(2025, 2031)
        ]
        self.drafts["Eligibility"] = [self._rule(fund) for fund in funds for _ in range(self.one([0, 1, 1, 2]))]

    def _orders(self) -> None:
        """Tiers, beneficiaries and funds that count orders, drawn last; and lines whose orders are paid early."""
        for fund in self.drafts.get("Funds", ()):
            fund["basis"] = self.maybe(0.4, "commitment", "cash")
        for rule in self.drafts.get("Eligibility", ()):
            rule["beneficiaries"] = self.maybe(0.35, "EU", "US", "PL;US", "DE")
            rule["tier"] = self.maybe(0.5, 1, 2, 3)
        for fund in self.drafts.get("Funds", ()):
            if self.random.random() < 0.3:
                rule = {} if fund["fund"] == "last" else self._rule(fund["fund"])
                self.drafts["Eligibility"].append({"fund": fund["fund"], **rule, "tier": self.one([1, 2, 3])})
        for line in self.drafts["Lines"]:
            if line["order_lead_time"] != "" and self.random.random() < 0.5:
                line["advance"] = self.one([0.25, 0.5, 1])

    def _partners(self) -> None:
        """Shares of supply, consents, locks, and rules on who pays, drawn last."""
        if self.random.random() < 0.35:
            self.drafts["Policies"].append(self._share_of_supply())
        self.drafts["Consents"] = [self._consent() for _ in range(self.one([0, 0, 1, 2]))]
        self.drafts["Locks"] = [self._lock(number) for number in range(self.one([0, 0, 0, 1, 2]))]
        if not self.drafts.get("Budgets"):
            return
        for nation in self.drafts["Nations"]:
            nation["contribution_min"] = self.maybe(0.15, 0.1, 0.3)
            nation["contribution_max"] = self.maybe(0.15, 0.3, 0.6)
            nation["work_share_min"] = self.maybe(0.15, 0.5, 1.5)
            nation["key"] = self.maybe(0.5, 1, 3)
        if self.random.random() < 0.2:
            self.drafts["Settings"].append({"key": "key_tolerance", "value": self.one([0.2, 0.6, 1.5])})
        for budget in self.drafts["Budgets"]:
            if budget["fund"] == "last" and self.random.random() < 0.5:
                budget["contributor"] = self.one(["PL", "DE", "US"])

    def _break_circles(self) -> None:
        """Goods that are nowhere made could go round in a circle of legs without lead time. Where dispatching or
        spending is itself asked for, that would be worth something to a plain LP: one leg of each takes a period.
        """
        columns = ("contribution_min", "contribution_max", "work_share_min")
        asked = any(nation.get(column, "") != "" for nation in self.drafts["Nations"] for column in columns)
        asked = asked or any(lock["kind"] in {"ship", "pay"} for lock in self.drafts["Locks"])
        asked = asked or any(policy["routes"] and policy["kind"] != "forbid" for policy in self.drafts["Policies"])
        asked = asked or any(setting["key"] == "key_tolerance" for setting in self.drafts["Settings"])
        asked = (
            asked
            or bool(self.drafts["Previous"])
            or any(fund.get("min_nations") for fund in self.drafts.get("Funds", ()))
        )
        for route in self.drafts["Routes"] if asked else ():
            if route["both_ways"] == "yes" or route["origin"] > route["destination"]:
                route["lead_time"] = int(route["lead_time"] or 0) or 1

    def _tranches(self) -> None:
        """What some funds may have paid by some periods, drawn last."""
        if self.drafts.get("Budgets") and self.random.random() < 0.5:
            funds = [fund["fund"] for fund in self.drafts["Funds"]]
            self.drafts["Tranches"] = self._some(0.4, self._tranche, funds, range(1, self.periods + 1))

    def _tranche(self, fund: str, period: int) -> Draft:
        return {"fund": fund, "period": period, "amount": self.one([0, 10, 30, 100])}

    def _weeks(self) -> None:
        """Some worlds count in weeks, drawn last; a fiscal year may begin within one."""
        settings = {row["key"]: row for row in self.drafts["Settings"]}
        if self.random.random() < 0.15:
            settings["period_length"]["value"] = "week"
            settings["start"]["value"] = self.one(["2026-03-16", "2026-12-17", "2027-03-22", "2026-09-28"])

    def _what_is_left_blank(self) -> None:
        """Costs whose blank means that nothing may lack, values that follow from lines, nations for their depots."""
        for row in (*self.drafts["Demand"], *self.drafts["Targets"]):
            if self.random.random() < 0.03:
                row["shortage_cost"] = ""
        for item in self.drafts["Items"]:
            lines = [line for line in self.drafts["Lines"] if line["item"] == item["item"]]
            if lines and all(line["unit_cost"] > 0 for line in lines) and self.random.random() < 0.4:
                item["value"] = ""
        nations = sorted({row["nation"] for row in self.drafts["Nodes"] if row["kind"] == "depot" and row["nation"]})
        for target in self.drafts["Targets"] if nations else ():
            if self.random.random() < 0.3:
                target["nodes"] += f";{self.one(nations)}"

    def _before_the_horizon(self) -> None:
        """Orders placed, and demand that was due."""
        self.drafts["Orders"] = []
        for line in self.drafts["Lines"]:
            factory = next(node for node in self.drafts["Nodes"] if node["node"] == line["factory"])
            open_periods = range(int(factory["opens"] or 1), int(factory["closes"] or self.periods) + 1)
            for period in range(1, int(line["order_lead_time"] or 0) + 1):
                if period in open_periods and self.random.random() < 0.3:
                    order = {"line": line["line"], "period": period, "quantity": self.one([0.5, 1, 2])}
                    self.drafts["Orders"].append({**order, "paid": self.one(["", "", 0, 1])})
        for demand in self.drafts["Demand"]:
            if demand["period"] == 1 and demand["max_delay"] != "" and self.random.random() < 0.5:
                demand["overdue"] = self.random.randint(1, int(demand["max_delay"]))

    def _share_of_supply(self) -> Draft:
        row = self._embargo()
        return {
            **row,
            "policy": "share",
            "kind": self.one(["largest_share", "smallest_share"]),
            "share": self.one([0.2, 0.5, 0.8]),
        }

    def _consent(self) -> Draft:
        routes = [row["route"] for row in self.drafts["Routes"]]
        place = {"nodes": self.one(self.nodes)} if self.random.random() < 0.3 else {}
        if not place and self.random.random() < 0.2:
            place = {"routes": self.one(routes)}
        return {
            "nation": self.one(["PL", "DE", "US"]),
            "items": self._some_items(0.4),
            "nodes": "",
            "routes": "",
            **place,
            "kind": self.one(["", "export", "transit", "end use"]),
            **(
                self.one([{"status": "", "from": 2}, {"status": "given", "from": 3}, {"status": "pending", "from": ""}])
            ),
        }

    def _lock(self, number: int) -> Draft:
        kind = self.one(["make", "ship", "stock", "deliver", "invest"])
        expansions = [row["expansion"] for row in self.drafts["Expansions"]]
        if kind == "invest" and not expansions:
            kind = "make"
        named = {
            "make": {"line": self.one(self.drafts["Lines"])["line"]},
            "ship": {"route": self.one(self.drafts["Routes"])["route"]},
            "stock": {"node": self.one(self.nodes), "item": self.maybe(0.5, *self.items)},
            "deliver": {"demand": self.one(self.drafts["Demand"])["demand"]},
            "invest": {"expansion": self.one(expansions) if expansions else ""},
        }[kind]
        bound = self.one(
            [{"maximum": self.one([0, 1, 4])}, {"minimum": self.one([0.5, 1])}, {"quantity": self.one([0, 1])}]
        )
        blank = dict.fromkeys(
            ("line", "route", "origin", "node", "item", "demand", "expansion", "fund", "contributor"), ""
        )
        return {
            "lock": f"lock {number}",
            "kind": kind,
            **blank,
            **named,
            **self.window(0.4, "from", "to"),
            "per": self.one(["", "period", "total"]),
            "quantity": "",
            "minimum": "",
            "maximum": "",
            **bound,
        }

    def _fund(self, fund: str) -> Draft:
        group = self.maybe(0.3, "EU")
        return {
            "fund": fund,
            "kind": self.one(["budget", "loan", "grant"]),
            "carry_over": self.one(["", "yes"]),
            "cofinancing": self.maybe(0.25, 0.4, 0.75),
            "interest": self.maybe(0.4, 0.1),
            "ceiling": self.maybe(0.15, 30),
            "content_group": group,
            "content_min": self.one([0.4, 0.65]) if group else "",
            "content_scope": self.one(["line", "fund"]),
            **self.window(0.15),
        }

    def _budget(self, fund: str, year: int) -> Draft:
        return {
            "fund": fund,
            "contributor": self.one(["", "PL", "US"]),
            "year": year,
            "amount": self.one([10, 40, 200, 1000]),
            "from": self.maybe(0.1, *range(1, self.periods + 1)),
        }

    def _rule(self, fund: str) -> Draft:
        types = ["procurement", "capacity", "transport", "storage", "works", "training"]
        return {
            "fund": fund,
            "cost_types": self.maybe(0.4, ";".join(self.random.sample(types, 3))),
            "items": self._some_items(0.3),
            "producers": self.maybe(0.3, "EU", "US", "PL"),
        }


def _resource_use(line: str, resource: str) -> Draft:
    return {"line": line, "resource": resource, "use": 1.5}
