"""One name may not mean two different sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.workbook.names.names import SET_TITLES, NameSets, with_article
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.typed import TypedTable

# With which other sets a set shares its names, because lists or columns mix them.
SHARED_WITH = {
    "nation_group": ("nation",),
    "category": ("item",),
    "node": ("nation", "nation_group"),
    "resource": ("node",),
    "route": ("node", "resource"),
    "line": ("node", "resource", "route"),
}


def check_namespace(
    kind: str, table: TypedTable, column: str, tables: Mapping[str, TypedTable], names: NameSets, faults: FaultList
) -> None:
    """Names of `kind`, which stand in that column, that already mean something else are faults.

    A group or category whose only member bears its name, and a nation that holds only the node of its name,
    mean the same set either way and are allowed.
    """
    for other in SHARED_WITH.get(kind, ()):
        for name in names.members[kind].keys() & names.members[other].keys():
            if _meaning(kind, name, other, tables) == _meaning(other, name, kind, tables):
                continue
            names.incomplete |= {kind, other}
            record = next(number for number, value in enumerate(table[column]) if _holds(value, name))
            title, where = SET_TITLES[other]
            message = (
                f"found {name!r}, which is {with_article(title)} of {where} already; one name may not mean two "
                "different sets"
            )
            table.fail(faults, record, column, message)


def _holds(value: Any, name: str) -> bool:
    return name in value if isinstance(value, tuple) else bool(value == name)


def _meaning(kind: str, name: str, beside: str, tables: Mapping[str, TypedTable]) -> object:
    """What a name stands for as a name of `kind`, said so that it can be compared with a name of set `beside`."""
    if kind == "category":
        items = tables["Items"]
        return {item for item, category in items.records("item", "category") if category == name}
    if kind == "nation_group" or (kind == "nation" and beside == "node"):
        nations = tables["Nations"]
        members = {name}
        if kind == "nation_group":
            members = {nation for nation, groups in nations.records("nation", "groups") if _holds(groups, name)}
        if beside != "node":
            return members
        return {node for node, nation in tables["Nodes"].records("node", "nation") if nation in members}
    if kind in ("item", "nation") or (kind == "node" and beside in ("nation", "nation_group")):
        return {name}
    return kind  # lines, resources, nodes and routes are never the same thing
