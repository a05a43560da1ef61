"""A response beside a plan that stands: what the plan does is known, and the response alone is still to be planned."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from planner.catalogue import Catalogue
from planner.domain.contingency.contingencies import Case
from planner.domain.instance import PlanningInstance
from planner.domain.reach import Reach
from planner.formulation.model.model import Key, Model
from planner.formulation.responses.build import fill
from planner.formulation.responses.response import PlanFlows, Response

# What a response has from its plan.
GIVEN = ("production", "stock", "shipment", "expansion")


def standing_plan(
    instance: PlanningInstance, catalogue: Catalogue, reach: Reach, done: Mapping[str, Mapping[Key, float]]
) -> Model:
    """A model without rows, with a column for each thing that the plan does: `done` by family and key, in order."""
    model = Model(instance, catalogue, reach)
    for family in GIVEN:
        for key in done.get(family, {}):
            model.variable(family, key, key)
    for (name, period), column in model.columns["expansion"].items():
        expansion = instance.expansions[name]
        ready = period + expansion.lead_time
        if ready < instance.horizon.periods:
            model.ready_capacity[expansion.kind, expansion.object].append((ready, column))
    return model


def add_response(plan: Model, case: Case, delays: Mapping[str, int] = MappingProxyType({})) -> Response:
    """The response to a case, with all its columns and rows, in the model of the plan that stands."""
    response = Response(plan, case, PlanFlows(plan), delays)
    fill(response)
    return response
