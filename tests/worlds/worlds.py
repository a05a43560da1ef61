"""Random small worlds, as tables: every rule of the model appears in some of them.

Numbers are small multiples, so that optima are neither trivial nor always degenerate. The weighted
objective prices every shortage, so that each world has a plan unless its minimum rates forbid it.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

Row = dict[str, Any]
World = dict[str, list[Row]]


def random_world(seed: int, objective: str = "weighted", money: bool | None = None) -> World:
    """A world of 1–2 factories, depots, 1–3 items and 3–7 periods; the same seed gives the same world."""
    rng = random.Random(seed)
    periods = rng.randint(3, 7)
    world: World = {
        "Settings": _settings(rng, periods, objective),
        "Nations": [{"nation": n, "groups": g} for n, g in (("PL", "EU"), ("FR", "EU"), ("US", "West"), ("UA", ""))],
        "Items": _items(rng),
        "Nodes": _nodes(rng, periods),
        "Commitments": [{"commitment": "pact", "binding": "yes"}, {"commitment": "wish", "binding": "no"}],
    }
    world["Routes"] = _routes(rng, periods)
    world["Lines"] = _lines(rng, world["Items"])
    world["Resources"] = [{"resource": "workshop", "factory": "F1", "capacity": rng.choice([8, 15, 40])}]
    if rng.random() < 0.6:
        world["Components"] = [{"item": "shell", "component": "powder", "quantity": rng.choice([0.5, 1, 2])}]
    world["Demand"] = _demand(rng, world["Items"], periods)
    world["Stocks"] = _stocks(rng, periods)
    if rng.random() < 0.5:
        world["Targets"] = _targets(rng)
    if rng.random() < 0.5:
        world["Expansions"] = _expansions(rng)
    if rng.random() < 0.4:
        world["Capacity"] = [
            {"object": "F1:shell", "period": rng.randint(1, periods), "quantity": rng.choice([0, 3, 9])}
        ]
    if rng.random() < 0.3:
        world["Policies"] = [_embargo(rng)]
    if money if money is not None else rng.random() < 0.6:
        _add_money(rng, world)
    return world


def _settings(rng: random.Random, periods: int, objective: str) -> list[Row]:
    values = {
        "start": rng.choice(["2026-01", "2026-04", "2026-11"]),
        "periods": periods,
        "period_length": rng.choice(["month", "month", "quarter", "week", "year"]),
        "discount_rate": rng.choice([0, 0, 0.05]),
        "fiscal_year_start": rng.choice([1, 1, 4]),
        "objective": objective,
    }
    if values["period_length"] == "week":
        values["start"] = "2026-03-16"
    if values["period_length"] == "quarter" and values["start"] == "2026-11":
        values["start"] = "2026-10"
    return [{"key": key, "value": value} for key, value in values.items()]


def _items(rng: random.Random) -> list[Row]:
    return [
        {
            "item": "shell",
            "category": "ammo",
            "weight": rng.choice([1, 0.5]),
            "volume": rng.choice([0, 2]),
            "neq": rng.choice([0, 3]),
            "shelf_life": rng.choice(["", "", 1, 2]),
            "holding_cost": rng.choice([0, 0.1]),
            "scrap_cost": rng.choice([0, 0.2]),
            "value": 50,
        },
        {
            "item": "powder",
            "category": "parts",
            "weight": rng.choice([0, 0.2]),
            "shelf_life": rng.choice(["", "", 0, 1]),
            "scrap_cost": rng.choice([0, 0, 0.1]),
            "value": 5,
        },
        {"item": "kit", "category": "other", "weight": 2, "holding_cost": 0.05, "value": 30},
    ]


def _nodes(rng: random.Random, periods: int) -> list[Row]:
    closes = rng.choice(["", "", periods - 1])
    return [
        {"node": "F1", "kind": "factory", "nation": "PL", "storage_t": rng.choice(["", 0, 20])},
        {"node": "F2", "kind": "factory", "nation": rng.choice(["FR", ""]), "storage_t": rng.choice(["", 5])},
        {"node": "M", "kind": "market", "nation": "US"},
        {
            "node": "D1",
            "kind": "depot",
            "nation": "PL",
            "storage_t": rng.choice(["", 15]),
            "storage_m3": rng.choice(["", 30]),
            "storage_neq": rng.choice(["", 25]),
            "holding_cost": rng.choice([0, 0.3]),
            "closes": closes,
        },
        {"node": "X", "kind": "transit", "nation": "PL", "throughput_t": rng.choice(["", 9])},
        {"node": "K", "kind": "destination", "nation": "UA", "throughput_t": rng.choice(["", "", 12])},
    ]


def _routes(rng: random.Random, periods: int) -> list[Row]:
    legs = [("F1", "D1"), ("F2", "D1"), ("F2", "F1"), ("M", "D1"), ("D1", "X"), ("X", "K"), ("F1", "X"), ("M", "F1")]
    routes = []
    for origin, destination in legs:
        routes.append(
            {
                "route": f"{origin}-{destination}",
                "origin": origin,
                "destination": destination,
                "mode": rng.choice(["road", "rail"]),
                "lead_time": rng.choice([0, 0, 1, 2]),
                "cost": rng.choice([0, 0.5, 1, 2]),
                "capacity_t": rng.choice(["", "", 6, 14]),
                "capacity_m3": rng.choice(["", "", 20]),
                "opens": rng.choice(["", "", 2]),
                "closes": rng.choice(["", "", "", periods]),
                "both_ways": rng.choice(["yes", "no"]),
                "excludes": rng.choice(["", "", "other"]),
            }
        )
    return routes


def _lines(rng: random.Random, items: list[Row]) -> list[Row]:
    lines = []
    for item in items:
        for factory in rng.sample(["F1", "F2", "M"], rng.randint(1, 3)):
            lead = rng.choice([0, 0, 0, 1])
            lines.append(
                {
                    "factory": factory,
                    "item": item["item"],
                    "unit_cost": rng.choice([1, 2, 3, 7]),
                    "capacity": rng.choice(["", 4, 8, 16]),
                    "min_rate": rng.choice([0, 0, 0, 1]) if factory != "M" else 0,
                    "start_rate": rng.choice(["", 0, 2]),
                    "ramp": rng.choice(["", "", 3]) if factory != "M" else "",
                    "yield": rng.choice([1, 1, 0.8]),
                    "resource": "workshop" if factory == "F1" and rng.random() < 0.5 else "",
                    "order_lead_time": lead,
                    "advance": rng.choice([0, 0.3, 1]) if lead else 0,
                    "opens": rng.choice(["", "", 2]),
                    "content": rng.choice(["", "PL:0.7; US:0.3", "FR:1"]),
                }
            )
    if not any(line["factory"] == "F1" and line["item"] == "shell" for line in lines):
        lines.append({"factory": "F1", "item": "shell", "unit_cost": 4, "capacity": 6})
    return lines


def _demand(rng: random.Random, items: list[Row], periods: int) -> list[Row]:
    return [
        {
            "demand": f"d{number}",
            "commitment": rng.choice(["pact", "wish", ""]),
            "destination": rng.choice(["K", "K", "K", "D1"]),
            "item": rng.choice(items)["item"],
            "period": rng.randint(1, periods),
            "quantity": rng.choice([2, 5, 9, 20]),
            "priority": rng.choice([1, 1, 2]),
            "max_delay": rng.choice([0, 1, 2]),
            "shortage_cost": rng.choice([20, 50, 100]),
            "delay_cost": rng.choice([0, 1, 4]),
        }
        for number in range(1, rng.randint(3, 7))
    ]


def _stocks(rng: random.Random, periods: int) -> list[Row]:
    rows: list[Row] = []
    if rng.random() < 0.6:
        rows.append({"node": "D1", "item": "shell", "quantity": rng.choice([3, 8]), "age": rng.choice([0, 0, 1])})
    if rng.random() < 0.4:
        rows.append({"node": "F1", "item": "powder", "quantity": 6, "period": rng.randint(1, periods)})
    return rows


def _targets(rng: random.Random) -> list[Row]:
    return [
        {
            "target": "reserve",
            "nodes": rng.choice(["D1", "PL"]),
            "items": rng.choice(["shell", "ammo; other"]),
            "from": rng.choice(["", 2]),
            "to": rng.choice(["", 3]),
            "quantity": rng.choice(["", 4, 10]),
            "days_of_supply": rng.choice([20, 45, 100]),
            "shortage_cost": rng.choice([1, 6]),
        }
    ]


def _expansions(rng: random.Random) -> list[Row]:
    widened = rng.choice([{"line": "F1:shell"}, {"resource": "workshop"}, {"node": "D1"}, {"route": "D1-X"}])
    return [
        {
            "expansion": "more",
            "cost": rng.choice([1, 5]),
            "limit": rng.choice(["", 6]),
            "lead_time": rng.choice([0, 1]),
            "first": rng.choice(["", 2]),
            **widened,
        }
    ]


def _embargo(rng: random.Random) -> Row:
    where = rng.choice([{"nations": "US"}, {"nodes": "F2"}, {"nations": "EU"}])
    return {"policy": "embargo", "kind": "forbid", "items": "shell", "from": rng.choice(["", 2]), **where}


def _add_money(rng: random.Random, world: World) -> None:
    start = next(row["value"] for row in world["Settings"] if row["key"] == "start")
    year = int(str(start)[:4]) - (1 if rng.random() < 0.2 else 0)
    world["Funds"] = [
        {
            "fund": "loan",
            "kind": "loan",
            "interest": rng.choice([0, 0.03]),
            "carry_over": rng.choice(["yes", "no"]),
            "content_group": "EU",
            "content_min": rng.choice(["", 0.65]),
            "content_scope": rng.choice(["line", "fund"]),
        },
        {
            "fund": "grant",
            "kind": "grant",
            "cofinancing": rng.choice(["", 0.5]),
            "ceiling": rng.choice(["", 60]),
            "opens": rng.choice(["", 2]),
        },
        {"fund": "own", "kind": "budget", "carry_over": "yes"},
    ]
    world["Budgets"] = [
        {"fund": fund, "contributor": contributor, "year": year + offset, "amount": rng.choice([10, 40, 120])}
        for fund, contributor in (("loan", "PL"), ("loan", "FR"), ("grant", "US"), ("own", "UA"))
        for offset in range(3)
    ]
    world["Budgets"].append({"fund": "own", "contributor": "UA", "year": year, "amount": 25, "from": 2})
    world["Eligibility"] = [
        {"fund": "loan", "cost_types": "procurement; capacity", "producers": "EU"},
        {"fund": "loan", "cost_types": "transport"},
        {"fund": "grant", "items": "ammo"},
    ]
    _add_preferences(rng, world)


def _add_preferences(rng: random.Random, world: World) -> None:
    """Funds that count orders, tiers of preference and beneficiaries; orders paid for in two fiscal years."""
    for fund in world["Funds"]:
        fund["basis"] = rng.choice(["cash", "commitment"])
    for rule in world["Eligibility"]:
        rule["tier"] = rng.choice([1, 1, 2])
        rule["beneficiaries"] = rng.choice(["", "UA", "UA; EU", "PL"])
    if rng.random() < 0.4:
        world["Eligibility"].append({"fund": "own", "tier": rng.choice([2, 3])})
        world["Eligibility"].append({"fund": "own", "producers": "EU", "beneficiaries": rng.choice(["", "UA"])})
    if rng.random() < 0.4:
        world["Eligibility"].append({"fund": "loan", "cost_types": "procurement", "tier": 3})
    for line in world["Lines"]:
        if rng.random() < 0.4:
            line["order_lead_time"] = rng.choice([1, 2])
            line["advance"] = rng.choice([0, 0.5])


def write_world(world: World, folder: Path) -> Path:
    """The world as a folder of CSV files; tables without rows are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in world.items():
        if not rows:
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder
