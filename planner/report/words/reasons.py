"""Why something is not delivered: the reason for each shortfall, in words, with the cells that say it.

First what is certain without prices: nothing makes or holds the item; it cannot arrive in time. Then the attribution
(`planner.plan.attribution`): each limit on its way with its share. A limit is called a reason only where its share is
material at every optimal dual that was tried; the others are said to be full, and that more of them may bring nothing
by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from math import inf

import pandas as pd

from planner.domain.instance import Leg, PlanningInstance
from planner.plan.attribution.way_words import AIMS, CLOSED, FOR_OTHERS, UNREACHED
from planner.report.data.held_back import DEMAND, MATERIAL, Held, held_back_by_worth
from planner.report.data.service import Service
from planner.report.words.names import some_cells
from planner.report.words.numbers import listing, share
from planner.tolerances import SAME

NOT_FOUND, NOT_COMPUTED = "not found", "not computed"
NOT_WORTH_IT = "delivering more would cost at least as much as the shortage"  # only where shortage has a price
TAKEN = "more important uses come first"
NO_PRIORITY, NO_SHORTAGE_COST = "its priority is 0", "its shortage costs nothing"
WHY_CLOSED = {
    CLOSED: "disruptions close every way",
    FOR_OTHERS: "every way is open to other nations only",
}  # groups of what keeps all goods away
MOST_NAMED = 4  # limits in one reason
MOST_MAIN = 3  # limits in the sentence of a place
MOST_CELLS = 40  # characters, of one limit
ShortageKey = tuple[str, str, str]  # commitment (blank: none), destination, item


@dataclass(frozen=True)
class Reasons:
    """`attribution`: the plan's table; `service`: what its demands want and lack;
    `is_left_out`: was the attribution not computed?
    """

    instance: PlanningInstance
    attribution: pd.DataFrame
    service: Service
    is_left_out: bool = False

    def reason(self, gap: ShortageKey, last: int) -> str:
        """Why more of the gap's item is not at its destination by period `last` (0-based)."""
        _, destination, item = gap
        if certain := self._certain(item, destination, last):
            return certain
        demands, rows = self._demands_of[gap], self._by_gap.get(gap)
        if rows is None:
            return self._without_rows(demands)
        return reasons_text(held_back_by_worth(rows, demands, self.instance))

    def of_place(self, destination: str) -> str:
        """What holds back all that the demands of a destination lack, by worth, as `reason` tells it;
        blank without attribution.
        """
        held = self._of_place(destination)
        return reasons_text(held) if held else ""

    def main_of_place(self, destination: str) -> str:
        """The limits that certainly hold back most of that, as a sentence without cells; blank where there is none."""
        parts = [f"{one.words} holds back {one.part_words}" for one in self._of_place(destination) if one.is_reason]
        return f"Of all that it lacks, by {self.service.measure}, {listing(parts[:MOST_MAIN])}." if parts else ""

    def of_commitment(self, commitment: str) -> list[Held]:
        """The limits that hold back what the demands of a commitment (blank: of none) lack, by worth."""
        return self._held("commitment", commitment)

    def of_all(self) -> list[Held]:
        """The limits that hold back what all demands lack, by worth."""
        return held_back_by_worth(self.attribution, self.service.demands, self.instance)

    def _of_place(self, destination: str) -> list[Held]:
        return self._held("destination", destination)

    def _held(self, column: str, name: str) -> list[Held]:
        rows, demands = self.attribution, self.service.demands
        return held_back_by_worth(
            rows[rows[column].fillna("") == name], demands[demands[column] == name], self.instance
        )

    def _without_rows(self, demands: pd.DataFrame) -> str:
        """Why nothing is attributed of these demands: mostly because no aim counts them."""
        keys = zip(demands["demand"], demands["due"], strict=True)
        demands_there = [self.instance.demands_by_key[str(name), int(due) - 1] for name, due in keys]
        unknown = NOT_COMPUTED if self.is_left_out else NOT_FOUND
        if self.instance.settings.objective == "weighted":
            return unknown if any(demand.shortage_cost for demand in demands_there) else NO_SHORTAGE_COST
        return unknown if any(demand.priority for demand in demands_there) else NO_PRIORITY

    @cached_property
    def _by_gap(self) -> dict[ShortageKey, pd.DataFrame]:
        """The rows of each gap."""
        return _grouped(self.attribution[self.attribution["kind"] == DEMAND])

    @cached_property
    def _demands_of(self) -> dict[ShortageKey, pd.DataFrame]:
        """The demands of each gap that lack something."""
        demands = self.service.demands
        return _grouped(demands[demands["short"] > 0])

    def _certain(self, item: str, destination: str, last: int) -> str:
        arrivals = self._arrivals(item)
        if not arrivals:
            return "nothing makes or holds this item"
        earliest = arrivals.get(destination, inf)
        if earliest == inf:
            return "no route that carries it leads here in time from where it is made or held"
        if earliest > last:
            return f"cannot arrive before {self.instance.horizon.label(int(earliest))}"
        return ""

    @cached_property
    def _sources(self) -> dict[str, list[tuple[str, int]]]:
        """Where and when each item first is: from lines that have capacity, stocks and goods on order."""
        sources: dict[str, list[tuple[str, int]]] = {}
        grown = {e.object for e in self.instance.expansions.values()}
        for line in self.instance.lines.values():
            able = (t for t in line.open if line.name in grown or not line.capacity or line.capacity[t] > 0)
            first = next(able, None)
            if first is not None:
                sources.setdefault(line.item, []).append((line.factory, first))
        for supply in self.instance.supplies:
            sources.setdefault(supply.item, []).append((supply.node, 0 if supply.opening else supply.period))
        return sources

    @cached_property
    def _legs_from(self) -> dict[str, list[Leg]]:
        table: dict[str, list[Leg]] = {}
        for leg in self.instance.legs.values():
            table.setdefault(leg.origin, []).append(leg)
        return table

    def _arrivals(self, item: str) -> dict[str, float]:
        """The first period in which the item can be at each node (windows of nodes are not looked at)."""
        queue: list[tuple[float, str]] = []
        period: float
        for node, period in self._sources.get(item, ()):
            heappush(queue, (period, node))
        first: dict[str, float] = {}
        while queue:
            period, node = heappop(queue)
            if node in first:
                continue
            first[node] = period
            for leg in self._legs_from.get(node, ()):
                departure = max(period, leg.open.start)
                if item not in leg.excluded and departure < leg.open.stop:
                    heappush(queue, (departure + leg.lead_time, leg.destination))
        return first


