"""Why money does not help, in the planner's words and with the names of the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.analysis.money.idle import Idle
from planner.analysis.money.remedy import LimitPlace, Obstacles
from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title, titles_of_limit
from planner.formulation.families import FAMILIES
from planner.plan.remedy.measures import COMMITMENT, Goal
from planner.report.words.numbers import Money, listing, share
from planner.report.words.remedy_words import RemedyWords as RemedyWords

AIMS = {
    "binding_shortfall": "binding commitments",
    "contingency": "contingencies",
    "other_shortfall": "other demand",
    "lateness": "lateness",
    "target_shortfall": "stock targets",
    "weighted": "the weighted objective",
}


@dataclass(frozen=True)
class MoneyWords:
    """The words of the money analysis for goods, limits, places and amounts."""

    instance: PlanningInstance
    catalogue: Catalogue
    money: Money

    def commitment(self, name: str) -> str:
        """As `planner remedy` calls it, within a sentence."""
        goal = RemedyWords(self.instance, self.money).goal(Goal(COMMITMENT, name))
        return goal if name else goal[:1].lower() + goal[1:]

    def goods(self, units: Mapping[str, float]) -> str:
        """Goods as `planner remedy` names them."""
        return RemedyWords(self.instance, self.money).goods(units)

    def place(self, place: LimitPlace) -> str:
        """`line capacity of Alpha line in 2026-03`"""
        family, object_, item, period = place
        title = self.catalogue.constraints[family].title
        title = title[:1].lower() + title[1:]
        named, *goods = titles_of_limit(self.instance, object_, item)
        of_item = f" for {goods[0]}" if goods else ""
        when = f" in {self.instance.horizon.label(period - 1)}" if period else ""
        return f"{title} of {named}{of_item}{when}"

    def places(self, places: Sequence[LimitPlace]) -> str:
        """Limits as a list in a sentence, four at most."""
        return listing([self.place(place) for place in places], most=4)

    def needs(self, needs: Sequence[tuple[str, str]]) -> str:
        """(cost type, object) that money would have to pay for, as a list in a sentence, four at most."""
        return listing([f"{cost_type} at {object_title(self.instance, name)}" for cost_type, name in needs], most=4)

    def idle(self, idle: Idle, reasons: Sequence[str] = ()) -> str:
        """Why a fund's further money buys no more; `reasons`: what stands in the way of the largest shortfalls."""
        aim = AIMS.get(idle.level, idle.level)
        if idle.kind == "done":
            return "Nothing is short any more: no eligible demand is left."
        if idle.kind == "never":
            return "Its money never becomes usable within the horizon: it waits for an event, or its window is closed."
        if idle.kind == "rules":
            rules = listing(list(dict.fromkeys(FAMILIES[family].words.money for family in idle.families)))
            return f"It is held back by {rules}: without that its money would help {aim}."
        if idle.kind == "payers":
            return (
                f"It may not pay for what {aim} lacks (by cost type, item, producer or year): {self.needs(idle.needs)}."
            )
        if idle.limits:
            return (
                f"No eligible capacity: even money without rules would not help {aim}. Used up then: "
                f"{self.places(idle.limits)}."
            )
        text = f"Even money without rules would not help {aim}, and no capacity binds: no more can be there in time"
        return f"{text} ({'; '.join(reasons)})." if reasons else f"{text}."

    def obstacles(self, obstacles: Obstacles, reasons: Sequence[str] = ()) -> str:
        """What keeps a commitment short however much money there is, each cause with its part of the value."""
        parts, whole = [], obstacles.rules + obstacles.payers + obstacles.limits
        if obstacles.rules:
            bind = self.places(obstacles.binding_rules)
            parts.append(f"{share(obstacles.rules / whole)} for rules of funds; of these bind {bind}")
        if obstacles.payers:
            parts.append(f"{share(obstacles.payers / whole)} for which no fund may pay: {self.needs(obstacles.unpaid)}")
        if obstacles.limits:
            used = self.places(obstacles.binding_limits)
            what = f"used up then: {used}" if used else "; ".join(reasons) or "no more can be there in time"
            parts.append(f"{share(obstacles.limits / whole)} for want of capacity, route or consent; {what}")
        return f"Not with money: {'. '.join(parts)}."
