"""Random tiny worlds with contingencies in which every rule of the plan itself may stand beside them: money, targets,
embargoes, consents, shares, locks, other period lengths.
"""

from __future__ import annotations

import random
from typing import Any

from tests.worlds.guarantee_worlds import Row, World, guarantee_world

STARTS = {
    "week": ["2026-03-16", "2026-12-21"],
    "month": ["2026-01", "2026-03", "2026-11"],
    "quarter": ["2026-01", "2026-07"],
    "year": ["2026-01"],
}


def full_world(seed: int) -> World:
    """A world of `guarantee_world` with more of everything; the same for one seed."""
    world, rng = guarantee_world(seed), random.Random(f"full {seed}")
    settings = {row["key"]: row for row in world["Settings"]}
    periods = int(settings["periods"]["value"])
    length = rng.choice([*STARTS])
    start = rng.choice(STARTS[length])
    settings["period_length"]["value"], settings["start"]["value"] = length, start
    fiscal = rng.choice([1, 1, 4])
    world["Settings"].append({"key": "fiscal_year_start", "value": fiscal})
    _goods(rng, world)
    _limits(rng, world, periods)
    _agreements(rng, world)
    if rng.random() < 0.5:
        world["Targets"] = [_target(rng, periods)]
    if rng.random() < 0.6:
        _money(rng, world, int(start[:4]) - (int(start[5:7]) < fiscal), periods)
    return world


def _goods(rng: random.Random, world: World) -> None:
    """Categories, cost types, explosives, holding costs; a market, and parts of one line alone."""
    for item, category in zip(world["Items"], ("ammo", "parts", "other"), strict=True):
        item |= {
            "category": category,
            "cost_type": rng.choice(["", "", "works", "training"]),
            "neq": rng.choice(["", "", 1]),
        }
    for node in world["Nodes"]:
        node["storage_neq"] = rng.choice(["", "", "", 6]) if node["node"] in "DEF" else ""
        node["holding_cost"] = rng.choice(["", "", 0.3])
    if rng.random() < 0.5:
        _market(rng, world)
    if any(line["line"] == "Lround" for line in world["Lines"]) and rng.random() < 0.3:
        part = {"item": "round", "component": "powder", "quantity": rng.choice([0.5, 1]), "line": "Lround"}
        world["Components"] = [*world["Components"], part]


def _market(rng: random.Random, world: World) -> None:
    world["Nodes"].append({"node": "M", "kind": "market", "nation": rng.choice(["DE", ""])})
    way = {"destination": rng.choice("EF"), "lead_time": rng.choice([0, 1]), "cost": rng.choice([0, 1])}
    world["Routes"].append({"route": "ME", "origin": "M", **way})
    lead = rng.choice([0, 1])
    offer = {"unit_cost": rng.choice([3, 8]), "capacity": rng.choice(["", 4]), "order_lead_time": lead}
    offer["advance"] = rng.choice([0, 0.5]) if lead else 0
    world["Lines"].append({"line": "Offer", "factory": "M", "item": "round", **offer})


def _limits(rng: random.Random, world: World, periods: int) -> None:
    """Capacity rows, a second resource use, a line that may be widened."""
    lines = [line["line"] for line in world["Lines"]]
    names = ["shop", "D", *lines, *(route["route"] for route in world["Routes"])]
    rows = {(rng.choice(names), rng.randint(1, periods)) for _ in range(rng.choice([0, 0, 1, 2]))}
    world["Capacity"] = [{"object": name, "period": t, "quantity": rng.choice([0, 2, 8])} for name, t in sorted(rows)]
    free = [line["line"] for line in world["Lines"] if line.get("resource") != "shop"]
    if free and rng.random() < 0.3:
        world["ResourceUse"] = [{"line": rng.choice(free), "resource": "shop", "use": 1.5}]
    if lines and rng.random() < 0.3:
        wider = {"line": rng.choice(lines), "cost": rng.choice([1, 3]), "limit": rng.choice(["", 4])}
        when = {"lead_time": rng.choice([0, 1]), "first": rng.choice(["", 2]), "last": rng.choice(["", "", 3])}
        world["Expansions"] = [*world.get("Expansions", []), {"expansion": "wider", **wider, **when}]


