"""Remedies in words: what rises, by how much, where it is typed, what it costs and who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.domain.instance import PlanningInstance
from planner.plan.remedy.found import Found, Raised
from planner.plan.remedy.levers import (
    ACCESS,
    CAPACITY,
    DATE,
    GIVEN,
    LEAD_TIME,
    MONEY,
    SHARE,
    STORAGE,
    THROUGHPUT,
    Lever,
)
from planner.plan.remedy.measures import CONTINGENCY, EVERYTHING, Goal
from planner.plan.remedy.neighbourhood import MOST_WHOLE
from planner.report.words.names import goods_text, object_title, title_of
from planner.report.words.numbers import Money, compact, listing, number, plural, share
from planner.tolerances import matters

MOST_RISES = 6  # in one sentence
MOST_CELLS = 40
MOST_ITEMS = 4
OTHERS_STAY = (
    f"The program has more than {number(MOST_WHOLE)} columns. So each remedy changes what is done with the goods that it brings and with "
    "their parts, what is bought beyond the plan, and who pays; what is done with other goods stays as planned. The cheapest is the cheapest "
    "of such changes: what would be cheaper, or bring more, by changing other goods was not looked for."
)
AS_OTHERS_STAY = ", as long as what is done with other goods stays as planned"
LEAD_TIMES = {
    "Routes": "in transit on",
    "Lines": "from order to completion at",
    "Expansions": "from purchase to use of",
}
SHARES = {
    "content_min": "the least content",
    "cofinancing": "the share that is co-financed",
    "contribution_min": "the least contribution",
    "contribution_max": "the largest contribution",
    "work_share_min": "the least work share",
    "share": "the share",
}


@dataclass(frozen=True)
class Words:
    instance: PlanningInstance
    money: Money

    def goal(self, goal: Goal) -> str:
        if goal.kind == EVERYTHING:
            return "Everything that is wanted"
        if goal.kind == CONTINGENCY:
            cases = [case for case in self.instance.cases if case.contingency.name == goal.name]
            title = self.instance.contingencies[goal.name].title or goal.name
            over = f" (over its {len(cases)} strikes)" if len(cases) > 1 else ""
            return f"The answer to “{title}”{over}"
        known = self.instance.commitments.get(goal.name)
        nameless = "What belongs to no commitment" if self.instance.commitments else "All demand"
        return (known.title or goal.name) if known else goal.name or nameless

    def rise(self, lever: Lever, rise: float) -> str:
        """`EUR 54 million more from DE in SAFE for 2026 (Budgets!D14)`"""
        where = f" ({lever.cells})" if lever.cells and len(lever.cells) <= MOST_CELLS else ""
        return f"{self._rise(lever, rise)}{where}"

    def _rise(self, lever: Lever, rise: float) -> str:
        key, amount = dict(lever.field.key), compact(rise)
        names = " ".join(object_title(self.instance, name) for name in lever.field.names)
        if lever.what == MONEY:
            who = (
                f" from {title_of(self.instance.nations, str(key['contributor']))}"
                if "contributor" in key and key["contributor"] != key.get("fund")
                else ""
            )
            when = f" for {key['year']}" if "year" in key else ""
            kind = {"ceiling": " under the ceiling of", "Tranches": " in the tranches of"}
            inside = kind.get(lever.field.column) or kind.get(lever.field.table) or " in"
            fund = title_of(self.instance.funds, str(key["fund"]))
            return f"{self.money.text(rise)} more{who}{inside} {fund}{when}"
        period = key.get("period")
        when = f" in {self.instance.horizon.label(period)}" if isinstance(period, int) else ""
        if lever.what == GIVEN:
            return f"the consent {names}"
        if lever.what == ACCESS:
            return f"{names} open to all nations"
        if lever.what == DATE:
            return f"{names} open {plural(round(rise), 'period')} earlier"
        if lever.what == LEAD_TIME:
            return f"{plural(round(rise), 'period')} less {LEAD_TIMES[lever.field.table]} {names}"
        if lever.what == SHARE:
            return f"{SHARES[lever.field.column]} of {names} at {share(float(lever.after(rise)))} instead of {share(lever.value)}"
        if lever.what == THROUGHPUT:
            return f"{amount} t more handled a period at {names}"
        if lever.what == STORAGE:
            return f"{amount} more {self._storage(lever.field.column)} at {names}{when}"
        if lever.field.table == "Expansions":
            return f"{amount} more of the limit of {names}"
        assert lever.what == CAPACITY
        return self._capacity(lever, rise, when or " a period")

    def _capacity(self, lever: Lever, rise: float, when: str) -> str:
        """`capacity for 40 heaters more a period at Press`, `20 t more a period on route Road`"""
        key, thing = dict(lever.field.key), lever.field.names[0]
        items, line = self.instance.items, self.instance.lines.get(thing)
        if lever.field.column == "ramp" and line is not None:
            return f"{goods_text(rise, items[line.item])} more as rise from one period to the next at {thing}"
        if line is not None:
            return f"capacity for {goods_text(rise, items[line.item])} more{when} at {thing}"
        if thing in self.instance.resources:
            return f"{compact(rise)} more{when} of {thing}"
        if "item" in key:
            return f"{goods_text(rise, items[str(key['item'])])} more{when} on route {thing}"
        return f"{compact(rise)} {'m³' if lever.field.column == 'capacity_m3' else 't'} more{when} on route {thing}"

    @staticmethod
    def _storage(column: str) -> str:
        return {
            "storage_t": "t of storage",
            "storage_m3": "m³ of storage",
            "storage_neq": "kg of explosive licence",
        }.get(column, "units of storage")

    def lacks(self, found: Found) -> str:
        """`Winter help is short of 100 heaters.`"""
        return f"{self.goal(found.goal)} is short of {self.goods(found.lacking)}."

    def brings(self, found: Found, raised: Raised) -> str:
        """`EUR 54 million more … would bring all of it, for EUR 54 million in all.`, or what part it would bring."""
        remedy = raised[0]
        less = {item: units - remedy.lacking.get(item, 0.0) for item, units in found.lacking.items()}
        helped = {item: units for item, units in less.items() if matters(units)}
        part = "all of it" if not remedy.lacking else f"{self.goods(helped)} of it" if helped else "part of it"
        does = "would" if remedy.comes else "can"
        changes = self._changes(raised)
        if not changes:  # under the weighted objective: what is not worth its cost
            return f"Without any change a plan can bring {part}.{self._rest(raised)}"
        said = f"{changes[0].upper()}{changes[1:]} {does} bring {part}"
        return f"{said}, for {self.money.text(remedy.cost)} in all.{self._rest(raised)}"

    def goods(self, units: Mapping[str, float]) -> str:
        """`12 400 rounds of 155 mm rounds and 3 t of flour`"""
        items = self.instance.items
        return listing([goods_text(amount, items[name]) for name, amount in units.items()], MOST_ITEMS)

    def remedy(self, raised: Raised) -> str:
        """`EUR 54 million more … and the consent …: EUR 54 million in all. DE decides.`"""
        return f"{self._changes(raised)}: {self.money.text(raised[0].cost)} in all.{self._rest(raised)}"

    def _changes(self, raised: Raised) -> str:
        return listing([self.rise(lever, rise) for lever, rise in raised[1]], MOST_RISES)

    def _rest(self, raised: Raised) -> str:
        """What stays short, whether it comes by itself, and who decides; with a space before."""
        remedy, rises = raised
        said = (name for lever, _ in rises for name in lever.decides.split("; ") if name)
        decides = list(dict.fromkeys(title_of(self.instance.nations, name) for name in said))
        who = f" {listing(decides, MOST_RISES)} {'decides' if len(decides) == 1 else 'decide'}." if decides else ""
        left = f" {self.money.text(remedy.left)} of its value stays short." if remedy.left else ""
        use = (
            " A plan of least cost would not deliver it: it must be required, for example by a lock."
            if self.instance.settings.objective == "weighted"
            else " What it adds must be kept for that: the plan alone would use it for aims that come before, or others of the same aim."
        )
        return f"{left}{use if remedy.comes is False else ''}{who}"
