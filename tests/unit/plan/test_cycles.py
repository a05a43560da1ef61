"""Shipments that go round in a circle within a period are taken out of the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.horizon import Horizon
from planner.domain.instance import Budget, Demand, Fund, Item, Leg, Line, Node, PlanningInstance, Settings
from planner.formulation.build import build
from planner.plan.settle.cycles import without_cycles

ONE = range(1)


def triangle(cost: float) -> PlanningInstance:
    """Shells are made at A and wanted at B; legs lead from A to B and, by way of C, back to A."""
    ends = ("A", "B"), ("B", "C"), ("C", "A")
    return PlanningInstance(
        settings=Settings(objective="weighted"),
        horizon=Horizon(date(2026, 1, 1), 1),
        items={"shell": Item("shell")},
        nodes={name: Node(name, "depot", ONE, storage_t=(inf,)) for name in "ABC"},
        legs={f"{u}>{v}": Leg(f"{u}>{v}", f"{u}>{v}", u, v, ONE, cost_per_t=cost, capacity_t=(inf,)) for u, v in ends},
        lines={"L": Line("L", "A", "shell", ONE, unit_cost=1, capacity=(inf,))},
        demands=(Demand("D", "B", "shell", 0, 5, ONE, shortage_cost=99),),
        funds={"purse": Fund("purse", ONE, budgets=(Budget("FR", 2026, 1000.0),))},
    )


def with_a_circle(cost: float, costly: bool) -> dict[str, float]:
    """5 go from A to B, and 7 more all the way round: what is left of them, and what legs cost."""
    model = build(triangle(cost), load("full"), prune=False)
    values = np.zeros(model.column_count)
    for (_item, leg, _period, _expires), variable in model.columns["shipment"].items():
        values[variable] = 12.0 if leg == "A>B" else 7.0
    found = without_cycles(model, values, costly)
    kept = {key[1]: found[variable] for key, variable in model.columns["shipment"].items()}
    spent = {f"cost of {key[1]}": found[v] for key, v in model.columns["spend"].items() if key[0] == "transport"}
    return kept | spent


def test_a_free_circle_is_always_taken_out() -> None:
    assert with_a_circle(0.0, costly=False) == pytest.approx({"A>B": 5, "B>C": 0, "C>A": 0})


def test_a_circle_that_costs_is_taken_out_with_its_cost_where_cost_was_not_optimised() -> None:
    found = with_a_circle(2.0, costly=True)
    legs = {"A>B": 5, "B>C": 0, "C>A": 0}
    assert found == pytest.approx(legs | {"cost of A>B": 10, "cost of B>C": 0, "cost of C>A": 0})


def test_a_circle_that_costs_is_left_to_the_cost_level() -> None:
    assert with_a_circle(2.0, costly=False)["B>C"] == 7


def test_legs_with_lead_time_make_no_circle() -> None:
    slow = replace(triangle(0.0), legs={n: replace(leg, lead_time=1) for n, leg in triangle(0.0).legs.items()})
    model = build(slow, load("full"), prune=False)
    values = np.ones(model.column_count)
    assert (without_cycles(model, values, costly=False) == values).all()