def _agreements(rng: random.Random, world: World) -> None:
    """Embargoes, shares of supply, consents and locks."""
    lines = [line["line"] for line in world["Lines"]]
    policies: list[Row] = []
    if rng.random() < 0.25:
        items = rng.choice(["round", "", "parts"])
        policies.append(
            {"policy": "ban", "kind": "forbid", "items": items, "nodes": "F", "from": rng.choice(["", 2, 3])}
        )
    if rng.random() < 0.15:
        policies.append(
            {"policy": "way", "kind": "forbid", "items": "round", "routes": "DX", "to": rng.choice(["", 2])}
        )
    if "Offer" in lines and rng.random() < 0.4:
        kind = rng.choice(["largest_share", "smallest_share"])
        policies.append(
            {"policy": "part", "kind": kind, "items": "round", "nodes": "F", "share": rng.choice([0.3, 0.6])}
        )
    world["Policies"] = policies
    if rng.random() < 0.3:
        consent: dict[str, Any] = {"nation": rng.choice(["PL", "DE"]), "items": rng.choice(["", "round"])}
        consent |= {"kind": rng.choice(["", "export", "transit", "end use"]), "from": rng.choice(["", 2, 3])}
        world["Consents"] = [{**consent, "status": rng.choice(["", "given", "given"])}]
    at_most = {"maximum": rng.choice([2, 4]), "per": rng.choice(["period", "total"])}
    if lines and rng.random() < 0.2:
        world["Locks"] = [{"kind": "make", "line": rng.choice(lines), **at_most}]
    elif rng.random() < 0.15:
        world["Locks"] = [{"kind": "stock", "node": "D", "item": "round", **at_most}]


def _target(rng: random.Random, periods: int) -> Row:
    return {
        "target": "keep",
        "nodes": rng.choice(["D", "E", "D; E", "DE"]),
        "items": rng.choice(["round", "ammo; other", "drum"]),
        "quantity": rng.choice(["", 4]),
        "days_of_supply": rng.choice([20, 45, 200]),
        "priority": rng.choice(["", 2]),
        "shortage_cost": rng.choice([1, 6, 6]),
        "from": rng.choice(["", 2]),
        "to": rng.choice(["", "", periods]),
    }


def _money(rng: random.Random, world: World, year: int, periods: int) -> None:
    """A loan, a budget of its own rules, and a last fund that may have much; `year`: the first fiscal year."""
    loan = {"kind": "loan", "interest": rng.choice([0, 0.1]), "basis": rng.choice(["", "commitment"])}
    loan |= {"opens": rng.choice(["", "", 2]), "cofinancing": rng.choice(["", "", 0.5])}
    if rng.random() < 0.4:
        loan |= {"content_group": "EU", "content_min": 0.65}
    world["Funds"] = [
        {"fund": "loan", "carry_over": rng.choice(["", "yes"]), **loan},
        {"fund": "own", "kind": "budget", "carry_over": rng.choice(["", "yes"]), "ceiling": rng.choice(["", "", 40])},
        {"fund": "last", "kind": "pledge"},
    ]
    world["Budgets"] = [
        {"fund": fund, "contributor": contributor, "year": year + offset, "amount": rng.choice([5, 15, 60])}
        for fund, contributor in (("loan", "PL"), ("loan", "DE"), ("own", "PL"))
        for offset in (-1, 0, 1, 2)
        if rng.random() < 0.7
    ]
    world["Budgets"].append({"fund": "own", "contributor": "PL", "year": year, "amount": 10, "from": 2})
    world["Budgets"] += [{"fund": "last", "year": year + k, "amount": rng.choice([4, 20, 1000])} for k in range(6)]
    for line in world["Lines"]:
        line["content"] = rng.choice(["", "PL:0.7; UA:0.3", "PL:0.5; UA:0.5"])
    _rules_of_funds(rng, world)
    if rng.random() < 0.4:
        world["Tranches"] = [
            {"fund": rng.choice(["own", "last"]), "period": rng.randint(1, periods), "amount": rng.choice([3, 12])}
        ]
    if rng.random() < 0.4:
        hit = {"kind": "fund", "name": rng.choice(["loan", "own", "last"]), "from": rng.choice(["", 1, periods])}
        world["Disruptions"].append({"contingency": "", **hit, "factor": rng.choice([0, 0.5])})


def _rules_of_funds(rng: random.Random, world: World) -> None:
    types = rng.choice(["procurement; capacity; works", "transport; storage", "procurement"])
    only = {
        "producers": rng.choice(["", "EU", "DE"]),
        "items": rng.choice(["", "", "ammo"]),
        "tier": rng.choice(["", 2, 3]),
    }
    world["Eligibility"] = [{"fund": "loan", "cost_types": types, **only}]
    if rng.random() < 0.5:
        own = {"tier": rng.choice([1, 2]), "cost_types": rng.choice(["", "procurement"])}
        world["Eligibility"].append({"fund": "own", **own})
    if rng.random() < 0.5:
        world["Eligibility"].append({"fund": "last", "tier": 3})
        world["Eligibility"].append({"fund": "last", "tier": rng.choice([1, 2]), "cost_types": "transport; storage"})
