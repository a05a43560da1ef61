"""The rules that a model leaves out although the data would need them."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.formulation.families import FAMILIES


def not_enforced(instance: PlanningInstance, catalogue: Catalogue) -> tuple[str, ...]:
    """Filled rules that the plan need not obey: those this version cannot enforce, then those the model leaves out.

    A family that is switched off but has nothing to do in this workbook is not listed.
    """
    left_out = (
        f"{family.title} ({family.meaning}): left out by model '{catalogue.name}'"
        for family in catalogue.switched_off
        if _called_for(family.name, instance)
    )
    return (*instance.not_enforced, *left_out, *_without_levels(instance, catalogue))


def _without_levels(instance: PlanningInstance, catalogue: Catalogue) -> Iterator[str]:
    """A family that is nothing but an objective level has no say in a weighted sum."""
    for name in (name for name, family in FAMILIES.items() if family.by_levels and catalogue.enabled(name)):
        if instance.settings.objective == "weighted":
            title = catalogue.constraints[name].title
            yield f"{title}: the objective of this workbook is weighted; it needs the lexicographic one"


def _called_for(name: str, instance: PlanningInstance) -> bool:
    """Is there anything in the data that a family, or a kind of policy without rows, would have to hold?"""
    if name in FAMILIES:
        return FAMILIES[name].needed(instance)
    return any(policy.kind == name for policy in instance.policies)
