"""Certain disruptions take their part once, however often the plan is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.errors import InputError
from planner.plan import SolveOptions
from planner.replan.position.actuals import Actuals
from planner.replan.position.as_planned import as_planned
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import RunResult, solve_workbook
from planner.run.recorded.load import load_run
from tests.benchmarks.replay.actuals import actuals_rows
from tests.worlds.worlds import World, write_world

pytestmark = pytest.mark.usefixtures("without_reports")

# Half of D is lost from the start: 10 of its 20 are left, and of the 8 on order for April 4. The line makes 6 of 12 a
# month, ordered two months before, and they take a month from F to Z. Of the 100 of Aid 50 are left, for 2 each.
WORLD: World = {
    "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 6}],
    "Items": [{"item": "round", "value": 1}],
    "Nodes": [
        {"node": "D", "kind": "depot"},
        {"node": "F", "kind": "factory"},
        {"node": "Z", "kind": "destination", "storage_t": 0},
    ],
    "Routes": [
        {"origin": "D", "destination": "Z", "lead_time": 0},
        {"origin": "F", "destination": "D", "lead_time": 1},
    ],
    "Lines": [{"line": "L", "factory": "F", "item": "round", "capacity": 12, "unit_cost": 2, "order_lead_time": 2}],
    "Stocks": [
        {"node": "D", "item": "round", "quantity": 20},
        {"node": "D", "item": "round", "quantity": 8, "period": "2026-04"},
    ],
    "Demand": [{"destination": "Z", "item": "round", "period": "2026-06", "quantity": 100}],
    "Funds": [{"fund": "Aid"}],
    "Budgets": [{"fund": "Aid", "year": 2026, "amount": 100}],
    "Disruptions": [
        {"kind": "node", "name": "D", "factor": 0.5},
        {"kind": "line", "name": "L", "factor": 0.5},
        {"kind": "fund", "name": "Aid", "factor": 0.5},
    ],
    "Contingencies": [{"contingency": "attack", "probability": 0.5, "period": "5; 6", "coverage": 0}],
    "Surge": [{"contingency": "attack", "destination": "Z", "item": "round", "quantity": 1}],
}


def delivered(run: RunResult) -> float:
    return float(run.tables["deliveries"]["quantity"].sum())


def test_what_is_lost_is_lost_once(tmp_path: Path) -> None:
    first = solve_workbook(write_world(WORLD, tmp_path / "world"), tmp_path / "first")
    # 10 + 4 + 6 each of March, April and May: what June makes comes too late.
    assert delivered(first) == pytest.approx(32)
    assert first.tables["cases"]["strike"].tolist() == [5, 6]
    instance = first.plan.instance
    for now in range(1, 5):
        happened = as_planned(load_run(first.folder), instance, now)
        world = {**WORLD, "Actuals": list(actuals_rows(happened, instance))}
        source, label = write_world(world, tmp_path / f"world {now}"), instance.horizon.label(now)
        run, memo = replan(first.folder, source, tmp_path / f"run {now}", ReplanTerms(), SolveOptions(), now=label)
        assert [conflict for conflict in memo.conflicts if conflict.kind != "gap"] == []
        assert delivered(run) == pytest.approx(32)
        assert float(run.tables["payments"]["amount"].sum()) + paid_before(happened) == pytest.approx(36)
        assert run.tables["cases"]["strike"].tolist() == [5 - now, 6 - now]


def paid_before(happened: Actuals) -> float:
    return sum(happened.paid.values())


# F makes and delivers 5 a month; the line stops in February, which is frozen.
STOPPED: World = {
    "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 3}],
    "Items": [{"item": "round", "value": 2}],
    "Nodes": [{"node": "F", "kind": "factory", "storage_t": 0}],
    "Lines": [{"line": "L", "factory": "F", "item": "round", "capacity": 5, "unit_cost": 1}],
    "Demand": [
        {
            "demand": f"of {period}",
            "destination": "F",
            "item": "round",
            "period": period,
            "quantity": 5,
            "shortage_cost": 9,
        }
        for period in (1, 2, 3)
    ],
}
STOP = {
    "Disruptions": [{"kind": "line", "name": "L", "from": 2, "to": 2, "factor": 0}],
    "Actuals": [
        {"period": 1, "kind": "made", "line": "L", "quantity": 5},
        {"period": 1, "kind": "delivered", "demand": "of 1", "quantity": 5},
    ],
}


@pytest.mark.parametrize("closing", [{"Disruptions": STOP["Disruptions"]}, {"opens": 3}])
def test_what_cannot_be_as_frozen_is_a_departure(closing: dict[str, Any], tmp_path: Path) -> None:
    """5 units of value 2 less than frozen, and as much short."""
    first = solve_workbook(write_world(STOPPED, tmp_path / "world"), tmp_path / "first")
    line = {**STOPPED["Lines"][0], "opens": closing.get("opens", "")}
    lost = {"Disruptions": closing.get("Disruptions", []), "Lines": [line], "Actuals": STOP["Actuals"]}
    stopped = write_world({**STOPPED, **lost}, tmp_path / "stopped")
    result, memo = replan(first.folder, stopped, tmp_path / "next", ReplanTerms(frozen=2), SolveOptions())
    values = {level.name: level.value for level in result.plan.levels}
    assert values == pytest.approx({"frozen_departure": 10, "other_shortfall": 10, "cost": 5, "nervousness": 0})
    assert memo.churn.frozen == pytest.approx(10)


def test_under_the_weighted_objective_what_is_frozen_must_be_possible(tmp_path: Path) -> None:
    settings = [*STOPPED["Settings"], {"key": "objective", "value": "weighted"}]
    first = solve_workbook(write_world({**STOPPED, "Settings": settings}, tmp_path / "world"), tmp_path / "first")
    stopped = write_world({**STOPPED, **STOP, "Settings": settings}, tmp_path / "stopped")
    with pytest.raises(InputError, match="no row, or fewer frozen periods"):
        replan(first.folder, stopped, tmp_path / "next", ReplanTerms(frozen=2), SolveOptions())


# 2 a month, which Aid pays: 10 in 2026, another 10 in 2027. From February on Aid, or its nation, has nothing more,
# which concerns the amounts of 2027: those of 2026 were there in January, its first period. A holds goods of its own
# until it is lost.
PAID: World = {
    "Settings": [{"key": "start", "value": "2026-10"}, {"key": "periods", "value": 5}],
    "Nations": [{"nation": "A"}],
    "Items": [{"item": "round", "value": 1}],
    "Nodes": [{"node": "F", "kind": "factory", "storage_t": 0}, {"node": "D", "kind": "depot", "nation": "A"}],
    "Lines": [{"line": "L", "factory": "F", "item": "round", "capacity": 2, "unit_cost": 1}],
    "Stocks": [{"node": "D", "item": "round", "quantity": 1}],
    "Demand": [
        {"demand": f"of {period}", "destination": "F", "item": "round", "period": period, "quantity": 2}
        for period in range(1, 6)
    ],
    "Targets": [{"nodes": "D", "items": "round", "quantity": 1}],
    "Funds": [{"fund": "Aid"}],
    "Budgets": [
        {"fund": "Aid", "contributor": "A", "year": 2026, "amount": 10},
        {"fund": "Aid", "contributor": "A", "year": 2027, "amount": 10},
    ],
}


@pytest.mark.parametrize(("kind", "name", "below"), [("fund", "Aid", 0), ("nation", "A", 3)])
def test_money_that_is_all_lost_is_that_of_years_to_come(kind: str, name: str, below: float, tmp_path: Path) -> None:
    lost = [{"kind": kind, "name": name, "from": 2, "to": "", "factor": 0}]
    first = solve_workbook(write_world({**PAID, "Disruptions": lost}, tmp_path / "world"), tmp_path / "first")
    values = {level.name: level.value for level in first.plan.levels}
    assert values["other_shortfall"] == pytest.approx(4)  # of 2027
    assert values["target_shortfall"] == pytest.approx(4 if below else 0)
    instance = first.plan.instance
    happened = as_planned(load_run(first.folder), instance, 2)
    world = {**PAID, "Disruptions": lost, "Actuals": list(actuals_rows(happened, instance))}
    source = write_world(world, tmp_path / "later")
    run, _ = replan(first.folder, source, tmp_path / "next", ReplanTerms(), SolveOptions(), now="2026-12")
    values = {level.name: level.value for level in run.plan.levels}
    assert (values["other_shortfall"], values["target_shortfall"]) == pytest.approx((4, below))
