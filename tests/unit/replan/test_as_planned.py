"""What the last plan paid by when, where its payments are told by year."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.replan.position.as_planned import as_planned
from planner.run.pipeline import solve_workbook
from planner.run.recorded.load import load_run
from planner.workbook import read_instance
from tests.worlds.worlds import World, write_world

pytestmark = pytest.mark.usefixtures("without_reports")

# Ten shells of 8 EUR in each of four months; Late has its 160 EUR from March on, Early 160 from the start.
WORLD: World = {
    "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": 4}],
    "Items": [{"item": "shell", "value": 10}],
    "Nodes": [{"node": "Works", "kind": "factory", "storage_t": 0}],
    "Lines": [{"line": "Press", "factory": "Works", "item": "shell", "unit_cost": 8}],
    "Demand": [{"destination": "Works", "item": "shell", "period": month, "quantity": 10} for month in (1, 2, 3, 4)],
    "Funds": [{"fund": "Late", "kind": "grant"}, {"fund": "Early", "kind": "loan"}],
    "Budgets": [
        {"fund": "Late", "year": 2026, "amount": 160, "from": "2026-03"},
        {"fund": "Early", "year": 2026, "amount": 160, "from": ""},
    ],
}


@pytest.mark.parametrize(("now", "early", "late"), [(1, 80.0, 0.0), (2, 160.0, 0.0), (3, 160.0, 80.0)])
def test_money_is_taken_as_spent_only_while_it_is_there(tmp_path: Path, now: int, early: float, late: float) -> None:
    source = write_world(WORLD, tmp_path / "in")
    run = solve_workbook(source, tmp_path / "run")
    assert run.status == "optimal"
    paid = as_planned(load_run(tmp_path / "run"), read_instance(source), now).paid
    assert sum(amount for (fund, *_), amount in paid.items() if fund == "Early") == pytest.approx(early)
    assert sum(amount for (fund, *_), amount in paid.items() if fund == "Late") == pytest.approx(late)


@pytest.mark.parametrize(("now", "orders", "cash"), [(2, 80.0, 0.0), (3, 120.0, 40.0), (4, 120.0, 120.0)])
def test_what_was_ordered_last_year_is_first_paid_by_who_counts_orders(
    tmp_path: Path, now: int, orders: float, cash: float
) -> None:
    """80 EUR each in December, January and February, ordered a month before.

    Orders counts its 120 in 2026: all of December and half of January, so of the 120 that Cash pays in 2027, 40 are
    January's.
    """
    world: World = WORLD | {
        "Settings": [{"key": "start", "value": "2026-11"}, {"key": "periods", "value": 4}],
        "Lines": [{"line": "Press", "factory": "Works", "item": "shell", "unit_cost": 8, "order_lead_time": 1}],
        "Demand": [{"destination": "Works", "item": "shell", "period": month, "quantity": 10} for month in (2, 3, 4)],
        "Funds": [
            {"fund": "Orders", "kind": "grant", "basis": "commitment"},
            {"fund": "Cash", "kind": "budget", "basis": "cash"},
        ],
        "Budgets": [
            {"fund": "Orders", "year": 2026, "amount": 120},
            {"fund": "Cash", "year": 2027, "amount": 120},
        ],
    }
    source = write_world(world, tmp_path / "in")
    assert solve_workbook(source, tmp_path / "run").status == "optimal"
    paid = as_planned(load_run(tmp_path / "run"), read_instance(source), now).paid
    assert sum(amount for (fund, *_), amount in paid.items() if fund == "Orders") == pytest.approx(orders)
    assert sum(amount for (fund, *_), amount in paid.items() if fund == "Cash") == pytest.approx(cash)
