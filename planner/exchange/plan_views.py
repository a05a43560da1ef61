"""Which rows of a plan a nation may see: its own, and what the policy gives it beside."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.exchange.policy import OWN_ONLY, DisclosurePolicy
from planner.exchange.rights import CELL, Territory
from planner.exchange.sums import burdens, ledger, sums_of_others
from planner.exchange.views import Reader
from planner.report.excel.sheets import PERIODS, YEARS
from planner.workbook.names.names import NameSets
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.write.results import RESULT_TABLES

# Whose a row of a result table is: the column that says it, and the kind of name that stands there.
OWNED_BY: Mapping[str, tuple[str, str]] = {
    "production": ("nation", "nation"),
    "stocks": ("node", "node"),
    "deliveries": ("destination", "node"),
    "shortfalls": ("destination", "node"),
    "scrap": ("node", "node"),
    "investments": ("expansion", "expansion"),
    "payments": ("contributor", "nation"),
    "allocations": ("line", "line"),
    "nations": ("nation", "nation"),
    "ledger": ("nation", "nation"),
    "burden_sharing": ("nation", "nation"),
    "responses": ("destination", "node"),
    "response_making": ("nation", "nation"),
    "response_stocks": ("node", "node"),
    "coverage": ("destination", "node"),
    "uncovered": ("destination", "node"),
    "draws": ("node", "node"),
    "access_value": ("nation", "nation"),
}
ABROAD = "abroad"
_THINGS = ("line", "resource", "node", "route", "expansion", "demand")


@dataclass(frozen=True)
class PlanView:
    """The tables that a nation may see, by name; `sums` are those of others, by item and period."""

    tables: Mapping[str, pd.DataFrame]
    sums: Mapping[str, pd.DataFrame]


def plan_view(
    tables: Mapping[str, pd.DataFrame], reader: Reader, policy: DisclosurePolicy, book: TypedWorkbook
) -> PlanView:
    """What `reader` may see of result tables; `book` is the input that they are of."""
    desk = _Withholding(reader, policy, _target_owners(reader.territory, book), book.names)
    views = {name: _whole(desk.view(name, tables[name])) for name in RESULT_TABLES if name in tables}
    if "burden_sharing" in views:
        views["burden_sharing"] = burdens(tables["burden_sharing"], views["burden_sharing"], policy)
    if "ledger" in views:
        views["ledger"] = ledger(tables, views["ledger"], reader, policy)
    summed = {} if reader.name == CELL else sums_of_others(tables, reader, policy, book)
    return PlanView(views, summed)


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Periods and years as whole numbers, also where some are blank."""
    columns = [column for column in (*PERIODS, "expires", *YEARS) if column in table.columns]
    return table.astype(dict.fromkeys(columns, "Int64"))


def _target_owners(territory: Territory, book: TypedWorkbook) -> dict[str, frozenset[str]]:
    """By target, every nation that it concerns; the table of a plan knows targets by name only."""
    table = book["Targets"]
    names = [column.name for column in table.schema.columns if column.name in ("nodes", "items")]
    owners_of = {}
    for record, name in enumerate(table["target"]):
        row = {column: "; ".join(table[column][record] or ()) for column in names}
        owners_of[str(name)] = territory.concerned("Targets", row)
    return owners_of


