"""Names in lists: nations and groups, items and categories, nodes and the nations that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.verify.input.sheets import Sheets


@dataclass(frozen=True)
class Names:
    """How a name in a list is spelled out: groups and categories into their members."""

    nations: frozenset[str]
    groups: Mapping[str, frozenset[str]]
    categories: Mapping[str, frozenset[str]]
    items: frozenset[str]
    nodes: Mapping[str, tuple[str, str | None]]  # node -> kind, nation

    def to_nations(self, listed: Iterable[str]) -> frozenset[str]:
        """The nations that a list means; a group means its members."""
        nations: set[str] = set()
        for name in listed:
            nations |= {name} if name in self.nations else self.groups.get(name, frozenset())
        return frozenset(nations)

    def to_items(self, listed: Iterable[str]) -> tuple[str, ...]:
        """The items that a list means, in its order; a category means its items, sorted."""
        items: dict[str, None] = {}
        for name in listed:
            members = [name] if name in self.items else sorted(self.categories.get(name, ()))
            items.update(dict.fromkeys(members))
        return tuple(items)

    def to_nodes(self, listed: Iterable[str], kinds: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Nodes; a nation or group means its nodes (of the given kinds)."""
        nodes: dict[str, None] = {}
        for name in listed:
            if name in self.nodes:
                nodes[name] = None
                continue
            nations = self.to_nations([name])
            for node, (kind, nation) in self.nodes.items():
                if nation in nations and (not kinds or kind in kinds):
                    nodes[node] = None
        return tuple(nodes)


def read_names(sheets: Sheets) -> Names:
    """The names of nations, groups, items and nodes, and what each may stand for."""
    groups: dict[str, set[str]] = {}
    nations: list[str] = []
    for row in sheets("Nations"):
        nation = row.name("nation") or ""
        nations.append(nation)
        for group in row.names("groups"):
            groups.setdefault(group, set()).add(nation)
    categories: dict[str, set[str]] = {}
    items: list[str] = []
    for row in sheets("Items"):
        items.append(row.name("item") or "")
        category = row.name("category")
        if category:
            categories.setdefault(category, set()).add(items[-1])
    nodes = {row.name("node") or "": (row.choice("kind"), row.name("nation")) for row in sheets("Nodes")}
    return Names(
        frozenset(nations),
        {name: frozenset(members) for name, members in groups.items()},
        {name: frozenset(members) for name, members in categories.items()},
        frozenset(items),
        nodes,
    )
