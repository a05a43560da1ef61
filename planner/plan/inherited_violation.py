"""What rules still lack of what happened before the horizon, read off what a plan does."""

from __future__ import annotations

from collections.abc import Iterator

from planner.formulation.model.model import GREATER, Model
from planner.formulation.money.funding import COFINANCING
from planner.plan.places import Places
from planner.plan.plan import PastViolation
from planner.solver.highs import Vector
from planner.tolerances import SAME


def with_lacks(model: Model, values: Vector) -> Vector:
    """The plan with past_lack = max(0, by how much its row is short), no more than arithmetic being nothing."""
    completed = values.copy()
    for (family, *key), column in model.columns["past_lack"].items():
        terms, sense, bound = model.row_at(model.rows[family][tuple(key)])
        sizes = [factor * values[other] for other, factor in terms if other != column]
        short = bound - sum(sizes)
        short *= 1.0 if sense == GREATER else -1.0
        size = max([1.0, abs(bound), *(abs(each) for each in sizes)])
        completed[column] = short if short > SAME * size else 0.0
    return completed


def lacking(model: Model, values: Vector) -> Iterator[PastViolation]:
    """The rules that lack something in a plan, in the order of the model."""
    places, worth = Places(model), dict(model.objectives["past_lack"])
    for (family, *key), variable in model.columns["past_lack"].items():
        amount = float(values[variable])
        if amount > 0:
            of = model.catalogue.constraints[family]
            name, item, _period = places.of(family, tuple(key))
            if family == COFINANCING.name:
                row = COFINANCING.index(*key)
                name = f"{row.fund}: {' '.join(row.bucket.past)}"
            of_money = of.unit == "money"
            unit = model.instance.settings.currency if of_money else model.instance.items[str(item)].unit
            scale = model.money_unit if of_money else 1.0
            yield PastViolation(family, of.title, name, item, amount * scale, unit, amount * worth[variable])
