"""Does a change of the input touch nothing but the right-hand sides of rows, and if so, which?

Told field by field from a declared list. Whatever is not on it decides, or may decide, which columns and rows there
are and with what coefficients: then the model is built anew. A field on the list may still decide such a thing by
being zero, or given at all; its entry says what of it must stay as it is. A limit that comes to be, or ceases, shows in
the keys of the bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.domain.instance import PlanningInstance
from planner.formulation.families import FAMILIES
from planner.formulation.model.bounds import stated_bounds
from planner.formulation.model.family import Kind, Shape
from planner.formulation.model.model import Bounds, Frame, Model
from planner.formulation.model.scale import money_unit


def _figures() -> dict[str, dict[str, Shape]]:
    """Collection of the instance → field → what else depends on it, as the families declare it."""
    shapes: dict[str, dict[str, Shape]] = {}
    for family in FAMILIES.values():
        for collection, fields_ in family.figures.items():
            shapes.setdefault(collection, {}).update(fields_)
    return shapes


BOUND_FIELDS: Mapping[str, Mapping[str, Shape]] = _figures()
# What only people read.
SAID: Mapping[str, frozenset[str]] = {
    "settings": frozenset({"title", "marking"}),
    "nations": frozenset({"title"}),
    "items": frozenset({"title"}),
    "commitments": frozenset({"title", "pillar"}),
}
NO_PART_IN_PLANS = frozenset({"removed_by_events", "not_enforced", "notes", "cells", "uncertainties"})
# A money unit of another order of magnitude would scale the rows of money badly.
SAME_UNIT = 16.0


class RhsUpdate(NamedTuple):
    """Right-hand sides, by row and as a whole, of a model whose instance has changed."""

    rows: NDArray[np.intp]  # those that are another now
    values: NDArray[np.float64]
    bounds: dict[str, Bounds]


def rhs_update(model: Model, changed: PlanningInstance) -> RhsUpdate | None:
    """The rows of the model whose right-hand side is another in the changed instance, and which it is.

    In the model's own money unit. None where more may differ than that.
    """
    if not _only_bounds_differ(model.instance, changed):
        return None
    if not _all_known(model) and (model.binaries or not _only_budgets_differ(model.instance, changed)):
        return None
    if not 1 / SAME_UNIT <= money_unit(changed) / model.money_unit <= SAME_UNIT:
        return None
    bounds = stated_bounds(Frame(changed, model.reach, model.money_unit))
    rows: list[int] = []
    values: list[float] = []
    for family, now in bounds.items():
        before = model.bounds[family]
        if now.keys() != before.keys():
            return None
        for key, row in _affected(model.rows[family], before, now):
            rows.append(row)
            values.append(now[key])
    return RhsUpdate(np.array(rows, dtype=np.intp), np.array(values, dtype=np.float64), bounds)


def _affected(rows: Mapping[Any, int], before: Bounds, now: Bounds) -> Iterable[tuple[Any, int]]:
    return ((key, rows[key]) for key, bound in now.items() if bound != before[key] and key in rows)


def _only_budgets_differ(before: PlanningInstance, now: PlanningInstance) -> bool:
    """Are budgets, and the title, the only thing that differs?

    Without a choice of nations no coefficient, and no sum of amounts, has a budget in it.
    """
    now = replace(now, settings=replace(now.settings, title=before.settings.title))
    funds = {
        name: replace(fund, budgets=now.funds[name].budgets) for name, fund in before.funds.items() if name in now.funds
    }
    alike = (getattr(before, entry.name) == getattr(now, entry.name) for entry in fields(PlanningInstance)
             if entry.name not in (*NO_PART_IN_PLANS, "funds"))  # fmt: skip
    return dict(now.funds) == funds and all(alike)


def _all_known(model: Model) -> bool:
    """Does every row have a fixed bound, or take it from where `stated_bounds` finds it?

    Of supplies, none is a bound too.
    """
    for family, rows in model.rows.items():
        declared = FAMILIES[family]
        if not rows or declared.kind is Kind.SUPPLY:
            continue
        if declared.built_anew or (declared.right_hand_side and not rows.keys() <= model.bounds[family].keys()):
            return False
    return True


def _only_bounds_differ(before: PlanningInstance, now: PlanningInstance) -> bool:
    return all(
        _alike(entry.name, getattr(before, entry.name), getattr(now, entry.name))
        for entry in fields(PlanningInstance)
        if entry.name not in NO_PART_IN_PLANS
    )


def _alike(name: str, before: Any, now: Any) -> bool:
    """Do two values of a field of the instance differ in nothing but bounds and texts?"""
    if before is now or before == now:
        return not isinstance(before, Mapping) or list(before) == list(now)
    if name not in BOUND_FIELDS and name not in SAID:
        return False
    if isinstance(before, Mapping):
        return list(before) == list(now) and all(_same_shape(name, before[key], now[key]) for key in before)
    if isinstance(before, tuple):
        return len(before) == len(now) and all(_same_shape(name, *pair) for pair in zip(before, now, strict=True))
    return _same_shape(name, before, now)


def _same_shape(name: str, before: Any, now: Any) -> bool:
    if before == now:
        return True
    for entry in fields(before):
        if entry.name in SAID.get(name, ()) or getattr(before, entry.name) == getattr(now, entry.name):
            continue
        shape = BOUND_FIELDS.get(name, {}).get(entry.name)
        if shape is None or shape(before) != shape(now):
            return False
    return True