class _Withholding:
    def __init__(
        self, reader: Reader, policy: DisclosurePolicy, targets: Mapping[str, frozenset[str]], names: NameSets
    ) -> None:
        self._reader, self._policy, self._targets, self._names = reader, policy, targets, names
        self._territory = reader.territory

    def view(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of one table that may be seen, with what is not said in them blank."""
        if name == "shipments":
            return self._shipments(table)
        if name in OWN_ONLY:
            tellers: dict[str, Callable[[Mapping[Hashable, Any]], frozenset[str]]] = {
                "targets": self._target,
                "prices": self._thing,
                "expiry": self._expiring,
                "recipients": self._expiring,
                "response_expiry": self._expiring,
                "response_moves": lambda row: self._ends(row, "origin", "destination"),
                "reach": lambda row: self._ends(row, "node", "destination"),
                "cases": lambda _: frozenset(),
                "attribution": lambda _: frozenset(),  # of what one lacks another's limit is the reason
            }
            whose = [tellers[name](row) for row in table.to_dict("records")]
            seen = _those(table, map(self._alone, whose))
            if "together_with" in seen.columns:  # what else it would take beside may be a partner's
                return seen.assign(together_with="", together=float("nan"))
            return seen
        seen = _those(table, (self._sees(name, owners) for owners in self._owners(name, table)))
        if "object" in seen.columns:
            seen = self._only_own_objects(seen)
        if name == "payments":
            return _summed(seen, ("amount",))
        return seen

    def _alone(self, owners: frozenset[str]) -> bool:
        return owners == {self._reader.name}

    def _owners(self, name: str, table: pd.DataFrame) -> list[frozenset[str]]:
        column, kind = OWNED_BY[name]
        known = {value: self._territory.nations_of((kind,), str(value)) for value in table[column].unique()}
        return [known[value] for value in table[column]]

    def _sees(self, name: str, owners: frozenset[str]) -> bool:
        return self._reader.may_see(owners, (), self._policy.of_plan(name))

    def _shipments(self, table: pd.DataFrame) -> pd.DataFrame:
        """What leaves or reaches its nodes; the far end only by its nation, and then without the route's name."""
        rows = []
        for row in table.to_dict("records"):
            ends = [self._territory.nations_of(("node",), str(row[end])) for end in ("origin", "destination")]
            owned = [self._reader.owns(owners) for owners in ends]
            if all(owned):
                rows.append(row)
            elif any(owned):
                far, owners = ("destination", ends[1]) if owned[0] else ("origin", ends[0])
                rows.append(row | {far: self._far_end(owners), "route": ""})
        return _summed(pd.DataFrame(rows, columns=table.columns), ("quantity", "tonnes", "cost"))

    def _far_end(self, owners: frozenset[str]) -> str:
        return " and ".join(sorted(owners)) if owners and self._policy.other_end == "nation" else ABROAD

    def _only_own_objects(self, table: pd.DataFrame) -> pd.DataFrame:
        """What is paid for, or widened, is named where it is its own alone."""
        owned = {name: self._alone(self._owners_of_thing(str(name))) for name in table["object"].unique()}
        return table.assign(object=[name if owned[name] else "" for name in table["object"]])

    def _target(self, row: Mapping[Hashable, Any]) -> frozenset[str]:
        return self._targets.get(str(row["target"]), frozenset())

    def _thing(self, row: Mapping[Hashable, Any]) -> frozenset[str]:
        return self._owners_of_thing(str(row["object"]))

    def _expiring(self, row: Mapping[Hashable, Any]) -> frozenset[str]:
        """Perishable goods lie, are made, delivered or scrapped at one nation's;
        on the way they may be two nations'.
        """
        if row["flow"] != "shipment":
            return self._owners_of_thing(str(row["object"]))
        return self._ends(row, "origin", "destination")

    def _ends(self, row: Mapping[Hashable, Any], *columns: str) -> frozenset[str]:
        """Whose the nodes in these columns are."""
        ends = (self._territory.nations_of(("node",), str(row[end])) or {CELL} for end in columns)
        return frozenset().union(*ends)

    def _owners_of_thing(self, name: str) -> frozenset[str]:
        """Whose a thing is, a route both its ends'; the cell's, if it is known and no nation's."""
        plain = name.removesuffix("~back")
        known = any(plain in self._names.members[kind] for kind in (*_THINGS, "fund"))
        return self._territory.nations_of(_THINGS, plain, with_cell=True) or frozenset([CELL] if known else ())


def _those(table: pd.DataFrame, wanted: Iterable[bool]) -> pd.DataFrame:
    return table.loc[pd.Series(list(wanted), index=table.index, dtype=bool)]


def _summed(table: pd.DataFrame, added: Sequence[str]) -> pd.DataFrame:
    """Rows that have become alike, added up, in the order in which they came."""
    if table.empty:
        return table
    alike = [column for column in table.columns if column not in added]
    return table.groupby(alike, sort=False, dropna=False, as_index=False)[list(added)].sum()[list(table.columns)]
