"""Sums of other nations' figures in a plan, and parts of a whole: as many as tell nobody's figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pandas as pd

from planner.exchange.disclosure import Combination, Disclosure, Term
from planner.exchange.policy import SUMMED_PLAN, DisclosurePolicy
from planner.exchange.rights import CELL
from planner.exchange.views import Reader
from planner.workbook.reading.reader import TypedWorkbook

ItemPeriod = tuple[str, int]  # item and period
Tables = Mapping[str, pd.DataFrame]
_IN_ALL = ("part", "share_paid", "difference", "over")  # columns of burden_sharing about what others pay
_BY_KEY = ("share_due", "difference", "over")  # … and about others' keys


def sums_of_others(
    tables: Tables, reader: Reader, policy: DisclosurePolicy, book: TypedWorkbook
) -> dict[str, pd.DataFrame]:
    """Other nations' quantities by item and period, for each table of which the policy gives sums.

    A sum is given where enough nations have a part in it, and where neither it nor what it differs by from the other
    sums, the sums of the input, and what goods do (what comes in goes out, is delivered, scrapped or stays; what is
    wanted is delivered or short) is of fewer.
    """
    wanted = [name for name in SUMMED_PLAN if name in tables and policy.of_plan(name) == "aggregate"]
    if not wanted:
        return {}
    goods = _Goods(tables, reader, policy.least_nations, book)
    goods.know_balances()
    goods.know_input(policy)
    sums = {}
    for name in wanted:
        totals = [(item, period, goods.total(name, (item, period))) for item, period in goods.cells(name)
                 if goods.tell(name, (item, period))]  # fmt: skip
        sums[f"{name}_others"] = pd.DataFrame(totals, columns=["item", SUMMED_PLAN[name], "quantity"])
    return sums


class _Goods:
    """Other nations' goods by item and period, as terms.

    Terms: what is made, what is delivered against a demand due in one period in another, what is short of it, what lies
    in stock, what is scrapped, and what is on its way between nations or comes from nobody. Demand is what is delivered
    and short. What is used up as components is taken as known.
    """

    def __init__(self, tables: Tables, reader: Reader, least: int, book: TypedWorkbook) -> None:
        self._reader, self._least = reader, least
        self._disclosures: dict[str, Disclosure] = defaultdict(lambda: Disclosure(least))  # items do not mix
        self._totals: dict[str, dict[ItemPeriod, float]] = {name: defaultdict(float) for name in SUMMED_PLAN}
        self._nations: dict[str, dict[ItemPeriod, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._moves: dict[ItemPeriod, dict[Term, int]] = defaultdict(lambda: defaultdict(int))  # out less in
        self._late: dict[str, dict[ItemPeriod, dict[Term, int]]] = defaultdict(lambda: defaultdict(dict))
        for name, column in SUMMED_PLAN.items():
            if name in tables:
                self._read(name, column, tables[name])
        if "shipments" in tables:
            self._read_moves(tables["shipments"])
        self._read_arrivals(book)

    def _others(self, node: object) -> frozenset[str]:
        """Whose a node is; nobody's, if it is the reader's own."""
        owners = self._reader.territory.nations_of(("node",), str(node))
        return frozenset() if self._reader.name in owners else owners

    def _read(self, name: str, column: str, table: pd.DataFrame) -> None:
        place = {"production": "factory", "stocks": "node", "scrap": "node"}.get(name, "destination")
        owners = {node: self._others(node) for node in table[place].unique()}
        for row in table.to_dict("records"):
            cell = str(row["item"]), int(row[column])
            nations = owners[row[place]]
            if not nations or not row["quantity"]:
                continue
            self._totals[name][cell] += float(row["quantity"])
            self._nations[name][cell] |= nations
            term: Term = (name, *cell)
            if name == "deliveries":
                term = (name, row["item"], int(row["due"]), cell[1])
                self._late["by_period"][cell][term] = 1
            if name in ("deliveries", "shortfalls"):
                due = str(row["item"]), int(row["due"])
                self._late["by_due"][due][term] = 1
                self._nations["demand"][due] |= nations
            self._part(cell, term, nations)

    def _read_moves(self, table: pd.DataFrame) -> None:
        """What others send one another is in their sum only while it is on its way."""
        for row in table.to_dict("records"):
            item, left, arrives = str(row["item"]), int(row["period"]), int(row["arrives"])
            origin, destination = self._ends(row["origin"]), self._ends(row["destination"])
            if "own" in (origin, destination):
                continue  # the reader's own shipment
            if origin and destination and left == arrives:
                continue
            term = ("moves", item, left, arrives, bool(origin), bool(destination))
            if origin:
                self._moves[item, left][term] = 1
            if destination:
                self._moves[item, arrives][term] = -1
            self._part((item, left), term, frozenset((*origin, *destination)))

    def _ends(self, node: object) -> frozenset[str] | str:
        owners = self._reader.territory.nations_of(("node",), str(node))
        return "own" if self._reader.name in owners else owners

    def _read_arrivals(self, book: TypedWorkbook) -> None:
        """Opening stock, and goods on order that arrive."""
        table = book["Stocks"]
        for node, item, period in zip(table["node"], table["item"], table["period"], strict=True):
            cell = str(item), 0 if period is None else int(period) + 1
            term: Term = ("stocks", *cell) if period is None else ("arrivals", *cell)
            nations = self._others(node)
            if nations and period is not None:
                self._moves[cell][term] = -1
            self._nations["Stocks"][cell] |= nations
            self._part(cell, term, nations)

    def _part(self, cell: ItemPeriod, term: Term, nations: frozenset[str]) -> None:
        for nation in nations:
            self._disclosures[cell[0]].part(term, nation)

    def know_balances(self) -> None:
        """What is made is delivered, scrapped, sent, or added to stock."""
        moments = {cell for cells in self._nations.values() for cell in cells} | {*self._moves}
        for item, period in sorted(moments | {(item, period + 1) for item, period in moments}):
            if period > 0:
                flows: dict[Term, int] = {("production", item, period): -1, ("scrap", item, period): 1}
                flows |= {("stocks", item, period): 1, ("stocks", item, period - 1): -1}
                cell = item, period
                self._disclosures[item].know({**flows, **self._late["by_period"][cell], **self._moves[cell]})

    def know_input(self, policy: DisclosurePolicy) -> None:
        """The sums that the view of the input gives."""
        if policy.of_input("Demand") == "aggregate":
            for cell, terms in self._late["by_due"].items():
                if len(self._nations["demand"][cell]) >= self._least:
                    self._disclosures[cell[0]].tell(terms)
        if policy.of_input("Stocks") == "aggregate":
            for cell, nations in self._nations["Stocks"].items():
                if len(nations) >= self._least:
                    self._disclosures[cell[0]].tell({("arrivals" if cell[1] else "stocks", *cell): 1})

    def cells(self, name: str) -> Iterator[ItemPeriod]:
        """Item and period of every sum of a table, in the order of its rows."""
        return iter(self._totals[name])

    def total(self, name: str, cell: ItemPeriod) -> float:
        return self._totals[name][cell]

    def tell(self, name: str, cell: ItemPeriod) -> bool:
        """Is a sum given? It is then known."""
        return len(self._nations[name][cell]) >= self._least and self._disclosures[cell[0]].tell(
            self._terms(name, cell)
        )

    def _terms(self, name: str, cell: ItemPeriod) -> Combination:
        return self._late["by_period"][cell] if name == "deliveries" else {(name, *cell): 1}


def burdens(table: pd.DataFrame, seen: pd.DataFrame, policy: DisclosurePolicy) -> pd.DataFrame:
    """A nation's parts in burdens; blank where what others pay, or their keys, could be derived from them.

    Terms: what all others with a key, and without one, pay in a year.
    """
    disclosed = seen.copy()
    for index, row in zip(seen.index, seen.to_dict("records"), strict=True):
        others = table[table["nation"] != row["nation"]]
        keyed = set(others.loc[others["share_due"].notna(), "nation"]) - {row["nation"]}
        if len(keyed) < policy.least_nations:
            disclosed.loc[index, list(_BY_KEY)] = float("nan")
    for nation in seen["nation"].unique():
        by_nation = _disclosed_columns(table[table["nation"] != nation], seen[seen["nation"] == nation], policy)
        for index, columns in by_nation.items():
            disclosed.loc[index, [column for column in _IN_ALL if column not in columns]] = float("nan")
    return disclosed


def _disclosed_columns(others: pd.DataFrame, seen: pd.DataFrame, policy: DisclosurePolicy) -> dict[object, set[str]]:
    """By row, the columns about what others pay that may be disclosed; single years before the whole horizon."""
    disclosure = Disclosure(policy.least_nations)
    keyed = set(others.loc[others["share_due"].notna(), "nation"])
    by_year = others[others["year"].notna() & (others["contributed"] > 0)]
    for other in by_year.to_dict("records"):
        disclosure.part((int(other["year"]), other["nation"] in keyed), str(other["nation"]))
    years = sorted({int(year) for year in others["year"].dropna()})
    disclosed: dict[object, set[str]] = {}
    ordered = seen.sort_values("year", na_position="last")
    for index, row in zip(ordered.index, ordered.to_dict("records"), strict=True):
        counted = years if pd.isna(row["year"]) else [int(row["year"])]
        with_key: Combination = {(year, True): 1 for year in counted}
        in_all: Combination = {(year, key): 1 for year in counted for key in (True, False)}
        disclosed[index] = set()
        for terms, columns in ((with_key, ("share_paid", "difference", "over")), (in_all, ("part",))):
            if disclosure.anybody(terms) and disclosure.tell(terms):
                disclosed[index].update(columns)
    return disclosed


def ledger(tables: Tables, seen: pd.DataFrame, reader: Reader, policy: DisclosurePolicy) -> pd.DataFrame:
    """A nation's ledger; what a fund pays for what it produces is blank where other nations' payments could be derived.

    Terms: what all others pay under one fund in one year for one thing of the nation's own. What each thing costs in a
    fiscal year it knows itself.
    """
    if reader.name == CELL or "payments" not in tables or tables["payments"].empty:
        return seen
    payments = tables["payments"]
    mine = payments[(payments["nation"] == reader.name) & payments["cost_type"].isin(_WORK)]
    others = mine[(mine["contributor"] != reader.name) & (mine["amount"] > 0)]
    disclosure = Disclosure(policy.least_nations)
    costs: dict[tuple[str, int], dict[Term, int]] = defaultdict(dict)
    funds: dict[tuple[str, int], dict[Term, int]] = defaultdict(dict)
    for row in others.to_dict("records"):
        term = str(row["fund"]), int(row["year"]), int(row["cash_year"]), str(row["object"])
        disclosure.part(term, str(row["contributor"]))
        costs[term[3], term[2]][term] = 1
        funds[term[0], term[1]][term] = 1
    for terms in costs.values():
        disclosure.know(terms)
    disclosed = seen.copy()
    for index, entry in zip(seen.index, seen.to_dict("records"), strict=True):
        if not disclosure.tell(funds[str(entry["fund"]), int(entry["year"])]):
            disclosed.loc[index, ["produced", "balance"]] = float("nan")
    return disclosed


_WORK = ("procurement", "works", "training", "capacity")
