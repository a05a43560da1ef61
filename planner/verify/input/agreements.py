"""From the raw tables to embargoes, shares of supply, consents and locks."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from planner.verify.input.calendar import EVER, Calendar
from planner.verify.input.names import Names
from planner.verify.input.rule_data import Consent, Embargo, Lock, SupplyShare
from planner.verify.input.sheets import Row, Sheets

GIVEN_WORDS = frozenset({"given", "granted"})
LOCK_KEYS = {
    "make": frozenset({"line", "node", "item"}),
    "ship": frozenset({"route", "origin", "item"}),
    "stock": frozenset({"node", "item"}),
    "deliver": frozenset({"demand", "node", "item"}),
    "invest": frozenset({"expansion"}),
    "pay": frozenset({"fund", "contributor", "line", "route", "node", "expansion"}),
}
ALL_LOCK_KEYS = frozenset().union(*LOCK_KEYS.values())


def read_embargoes(sheets: Sheets, calendar: Calendar, names: Names) -> Iterable[Embargo]:
    """Policies of kind forbid."""
    for row in sheets("Policies"):
        first = calendar.opening(row.raw("from"))
        if row.choice("kind") != "forbid" or first is None:
            continue
        nations = names.to_nations(row.names("nations"))
        of_nations = {node for node, (_, nation) in names.nodes.items() if nation in nations}
        yield Embargo(
            name=row.name("policy") or "",
            items=_items(row, names),
            factories=frozenset(of_nations | set(names.to_nodes(row.names("nodes")))),
            routes=frozenset(row.names("routes")),
            first=first,
            last=calendar.closing(row.raw("to")),
        )


def _items(row: Row, names: Names) -> frozenset[str]:
    """The items of a row; blank: all."""
    return names.items if row.raw("items") is None else frozenset(names.to_items(row.names("items")))


def read_supply_shares(sheets: Sheets, calendar: Calendar, names: Names) -> Iterable[SupplyShare]:
    """Policies that bound a share of supply."""
    for row in sheets("Policies"):
        first, kind = calendar.opening(row.raw("from"), blank=-EVER), row.choice("kind")
        if kind not in {"largest_share", "smallest_share"} or first is None:
            continue
        listed = (*row.names("nations"), *row.names("nodes"))
        yield SupplyShare(
            name=row.name("policy") or "",
            largest=kind == "largest_share",
            items=tuple(sorted(_items(row, names))),
            makers={name: frozenset(names.to_nodes([name])) for name in listed},
            carriers=row.names("routes"),
            share=row.number("share", 1.0 if kind == "largest_share" else 0.0),
            first=first,
            last=calendar.closing(row.raw("to")),
        )


def read_consents(sheets: Sheets, calendar: Calendar, names: Names) -> Iterable[Consent]:
    """A consent that hangs on an event that does not happen is never given."""
    everywhere = frozenset(names.nodes)
    for row in sheets("Consents"):
        nation, kind = row.name("nation") or "", row.choice("kind", "export")
        routes = frozenset(row.names("routes")) or None
        places = frozenset(names.to_nodes(row.names("nodes")))
        outside = frozenset(node for node, (_, holder) in names.nodes.items() if holder != nation)
        origins = destinations = everywhere
        if routes is None and kind == "export":
            origins = places or everywhere - outside
        elif routes is None and kind == "transit":
            transit_nodes = {node for node in everywhere - outside if names.nodes[node][0] == "transit"}
            origins = places or frozenset(transit_nodes)
        elif routes is None:
            far = {node for node in outside if names.nodes[node][0] == "destination"}
            destinations = places or frozenset(far)
        is_given = _is_given(row)
        yield Consent(
            nation=nation,
            items=_items(row, names),
            routes=routes,
            origins=origins,
            destinations=destinations,
            abroad=routes is None and kind == "export",
            given=calendar.opening(row.raw("from")) if is_given else None,
        )


def _is_given(row: Row) -> bool:
    """A blank status means given where a period is named, else pending."""
    status = row.choice("status")
    return status in GIVEN_WORDS if status else row.raw("from") is not None


def read_locks(sheets: Sheets, calendar: Calendar) -> Iterable[Lock]:
    """Table Locks; rows outside the horizon are left out."""
    for row in sheets("Locks"):
        first, kind = calendar.opening(row.raw("from")), row.choice("kind")
        if first is None:
            continue
        read = row.money if kind == "pay" else row.number
        fixed = row.optional("quantity", read)
        yield Lock(
            name=row.name("lock") or f"Lock {row.line}",
            kind=kind,
            keys=_lock_keys(row, kind),
            total=row.choice("per", "period") == "total",
            first=first,
            last=calendar.closing(row.raw("to")),
            minimum=read("minimum", 0.0) if fixed is None else fixed,
            maximum=read("maximum", inf) if fixed is None else fixed,
        )


def _lock_keys(row: Row, kind: str) -> dict[str, str]:
    filled = {key: row.name(key) or "" for key in sorted(ALL_LOCK_KEYS) if row.raw(key) is not None}
    for key in filled.keys() - LOCK_KEYS[kind]:
        raise ValueError(f"Locks, row {row.line}: a lock of kind {kind} has no {key}")
    return filled
