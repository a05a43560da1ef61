"""Remedies in words: what rises, by how much, where it is typed, what it costs and who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.analysis.remedy.levers import CAPACITY, GIVEN, MONEY, STORAGE, THROUGHPUT, Lever
from planner.analysis.remedy.search import CONTINGENCY, EVERYTHING, Goal, Remedy
from planner.domain.instance import PlanningInstance
from planner.report.words.numbers import Money, compact, listing

Raised = tuple[Remedy, list[tuple[Lever, float]]]  # a remedy with its levers and their rises
MOST_RISES = 6  # in one sentence
MOST_CELLS = 40


@dataclass(frozen=True)
class Found:
    """A goal that lacks `short`, with its remedies, what parts of the way cost, and how many of all did not keep their word."""

    goal: Goal
    short: float
    remedies: Sequence[Raised]
    frontier: Sequence[Raised]
    broken: int


@dataclass(frozen=True)
class Words:
    instance: PlanningInstance
    money: Money

    def goal(self, goal: Goal) -> str:
        if goal.kind == EVERYTHING:
            return "Everything that is wanted"
        if goal.kind == CONTINGENCY:
            return f"The answer to {goal.name}"
        known = self.instance.commitments.get(goal.name)
        return (known.title or goal.name) if known else goal.name or "What belongs to no commitment"

    def rise(self, lever: Lever, rise: float) -> str:
        """`EUR 54 million more from DE in SAFE for 2026 (Budgets!D14)`"""
        where = f" ({lever.cells})" if lever.cells and len(lever.cells) <= MOST_CELLS else ""
        return f"{self._rise(lever, rise)}{where}"

    def _rise(self, lever: Lever, rise: float) -> str:
        key, amount = dict(lever.field.key), compact(rise)
        names = " ".join(lever.field.names)
        if lever.what == MONEY:
            who = (
                f" from {key['contributor']}" if "contributor" in key and key["contributor"] != key.get("fund") else ""
            )
            when = f" for {key['year']}" if "year" in key else ""
            kind = {"ceiling": " under the ceiling of", "Tranches": " in the tranches of"}
            inside = kind.get(lever.field.column) or kind.get(lever.field.table) or " in"
            return f"{self.money.text(rise)} more{who}{inside} {key['fund']}{when}"
        period = key.get("period")
        when = f" in {self.instance.horizon.label(period)}" if isinstance(period, int) else ""
        if lever.what == GIVEN:
            return f"the consent {names}"
        if lever.what == THROUGHPUT:
            return f"{amount} t more handled a period at {names}"
        if lever.what == STORAGE:
            return f"{amount} more {self._storage(lever.field.column)} at {names}{when}"
        if lever.field.table == "Expansions":
            return f"{amount} more of the limit of {names}"
        assert lever.what == CAPACITY
        unit = {"capacity_t": " t", "capacity_m3": " m³"}.get(lever.field.column, "")
        what = "rise between periods" if lever.field.column == "ramp" else "capacity"
        each = when or " a period"
        return f"{amount}{unit} more {what}{each} of {names}"

    @staticmethod
    def _storage(column: str) -> str:
        return {
            "storage_t": "t of storage",
            "storage_m3": "m³ of storage",
            "storage_neq": "kg of explosive licence",
        }.get(column, "units of storage")

    def remedy(self, found: Raised) -> str:
        """`EUR 54 million more … and the consent …, for EUR 54 million; left to do: …`"""
        remedy, rises = found
        parts = listing([self.rise(lever, rise) for lever, rise in rises], MOST_RISES)
        decides = list(dict.fromkeys(lever.decides for lever, _ in rises if lever.decides))
        who = f" {listing(decides, MOST_RISES)} {'decides' if len(decides) == 1 else 'decide'}." if decides else ""
        left = f" {self.money.text(remedy.left)} of its value stays short." if remedy.left else ""
        return f"{parts}: {self.money.text(remedy.cost)} in all.{left}{who}"
