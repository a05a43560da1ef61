"""Random worlds in which rules ask for movement where goods may be missing:
on lanes that lead back to where they began.
"""

from __future__ import annotations

import random

from tests.worlds.partners import partner_world
from tests.worlds.worlds import Row, World


def circling_world(seed: int, objective: str = "weighted") -> World:
    """A world of partners with a lane there and back, G to H, that no supply, a crumb or the network reaches."""
    world = partner_world(seed, objective)
    rng = random.Random(f"circles {seed}")
    periods = next(row["value"] for row in world["Settings"] if row["key"] == "periods")
    world["Nodes"] += [{"node": name, "kind": "depot", "nation": "PL"} for name in ("G", "H")]
    world["Routes"] += _lanes(rng)
    if rng.random() < 0.7:
        stock = {
            "node": rng.choice("GH"),
            "item": rng.choice(["kit", "kit", "shell"]),
            "quantity": rng.choice([0.001, 2, 5]),
        }
        world["Stocks"].append(stock)
    world["Locks"] = [*world.get("Locks", ()), *_locks(rng, world)]
    if rng.random() < 0.3:
        policy = {"policy": "lanes", "kind": rng.choice(["smallest_share", "largest_share"]), "items": "kit"}
        world["Policies"] = [*world.get("Policies", ()), policy | {"routes": "there; back", "share": 0.3}]
    if rng.random() < 0.3:
        world["Targets"] = [*world.get("Targets", ()), _target(rng)]
    if rng.random() < 0.2:
        world["Previous"] = [
            {"kind": "ship", "route": "there", "item": "kit", "period": rng.randint(1, periods), "quantity": 1}
        ]
    return world


def _lanes(rng: random.Random) -> list[Row]:
    cost = rng.choice([0, 1])
    lanes: list[Row] = [
        {"route": "there", "origin": "G", "destination": "H", "cost": cost, "capacity_t": rng.choice(["", 40])},
        {"route": "back", "origin": "H", "destination": "G", "cost": cost},
    ]
    if rng.random() < 0.4:  # from the network, and perhaps round to it
        lanes.append({"route": "in", "origin": "D1", "destination": "G", "lead_time": rng.choice([0, 1]), "cost": 1})
        if rng.random() < 0.5:
            lanes.append({"route": "out", "origin": "H", "destination": "D1", "cost": 1})
    return lanes


def _locks(rng: random.Random, world: World) -> list[Row]:
    asked: Row = rng.choice(
        [{"route": "there"}, {"route": "back", "item": "kit"}, {"origin": "G"}, {"route": "there", "item": "shell"}]
    )
    found = [
        {
            "kind": "ship",
            **asked,
            "minimum": rng.choice([0.001, 0.5, 4]),
            "per": rng.choice(["period", "total", "total"]),
        }
    ]
    if world.get("Budgets") and rng.random() < 0.4:
        found.append({"kind": "pay", "fund": "own", "per": "total", "minimum": rng.choice([5, 30])})
    return found if rng.random() < 0.8 else found[1:]


def _target(rng: random.Random) -> Row:
    return {
        "target": "far",
        "nodes": "G; H",
        "items": "kit",
        "quantity": rng.choice([1, 3]),
        "shortage_cost": rng.choice(["", 4]),
    }
