"""Small random inputs that use as much of the contract as possible, as folders of CSV files."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from typing import Any

from tests.unit.verify.random_terms import MONEY_RULES, NATION_LISTS, RULES

Row = dict[str, Any]
GROUPS = ("EU", "NATO", "EU;NATO", "")


class World:
    """Draws every table; `rows` holds what was drawn.

    `terms`: also rules among partners, which leave many worlds no plan.
    """

    def __init__(self, seed: int, objective: str, terms: bool = True) -> None:
        self.random = Random(seed)
        self.objective = objective
        self.length = self.pick(["month", "month", "quarter", "week", "year"])
        self.periods = self.random.randint(3, 7)
        self.rows: dict[str, list[Row]] = {}
        self.settings()
        self.places()
        self.goods()
        self.routes()
        self.making()
        self.wants()
        if self.chance(0.7):
            self.money()
        self.policies()
        for draw in (*RULES, *(MONEY_RULES if "Budgets" in self.rows else ())):
            if terms and self.chance(0.5):
                draw(self)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, options: Any) -> Any:
        return self.random.choice(list(options))

    def maybe(self, share: float, value: object) -> object:
        return value if self.chance(share) else ""

    def between(self, low: float, high: float) -> float:
        return round(self.random.uniform(low, high), 2)

    def period(self) -> object:
        return self.random.randint(1, self.periods)

    def window(self, share: float, first: str = "opens", last: str = "closes") -> Row:
        early = self.random.randint(1, max(1, self.periods - 2))
        late = self.random.randint(early + 1, self.periods + 1)
        opens: object = self.pick([early, "2020", "ceasefire", "ceasefire+1"]) if self.chance(share / 2) else ""
        return {first: opens, last: self.maybe(share / 2, self.pick([late, late, "ceasefire+1", "truce"]))}

    def settings(self) -> None:
        values = {
            "start": self.pick(["2026-01", "2026-10", "2027-04"]),
            "periods": self.periods,
            "period length": self.length,
            "discount_rate": self.pick([0, 0.03, 0.2]),
            "fiscal_year_start": self.pick([1, 4, 10]),
            "objective": self.objective,
            "currency": "EUR",
        }
        self.start_year = int(str(values["start"])[:4])
        self.rows["Settings"] = [{"key": key, "value": value} for key, value in values.items()]
        self.rows["Currencies"] = [{"currency": "EUR", "rate": 1}, {"currency": "USD", "rate": 0.9}]
        self.rows["Events"] = [
            {"event": "ceasefire", "period": self.random.randint(1, 2)},
            {"event": "truce", "period": ""},
        ]
        self.rows["Nations"] = [{"nation": name, "groups": self.pick(GROUPS)} for name in "ABC"]
        self.rows["Nations"][0]["groups"] = "EU;NATO"

    def places(self) -> None:
        kinds = ["factory", "factory", "depot", "depot", "transit", "destination", "destination", "market"]
        self.nodes = [(f"N{place}", kind) for place, kind in enumerate(kinds)]
        self.rows["Nodes"] = [
            {
                "node": name,
                "kind": kind,
                "nation": "A" if name == "N2" else self.maybe(0.9, self.pick("ABC")),
                "storage_t": self.maybe(0.3, self.pick([0, self.between(5, 100)])),
                "storage_m3": self.maybe(0.2, self.between(5, 50)),
                "storage_neq (kg)": self.maybe(0.2, self.between(5, 50)),
                "Holding cost": self.maybe(0.5, self.between(0, 2)),
                "throughput_t": self.maybe(0.3, self.between(10, 100)),
                "currency": self.maybe(0.2, "USD"),
                **(self.window(0.2) if kind != "factory" else {}),
            }
            for name, kind in self.nodes
        ]

    def goods(self) -> None:
        self.items = ["shell", "ration", "part", "powder", "works"]
        lives = {"ration": self.random.randint(0, 3), "powder": self.pick(["", 1, 2])}
        self.rows["Items"] = [
            {
                "item": item,
                "category": {"shell": "ammo", "ration": "food"}.get(item, self.pick(["ammo", "food", ""])),
                "cost_type": "works" if item == "works" else "",
                "weight": self.maybe(0.8, self.pick([0, 0.5, 1, 2])),
                "volume": self.maybe(0.5, self.between(0, 1)),
                "neq": self.maybe(0.5, self.between(0, 1)),
                "shelf_life": lives.get(item, 0 if item == "works" and self.chance(0.5) else ""),
                "holding_cost": self.maybe(0.5, self.between(0, 1)),
                "scrap_cost": self.maybe(0.5, self.between(0, 1)),
                "value": self.maybe(0.3, self.between(5, 50)) if item in {"part", "powder"} else self.between(5, 50),
            }
            for item in self.items
        ]
        pairs = self.random.sample([(node, item) for node, _ in self.nodes for item in self.items], 6)
        self.rows["NodeItems"] = [
            {
                "node": n,
                "item": i,
                "storage": self.maybe(0.7, self.between(5, 40)),
                "holding_cost": self.maybe(0.5, 0.3),
            }
            for n, i in pairs
        ]
        stocks = self.random.sample([(node, item) for node, _ in self.nodes[:4] for item in self.items[:4]], 6)
        self.rows["Stocks"] = [
            {
                "node": n,
                "item": i,
                "quantity": self.between(5, 60),
                "period": "",
                "age": self.maybe(0.3, self.pick([0, 1, 2, 5])),
            }
            for n, i in [*stocks, stocks[0]]
        ]
        always_open = [name for name, _ in self.nodes[:2]]
        for _ in range(2):
            row = {"node": self.pick(always_open), "item": self.pick(self.items[:4]), "quantity": self.between(5, 20)}
            self.rows["Stocks"].append({**row, "period": self.period(), "age": self.pick(["", 1, 3])})

    def routes(self) -> None:
        legs = [(0, 2), (1, 2), (1, 3), (2, 4), (3, 4), (4, 5), (4, 6), (7, 0), (7, 1), (2, 3), (2, 5)]
        self.rows["Routes"] = [
            {
                "route": self.maybe(0.6, f"R{number}"),
                "origin": f"N{a}",
                "destination": f"N{b}",
                "mode": self.pick(["road", "rail", ""]),
                "lead_time": self.pick([0, 0, 1, 2]),
                "cost": self.maybe(0.7, self.between(0, 3)),
                "capacity_t": self.maybe(0.4, self.between(5, 80)),
                "capacity_m3": self.maybe(0.2, self.between(5, 40)),
                "both_ways": self.pick(["yes", "no", "", ""]),
                "excludes": self.maybe(0.2, self.pick(["food", "shell", "part;powder"])),
                "currency": self.maybe(0.1, "USD"),
                **self.window(0.2),
            }
            for number, (a, b) in enumerate(legs)
        ]
        self.named = [str(row["route"]) for row in self.rows["Routes"] if row["route"] and not row["opens"]]
        pairs = self.random.sample([(r, i) for r in self.named for i in self.items], min(4, 5 * len(self.named)))
        self.rows["RouteItems"] = [
            {
                "route": r,
                "item": i,
                "cost": self.maybe(0.6, self.between(0, 2)),
                "capacity": self.maybe(0.6, self.between(5, 40)),
            }
            for r, i in pairs
        ]

    def making(self) -> None:
        offers = [("L1", 0, "shell"), ("L2", 1, "shell"), ("L3", 1, "ration"), ("L4", 5, "works"), ("M1", 7, "part")]
        offers += [("M2", 7, "powder"), ("L5", 0, "ration")]
        self.rows["Lines"] = [
            {
                "line": name,
                "factory": f"N{factory}",
                "item": item,
                "unit_cost": self.between(1, 20),
                "capacity": self.maybe(0.8, self.between(5, 40)),
                "min_rate": self.maybe(0.2, self.between(0, 3)),
                "start_rate": self.maybe(0.3, self.between(0, 10)),
                "ramp": self.maybe(0.3, self.between(1, 10)),
                "yield": self.maybe(0.4, self.pick([0.5, 0.8])),
                "resource": self.maybe(0.5, "Press") if factory in {0, 1} else "",
                "resource_use": self.maybe(0.5, 0.7),
                "order_lead_time": self.maybe(0.4, self.pick([0, 1, 2])),
                "advance": self.maybe(0.5, self.pick([0.3, 1])),
                "content": self.maybe(0.4, "A:0.6; C:0.4"),
                **self.window(0.2),
            }
            for name, factory, item in offers
        ]
        lines = [str(row["line"]) for row in self.rows["Lines"] if not row["opens"]]
        self.lines = lines
        self.rows["Resources"] = [
            {"resource": "Press", "factory": "N0", "capacity": 50},
            {"resource": "Crew", "capacity": 30},
        ]
        self.rows["ResourceUse"] = [{"line": line, "resource": "Crew", "use": 0.5} for line in lines[:2]]
        self.rows["Components"] = [
            {"item": "shell", "component": "part", "quantity": self.between(0.5, 2), "line": ""},
            {"item": "shell", "component": "powder", "quantity": 0.5, "line": ""},
        ]
        if "L1" in lines:
            self.rows["Components"].append({"item": "shell", "component": "part", "quantity": 0.3, "line": "L1"})
        things = self.random.sample([*lines, "Press", "N2", "N4", *self.named], 3)
        self.rows["Capacity"] = [
            {"object": thing, **{str(p): self.maybe(0.5, self.between(0, 30)) for p in range(1, self.periods + 1)}}
            for thing in things
        ]
        kinds: list[tuple[str, list[str]]] = [
            ("line", lines),
            ("resource", ["Press", "Crew"]),
            ("node", ["N2", "N3", "N4"]),
        ]
        kinds.append(("route", self.named))
        self.rows["Expansions"] = []
        for number, (kind, names) in enumerate(kinds * 2):
            if names:
                terms = {"cost": self.between(0, 5), "limit": self.maybe(0.7, self.between(1, 30))}
                row = {"expansion": f"E{number}", "line": "", "resource": "", "node": "", "route": "", **terms}
                row |= {"lead_time": self.maybe(0.5, self.pick([0, 1, 2])), "content": self.maybe(0.2, "B:1")}
                self.rows["Expansions"].append({**row, kind: self.pick(names), **self.window(0.2, "first", "last")})

    def wants(self) -> None:
        self.rows["Commitments"] = [{"commitment": "P", "binding": "yes"}, {"commitment": "Q", "binding": ""}]
        self.rows["Demand"] = [
            {
                "demand": self.maybe(0.7, f"D{number}"),
                "commitment": self.pick(["P", "Q", ""]),
                "destination": self.pick(["N5", "N6", "N3"]),
                "item": self.pick(["shell", "ration", "shell", "part"]),
                "period": self.pick([self.period(), "ceasefire+1", "truce"]),
                "quantity": self.between(0, 40),
                "binding": self.maybe(0.3, self.pick(["yes", "no"])),
                "priority": self.maybe(0.5, self.pick([0.5, 2])),
                "max_delay": self.maybe(0.5, self.pick([0, 1, 3])),
                "shortage_cost": self.between(20, 100) if number else self.maybe(0.8, 50),
                "delay_cost": self.maybe(0.5, self.between(0, 3)),
            }
            for number in range(8)
        ]
        self.rows["Demand"].append(
            {"demand": "DW", "destination": "N5", "item": "works", "period": 2, "quantity": 5, "shortage_cost": 40}
        )
        self.rows["Targets"] = [
            {
                "target": self.maybe(0.6, f"T{number}"),
                "nodes": self.pick(["N2", "N2;N3", "EU", "A", "N3;A"]),
                "items": self.pick(["shell", "ration", "ammo", "food;part", "shell;ration"]),
                "quantity": self.maybe(0.7, self.between(0, 30)) if number else 12,
                "days_of_supply": self.pick([10, 45, 100]) if number else "",
                "priority": self.maybe(0.5, 2),
                "shortage_cost": self.between(1, 10),
                **self.window(0.4, "from", "to"),
            }
            for number in range(3)
        ]

    def money(self) -> None:
        self.rows["Funds"] = [
            {
                "fund": f"F{number}",
                "kind": self.pick(["budget", "loan", "grant", "pledge"]) if number else "budget",
                "carry_over": self.pick(["yes", "no"]),
                "cofinancing": self.maybe(0.4, 0.6) if number else "",
                "interest": self.maybe(0.5, 0.04),
                "ceiling": self.maybe(0.3, self.between(100, 3000)),
                **self.pick(
                    [
                        {},
                        {
                            "content_group": self.pick(NATION_LISTS),
                            "content_min": 0.5,
                            "content_scope": self.pick(["line", "fund"]),
                        },
                    ]
                ),
                **(self.window(0.4) if number else {}),
            }
            for number in range(4)
        ]
        for row in self.rows["Funds"]:
            row.setdefault("content_group", "")
            row.setdefault("content_min", "")
        self.rows["Funds"][0] |= {"ceiling": "", "content_group": "", "content_min": "", "content_scope": "line"}
        kept = [row["fund"] for row in self.rows["Funds"] if not row.get("opens")]
        years = range(self.start_year - 1, self.start_year + 8)
        self.rows["Budgets"] = []
        for fund in kept:
            for contributor in self.random.sample(["A", "B", "Bank", ""], 2):
                for year in years:
                    amount = self.between(0, 400) if fund != "F0" else self.between(100, 1500)
                    row = {"fund": fund, "contributor": contributor, "year": year, "amount": amount}
                    self.rows["Budgets"].append(
                        {**row, "from": self.maybe(0.2, self.period()), "currency": self.maybe(0.1, "USD")}
                    )
        self.rows["Eligibility"] = [
            {
                "fund": self.pick(kept[1:]),
                "cost_types": self.pick(["procurement", "capacity;procurement", "transport;storage", "works", ""]),
                "items": self.maybe(0.4, self.pick(["shell", "ammo", "food;part"])),
                "producers": self.maybe(0.4, self.pick(NATION_LISTS)),
            }
            for _ in range(4 if kept[1:] else 0)
        ]

    def policies(self) -> None:
        self.rows["Policies"] = [
            {"policy": "P1", "kind": "forbid", "items": "shell", "nodes": "N0", **self.window(0.5, "from", "to")},
            {"policy": "P2", "kind": "forbid", "items": "", "nations": "C", "from": 2, "to": 2},
        ]
        if self.named:
            self.rows["Policies"].append(
                {"policy": "P3", "kind": "forbid", "items": "food", "routes": self.pick(self.named)}
            )
        self.rows["Policies"] = [row for row in self.rows["Policies"] if self.chance(0.3)]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.rows.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return folder
