"""Options are judged by one yardstick: the values that the base gives goods."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_world import options, sheets, write

from planner.options.pipeline import compare_workbook
from planner.options.revalued import revalued_levels
from planner.report.money import money_scale
from planner.report.service import read_service
from planner.solve import solve
from planner.workbook import read_instance


def test_every_level_of_value_follows_the_values(tmp_path: Path) -> None:
    """Twice the values, twice each of these levels: binding, other, lateness and targets all have something here."""
    made = sheets(
        Demand=[
            ["demand", "commitment", "destination", "item", "period", "quantity", "max_delay", "priority"],
            ["First", "one", "Hub", "crate", 1, 110, 1, 3],
            ["Late", "one", "Hub", "crate", 1, 30, 1, 2],
            ["Second", "two", "Hub", "crate", 2, 100, 0, 1],
        ],
        Targets=[["target", "nodes", "items", "quantity", "priority"], ["Reserve", "Hub", "crate", 5, 2]],
        Budgets=[["fund", "contributor", "year", "amount"], ["Joint", "PL", 2026, 2300]],
    )
    made["Nodes"][3][3] = None
    plan = solve(read_instance(write(made, tmp_path / "in.xlsx")))
    values = {level.name: level.value for level in plan.levels}
    demands = read_service(plan, money_scale(plan)).demands
    assert values["lateness"]
    assert values["target_shortfall"]
    assert values["other_shortfall"]
    twice = revalued_levels(plan, {item: 2 * value for item, value in plan.instance.unit_values.items()}, demands)
    assert twice == pytest.approx({name: 2 * (values[name] or 0.0) for name in twice}, abs=1e-6)
    assert revalued_levels(plan, plan.instance.unit_values, demands) == {}


def test_an_option_that_makes_goods_cheaper_does_not_seem_to_miss_less(tmp_path: Path) -> None:
    """At 8 a crate is worth 8 to its own plan, and 96 are bought: 4 × 10 are missing by the base, 4 × 8 by its own values."""
    changes = options(("CHEAP", "Lines", "line=A", "unit_cost", "set", 8))
    result = compare_workbook(write(sheets(Options=changes), tmp_path / "in.xlsx"), tmp_path / "out")
    assert result.comparison.figure("CHEAP", "delivered") == pytest.approx(960)  # 60 × 8 + 36 × 20 = 1200
    assert result.comparison.figure("CHEAP", "binding_shortfall") == pytest.approx(4 * 10)
    own = result.comparison.outcomes[1].record["objective"][0]["value"]
    assert own == pytest.approx(4 * 8)
