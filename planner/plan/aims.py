"""What a plan can be good at, as sums over its columns: the objective levels, and sums of them that people ask for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.formulation.objective import real_cost
from planner.plan.places import level_unit
from planner.plan.program import Program
from planner.solver.highs import Vector
from planner.solver.lexicographic import cost_vector

SHORTFALLS = ("binding_shortfall", "other_shortfall")


@dataclass(frozen=True)
class Aim:
    """`costs` by column, less is better; `before`: the levels that come before it in the order of the model."""

    name: str
    title: str
    unit: str
    costs: Vector
    before: tuple[str, ...] = ()


def aims(program: Program) -> dict[str, Aim]:
    """By name. Levels as they are; `shortfall`, of all demands by value × priority.

    Of the weighted objective, its two parts: `cost`, and `penalties` for shortage, delay and targets missed and for
    what responses cost; and of these `contingency`, what cases are expected to cost, the worst weighed more.
    """
    model, rows_of = program.model, dict[str, Aim]()
    if model.weighted:
        unit = level_unit(model, "cost")
        cost = cost_vector(model, real_cost(model))
        penalties = dict(program.levels)["weighted"] - cost
        rows_of = {
            "cost": Aim("cost", "Discounted cost", unit, cost),
            "penalties": Aim("penalties", "Penalties for shortage, delay and targets missed", unit, penalties),
        }
        if model.responses:
            rows_of["penalties"] = replace(rows_of["penalties"], title="Penalties, and what responses cost")
            responses = np.where(program.of_responses, penalties, 0.0)
            rows_of["contingency"] = Aim("contingency", "Cost of responses and their shortages", unit, responses)
        return rows_of
    titles = {level.name: level.title for level in model.catalogue.levels}
    for name, costs in program.levels:
        rows_of[name] = Aim(name, titles[name], level_unit(model, name), costs, tuple(rows_of))
    short = [rows_of[name] for name in SHORTFALLS if name in rows_of]
    if short:
        total = sum((aim.costs for aim in short[1:]), short[0].costs)
        rows_of["shortfall"] = Aim("shortfall", "Shortfall of all demand", short[0].unit, total, short[0].before)
    return rows_of
