"""Rules among partners on random worlds: shares of supply, consents, locks, burden and work shares,
common procurement.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from planner.workbook import read
from planner.workbook.reading.table import row_number
from tests.worlds.worlds import Row, World, random_world, write_world


def partner_world(seed: int, objective: str = "weighted") -> World:
    """A random world with some of each rule; the same seed gives the same world."""
    world = random_world(seed, objective)
    rng = random.Random(f"partners {seed}")
    if rng.random() < 0.5:
        world["Policies"] = [*world.get("Policies", ()), _share(rng)]
    world["Consents"] = [_consent(rng) for _ in range(rng.choice([0, 1, 1, 2]))]
    world["Locks"] = [_lock(rng, world) for _ in range(rng.choice([0, 0, 1, 2]))]
    if world.get("Budgets"):
        _add_partners_money(rng, world)
    world["Locks"] = _admitted(world)
    return world


def _admitted(world: World) -> list[Row]:
    """The locks that the check lets pass: others ask for what cannot be in any plan."""
    if not world["Locks"]:
        return []
    with tempfile.TemporaryDirectory() as folder:
        faults = read(write_world(world, Path(folder))).faults
    refused = {row_number(fault.cell or "") for fault in faults if fault.sheet == "Locks"}
    return [row for place, row in enumerate(world["Locks"], 2) if place not in refused]


def _share(rng: random.Random) -> Row:
    where = rng.choice([{"nations": "PL"}, {"nations": "EU; US"}, {"nodes": "F2"}, {"routes": "F1-D1; F2-D1; M-D1"}])
    return {
        "policy": "spread",
        "kind": rng.choice(["largest_share", "smallest_share"]),
        "items": rng.choice(["shell", "ammo; other"]),
        "share": rng.choice([0.1, 0.4, 0.75]),
        "from": rng.choice(["", 2]),
        **where,
    }


def _consent(rng: random.Random) -> Row:
    where = rng.choice([{}, {}, {"nodes": "F1; D1"}, {"routes": "D1-X"}])
    return {
        "nation": rng.choice(["PL", "FR", "US"]),
        "items": rng.choice(["", "shell"]),
        "kind": rng.choice(["", "export", "transit", "end use"]),
        "from": rng.choice(["", 2, 3]),
        "status": rng.choice(["", "given", "given"]),
        **where,
    }


def _lock(rng: random.Random, world: World) -> Row:
    what: Row = rng.choice(
        [
            {"kind": "make", "item": "shell"},
            {"kind": "make", "node": "F1"},
            {"kind": "ship", "route": rng.choice(["D1-X", "F1-D1"])},
            {"kind": "ship", "origin": "D1", "item": "shell"},
            {"kind": "stock", "node": "D1"},
            {"kind": "deliver", "demand": "d1"},
            {"kind": "deliver", "node": "K"},
        ]
    )
    if world.get("Expansions") and rng.random() < 0.3:
        what = {"kind": "invest", "expansion": "more"}
    bound = rng.choice([{"maximum": 3}, {"maximum": 9}, {"minimum": 0.5}, {"quantity": 1}])
    return {**what, "from": rng.choice(["", 3]), "per": rng.choice(["period", "total"]), **bound}


def _add_partners_money(rng: random.Random, world: World) -> None:
    for nation in world["Nations"]:
        if nation["nation"] == "UA":
            continue
        nation["contribution_min"] = rng.choice(["", "", "", 0.1])
        nation["contribution_max"] = rng.choice(["", "", "", 0.4])
        nation["work_share_min"] = rng.choice(["", "", "", 0.5])
        nation["key"] = rng.choice([1, 2])
    if rng.random() < 0.25:
        world["Settings"].append({"key": "key_tolerance", "value": rng.choice([0.3, 0.8])})
    for fund in world["Funds"]:
        if fund["fund"] == "loan" and rng.random() < 0.5:
            fund.update(min_nations=2, min_nations_enforced="yes", part_min=rng.choice([0.05, 0.3]))
    year = world["Budgets"][0]["year"]
    if rng.random() < 0.6:
        world["Budgets"] += [
            {"fund": "loan", "contributor": "US", "year": year + offset, "amount": rng.choice([5, 30])}
            for offset in range(3)
        ]
    if rng.random() < 0.3:
        who = rng.choice([{"fund": "loan"}, {"contributor": "FR"}, {"fund": "loan", "contributor": "PL"}])
        bound = rng.choice([{"maximum": 20}, {"minimum": 3}])
        world["Locks"].append({"kind": "pay", "per": rng.choice(["period", "total"]), **who, **bound})
