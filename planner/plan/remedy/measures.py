"""What commitments, everything and contingencies lack, as sums over the columns of a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.catalogue import RESPONSE
from planner.domain.contingency.response import needs
from planner.formulation.model.model import Model
from planner.solver.highs import Vector
from planner.tolerances import matters

COMMITMENT, EVERYTHING, CONTINGENCY = "commitment", "all", "contingency"
MEASURES = {COMMITMENT: "short ", EVERYTHING: "all that is short", CONTINGENCY: "uncovered "}
NO_COMMITMENT = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be whole. `kind`: commitment, all, contingency."""

    kind: str
    name: str = ""

    @property
    def row(self) -> str:
        """The measure of what it lacks (see `measures`)."""
        return f"{MEASURES[self.kind]}{self.name}"


def measures(model: Model) -> tuple[list[str], dict[str, Vector]]:
    """The commitments, and by column what each lacks (`short NAME`, `late NAME`), all of them, and each contingency
    (`uncovered NAME`).
    """
    groups, rows = commitment_rows(model)
    whole = np.array([rows[f"short {group}"] for group in groups]).reshape(len(groups), model.column_count).sum(axis=0)
    weights = {
        (*case.key, *need.wanted.key): need.wanted.priority * model.instance.unit_values.get(need.wanted.item, 0.0)
        or 1.0
        for case in model.instance.cases
        for need in needs(model.instance, case)
    }
    for key, column in model.columns[RESPONSE + "shortage"].items():
        contingency, *_ = key
        rows.setdefault(f"uncovered {contingency}", np.zeros(model.column_count))[column] = weights[key]
    return groups, {**rows, MEASURES[EVERYTHING]: whole}


def commitment_rows(model: Model) -> tuple[list[str], dict[str, Vector]]:
    """The commitments with demand; and `short NAME` and `late NAME`, by column.

    Weight: value × priority per unit (and period late), where an item has no value its units.
    """
    count = model.column_count
    demands = {demand.key: demand for demand in model.instance.demands}
    groups = list(dict.fromkeys(demand.commitment or NO_COMMITMENT for demand in demands.values()))
    rows = {f"{measure} {group}": np.zeros(count) for group in groups for measure in ("short", "late")}

    def weight(key: tuple[str, int]) -> float:
        demand = demands[key]
        return demand.priority * model.instance.unit_values.get(demand.item, 0.0) or 1.0

    for key, column in model.columns["shortage"].items():
        group = demands[key].commitment or NO_COMMITMENT
        rows[f"short {group}"][column] = weight(key)
    for (name, due, period, _expires), column in model.columns["delivery"].items():
        group = demands[name, due].commitment or NO_COMMITMENT
        rows[f"late {group}"][column] = weight((name, due)) * (period - due)
    return groups, rows


def lacking(model: Model, goal: Goal, values: Vector) -> dict[str, float]:
    """Item → units that the goal lacks in a plan, of those that lack more than arithmetic beside what is wanted; of a
    contingency over all its cases.
    """
    lacks: dict[str, float] = defaultdict(float)
    wanted: dict[str, float] = defaultdict(float)
    for item, quantity, column in _wanted(model, goal):
        wanted[item] += quantity
        lacks[item] += float(values[column])
    return {item: units for item, units in lacks.items() if matters(units, wanted[item])}


def _wanted(model: Model, goal: Goal) -> Iterator[tuple[str, float, int]]:
    """What the goal asks for: item, quantity, and the column of what lacks of it."""
    if goal.kind == CONTINGENCY:
        wanted = {
            (*case.key, *need.wanted.key): need for case in model.instance.cases for need in needs(model.instance, case)
        }
        for key, column in model.columns[RESPONSE + "shortage"].items():
            contingency, *_ = key
            if contingency == goal.name:
                yield wanted[key].wanted.item, wanted[key].wanted.quantity, column
        return
    demands = {demand.key: demand for demand in model.instance.demands}
    for key, column in model.columns["shortage"].items():
        if goal.kind == EVERYTHING or (demands[key].commitment or NO_COMMITMENT) == goal.name:
            yield demands[key].item, demands[key].quantity, column
