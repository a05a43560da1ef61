"""What columns measure, read off what the plan does: where more of one costs nothing, a solver's value may be too
large.

More costs nothing where it has no weight, or where a level may be given back within its tolerance.
"""

from __future__ import annotations

import numpy as np

from planner.formulation.goods.targets import DAYS_OF_SUPPLY, STOCK_TARGET
from planner.formulation.model.model import Key, Model
from planner.formulation.responses.coverage import PROMISE
from planner.formulation.responses.losses import WORST_LOSS
from planner.formulation.rules.least_served import LEAST_SERVED
from planner.solver.highs import Vector

# Families of rows, and the column of the same key that says by how much a row is missed.
MISSED = {STOCK_TARGET.name: "target_shortage", DAYS_OF_SUPPLY.name: "supply_shortage", PROMISE.name: "lack"}


def with_least_measures(model: Model, values: Vector) -> Vector:
    """The plan with each measure no larger than what the plan does makes it.

    target_shortage, supply_shortage = max(0, wanted − held); lack = max(0, promised − delivered); worst_unmet = the
    largest share that a group lacks; tail_start and tail_loss: the least value of the CVaR of what the cases lose.
    """
    adjusted = values.copy()
    for family, columns in MISSED.items():
        for key, column in model.columns.get(columns, {}).items():
            adjusted[column] = min(values[column], max(_asked(model, family, key, column, values), 0.0))
    for (kind,), column in model.columns.get("worst_unmet", {}).items():
        groups = [key for key in model.rows[LEAST_SERVED.name] if LEAST_SERVED.index(*key).kind == kind]
        shares = [_asked(model, LEAST_SERVED.name, key, column, values) for key in groups]
        adjusted[column] = min(values[column], max([0.0, *shares]))
    for column in model.columns.get("tail_start", {}).values():
        _tail(model, column, adjusted)
    return adjusted


def _asked(model: Model, family: str, key: Key, measure: int, values: Vector) -> float:
    """How much of the measure its row asks for, given what the other columns of the row do."""
    row = model.row_at(model.rows[family][key])
    bound = model.bounds.get(family, {}).get(key, row.bound)  # of the input as it is now: the row may be that of a base
    terms = dict(row.terms)
    others = sum(factor * float(values[column]) for column, factor in terms.items() if column != measure)
    return (bound - others) / terms[measure]


def _tail(model: Model, start: int, adjusted: Vector) -> None:
    """η and max(0, L − η), for the η at which η + Σ weight · max(0, L − η) is least: 0, or what some case loses."""
    more = model.columns.get("tail_loss", {})
    paid = dict(model.objectives["weighted" if model.weighted else "contingency"])
    without = adjusted.copy()
    without[[start, *more.values()]] = 0.0
    losses = {key: _asked(model, WORST_LOSS.name, key, start, without) for key in model.rows[WORST_LOSS.name]}
    if not more:  # the largest loss alone
        adjusted[start] = max([0.0, *losses.values()])
        return
    lost = np.array([losses[key] for key in more])
    weights = np.array([paid[column] for column in more.values()]) / paid[start]
    etas = np.array([0.0, *lost])
    eta = etas[np.argmin(etas + np.maximum(lost - etas[:, np.newaxis], 0.0) @ weights)]
    adjusted[start] = max(eta, 0.0)
    adjusted[list(more.values())] = np.maximum(lost - adjusted[start], 0.0)
