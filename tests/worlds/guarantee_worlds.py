"""Random tiny worlds with contingencies: every rule of the contract of guarantees appears in some of them."""

from __future__ import annotations

import random
from typing import Any

Row = dict[str, Any]
World = dict[str, list[Row]]


def guarantee_world(seed: int) -> World:
    """Two depots, a factory, a crossing and two destinations; 3–5 periods, 1–3 contingencies; the same for one seed."""
    rng = random.Random(seed)
    periods = rng.randint(3, 5)
    objective = rng.choice(["lexicographic", "lexicographic", "weighted"])
    world: World = {
        "Settings": _settings(rng, periods, objective),
        "Nations": [{"nation": n, "groups": g} for n, g in (("PL", "EU"), ("DE", "EU"), ("UA", ""), ("MD", ""))],
        "Items": _items(rng),
        "Nodes": _nodes(rng, periods),
        "Routes": _routes(rng, periods),
        "Lines": _lines(rng),
        "Components": [{"item": "round", "component": "powder", "quantity": rng.choice([0.5, 1, 2])}]
        if rng.random() < 0.5
        else [],
        "Resources": [{"resource": "shop", "factory": "F", "capacity": rng.choice([6, 12])}],
        "Stocks": _stocks(rng, periods),
        "Demand": _demand(rng, periods),
        "Contingencies": _contingencies(rng, periods),
    }
    world["Surge"] = _surge(rng, world["Contingencies"])
    lines = {row["line"] for row in world["Lines"]}
    world["Disruptions"] = [
        row
        for row in _disruptions(rng, world["Contingencies"], periods)
        if row["kind"] != "line" or row["name"] in lines
    ]
    if rng.random() < 0.3:
        world["Expansions"] = [_expansion(rng)]
    if rng.random() < 0.3:
        world["RouteItems"] = [{"route": "DX", "item": "round", "cost": 1.5, "capacity": rng.choice([4, 9])}]
    if rng.random() < 0.2:
        world["NodeItems"] = [{"node": rng.choice(["E", "X"]), "item": "round", "storage": rng.choice([3, 8])}]
    return world


def _settings(rng: random.Random, periods: int, objective: str) -> list[Row]:
    values = {
        "start": "2026-01",
        "periods": periods,
        "period_length": "month",
        "objective": objective,
        "discount_rate": rng.choice([0, 0, 0.1]),
        "risk_weight": rng.choice([0, 0, 0.4, 1]),
        "risk_tail": rng.choice(["", 0, 0.5, 1]),
    }
    return [{"key": key, "value": value} for key, value in values.items() if value != ""]


def _items(rng: random.Random) -> list[Row]:
    return [
        {
            "item": "round",
            "weight": rng.choice([1, 0.5]),
            "volume": rng.choice([0, 1]),
            "value": 10,
            "domain": "land",
            "shelf_life": rng.choice(["", "", "", 1, 2]),
            "scrap_cost": rng.choice([0, 0.1]),
            "holding_cost": rng.choice([0, 0.2]),
        },
        {"item": "powder", "weight": rng.choice([0, 0.25]), "value": 3, "shelf_life": rng.choice(["", "", "", 1])},
        {"item": "drum", "weight": 1, "value": 4, "domain": "air"},
    ]


def _access(rng: random.Random) -> str:
    return rng.choice(["", "", "", "UA", "DE", "UA; MD", "EU"])


def _nodes(rng: random.Random, periods: int) -> list[Row]:
    return [
        {"node": "F", "kind": "factory", "nation": "PL", "storage_t": rng.choice(["", 0, 6]), "access": _access(rng)},
        {
            "node": "D",
            "kind": "depot",
            "nation": rng.choice(["PL", ""]),
            "storage_t": rng.choice(["", 12]),
            "storage_m3": rng.choice(["", 9]),
            "throughput_t": rng.choice(["", 8]),
            "access": _access(rng),
            "closes": rng.choice(["", "", periods - 1]),
        },
        {"node": "E", "kind": "depot", "nation": "DE", "storage_t": rng.choice(["", 7]), "access": _access(rng)},
        {"node": "X", "kind": "transit", "nation": "PL", "throughput_t": rng.choice(["", 7, 20])},
        {"node": "Z", "kind": "destination", "nation": "UA", "storage_t": rng.choice([0, 0, ""])},
        {"node": "Y", "kind": "destination", "nation": rng.choice(["MD", ""]), "storage_t": 0},
    ]


def _routes(rng: random.Random, periods: int) -> list[Row]:
    legs = ["FD", "FE", "DX", "EX", "XZ", "XY", "DE", "EY"]
    return [
        {
            "route": leg,
            "origin": leg[0],
            "destination": leg[1],
            "mode": "road",
            "lead_time": rng.choice([0, 0, 0, 1, 2]),
            "cost": rng.choice([0, 1, 2]),
            "capacity_t": rng.choice(["", "", 5, 9]),
            "capacity_m3": rng.choice(["", "", 6]),
            "opens": rng.choice(["", "", "", 2]),
            "closes": rng.choice(["", "", "", periods - 1]),
            "both_ways": "yes" if leg == "DE" and rng.random() < 0.5 else "",
            "excludes": rng.choice(["", "", "", "drum"]),
            "nations": rng.choice(["", "", "", "", "UA", "UA; DE"]),
            "days": rng.choice(["", "", "", 3, 20]) if rng.random() < 0.5 else "",
        }
        for leg in legs
        if rng.random() < 0.85 or leg in {"DX", "XZ"}
    ]


