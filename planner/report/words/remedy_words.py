"""Remedies in words: what rises, by how much, where it is typed, what it costs and who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.domain.instance import PlanningInstance
from planner.domain.titles import is_unnamed, object_title, title_of
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
from planner.plan.remedy.measures import COMMITMENT, CONTINGENCY, EVERYTHING, Goal
from planner.plan.remedy.neighbourhood import MOST_WHOLE
from planner.plan.remedy.results import GoalRemedies, Raised
from planner.report.words.names import commitment_title, goods_text
from planner.report.words.numbers import Money, compact, listing, number, plural, share
from planner.tolerances import matters

MOST_RISES = 6  # in one sentence
MOST_CELLS = 40
MOST_ITEMS = 4
OTHERS_STAY = (
    f"The program has more than {number(MOST_WHOLE)} columns. So a remedy changes only the plan for the goods that "
    "are short and for their components, what is bought in addition, and who pays; the plan for other goods stays "
    "fixed. Remedies that change it too, and would be cheaper or deliver more, were not searched."
)
NO_WORSE = (
    "No other commitment is shorter or later, stock targets are not missed by more, and no other contingency is "
    "covered less, each as a sum by value and priority: within a sum one demand, item or place may get less and "
    "another more."
)
AS_OTHERS_STAY = " while the plan for other goods stays fixed"
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


STORAGES = {
    "storage_t": "t of storage",
    "storage_m3": "m³ of storage",
    "storage_neq": "kg of net explosive quantity",
    "quantity": "t of storage",  # of Capacity
}


@dataclass(frozen=True)
class RemedyWords:
    """The words for the remedies of an input, its money in one scale."""

    instance: PlanningInstance
    money: Money

    def goal(self, goal: Goal) -> str:
        """What is to be met in full, as the beginning of a sentence."""
        if goal.kind == EVERYTHING:
            return "All demand together"
        if goal.kind == CONTINGENCY:
            cases = [case for case in self.instance.cases if case.contingency.name == goal.name]
            title = title_of(self.instance.contingencies, goal.name)
            over = f" ({len(cases)} possible strikes, added up)" if len(cases) > 1 else ""
            return f"The response to “{title}”{over}"
        return commitment_title(self.instance, goal.name)

    def goal_within(self, goal: Goal) -> str:
        """The same within a sentence: a commitment keeps its name as it is."""
        goal_words = self.goal(goal)
        return goal_words if goal.kind == COMMITMENT else f"{goal_words[:1].lower()}{goal_words[1:]}"

    def rise(self, lever: Lever, rise: float) -> str:
        """`a further EUR 54 million from Germany in SAFE for 2026 (Budgets!D14)`"""
        where = f" ({lever.cells})" if lever.cells and len(lever.cells) <= MOST_CELLS else ""
        return f"{self._rise(lever, rise)}{where}"

    def _rise(self, lever: Lever, rise: float) -> str:
        key, amount, when = dict(lever.field.key), compact(rise), self._when(lever)
        name = " ".join(object_title(self.instance, name) for name in lever.field.names)
        if lever.what == MONEY:
            return self._money(lever, rise)
        if lever.what == GIVEN:
            return f"the consent {name}"
        if lever.what == ACCESS:
            return f"opening {name} to all nations"
        if lever.what == DATE:
            return f"opening {name} {self._periods(rise)} earlier"
        if lever.what == LEAD_TIME:
            return f"{self._periods(rise)} less {LEAD_TIMES[lever.field.table]} {name}"
        if lever.what == SHARE:
            return (
                f"{SHARES[lever.field.column]} of {name} at {share(float(lever.after(rise)))} instead of "
                f"{share(lever.value)}"
            )
        if lever.what == THROUGHPUT:
            return f"handling of a further {amount} t {self._each} at {name}"
        if lever.what == STORAGE:
            node = object_title(self.instance, str(key.get("node") or key.get("object")))
            item = self.instance.items.get(str(key.get("item")))
            what = (
                f"storage for a further {goods_text(rise, item)}"
                if item
                else f"a further {amount} {STORAGES[lever.field.column]}"
            )
            return f"{what} at {node}{when}"
        if lever.field.table == "Expansions":
            return f"a further {self._of_expansion(lever, rise)} under the limit of {name}"
        assert lever.what == CAPACITY
        return self._capacity(lever, rise, when)

    def _of_expansion(self, lever: Lever, rise: float) -> str:
        """`8 heaters a month`: capacity of what an expansion adds to; a number where that has no unit."""
        line = self.instance.lines.get(self.instance.expansions[lever.field.names[0]].object)
        return f"{goods_text(rise, self.instance.items[line.item])} {self._each}" if line is not None else compact(rise)

    def _money(self, lever: Lever, rise: float) -> str:
        """`a further EUR 54 million from Germany in SAFE for 2026`"""
        key = dict(lever.field.key)
        fund, contributor = str(key["fund"]), str(key.get("contributor", key["fund"]))
        who = f" from {title_of(self.instance.nations, contributor)}" if contributor != fund else ""
        when = f" for {key['year']}" if "year" in key else self._when(lever).replace(" in ", " by ")
        kind = {"ceiling": "under the ceiling of", "Tranches": "in the tranches of"}
        inside = kind.get(lever.field.column) or kind.get(lever.field.table) or "in"
        return f"a further {self.money.text(rise)}{who} {inside} {object_title(self.instance, fund)}{when}"

    @property
    def _each(self) -> str:
        """`a month`"""
        return f"a {self.instance.horizon.period_length}"

    def _periods(self, count: float) -> str:
        """`2 months`"""
        return plural(round(count), self.instance.horizon.period_length)

    def _when(self, lever: Lever) -> str:
        """` in 2027-03`, ` from 2027-01 to 2027-12`: the periods that the cell of a figure covers; blank:
        all of them.
        """
        period, cells, horizon = dict(lever.field.key).get("period"), self.instance.cells, self.instance.horizon
        if not isinstance(period, int):
            return ""
        covered = cells.typed(lever.field._replace(column="period")) if cells is not None else None
        inside = horizon.clip(covered[0], covered[-1]) if isinstance(covered, range) else range(period, period + 1)
        span = horizon.span(inside[0], inside[-1])
        return f" in {span}" if len(inside) == 1 else f" from {span}"

    def _capacity(self, lever: Lever, rise: float, when: str) -> str:
        """`capacity for a further 40 heaters a month at Press`, `a further 20 t on route Road in 2027-03`"""
        key, thing = dict(lever.field.key), lever.field.names[0]
        items, line = self.instance.items, self.instance.lines.get(thing)
        place = object_title(self.instance, thing if line is None or not is_unnamed(line) else line.factory)
        each = "" if when.startswith(" in ") else f" {self._each}"
        if line is not None and lever.field.column == "ramp":
            return (
                f"a rise of a further {goods_text(rise, items[line.item])} from one "
                f"{self.instance.horizon.period_length} to the next at {place}"
            )
        if line is not None:
            return f"capacity for a further {goods_text(rise, items[line.item])}{each} at {place}{when}"
        if thing in self.instance.resources:
            return f"a further {compact(rise)}{each} of resource {place}{when}"
        unit = "m³" if lever.field.column == "capacity_m3" else "t"
        amount = goods_text(rise, items[str(key["item"])]) if "item" in key else f"{compact(rise)} {unit}"
        return f"a further {amount}{each} on route {place}{when}"

    def lacks(self, result: GoalRemedies) -> str:
        """`Winter help is short of 100 heaters.`"""
        return f"{self.goal(result.goal)} is short of {self.goods(result.lacking)}."

    def brings(self, result: GoalRemedies, raised: Raised) -> str:
        """`A further EUR 54 million … would deliver all of it, for EUR 54 million in all.`, or what part it would
        deliver.
        """
        remedy = raised[0]
        less = {item: units - remedy.lacking.get(item, 0.0) for item, units in result.lacking.items()}
        helped = {item: units for item, units in less.items() if matters(units)}
        part = "all of it" if not remedy.lacking else f"{self.goods(helped)} of it" if helped else "part of it"
        does = "would" if remedy.comes else "can"
        changes = self._changes(raised)
        if not changes:  # under the weighted objective: what is not worth its cost
            return f"Without any change a plan can deliver {part}.{self._rest(raised)}"
        sentence = f"{changes[0].upper()}{changes[1:]} {does} deliver {part}"
        return f"{sentence}, for {self.money.text(remedy.cost)} in all.{self._rest(raised)}"

    def goods(self, units: Mapping[str, float]) -> str:
        """`12 400 rounds of 155 mm rounds and 3 t of flour`"""
        items = self.instance.items
        return listing([goods_text(amount, items[name]) for name, amount in units.items()], MOST_ITEMS)

    def remedy(self, raised: Raised) -> str:
        """`a further EUR 54 million … and the consent …: EUR 54 million in all. Germany decides.`"""
        return f"{self._changes(raised)}: {self.money.text(raised[0].cost)} in all.{self._rest(raised)}"

    def _changes(self, raised: Raised) -> str:
        return listing([self.rise(lever, rise) for lever, rise in raised[1]], MOST_RISES)

    def _rest(self, raised: Raised) -> str:
        """What stays short, whether it comes by itself, and who decides; with a space before."""
        remedy, rises = raised
        deciders = (name for lever, _ in rises for name in lever.decides.split("; ") if name)
        decides = list(dict.fromkeys(title_of(self.instance.nations, name) for name in deciders))
        who = f" {listing(decides, MOST_RISES)} {'decides' if len(decides) == 1 else 'decide'}." if decides else ""
        left = f" Still short: {self.goods(remedy.lacking)}." if remedy.lacking else ""
        use = (
            " A plan of least cost would not deliver it: its delivery must be required, for example by a lock."
            if self.instance.settings.objective == "weighted"
            else " What this adds must be reserved for it: the plan alone would use it for earlier aims, or for "
            "other demands of the same aim."
        )
        return f"{left}{use if remedy.comes is False else ''}{who}"
