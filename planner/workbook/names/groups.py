"""Spells out lists: a name in a list may be a group, a category, or a nation that stands for its nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from planner.workbook.reading.reader import TypedWorkbook


@dataclass
class Groups:
    """Members of nation groups and of categories, and the nodes of each nation, in the order of the input."""

    nations: dict[str, list[str]] = field(default_factory=dict)
    categories: dict[str, list[str]] = field(default_factory=dict)
    nodes: dict[str, list[str]] = field(default_factory=dict)
    depots: dict[str, list[str]] = field(default_factory=dict)
    known_nodes: frozenset[str] = frozenset()
    known_items: frozenset[str] = frozenset()
    known_nations: frozenset[str] = frozenset()

    def nations_in(self, names: Iterable[str]) -> tuple[str, ...]:
        """The nations that a list of nations and nation groups means, each once."""
        return _spread(names, self.known_nations, self.nations)

    def items_in(self, names: Iterable[str]) -> tuple[str, ...]:
        """The items that a list of items and categories means, each once."""
        return _spread(names, self.known_items, self.categories)

    def nodes_in(self, names: Iterable[str], depots_only: bool = False) -> tuple[str, ...]:
        """The nodes that a list of nodes, nations and groups means: a nation's nodes, or only its depots."""
        held = self.depots if depots_only else self.nodes
        spelled: dict[str, None] = {}
        for name in names:
            if name in self.known_nodes:
                spelled[name] = None
            else:
                for nation in self.nations_in([name]):
                    spelled.update(dict.fromkeys(held.get(nation, ())))
        return tuple(spelled)


def _spread(names: Iterable[str], single: frozenset[str], groups: dict[str, list[str]]) -> tuple[str, ...]:
    spelled: dict[str, None] = {}
    for name in names:
        spelled.update(dict.fromkeys([name] if name in single else groups.get(name, ())))
    return tuple(spelled)


def groups_of(book: TypedWorkbook) -> Groups:
    """The groups of a workbook; faulty cells are left out."""
    groups = Groups(
        known_nodes=frozenset(book.names.members["node"]),
        known_items=frozenset(book.names.members["item"]),
        known_nations=frozenset(book.names.members["nation"]),
    )
    for nation, listed in book["Nations"].records("nation", "groups"):
        for group in listed if isinstance(listed, tuple) else ():
            groups.nations.setdefault(group, []).append(nation)
    for item, category in book["Items"].records("item", "category"):
        if isinstance(category, str):
            groups.categories.setdefault(category, []).append(item)
    for node, nation, kind in book["Nodes"].records("node", "nation", "kind"):
        if isinstance(nation, str):
            groups.nodes.setdefault(nation, []).append(node)
            if kind == "depot":
                groups.depots.setdefault(nation, []).append(node)
    return groups
