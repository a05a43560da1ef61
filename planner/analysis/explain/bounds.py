"""What no money can deliver: for each commitment and item the largest flow through the time-expanded network, and its
cut.

The network of an item has a node for each of its material balances (place and period), an arc for each column that
brings goods from one to another (a leg, or waiting in stock), and arcs from a source for what is made, in stock or on
order. A delivery is an arc to its demand, whose arc to the sink holds what is wanted. The capacity of an arc is the
least that a row without money leaves to its column alone, with all capacity that may be bought. So the flow is a bound:
other items, other commitments, parts and joint limits may leave less, and no money more (L. R. Ford and D. R.
Fulkerson, "Maximal flow through a network", 1956).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import networkx as nx

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title, title_of
from planner.formulation.build import build
from planner.formulation.families import FAMILIES
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.goods.expansion import EXPANSION_LIMIT
from planner.formulation.model.family import Kind
from planner.formulation.model.model import EQUAL, LESS, Model
from planner.plan.attribution.way_words import CLOSED, FOR_OTHERS, WayWords
from planner.plan.attribution.ways import Use, WayPart
from planner.report.words.limit_words import limit_words
from planner.report.words.names import commitment_title
from planner.tolerances import matters

SOURCE, SINK = "source", "sink"
BALANCE, DEMAND = MATERIAL_BALANCE.name, DEMAND_BALANCE.name
LIMITING = (Kind.LIMIT, Kind.RULE, Kind.SUPPLY, Kind.TASK)  # of what was ordered, no more is completed


@dataclass(frozen=True)
class DeliveryBound:
    """Of `wanted` units no more than `most` can be delivered; `cut`: limits that say so, with their cells."""

    commitment: str
    item: str
    wanted: float
    most: float
    cut: Sequence[tuple[str, str]]


def bounds(instance: PlanningInstance, model_name: str = "full") -> list[DeliveryBound]:
    """Every commitment (blank: demands of none) and item of which something cannot be delivered,
    in the order of the input.
    """
    model = build(instance, load(model_name))
    network = _Network(model)
    wanted: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for demand in instance.demands:
        if demand.key in model.rows[DEMAND]:
            wanted[demand.commitment or "", demand.item].append(demand.key)
    delivery_bounds = (network.bound(commitment, item, keys) for (commitment, item), keys in wanted.items())
    return [bound for bound in delivery_bounds if matters(bound.wanted - bound.most, bound.wanted)]


class _Network:
    """The arcs of a model's columns, with what limits each."""

    def __init__(self, model: Model) -> None:
        self._model, self._way_words = model, WayWords(model)
        self._balances = {row: key for key, row in model.rows[BALANCE].items()}
        self._demands = {row: key for key, row in model.rows[DEMAND].items()}
        self._bought = {column: name for (name, _), column in model.columns["expansion"].items()}
        self._gives: defaultdict[int, list[int]] = defaultdict(list)  # column → balances that it enters
        self._takes: defaultdict[int, list[int]] = defaultdict(list)
        self._serves: dict[int, int] = {}  # column → the demand's row
        self._capacity: dict[int, tuple[float, int]] = {}  # column → the least that a row leaves it, and the row
        for family, rows in model.rows.items():
            for row in rows.values():
                self._read(family, row)

    def _read(self, family: str, row: int) -> None:
        terms, sense, bound = self._model.row_at(row)
        if row in self._balances:
            for column, factor in terms:
                (self._gives if factor > 0 else self._takes)[column].append(row)
        elif row in self._demands:
            self._serves |= {column: row for column, _ in terms}
        elif FAMILIES[family].unit != "money" and FAMILIES[family].kind in LIMITING:
            self._limit(row, terms, sense, bound)

    def _limit(self, row: int, terms: list[tuple[int, float]], sense: int, bound: float) -> None:
        """What a row with one side leaves to each of its columns, if all others are 0 and all that can be bought is."""
        if sense not in (LESS, EQUAL) or any(factor < 0 and column not in self._bought for column, factor in terms):
            return
        more = sum(-factor * self._most_bought(column) for column, factor in terms if factor < 0)
        for column, factor in terms:
            if factor > 0 and (bound + more) / factor < self._capacity.get(column, (inf, -1))[0]:
                self._capacity[column] = max((bound + more) / factor, 0.0), row

    def _most_bought(self, column: int) -> float:
        row = self._model.rows[EXPANSION_LIMIT.name].get((self._bought[column],))
        return inf if row is None else self._model.row_at(row).bound

    def bound(self, commitment: str, item: str, keys: Sequence[tuple[str, int]]) -> DeliveryBound:
        """The largest flow to these demands of an item, and the limits in the least cut."""
        graph, wanted = self._graph(item, {self._model.rows[DEMAND][key] for key in keys})
        # Backwards, so that the cut is the one nearest to the source: beyond it goods would find room.
        most, (_, near) = nx.minimum_cut(graph.reverse(), SINK, SOURCE)
        arcs: list[tuple[object, object, list[int]]] = list(graph.edges(data="rows"))
        cut = sorted(row for one, other, rows in arcs if one in near and other not in near for row in rows)
        named = self._model.instance
        titles = commitment_title(named, commitment) if commitment else "", title_of(named.items, item)
        return DeliveryBound(*titles, wanted, float(most), [*self._words(cut), *self._closed(keys)])

    def _graph(self, item: str, demands: set[int]) -> tuple[nx.DiGraph[Any], float]:
        graph: nx.DiGraph[Any] = nx.DiGraph()
        wanted = 0.0
        graph.add_nodes_from((SOURCE, SINK))
        item_rows = {row for row, (of, *_) in self._balances.items() if of == item}
        for row in item_rows:
            supply = -self._model.row_at(row).bound
            if supply > 0:
                _widen(graph, SOURCE, row, supply, row)
            for column, _ in self._model.row_at(row).terms:
                self._add(graph, column, row, item_rows, demands)
        for row in demands:
            quantity = self._model.row_at(row).bound
            wanted += quantity
            graph.add_edge(("demand", row), SINK, capacity=quantity, rows=[])
        return graph, wanted

    def _add(self, graph: nx.DiGraph[Any], column: int, row: int, item_rows: set[int], demands: set[int]) -> None:
        most, limit = self._capacity.get(column, (inf, None))
        if row in self._gives[column]:
            start = next((other for other in self._takes[column] if other in item_rows), SOURCE)
            _widen(graph, start, row, most, limit)
        elif self._serves.get(column) in demands:
            _widen(graph, row, ("demand", self._serves[column]), most, limit)

    def _closed(self, keys: Sequence[tuple[str, int]]) -> Iterator[tuple[str, str]]:
        """What closes every way to some of these demands, with its cells."""
        rows, words = [self._model.rows[DEMAND][key] for key in keys], self._way_words
        for group, find in ((CLOSED, words.closing), (FOR_OTHERS, words.for_others)):
            if cells := ", ".join(dict.fromkeys(filter(None, map(find, rows)))):
                yield limit_words(group, "", ""), cells

    def _words(self, rows: Sequence[int]) -> Iterator[tuple[str, str]]:
        """Each limit once, with the cells of all its rows."""
        groups: defaultdict[tuple[str, str, str], list[WayPart]] = defaultdict(list)
        for row in dict.fromkeys(rows):
            part = WayPart(row, Use.SUPPLY if row in self._balances else Use.LIMIT)
            groups[self._way_words.limit(part)].append(part)  # type: ignore[index]
        for (family, name, item), parts in groups.items():
            named = self._model.instance
            words = limit_words(family, object_title(named, name), title_of(named.items, item))
            yield words, self._way_words.cells(parts)


def _widen(graph: nx.DiGraph[Any], start: object, end: object, capacity: float, row: int | None) -> None:
    """An arc, or more room on one that is there; without capacity it has no limit."""
    rows = [] if row is None else [row]
    if graph.has_edge(start, end):
        known = graph.edges[start, end]
        capacity, rows = capacity + known.get("capacity", inf), [*known["rows"], *rows]
    graph.add_edge(start, end, rows=rows)
    if capacity < inf:
        graph.edges[start, end]["capacity"] = capacity
    else:
        graph.edges[start, end].pop("capacity", None)
