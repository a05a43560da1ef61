"""Rules among partners for a random world: shares of supply, consents, locks, preferences, orders, contributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random_worlds import World

Row = dict[str, Any]
NATION_LISTS = ("EU", "NATO", "A", "A;B", "EU;C")


def shares(world: World) -> None:
    """Shares of supply, mostly loose enough for a plan."""
    makers: Row = world.pick(
        [{"nations": "A"}, {"nations": "EU;C"}, {"nodes": "N1;N7"}, {"nodes": "N0", "nations": "NATO"}]
    )
    largest = {"policy": "S1", "kind": "largest_share", "items": world.pick(["shell", "ammo", ""])}
    world.rows["Policies"].append({**largest, **makers, "share": 0.7, **world.window(0.4, "from", "to")})
    smallest = {"policy": "S2", "kind": "smallest_share", "items": world.pick(["shell", "shell;ration"])}
    world.rows["Policies"].append({**smallest, **makers, "share": 0.2, **world.window(0.4, "from", "to")})
    if len(world.named) > 1:
        routes = {"routes": ";".join(world.random.sample(world.named, 2)), "share": world.between(0.5, 1)}
        world.rows["Policies"].append({"policy": "S3", "kind": "largest_share", "items": "", **routes})


def consents(world: World) -> None:
    states = ["given", "Granted", "given", "pending", "requested", "refused", "denied", ""]
    world.rows["Consents"] = [
        {
            "nation": world.pick("ABC"),
            "items": world.maybe(0.7, world.pick(["shell", "food", "part;powder"])),
            **world.pick(
                [{}, {}, {"nodes": world.pick(["N4", "A", "N2;C", "EU"])}, {"routes": ";".join(world.named[:1])}]
            ),
            "kind": world.pick(["export", "transit", "end use", ""]),
            "from": world.maybe(0.7, world.pick([world.period(), "ceasefire+1", "truce", "2020"])),
            "status": world.pick(states),
        }
        for _ in range(3)
    ]


def locks(world: World) -> None:
    keys: list[tuple[str, Row]] = [
        ("make", {"line": world.pick(world.lines)} if world.lines else {"item": "shell"}),
        ("make", {"node": world.pick(["N0", "N1"]), "item": world.maybe(0.5, "shell")}),
        ("ship", {"origin": world.pick(["N2", "N4"]), "item": world.maybe(0.5, "ration")}),
        ("stock", {"node": world.pick(["N2", "N3"]), "item": world.maybe(0.5, "shell")}),
        ("deliver", {"node": world.maybe(0.5, "N5"), "item": "shell"}),
        ("invest", {"expansion": str(world.rows["Expansions"][0]["expansion"])}),
    ]
    if world.named:
        keys.append(("ship", {"route": world.pick(world.named)}))
    world.rows["Locks"] = []
    for kind, key in world.random.sample(keys, 3):
        most = {"maximum": world.between(0, 20)}
        bounds = world.pick([most, most, {"quantity": 0}, {"minimum": 0.5, "maximum": world.between(3, 20)}])
        row = {"lock": world.maybe(0.5, f"K{len(world.rows['Locks'])}"), "kind": kind, **key, **bounds}
        world.rows["Locks"].append(
            {**row, "per": world.pick(["period", "total", ""]), **world.window(0.5, "from", "to")}
        )


def preferences(world: World) -> None:
    """Tiers and beneficiaries, also of the fund that otherwise pays everything."""
    for row in world.rows["Eligibility"]:
        row["tier"] = world.pick(["", 1, 2, 3])
        row["beneficiaries"] = world.maybe(0.4, world.pick(NATION_LISTS))
    wide = [
        {"producers": world.pick(NATION_LISTS), "tier": world.pick([1, 2]), "beneficiaries": world.maybe(0.4, "EU;C")},
        {"producers": world.maybe(0.5, "A;B"), "tier": 2, "beneficiaries": world.maybe(0.4, world.pick("ABC"))},
        {"tier": 3},
    ]
    world.rows["Eligibility"] += [{"fund": "F0", **row} for row in wide]


def orders(world: World) -> None:
    for row in world.rows["Funds"]:
        row["basis"] = world.pick(["commitment", "commitment", "cash", ""])


def contributions(world: World) -> None:
    """Bounds that leave room, common procurement, and locks on payments."""
    payers = {row["contributor"] for row in world.rows["Budgets"] if row["fund"] == "F0"} & {"A", "B"}
    for row in world.rows["Nations"]:
        row["key"] = world.pick([1, 2, 3]) if row["nation"] in payers else ""
        row["contribution_max"] = world.maybe(0.4, world.between(0.5, 0.9))
        row["contribution_min"] = world.maybe(0.3, 0.02)
        row["work_share_min"] = world.maybe(0.3, world.between(0, 1))
    world.rows["Settings"].append({"key": "key_tolerance", "value": world.between(0.3, 1)})
    for row in world.rows["Funds"]:
        row["min_nations"] = world.maybe(0.4, world.pick([1, 2]))
        row["min_nations_enforced"] = world.pick(["yes", "no", ""])
        row["part_min"] = world.maybe(0.5, world.pick([0, 0.01, 0.1]))
    contributor = world.maybe(0.5, world.pick(sorted(payers))) if payers else ""
    lock = {"kind": "pay", "fund": "F0", "contributor": contributor}
    locks = world.rows.setdefault("Locks", [])
    locks.append({"lock": "P", **lock, "maximum": world.between(200, 2000), "per": world.pick(["period", "total"])})


RULES = (shares, consents, locks)
MONEY_RULES = (preferences, orders, contributions)