def _lines(rng: random.Random) -> list[Row]:
    return [
        {
            "line": f"L{item}",
            "factory": "F",
            "item": item,
            "unit_cost": rng.choice([1, 2, 5]),
            "capacity": rng.choice(["", 3, 6]),
            "min_rate": rng.choice([0, 0, 0, 1]),
            "start_rate": rng.choice(["", 0, 2]),
            "ramp": rng.choice(["", "", 2]),
            "yield": rng.choice([1, 1, 0.5]),
            "resource": rng.choice(["", "shop"]),
            "order_lead_time": (lead := rng.choice([0, 0, 1, 2])),
            "advance": rng.choice([0, 0.5]) if lead else 0,
            "opens": rng.choice(["", "", 2]),
        }
        for item in ("round", "powder", "drum")
        if rng.random() < 0.75
    ]


def _stocks(rng: random.Random, periods: int) -> list[Row]:
    rows = []
    for node in rng.sample(["D", "E", "F", "D"], rng.randint(1, 3)):
        period = rng.choice(["", "", rng.randint(1, periods - 1)])
        rows.append(
            {
                "node": node,
                "item": rng.choice(["round", "round", "drum", "powder"]),
                "quantity": rng.choice([3, 6, 10]),
                "period": period,
                "nation": rng.choice(["", "", "", "UA", "DE"]),
                "age": rng.choice([0, 0, 1]),
            }
        )
    return rows


def _asked(rng: random.Random) -> Row:
    return {
        "destination": rng.choice(["Z", "Z", "Z", "Y", "E"]),
        "item": rng.choice(["round", "round", "drum"]),
        "quantity": rng.choice([2, 5, 9]),
        "priority": rng.choice([1, 1, 2, 3]),
        "max_delay": rng.choice([0, 0, 1]),
        "shortage_cost": rng.choice([20, 50, 50]),
        "delay_cost": rng.choice([0, 1]),
    }


def _demand(rng: random.Random, periods: int) -> list[Row]:
    return [
        {"demand": f"d{code}", **_asked(rng), "period": rng.randint(1, periods), "binding": rng.choice(["yes", "no"])}
        for code in range(1, rng.randint(2, 4))
    ]


def _contingencies(rng: random.Random, periods: int) -> list[Row]:
    rows = []
    for name in ("attack", "raid", "storm")[: rng.choice([1, 1, 2, 3])]:
        one = rng.randint(1, periods)
        strikes = [str(one), str(one), "any", f"{one}; {max(1, one - 1)}", f"{one}; {periods + 3}"]
        rows.append(
            {
                "contingency": name,
                "probability": rng.choice([0.2, 0.5, 0.9, ""]),
                "period": rng.choice(strikes),
                "window": rng.choice([1, 2, 3]),
                "warning": rng.choice([0, 0, 1, 2]),
                "coverage": rng.choice(["", 0, 0.5, 0.5]),
                "standing": rng.choice(["", "all", "binding", "none"]),
                "money": rng.choice(["", "", "", 8]),
            }
        )
    return rows


def _surge(rng: random.Random, contingencies: list[Row]) -> list[Row]:
    found: dict[tuple[Any, ...], Row] = {}
    for row in contingencies:
        for _ in range(rng.randint(1, 3)):
            asked = _asked(rng)
            offset = rng.randrange(row["window"])
            key = (row["contingency"], asked["destination"], asked["item"], offset)
            found[key] = {"contingency": row["contingency"], **asked, "offset": offset}
    return list(found.values())


def _disruptions(rng: random.Random, contingencies: list[Row], periods: int) -> list[Row]:
    found: dict[tuple[Any, ...], Row] = {}
    things = [("node", "D"), ("node", "E"), ("node", "F"), ("node", "X"), ("route", "XZ"), ("route", "DX")]
    things += [("line", "Lround"), ("nation", "PL"), ("nation", "DE")]
    for _ in range(rng.choice([0, 1, 2, 3])):
        kind, name = rng.choice(things)
        certain = rng.random() < 0.25
        start = ["", str(rng.randint(1, periods))] + ([] if certain else ["strike", "strike+1", "strike-1"])
        stop = ["", str(periods)] + ([] if certain else ["strike", "strike+1"])
        row = {
            "contingency": "" if certain else rng.choice(contingencies)["contingency"],
            "kind": kind,
            "name": name,
            "from": rng.choice(start),
            "to": rng.choice(stop),
            "factor": rng.choice([0, 0.5, 0.25]),
        }
        if row["from"] == "strike+1" and row["to"] == "strike":
            row["to"] = "strike+1"
        found[row["contingency"], kind, name, row["from"]] = row
    return list(found.values())


def _expansion(rng: random.Random) -> Row:
    widened = rng.choice([{"resource": "shop"}, {"node": "E"}, {"route": "XZ"}])
    limits = {"limit": rng.choice(["", 4]), "lead_time": rng.choice([0, 1])}
    return {"expansion": "more", "cost": rng.choice([1, 3]), **limits, **widened}
