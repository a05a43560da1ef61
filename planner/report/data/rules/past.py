"""What happened before the horizon, as far as rules about sums count it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from planner.catalogue import Catalogue
from planner.domain.history_slack import history_slacks
from planner.domain.instance import PlanningInstance
from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Directory
from planner.formulation.money.funding import COFINANCING
from planner.plan.plan import PastViolation, Plan
from planner.report.pages.views import View, ViewColumn
from planner.report.words.numbers import compact

ALONE = "Figures of the horizon alone; rules count what was paid and made before it too. "


def past_views(plan: Plan, catalogue: Catalogue) -> Iterator[View]:
    """How each rule about a sum stood at the start, and what it still lacks; nothing where there is no past."""
    rows = list(_rows(plan, catalogue))
    if rows:
        yield View(
            "what happened before",
            "What happened before, and the rules that count it",
            "Of what was paid, made and dispatched before the horizon alone: by how much it is over, or short of, "
            "what the rule asks. The plan keeps the rule over both together. Still lacking: what no plan can make up "
            "for.",
            (
                ViewColumn("Rule"),
                ViewColumn("Of"),
                ViewColumn("Over at the start", "quantity"),
                ViewColumn("Short at the start", "quantity"),
                ViewColumn("Still lacking", "quantity"),
                ViewColumn("Unit"),
                ViewColumn("State", "flag"),
            ),
            rows,
        )


def _rows(plan: Plan, catalogue: Catalogue) -> Iterator[tuple[Any, ...]]:
    instance = plan.instance
    lacking = {(lack.family, lack.object, lack.item): lack.amount for lack in plan.lacking}
    family_of = {family.counted: name for name, family in FAMILIES.items() if family.counted}
    for (counted, key), slack in history_slacks(instance).items():
        family = family_of[counted]
        rule = catalogue.constraints[family]
        if not rule.enabled:
            continue
        of_money = rule.unit == "money"
        unit = instance.settings.currency if of_money else instance.items[key[-1]].unit
        still = lacking.get(_key_of_lack(instance, family, key), 0.0)
        yield (
            rule.title,
            " · ".join(part for part in key if part not in ("made", "dispatched")),
            slack if slack > 0 else None,
            -slack if slack < 0 else None,
            still or None,
            unit,
            "lacking" if still else "made up for" if slack < 0 else "",
        )


def _key_of_lack(instance: PlanningInstance, family: str, key: Sequence[str]) -> tuple[str, str, str | None]:
    """How `Plan.lacking` names the rule: family, object, item."""
    if family == COFINANCING.name:  # its rows are of buckets, the rule is of things
        fund, *thing = key
        return family, f"{fund}: {' '.join(thing)}", None
    known = FAMILIES[family]
    name, item, _ = known.place(Directory(instance), known.index(*key))
    return family, name, item


def lack_words(lack: PastViolation) -> str:
    """`Content of origin, SAFE: 9 EUR lacking`"""
    item = f", {lack.item}" if lack.item else ""
    return f"{lack.title}, {lack.object}{item}: {compact(lack.amount)} {lack.unit} lacking"
