"""Invented worlds of any size, with every kind of rule in them: the tables that a planner would type in.

A world runs from west to east: factories and depots of a dozen nations, border crossings with a limited
throughput, destinations behind them; markets overseas. Capacity, corridors and money are
scaled to the demand so that each of them binds somewhere, and nowhere makes a plan impossible: what lines must
make is cheap and can be written off, and what cannot be delivered has a price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import hypot

import numpy as np

Row = dict[str, object]
Tables = dict[str, list[Row]]

NATIONS = tuple(f"N{number:02d}" for number in range(1, 13))
BENEFICIARY = "East"
# category: weight t, volume m3, explosive kg, unit cost, share of items, has components
CATEGORIES: Mapping[str, tuple[float, float, float, float, int, bool]] = {
    "Ammunition": (0.06, 0.05, 9.0, 3500.0, 5, False),
    "Missiles": (0.3, 1.2, 25.0, 600000.0, 3, True),
    "Vehicles": (14.0, 60.0, 0.0, 2400000.0, 3, True),
    "Drones": (0.02, 0.2, 1.0, 9000.0, 4, True),
    "Energy": (4.0, 12.0, 0.0, 90000.0, 3, False),
    "Medical": (0.4, 2.0, 0.0, 15000.0, 2, False),
}
KM_PER_DEGREE = 85.0
MODES = {
    "road": (0.11, 700.0),
    "rail": (0.05, 500.0),
    "sea": (0.015, 2500.0),
    "air": (1.6, 9000.0),
}  # EUR/t km, km a period


@dataclass
class World:
    """One world; `tables` fills it. `size` 1 gives about a million non-zeros in the linear program."""

    size: float = 1.0
    seed: int = 1
    objective: str = "weighted"
    periods: int = 36
    room: float = 1.0  # how roomy lines, corridors, depots and budgets are; below 1 they are scarce
    random: np.random.Generator = field(init=False)
    places: dict[str, tuple[float, float]] = field(default_factory=dict)  # node → (longitude, latitude)
    legs: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    components: list[Row] = field(default_factory=list)
    wanted: dict[str, float] = field(default_factory=dict)  # finished item → units over the horizon

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)

    # ── Numbers ──────────────────────────────────────────────────────────────────────────────────

    def count(self, at_size_one: int, at_least: int) -> int:
        """How many of a kind: items and places both grow with the root of the size."""
        return int(max(at_least, round(at_size_one * self.size**0.5)))

    def about(self, mean: float, spread: float = 0.3, digits: int = 2) -> float:
        """A number around the mean, rounded to significant digits as people type them."""
        value = mean * float(self.random.uniform(1 - spread, 1 + spread))
        return float(f"{value:.{digits}g}")

    def pick(self, names: list[str], number: int) -> list[str]:
        chosen = self.random.choice(len(names), size=min(number, len(names)), replace=False)
        return [names[index] for index in sorted(chosen)]

    def distance(self, origin: str, destination: str) -> float:
        (x, y), (u, v) = self.places[origin], self.places[destination]
        return KM_PER_DEGREE * max(0.5, hypot(x - u, 1.3 * (y - v)))

    def nearest(self, origin: str, names: list[str], number: int) -> list[str]:
        return sorted((name for name in names if name != origin), key=lambda name: self.distance(origin, name))[:number]

    # ── Names ────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def nodes(self) -> dict[str, list[str]]:
        counts = {
            "factory": self.count(14, 3),
            "depot": self.count(14, 3),
            "transit": self.count(6, 2),
            "destination": self.count(14, 3),
            "market": 2,
        }
        spans = {"factory": (5, 21), "depot": (8, 23), "transit": (23, 25), "destination": (27, 38), "market": (-10, 0)}
        nodes: dict[str, list[str]] = {}
        for kind, number in counts.items():
            nodes[kind] = [f"{kind.capitalize()} {index}" for index in range(1, number + 1)]
            for name in nodes[kind]:
                self.places[name] = (float(self.random.uniform(*spans[kind])), float(self.random.uniform(46, 57)))
        return nodes

    @cached_property
    def goods(self) -> dict[str, str]:
        """Finished item → category."""
        total = self.count(26, 6)
        shares = [category for category, facts in CATEGORIES.items() for _ in range(facts[4])]
        mixed = [shares[index] for index in self.random.permutation(len(shares))]
        chosen = (list(CATEGORIES) + mixed * (total // len(mixed) + 1))[:total]
        return {f"{category} {number}": category for number, category in enumerate(chosen, start=1)}

    @cached_property
    def parts(self) -> list[str]:
        return [f"Part {number}" for number in range(1, self.count(8, 2) + 1)]

    def nation_of(self, node: str) -> str | None:
        if node in self.nodes["destination"]:
            return BENEFICIARY
        return None if node in self.nodes["market"] else NATIONS[sum(map(ord, node)) % len(NATIONS)]

    # ── Tables ───────────────────────────────────────────────────────────────────────────────────

    def tables(self) -> Tables:
        tables: Tables = {"Settings": self._settings(), "Nations": self._nations(), "Items": list(self._items())}
        self._demand = list(self._demands())
        self._make_lines()
        self._make_legs()
        tables |= {
            "Nodes": list(self._nodes()),
            "Routes": self.legs,
            "RouteItems": list(self._route_items()),
            "Lines": self.lines,
            "Resources": list(self._resources()),
            "Components": self.components,
            "Expansions": list(self._expansions()),
            "Capacity": list(self._capacity()),
            "Stocks": list(self._stocks()),
            "Demand": self._demand,
            "Commitments": list(self._commitments()),
            "Targets": list(self._targets()),
            "Policies": self._policies(),
        }
        return tables | self._money()

    def _settings(self) -> list[Row]:
        settings = {
            "title": f"Benchmark world, size {self.size:g}, seed {self.seed}",
            "start": "2026-01",
            "periods": self.periods,
            "period_length": "month",
            "currency": "EUR",
            "discount_rate": 0.03,
            "objective": self.objective,
            "marking": "INVENTED",
        }
        return [{"key": key, "value": value} for key, value in settings.items()]

    def _nations(self) -> list[Row]:
        rows: list[Row] = [
            {"nation": name, "groups": "Union" if index < 9 else "Partners"} for index, name in enumerate(NATIONS)
        ]
        return [*rows, {"nation": BENEFICIARY, "groups": "Beneficiaries", "beneficiary": "yes"}]

    def _items(self) -> Iterator[Row]:
        self.cost: dict[str, float] = {}
        self.weight: dict[str, float] = {}
        for number, (item, category) in enumerate(self.goods.items()):
            weight, volume, explosive, cost, _, _ = CATEGORIES[category]
            self.cost[item], self.weight[item] = self.about(cost), self.about(weight)
            row: Row = {
                "item": item,
                "category": category,
                "weight": self.weight[item],
                "volume": self.about(volume),
                "neq": self.about(explosive) if explosive else None,
                "scrap_cost": self.about(0.01 * cost) if number % 4 == 0 else None,
                "shelf_life": max(1, self.periods - 6) if category == "Medical" and number % 2 else None,
            }
            yield row
        for part in self.parts:
            self.cost[part], self.weight[part] = self.about(20000.0, 0.8), self.about(0.05)
            yield {"item": part, "category": "Components", "weight": self.weight[part], "volume": self.about(0.2)}

    def _demands(self) -> Iterator[Row]:
        """Each item at some destinations, every one to three periods; dear items in small numbers."""
        for number, item in enumerate(self.goods):
            volume = self.about(2.5e9 / len(self.goods), 0.8)  # money over the horizon
            places = self.pick(self.nodes["destination"], 3 + number % 4)
            step = 1 + number % 3
            dues = range(4, self.periods + 1, step)
            each = volume / self.cost[item] / (len(places) * len(dues))
            for place in places:
                for due in dues:
                    quantity = self.about(each, 0.6, 3)
                    self.wanted[item] = self.wanted.get(item, 0.0) + quantity
                    yield {
                        "demand": f"{item} at {place} in {due}",
                        "commitment": f"Package {1 + number % 12}",
                        "destination": place,
                        "item": item,
                        "period": due,
                        "quantity": quantity,
                        "priority": 1 + number % 3,
                        "max_delay": (0, 2, 6)[number % 3],
                        "shortage_cost": float(f"{4 * self.cost[item]:.3g}"),
                        "delay_cost": float(f"{0.02 * self.cost[item]:.3g}"),
                    }

    def _commitments(self) -> Iterator[Row]:
        for number in range(1, 13):
            yield {"commitment": f"Package {number}", "binding": "yes" if number % 3 == 1 else "no"}

    # ── Production ───────────────────────────────────────────────────────────────────────────────

    def _make_lines(self) -> None:
        for number, (item, category) in enumerate(self.goods.items()):
            rate = 1.05 * self.room * self.wanted[item] / self.periods
            factories = self.pick(self.nodes["factory"], 1 + number % 3)
            for factory in factories:
                self._make_line(number, item, factory, rate / len(factories))
            if number % 3 == 0:
                self._offer(item, 0.2 * rate)
            if CATEGORIES[category][5]:
                for part in self.pick(self.parts, 1 + number % 2):
                    self.components.append({"item": item, "component": part, "quantity": 1 + number % 2})
        for number, part in enumerate(self.parts):
            rate = 1.0 + self._use_of(part) / self.periods
            for factory in self.pick(self.nodes["factory"], 2):
                self._make_line(number, part, factory, 0.6 * rate)

    def _use_of(self, part: str) -> float:
        return sum(
            self.wanted[str(row["item"])] * float(str(row["quantity"]))
            for row in self.components
            if row["component"] == part
        )

    def _make_line(self, number: int, item: str, factory: str, rate: float) -> None:
        nation = self.nation_of(factory)
        must_run = number % 9 == 4 and item in self.goods and not CATEGORIES[self.goods[item]][5]
        rates = (0.1 * rate, 0.3 * rate, 0.15 * rate) if must_run else (None, None, None)
        self.lines.append(
            {
                "line": f"{item} at {factory}",
                "factory": factory,
                "item": item,
                "unit_cost": self.about(self.cost[item], 0.2, 4),
                "capacity": float(f"{rate:.4g}"),
                **dict(zip(("min_rate", "start_rate", "ramp"), rates, strict=True)),
                "yield": 0.97 if number % 5 == 0 else None,
                "resource": f"Hall of {factory}" if number % 2 == 0 else None,
                "resource_use": float(f"{1000 / rate:.4g}") if number % 2 == 0 else None,
                "order_lead_time": (0, 2, 4)[number % 3],
                "advance": 0.3 if number % 3 == 2 else None,
                "content": f"{nation}:0.7; {NATIONS[number % 12]}:0.3" if nation != NATIONS[number % 12] else None,
            }
        )

    def _offer(self, item: str, rate: float) -> None:
        market = self.nodes["market"][len(self.lines) % 2]
        cost = float(f"{1.4 * self.cost[item]:.4g}")
        self.lines.append(
            {
                "line": f"{item} at {market}",
                "factory": market,
                "item": item,
                "unit_cost": cost,
                "capacity": float(f"{rate:.4g}"),
            }
        )

    def _resources(self) -> Iterator[Row]:
        """Each hall can run nine tenths of what its lines could make."""
        used: dict[str, int] = {}
        for line in self.lines:
            if line.get("resource"):
                used[str(line["resource"])] = used.get(str(line["resource"]), 0) + 1
        for resource, lines in used.items():
            yield {"resource": resource, "factory": resource.removeprefix("Hall of "), "capacity": 900 * lines}

    def _expansions(self) -> Iterator[Row]:
        own = [line for line in self.lines if line["factory"] not in self.nodes["market"]]
        for line in own[::4]:
            capacity = float(str(line["capacity"]))
            yield {
                "expansion": f"More {line['line']}",
                "line": line["line"],
                "cost": float(f"{6 * float(str(line['unit_cost'])):.3g}"),
                "limit": float(f"{0.4 * capacity:.3g}"),
                "lead_time": 6,
            }
        for depot in self.nodes["depot"][::3]:
            yield {"expansion": f"More {depot}", "node": depot, "cost": 4000, "limit": 2000, "lead_time": 4}
        for leg in self.legs[::15]:
            yield {
                "expansion": f"More {leg['route']}",
                "route": leg["route"],
                "cost": 9000,
                "limit": 300,
                "lead_time": 8,
            }

    # ── Network ──────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def tonnes(self) -> float:
        """Tonnes wanted per period."""
        return sum(quantity * self.weight[item] for item, quantity in self.wanted.items()) / self.periods

    def _nodes(self) -> Iterator[Row]:
        for kind, names in self.nodes.items():
            for name in names:
                longitude, latitude = self.places[name]
                row: Row = {
                    "node": name,
                    "kind": kind,
                    "nation": self.nation_of(name),
                    "lat": round(latitude, 3),
                    "lon": round(longitude, 3),
                }
                yield row | self._room(kind, len(names))

    def _room(self, kind: str, number: int) -> Row:
        share = self.room * self.tonnes / number
        if kind == "depot":
            return {
                "storage_t": self.about(3.0 * share),
                "storage_m3": self.about(20.0 * share),
                "storage_neq": self.about(400.0 * share),
                "holding_cost": self.about(3.0),
                "throughput_t": self.about(3.0 * share),
            }
        if kind == "transit":
            return {"throughput_t": self.about(1.25 * share)}
        if kind == "market":
            return {}
        return {"storage_t": self.about(2.0 * share), "holding_cost": self.about(6.0)}

    def _make_legs(self) -> None:
        depots, borders, fronts = self.nodes["depot"], self.nodes["transit"], self.nodes["destination"]
        for factory in self.nodes["factory"]:
            self._join(factory, depots, 3, ("road", "rail"), "")
        for depot in depots:
            self._join(depot, borders, 3, ("road", "rail"), "Components")
            self._join(depot, depots, 2, ("road",), "Components")
        for border in borders:
            self._join(border, fronts, 6, ("road", "rail"), "Components")
        for front in fronts:  # none may be left out
            for border in self.nearest(front, borders, 2):
                if not any(leg["origin"] == border and leg["destination"] == front for leg in self.legs):
                    self._leg(border, front, "road", "Components")
        for market in self.nodes["market"]:
            self._join(market, depots, 4, ("sea",), "Components")
        for depot in depots[::4]:
            self._join(depot, fronts, 4, ("air",), "Components; Vehicles; Energy")
        self._join_suppliers()

    def _join(self, origin: str, others: list[str], number: int, modes: tuple[str, ...], excludes: str) -> None:
        for rank, destination in enumerate(self.nearest(origin, others, number)):
            for mode in modes[: 1 + (rank < 2)]:
                self._leg(origin, destination, mode, excludes)

    def _leg(self, origin: str, destination: str, mode: str, excludes: str) -> None:
        rate, speed = MODES[mode]
        distance = self.distance(origin, destination)
        share = {"road": 0.12, "rail": 0.18, "sea": 0.1, "air": 0.004}[mode] * 14 / self.count(14, 3)
        self.legs.append(
            {
                "route": f"{origin} > {destination} by {mode}",
                "origin": origin,
                "destination": destination,
                "mode": mode,
                "lead_time": min(2, int(distance // speed) + (mode == "sea")),
                "cost": self.about(20 + rate * distance, 0.1, 3),
                "capacity_t": self.about(self.room * share * self.tonnes),
                "capacity_m3": self.about(6 * self.room * share * self.tonnes) if mode in ("air", "rail") else None,
                "excludes": excludes,
            }
        )

    def _join_suppliers(self) -> None:
        """A road from each maker of a part to each factory that consumes it."""
        makers: dict[str, list[str]] = {}
        for line in self.lines:
            makers.setdefault(str(line["item"]), []).append(str(line["factory"]))
        pairs = {
            (maker, user)
            for row in self.components
            for maker in makers.get(str(row["component"]), ())
            for user in makers.get(str(row["item"]), ())
            if maker != user and user not in self.nodes["market"]
        }
        finished = "; ".join(CATEGORIES)
        for maker, user in sorted(pairs):
            self._leg(maker, user, "road", finished)

    def _route_items(self) -> Iterator[Row]:
        items = list(self.goods)
        for number, leg in enumerate(self.legs[::6]):
            item = items[number % len(items)]
            if self.goods[item] not in str(leg["excludes"]):
                rate = self.wanted[item] / self.periods
                yield {"route": leg["route"], "item": item, "capacity": float(f"{0.5 * rate:.3g}")}

    def _capacity(self) -> Iterator[Row]:
        for number, leg in enumerate(self.legs[::12]):
            for period in range(1 + number % 5, self.periods + 1, 12):
                yield {
                    "object": leg["route"],
                    "period": period,
                    "quantity": float(f"{0.5 * float(str(leg['capacity_t'])):.3g}"),
                }

    # ── Stock and money ──────────────────────────────────────────────────────────────────────────

    def _stocks(self) -> Iterator[Row]:
        for number, item in enumerate(self.goods):
            for depot in self.pick(self.nodes["depot"], 2):
                quantity = float(f"{0.6 * self.wanted[item] / self.periods:.3g}")
                yield {"node": depot, "item": item, "quantity": quantity, "period": None}
                if number % 4 == 0:
                    yield {"node": depot, "item": item, "quantity": quantity, "period": 3}

    def _targets(self) -> Iterator[Row]:
        for number, item in enumerate(self.goods):
            depots = "; ".join(self.pick(self.nodes["depot"], 4))
            row: Row = {"target": f"Reserve of {item}", "nodes": depots, "items": item, "from": 6}
            cost = float(f"{0.01 * self.cost[item]:.3g}")
            if number % 3 == 0:
                yield row | {"days_of_supply": 45, "shortage_cost": cost}
            elif number % 3 == 1:
                yield row | {"quantity": float(f"{self.wanted[item] / self.periods:.3g}"), "shortage_cost": cost}

    def _policies(self) -> list[Row]:
        item = next(iter(self.goods))
        leg = next(leg for leg in self.legs if self.goods[item] not in str(leg["excludes"]))
        return [{"policy": "Closed road", "kind": "forbid", "items": item, "routes": leg["route"], "from": 7, "to": 12}]

    def _money(self) -> Tables:
        """Together nine tenths of what all demand would cost; each year a like part."""
        need = 0.9 * self.room * sum(quantity * self.cost[item] for item, quantity in self.wanted.items())
        goods = "; ".join(CATEGORIES)
        funds: list[Row] = [
            {"fund": "Loan", "kind": "loan", "carry_over": "yes", "interest": 0.03, "content_group": "Union", "content_min": 0.65, "cofinancing": 0.8},
            {"fund": "Pledges", "kind": "pledge", "carry_over": "yes"},
            {"fund": "Logistics", "kind": "grant", "carry_over": "yes", "cofinancing": 0.9},
            {"fund": "Portfolio", "kind": "grant", "content_group": "Union; Beneficiaries", "content_min": 0.6, "content_scope": "fund", "ceiling": float(f"{0.2 * need:.3g}")},
            {"fund": "Budgets", "kind": "budget"},
        ]  # fmt: skip
        rules: list[Row] = [
            {
                "fund": "Loan",
                "cost_types": "procurement; capacity",
                "items": f"{goods}; Components",
                "producers": "Union",
            },
            {
                "fund": "Pledges",
                "cost_types": "procurement",
                "items": "Ammunition; Missiles; Drones",
                "producers": None,
            },
            {"fund": "Logistics", "cost_types": "transport; storage", "items": None, "producers": None},
            {"fund": "Portfolio", "cost_types": "procurement", "items": "Vehicles; Energy; Medical", "producers": None},
            {"fund": "Portfolio", "cost_types": "capacity", "items": None, "producers": None},
            {"fund": "Budgets", "cost_types": None, "items": None, "producers": None},
        ]
        return {"Funds": funds, "Eligibility": rules, "Budgets": list(self._budgets(need))}

    def _budgets(self, need: float) -> Iterator[Row]:
        years = range(2026, 2026 + -(-self.periods // 12))
        shares = {
            "Loan": (0.35, ["Bank"]),
            "Pledges": (0.1, list(NATIONS[8:])),
            "Logistics": (0.04, list(NATIONS[:6])),
            "Portfolio": (0.15, ["Commission"]),
            "Budgets": (0.4, list(NATIONS)),
        }
        for fund, (share, contributors) in shares.items():
            for contributor in contributors:
                for year in years:
                    amount = self.about(share * need / (len(contributors) * len(years)), 0.3, 3)
                    yield {"fund": fund, "contributor": contributor, "year": year, "amount": amount}
