"""Shares of supply, consents and locks, written down from the contract as plainly as they read."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from plain.lp import PlainLp, Terms
from plain.world import Row, World, names, number


@dataclass(frozen=True)
class Decision:
    """A variable, what kind of decision it is, in which period, and what it is about, by the columns of Locks."""

    kind: str
    period: int
    about: dict[str, str]
    variable: int


def add_agreements(world: World, lp: PlainLp, decisions: list[Decision]) -> None:
    """All three, on what is made, shipped, stored, delivered and bought."""
    for row in world.rows("Policies"):
        if row["kind"] != "forbid":
            _shares(world, lp, decisions, row)
    for row in world.rows("Consents"):
        withheld = [decision for decision in decisions if _is_withheld(world, row, decision)]
        for period in world.periods:
            lp.row([(d.variable, 1.0) for d in withheld if d.period == period], upper=0.0)
    for row in world.rows("Locks"):
        if row["kind"] != "pay":
            _lock(world, lp, decisions, row)


def _shares(world: World, lp: PlainLp, decisions: list[Decision], row: Row) -> None:
    """For each item and listed name: its part in all that is made, or dispatched on the row's routes."""
    window = world.window(row, "from", "to")
    for item in world.items_meant(row, "items"):
        mine = [d for d in decisions if d.about.get("item") == item and d.period in window]
        made = [d for d in mine if d.kind == "make"]
        sent = [d for d in mine if d.kind == "ship" and d.about["route"] in names(row, "routes")]
        for nation in names(row, "nations"):
            meant = world.nations_meant({"nations": nation}, "nations")
            _share(lp, row, made, {d.variable for d in made if world.nation_of(d.about["node"]) in meant})
        for node in names(row, "nodes"):
            meant = world.places_meant(node)
            _share(lp, row, made, {d.variable for d in made if d.about["node"] in meant})
        for route in names(row, "routes"):
            _share(lp, row, sent, {d.variable for d in sent if d.about["route"] == route})


def _share(lp: PlainLp, row: Row, everything: list[Decision], own: set[int]) -> None:
    share = number(row, "share")
    terms: Terms = [(d.variable, (d.variable in own) - share) for d in everything]
    if row["kind"] == "largest_share":
        lp.row(terms, upper=0.0)
    else:
        lp.row(terms, lower=0.0)


def _is_withheld(world: World, row: Row, decision: Decision) -> bool:
    if decision.kind != "ship" or decision.about["item"] not in world.items_meant(row, "items"):
        return False
    status = str(row["status"]) or ("given" if row["from"] != "" else "pending")
    if status in {"given", "granted"} and decision.period >= number(row, "from", 1) - 1:
        return False
    if row["routes"] != "":
        return decision.about["route"] in names(row, "routes")
    origin, destination, nation = decision.about["origin"], decision.about["destination"], str(row["nation"])
    listed = names(row, "nodes")
    if row["kind"] == "end use":
        outside = world.nodes[destination]["kind"] == "destination" and world.nation_of(destination) != nation
        return destination in listed if listed else outside
    if row["kind"] == "transit":
        own = world.nodes[origin]["kind"] == "transit" and world.nation_of(origin) == nation
        return origin in listed if listed else own
    leaves = origin in listed if listed else world.nation_of(origin) == nation
    return leaves and world.nation_of(destination) != world.nation_of(origin)


def _lock(world: World, lp: PlainLp, decisions: list[Decision], row: Row) -> None:
    keys = [key for key in ("line", "route", "origin", "node", "item", "demand", "expansion") if row.get(key, "") != ""]
    window = world.window(row, "from", "to")
    meant = [d for d in decisions if d.kind == row["kind"] and all(d.about.get(key) == row[key] for key in keys)]
    for periods in [window] if row["per"] == "total" else [[period] for period in window]:
        bound(lp, row, [(d.variable, 1.0) for d in meant if d.period in periods])


def bound(lp: PlainLp, row: Row, terms: Terms) -> None:
    """Fixed to the quantity, or between minimum and maximum."""
    fixed = number(row, "quantity", -1)
    least, most = (fixed, fixed) if fixed >= 0 else (number(row, "minimum"), number(row, "maximum", inf))
    lp.row(terms, least, most)
