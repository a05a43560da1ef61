"""Who may state what, and whose a name is.

`RIGHTS` is the one place where that is declared: for each table of the input, the columns whose names lead to the
nations that may state a row. Rows that lead to no nation, and all other tables, are the coordination cell's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from planner.workbook.schema import BY_NAME, Column

CELL = "cell"  # how the coordination cell names itself in the setting stated_by
RowTexts = Mapping[str, str]  # column of the schema -> cell as text, filled cells only


@dataclass(frozen=True, slots=True)
class Right:
    """A table of which nations state rows: those that the names in `columns` belong to. `words` say it to people."""

    columns: tuple[str, ...]
    words: str


RIGHTS: Mapping[str, Right] = {
    "Nations": Right(("nation",), "its own row"),
    "Nodes": Right(("nation",), "the nodes that it holds"),
    "NodeItems": Right(("node",), "items at its nodes"),
    "Routes": Right(("origin", "destination"), "routes that begin or end at its nodes"),
    "RouteItems": Right(("route",), "items on those routes"),
    "Lines": Right(("factory",), "lines at its nodes"),
    "Resources": Right(("factory",), "resources at its nodes"),
    "ResourceUse": Right(("line",), "what its lines use"),
    "Capacity": Right(("object",), "capacities of its lines, resources, nodes and routes"),
    "Components": Right(("line",), "components of a line of its own"),
    "Expansions": Right(("line", "resource", "node", "route"), "expansions of what is its own"),
    "Stocks": Right(("node",), "stock at its nodes, and on order for them"),
    "Orders": Right(("line",), "orders placed with its lines"),
    "Demand": Right(("destination",), "demand at its nodes"),
    "Budgets": Right(("contributor",), "money in its name as contributor"),
    "Consents": Right(("nation",), "its own consents"),
    "Actuals": Right(
        ("line", "route", "node", "demand", "expansion", "contributor"),
        "what its lines, nodes, routes and money really did",
    ),
}

# Columns of a nation's rows in which the cell has a say too, as they weigh the nation against others, or say whose a
# node is: what the cell states there is no placeholder, and where the two differ is a conflict.
CONTESTED: Mapping[str, frozenset[str]] = {
    "Nations": frozenset({"groups", "beneficiary", "key", "contribution_min", "contribution_max", "work_share_min"}),
    "Nodes": frozenset({"nation"}),
    "Demand": frozenset({"commitment", "binding", "priority", "shortage_cost", "delay_cost"}),
}

# The kinds of things (see `refers` in the schema) whose names lead to nations.
_LEADING = ("nation", "node", "line", "resource", "route", "demand", "expansion")
# Which columns of a row say where a thing belongs.
_BELONGS: Mapping[str, tuple[str, ...]] = {
    "Lines": ("factory",),
    "Resources": ("factory",),
    "Routes": ("origin", "destination"),
    "Demand": ("destination",),
    "Expansions": ("line", "resource", "node", "route"),
}
_KIND = {"Lines": "line", "Resources": "resource", "Routes": "route", "Demand": "demand", "Expansions": "expansion"}


def name_of(table: str, row: RowTexts) -> str:
    """The name of a row's thing; a blank one of Lines and Routes follows from other columns, as in the contract."""
    name = row.get(BY_NAME[table].key[0], "") if BY_NAME[table].key else ""
    if name or table not in ("Lines", "Routes"):
        return name
    if table == "Lines":
        return f"{row.get('factory', '')}:{row.get('item', '')}"
    mode = row.get("mode", "")
    return f"{row.get('origin', '')}>{row.get('destination', '')}" + (f":{mode}" if mode else "")


class Territory:
    """Whose everything is, from all that is stated.

    A node belongs to the nation that claims it in its own workbook, else to the one that the coordination cell
    names, else to whom anybody names. Where the cell contradicts a claim, both have a say (and a conflict).
    """

    def __init__(self, stated: Iterable[tuple[str, str, RowTexts]]) -> None:
        """`stated`: (who says it, table, row) of every row."""
        self.nations: set[str] = set()
        self._nodes: set[str] = set()
        self._homes: dict[str, frozenset[str]] = {}
        self._belongs: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        claims: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for speaker, table, row in stated:
            if table == "Nodes" and row.get("node"):
                self._nodes.add(row["node"])
            if table == "Nations" and row.get("nation"):
                self.nations.add(row["nation"])
            elif table == "Nodes" and row.get("node") and row.get("nation"):
                nation = row["nation"]
                claims[row["node"]]["owner" if speaker == nation else "cell" if speaker == CELL else "other"].add(
                    nation
                )
            elif table in _BELONGS:
                thing = _KIND[table], name_of(table, row)
                self._belongs[thing].update((column, row[column]) for column in _BELONGS[table] if column in row)
        for node, said in claims.items():
            owners = said["owner"] | said["cell"] if said["owner"] else said["cell"] or said["other"]
            self._homes[node] = frozenset(owners)

    def nations_of(self, kinds: Iterable[str], name: str, with_cell: bool = False) -> frozenset[str]:
        """The nations that a name of one of these kinds belongs to; empty where it belongs to none, or is unknown.

        `with_cell`: a node (or the end of a route) that no nation holds belongs to the cell.
        """
        nations: set[str] = set()
        for kind in kinds:
            if kind == "nation" and name in self.nations:
                nations.add(name)
            elif kind == "node":
                nobody = frozenset([CELL] if with_cell and name in self._nodes else ())
                nations |= self._homes.get(name, nobody)
            else:
                for column, other in self._belongs.get((kind, name), ()):
                    nations |= self.nations_of(_kinds(BY_NAME[_table_of(kind)].column(column)), other, with_cell)
        return frozenset(nations)

    def owners(self, table: str, row: RowTexts) -> frozenset[str]:
        """The nations that may state a row; empty: the coordination cell, and any nation where it is silent."""
        right = RIGHTS.get(table)
        if right is None:
            return frozenset()
        if table == "Nodes" and row.get("node") in self._homes:
            return self._homes[row["node"]]
        if table == "Nations":
            return frozenset([row["nation"]] if row.get("nation") else ())
        columns = (BY_NAME[table].column(name) for name in right.columns if name in row)
        return frozenset().union(*(self.nations_of(_kinds(column), row[column.name]) for column in columns))

    def concerned(self, table: str, row: RowTexts) -> frozenset[str]:
        """Every nation that a name in the row leads to; a group, and what belongs to no nation, count as the cell."""
        nations: set[str] = set()
        for column in BY_NAME[table].columns:
            kinds = _kinds(column)
            for name in names_in(column, row.get(column.name, "")) if kinds else ():
                nations |= self.nations_of(kinds, name, with_cell=True) or {CELL}
        return frozenset(nations)


def _table_of(kind: str) -> str:
    return next(table for table, each in _KIND.items() if each == kind)


def _kinds(column: Column) -> tuple[str, ...]:
    """The kinds of names in a column that lead to nations."""
    if column.name == "contributor":  # a nation or an institution, so the schema refers it to nothing
        return ("nation",)
    return tuple(kind for kind in column.refers if kind in _LEADING)


def names_in(column: Column, text: str) -> Iterator[str]:
    """The names in a cell: one, a list, or the keys of shares."""
    if column.kind not in ("names", "shares"):
        yield from [text] if text else []
        return
    for part in text.split(";"):
        name = part.rpartition(":")[0] if column.kind == "shares" else part
        if name.strip():
            yield name.strip()
