"""A small world in which money binds at every level, and changes of it, as options make them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from planner.domain.instance import PlanningInstance
from planner.workbook import read_instance
from tests.worlds.worlds import random_world, write_world

MONEY_BINDS = 38  # seed


def small_world(seed: int = MONEY_BINDS, objective: str = "lexicographic") -> PlanningInstance:
    """A random world with funds."""
    with tempfile.TemporaryDirectory() as folder:
        return read_instance(write_world(random_world(seed, objective, money=True), Path(folder) / "world"))


def scaled_budgets(instance: PlanningInstance, factor: float) -> PlanningInstance:
    """All budgets times the factor."""
    funds = {
        name: replace(fund, budgets=tuple(replace(budget, amount=budget.amount * factor) for budget in fund.budgets))
        for name, fund in instance.funds.items()
    }
    return replace(instance, funds=funds)
