"""The plan after a surprise, written as one of the input that says what is gone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.catalogue import load
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.model.model import Model
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.solver.highs import Vector
from planner.solver.lexicographic import Optimum
from planner.solver.options import SolveOptions
from planner.tolerances import NOISE


def as_plan_of(instance: PlanningInstance, model: Model, values: Vector, options: SolveOptions) -> Plan | None:
    """What `values` of a model's columns say, as a plan of another instance, which may allow less.

    None where they do what that instance has no place for: goods sent to a place that is closed when they arrive.
    """
    other = build(instance, load(options.model), prune=False)
    point = np.zeros(other.column_count)
    for family, columns in model.columns.items():
        for key, column in columns.items():
            there = other.columns[family].get(key)
            if there is not None:
                point[there] = values[column]
            elif values[column] > NOISE:
                return None
    program = Program.of(other)
    plan = program.plan(Optimum(program.tidied(Optimum(point), None)), {}, program.size, priced=False)
    return replace(plan, status="feasible")