def _grouped(rows: pd.DataFrame) -> dict[ShortageKey, pd.DataFrame]:
    keys = [rows["commitment"].fillna("").astype(str), rows["destination"].astype(str), rows["item"].astype(str)]
    return {(str(c), str(d), str(i)): own for (c, d, i), own in rows.groupby(keys, sort=False)}


def reasons_text(held: Sequence[Held]) -> str:
    """The reasons with their shares and cells; then what is full too, or may hold back something."""
    if not held:
        return NOT_FOUND
    material = [one for one in held if one.most >= MATERIAL]
    if not material:
        return f"many limits, each with a small share; the largest: {_reason_text(held[0])}"
    if all(one.is_cost for one in material):
        return NOT_WORTH_IT
    reasons = [one for one in material if one.is_reason]
    others = [one for one in material if one not in reasons and one.group not in (AIMS, UNREACHED, CLOSED, FOR_OTHERS)]
    parts = [listing([_reason_text(one) for one in reasons], MOST_NAMED)] if reasons else []
    if others:
        names = listing([f"{one.words}{_cells(one)}" for one in others], MOST_NAMED)
        also = "also " if reasons else ""
        sure = (
            "at their limits, though perhaps none is a cause by itself"
            if len(others) > 1
            else "at its limit, though perhaps not a cause by itself"
        )
        parts.append(f"{also}{sure}: {names}")
    rest = sum(one.part for one in held) - sum(one.part for one in material)
    if rest >= 2 * MATERIAL:
        parts.append(f"{share(rest)} from limits with under {share(MATERIAL)} each")
    for one in material:
        if one.group in WHY_CLOSED:
            what = "it" if one.part > 1 - SAME else "part of it"
            parts.append(f"{what} cannot arrive in time, as {WHY_CLOSED[one.group]}{_cells(one)}")
    if material[0].group == UNREACHED and material[0].part > 1 - SAME:
        parts.append("it cannot arrive in time")
    elif any(one.group == UNREACHED for one in material):
        parts.append("part of it cannot arrive in time")
    if any(one.taken or one.group == AIMS for one in material):
        parts.append(TAKEN)
    return "; ".join(parts)


def _reason_text(one: Held) -> str:
    """`the capacity of Alpha line holds back 62 % (Lines!E4)`"""
    return f"{one.words} holds back {one.part_words}{_cells(one)}"


def _cells(one: Held) -> str:
    return f" ({some_cells(one.cells, MOST_CELLS)})" if one.cells else ""
